"""The OFD edition of an issued certificate: made once, by a seal in force, said in the log, its key told nowhere."""

import dataclasses
import datetime as dt
import hashlib
import logging
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings as project
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from archive import Event
from ingest import Upload
from portal.cli import cli
from portal.roles import Role
from signing import Certificate, Seal, SealUse, Secret, Sm2Key, TestAuthority
from signing.sm2_authority import FOLDER
from tests.portal import factories
from tests.signing import editions
from tests.signing.conftest import PERMIT
from tests.workers.casework import run
from tests.workers.test_secrets import written_down
from workers import (
    Job,
    NotPossibleError,
    add_files,
    approve,
    ofd_digest,
    prepare,
    publish_trust,
    read_derivative,
    reading,
    request_ofd_edition,
)
from workers.jobs import enqueue
from workers.pipeline import STAGES
from workers.seal_record import seal_record
from workers.tasks import run_job

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


def make(certificate: Certificate, by: Any = None) -> Job:
    """Ask for the edition, and let a worker make it."""
    job = request_ofd_edition(certificate, by=by or factories.user(Role.OFFICER))
    run_job(job.pk)
    job.refresh_from_db()
    return job


def test_it_is_made_once_and_what_was_done_is_in_the_log(certificate: Certificate, tmp_path: Path) -> None:
    officer = factories.user(Role.OFFICER)
    job = make(certificate, officer)
    assert job.state == Job.State.DONE, job.error
    assert make(certificate) == job
    (asked,) = Event.objects.filter(kind="ofd-requested")
    (event,) = exported()
    pdf, made = certificate.sealed_sha256, ofd_digest(certificate)
    assert (asked.actor, asked.object_sha256) == (officer, pdf)
    assert (event.object_sha256, event.case_number) == (made, certificate.case_number)
    assert event.details == {
        "number": certificate.number,
        "pdf": pdf,
        "sm3": hashlib.new("sm3", read_derivative(made)).hexdigest(),
        "seal": "行政审批专用章",
    }
    words = editions.words(editions.pages(read_derivative(made), tmp_path, "ofd"))
    assert words[:-1] == editions.words(editions.pages(read_derivative(pdf), tmp_path, "pdf"))


def test_each_seal_on_it_is_a_use_in_the_register(certificate: Certificate) -> None:
    make(certificate)
    (use,) = SealUse.objects.filter(kind=SealUse.Kind.EDITION)
    assert (use.seal, use.by, use.certificate) == (certificate.seal, certificate.approved_by, certificate)
    assert (use.before_sha256, use.after_sha256) == (certificate.sealed_sha256, ofd_digest(certificate))
    assert use.after_sm3 == hashlib.new("sm3", read_derivative(use.after_sha256)).hexdigest()
    assert use.result == "unknown"  # neither its revocation nor its time can be proven
    assert {reason["code"] for reason in use.reasons} == editions.HONEST
    assert certificate.seal_use != use
    assert [one["after"]["sha256"] for one in seal_record(certificate)["uses"]] == [certificate.sealed_sha256]


@pytest.mark.parametrize("state", ["draft", "rendered", "approved", "sealed", "superseded", "revoked"])
def test_what_is_not_valid_gets_no_edition(certificate: Certificate, state: str) -> None:
    Certificate.objects.filter(pk=certificate.pk).update(state=state)
    with pytest.raises(NotPossibleError) as caught:
        make(certificate)
    assert caught.value.code == "not-valid"
    assert not exported()


