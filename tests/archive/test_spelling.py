"""Canonical JSON, digests, names of keys and files, and URLs of stores."""

import datetime as dt
import hashlib
import io
import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import (
    BadStoreUrl,
    LocalStore,
    NotCanonical,
    S3Store,
    canonical_json,
    digest_bytes,
    digest_stream,
    object_key,
    open_store,
    parse_canonical,
    safe_name,
)

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
)


@given(VALUES)
def test_canonical_json_reads_back_and_is_its_own_spelling(value: object):
    raw = canonical_json(value)
    assert json.loads(raw) == value
    assert parse_canonical(raw) == value


def test_keys_are_sorted_as_the_rfc_sorts_them():
    # The example of RFC 8785 section 3.2.3: order of UTF-16 code units.
    names = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    raw = canonical_json(dict.fromkeys(names, 0))
    assert list(json.loads(raw)) == ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]


def test_times_are_written_in_utc_and_dates_as_they_are():
    shanghai = dt.timezone(dt.timedelta(hours=8))
    moment = dt.datetime(2026, 11, 22, 10, 0, tzinfo=shanghai)
    assert canonical_json([moment, dt.date(2026, 11, 22)]) == b'["2026-11-22T02:00:00Z","2026-11-22"]'


@pytest.mark.parametrize(
    "value",
    [0.1, float("nan"), 2**53, {1: 2}, b"x", {1, 2}, "\ud800", {"\udfff": 1}, dt.datetime(2026, 1, 1), object()],  # noqa: DTZ001
)
def test_what_has_no_exact_spelling_is_refused(value: object):
    with pytest.raises(NotCanonical):
        canonical_json({"value": value} if not isinstance(value, dict) else value)


@pytest.mark.parametrize("raw", [b'{"a":1,"a":1}', b'{"b":1,"a":2}', b"1.5", b"NaN", b"1e3", b" 1", b'"\\u0041"', b"{"])
def test_other_spellings_are_refused(raw: bytes):
    with pytest.raises(NotCanonical):
        parse_canonical(raw)


def test_digests_are_those_of_the_standards():
    # GB/T 32905-2016 annex A.1 and FIPS 180-2 appendix B.1, both of "abc".
    found = digest_bytes(b"abc")
    assert found.sm3 == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert found.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert found.size == 3
    data = b"x" * (3 << 20)
    assert digest_stream(io.BytesIO(data)).sm3 == hashlib.new("sm3", data).hexdigest()


def test_content_has_one_place():
    digest = digest_bytes(b"abc").sha256
    assert object_key(digest) == f"sha256/ba/78/{digest}"
    for bad in ("", digest.upper(), digest + "\n", digest[:-1], "../" * 21 + "x"):
        with pytest.raises(ValueError, match="SHA-256"):
            object_key(bad)


@given(st.text())
def test_a_safe_name_is_safe_on_every_disk_and_stays_as_it_is(name: str):
    safe = safe_name(name)
    assert safe_name(safe) == safe
    assert safe == unicodedata.normalize("NFC", safe)
    assert 0 < len(safe.encode()) <= 180
    assert not set(safe) & set('/\\:*?"<>|%\x00\n')
    assert safe not in {".", ".."}
    assert not safe.endswith((" ", "."))


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("施工合同.pdf", "施工合同.pdf"),
        ("a/b\\c.pdf", "a／b＼c.pdf"),
        ("..", "_"),
        ("CON.pdf", "_CON.pdf"),
        ("e\u0301.txt", "é.txt"),
        ("图" * 200 + ".pdf", "图" * 58 + ".pdf"),
        ("\u202eexe.fdp", "exe.fdp"),
    ],
)
def test_names_come_out_as_people_expect(name: str, safe: str):
    assert safe_name(name) == safe


def test_a_url_names_a_store(tmp_path: Path):
    local = open_store(f"file://{tmp_path}/a%20b")
    assert isinstance(local, LocalStore)
    assert (tmp_path / "a b" / "k").is_dir()
    assert isinstance(open_store("file:inbox", tmp_path), LocalStore)
    assert (tmp_path / "inbox" / "k").is_dir()
    remote = open_store("s3://key:sec%2Fret@127.0.0.1:9000/archive?secure=0&region=cn-1")
    assert isinstance(remote, S3Store)
    assert (remote.bucket, remote._secret_key, remote._region, remote._secure) == ("archive", "sec/ret", "cn-1", False)
    assert "sec" not in remote.name


@pytest.mark.parametrize(
    "url",
    ["", "ftp://x/y", "file:relative", "file://host/x", "s3://h/b", "s3://k:s@h", "s3://k:s@h/a/b", "s3://k:s@h/b?x=1"],
)
def test_a_url_that_names_no_store_is_refused(url: str):
    with pytest.raises(BadStoreUrl):
        open_store(url)
