"""The OFD edition of an issued certificate: made once, by a seal in force, said in the log, its key told nowhere."""

import logging
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import pem
from click.testing import CliRunner
from django.conf import settings as project
from django.test import Client
from django.urls import reverse

from archive import Event
from portal.cli import cli
from portal.roles import Role
from signing import Certificate, Secret, Sm2Key
from signing.sm2_authority import FOLDER
from tests.portal import factories
from tests.signing import editions
from tests.signing.conftest import PERMIT
from tests.workers.casework import run
from tests.workers.test_secrets import written_down
from workers import NotPossibleError, approve, ofd_edition, prepare, read_derivative
from workers.jobs import enqueue

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(60)]


@pytest.fixture
def certificate() -> Certificate:
    """A permit, approved and sealed."""
    prepare()
    case = factories.case(factories.user(Role.CLERK), state="decided")
    row = factories.certificate(case, state="draft", sealed_sha256="", rendered_sha256="", data=PERMIT)
    enqueue("render", case=case.number, certificate=row.pk)
    run("render")
    row.refresh_from_db()
    approve(row, row.rendered_sha256, by=factories.user(Role.OFFICER))
    run("seal")
    run("validate")
    row.refresh_from_db()
    assert row.state == "valid", row.validation
    return row


def exported() -> list[Event]:
    return list(Event.objects.filter(kind="ofd-exported"))


def refusal(certificate: Certificate) -> str:
    with pytest.raises(NotPossibleError) as caught:
        ofd_edition(certificate, by=None)
    return caught.value.code


def test_it_is_made_once_and_each_use_of_the_seal_is_in_the_log(certificate: Certificate, tmp_path: Path) -> None:
    officer = factories.user(Role.OFFICER)
    made = ofd_edition(certificate, by=officer)
    assert ofd_edition(certificate, by=factories.user(Role.OFFICER)) == made
    (event,) = exported()
    assert (event.object_sha256, event.actor, event.case_number) == (made, officer, certificate.case_number)
    pdf = certificate.sealed_sha256
    assert event.details == {"number": certificate.number, "pdf": pdf, "seal": "行政审批专用章"}
    words = editions.words(editions.pages(read_derivative(made), tmp_path, "ofd"))
    assert words[:-1] == editions.words(editions.pages(read_derivative(pdf), tmp_path, "pdf"))


@pytest.mark.parametrize("state", ["draft", "rendered", "approved", "sealed", "superseded", "revoked"])
def test_what_is_not_valid_gets_no_edition(certificate: Certificate, state: str) -> None:
    Certificate.objects.filter(pk=certificate.pk).update(state=state)
    certificate.refresh_from_db()
    assert refusal(certificate) == "not-valid"
    assert not exported()


@pytest.mark.parametrize(
    "change", [{"state": "suspended"}, {"state": "lost"}, {"state": "destroyed"}, {"valid_until": factories.NOW}]
)
def test_a_seal_that_is_not_in_force_seals_no_edition(certificate: Certificate, change: dict[str, Any]) -> None:
    for name, value in change.items():
        setattr(certificate.seal, name, value)
    certificate.seal.save()
    certificate.refresh_from_db()
    assert refusal(certificate) == "seal-not-in-force"
    assert not exported()


def test_the_command_writes_it_and_verify_knows_what_it_is_an_edition_of(
    certificate: Certificate, tmp_path: Path
) -> None:
    target = tmp_path / "a.ofd"
    shown = CliRunner().invoke(cli, ["ofd", certificate.number, "-o", str(target)], standalone_mode=False)
    assert shown.return_value == 0, shown.output
    assert "试验性导出" in shown.output
    judged = CliRunner().invoke(cli, ["verify", str(target)], standalone_mode=False)
    assert "无法判定" in judged.output  # neither revocation nor time are proven: an OFD is never called valid
    assert certificate.number in judged.output
    target.write_bytes(editions.packed(editions.unpacked(target.read_bytes()) | {"extra": b"x"}))
    added = CliRunner().invoke(cli, ["verify", str(target)], standalone_mode=False).output
    assert "没有覆盖" in added
    assert certificate.number not in added
    Certificate.objects.filter(pk=certificate.pk).update(state="revoked", sealed_sha256="0" * 64)
    refused = CliRunner().invoke(cli, ["ofd", certificate.number, "-o", str(target)], standalone_mode=False)
    assert (refused.return_value, "[not-valid]" in refused.output) == (1, True)


def signed_in(*roles: Role) -> Client:
    client = Client()
    client.force_login(factories.user(*roles))
    return client


def test_the_department_makes_it_on_the_page_and_its_readers_download_it(certificate: Certificate) -> None:
    officer, clerk = signed_in(Role.OFFICER), signed_in(Role.CLERK)
    page = reverse("portal:certificate-view", args=[certificate.case_number, certificate.pk])
    make = reverse("portal:make-ofd-edition", args=[certificate.case_number, certificate.pk])
    assert make in officer.get(page).content.decode()
    assert make not in clerk.get(page).content.decode()
    assert clerk.post(make).status_code == 403
    assert not exported()
    answer = officer.post(make).content.decode()
    (event,) = exported()
    link = reverse("portal:ofd-edition", args=[certificate.pk, event.object_sha256])
    assert link in answer
    assert link in clerk.get(page).content.decode()
    download = clerk.get(link)
    assert download["Content-Type"] == "application/ofd"
    assert download["Content-Disposition"].startswith("attachment")
    assert download.content == read_derivative(event.object_sha256)
    other = reverse("portal:ofd-edition", args=[certificate.pk, certificate.sealed_sha256])
    assert clerk.get(other).status_code == 404


def test_the_page_says_why_there_is_none(certificate: Certificate) -> None:
    certificate.seal.state = "suspended"
    certificate.seal.save()
    make = reverse("portal:make-ofd-edition", args=[certificate.case_number, certificate.pk])
    assert "已停用或到期" in signed_in(Role.OFFICER).post(make).content.decode()


def test_no_key_and_no_passphrase_is_written_down(certificate: Certificate, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    made = ofd_edition(certificate, by=None)
    passphrase = Secret((project.KEYS_DIR / "passphrase").read_bytes().strip())
    files = list((project.KEYS_DIR / FOLDER).rglob("*.key"))
    assert files
    said, document = written_down(caplog), editions.unpacked(read_derivative(made))
    for path in files:
        key = Sm2Key.load(path, passphrase).private.reveal()
        assert pem.detect(path.read_bytes())
        assert key.hex() not in said
        assert repr(key)[2:-1] not in said
        assert all(key not in data for data in document.values())
    assert passphrase.text() not in said
