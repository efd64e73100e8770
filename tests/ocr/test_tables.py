"""Ruled tables become cells: merged ones whole, wrapped lines joined, and labels find their cells."""

import dataclasses
import tempfile
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from ingest import inspect, load_picture, paginate
from ingest.tables import tables as plumbed
from ocr import Line, bounds, from_json, key_values, quad, read_page, to_json
from ocr.cells import cell_values
from ocr.fields import extract_fields
from ocr.folding import fold
from ocr.rules import find_rules
from ocr.splitting import split_at, units
from ocr.tables import find_tables, joined
from samples import make_digital, make_document
from samples.seals import draw_seal
from tests.ocr.pages import A4, DPI, blank, font, scanned, stamp, table_page, text_page

ROWS = [
    ["项目名称", "晨曦智能装备制造基地项目"],
    ["建设规模\n及内容", "新建厂房两栋，总建筑面积12600平方米，\n配套建设道路和管网"],
    ["项目代码", "2603-990101-04-01-318264"],
    ["联系电话", ""],
]


def cells_of(image, engine, dpi=DPI):
    reading = read_page(image, number=1, dpi=dpi, engine=engine)
    return {(cell.row, cell.column): cell for table in reading.tables for cell in table.cells}


@pytest.fixture(scope="module")
def drawn() -> Image.Image:
    return table_page("项目登记表", ROWS, [260, 700])


@pytest.mark.parametrize("skew", [0.0, -2.0, 2.0, 6.0])
def test_wrapped_lines_are_joined_in_their_cell(drawn, engine, skew):
    cells = cells_of(scanned(drawn, skew=skew), engine)
    assert [fold(cells[row, 0].text) for row in range(4)] == [row[0].replace("\n", "") for row in ROWS]
    assert [fold(cells[row, 1].text) for row in range(4)] == [fold(row[1].replace("\n", "")) for row in ROWS]


def test_a_cell_lies_where_it_was_drawn(drawn, engine):
    x0, y0, x1, y1 = bounds(cells_of(scanned(drawn), engine)[0, 1].box)
    assert (x0, x1) == pytest.approx((380, 1080), abs=5)
    assert (y0, y1) == pytest.approx((260, 328), abs=5)


def merged_page() -> Image.Image:
    """A head over two columns, and a cell over two rows."""
    page = blank()
    draw = ImageDraw.Draw(page)
    for box, text in [
        ((120, 300, 420, 460), "工程名称"),
        ((420, 300, 1060, 380), "面积（平方米）"),
        ((420, 380, 740, 460), "地上面积"),
        ((740, 380, 1060, 460), "地下面积"),
        ((120, 460, 420, 540), "1号厂房"),
        ((420, 460, 740, 540), "6300.50"),
        ((740, 460, 1060, 540), "1200.00"),
    ]:
        draw.rectangle(box, outline="black", width=2)
        draw.text((box[0] + 18, (box[1] + box[3]) / 2), text, font=font(28), fill="black", anchor="lm")
    return page


def test_merged_cells_are_one_cell_each(engine):
    cells = cells_of(scanned(merged_page()), engine)
    spans = {fold(cell.text): (cell.rows, cell.columns) for cell in cells.values()}
    assert spans == {
        "工程名称": (2, 1),
        "面积(平方米)": (1, 2),
        "地上面积": (1, 1),
        "地下面积": (1, 1),
        "1号厂房": (1, 1),
        "6300.50": (1, 1),
        "1200.00": (1, 1),
    }


def test_a_value_stands_under_its_label_where_the_row_is_a_head(engine):
    reading = read_page(scanned(merged_page()), number=1, dpi=DPI, engine=engine)
    values = cell_values(reading.tables, ["地上面积", "地下面积"])
    found = {label.word: value.text for label, value in values if label.exact}
    assert found == {"地上面积": "6300.50", "地下面积": "1200.00"}


def test_a_seal_over_the_rules_does_not_break_the_table(drawn, engine):
    stamped = stamp(drawn.copy(), "江澜晨曦智能装备有限公司", (700, 560))
    cells = cells_of(scanned(stamped), engine)
    assert len(cells) == 8
    assert fold(cells[2, 1].text) == ROWS[2][1]


def ruled_cells(page: Image.Image, skew: float = 0.0) -> list[list[tuple[int, int]]]:
    """Rows and columns of the cells of each table, told from the rules alone."""
    tables = find_tables(find_rules(scanned(page, skew=skew), DPI, skew), [])
    return [[(cell.rows, cell.columns) for cell in table.cells] for table in tables]


def test_a_border_hidden_in_places_goes_on_where_its_pieces_face_each_other(drawn):
    page = drawn.copy()
    draw = ImageDraw.Draw(page)
    border = bounds(find_tables(find_rules(scanned(page), DPI, 0.0), [])[0].cells[1].box)[3]
    for x0, x1 in [(386, 450), (600, 800)]:  # what a scribble covers: the piece between touches no other rule
        draw.rectangle((x0, border - 6, x1, border + 6), fill=page.getpixel((700, 1500)))
    assert ruled_cells(page) == ruled_cells(drawn) == [[(1, 1)] * 8]


def test_rows_of_two_tables_side_by_side_are_not_joined():
    page = blank()
    draw = ImageDraw.Draw(page)
    for left, y in [(x, y) for x in (120, 660) for y in (300, 380, 460)]:
        draw.rectangle((left, y, left + 200, y + 80), outline="black", width=2)
        draw.rectangle((left + 200, y, left + 440, y + 80), outline="black", width=2)
    assert ruled_cells(page) == [[(1, 1)] * 6] * 2


