"""Odd and hostile OFD packages each end in pages or in a code, with their bytes untouched."""

import io
import time
import zipfile
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.inspection import inspect
from ingest.ofd import drawing
from ingest.ofd.values import deltas, written
from ingest.paging import paginate
from ingest.refusals import REFUSALS, Refusal
from samples import ofd
from tests.ingest import bad_files
from tests.ingest import ofd_files as files

CONTENT = "Doc_0/Pages/Page_1/Content.xml"
DOCUMENT = "Doc_0/Document.xml"


def good():
    return files.one_page(ofd.text("建设工程规划许可证", 40, 60))


def _truncated():
    return good()[:-60]


def _entities():
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    return files.changed(good(), CONTENT, b"?>\n", b"?>\n" + bomb)


def _entities_in_the_entry():
    return files.changed(good(), "OFD.xml", b"?>\n", b'?>\n<!DOCTYPE x SYSTEM "file:///etc/passwd">')


def _out_of_the_package():
    return ofd.pack({**ofd.unpack(good()), "Doc_0/../../evil.xml": b"x"})


def _two_of_one_name():
    written_twice = io.BytesIO(good())
    with zipfile.ZipFile(written_twice, "a") as package, pytest.warns(UserWarning, match="Duplicate"):
        package.writestr(CONTENT, "<x/>")
    return written_twice.getvalue()


def _encrypted():
    package = bytearray(good())
    at = package.find(b"PK\x01\x02")
    package[at + 8] |= 1
    return bytes(package)


def _without_pages():
    return files.changed(good(), DOCUMENT, b"<ofd:Page ", b"<ofd:Other ")


def _without_document():
    return files.changed(good(), "OFD.xml", b"Doc_0/Document.xml", b"Doc_9/Document.xml")


def _broken_xml():
    return files.changed(good(), DOCUMENT, b"</ofd:Pages>", b"")


def _a_bomb():
    """An XML file that unpacks to 80 MB of blanks out of 80 kB."""
    return files.changed(good(), DOCUMENT, b"<ofd:Pages>", b" " * 80_000_000 + b"<ofd:Pages>")


def _too_many_pages():
    pages = b'<ofd:Page ID="1" BaseLoc="Pages/Page_1/Content.xml"/>'
    return files.changed(good(), DOCUMENT, b"<ofd:Pages>", b"<ofd:Pages>" + pages * 1001)


REFUSED_AT_ONCE = {
    _truncated: "ofd-broken",
    _entities_in_the_entry: "ofd-broken",
    _out_of_the_package: "ofd-broken",
    _two_of_one_name: "ofd-broken",
    _encrypted: "ofd-encrypted",
    _without_pages: "ofd-no-pages",
    _without_document: "ofd-broken",
    _broken_xml: "ofd-broken",
    _a_bomb: "decompression-bomb",
    _too_many_pages: "too-many-pages",
}


def _missing_page():
    return files.changed(good(), DOCUMENT, b"Pages/Page_1/Content.xml", b"Pages/Page_9/Content.xml")


def _huge_page():
    return ofd.make_ofd(ofd.Design([ofd.Page([ofd.text("大", 10, 10)], box="0 0 90000 90000")]))


def _picture_over_the_limit():
    wide = files.picture_bytes("PNG")
    head = wide[12:16] + (20_000).to_bytes(4, "big") * 2 + wide[24:29]
    wide = wide[:12] + head + zlib.crc32(head).to_bytes(4, "big") + wide[33:]
    more = {"media": [files.media("9", "a.png")], "files": {"Doc_0/Res/a.png": wide}}
    return files.one_page(ofd.image("9", 0, 0, 100, 100), **more)


REFUSED_AT_THE_PAGE = {
    _entities: "ofd-broken",
    _missing_page: "page-broken",
    _huge_page: "page-broken",
    _picture_over_the_limit: "image-too-large",
}


def _template_ring():
    design = ofd.Design([ofd.Page([ofd.text("正文", 40, 60)], template="T1")], templates={"T1": [ofd.text("模", 9, 9)]})
    ring = b'<ofd:Template TemplateID="T1"/><ofd:Content>'
    return files.changed(ofd.make_ofd(design), "Doc_0/Tpls/T1.xml", b"<ofd:Content>", ring)


def _composite_ring():
    ring = '<ofd:CompositeObject ID="0" Boundary="0 0 50 50" ResourceID="60"/>'
    unit = f'<ofd:CompositeGraphicUnit ID="60"><ofd:Content>{ring}{ring}</ofd:Content></ofd:CompositeGraphicUnit>'
    unit = f"<ofd:CompositeGraphicUnits>{unit}</ofd:CompositeGraphicUnits>"
    return files.one_page(ring, ofd.text("正文", 40, 60), other_resources=[unit])


