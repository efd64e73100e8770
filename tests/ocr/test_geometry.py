import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr import bounds, from_json, quad, read_page, to_json
from ocr.folding import fold
from ocr.geometry import compose, find_flattening, turning
from ocr.layout import moved, place
from ocr.pixels import turn
from ocr.skew import estimate_skew
from tests.ocr.pages import DPI, blank, scanned, stamp, text_page

LINES = [
    "委托单位：江澜晨曦智能装备有限公司",
    "法定代表人：张明远",
    "受托人：李思雨",
    "有效期至：2027年6月30日",
    "委托事项：办理工程建设项目审批事项的申报与领取",
    "项目代码：2603-990101-04-01-318264",
]
COMPANY = "江澜晨曦智能装备有限公司"
DESK = (58, 84, 110)


def photographed(page, *, taper: float, seed: int = 3):
    """The page on a grained desk, seen from below: BGR, and the map of its points into the photograph."""
    high, wide = page.shape[:2]
    size = (round(wide * 1.25), round(high * 1.2))
    x, y = (size[0] - wide) / 2, (size[1] - high) / 2
    paper = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
    shift = np.array([[taper * wide, 0.03 * high], [-taper * wide, 0], [0, -0.02 * high], [0, 0]])
    seen = (paper + np.array((x, y)) + shift).astype(np.float32)
    matrix = cv2.getPerspectiveTransform(paper, seen)
    rng = np.random.default_rng(seed)
    grain = cv2.GaussianBlur(rng.normal(0, 30, (size[1], size[0])).astype(np.float32), (0, 0), 3)
    desk = np.clip(np.array(DESK, np.float32) + grain[..., None], 0, 255).astype(np.uint8)
    cv2.warpPerspective(page, matrix, size, dst=desk, borderMode=cv2.BORDER_TRANSPARENT, flags=cv2.INTER_CUBIC)
    return np.clip(desk + rng.normal(0, 3, desk.shape), 0, 255).astype(np.uint8), tuple(matrix.ravel())


def bordered(page, *, left: int, top: int, right: int, bottom: int):
    return cv2.copyMakeBorder(page, top, bottom, left, right, cv2.BORDER_CONSTANT, value=(20, 22, 24))


def texts(reading) -> list[str]:
    return [fold(line.text) for line in reading.lines]


def middle(box) -> tuple[float, float]:
    x0, y0, x1, y1 = bounds(box)
    return (x0 + x1) / 2, (y0 + y1) / 2


@pytest.fixture(scope="module")
def page():
    return scanned(stamp(text_page("授权委托书", LINES * 2), COMPANY, (820, 1200)))


@pytest.fixture(scope="module")
def flat(page, engine):
    return read_page(page, number=1, dpi=DPI, engine=engine)


@pytest.mark.parametrize("lean", [-16.0, -4.0, 0.0, 1.5, 9.0])
@pytest.mark.parametrize("rotation", [0, 90])
def test_the_lean_of_the_print_is_told_from_the_pixels(lean, rotation):
    image = turn(scanned(text_page("授权委托书", LINES * 2), skew=lean), rotation)
    small = cv2.resize(image, None, fx=0.4, fy=0.4, interpolation=cv2.INTER_AREA)
    assert estimate_skew(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)) == pytest.approx(lean, abs=0.3)


@pytest.mark.parametrize("skew", [0.0, 1.0, -4.0, 8.0])
def test_a_straight_page_is_left_as_it_is(skew):
    assert find_flattening(scanned(text_page("授权委托书", LINES), skew=skew)) is None


def _picture(seed: int = 1):
    rough = np.random.default_rng(seed).normal(128, 50, (30, 20, 3)).astype(np.float32)
    return np.clip(cv2.resize(rough, (1240, 1754), interpolation=cv2.INTER_CUBIC), 0, 255).astype(np.uint8)


def _picture_on_paper():
    image = scanned(blank())
    image[300:1400, 200:1000] = _picture()[300:1400, 200:1000]
    return image


def _printed_cover():
    """A dark cover with a light panel and light print beside it: the panel is not the page."""
    image = np.full((1754, 1240, 3), 45, np.uint8)
    image[250:1500, 150:1090] = 235
    for y in range(40, 220, 30):
        cv2.putText(image, "COVER TITLE IN LIGHT PRINT", (120, y), cv2.FONT_HERSHEY_SIMPLEX, 1.1, (230, 230, 230), 2)
    return image


@pytest.mark.parametrize(
    "image",
    [
        scanned(blank(), noise=6),
        scanned(stamp(blank(), COMPANY, (600, 900))),
        _picture(),
        _picture_on_paper(),
        _printed_cover(),
        np.zeros((400, 300, 3), np.uint8),
        np.full((40, 3000, 3), 255, np.uint8),
    ],
    ids=["blank", "only a seal", "picture", "picture on paper", "printed cover", "black", "strip"],
)
def test_where_nothing_is_sure_nothing_is_corrected(image):
    assert find_flattening(image) is None


