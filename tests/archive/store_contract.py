"""What every object store must do. One suite; a test module gives the fixtures `store`, `now`, `wait_until`, `big`."""

import concurrent.futures
import datetime as dt
import hashlib
import io
from collections.abc import Callable

import pytest

from archive import AlreadyExists, BadDigest, BadKey, Lock, Locked, NotFound, ObjectStore, StoreError, probe_store

Wait = Callable[[dt.datetime], None]
DAY = dt.timedelta(days=1)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class StoreContract:
    """Tests run once for each store."""

    def test_what_is_put_is_read_back_with_all_that_was_said_of_it(self, store: ObjectStore, now: dt.datetime):
        put = store.put(
            "档案/江澜/说明.txt",
            "江澜市".encode(),
            content_type="text/plain",
            metadata={"title": "施工许可证 100%+1", "case": "3"},
        )
        found = store.stat("档案/江澜/说明.txt")
        assert found == put
        assert (found.size, found.sha256) == (9, sha256("江澜市".encode()))
        assert found.content_type == "text/plain"
        assert dict(found.metadata) == {"title": "施工许可证 100%+1", "case": "3"}
        assert abs(found.created - now) < DAY
        assert found.created.tzinfo is not None
        assert store.read("档案/江澜/说明.txt").decode() == "江澜市"
        with store.open("档案/江澜/说明.txt", put.version) as stream:
            assert stream.read(3).decode() == "江"
        assert store.verify("档案/江澜/说明.txt")

    def test_an_empty_object_is_an_object(self, store: ObjectStore):
        assert store.put("empty", b"").size == 0
        assert store.read("empty") == b""

    def test_an_overwrite_adds_a_version_and_keeps_the_old(self, store: ObjectStore):
        written = [store.put("a/one.pdf", f"v{n}".encode()) for n in range(3)]
        assert [v.version for v in store.versions("a/one.pdf")] == [v.version for v in reversed(written)]
        assert store.read("a/one.pdf") == b"v2"
        assert [store.read("a/one.pdf", v.version) for v in written] == [b"v0", b"v1", b"v2"]

    def test_versions_of_a_key_are_not_those_of_a_longer_key(self, store: ObjectStore):
        store.put("case/1", b"one")
        store.put("case/10", b"ten")
        assert [v.key for v in store.versions("case/1")] == ["case/1"]
        assert store.versions("case/never") == []

    def test_what_is_not_there_is_not_found(self, store: ObjectStore):
        put = store.put("there", b"x")
        for ask in (store.stat, store.read, store.open, store.verify):
            with pytest.raises(NotFound):
                ask("not-there")
        with pytest.raises(NotFound):
            store.stat("not-there", put.version)

    def test_a_wrong_digest_keeps_nothing(self, store: ObjectStore):
        with pytest.raises(BadDigest):
            store.put("wrong", b"these bytes", sha256=sha256(b"those bytes"))
        assert store.versions("wrong") == []
        assert store.put("right", b"these bytes", sha256=sha256(b"these bytes")).sha256 == sha256(b"these bytes")

    def test_if_absent_refuses_a_taken_key_and_takes_a_deleted_one(self, store: ObjectStore):
        store.put("once", b"1", if_absent=True)
        with pytest.raises(AlreadyExists):
            store.put("once", b"2", if_absent=True)
        assert store.read("once") == b"1"
        assert len(store.versions("once")) == 1
        store.delete("once")
        store.put("once", b"3", if_absent=True)
        assert store.read("once") == b"3"

    def test_of_many_threads_putting_if_absent_one_wins(self, store: ObjectStore):
        def put(n: int) -> bool:
            try:
                store.put("race", b"%d" % n, if_absent=True)
            except AlreadyExists:
                return False
            return True

        with concurrent.futures.ThreadPoolExecutor(12) as pool:
            assert sum(pool.map(put, range(12))) == 1
        assert len(store.versions("race")) == 1

    def test_compliance_refuses_deletion_bypass_shortening_and_weakening(self, store: ObjectStore, now: dt.datetime):
        until = now + 2 * DAY
        kept = store.put("kept", b"kept", lock=Lock(until))
        assert kept.mode == "COMPLIANCE"
        assert kept.retain_until is not None
        assert abs(kept.retain_until - until) <= dt.timedelta(seconds=1)
        with pytest.raises(Locked):
            store.delete_version("kept", kept.version)
        with pytest.raises(Locked):
            store.delete_version("kept", kept.version, bypass_governance=True)
        with pytest.raises(Locked):
            store.extend_retention("kept", kept.version, Lock(now + DAY))
        with pytest.raises(Locked):
            store.extend_retention("kept", kept.version, Lock(now + 3 * DAY, "GOVERNANCE"))
        store.extend_retention("kept", kept.version, Lock(now + 3 * DAY))
        longer = store.stat("kept", kept.version).retain_until
        assert longer is not None
        assert abs(longer - (now + 3 * DAY)) <= dt.timedelta(seconds=1)
        assert store.read("kept", kept.version) == b"kept"

    def test_a_locked_version_stays_under_a_newer_one_and_under_a_marker(self, store: ObjectStore, now: dt.datetime):
        kept = store.put("under", b"old", lock=Lock(now + DAY))
        store.put("under", b"new")
        store.delete("under")
        assert store.read("under", kept.version) == b"old"
        with pytest.raises(Locked):
            store.delete_version("under", kept.version)

    def test_governance_refuses_deletion_unless_bypassed(self, store: ObjectStore, now: dt.datetime):
        kept = store.put("gov", b"gov", lock=Lock(now + DAY, "GOVERNANCE"))
        with pytest.raises(Locked):
            store.delete_version("gov", kept.version)
        store.delete_version("gov", kept.version, bypass_governance=True)
        assert store.versions("gov") == []

    def test_after_its_retention_a_version_can_go(self, store: ObjectStore, now: dt.datetime, wait_until: Wait):
        kept = store.put("short", b"short", lock=Lock(now + dt.timedelta(seconds=3)))
        wait_until(now + dt.timedelta(seconds=5))
        store.delete_version("short", kept.version)
        assert store.versions("short") == []

    def test_a_lock_that_ends_before_it_starts_is_refused(self, store: ObjectStore, now: dt.datetime):
        with pytest.raises(StoreError):
            store.put("past", b"past", lock=Lock(now - DAY))
        assert store.versions("past") == []

    def test_a_legal_hold_blocks_deletion_until_it_is_off(self, store: ObjectStore):
        held = store.put("held", b"held", legal_hold=True)
        assert held.legal_hold
        for bypass in (False, True):
            with pytest.raises(Locked):
                store.delete_version("held", held.version, bypass_governance=bypass)
        store.set_legal_hold("held", held.version, on=False)
        store.set_legal_hold("held", held.version, on=True)
        with pytest.raises(Locked):
            store.delete_version("held", held.version)
        store.set_legal_hold("held", held.version, on=False)
        assert not store.stat("held").legal_hold
        store.delete_version("held", held.version)
        assert store.versions("held") == []

    def test_each_version_has_its_own_hold_and_a_lock_is_renewed_under_it(self, store: ObjectStore, now: dt.datetime):
        old = store.put("renewed", b"old", lock=Lock(now + DAY))
        new = store.put("renewed", b"new", legal_hold=True)
        store.set_legal_hold("renewed", old.version, on=True)
        store.extend_retention("renewed", old.version, Lock(now + 3 * DAY))
        store.set_legal_hold("renewed", new.version, on=False)
        newer, older = store.versions("renewed")
        assert (newer.legal_hold, older.legal_hold) == (False, True)
        assert older.retain_until is not None
        assert abs(older.retain_until - (now + 3 * DAY)) <= dt.timedelta(seconds=1)
        store.delete_version("renewed", new.version)
        with pytest.raises(Locked):
            store.delete_version("renewed", old.version)

    def test_a_delete_marker_hides_and_its_removal_shows_again(self, store: ObjectStore):
        put = store.put("gone", b"here")
        store.delete("gone")
        with pytest.raises(NotFound):
            store.stat("gone")
        with pytest.raises(NotFound):
            store.read("gone")
        assert [v.key for v in store.list("gone")] == []
        marker, old = store.versions("gone")
        assert (marker.is_delete_marker, old.is_delete_marker) == (True, False)
        assert store.read("gone", put.version) == b"here"
        store.delete_version("gone", marker.version)
        assert store.read("gone") == b"here"

    def test_removing_a_version_that_is_gone_is_no_error(self, store: ObjectStore):
        put = store.put("twice", b"x")
        store.delete_version("twice", put.version)
        store.delete_version("twice", put.version)

    def test_keys_are_listed_once_in_byte_order(self, store: ObjectStore):
        keys = ["l/b", "l/a", "l/材料/乙", "l/材料/丙", "l/Z", "l/a b+c%20&=.pdf", "l/ａ", "other/x"]
        for key in keys:
            store.put(key, key.encode())
            store.put(key, key.encode() + b"2")
        listed = list(store.list("l/"))
        assert [v.key for v in listed] == sorted((k for k in keys if k.startswith("l/")), key=str.encode)
        assert all(v.sha256 == sha256(v.key.encode() + b"2") for v in listed)

    def test_long_chinese_keys_are_kept(self, store: ObjectStore):
        key = "/".join(["晨曦智能装备制造基地项目" * 7] * 3)  # 3 x 252 bytes
        store.put(key, b"long")
        assert store.read(key) == b"long"
        assert [v.key for v in store.list(key[:50])] == [key]

    @pytest.mark.parametrize("key", ["", "/a", "a//b", "a/../b", "a/./b", "a/", "a\nb", "长" * 342, "x" * 256])
    def test_a_key_that_some_store_could_not_keep_is_refused(self, store: ObjectStore, key: str):
        with pytest.raises(BadKey):
            store.put(key, b"x")

    def test_a_big_stream_is_kept_whole(self, store: ObjectStore, big: int, now: dt.datetime):
        block = hashlib.sha256(b"block").digest() * 32768
        data = (block * (big // len(block) + 1))[:big]

        class Pipe(io.RawIOBase):
            """A stream that knows neither its length nor how to seek."""

            rest = memoryview(data)

            def readable(self) -> bool:
                return True

            def readinto(self, buffer) -> int:
                size = min(len(buffer), len(self.rest))
                buffer[:size], self.rest = self.rest[:size], self.rest[size:]
                return size

        put = store.put("big", io.BufferedReader(Pipe()), lock=Lock(now + dt.timedelta(seconds=30)), if_absent=True)
        assert (put.size, put.sha256) == (big, sha256(data))
        assert put.mode == "COMPLIANCE"
        assert store.verify("big")
        with pytest.raises(AlreadyExists):
            store.put("big", data, if_absent=True)
        assert len(store.versions("big")) == 1

    def test_the_store_is_healthy(self, store: ObjectStore):
        store.check_health()

    def test_the_probe_finds_no_way_round_the_lock_and_tidies_up_next_time(self, store: ObjectStore, now: dt.datetime):
        report = probe_store(store, now)
        assert report.trusted, [t for t in report.tries if not t.held]
        assert len(report.tries) >= 9
        assert report.hardware_lock is store.hardware_lock
        assert probe_store(store, now).trusted
