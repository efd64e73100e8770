"""Sealing a file where it lies: the same seal, nothing half done."""

import hashlib
from pathlib import Path
from typing import Any

import pytest

from signing import (
    LocalTimestampAuthority,
    NotApproved,
    SealKey,
    TestAuthority,
    TimestampUnavailable,
    draw_seal,
    preserve_file,
    seal_file,
    validate_pdf,
)
from tests.signing.conftest import NOW, OWNER
from tests.signing.test_sealing import Down


def order(pdf: bytes, authority: TestAuthority, **changes: Any) -> dict[str, Any]:
    return {
        "tsa": LocalTimestampAuthority(authority.timestamp_key, lambda: NOW),
        "image": draw_seal(OWNER, "9901010000018"),
        "approved_sha256": hashlib.sha256(pdf).hexdigest(),
        "reason": "签发",
        "location": "江澜市",
        "now": NOW,
    } | changes


def test_a_file_is_sealed_and_preserved_where_it_lies(
    permit: bytes, key: SealKey, authority: TestAuthority, tmp_path: Path
) -> None:
    source, target = tmp_path / "a.pdf", tmp_path / "b.pdf"
    source.write_bytes(permit)
    seal_file(source, target, key, **order(permit, authority))
    assert source.read_bytes() == permit
    assert target.read_bytes().startswith(permit)
    tsa = LocalTimestampAuthority(authority.timestamp_key, lambda: NOW)
    preserve_file(target, target, authority.roots, authority.crls(), tsa=tsa, now=NOW)
    found = validate_pdf(target, authority.roots, at=NOW)
    assert (found.verdict, found.seals[0].level) == ("valid", "B-LTA"), found.reasons
    assert {path.name for path in tmp_path.iterdir()} == {"a.pdf", "b.pdf"}


@pytest.mark.parametrize("fault", ["other bytes", "no time"])
def test_what_is_refused_leaves_every_file_as_it_was(
    permit: bytes, key: SealKey, authority: TestAuthority, tmp_path: Path, fault: str
) -> None:
    source, target = tmp_path / "a.pdf", tmp_path / "b.pdf"
    source.write_bytes(permit)
    target.write_bytes(b"before")
    changes = {"approved_sha256": "0" * 64} if fault == "other bytes" else {"tsa": Down()}
    with pytest.raises((NotApproved, TimestampUnavailable)):
        seal_file(source, target, key, **order(permit, authority, **changes))
    assert (source.read_bytes(), target.read_bytes()) == (permit, b"before")
    assert len(list(tmp_path.iterdir())) == 2
