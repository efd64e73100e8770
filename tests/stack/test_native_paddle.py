"""The engine on native PaddlePaddle, in a virtual environment of its own: 0.8 GB, built once under `.cache`."""

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import cv2
import pytest

from ocr import WeightsError, install_weights
from tests.ocr.pages import scanned, text_page
from tests.stack.servers import REPOSITORY

pytestmark = pytest.mark.stack

HOME = REPOSITORY / ".cache" / "native-paddle"
FREE_BYTES = 4 << 30
"""PaddlePaddle unpacks to 0.75 GB and its wheel is kept beside it while it is installed."""
BUILD_SECONDS = 800
LINES = ["委托单位：江澜晨曦智能装备有限公司", "有效期至：2027年6月30日", "项目代码：2603-990101-04-01-318264"]


@pytest.fixture(scope="module")
def python() -> Path:
    """An interpreter with PaddlePaddle 3.2, which sees the other packages of this one."""
    found = HOME / "bin" / "python"
    if (HOME / ".ready").exists():
        return found
    if shutil.disk_usage(REPOSITORY).free < FREE_BYTES:
        pytest.skip("less than 4 GB free: PaddlePaddle is not installed for this test")
    shutil.rmtree(HOME, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", str(HOME)], check=True)
    libraries = next((HOME / "lib").glob("python3*")) / "site-packages"
    (libraries / "others.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    install = [str(found), "-m", "pip", "install", "--quiet", "--constraint", str(REPOSITORY / "constraints.txt")]
    done = subprocess.run(
        [*install, "paddlepaddle==3.2.*"], capture_output=True, text=True, timeout=BUILD_SECONDS, check=False
    )
    if done.returncode:
        pytest.skip(f"PaddlePaddle 3.2 cannot be installed here: {done.stderr[-500:]}")
    (HOME / ".ready").touch()
    return found


@pytest.fixture(scope="module")
def weights() -> Path:
    """All weights, the native ones included, apart from those that the other tests use."""
    folder = REPOSITORY / ".cache" / "native-models"
    try:
        install_weights(folder, native=True)
    except WeightsError as error:
        pytest.skip(str(error))
    return folder


def _read(python: Path, weights: Path, picture: Path, threads: int) -> list[str]:
    code = (
        "import sys, cv2; from pathlib import Path; from ocr import load_engine, read_page, to_json\n"
        "engine = load_engine('paddle-native', 'tiny', Path(sys.argv[1]), int(sys.argv[3]), 'cpu')\n"
        "reading = read_page(cv2.imread(sys.argv[2]), number=1, dpi=150, engine=engine)\n"
        "print(reading.engine); print(to_json(reading)); print(reading.text)"
    )
    command = [str(python), "-c", code, str(weights), str(picture), str(threads)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=REPOSITORY, timeout=300)
    return done.stdout.splitlines()


def test_native_paddle_reads_a_page_the_same_on_one_core_and_on_two(python, weights, tmp_path):
    picture = tmp_path / "page.png"
    cv2.imwrite(str(picture), scanned(text_page("授权委托书", LINES), skew=0.8))
    name, reading, *text = _read(python, weights, picture, 1)
    assert name.startswith("paddleocr-3.7/paddle-3.2.")
    assert name.endswith("-cpu/PP-OCRv4-mobile+PP-OCRv6-small")
    assert [line.replace(":", "：") for line in text] == ["授权委托书", *LINES]
    assert _read(python, weights, picture, 2)[1] == reading
