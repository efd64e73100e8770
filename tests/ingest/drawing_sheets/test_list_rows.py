"""The rows of a drawing list are read with number, title and revision, each from under its own head."""

import pytest

from ingest.sheets import read_list, read_sheets
from ocr import Line, PageReading, quad
from samples import draw_set
from tests.ingest.drawing_sheets.test_reading import CLEAR, readings


@pytest.mark.parametrize("layout", range(3))
def test_every_row_of_a_drawn_list_says_what_the_sheet_says(layout: int) -> None:
    drawn = draw_set(21, count=3, layout=layout)
    pages = list(readings(drawn))
    listed = next(page for page in pages if read_sheets([page]) and read_sheets([page])[0].kind == "list")
    own = read_sheets([listed])[0].number
    rows = [row for row in read_list(listed) if row.number != own]
    printed = [sheet.values for sheet in drawn.sheets if sheet.values and sheet.values["number"] != own]
    assert [(row.number, row.title, row.revision) for row in rows] == [
        (said["number"], "".join(said["title"].split()), said["revision"]) for said in printed
    ]


def page(*cells: tuple[str, float, float, float]) -> PageReading:
    lines = tuple(Line(text, quad(x, y, x + wide, y + 10), 0.9) for text, x, y, wide in cells)
    return PageReading(1, 1000, 700, 0, "ocr", lines, (), CLEAR)


def test_without_heads_nothing_but_the_number_is_taken() -> None:
    (row,) = read_list(page(("建施-01", 10, 40, 60), ("总平面图", 100, 40, 80)))
    assert (row.number, row.title, row.revision) == ("建施-01", "", "")


def test_two_halves_beside_each_other_keep_their_own_titles() -> None:
    heads = [
        (word, x + shift, 10.0, 40.0) for shift in (0, 400) for word, x in (("图号", 10), ("图名", 130), ("版次", 300))
    ]
    left = [("建施-01", 10.0, 40.0, 60.0), ("总平面图", 120.0, 40.0, 80.0), ("A", 310.0, 40.0, 10.0)]
    right = [("结施-01", 410.0, 40.0, 60.0), ("基础图", 520.0, 40.0, 60.0), ("B", 710.0, 40.0, 10.0)]
    rows = read_list(page(*heads, *left, *right))
    assert [(row.number, row.title, row.revision) for row in rows] == [
        ("建施-01", "总平面图", "A"),
        ("结施-01", "基础图", "B"),
    ]


def test_what_stands_beside_the_table_is_no_title() -> None:
    heads = [("图号", 10.0, 10.0, 40.0), ("图名", 130.0, 10.0, 40.0), ("图幅", 300.0, 10.0, 40.0)]
    (row,) = read_list(page(*heads, ("建施-01", 10, 40, 60), ("设计负责人", 600, 40, 80)))
    assert row.title == ""
