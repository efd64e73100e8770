import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from ocr import Line, PageUnreadable, bounds, from_json, quad, read_page, to_json
from ocr.folding import fold
from ocr.pixels import turn
from samples.making import make_document
from samples.worlds import drawn_world
from tests.ocr.pages import DPI, blank, scanned, stamp, text_page
from tests.variants import first_quick

LINES = [
    "委托单位：江澜晨曦智能装备有限公司",
    "法定代表人：张明远",
    "受托人：李思雨",
    "有效期至：2027年6月30日",
    "委托事项：办理工程建设项目审批事项的申报与领取",
    "项目代码：2603-990101-04-01-318264",
]
CORPORA = Path(__file__).resolve().parents[2].parent / "shared" / "corpora" / "scans-zh"
IMAGES = sorted(path.name for path in CORPORA.glob("*") if path.suffix in {".jpg", ".jpeg", ".png"})


@pytest.fixture(scope="module")
def page():
    drawn = text_page("授权委托书", LINES)
    return scanned(stamp(drawn, "江澜晨曦智能装备有限公司", (820, 700)), skew=0.8)


def test_a_page_is_read_line_by_line(page, engine):
    reading = read_page(page, number=3, dpi=DPI, engine=engine)
    assert [fold(text) for text in ["授权委托书", *LINES]] == [fold(line.text) for line in reading.lines]
    assert (reading.number, reading.rotation, reading.source) == (3, 0, "ocr")
    assert (reading.height, reading.width) == page.shape[:2]
    assert reading.quality.skew == pytest.approx(0.8, abs=0.3)
    assert reading.quality.remarks == ()


def test_a_box_lies_where_the_text_was_drawn(page, engine):
    title = read_page(page, number=1, dpi=DPI, engine=engine).lines[0]
    x0, y0, x1, y1 = bounds(title.box)
    assert x0 < 620 < x1
    assert y0 < 170 < y1


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_a_turned_page_is_set_upright(rotation, page, engine):
    reading = read_page(turn(page, rotation), number=1, dpi=DPI, engine=engine)
    assert reading.rotation == (360 - rotation) % 360
    assert (reading.height, reading.width) == page.shape[:2]
    assert fold(LINES[0]) in fold(reading.text)
    assert [seal.text for seal in reading.seals] == ["江澜晨曦智能装备有限公司"]
    x0, y0, x1, y1 = bounds(reading.seals[0].box)
    assert ((x0 + x1) / 2, (y0 + y1) / 2) == pytest.approx((820, 700), abs=15)


def test_the_same_page_gives_the_same_reading_and_survives_json(page, engine):
    first = read_page(page, number=1, dpi=DPI, engine=engine)
    assert read_page(page, number=1, dpi=DPI, engine=engine) == first
    assert from_json(to_json(first)) == first


def test_a_blank_page_is_told_without_reading_it(engine):
    class Refusing:
        name = "refusing"

        def __getattr__(self, name) -> None:
            raise AssertionError(name)

    reading = read_page(scanned(blank()), number=2, dpi=DPI, engine=Refusing())
    assert reading.lines == ()
    assert reading.quality.remarks == ("blank",)


def test_a_page_with_only_a_seal_is_not_blank(engine):
    image = scanned(stamp(blank(), "江澜市行政审批局", (600, 900)))
    reading = read_page(image, number=1, dpi=DPI, engine=engine)
    assert [seal.text for seal in reading.seals] == ["江澜市行政审批局"]
    assert "blank" not in reading.quality.remarks


def test_text_under_a_seal_is_read(engine):
    drawn = stamp(text_page("证明", ["发证机关：江澜市自然资源局"] * 3), "江澜市自然资源局", (420, 380))
    reading = read_page(scanned(drawn), number=1, dpi=DPI, engine=engine)
    assert [fold(line.text) for line in reading.lines[1:]] == [fold("发证机关：江澜市自然资源局")] * 3


def test_a_trustworthy_text_layer_is_used_and_seals_are_still_found(page, engine):
    layer = [Line(text, quad(150, 280 + 62 * n, 900, 315 + 62 * n), 1.0) for n, text in enumerate(LINES)]
    reading = read_page(page, number=1, dpi=DPI, engine=engine, text_layer=layer)
    assert reading.source == "text-layer"
    assert [line.text for line in reading.lines] == LINES
    assert [seal.text for seal in reading.seals] == ["江澜晨曦智能装备有限公司"]


def test_a_text_layer_of_nonsense_is_not_used(page, engine):
    layer = [Line("\ue001\ue002\ue003" * 8, quad(150, 280 + 62 * n, 900, 315 + 62 * n), 1.0) for n in range(6)]
    assert read_page(page, number=1, dpi=DPI, engine=engine, text_layer=layer).source == "ocr"


def test_a_grey_page_is_read(page, engine):
    grey = cv2.cvtColor(page, cv2.COLOR_BGR2GRAY)
    assert fold(LINES[1]) in fold(read_page(grey, number=1, dpi=None, engine=engine).text)


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((8, 200, 3), np.uint8),
        np.zeros((100, 100, 4), np.uint8),
        np.zeros((100, 100, 3), np.float32),
        np.zeros((100,), np.uint8),
    ],
)
def test_what_is_no_page_is_refused(image, engine):
    with pytest.raises(PageUnreadable) as caught:
        read_page(image, number=1, dpi=None, engine=engine)
    assert caught.value.code == "page-unreadable"


def test_reading_needs_no_network(page, weights_dir, tmp_path):
    alone = ["unshare", "-rn"]
    if not shutil.which("unshare") or subprocess.run([*alone, "true"], check=False, capture_output=True).returncode:
        pytest.skip("this machine cannot close the network for one process")
    picture = tmp_path / "page.png"
    cv2.imwrite(str(picture), page)
    code = (
        "import sys, cv2; from pathlib import Path; from ocr import load_engine, read_page\n"
        "engine = load_engine('paddle', 'tiny', Path(sys.argv[1]))\n"
        "print(len(read_page(cv2.imread(sys.argv[2]), number=1, dpi=150, engine=engine).lines))"
    )
    command = [*alone, sys.executable, "-c", code, str(weights_dir), str(picture)]
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=root)
    assert done.stdout.split()[-1] == "7"


@pytest.mark.skipif(not IMAGES, reason="the shared corpora are not on this machine")
@pytest.mark.parametrize("name", first_quick(IMAGES, 2))
def test_every_real_scan_yields_a_reading(name, engine):
    image = cv2.imread(str(CORPORA / name))
    reading = read_page(image, number=1, dpi=None, engine=engine)
    assert reading.lines
    for line in reading.lines:
        x0, y0, x1, y1 = bounds(line.box)
        assert -5 <= x0 < x1 <= reading.width + 5
        assert -5 <= y0 < y1 <= reading.height + 5


def test_print_under_a_seal_keeps_the_edges_of_its_strokes(engine):
    # With ink set to paper the strokes were eaten away: the date was not found and 改 was read as 攻.
    sheet = make_document("OUT-HZ", world=drawn_world(101), degrade="office", seed=1)
    image = cv2.cvtColor(np.asarray(sheet.images[0].convert("RGB")), cv2.COLOR_RGB2BGR)
    page = read_page(image, number=1, dpi=sheet.dpi, engine=engine)
    assert page.seals
    assert [line.text for line in page.lines[-2:]] == ["岚浦市发展和改革委员会", "2024年12月4日"]
