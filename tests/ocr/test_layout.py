import math

from hypothesis import given
from hypothesis import strategies as st

from ocr import Line, quad
from ocr.folding import distance, within
from ocr.layout import lean, reading_order


def _leaning(angle, cells):
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    lines = []
    for text, x, y in cells:
        corners = [(x, y), (x + 200, y), (x + 200, y + 30), (x, y + 30)]
        lines.append(Line(text, tuple((a * cos - b * sin, a * sin + b * cos) for a, b in corners), 1.0))
    return lines


CELLS = [(f"{row}{column}", 300 * column, 50 * row) for row in range(12) for column in range(4)]


@given(st.permutations(CELLS), st.floats(-4, 4))
def test_rows_are_read_across_however_the_page_leans(cells, angle):
    lines = _leaning(angle, cells)
    assert [line.text for line in reading_order(lines)] == [text for text, _, _ in CELLS]


@given(st.floats(-10, 10))
def test_the_lean_is_measured(angle):
    assert abs(lean(_leaning(angle, CELLS)) - angle) < 0.01


@given(st.lists(st.tuples(st.text(max_size=5), *[st.integers(0, 500)] * 4), max_size=20))
def test_no_line_is_lost_or_made_up(cells):
    lines = [Line(text, quad(x, y, x + w, y + h), 0.9) for text, x, y, w, h in cells]
    key = str
    assert sorted(reading_order(lines), key=key) == sorted(lines, key=key)


@given(st.text("江澜晨曦智", max_size=6), st.text("江澜晨曦智", max_size=6), st.integers(0, 4))
def test_distance_stops_at_its_limit_and_is_symmetric(a, b, limit):
    full = distance(a, b, 99)
    assert distance(a, b, limit) == (full if full <= limit else limit + 1)
    assert distance(b, a, 99) == full
    assert within(a, b) <= full
