"""How well a page can be read, with remarks a clerk can act on.

Remarks: `blank`, `dark`, `low-contrast`, `blurred`, `low-resolution`, `skewed`; `ocr.framing` adds `cut-edge` and
`double-page`, `ocr.behind` leads to `show-through`.
"""

import dataclasses
import statistics
from collections.abc import Iterable, Sequence
from typing import cast

import cv2
import numpy as np

from ocr.layout import MAX_LEAN, lean
from ocr.pixels import Image
from ocr.results import Line, Quality
from ocr.seals_outline import page_dpi

LOOK_DPI = 100
"""Figures are taken at this resolution, so that they mean the same for every scan."""

INK_BELOW = 0.72
"""Share of the paper's own brightness below which a pixel is ink; print showing through from behind stays above."""

FAINT_BELOW = 0.93
"""The same for pages that have no ink by the first measure: text at a tenth of full contrast is still read."""

MARGIN = 0.02
"""Part of each side left out: scanner edges and punch holes are dark and say nothing."""

BLANK_INK = 0.0002
"""Share of ink below which a page is blank: five characters of 12-point text on A4 have about this much."""

DARK_PAPER = 115.0
"""Brightness (of 255) of the paper below which the page is dark: a photograph in the shade, a thumb over the lens."""

LOW_CONTRAST = 0.30
"""Paper minus ink, of 1. Print has above 0.6, pencil about 0.4; below this the recogniser starts to lose lines."""

BLURRED = 0.012
"""Sharpness over squared contrast, below which strokes run together. Measured on 12-point text at 150 dpi."""

LOW_DPI = 150
"""Reading was measured down to 150 dpi. DA/T 31-2017 asks for 200 for archives, which is for the archivist to judge."""

LOW_LINE_PIXELS = 14.0
"""Median height of lines, where the resolution is unknown: characters of fewer pixels lose their inner strokes."""

SKEWED = 3.0
"""Degrees. Reading is unharmed to 5; the table rules and the archive copy want less."""

_FULL = 255.0


@dataclasses.dataclass(frozen=True, slots=True)
class _Tones:
    paper: float
    contrast: float
    ink: float
    sharpness: float


def measure(image: Image, dpi: int | None) -> Quality:
    """The figures that need only pixels; skew is 0 until there are lines (`remark`)."""
    tones = _tones(image, dpi)
    quality = Quality(
        dpi, round(tones.sharpness, 1), round(tones.contrast, 3), 0.0, round(tones.ink, 5), _pixel_remarks(tones)
    )
    return _add(quality, "low-resolution") if dpi is not None and page_dpi(image, dpi) < LOW_DPI else quality


def is_blank(quality: Quality) -> bool:
    """Whether there is nothing on the page to read."""
    return "blank" in quality.remarks


def with_lines(quality: Quality, lines: Sequence[Line], most: float = MAX_LEAN) -> Quality:
    """The figures and remarks that need the lines: skew (lines beyond `most` left out), and the size of characters."""
    skew = round(lean(lines, most), 2) + 0.0  # no minus zero
    quality = dataclasses.replace(quality, skew=skew)
    if abs(skew) >= SKEWED:
        quality = _add(quality, "skewed")
    heights = [max(p[1] for p in line.box) - min(p[1] for p in line.box) for line in lines]
    if quality.dpi is None and heights and statistics.median(heights) < LOW_LINE_PIXELS:
        quality = _add(quality, "low-resolution")
    return quality


def remarked(quality: Quality, remarks: Iterable[str]) -> Quality:
    """With these remarks besides."""
    for remark in remarks:
        quality = _add(quality, remark)
    return quality


def _add(quality: Quality, remark: str) -> Quality:
    remarks = quality.remarks if remark in quality.remarks else (*quality.remarks, remark)
    return dataclasses.replace(quality, remarks=remarks)


def _tones(image: Image, dpi: int | None) -> _Tones:
    """Paper, ink and sharpness at `LOOK_DPI`. The darkest channel counts, so that red ink is ink."""
    scale = min(1.0, LOOK_DPI / page_dpi(image, dpi))
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    height, width = small.shape[:2]
    y, x = round(height * MARGIN), round(width * MARGIN)
    blue, green, red = cv2.split(small[y : height - y, x : width - x])
    grey = cast("Image", cv2.min(cv2.min(blue, green), red))  # NumPy's own over the last axis takes 50 times as long
    kernel = np.ones((15, 15), np.uint8)
    ground = cv2.medianBlur(cast("Image", cv2.dilate(grey, kernel)), 31).astype(np.float32)
    relative = cv2.medianBlur(grey, 3).astype(np.float32) / np.maximum(ground, 1)
    inked = relative < INK_BELOW
    if inked.mean() < BLANK_INK:
        inked = relative < FAINT_BELOW
    paper = float(np.median(ground))
    ink = float(inked.mean())
    if not inked.any():
        return _Tones(paper, 0.0, ink, 0.0)
    contrast = (paper - float(np.percentile(grey[inked], 30))) / _FULL
    around = cv2.dilate(inked.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    smooth = cv2.GaussianBlur(grey, (0, 0), 0.6).astype(np.float32)  # grain is not sharpness
    sharpness = float(cv2.Laplacian(smooth, cv2.CV_32F)[around].var())
    return _Tones(paper, max(0.0, contrast), ink, sharpness)


def _pixel_remarks(tones: _Tones) -> tuple[str, ...]:
    if tones.ink < BLANK_INK:
        return ("blank",)
    relative_sharpness = tones.sharpness / max(1.0, (tones.contrast * _FULL) ** 2)
    found = {
        "dark": tones.paper < DARK_PAPER,
        "low-contrast": tones.contrast < LOW_CONTRAST,
        "blurred": relative_sharpness < BLURRED,
    }
    return tuple(name for name, holds in found.items() if holds)
