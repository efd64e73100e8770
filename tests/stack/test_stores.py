"""The contract of all stores against real servers, and what only a network brings."""

import datetime as dt
import io
import secrets
import time
from collections.abc import Callable

import pytest
from minio.commonconfig import Filter
from minio.lifecycleconfig import Expiration, LifecycleConfig, Rule

from archive import AlreadyExists, BadDigest, Lock, NotFound, S3Store, Unavailable, open_store, probe_store
from tests.archive.store_contract import StoreContract
from tests.stack.servers import ACCESS_KEY, SECRET_KEY, free_ports

pytestmark = pytest.mark.stack

MORE_THAN_ONE_PART = 12 << 20
SMALLEST_PART = 5 << 20


@pytest.fixture
def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@pytest.fixture
def wait_until() -> Callable[[dt.datetime], None]:
    return lambda moment: time.sleep(max(0.0, (moment - dt.datetime.now(dt.UTC)).total_seconds()))


@pytest.fixture
def big() -> int:
    return MORE_THAN_ONE_PART


def new_store(endpoint: str) -> S3Store:
    bucket = f"t-{secrets.token_hex(6)}"
    store = S3Store(endpoint, ACCESS_KEY, SECRET_KEY, bucket, secure=False, part_bytes=SMALLEST_PART)
    store.ensure_bucket()
    store.ensure_bucket()  # a second start finds it there
    return store


class NetworkContract(StoreContract):
    """The contract, and what a server adds."""

    def test_the_server_itself_refuses_bytes_that_differ_from_the_digest(self, store: S3Store):
        with pytest.raises(BadDigest), store._errors("k"):
            store._client.put_object(
                store.bucket,
                "k",
                io.BytesIO(b"these bytes"),
                11,
                metadata={
                    "x-amz-checksum-sha256": "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=",  # of "abc"
                    "x-amz-sdk-checksum-algorithm": "SHA256",
                },
            )
        assert store.versions("k") == []

    def test_a_condition_does_not_leak_out_of_its_block(self, store: S3Store):
        store.put("k", b"1", if_absent=True)
        with pytest.raises(AlreadyExists):
            store.put("k", b"2", if_absent=True)
        store.put("k", b"3")
        assert store.read("k") == b"3"

    def test_a_locked_object_stays_when_its_bucket_is_removed(self, store: S3Store, now: dt.datetime):
        store.put("k", b"1", lock=Lock(now + dt.timedelta(minutes=5)))
        with pytest.raises(Exception, match=r"(?i)not ?empty|denied|lock|retention"):
            store._client.remove_bucket(store.bucket)
        assert store.read("k") == b"1"

    def test_an_object_of_another_program_has_no_digest_to_trust(self, store: S3Store):
        store._client.put_object(store.bucket, "foreign", io.BytesIO(b"x"), 1)
        assert not store.verify("foreign")

    def test_wrong_keys_are_unavailable_and_say_so(self, store: S3Store):
        stranger = S3Store(store._endpoint, ACCESS_KEY, "wrong-secret", store.bucket, secure=False)
        with pytest.raises(Unavailable, match="check the keys"):
            stranger.put("k", b"x")

    def test_a_url_opens_the_store(self, store: S3Store):
        url = f"s3://{ACCESS_KEY}:{SECRET_KEY}@{store._endpoint}/{store.bucket}?secure=0"
        store.put("k", "江澜".encode())
        assert open_store(url).read("k") == "江澜".encode()
        with pytest.raises(NotFound):
            open_store(url).read("other")


class TestMinio(NetworkContract):
    """MinIO."""

    @pytest.fixture
    def store(self, minio_endpoint: str) -> S3Store:
        return new_store(minio_endpoint)


class TestSeaweedfs(NetworkContract):
    """SeaweedFS."""

    @pytest.fixture
    def store(self, seaweedfs_endpoint: str) -> S3Store:
        return new_store(seaweedfs_endpoint)


def test_the_probe_finds_no_way_round_minio(minio_endpoint: str, now: dt.datetime):
    store = new_store(minio_endpoint)
    report = probe_store(store, now)
    assert report.trusted, report.tries
    assert {"remove bucket", "lifecycle", "delete under hold"} <= {one.name for one in report.tries}


def test_a_rule_that_lets_objects_expire_is_found(minio_endpoint: str, now: dt.datetime):
    store = new_store(minio_endpoint)
    rule = Rule("Enabled", rule_filter=Filter(prefix=""), rule_id="old", expiration=Expiration(days=1))
    store._client.set_bucket_lifecycle(store.bucket, LifecycleConfig([rule]))
    report = probe_store(store, now)
    assert [one.name for one in report.tries if not one.held] == ["lifecycle"]


def test_the_side_door_of_seaweedfs_is_told_for_what_it_is(seaweedfs: tuple[str, str], now: dt.datetime):
    """The lock lives in the S3 gateway; whoever reaches the filer below it deletes what is locked, without any key."""
    endpoint, filer = seaweedfs
    bucket = new_store(endpoint).bucket
    url = f"s3://{ACCESS_KEY}:{SECRET_KEY}@{endpoint}/{bucket}?secure=0"
    assert probe_store(open_store(url), now).trusted  # as long as nobody reaches the filer
    report = probe_store(open_store(f"{url}&side_door=http://{filer}"), now)
    assert [one.name for one in report.tries if not one.held] == ["side door"]


def test_a_side_door_that_cannot_be_reached_is_as_it_should_be(minio_endpoint: str, now: dt.datetime):
    bucket = new_store(minio_endpoint).bucket
    url = f"s3://{ACCESS_KEY}:{SECRET_KEY}@{minio_endpoint}/{bucket}?secure=0"
    assert probe_store(open_store(f"{url}&side_door=http://127.0.0.1:{free_ports(1)[0]}"), now).trusted


def test_a_server_that_is_not_there_is_unavailable_soon():
    store = S3Store(f"127.0.0.1:{free_ports(1)[0]}", ACCESS_KEY, SECRET_KEY, "bucket", secure=False)
    started = time.monotonic()
    for ask in (lambda: store.put("k", b"x"), lambda: store.read("k"), store.check_health):
        with pytest.raises(Unavailable):
            ask()
    assert time.monotonic() - started < 15
