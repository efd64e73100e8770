"""Forgeries made with an editor of bytes: flips, cuts, additions, and the signature's own dictionary."""

import io
import re

import pikepdf
from asn1crypto import cms

from tests.signing.attacks.ground import Ground

GAP = re.compile(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+) *\]")
END = re.compile(rb"%%EOF")
_TIME = b"20261122023000".hex().encode()
_OTHER_TIME = b"20200101000000".hex().encode()


def flipped(pdf: bytes, place: int, mask: int = 1) -> bytes:
    """The file with one byte changed."""
    return pdf[:place] + bytes([pdf[place] ^ mask]) + pdf[place + 1 :]


def gap(pdf: bytes, which: int = 0) -> tuple[int, int]:
    """Where the value of a signature stands, brackets included; -1 is the last one, the document timestamp."""
    found = list(GAP.finditer(pdf))[which]
    return int(found[2]), int(found[3])


def replaced(pdf: bytes, start: int, end: int, new: bytes) -> bytes:
    """Other bytes in a place, padded with blanks so that nothing moves."""
    assert len(new) <= end - start
    return pdf[:start] + new.ljust(end - start) + pdf[end:]


def regions(pdf: bytes) -> dict[str, tuple[int, int]]:
    """The parts of a preserved file: each from and to."""
    start, end = gap(pdf)
    last_start, last_end = gap(pdf, -1)
    picture = pdf.index(b"/Subtype /Form")
    lists = pdf.index(b"/CRLs")
    return {
        "header": (0, 8),
        "body": (0, pdf.index(b"\nxref")),
        "xref": (pdf.index(b"\nxref") + 1, pdf.index(b"trailer")),
        "appearance": (picture, pdf.index(b"endstream", picture)),
        "cms": (start + 1, start + 1 + len(pdf[start + 1 : end - 1].rstrip(b"0"))),
        "padding": (end - 200, end - 1),
        "dss": (lists - 4000, lists),
        "timestamp": (last_start + 1, last_start + 1 + len(pdf[last_start + 1 : last_end - 1].rstrip(b"0"))),
        "last-xref": (pdf.rindex(b"\nxref") + 1, pdf.rindex(b"trailer")),
        "trailer": (pdf.rindex(b"trailer"), pdf.rindex(b"startxref") + 9),
        "end": (pdf.rindex(b"startxref"), len(pdf)),
    }


def in_region(name: str):
    """A byte flipped in the middle of a region."""

    def make(ground: Ground) -> bytes:
        start, end = regions(ground.one)[name]
        return flipped(ground.one, (start + end) // 2)

    return make


def in_value(which: int):
    """A digit changed in the value of a signature: 0 is the seal's, -1 the document timestamp's.

    Not just anywhere in the signature: there a digit may be a length, and the file cannot be read at all.
    """

    def make(ground: Ground) -> bytes:
        start, end = gap(ground.one, which)
        digits = ground.one[start + 1 : end - 1]
        signer = cms.ContentInfo.load(bytes.fromhex(digits.decode()))["content"]["signer_infos"][0]
        place = (
            start
            + 1
            + digits.lower().index(signer["signature"].native.hex().encode())
            + len(signer["signature"].native)
        )
        return replaced(ground.one, place, place + 1, b"0" if ground.one[place : place + 1] != b"0" else b"1")

    return make


def version_changed(ground: Ground) -> bytes:
    return ground.one.replace(b"%PDF-1.7", b"%PDF-1.4", 1)


def cut_before_the_seal(ground: Ground) -> bytes:
    return ground.one[: len(ground.permit)]


def cut_behind_the_seal(ground: Ground) -> bytes:
    """A genuine earlier state of our file: sealed, not yet preserved."""
    return ground.one[: len(ground.sealed)]


def cut_before_the_second_seal(ground: Ground) -> bytes:
    return ground.two[: len(ground.first_of_two)]


def cut_in_the_signature(ground: Ground) -> bytes:
    return ground.one[: sum(gap(ground.one)) // 2]


def cut_by_half(ground: Ground) -> bytes:
    return ground.one[: len(ground.one) // 2]


def cut_by_a_few_bytes(ground: Ground) -> bytes:
    return ground.one[:-20]


def prepended(ground: Ground) -> bytes:
    return b"%junk\n" + ground.one


def polyglot_before(ground: Ground) -> bytes:
    return b"<html><body>other words</body></html><!--\n" + ground.one


def polyglot_behind(ground: Ground) -> bytes:
    """A zip archive appended: programs that look at the end open that."""
    end = b"PK\x05\x06" + bytes(18)
    return ground.one + end


def saved_anew(ground: Ground) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(ground.one)) as document:
        document.save(out)
    return out.getvalue()


def saved_for_the_web(ground: Ground) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(ground.one)) as document:
        document.save(out, linearize=True)
    return out.getvalue()


def seal_taken_off_and_saved(ground: Ground) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(ground.one)) as document:
        for key in ("/AcroForm", "/Perms", "/DSS"):
            if key in document.Root:
                del document.Root[key]
        for page in document.pages:
            if "/Annots" in page:
                del page["/Annots"]
        document.remove_unreferenced_resources()
        document.save(out)
    return out.getvalue()


