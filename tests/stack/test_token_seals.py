"""A seal whose key lies in a token, from the command line to a sealed notice."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.utils import timezone

from archive import Event
from portal.cli import cli
from signing import Seal, token_line, validate_pdf
from signing.token_session import close_sessions
from tests.stack.test_token_keys import MODULE, PIN
from tests.stack.test_token_keys import keys_dir as _keys_dir
from tests.workers.test_secrets import written_down
from workers import Job, authority, prepare, read_derivative, request_notice
from workers.installation import CITY_AUTHORITY, NOTICE_SEAL_LABEL, _key_at
from workers.tasks import run_job

pytestmark = [pytest.mark.stack, pytest.mark.django_db]
keys_dir = _keys_dir
PLACE = token_line("一档", "受理章")


@pytest.fixture
def installed(keys_dir: Path, settings: Any) -> Iterator[Path]:
    settings.KEYS_DIR, settings.PKCS11_MODULE = keys_dir, MODULE
    authority.cache_clear()
    _key_at.cache_clear()
    prepare()
    yield keys_dir
    authority.cache_clear()
    _key_at.cache_clear()


def say(*words: str) -> tuple[Any, str]:
    done = CliRunner().invoke(cli, ["keys", *words], standalone_mode=False)
    return done.return_value, done.output + (repr(done.exception) if done.exception else "")


def notice_job() -> Job:
    from tests.workers.casework import opened

    case = opened()
    request_notice(case, "receipt", by=case.opened_by)
    job = Job.objects.filter(kind="notice").latest("pk")
    run_job(job.pk)
    job.refresh_from_db()
    return job


def test_a_key_made_at_the_command_line_seals_the_notices(installed: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    before = Seal.objects.get(label=NOTICE_SEAL_LABEL).certificate_sha256
    _, said = say("new", NOTICE_SEAL_LABEL, PLACE, "--kind", "p-256")
    seal = Seal.objects.get(label=NOTICE_SEAL_LABEL)
    assert "可用" in said, said
    assert seal.certificate_sha256 != before
    assert Event.objects.filter(kind="seal-key-placed").count() == 1
    job = notice_job()
    assert job.state == Job.State.DONE, job.error
    from ingest import Notice

    notice = Notice.objects.latest("pk")
    found = validate_pdf(read_derivative(notice.sha256), authority().roots, crls=authority().crls(timezone.now()))
    assert (found.verdict, found.seals[0].fingerprint) == ("valid", seal.certificate_sha256)
    answer, checked = say("check")
    assert (answer, checked.count("可用（")) == (0, Seal.objects.count())
    assert PIN not in written_down(caplog) + said + checked


def test_a_request_is_answered_by_an_authority_and_installed(installed: Path, tmp_path: Path) -> None:
    _, pem = say("request", NOTICE_SEAL_LABEL, PLACE, "--kind", "p-384")
    request = x509.load_pem_x509_csr(pem.encode())
    made = authority().certify(request.public_bytes(Encoding.DER), CITY_AUTHORITY, NOTICE_SEAL_LABEL, timezone.now())
    answer = tmp_path / "answer.pem"
    answer.write_bytes(b"".join(one.public_bytes(Encoding.PEM) for one in made))
    _, said = say("install", NOTICE_SEAL_LABEL, PLACE, str(answer))
    assert "可用" in said, said
    assert notice_job().state == Job.State.DONE


def test_a_pin_that_turns_wrong_makes_the_notice_wait(installed: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    say("new", NOTICE_SEAL_LABEL, PLACE, "--kind", "p-256")
    close_sessions()
    _key_at.cache_clear()
    (pin,) = (installed / "tokens").glob("*.pin")
    pin.write_text("planted-wrong-pin")
    job = notice_job()
    assert job.error is not None
    assert (job.state, job.attempt, job.error["code"]) == (Job.State.QUEUED, 0, "pin-refused")
    answer, checked = say("check")
    assert answer == 1
    assert "pin-refused" in checked
    assert "planted" not in written_down(caplog) + checked + str(job.error)
    close_sessions()
