"""The same licence scanned twice: both pages side by side, and one key takes the one that is here."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from samples import make_document, save_sheets
from tests.e2e.portal_driver import Visitor
from tests.e2e.test_portal import open_case

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]


def scanned_again(scan: Path, path: Path) -> Path:
    """The same sheet through another scanner: a little askew, coarser, with noise of its own."""
    with Image.open(scan) as page:
        turned = page.convert("RGB").rotate(0.5, resample=Image.Resampling.BICUBIC, fillcolor="white")
        coarser = turned.resize((round(turned.width * 0.9), round(turned.height * 0.9)), Image.Resampling.LANCZOS)
    pixels = np.asarray(coarser, np.int16)
    noise = np.random.default_rng(5).normal(0, 3, pixels.shape)
    Image.fromarray(np.clip(pixels + noise, 0, 255).astype(np.uint8)).save(path, quality=88, dpi=(180, 180))
    return path


def test_a_licence_scanned_again_is_taken_as_the_one_that_is_here_by_one_key(
    visit: Callable[..., Visitor], tmp_path: Path
) -> None:
    first = save_sheets(tmp_path / "营业执照.jpg", [make_document("M-YYZZ", seed=3)])
    again = scanned_again(first, tmp_path / "营业执照再扫.jpg")
    clerk = visit("clerk")
    open_case(clerk, "1号厂房")
    clerk.drop([first])
    clerk.settle()
    clerk.drop([again])
    clerk.until(lambda: clerk.all("[data-repeats]"), "the second scan is not asked about")
    clerk.settle()
    clerk.press("r")
    clerk.until(lambda: len(clerk.all(".pair-page image")) == 2, "the pages do not stand side by side")
    clerk.photograph("repeat-side-by-side")
    clerk.press("1")
    clerk.until(lambda: clerk.all('[data-standing="accepted"]'), "one key does not take what is here")
    clerk.photograph("repeat-accepted")
    clerk.press("u")
    clerk.until(lambda: clerk.all('[data-standing="proposed"]'), "the answer is not taken back")
    assert clerk.complaints() == []
