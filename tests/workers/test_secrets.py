"""Planted passphrases, PINs and access tokens are looked for in all that an installation writes down or says."""

import datetime as dt
import io
import logging
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.conf import settings as project
from django.db import connection
from django.views.debug import SafeExceptionReporterFilter

from portal.cli import cli
from signing import KeyUnusable, Seal, SealKey, Secret, TestAuthority, open_key, write_place
from tests.signing import signing_service
from tests.signing.leaks import everything
from tests.signing.signing_service import BEARER, PIN, Service
from tests.variants import first_quick
from tests.workers.casework import opened
from workers import Job, authority, check_keys, place_key, prepare, request_notice, seal_key
from workers.installation import CITY_AUTHORITY, NOTICE_SEAL_LABEL, SEAL_LABEL, _key_at
from workers.tasks import run_job

pytestmark = pytest.mark.django_db
PLANTED = "planted-passphrase-99"
WRONG = "planted-wrong"


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The keys themselves, which take their time to make."""
    folder = tmp_path_factory.mktemp("made") / "keys"
    made = TestAuthority.ensure(folder, dt.datetime.now(dt.UTC))
    for label in ("远程章", "文件章", SEAL_LABEL, NOTICE_SEAL_LABEL):
        made.seal_key(CITY_AUTHORITY, label)
    return folder


@pytest.fixture
def keys_dir(made_once: Path, tmp_path: Path, settings: Any) -> Iterator[Path]:
    """Keys of a test's own, so that no other test meets the places named here."""
    settings.KEYS_DIR = tmp_path / "keys"
    shutil.copytree(made_once, settings.KEYS_DIR)
    authority.cache_clear()
    _key_at.cache_clear()
    prepare()
    yield settings.KEYS_DIR
    authority.cache_clear()
    _key_at.cache_clear()


@pytest.fixture
def service(keys_dir: Path) -> Iterator[Service]:
    made = Service(authority().seal_key(CITY_AUTHORITY, "远程章"), with_pin=True)
    stop = signing_service.start(made, keys_dir / "remote", "ca")
    (keys_dir / "remote" / "ca.pin").write_text(PIN)
    yield made
    stop()


@pytest.fixture
def file_key(keys_dir: Path) -> Path:
    folder = keys_dir / "pkcs12"
    folder.mkdir()
    key = authority().seal_key(CITY_AUTHORITY, "文件章")
    assert isinstance(key, SealKey)
    key.save(folder / "zhang.p12", Secret(PLANTED.encode()))
    (folder / "zhang.passphrase").write_text(PLANTED + "\n")
    return folder


def the_seal() -> Seal:
    return Seal.objects.get(label=NOTICE_SEAL_LABEL)


def notice_job() -> Job:
    """A notice that waits for its seal, tried once by a worker."""
    case = opened()
    request_notice(case, "receipt", by=case.opened_by)
    job = Job.objects.filter(kind="notice").latest("pk")
    run_job(job.pk)
    job.refresh_from_db()
    return job


def written_down(caplog: pytest.LogCaptureFixture) -> str:
    """Every row of every table, the log, and the settings as a debug page would print them."""
    out = io.StringIO(caplog.text)
    out.seek(0, io.SEEK_END)
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608  names from the database itself
            out.write(f"{table} {cursor.fetchall()}\n")
    out.write(repr(SafeExceptionReporterFilter().get_safe_settings()))
    out.write(repr({name: getattr(project, name) for name in dir(project) if name.isupper()}))
    return out.getvalue()


@pytest.mark.stack
def test_sealing_with_keys_from_everywhere_writes_no_secret_down(
    file_key: Path, service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for place in ("pkcs12:zhang", "remote:ca"):
        key = place_key(the_seal(), place)
        assert seal_key(the_seal()).fingerprint == key.fingerprint
        job = notice_job()
        assert job.state == Job.State.DONE, job.error
    said = written_down(caplog)
    assert NOTICE_SEAL_LABEL in said
    assert key.fingerprint in said
    assert "planted" not in said
    assert {check.code for check in check_keys()} == {""}


FAULTS = (
    "passphrase wrong",
    "passphrase gone",
    "file damaged",
    "bearer wrong",
    "bearer malformed",
    "pin wrong",
    "service down",
    "service repeats",
    "other key",
)


@pytest.mark.parametrize("fault", first_quick(FAULTS, 3))
def test_every_failure_waits_and_tells_no_secret(
    file_key: Path, service: Service, keys_dir: Path, caplog: pytest.LogCaptureFixture, fault: str
) -> None:
    caplog.set_level(logging.DEBUG)
    place = "pkcs12:zhang" if fault.startswith(("passphrase", "file")) else "remote:ca"
    place_key(the_seal(), place)
    plant(fault, file_key, service, keys_dir)
    _key_at.cache_clear()
    job = notice_job()
    assert job.state == Job.State.QUEUED  # no fault of the paper: it waits and uses up none of its tries
    assert job.attempt == 0
    assert job.error is not None
    assert job.error["code"] in {"key-unusable", "key-unavailable", "pin-refused"}
    with pytest.raises(KeyUnusable) as caught:
        seal_key(the_seal()).sign(b"x", "sha256")
    (failed,) = [check for check in check_keys() if check.code]
    assert failed.seal == NOTICE_SEAL_LABEL
    shown = CliRunner().invoke(cli, ["keys", "check"], standalone_mode=False)
    assert failed.code in shown.output
    said = "\n".join([written_down(caplog), everything(caught.value), str(job.error), repr(failed), shown.output])
    assert "planted" not in said


def plant(fault: str, file_key: Path, service: Service, keys_dir: Path) -> None:
    remote = keys_dir / "remote"
    if fault == "passphrase wrong":
        (file_key / "zhang.passphrase").write_text(WRONG)
    elif fault == "passphrase gone":
        (file_key / "zhang.passphrase").unlink()
    elif fault == "file damaged":
        (file_key / "zhang.p12").write_bytes((file_key / "zhang.p12").read_bytes()[:200])
    elif fault == "bearer wrong":
        (remote / "ca.token").write_text(WRONG)
    elif fault == "bearer malformed":
        (remote / "ca.token").write_text(f"{WRONG}\r\nX: {BEARER}")
    elif fault == "pin wrong":
        (remote / "ca.pin").write_text(WRONG)
    elif fault == "service down":
        (remote / "ca.json").write_text('{"url": "https://127.0.0.1:9", "credential": "seal-1"}')
    elif fault == "service repeats":
        service.fault = lambda _: (400, {"error": BEARER, "error_description": f"{BEARER} {PIN}"})
    else:
        write_place(keys_dir, NOTICE_SEAL_LABEL, "pkcs12:zhang")


def test_a_place_with_a_pin_in_it_is_refused_before_it_is_written(keys_dir: Path) -> None:
    place = "pkcs11:token=a;object=b?pin-value=planted"
    with pytest.raises(KeyUnusable) as caught:
        place_key(the_seal(), place)
    assert "planted" not in str(caught.value)
    assert not (keys_dir / "places.json").exists()
    with pytest.raises(KeyUnusable):
        open_key("pkcs11:token=a;object=b;pin-value=planted", keys_dir, Path("/nowhere"))


def test_a_secret_does_not_show_itself() -> None:
    import json
    import pickle

    secret = Secret(b"planted")
    assert "planted" not in f"{secret} {secret!r} {[secret]} %s" % secret
    for write in (pickle.dumps, json.dumps):
        with pytest.raises(TypeError):
            write(secret)
