import datetime as dt
import json
import re
from pathlib import Path
from typing import Any

import pytest

from signing import Policy, SealKey, TestAuthority, Validation, validate_pdf
from tests.signing.conftest import NOW, OWNER, seal

DAY = dt.timedelta(days=1)
_GAP = re.compile(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)")


def judge(pdf: bytes, authority: TestAuthority, **options: Any) -> Validation:
    return validate_pdf(pdf, authority.roots, **({"crls": authority.crls(), "at": NOW} | options))


def codes(found: Validation) -> set[str]:
    return {reason.code for reason in found.reasons}


def test_bytes_after_the_end_are_noticed(sealed: bytes, authority: TestAuthority) -> None:
    assert codes(judge(sealed + b"\n%more\n", authority)) == {"changed"}


def test_a_seal_taken_off_leaves_an_unsealed_file(permit: bytes, authority: TestAuthority) -> None:
    found = judge(permit, authority)
    assert (found.verdict, codes(found), found.seals) == ("unknown", {"unsigned"}, ())


def test_a_signature_that_no_form_field_shows_is_not_called_unsigned(permit: bytes, authority: TestAuthority) -> None:
    hidden = permit + b"\n%<< /Type /Sig /ByteRange [0 1 2 3] >>\n"
    assert codes(judge(hidden, authority)) == {"signature-broken"}


def test_a_format_we_do_not_know_is_not_called_unsigned(sealed: bytes, authority: TestAuthority) -> None:
    found = judge(sealed.replace(b"/ETSI.CAdES.detached", b"/ETSI.CAdES.detacheX"), authority)
    assert (found.verdict, codes(found)) == ("unknown", {"signature-unsupported"})


def test_a_revoked_seal_is_invalid_also_after_its_certificate_ended(permit: bytes, tmp_path: Path) -> None:
    authority = TestAuthority.ensure(tmp_path, NOW)
    key = authority.seal_key(OWNER, "失窃章")
    sealed = seal(permit, key, authority)
    before = authority.crls()
    authority.revoke(key.serial, NOW + DAY)
    assert judge(sealed, authority, crls=before).verdict == "valid"
    for later in (DAY, 2 * DAY, 365 * 6 * DAY):
        found = judge(sealed, authority, crls=authority.crls(NOW + later), at=NOW + later)
        assert (found.verdict, codes(found)) == ("invalid", {"revoked"}), later
        assert found.seals[0].revoked


def test_the_seals_that_must_be_there_can_be_named(sealed: bytes, authority: TestAuthority, key: SealKey) -> None:
    assert judge(sealed, authority, policy=Policy(expected=frozenset({key.fingerprint}))).verdict == "valid"
    assert codes(judge(sealed, authority, policy=Policy(expected=frozenset({"0" * 64})))) == {"seal-missing"}


def test_the_answer_is_plain_json(sealed: bytes, authority: TestAuthority) -> None:
    answer = json.loads(json.dumps(judge(sealed, authority).to_json("permit.pdf")))
    assert answer.keys() == {"file", "verdict", "seals", "certificate", "reasons"}
    shown = {"field", "signer", "time", "level", "intact", "trusted", "revoked", "changed_after"}
    assert shown <= answer["seals"][0].keys()
    assert answer["seals"][0]["time"] == "2026-11-22T02:30:00+00:00"


@pytest.mark.parametrize("pdf", [b"", b"junk", b"%PDF-1.7\n", Path("absent.pdf")])
def test_what_is_no_pdf_is_unreadable(pdf: bytes | Path, authority: TestAuthority) -> None:
    assert codes(validate_pdf(pdf, authority.roots)) == {"unreadable"}


def test_the_answer_about_a_file_on_disk_can_be_written_down(
    sealed: bytes, authority: TestAuthority, tmp_path: Path
) -> None:
    """A name out of the library once dragged the open file along, and the answer could not be kept."""
    path = tmp_path / "permit.pdf"
    path.write_bytes(sealed)
    found = validate_pdf(path, authority.roots, crls=authority.crls(), at=NOW)
    assert json.loads(json.dumps(found.to_json(str(path))))["verdict"] == "valid"