def byte_range(new: bytes):
    """Universal signature forgery: the range says something else, or nothing."""

    def make(ground: Ground) -> bytes:
        found = GAP.search(ground.sealed)
        return replaced(ground.sealed, found.start(), found.end(), new)

    return make


def range_over_all(ground: Ground) -> bytes:
    found = GAP.search(ground.sealed)
    new = f"/ByteRange [0 {len(ground.sealed)} {len(ground.sealed)} 0]".encode()
    return replaced(ground.sealed, found.start(), found.end(), new)


def contents(new: bytes):
    """Universal signature forgery: the value of the signature is something else, or nothing."""

    def make(ground: Ground) -> bytes:
        start, end = gap(ground.sealed)
        key = ground.sealed.rindex(b"/Contents", 0, start)
        return replaced(ground.sealed, key, end, new)

    return make


def contents_zero(ground: Ground) -> bytes:
    start, end = gap(ground.sealed)
    return replaced(ground.sealed, start, end, b"<" + b"0" * (end - start - 2) + b">")


def range_wider(ground: Ground) -> bytes:
    end = gap(ground.sealed)[1]
    return ground.sealed[:end] + b" " * 20 + ground.sealed[end:]


def signature_of_another_file(ground: Ground) -> bytes:
    """The signature value cut out of another certificate of ours and pasted in."""
    start, end = gap(ground.sealed)
    theirs = gap(ground.other)
    value = ground.other[theirs[0] + 1 : theirs[1] - 1].rstrip(b"0")
    value += b"0" * (len(value) % 2)
    return replaced(ground.sealed, start, end, b"<" + value.ljust(end - start - 2, b"0") + b">")


def padding_used(ground: Ground) -> bytes:
    """Bytes hidden behind the signature, in the gap that it does not cover."""
    end = gap(ground.sealed)[1]
    return replaced(ground.sealed, end - 41, end - 1, b"deadbeef" * 5)


def seal_time_edited(ground: Ground) -> bytes:
    """The seal's own timestamp says 2020."""
    return ground.one.replace(_TIME, _OTHER_TIME, 1)


def seal_time_edited_alone(ground: Ground) -> bytes:
    """The same where no document timestamp covers it."""
    return ground.sealed.replace(_TIME, _OTHER_TIME, 1)


def archive_time_edited(ground: Ground) -> bytes:
    """The document timestamp says 2020."""
    place = ground.one.rindex(_TIME)
    return replaced(ground.one, place, place + len(_TIME), _OTHER_TIME)


def timestamp_taken_out(ground: Ground) -> bytes:
    """The signature without its timestamp."""
    start, end = gap(ground.sealed)
    info = cms.ContentInfo.load(bytes.fromhex(ground.sealed[start + 1 : end - 1].decode()))
    signer = info["content"]["signer_infos"][0]
    signer["unsigned_attrs"] = cms.CMSAttributes([])
    value = info.dump(force=True).hex().encode()
    return replaced(ground.sealed, start, end, b"<" + value.ljust(end - start - 2, b"0") + b">")


