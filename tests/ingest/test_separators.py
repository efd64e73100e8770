"""Separator sheets: printed, read whichever way they lie, and obeyed exactly."""

import datetime as dt
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from PIL import Image, ImageSequence

from catalogue import load_catalogue
from ingest import sort_documents
from ingest.separators import print_sheets, sheets_of, split_at_sheets
from ocr import CodeMark, Line, PageReading, Quality, quad, read_codes
from tests.ingest.corpora import CORPORA, corpus

CREATED = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
BOX = quad(10, 10, 60, 60)
TITLES = {"M-SQWT": "授 权 委 托 书", "M-SGHT": "建设工程施工合同", "M-YYZZ": "营业执照"}


def page(number: int, *codes: str, title: str = "", text: bool = True) -> PageReading:
    """A page with these codes; with its title in large letters, or with some text, or bare."""
    lines = [Line(f"双方就下列第{n}项协商一致", quad(200, 300 + 50 * n, 900, 326 + 50 * n), 0.98) for n in range(8)]
    if title:
        lines.insert(0, Line(title, quad(420, 150, 820, 200), 0.98))
    marks = tuple(CodeMark("code-128", code, BOX) for code in codes)
    shown = tuple(lines) if text else ()
    return PageReading(number, 1240, 1754, 0, "ocr", shown, (), Quality(150, 900, 0.8, 0, 0.05), codes=marks)


def pictures(pdf: bytes | Path) -> list[np.ndarray]:
    return [np.array(one.render(scale=200 / 72).to_pil().convert("RGB")) for one in pypdfium2.PdfDocument(pdf)]


@pytest.fixture(scope="module")
def printed() -> list[np.ndarray]:
    return pictures(print_sheets(load_catalogue().item("S3-05"), patches=2, created=CREATED))


def test_a_sheet_is_printed_for_each_material_and_says_which(printed: list[np.ndarray]):
    materials = [entry.material for entry in load_catalogue().item("S3-05").materials]
    assert len(printed) == len(materials) + 2
    for picture, material in zip(printed, materials, strict=False):
        said = {(mark.format, mark.text) for mark in read_codes(picture)}
        assert said == {("qr", f"YD:S3-05:{material}"), ("code-128", f"YD:S3-05:{material}")}
    assert all({mark.format for mark in read_codes(one)} == {"patch", "code-128"} for one in printed[-2:])


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_sheets_are_read_whichever_way_they_lie(printed: list[np.ndarray], quarters: int):
    turned = [np.ascontiguousarray(np.rot90(picture, quarters)) for picture in (printed[0], printed[-1])]
    material, patch = ([mark.text for mark in read_codes(picture)] for picture in turned)
    assert set(material) == {"YD:S3-05:M-SQB"}
    assert set(patch) == {"PATCHT"}


def test_the_same_sheets_are_the_same_bytes():
    item = load_catalogue().item("S1-01")
    assert print_sheets(item, created=CREATED) == print_sheets(item, created=CREATED)
    one = print_sheets(item, materials=["M-SQWT"], patches=0, created=CREATED)
    assert len(pypdfium2.PdfDocument(one)) == 1


def test_what_a_sheet_says_decides_over_what_the_pages_say():
    pages = [page(1, "YD:S3-05:M-SGHT"), page(2, title=TITLES["M-SQWT"]), page(3), page(4, "YD:S3-05:M-YYZZ"), page(5)]
    documents = sort_documents(pages)
    assert [(one.pages, one.type) for one in documents] == [((2, 3), "M-SGHT"), ((5,), "M-YYZZ")]
    assert "第1页分隔页" in documents[0].why
    assert "M-SQWT" in documents[0].why
    assert sheets_of(pages) == (1, 4)


def test_a_patch_begins_a_document_even_where_a_title_stands_within():
    pages = [
        page(1, title=TITLES["M-SGHT"]),
        page(2, title=TITLES["M-SQWT"]),
        page(3, "PATCHT"),
        page(4, title=TITLES["M-SQWT"]),
    ]
    assert [one.pages for one in sort_documents(pages)] == [(1, 2), (4,)]


def test_pages_before_the_first_of_our_sheets_are_cut_by_what_they_say():
    pages = [
        page(1, title=TITLES["M-SGHT"]),
        page(2, title=TITLES["M-SQWT"]),
        page(3, "YD:S3-05:M-YYZZ"),
        page(4, title=TITLES["M-YYZZ"]),
    ]
    assert [(one.pages, one.type) for one in sort_documents(pages)] == [
        ((1,), "M-SGHT"),
        ((2,), "M-SQWT"),
        ((4,), "M-YYZZ"),
    ]


