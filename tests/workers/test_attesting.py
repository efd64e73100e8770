"""What others say of the log's heads: timestamps of the day, witnesses that agree, and one that saw another log."""

import shutil
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from archive import (
    Checkpoint,
    Event,
    FollowUp,
    HeadAttestation,
    LogHead,
    TileTree,
    WitnessKey,
    append_event,
    grown_tiles,
    leaf_hash,
    load_log_key,
    make_checkpoint,
    publish_log,
    record_publication,
    verify_package,
)
from archive.checkpoint import split_note
from archive.witness import watch
from portal.roles import Role
from tests.portal import factories
from tests.workers.casework import run
from workers import (
    add_supplement,
    authority,
    collect_cosignatures,
    export_follow_ups,
    log_public_key,
    prepare,
    reconcile_log,
    silent_witnesses,
    stamp_head,
    zone,
)
from workers.draws import sign_head
from workers.made_elements import kept_json

pytestmark = pytest.mark.django_db
NAME = "witness.example/audit"


@pytest.fixture(autouse=True)
def _installed() -> None:
    prepare()


def grow(by: int) -> int:
    """More events, published; returns the size."""
    for _ in range(by):
        append_event("case-accepted", now=timezone.now())
    with transaction.atomic():
        sign_head()
    size = publish_log(zone("archive"), timezone.now() + timezone.timedelta(days=365))
    record_publication(size)
    return size


def log_folder(tmp_path: Path) -> Path:
    """The published log as a witness fetches it."""
    folder, store = tmp_path / "log", zone("archive")
    for version in store.list("log/tile/"):
        path = folder / version.key.removeprefix("log/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(store.read(version.key))
    newest = [version.key for version in store.list("log/checkpoint/")][-1]
    (folder / "checkpoint").write_bytes(store.read(newest))
    return folder


def witness(log: Path, state: Path) -> WitnessKey:
    """The witness looks at a log, and the settings name it."""
    watch(str(log), log_public_key(), NAME, state, int(timezone.now().timestamp()))
    key = Ed25519PrivateKey.from_private_bytes((state / "witness.key").read_bytes()).public_key()
    named = WitnessKey(NAME, key.public_bytes_raw())
    settings.WITNESSES.parent.mkdir(parents=True, exist_ok=True)
    settings.WITNESSES.write_text(f"# 审计局\n{named} {state / 'cosigned'}\n")
    return named


def test_a_head_is_timestamped_once_and_the_next_one_again() -> None:
    assert not stamp_head()  # nothing is published
    grow(3)
    assert stamp_head()
    assert not stamp_head()
    grow(1)
    assert stamp_head()
    assert HeadAttestation.objects.count() == Event.objects.filter(kind="head-timestamped").count() == 2


def test_a_package_is_exported_with_what_others_say_of_the_head(tmp_path: Path) -> None:
    made = factories.certificate(factories.case(factories.user(Role.CLERK)), data={"建设规模": "9800㎡"})
    package = factories.package(factories.ingest.Case.objects.get(number=made.case_number))
    element = kept_json(32, "过程文件", "检测报告", 1, {"found": "nothing"})
    kind = FollowUp.Kind.INSPECTION
    add_supplement(package, kind=kind, title="检测报告", elements=[element], key="GD:1", now=timezone.now())
    run("supplement")
    size = grow(1)
    stamp_head()
    witness(log_folder(tmp_path), tmp_path / "state")
    assert collect_cosignatures() == {NAME: f"见证到第 {size} 条"}
    grow(5)  # the log goes on; the proof is for the head that others vouch for
    [bag] = export_follow_ups(package.case_number, tmp_path / "out")
    note = (bag / "data/校验信息/checkpoint.txt").read_bytes()
    text, signatures = split_note(note)
    assert text.splitlines()[1] == str(size)
    assert [name for name, _ in signatures] == [settings.LOG_ORIGIN, NAME]
    assert (bag / "data/校验信息/checkpoint.tsr").exists()
    trusted = {"trusted_log_key": log_public_key().encode(), "roots": authority().roots}
    assert verify_package(bag, **trusted).verdict == "valid"


def test_a_witness_that_was_shown_another_log_gives_the_alarm(tmp_path: Path) -> None:
    """Whoever holds the key shows the auditor another log: its own signature convicts it."""
    size = grow(3)
    folder = tmp_path / "forged"
    leaves = [leaf_hash(b"other %d" % n) for n in range(size)]

    def read(path: str) -> bytes:
        return (folder / path).read_bytes()

    for path, data in grown_tiles(TileTree(read, 0), leaves):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    key = load_log_key(settings.KEYS_DIR / "log.key")
    head = Checkpoint(settings.LOG_ORIGIN, size, TileTree(read, size).root())
    (folder / "checkpoint").write_bytes(make_checkpoint(head, key))
    witness(folder, tmp_path / "state")
    for _ in range(2):
        assert "日志分叉" in collect_cosignatures()[NAME]
    [told] = Event.objects.filter(kind="log-split-view")
    assert zone("archive").read(told.details["key"]) == (tmp_path / "state/cosigned").read_bytes()
    assert not HeadAttestation.objects.exists()


def test_a_log_that_was_set_back_is_told_by_what_the_witness_remembers(tmp_path: Path) -> None:
    grow(5)
    witness(log_folder(tmp_path), tmp_path / "state")
    LogHead.objects.update(published=2)
    assert "ours was set back" in collect_cosignatures()[NAME]


def test_a_witness_that_is_silent_is_named_and_one_that_is_away_stops_nothing(tmp_path: Path) -> None:
    grow(2)
    witness(log_folder(tmp_path), tmp_path / "state")
    assert silent_witnesses(timezone.now()) == [NAME]
    collect_cosignatures()
    assert silent_witnesses(timezone.now()) == []
    assert silent_witnesses(timezone.now() + timezone.timedelta(days=2)) == [NAME]
    shutil.rmtree(tmp_path / "state")
    assert "不能取得" in collect_cosignatures()[NAME]


def test_a_cosignature_that_was_changed_is_refused(tmp_path: Path) -> None:
    grow(2)
    witness(log_folder(tmp_path), tmp_path / "state")
    cosigned = tmp_path / "state/cosigned"
    text, signatures = split_note(cosigned.read_bytes())
    assert len(signatures) == 2
    other = witness(log_folder(tmp_path), tmp_path / "other")
    settings.WITNESSES.write_text(f"{other} {cosigned}\n")
    assert "签名无效" in collect_cosignatures()[NAME]
    assert text


def test_the_nightly_reconciliation_tells_a_difference_once() -> None:
    grow(5)
    assert reconcile_log().faults == []
    Event.objects.filter(leaf_index=2).update(kind="case-refused")
    for _ in range(2):
        night = reconcile_log(from_start=True)
        assert [(fault["place"], fault["where"]) for fault in night.faults] == [("row", "2")]
    assert Event.objects.filter(kind="log-differs").count() == 1
