"""The title block of a sheet is found by its labels wherever it lies, and says what is printed in it."""

import pypdfium2
import pytest

from ingest.paging_text import text_lines
from ingest.sheets import read_sheets
from ocr import Line, PageReading, Quality, SealMark, quad
from samples import draw_set, set_pdf

CLEAR = Quality(200, 100.0, 1.0, 0.0, 0.1)


def readings(drawn):
    reader = pypdfium2.PdfDocument(set_pdf(drawn))
    try:
        for number, page in enumerate(reader, 1):
            width, height = (round(side * 200 / 72) for side in page.get_size())
            lines = tuple(
                Line(said["text"], tuple(map(tuple, said["box"])), said["score"])
                for said in text_lines(page, width, height)
            )
            yield PageReading(number, width, height, 0, "text-layer", lines, (), CLEAR)
    finally:
        reader.close()


@pytest.fixture(scope="module", params=range(3), ids=["right strip", "corner", "bottom strip"])
def case(request):
    drawn = draw_set(21, count=3, layout=request.param)
    return drawn, list(readings(drawn))


def test_every_printed_value_is_read_in_every_layout(case):
    drawn, pages = case
    sheets = {sheet.page: sheet for sheet in read_sheets(pages)}
    for number, printed in enumerate(drawn.sheets, 1):
        if printed.values:
            read = {name: getattr(sheets[number], name) for name in printed.values}
            assert read == dict(printed.values)
            assert sheets[number].unsure == ()


def test_a_cover_is_no_sheet_and_the_drawing_list_is_known(case):
    _, pages = case
    kinds = {sheet.page: sheet.kind for sheet in read_sheets(pages)}
    assert 1 not in kinds
    assert kinds[2] == "list"
    assert set(list(kinds.values())[1:]) == {"drawing"}


def test_boxes_lie_where_the_values_stand(case):
    _, pages = case
    sheet = read_sheets(pages)[-1]
    (left, top), _, (right, bottom), _ = sheet.boxes["number"]
    inside = [
        line
        for line in pages[-1].lines
        if left - 2 <= line.box[0][0] and line.box[2][0] <= right + 2 and abs(line.box[0][1] - top) < bottom - top + 2
    ]
    assert any(sheet.number.replace("-", "") in "".join(line.text.split()).replace("-", "") for line in inside)


def test_a_value_that_was_read_badly_is_unsure(case):
    _, pages = case
    page = pages[-1]
    title = read_sheets([page])[0].title
    doubtful = tuple(
        Line(line.text, line.box, 0.6 if line.text.strip() == title else line.score) for line in page.lines
    )
    (sheet,) = read_sheets([PageReading(**{**_plain(page), "lines": doubtful})])
    assert sheet.unsure == ("title",)


def test_the_seal_of_the_review_is_told_from_others(case):
    _, pages = case
    other = SealMark("round", quad(0, 0, 300, 300), "江澜市建筑设计院有限公司", 0.9, caption="出图专用章")
    review = SealMark("round", quad(400, 0, 700, 300), "江澜施工图审查有限公司", 0.8, caption="施工图审查专用章")
    (sheet,) = read_sheets([PageReading(**{**_plain(pages[-1]), "seals": (other, review)})])
    assert sheet.review_seal == "江澜施工图审查有限公司 施工图审查专用章"
    assert sheet.boxes["review_seal"] == review.box
    (bare,) = read_sheets([PageReading(**{**_plain(pages[-1]), "seals": (other,)})])
    assert bare.review_seal == ""


def test_a_sheet_whose_text_is_turned_reads_the_same(case):
    _, pages = case
    page = pages[-1]
    turned = tuple(Line(line.text, tuple((page.height - y, x) for x, y in line.box), line.score) for line in page.lines)
    lying = PageReading(**{**_plain(page), "lines": turned, "width": page.height, "height": page.width})
    (upright,), (sheet,) = read_sheets([page]), read_sheets([lying])
    assert (sheet.number, sheet.title, sheet.date) == (upright.number, upright.title, upright.date)


def _plain(page):
    return {name: getattr(page, name) for name in PageReading.__dataclass_fields__}
