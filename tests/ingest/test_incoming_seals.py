"""A sealed PDF handed in: judged behind the walls of the sandbox, taken whatever the seal is worth, never touched."""

import datetime as dt
import hashlib
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from ingest.inspection import inspect
from ingest.inspection_types import Inspection
from ingest.sandbox import Limits
from portal.receipts import seal_lines
from signing import LocalTimestampAuthority, TestAuthority
from tests.signing.attacks.raw import flipped
from tests.signing.conftest import OWNER, PERMIT, seal


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> TestAuthority:
    return TestAuthority.ensure(tmp_path_factory.mktemp("ca"), dt.datetime.now(dt.UTC))


@pytest.fixture(scope="module")
def sealed(authority: TestAuthority) -> bytes:
    from signing import render

    now = dt.datetime.now(dt.UTC)
    tsa = LocalTimestampAuthority(authority.timestamp_key, lambda: now)
    permit = render("construction_permit", PERMIT, created=now)
    return seal(permit, authority.seal_key(OWNER, "公章"), authority, tsa=tsa, now=now)


def _inspected(path: Path, authority: TestAuthority, **options) -> Inspection:
    roots = [root.public_bytes(Encoding.DER) for root in authority.roots]
    return inspect(path, seal_roots=roots, seal_lists=authority.crls(), **options)


def test_a_sealed_pdf_is_judged_on_the_way_and_left_as_it_is(
    tmp_path: Path, authority: TestAuthority, sealed: bytes
) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(sealed)
    found = _inspected(path, authority)
    assert found.signed
    assert found.validation["verdict"] == "valid"
    assert found.validation["sha256"] == hashlib.sha256(sealed).hexdigest()
    assert Inspection.from_json(found.to_json()) == found
    assert path.read_bytes() == sealed
    ((line, kind),) = seal_lines(found.validation)
    assert "签章完好" in line
    assert kind == "muted"


def test_a_changed_one_is_taken_and_the_clerk_is_told(tmp_path: Path, authority: TestAuthority, sealed: bytes) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(flipped(sealed, sealed.index(b"/Producer") + 12))
    found = _inspected(path, authority)
    assert found.page_count == 1
    assert found.validation["verdict"] == "invalid"
    ((line, kind),) = seal_lines(found.validation)
    assert "盖章后文件内容被改动" in line
    assert "请提交盖章后未再改动的原件" in line
    assert kind == "defect"


def test_one_of_an_authority_we_do_not_know_is_unknown_with_a_remedy(tmp_path: Path, sealed: bytes) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(sealed)
    found = inspect(path)
    assert found.validation["verdict"] == "unknown"
    ((line, _),) = seal_lines(found.validation)
    assert "登记其根证书" in line


def test_one_whose_judging_takes_too_long_is_unknown_and_taken(
    tmp_path: Path, authority: TestAuthority, sealed: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ingest import inspection

    real = inspection.run_sandboxed

    def short(task, arguments, *, limits):
        return real(task, arguments, limits=Limits(wall_seconds=0.01) if task == "judge-seals" else limits)

    monkeypatch.setattr(inspection, "run_sandboxed", short)
    path = tmp_path / "a.pdf"
    path.write_bytes(sealed)
    found = _inspected(path, authority)
    assert found.page_count == 1
    assert [reason["code"] for reason in found.validation["reasons"]] == ["not-judged"]


def test_an_unsigned_file_is_not_judged(tmp_path: Path, authority: TestAuthority, sealed: bytes) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(sealed[: sealed.index(b"%%EOF") + 6])
    assert _inspected(path, authority).validation is None