def objects_without_a_table(ground: Ground) -> bytes:
    """Incremental saving attack: a changed page behind the end, and no table that names it."""
    return ground.one + b"\n57 0 obj\n<</Type/Page/MediaBox[0 0 9 9]>>\nendobj\n%%EOF\n"


def trailer_without_a_table(ground: Ground) -> bytes:
    """The same with a trailer that names the old table."""
    old = ground.one[ground.one.rindex(b"startxref") :]
    return objects_without_a_table(ground) + b"trailer\n<</Size 99/Root 66 0 R>>\n" + old


def wrapped(ground: Ground) -> bytes:
    """Signature wrapping: the covered end moved away, and other objects put where its table was."""
    pdf = ground.sealed
    start, end = gap(pdf)
    table = int(re.findall(rb"startxref\s+(\d+)", pdf)[-1])
    found = GAP.search(pdf)
    header = re.compile(rb"(\d+) 0 obj\s").finditer(pdf, 0, found.start())
    number = int(list(header)[-1][1])
    page = int(re.search(rb"(\d+) 0 obj\s*<<[^>]*?/Type\s*/Page\b", pdf)[1])
    ink = b"%d 0 obj\n<</Type/Page/MediaBox[0 0 99 99]/Parent 1 0 R>>\nendobj\n" % page
    head = pdf[pdf.rindex(b" 0 obj", 0, found.start()) : found.start()]
    signature = str(number).encode() + head + b"/ByteRange [0 %d %010d %d]" % (start, 0, len(pdf) - end)
    signature += b"/Contents " + pdf[start:end] + b">>\nendobj\n"
    filler = b" " * (table - end)
    at_page = table + 200
    rows = b"xref\n%d 1\n%010d 00000 n \n%d 1\n%010d 00000 n \n" % (page, at_page, number, at_page + len(ink))
    trailer = pdf[pdf.rindex(b"trailer") : pdf.rindex(b"startxref")]
    rows = (rows + trailer).ljust(200 + len(trailer)) if len(rows + trailer) > 200 else (rows + trailer).ljust(200)
    at_page = table + len(rows)
    rows = rows.replace(b"%010d" % (table + 200), b"%010d" % at_page)
    rows = rows.replace(b"%010d" % (table + 200 + len(ink)), b"%010d" % (at_page + len(ink)))
    moved = end + len(filler) + len(rows) + len(ink) + len(signature)
    signature = signature.replace(b"%010d" % 0, b"%010d" % moved, 1)
    return pdf[:end] + filler + rows + ink + signature + pdf[end:]


def second_table(ground: Ground) -> bytes:
    """A hybrid file: a second table, which only some programs read, leads to another page."""
    pdf = ground.both
    page = int(re.search(rb"/Kids ?\[ ?(\d+) 0 R", pdf)[1])
    start = int(re.findall(rb"startxref\s+(\d+)", pdf)[-1])
    at_page = len(pdf)
    pdf += b"%d 0 obj\n<</Type/Page/MediaBox[0 0 99 99]>>\nendobj\n" % page
    at_table = len(pdf)
    row = b"\x01" + at_page.to_bytes(4, "big") + b"\x00"
    pdf += b"9000 0 obj\n<</Type/XRef/Size 9001/W[1 4 1]/Index[%d 1]/Length 6>>stream\n" % page + row
    pdf += b"\nendstream\nendobj\n"
    trailer = re.findall(rb"trailer.*?>>\s", pdf, re.DOTALL)[-1]
    trailer = re.sub(rb"/Prev \d+", b"/Prev %d /XRefStm %d" % (start, at_table), trailer)
    return pdf + b"xref\n0 0\n" + trailer + b"\nstartxref\n%d\n%%%%EOF\n" % len(pdf)


def locked(ground: Ground) -> bytes:
    """Saved with encryption, so that nobody can look."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(ground.one)) as document:
        document.save(out, encryption=pikepdf.Encryption(owner="o", user=""))
    return out.getvalue()


def unsigned_part_of_the_timestamp(ground: Ground) -> bytes:
    """A byte in the timestamp's list of digests, which no signature covers and most validators do not read."""
    start = gap(ground.one, -1)[0]
    listed = ground.one.lower().index(b"0609608648016503040201" + b"0500", start)
    return flipped(ground.one, listed + 23, 4)