def _parameter_ring():
    rings = (
        '<ofd:DrawParams><ofd:DrawParam ID="50" Relative="51"/><ofd:DrawParam ID="51" Relative="50"/></ofd:DrawParams>'
    )
    line = ofd.path("M 20 20 L 90 90", more='DrawParam="50"')
    return files.one_page(line, ofd.text("正文", 40, 60), other_resources=[rings])


def _nested_blocks():
    return files.one_page("<ofd:PageBlock ID='1'>" * 5000 + "</ofd:PageBlock>" * 5000, ofd.text("正文", 40, 60))


def _nonsense_numbers():
    nonsense = ofd.text("字", 40, 60).replace('Size="4.2"', 'Size="1e999"').replace('X="0"', 'X="nan"')
    path = ofd.path("M x y L 1e300 1 Q 1 A 1 1 C B 5", more='LineWidth="-5"').replace("1 0 0 1 -0", "0 0 0 0 0")
    return files.one_page(nonsense, path, ofd.image("404", 0, 0, 0, 0), ofd.text("正文", 40, 60))


def _picture_that_is_none():
    more = {"media": [files.media("9", "a.png")], "files": {"Doc_0/Res/a.png": b"\x89PNG\r\n\x1a\nbroken"}}
    return files.one_page(ofd.image("9", 0, 0, 100, 100), ofd.text("正文", 40, 60), **more)


SHOWN_ALL_THE_SAME = (
    _template_ring,
    _composite_ring,
    _parameter_ring,
    _nested_blocks,
    _nonsense_numbers,
    _picture_that_is_none,
)


def _name(make):
    return make.__name__.strip("_")


@pytest.mark.parametrize(
    ("make", "code"), REFUSED_AT_ONCE.items(), ids=lambda one: _name(one) if callable(one) else one
)
def test_a_bad_package_is_refused_with_its_reason(tmp_path, make, code):
    path = tmp_path / "a"
    path.write_bytes(make())
    before = path.read_bytes()
    with pytest.raises(Refusal) as caught:
        inspect(path)
    assert caught.value.code == code
    assert "?" not in caught.value.message
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize(
    ("make", "code"), REFUSED_AT_THE_PAGE.items(), ids=lambda one: _name(one) if callable(one) else one
)
def test_a_bad_page_is_refused_by_its_number(tmp_path, make, code):
    path = tmp_path / "a"
    path.write_bytes(make())
    found, started = inspect(path), time.monotonic()
    with pytest.raises(Refusal) as caught:
        paginate(path, found, tmp_path)
    assert (caught.value.code, caught.value.page) == (code, 1)
    assert time.monotonic() - started < 30


@pytest.mark.parametrize("make", SHOWN_ALL_THE_SAME, ids=_name)
def test_rings_and_nonsense_cost_themselves_and_not_the_page(tmp_path, make):
    path = tmp_path / "a"
    path.write_bytes(make())
    (page,), _ = files.shown(path, tmp_path / "out")
    assert "正文" in [line["text"] for line in page["text_lines"]]


def test_a_page_without_end_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(drawing, "MAX_OBJECTS", 1000)
    path = tmp_path / "a"
    path.write_bytes(files.one_page(*(ofd.path("M 1 1 L 2 2") for _ in range(1001))))
    with pytest.raises(Refusal, match="page-broken"):
        files.shown(path, tmp_path / "out")


def test_a_zip_that_only_mentions_an_ofd_is_none(tmp_path):
    path = bad_files.archive(tmp_path / "a", ["folder/OFD.xml.txt"])
    with pytest.raises(Refusal, match=r"type-not-accepted|ofd-broken"):
        inspect(path)


def test_every_way_an_ofd_is_refused_keeps_the_file_and_says_what_to_hand_in():
    for code in (code for code in REFUSALS if code.startswith("ofd-")):
        for words in REFUSALS[code].values():
            assert "OFD" in words.message
            assert "PDF" in words.remedy


@given(st.text(alphabet="g 0123456789.-xe", max_size=60), st.integers(0, 50))
def test_offsets_are_never_more_than_asked_for(words, count):
    found = deltas(words, count)
    assert len(found) in {0, count}


@given(st.lists(st.floats(-1e7, 1e7), max_size=6))
@settings(max_examples=50)
def test_numbers_are_written_as_a_pdf_takes_them(values):
    assert all(abs(float(word) - value) < 1e-4 for word, value in zip(written(values).split(), values, strict=True))
    assert "e" not in written(values)