def test_the_back_of_a_sheet_and_sheets_in_a_row_make_no_document():
    pages = [
        page(1, "PATCHT"),
        page(2, text=False),
        page(3, "PATCHT"),
        page(4, title=TITLES["M-SQWT"]),
        page(5, "PATCHT"),
    ]
    assert [one.pages for one in sort_documents(pages)] == [(4,)]


def test_a_sheet_for_an_unknown_material_begins_the_next_document():
    pages = [page(1, "YD:S3-05:M-NONE"), page(2, title=TITLES["M-SQWT"])]
    assert [(one.pages, one.type) for one in sort_documents(pages)] == [((2,), "M-SQWT")]


def test_other_codes_cut_nothing():
    pages = [page(1, "CUSTOM BARCODE", title=TITLES["M-SGHT"]), page(2, "ASNXYZXYZ"), page(3, "ASN4294967296")]
    assert [part.pages for part in split_at_sheets(pages)] == [tuple(pages)]


SINGLE = {(1,)}
PROMISED = {
    "barcode-128-asn-too-large.pdf": [(1,)],
    "barcode-128-custom.pdf": [(1,)],
    "barcode-39-asn-123.pdf": [(1,)],
    "barcode-39-asn-custom-prefix.pdf": [(1,)],
    "barcode-39-asn-invalid.pdf": [(1,)],
    "barcode-39-custom.pdf": [(1,)],
    "barcode-fax-image.pdf": [(1,), (3,)],
    "barcode-qr-asn-000123-upscale-dpi.pdf": [(1,)],
    "barcode-qr-custom.pdf": [(1,)],
    "patch-code-t-double.pdf": [(1,), (4,)],
    "patch-code-t-middle-alpha.tiff": [(1,), (3,)],
    "patch-code-t-middle-distorted.pdf": [(1,), (3,)],
    "patch-code-t-middle-fuzzy.pdf": [(1,), (3,)],
    "patch-code-t-middle-reverse.pdf": [(1,), (3,)],
    "patch-code-t-middle-unreadable.pdf": [(1, 2, 3)],
    "patch-code-t-middle.pdf": [(1,), (3,)],
    "patch-code-t-qr.pdf": [],
    "patch-code-t.pdf": [],
    "several-patcht-codes.pdf": [(1, 2), (4, 5), (7,)],
    "split-by-asn-1.pdf": [(1, 2), (3,), (4, 5, 6), (7, 8), (9, 10)],
    "split-by-asn-2.pdf": [(1, 2), (4,), (5,), (6, 7, 8), (9, 10), (11, 12)],
    "split-by-tag-basic.pdf": [(1,), (2, 3), (4, 5, 6)],
    "split-by-tag-mixed-asn.pdf": [(1, 2), (3, 4), (5, 6), (7, 8)],
    "split-by-tag-multiple-per-page.pdf": [(1,), (2, 3), (4, 5)],
}
"""The pages of each document, as the names of the files promise."""

CODES = {
    "barcode-128-asn-too-large.pdf": "ASN4294967296",
    "barcode-128-custom.pdf": "CUSTOM BARCODE",
    "barcode-39-asn-123.pdf": "ASN00123",
    "barcode-39-asn-custom-prefix.pdf": "CUSTOM-PREFIX-00123",
    "barcode-39-asn-invalid.pdf": "ASNXYZXYZ",
    "barcode-39-custom.pdf": "CUSTOM BARCODE",
    "barcode-qr-asn-000123-upscale-dpi.pdf": "ASN 000123",
    "barcode-qr-custom.pdf": "CUSTOM BARCODE",
}


def _pages_of(path: Path) -> list[PageReading]:
    if path.suffix == ".pdf":
        shown = pictures(path)
    else:
        shown = [_on_white(frame) for frame in ImageSequence.Iterator(Image.open(path))]
    return [page(n, *(mark.text for mark in read_codes(one))) for n, one in enumerate(shown, 1)]


def _on_white(frame: Image.Image) -> np.ndarray:
    paper = Image.new("RGBA", frame.size, "white")
    paper.alpha_composite(frame.convert("RGBA"))
    return np.array(paper.convert("RGB"))


@pytest.mark.stack
@pytest.mark.skipif(not (CORPORA / "barcodes").is_dir(), reason="shared/corpora/barcodes is absent")
def test_the_sheets_and_labels_of_another_archive_are_obeyed_as_their_file_names_promise():
    files = corpus("barcodes")
    read = {path.name: _pages_of(path) for path in files}
    assert {
        name: [tuple(one.number for one in part.pages) for part in split_at_sheets(pages)]
        for name, pages in read.items()
    } == PROMISED
    assert {name: [code.text for code in read[name][0].codes] for name in CODES} == {
        name: [text] for name, text in CODES.items()
    }