@pytest.mark.parametrize("skew", [0.0, 1.5])
def test_the_lines_of_a_double_frame_are_no_table(skew):
    page = blank()
    for inset in (70, 80):
        ImageDraw.Draw(page).rectangle((inset, inset, A4[0] - inset, A4[1] - inset), outline="black", width=2)
    assert ruled_cells(page, skew) == []


def test_the_strokes_of_a_seal_are_no_borders(engine):
    page = table_page("竣工验收意见", [["验收意见\n\n\n\n", "合格\n\n\n\n"], ["验收日期", "2026年3月5日"]], [260, 700])
    pixels = np.array(page.convert("RGB"))
    seal = draw_seal("江澜市住房和城乡建设局", diameter=248, rng=np.random.default_rng(1), strength="strong")
    seal.press(pixels, (1040, 590))
    assert len(cells_of(scanned(Image.fromarray(pixels)), engine)) == 4


def test_running_text_and_a_frame_are_no_tables(engine):
    page = text_page("授权委托书", ["委托单位：江澜晨曦智能装备有限公司"] * 9)
    ImageDraw.Draw(page).rectangle((60, 60, A4[0] - 60, A4[1] - 60), outline=(140, 40, 40), width=6)
    assert read_page(scanned(page), number=1, dpi=DPI, engine=engine).tables == ()


def test_a_line_that_runs_through_a_border_is_cut_there():
    page = np.full((400, 900, 3), 255, np.uint8)
    for x in (50, 300, 550, 800):
        cv2.line(page, (x, 50), (x, 250), (0, 0, 0), 2)
    for y in (50, 150, 250):
        cv2.line(page, (50, y), (800, y), (0, 0, 0), 2)
    line = Line("总投资 26000万元 120万元", quad(70, 85, 780, 115), 0.9)
    (table,) = find_tables(find_rules(page, DPI, 0.0), [line])
    assert [cell.text for cell in table.cells[:3]] == ["总投资", "26000万元", "120万元"]


def test_tables_survive_json_and_a_reading_from_before_has_none(drawn, engine):
    reading = read_page(scanned(drawn), number=1, dpi=DPI, engine=engine)
    assert len(reading.tables) == 1
    assert from_json(to_json(reading)) == reading
    assert from_json({key: value for key, value in to_json(reading).items() if key != "tables"}).tables == ()


@pytest.mark.parametrize("code", ["M-HPDJ", "M-SQB"])
def test_a_born_digital_table_has_the_cells_that_its_own_lines_give(code):
    """Pdfplumber reads the rules from the file, we from the picture: the cells are the same."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "form.pdf"
        path.write_bytes(make_digital(code)[0])
        wanted = [fold(text.replace("\n", "")) for table in plumbed(path, 1) for row in table for text in row if text]
        picture = paginate(path, inspect(path), Path(folder))[0]
        image = load_picture((Path(folder) / picture.file).read_bytes())
        lines = [Line(**{**line, "box": tuple(map(tuple, line["box"]))}) for line in picture.text_lines]
    found = [fold(c.text) for t in find_tables(find_rules(image, picture.dpi, 0.0), lines) for c in t.cells if c.text]
    assert len(wanted) > 15
    assert sorted(found) == sorted(wanted)


def test_the_fields_of_a_form_come_from_its_cells(engine):
    sheet = make_document("M-SQB", degrade="poor")
    image = cv2.cvtColor(np.asarray(sheet.images[0]), cv2.COLOR_RGB2BGR)
    reading = read_page(image, number=1, dpi=sheet.dpi, engine=engine)
    fields = extract_fields("M-SQB", [reading])
    assert fields["项目名称"].rule.startswith("cell")
    assert fields["项目名称"].value == sheet.document.fields["项目名称"].normalised


def test_an_empty_cell_is_no_value_and_takes_none_from_elsewhere(drawn, engine):
    reading = read_page(scanned(drawn), number=1, dpi=DPI, engine=engine)
    assert "联系电话" not in {pair.key for pair in key_values(reading)}
    assert list(cell_values(reading.tables, ["联系电话"])) == []


def test_every_pair_of_a_form_is_given_whatever_its_kind(drawn, engine):
    page = drawn.copy()
    ImageDraw.Draw(page).text((150, 900), "经办科室：投资审批科", font=font(28), fill="black")
    pairs = {p.key: fold(p.value) for p in key_values(read_page(scanned(page), number=1, dpi=DPI, engine=engine))}
    assert pairs == {
        "项目名称": "晨曦智能装备制造基地项目",
        "建设规模及内容": "新建厂房两栋,总建筑面积12600平方米,配套建设道路和管网",
        "项目代码": "2603-990101-04-01-318264",
        "经办科室": "投资审批科",
    }


def test_words_of_letters_are_joined_with_a_space_and_nothing_else():
    assert joined(["Notice of", "award"]) == "Notice of award"
    assert joined(["2603-990101-", "04-01-318264"]) == "2603-990101-04-01-318264"
    assert joined(["新建厂房，", "配套管网"]) == "新建厂房，配套管网"


@given(st.text(min_size=1, max_size=40), st.lists(st.floats(0, 1), max_size=4))
def test_a_cut_line_keeps_all_its_characters(text, shares):
    line = Line(text, quad(0, 0, 400, 20), 1.0)
    parts = split_at(line, sorted(shares))
    assert len(parts) == len(shares) + 1
    assert "".join("".join(part.text for part in parts).split()) == "".join(text.split())
    assert all(dataclasses.replace(part, text="", box=line.box) == Line("", line.box, 1.0) for part in parts)
    assert units("A中") == 3