def test_dark_borders_are_cut_off_along_whole_pixels(page):
    found = find_flattening(bordered(page, left=90, top=0, right=150, bottom=120))
    assert found is not None
    assert found.size == pytest.approx((page.shape[1], page.shape[0]), abs=6)
    assert moved(found.matrix, (90, 0)) == pytest.approx((0, 0), abs=4)
    assert all(value == round(value) for value in found.matrix)


def test_the_corners_of_a_photographed_page_become_the_corners_of_the_flat_one(page):
    image, placed = photographed(page, taper=0.08)
    found = find_flattening(image)
    assert found is not None
    assert found.sheet
    wide, high = found.size
    for corner, expected in (((0, 0), (0, 0)), ((1240, 0), (wide, 0)), ((1240, 1754), (wide, high))):
        assert moved(found.matrix, moved(placed, corner)) == pytest.approx(expected, abs=8)


@settings(max_examples=60, deadline=None)
@given(
    taper=st.floats(-0.1, 0.1),
    lean=st.floats(-22, 22),
    rotation=st.sampled_from([0, 90, 180, 270]),
    x=st.floats(0, 1200),
    y=st.floats(0, 1700),
)
def test_there_and_back_is_the_same_place(taper, lean, rotation, x, y):
    wide, high = 1240, 1754
    corners = np.array([[0, 0], [wide, 0], [wide - 100 * taper, high], [600 * taper, high]], np.float32)
    matrix = cv2.getPerspectiveTransform(corners, np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32))
    found = compose(matrix, (wide, high), lean, sheet=True)
    upright = moved(tuple(turning(rotation, found.size).ravel()), moved(found.matrix, (x, y)))
    expected = moved(tuple(turning(rotation, (wide, high)).ravel()), (x, y))
    assert found.back(rotation, (wide, high)).point(upright) == pytest.approx(expected, abs=1)


def test_a_box_around_a_round_seal_stays_around_it_when_it_is_turned_back():
    found = compose(np.eye(3), (1000, 1000), 10.0, sheet=False)
    there = moved(found.matrix, (400, 300))
    box = quad(there[0] - 80, there[1] - 80, there[0] + 80, there[1] + 80)
    assert bounds(found.back(0, (1000, 1000)).around(box)) == pytest.approx((320, 220, 480, 380), abs=1)


@pytest.mark.parametrize("rotation", [0, 90])
def test_boxes_of_a_skewed_page_lie_over_its_skewed_lines(rotation, page, flat, engine):
    wide, high = page.shape[1], page.shape[0]
    matrix = cv2.getRotationMatrix2D((wide / 2, high / 2), -17, 1)
    image = cv2.warpAffine(page, matrix, (wide, high), borderValue=(236, 236, 236), flags=cv2.INTER_CUBIC)
    reading = read_page(turn(image, rotation), number=1, dpi=DPI, engine=engine)
    assert reading.rotation == (360 - rotation) % 360
    assert (reading.width, reading.height) == (wide, high)
    assert reading.quality.skew == pytest.approx(17, abs=0.4)
    assert "skewed" in reading.quality.remarks
    assert texts(reading) == texts(flat)
    for line, straight in zip(reading.lines, flat.lines, strict=True):
        for corner, expected in zip(line.box, straight.box, strict=True):
            assert corner == pytest.approx(tuple(matrix @ (*expected, 1)), abs=9)
    assert [seal.text for seal in reading.seals] == [COMPANY]
    assert middle(reading.seals[0].box) == pytest.approx(tuple(matrix @ (820, 1200, 1)), abs=8)


def test_a_photographed_page_is_read_as_the_flat_one(page, flat, engine):
    image, placed = photographed(page, taper=0.08)
    reading = read_page(image, number=1, dpi=None, engine=engine)
    assert (reading.height, reading.width) == image.shape[:2]
    assert texts(reading) == texts(flat)
    assert [seal.text for seal in reading.seals] == [COMPANY]
    for line, straight in zip(reading.lines, flat.lines, strict=True):
        assert middle(line.box) == pytest.approx(moved(placed, middle(straight.box)), abs=9)


def test_dark_borders_do_not_make_an_empty_page_readable_or_dark(engine):
    reading = read_page(
        bordered(scanned(blank()), left=120, top=80, right=60, bottom=90), number=1, dpi=DPI, engine=engine
    )
    assert reading.quality.remarks == ("blank",)
    assert (reading.width, reading.height) == (1240 + 180, 1754 + 170)


def test_rows_of_a_photograph_are_rows_again_once_laid_flat_and_survive_json(page, engine):
    image, _ = photographed(page, taper=0.1)
    reading = read_page(turn(image, 90), number=1, dpi=None, engine=engine)
    assert from_json(to_json(reading)) == reading
    placed = place(reading.lines, reading.flat)
    assert max(item.y1 for item in placed) < reading.height
    starts = [item.x0 for item in placed if fold(item.line.text) in map(fold, LINES)]
    assert max(starts) - min(starts) < 0.01 * reading.width
    leaning = [bounds(line.box)[0] for line in reading.lines if fold(line.text) in map(fold, LINES)]
    assert max(leaning) - min(leaning) > 0.02 * reading.width


def test_a_page_read_as_it_came_has_no_map(flat):
    assert flat.flat == ()
