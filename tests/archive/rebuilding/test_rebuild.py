"""The database is dropped and made again from the archive: everything that can be asked of it is answered as before."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils import timezone

from archive import (
    Access,
    Event,
    HeldMaterial,
    LocalStore,
    LogHead,
    Package,
    Unavailable,
    append_event,
    check_log,
    ensure_log_key,
    object_key,
    parse_manifest,
    rescore,
)
from archive.holdings import index_materials
from archive.journal import EVENTS_PREFIX, ROWS_PREFIX, events_bytes, parse_events, parse_rows
from archive.rebuilding import DatabaseNotEmpty, JournalMark, NoPublishedLog, RebuildRun
from portal.cli.rebuilding import rebuild as command
from portal.roles import Role
from signing import Act, Certificate, Decision, answer_named
from tests.archive.rebuilding.whole_database import drop, dump
from tests.portal import factories
from workers import Job, compare_database, decide_on, log_public_key, rebuild_database, zone
from workers.holding import note_earlier_manifests
from workers.tasks import journal, run_job
from workers.zones import read_anywhere

pytestmark = pytest.mark.django_db
NOTED = {"archive.keptobject", "lookup.packageentry", "lookup.archivedtext"}
"""Made from the packages by jobs that do not run here."""
LATER = dt.datetime(2026, 11, 23, 2, 0, 0, 123456, tzinfo=dt.UTC)


def settle() -> None:
    """Run what the journal and the log still have to do, as minutes later it is done."""
    journal()
    for _ in range(10):
        job = Job.objects.filter(state="queued", kind__in=["journal", "publish"]).order_by("pk").first()
        if job is None:
            assert not JournalMark.objects.exists()
            return
        run_job(job.pk)
        job.refresh_from_db()
        assert job.state in {"done", "skipped"}, job.error
    pytest.fail("the journal does not come to an end")


def enter(package: Package, by: Any) -> None:
    """The package lies in the archive, and the log says so."""
    package.stored_at, package.element_count, package.byte_count = factories.NOW, 2, 4096 + len(b"[]")
    package.number, package.archive_number = package.case_number, ""  # as its manifest says
    package.save()
    details = {"package": package.number, "archive_number": package.archive_number}
    number, sha256 = package.case_number, package.manifest_sha256
    append_event("package-stored", case_number=number, object_sha256=sha256, details=details, now=LATER, actor=by)


@pytest.fixture
def kept() -> Certificate:
    """An archived case whose certificate is suspended, and a look at what it has on offer; all of it in the archive."""
    ensure_log_key(settings.KEYS_DIR / "log.key", settings.LOG_ORIGIN)
    by = factories.user(Role.OFFICER)
    made = factories.certificate(factories.case(by, state="archived", archived_at=factories.NOW))
    package = factories.package(factories.ingest.Case.objects.get(number=made.case_number))
    enter(package, by)
    manifest = parse_manifest(zone("archive").read(object_key(package.manifest_sha256)))
    index_materials(package, manifest, read_anywhere, now=factories.NOW)
    facts = {"name": "施工许可证", "subject_kind": "project", "subject": "1", "held_since": factories.NOW}
    sha256 = factories.digest("form")
    held = HeldMaterial.objects.create(package=package, type="OUT-SGXK", sha256=sha256, size=1, **facts)
    Access.objects.create(package=package, held=held, user=by, purpose="核对", accessed_at=LATER)
    decide_on(made, Act.SUSPEND, Decision("现场停工", "江住建〔2026〕1号"), by=by)
    Job.objects.filter(kind="follow-up").delete()  # its own package is another test's
    note_earlier_manifests()
    rescore(package, read_anywhere)
    settle()
    return made


def said_of(certificate: Certificate) -> Any:
    answer = answer_named(certificate.identifier, certificate.holder_name, today=timezone.localdate())
    return answer.state, answer.since, answer.act


def forge(prefix: str, change: Any) -> str:
    """Put other bytes on top of the first object there; its key."""
    vault = zone("archive")
    key = next(iter(vault.list(prefix))).key
    vault.put(key, change(vault.read(key)))
    return key


def test_everything_is_as_it_was(kept: Certificate) -> None:
    # its files are no real ones; those are compared where cases go the whole way (tests/stack/test_rebuild.py)
    assert [one for one in compare_database() if not one.where.startswith("sha256/")] == []
    before, said = dump(), said_of(kept)
    drop()
    run = rebuild_database()
    assert run.faults == []
    Event.objects.get(kind="database-rebuilt").delete()
    after = dump()
    for table, rows in before.items():
        if table not in NOTED:
            assert after[table] == rows, table
    assert (said_of(kept), said[0]) == (said, "suspended")
    assert check_log() == []
    assert not get_user_model().objects.filter(is_active=True).exists()
    assert get_user_model().objects.filter(username=kept.acts.get().by.get_username()).exists()
    assert Access.objects.get().held == HeldMaterial.objects.get()
    new = factories.user(Role.CLERK)  # numbers go on after those that came back
    assert new.pk > before["auth.user"][-1]["id"]
    with pytest.raises(DatabaseNotEmpty):
        rebuild_database()


def test_a_forged_private_part_is_found_and_the_rest_comes_back(kept: Certificate) -> None:
    def other(data: bytes) -> bytes:
        parts = parse_events(data)
        parts[0].details["forged"] = True
        return events_bytes(parts)

    key = forge(EVENTS_PREFIX, other)
    drop()
    run = rebuild_database()
    assert [(f["where"], "forged" in f["what"]) for f in run.faults] == [(f"{key} entry 0", True)]
    assert Event.objects.get(leaf_index=0).details == {}
    assert Certificate.objects.get().state == "suspended"


def test_rows_that_the_log_does_not_vouch_for_are_refused_and_named(kept: Certificate) -> None:
    key = forge(ROWS_PREFIX, lambda data: data.replace("现场停工".encode(), "手续齐全".encode()))
    drop()
    done = CliRunner().invoke(command, ["--json"], standalone_mode=False, catch_exceptions=False)
    faults = json.loads(done.output)["faults"]
    assert done.return_value == 1
    assert any(one["where"] == key and "not what its digest names" in one["what"] for one in faults)
    assert LogHead.objects.get().size == Event.objects.exclude(leaf_index=None).count()


def test_what_is_damaged_is_healed_from_the_second_site(kept: Certificate, tmp_path: Path, settings: Any) -> None:
    settings.ARCHIVE_REPLICA = f"file://{tmp_path}"
    vault, replica = zone("archive"), LocalStore(tmp_path)
    for one in list(vault.list()):
        replica.put(one.key, vault.read(one.key))
    key = forge(ROWS_PREFIX, lambda _: b"{}")
    drop()
    run = rebuild_database()
    assert (run.faults, run.healed) == ([], [key])
    assert parse_rows(vault.read(key))
    assert said_of(kept)[0] == "suspended"


def test_a_rebuild_that_was_broken_off_goes_on(kept: Certificate, monkeypatch: pytest.MonkeyPatch) -> None:
    before = dump()
    drop()
    vault, read = zone("archive"), zone("archive").read

    def gone(key: str, version: str | None = None) -> bytes:
        if key.startswith(ROWS_PREFIX):
            raise Unavailable("the network is down")
        return read(key, version)

    monkeypatch.setattr(vault, "read", gone)
    with pytest.raises(Unavailable):
        rebuild_database()
    assert Event.objects.exists()
    monkeypatch.undo()
    rebuild_database()
    Event.objects.get(kind="database-rebuilt").delete()
    assert RebuildRun.objects.get().finished_at
    after = dump()
    assert all(after[table] == rows for table, rows in before.items() if table not in NOTED)


def test_every_difference_between_database_and_archive_is_told(kept: Certificate) -> None:
    Certificate.objects.update(holder_name="别人")
    act = kept.acts.get()
    act.__class__._base_manager.filter(pk=act.pk)._raw_delete("default")
    Event.objects.filter(leaf_index=1).update(kind="something-else")
    told = {one.where.split()[0]: one.what for one in compare_database()}
    assert told["signing.certificate"] == "is not as the journal has it"
    assert told["signing.certificateact"] == "is in the journal and not in the database"
    assert "kind is 'something-else'" in told["event"]
    done = CliRunner().invoke(command, ["--check"], standalone_mode=False, catch_exceptions=False)
    assert (done.return_value, "别人" in done.output) == (1, False)


def test_a_store_without_a_log_of_this_key_gives_nothing(tmp_path: Path) -> None:
    ensure_log_key(settings.KEYS_DIR / "log.key", settings.LOG_ORIGIN)
    drop()
    with pytest.raises(NoPublishedLog):
        rebuild_database(f"file://{tmp_path / 'empty'}", log_public_key())
