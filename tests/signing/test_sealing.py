import io
import shutil
import subprocess
from pathlib import Path

import pikepdf
import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from signing import (
    NotApproved,
    SealKey,
    SealRefused,
    TestAuthority,
    TimestampUnavailable,
    has_signature,
    preserve_pdf,
    validate_pdf,
)
from signing.timestamps import LocalTimestampAuthority
from tests.signing.conftest import NOW, OWNER, seal


class Down:
    def token(self, digest: bytes, algorithm: str) -> bytes:  # noqa: ARG002
        raise TimestampUnavailable("down")


class Stale:
    """Answers every request with a token over something else."""

    def __init__(self, tsa: LocalTimestampAuthority) -> None:
        self.tsa = tsa

    def token(self, digest: bytes, algorithm: str) -> bytes:  # noqa: ARG002
        return self.tsa.token(bytes(32), algorithm)


def test_a_sealed_permit_is_valid_with_our_root_alone(sealed: bytes, authority: TestAuthority, key: SealKey) -> None:
    found = validate_pdf(sealed, authority.roots, crls=authority.crls(), at=NOW)
    assert (found.verdict, found.reasons) == ("valid", ())
    (one,) = found.seals
    assert (one.signer, one.level, one.time) == (f"{OWNER}行政审批专用章（测试）", "B-T", NOW)
    assert (one.intact, one.trusted, one.revoked, one.changed_after) == (True, True, False, False)
    assert one.fingerprint == key.fingerprint


def test_the_seal_is_pades_and_forbids_every_change(sealed: bytes) -> None:
    (signature,) = PdfFileReader(io.BytesIO(sealed)).embedded_signatures
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert signature.docmdp_level.value == 1
    assert "/DigestMethod" not in signature.sig_object["/Reference"][0]


def test_the_approved_bytes_are_only_added_to(permit: bytes, sealed: bytes) -> None:
    assert sealed.startswith(permit)
    assert b"%%EOF\n" in sealed[len(permit) - 6 : len(permit) + 1]  # else no PDF/A any more


def test_other_bytes_than_those_approved_are_not_sealed(permit: bytes, key: SealKey, authority: TestAuthority) -> None:
    with pytest.raises(NotApproved) as caught:
        seal(permit, key, authority, approved_sha256="0" * 64)
    assert caught.value.code == "not-approved"


def test_without_a_timestamp_nothing_is_sealed(permit: bytes, key: SealKey, authority: TestAuthority) -> None:
    with pytest.raises(TimestampUnavailable):
        seal(permit, key, authority, tsa=Down())
    stale = Stale(LocalTimestampAuthority(authority.timestamp_key, lambda: NOW))
    with pytest.raises(TimestampUnavailable):
        seal(permit, key, authority, tsa=stale)


def test_a_certified_file_takes_no_second_seal(sealed: bytes, key: SealKey, authority: TestAuthority) -> None:
    for certify in (True, False):
        with pytest.raises(SealRefused):
            seal(sealed, key, authority, certify=certify)


def test_two_seals_on_one_file_are_both_valid(permit: bytes, key: SealKey, authority: TestAuthority) -> None:
    second = authority.seal_key("江澜宏远建设集团有限公司", "合同专用章")
    once = seal(permit, key, authority, certify=False)
    twice = seal(once, second, authority, certify=False)
    found = validate_pdf(twice, authority.roots, crls=authority.crls(), at=NOW)
    assert found.verdict == "valid", found.reasons
    assert [one.field for one in found.seals] == ["Seal1", "Seal2"]


@pytest.mark.parametrize("damage", ["truncated", "junk", "encrypted"])
def test_a_file_that_cannot_carry_a_seal_is_refused(
    permit: bytes, key: SealKey, authority: TestAuthority, damage: str
) -> None:
    if damage == "encrypted":
        out = io.BytesIO()
        with pikepdf.open(io.BytesIO(permit)) as document:
            document.save(out, encryption=pikepdf.Encryption(user="", owner="owner", R=6, metadata=False))
        pdf = out.getvalue()
    else:
        pdf = permit[:4000] if damage == "truncated" else b"no pdf at all"
    with pytest.raises(SealRefused):
        seal(pdf, key, authority)


def test_signatures_are_noticed_without_parsing(permit: bytes, sealed: bytes) -> None:
    assert has_signature(sealed)
    assert has_signature(sealed[100_000:])
    assert has_signature(b"<< /Byte#52ange [0 1 2 3] >>")
    assert not has_signature(permit)
    assert not has_signature(b"")


def test_poppler_accepts_the_seal(sealed: bytes, authority: TestAuthority, tmp_path: Path) -> None:
    if not (shutil.which("pdfsig") and shutil.which("certutil")):
        pytest.skip("pdfsig (poppler-utils) and certutil (libnss3-tools) are needed for a second opinion")
    database = f"sql:{tmp_path}"
    root = authority.directory / "root.pem"
    subprocess.run(["certutil", "-N", "-d", database, "--empty-password"], check=True)
    subprocess.run(["certutil", "-A", "-d", database, "-n", "root", "-t", "CT,C,C", "-i", root], check=True)
    file = tmp_path / "sealed.pdf"
    file.write_bytes(sealed)
    said = subprocess.run(["pdfsig", "-nssdir", database, file], check=False, capture_output=True, text=True).stdout
    assert "Signature is Valid." in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said


def test_a_preserved_file_proves_itself_when_the_certificate_has_long_ended(
    sealed: bytes, authority: TestAuthority
) -> None:
    tsa = LocalTimestampAuthority(authority.timestamp_key, lambda: NOW)
    kept = preserve_pdf(sealed, authority.roots, authority.crls(), tsa=tsa, now=NOW)
    assert kept.startswith(sealed)
    for years, remarks in ((0, []), (9, ["expired-later"])):
        found = validate_pdf(kept, authority.roots, at=NOW.replace(year=NOW.year + years))
        assert (found.verdict, found.seals[0].level) == ("valid", "B-LTA")
        assert [reason.code for reason in found.reasons] == remarks


def test_only_a_sealed_file_is_preserved(permit: bytes, authority: TestAuthority) -> None:
    tsa = LocalTimestampAuthority(authority.timestamp_key, lambda: NOW)
    with pytest.raises(SealRefused):
        preserve_pdf(permit, authority.roots, authority.crls(), tsa=tsa, now=NOW)