def test_a_certificate_that_was_revoked_meanwhile_gets_none(certificate: Certificate) -> None:
    job = request_ofd_edition(certificate, by=factories.user(Role.OFFICER))
    Certificate.objects.filter(pk=certificate.pk).update(state="revoked")
    run_job(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.SKIPPED
    assert not exported()


@pytest.mark.parametrize("state", ["suspended", "lost", "destroyed"])
def test_a_seal_that_is_not_in_force_seals_no_edition(certificate: Certificate, state: str) -> None:
    officer = factories.user(Role.OFFICER)
    job = request_ofd_edition(certificate, by=officer)
    Seal.objects.filter(pk=certificate.seal_id).update(state=state)
    run_job(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.QUEUED
    assert (job.error or {})["code"] == f"seal-{state}"
    assert not exported()
    with pytest.raises(NotPossibleError):
        request_ofd_edition(certificate, by=officer)


def test_a_worker_killed_between_seal_and_record_leaves_nothing_half_done(
    certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    class KilledError(BaseException):
        pass

    def kill(*_: object) -> None:
        raise KilledError

    job = request_ofd_edition(certificate, by=factories.user(Role.OFFICER))
    with monkeypatch.context() as patched:
        patched.setitem(STAGES, "edition", dataclasses.replace(STAGES["edition"], record=kill))
        with pytest.raises(KilledError):
            run_job(job.pk)
    assert not ofd_digest(certificate)
    Job.objects.filter(pk=job.pk).update(lease_until=factories.NOW)
    run_job(job.pk)
    (event,) = exported()
    assert ofd_digest(certificate) == event.object_sha256
    assert SealUse.objects.get(kind=SealUse.Kind.EDITION).tries == 2


def test_the_command_writes_it_and_verify_knows_what_it_is_an_edition_of(
    certificate: Certificate, tmp_path: Path
) -> None:
    factories.user(Role.OFFICER)
    target = tmp_path / "a.ofd"
    ofd = ["certificate", "ofd", certificate.number, "-o", str(target)]
    shown = CliRunner().invoke(cli, ofd, standalone_mode=False)
    assert shown.return_value == 0, shown.output
    assert "试验性导出" in shown.output
    judged = CliRunner().invoke(cli, ["verify", str(target)], standalone_mode=False)
    assert "无法判定" in judged.output  # neither revocation nor time are proven: an OFD is never called valid
    assert certificate.number in judged.output
    target.write_bytes(editions.packed(editions.unpacked(target.read_bytes()) | {"extra": b"x"}))
    added = CliRunner().invoke(cli, ["verify", str(target)], standalone_mode=False).output
    assert "没有覆盖" in added
    assert certificate.number not in added
    Certificate.objects.filter(pk=certificate.pk).update(state="revoked")
    refused = CliRunner().invoke(cli, ofd, standalone_mode=False)
    assert (refused.return_value, "[not-valid]" in refused.output) == (1, True)


@pytest.mark.stack  # long
def test_an_edition_that_is_handed_in_is_known_as_ours(certificate: Certificate, tmp_path: Path) -> None:
    make(certificate)
    path = tmp_path / "a.ofd"
    path.write_bytes(read_derivative(ofd_digest(certificate)))
    with path.open("rb") as stream:
        add_files(
            factories.case(factories.user(Role.CLERK)), [("施工许可证.ofd", stream)], by=factories.user(Role.CLERK)
        )
    run("inspect")
    upload = Upload.objects.latest("pk")
    assert (upload.inspection or {})["validation"]["seals"][0]["trusted"]
    assert upload.sm3 == hashlib.new("sm3", path.read_bytes()).hexdigest()


def test_a_root_that_comes_while_workers_run_is_trusted_from_then_on(tmp_path: Path, settings: Any) -> None:
    settings.SEAL_ROOTS_DIR = tmp_path / "roots"
    before = reading._seal_roots()
    settings.SEAL_ROOTS_DIR.mkdir()
    other = TestAuthority.ensure(tmp_path / "other", dt.datetime.now(dt.UTC)).roots[0]
    (settings.SEAL_ROOTS_DIR / "other.pem").write_bytes(other.public_bytes(Encoding.PEM))
    assert reading._seal_roots() == (*before, other.public_bytes(Encoding.DER))


def signed_in(*roles: Role) -> Client:
    client = Client()
    client.force_login(factories.user(*roles))
    return client


def test_the_department_asks_for_it_on_the_page_and_its_readers_download_it(certificate: Certificate) -> None:
    officer, clerk = signed_in(Role.OFFICER), signed_in(Role.CLERK)
    where = [certificate.case_number, certificate.pk]
    page, state, ask = (
        reverse(f"portal:{name}", args=where)
        for name in ("certificate-view", "ofd-edition-state", "ask-for-ofd-edition")
    )
    assert state in officer.get(page).content.decode()
    assert ask in officer.get(state).content.decode()
    assert ask not in clerk.get(state).content.decode()
    assert clerk.post(ask).status_code == 403
    assert "正在生成" in officer.post(ask).content.decode()
    assert state in clerk.get(state).content.decode()  # it looks again by itself
    run_job(Job.objects.get(kind="edition").pk)
    link = reverse("portal:ofd-edition", args=[certificate.pk, ofd_digest(certificate)])
    shown = clerk.get(state).content.decode()
    assert link in shown
    assert state not in shown
    download = clerk.get(link)
    assert download["Content-Type"] == "application/ofd"
    assert download["Content-Disposition"].startswith("attachment")
    assert download.content == read_derivative(ofd_digest(certificate))
    other = reverse("portal:ofd-edition", args=[certificate.pk, certificate.sealed_sha256])
    assert clerk.get(other).status_code == 404


def test_the_page_says_why_there_is_none(certificate: Certificate) -> None:
    Seal.objects.filter(pk=certificate.seal_id).update(state="suspended")
    ask = reverse("portal:ask-for-ofd-edition", args=[certificate.case_number, certificate.pk])
    assert "未盖章" in signed_in(Role.OFFICER).post(ask).content.decode()


@pytest.mark.stack
def test_no_key_and_no_passphrase_is_written_down(certificate: Certificate, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    make(certificate)
    passphrase = Secret((project.KEYS_DIR / "passphrase").read_bytes().strip())
    files = list((project.KEYS_DIR / FOLDER).rglob("*.key"))
    assert files
    said, document = written_down(caplog), editions.unpacked(read_derivative(ofd_digest(certificate)))
    for path in files:
        key = Sm2Key.load(path, passphrase).private.reveal()
        assert key.hex() not in said
        assert repr(key)[2:-1] not in said
        assert all(key not in data for data in document.values())
    assert passphrase.text() not in said


def test_anybody_who_has_the_edition_learns_how_its_certificate_stands(certificate: Certificate) -> None:
    make(certificate)
    publish_trust()
    file = SimpleUploadedFile("permit.ofd", read_derivative(ofd_digest(certificate)))
    found = Client().post("/api/verify/file", {"file": file}).json()
    assert (found["verdict"], found["status"], found["number"]) == ("unknown", "valid", certificate.number)
    assert found["file"]["seals"]
    assert "not-registered" not in [reason["code"] for reason in found["reasons"]]
    Certificate.objects.filter(pk=certificate.pk).update(state="revoked")
    file.seek(0)
    assert Client().post("/api/verify/file", {"file": file}).json()["verdict"] == "invalid"
