import datetime as dt
import io
import json
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from signing import Policy, SealKey, TestAuthority, Validation, validate_pdf
from signing.timestamps import LocalTimestampAuthority
from tests.signing.conftest import NOW, OWNER, seal

DAY = dt.timedelta(days=1)
_GAP = re.compile(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)")


def judge(pdf: bytes, authority: TestAuthority, **options: Any) -> Validation:
    return validate_pdf(pdf, authority.roots, **({"crls": authority.crls(), "at": NOW} | options))


def codes(found: Validation) -> set[str]:
    return {reason.code for reason in found.reasons}


def flipped(pdf: bytes, place: int, mask: int = 1) -> bytes:
    return pdf[:place] + bytes([pdf[place] ^ mask]) + pdf[place + 1 :]


def gap(pdf: bytes) -> tuple[int, int]:
    numbers = _GAP.search(pdf)
    assert numbers is not None
    return int(numbers[2]), int(numbers[3])


def test_a_flipped_byte_anywhere_outside_the_signature_is_never_valid(sealed: bytes, authority: TestAuthority) -> None:
    start, end = gap(sealed)
    places = [place for place in range(0, len(sealed), len(sealed) // 60) if not start <= place < end]
    for place in (*places, len(sealed) - 1):
        found = judge(flipped(sealed, place), authority)
        assert found.verdict != "valid", place
        assert found.verdict == "invalid" or not found.seals, (place, found)


def test_a_flipped_byte_inside_the_signature_is_never_valid(sealed: bytes, authority: TestAuthority) -> None:
    start, end = gap(sealed)
    content = len(bytes(sealed[start + 1 : end - 1]).rstrip(b"0"))
    draw = random.Random(20261122)  # noqa: S311  the same places in every run
    for place in draw.sample(range(start, start + content), 60) + draw.sample(range(start + content, end), 10):
        for mask in (1, 0x20):  # 0x20 changes the case of a hexadecimal letter
            assert judge(flipped(sealed, place, mask), authority).verdict != "valid", (place - start, mask)


def incremental(pdf: bytes, change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def overlay(writer: IncrementalPdfFileWriter) -> None:
    page = writer.root["/Pages"]["/Kids"].raw_get(0)
    ink = writer.add_object(generic.StreamObject(stream_data=b"q 1 1 1 rg 80 300 400 25 re f Q"))
    page.get_object()["/Contents"] = generic.ArrayObject([page.get_object().raw_get("/Contents"), ink])
    writer.mark_update(page)


def other_appearance(writer: IncrementalPdfFileWriter) -> None:
    field = writer.root["/AcroForm"]["/Fields"].raw_get(0)
    form = {pdf_name("/Type"): pdf_name("/XObject"), pdf_name("/Subtype"): pdf_name("/Form")}
    form[pdf_name("/BBox")] = generic.ArrayObject(map(generic.NumberObject, (0, 0, 119, 119)))
    drawn = writer.add_object(generic.StreamObject(form, stream_data=b"0 0 1 rg 0 0 119 119 re f"))
    field.get_object()["/AP"] = generic.DictionaryObject({pdf_name("/N"): drawn})
    writer.mark_update(field)


def moved(writer: IncrementalPdfFileWriter) -> None:
    field = writer.root["/AcroForm"]["/Fields"].raw_get(0)
    field.get_object()["/Rect"] = generic.ArrayObject(map(generic.NumberObject, (50, 50, 170, 170)))
    writer.mark_update(field)


@pytest.mark.parametrize("change", [overlay, other_appearance, moved])
def test_what_is_added_to_a_sealed_file_makes_it_invalid(
    sealed: bytes, authority: TestAuthority, change: Callable[[IncrementalPdfFileWriter], None]
) -> None:
    found = judge(incremental(sealed, change), authority)
    assert found.verdict == "invalid"
    assert "changed" in codes(found)
    assert found.seals[0].changed_after


def test_bytes_after_the_end_are_noticed(sealed: bytes, authority: TestAuthority) -> None:
    assert codes(judge(sealed + b"\n%more\n", authority)) == {"changed"}


def test_a_file_written_anew_is_not_valid(sealed: bytes, authority: TestAuthority) -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(sealed)) as document:
        document.save(out)
    assert judge(out.getvalue(), authority).verdict == "invalid"


def test_a_byte_range_made_empty_or_wider_is_not_valid(sealed: bytes, authority: TestAuthority) -> None:
    found = _GAP.search(sealed)
    assert found is not None
    empty = sealed[: found.start()] + b"/ByteRange [0 0 0 0".ljust(len(found[0])) + sealed[found.end() :]
    assert judge(empty, authority).verdict == "invalid"
    wide = sealed[: gap(sealed)[1]] + b" " * 20 + sealed[gap(sealed)[1] :]
    assert judge(wide, authority).verdict != "valid"


def test_a_seal_taken_off_leaves_an_unsealed_file(permit: bytes, authority: TestAuthority) -> None:
    found = judge(permit, authority)
    assert (found.verdict, codes(found), found.seals) == ("unknown", {"unsigned"}, ())


def test_a_signature_that_no_form_field_shows_is_not_called_unsigned(permit: bytes, authority: TestAuthority) -> None:
    hidden = permit + b"\n%<< /Type /Sig /ByteRange [0 1 2 3] >>\n"
    assert codes(judge(hidden, authority)) == {"signature-broken"}


def test_a_format_we_do_not_know_is_not_called_unsigned(sealed: bytes, authority: TestAuthority) -> None:
    found = judge(sealed.replace(b"/ETSI.CAdES.detached", b"/ETSI.CAdES.detacheX"), authority)
    assert (found.verdict, codes(found)) == ("unknown", {"signature-unsupported"})


def test_another_authority_of_the_same_names_is_not_trusted(
    permit: bytes, authority: TestAuthority, tmp_path: Path
) -> None:
    forger = TestAuthority.ensure(tmp_path, NOW)
    forged = seal(permit, forger.seal_key(OWNER, "行政审批专用章"), forger)
    assert judge(forged, forger).verdict == "valid"
    for lists in (authority.crls(), (*authority.crls(), *forger.crls())):
        found = judge(forged, authority, crls=lists)
        assert found.verdict == "unknown"
        assert codes(found) == {"untrusted", "timestamp-untrusted"}
        assert not found.seals[0].trusted


def test_without_revocation_lists_nothing_is_called_valid(sealed: bytes, authority: TestAuthority) -> None:
    found = judge(sealed, authority, crls=())
    assert (found.verdict, codes(found)) == ("unknown", {"revocation-unknown"})


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


def test_an_orderly_withdrawal_spares_what_was_sealed_before(permit: bytes, tmp_path: Path) -> None:
    authority = TestAuthority.ensure(tmp_path, NOW)
    key = authority.seal_key(OWNER, "旧章")
    sealed = seal(permit, key, authority)
    authority.revoke(key.serial, NOW + DAY, "superseded")
    at = NOW + 10 * DAY
    found = judge(sealed, authority, at=at)
    assert (found.verdict, codes(found)) == ("valid", {"revoked-later"})
    late = seal(permit, key, authority, tsa=LocalTimestampAuthority(authority.timestamp_key, lambda: NOW + 2 * DAY))
    assert codes(judge(late, authority, at=at)) == {"revoked"}


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


def test_no_file_of_the_corpus_raises_or_passes(corpus: Path, authority: TestAuthority) -> None:
    for path in sorted(corpus.glob("*.pdf")):
        assert judge(path, authority).verdict != "valid", path.name


def test_the_answer_about_a_file_on_disk_can_be_written_down(
    sealed: bytes, authority: TestAuthority, tmp_path: Path
) -> None:
    """A name out of the library once dragged the open file along, and the answer could not be kept."""
    path = tmp_path / "permit.pdf"
    path.write_bytes(sealed)
    found = validate_pdf(path, authority.roots, crls=authority.crls(), at=NOW)
    assert json.loads(json.dumps(found.to_json(str(path))))["verdict"] == "valid"
