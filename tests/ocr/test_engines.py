"""The engines behind one protocol: each reads, says what it is, and says clearly why it cannot."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ocr import (
    EngineNotInstalled,
    EngineRefused,
    EngineUnknown,
    WeightsChanged,
    WeightsMissing,
    load_engine,
    read_page,
)
from ocr.engine_native import check_paddle_version, installed_paddle
from ocr.folding import fold
from tests.ocr.pages import DPI, scanned, stamp, text_page

ROOT = Path(__file__).resolve().parents[2]
LINES = ["委托单位：江澜晨曦智能装备有限公司", "有效期至：2027年6月30日", "项目代码：2603-990101-04-01-318264"]


@pytest.fixture(scope="module")
def page():
    return scanned(stamp(text_page("授权委托书", LINES), "江澜晨曦智能装备有限公司", (820, 700)), skew=0.8)


@pytest.mark.parametrize(("name", "package"), [("paddle", "paddleocr-3.7"), ("rapid", "rapidocr-3.10.0")])
def test_an_engine_reads_a_page_and_says_what_it_read_with(name, package, page, weights_dir):
    reading = read_page(page, number=1, dpi=DPI, engine=load_engine(name, "tiny", weights_dir, device="cpu"))
    assert [fold(line.text) for line in reading.lines] == [fold(text) for text in ["授权委托书", *LINES]]
    assert [seal.text for seal in reading.seals] == ["江澜晨曦智能装备有限公司"]
    assert reading.engine == f"{package}/onnxruntime-cpu/PP-OCRv6-tiny+small"


@pytest.mark.stack
@pytest.mark.parametrize("name", ["paddle", "rapid"])
def test_one_core_or_two_give_the_same_reading(name, page, weights_dir):
    one, two = (
        read_page(page, number=1, dpi=DPI, engine=load_engine(name, "tiny", weights_dir, threads, "cpu"))
        for threads in (1, 2)
    )
    again = read_page(page, number=1, dpi=DPI, engine=load_engine(name, "tiny", weights_dir, 2, "cpu"))
    assert one == two == again


def test_small_weights_read_alone(page, weights_dir):
    engine = load_engine("rapid", "small", weights_dir, device="cpu")
    assert engine.name.endswith("/PP-OCRv6-small")
    assert fold(LINES[2]) in fold(read_page(page, number=1, dpi=DPI, engine=engine).text)


def test_the_light_engine_needs_neither_paddleocr_nor_a_network(weights_dir):
    alone = ["unshare", "-rn"]
    if not shutil.which("unshare") or subprocess.run([*alone, "true"], check=False, capture_output=True).returncode:
        pytest.skip("this machine cannot close the network for one process")
    code = (
        "import sys; from pathlib import Path; import numpy as np; from ocr import load_engine\n"
        "engine = load_engine('rapid', 'tiny', Path(sys.argv[1]), device='cpu')\n"
        "assert engine.read_lines(np.full((400, 300, 3), 255, np.uint8)) == ()\n"
        "print([name for name in ('paddleocr', 'paddlex', 'paddle') if name in sys.modules])"
    )
    command = [*alone, sys.executable, "-c", code, str(weights_dir)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    assert done.stdout == "[]\n"
    assert done.stderr == ""


def test_an_unknown_engine_is_refused_with_the_names_there_are(weights_dir):
    with pytest.raises(EngineUnknown, match="'paddle', 'rapid', 'paddle-native'") as caught:
        load_engine("tesseract", "tiny", weights_dir)
    assert caught.value.code == "engine-unknown"


@pytest.mark.parametrize(
    ("name", "module", "remedy"),
    [("rapid", "rapidocr", r"yidang\[light\]"), ("paddle", "paddleocr", "pip install paddleocr")],
)
def test_an_engine_whose_package_is_absent_says_what_to_install(name, module, remedy, weights_dir, monkeypatch):
    from ocr import engine_paddle

    monkeypatch.setitem(sys.modules, module, None)
    engine_paddle._paddle.cache_clear()
    load_engine.cache_clear()
    with pytest.raises(EngineNotInstalled, match=remedy) as caught:
        load_engine(name, "tiny", weights_dir)
    assert caught.value.code == "engine-not-installed"


def test_native_paddle_that_is_absent_says_what_to_install():
    try:
        found = installed_paddle()
    except EngineNotInstalled as reason:
        assert "yidang[native]" in str(reason)  # noqa: PT017 - it may be installed, too
    else:
        assert found[0].isdigit()


@pytest.mark.parametrize("name", ["paddle", "rapid"])
def test_missing_weights_name_the_command(name, tmp_path):
    with pytest.raises(WeightsMissing, match="run `yidang models install`"):
        load_engine(name, "tiny", tmp_path)


def test_changed_weights_are_not_loaded(weights_dir, tmp_path):
    for folder in weights_dir.iterdir():
        if folder.is_dir():
            shutil.copytree(folder, tmp_path / folder.name)
    (tmp_path / "v6_tiny_det" / "inference.onnx").write_bytes(b"another network")
    with pytest.raises(WeightsChanged, match="v6_tiny_det"):
        load_engine("rapid", "tiny", tmp_path)


@pytest.mark.parametrize("version", ["3.2.0", "3.2.2", "3.2.10"])
def test_paddle_of_the_tried_series_is_taken(version):
    check_paddle_version(version)


@pytest.mark.parametrize("version", ["3.3.0", "3.3.1", "3.3.0rc1"])
def test_paddle_that_crashes_is_refused_with_the_reason(version):
    with pytest.raises(EngineRefused, match="Paddle#77340") as caught:
        check_paddle_version(version)
    assert caught.value.code == "engine-refused"
    assert version in str(caught.value)


@pytest.mark.parametrize("version", ["2.6.2", "3.1.1", "3.20.0", "4.0.0", "develop"])
def test_paddle_that_was_never_tried_is_refused(version):
    with pytest.raises(EngineRefused, match=r"only 3\.2"):
        check_paddle_version(version)
