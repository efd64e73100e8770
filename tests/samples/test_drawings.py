"""A drawn set says what its truth says, and the same seed gives the same set."""

import pypdfium2
import pytest

from samples import draw_set, set_pdf


@pytest.fixture(scope="module")
def drawn():
    return draw_set(3, count=2, layout=0)


def test_every_value_of_the_truth_is_printed_on_its_sheet(drawn):
    reader = pypdfium2.PdfDocument(set_pdf(drawn))
    try:
        for sheet, page in zip(drawn.sheets, reader, strict=True):
            text = "".join(page.get_textpage().get_text_range().split())
            for name in ("project", "title", "number", "scale"):
                assert sheet.values.get(name, "") in text
    finally:
        reader.close()


def test_the_list_names_every_plan(drawn):
    plans = [sheet for sheet in drawn.sheets if sheet.values and sheet.values["title"] != "图纸目录"]
    assert [row[0] for row in drawn.listed] == [sheet.values["number"] for sheet in plans]


def test_the_same_seed_gives_the_same_set(drawn):
    assert draw_set(3, count=2, layout=0) == drawn
    assert draw_set(4, count=2, layout=0) != drawn
