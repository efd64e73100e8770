"""One paper that goes through many scanners: laid down once with its seals and signatures, then scanned again.

`make_document` draws a new paper each time; whether two scans show one and the same paper can only be told of these.
"""

import dataclasses
import functools
import io
from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
from PIL import Image as Pil

from catalogue import load_catalogue
from samples.ageing import WEAR, Degrade, age
from samples.drawing import Texts, entropy, page_data, pixels, press
from samples.materials import Form
from samples.piles_forms import form_of
from samples.scoring import scoring_form
from samples.seals import SEAL_MM, draw_seal, draw_signature
from samples.typesetting import House, Image, our_house, page_images, set_form
from samples.wording import all_worded, blocks_worded
from samples.worlds import drawn_world

Print = Literal["own", "scoring"]
"""Whose fonts and layouts: those of all samples, or those that nothing may be tuned on."""

PAPER_DPI = 200
"""Resolution in which a paper is laid down; it is scanned at this or less."""

_SKETCH_MM = (70, 48)
"""Width and height of a site sketch."""
_BARE = 250
"""Grey level from which a point of the clean page bears nothing."""
_SHARPEST, _WIDEST = 0.004, 0.03
"""Width of a fold as a share of the page's height: of a crease, and of the shadow beside it."""


@dataclasses.dataclass(frozen=True, slots=True)
class PaperOrder:
    """Which paper: its form, city, printed values that differ, and what else lies on it.

    `seal`: sealed as it must be, not at all, or with another owner's name. `sketch` is the number of a site sketch
    drawn where the first page is bare, 0 for none; `signed` is a name written there by hand.
    """

    printing: Print
    material: str
    world: int
    seed: int
    changed: Mapping[str, str] = dataclasses.field(default_factory=dict)
    seal: bool | str = True
    sketch: int = 0
    signed: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Paper:
    """Clean pages with ink on them, what is printed as lines, and every field as printed."""

    pages: tuple[Image, ...]
    lines: tuple[str, ...]
    fields: Mapping[str, str]
    seals: int
    drawn: bool


@dataclasses.dataclass(frozen=True, slots=True)
class Scanner:
    """How a paper is scanned: wear, resolution, quality of the JPEG (0: the wear's own), whether it was folded."""

    degrade: Degrade
    dpi: int
    quality: int = 0
    folded: bool = False


def lay_paper(order: PaperOrder) -> Paper:
    """The paper as it left the office; the same order gives the same pixels.

    Raises:
        SampleError: `samples.fonts` where the scoring fonts are not installed, `samples.type`.
    """
    form, house, rng = _form(order)
    world = drawn_world(order.world)
    fields, rest = all_worded(form.fields, world) | dict(order.changed), all_worded(form.rest, world)
    texts = Texts(fields, rest, blocks_worded(list(form.blocks), world))
    sheet = set_form(form.template, page_data(form, texts, {}), house)
    owners = {} if order.seal is False else {role: (rest | fields)[source] for role, source in form.seals.items()}
    if isinstance(order.seal, str):
        owners = dict.fromkeys(owners, order.seal)
    stamps = {
        role: draw_seal(owner, diameter=pixels(SEAL_MM, PAPER_DPI), rng=rng, caption=form.caption)
        for role, owner in owners.items()
    }
    pages = page_images(sheet.pdf, PAPER_DPI)
    placed = press(pages, sheet, stamps, dpi=PAPER_DPI, rng=rng)
    drawn = bool(order.sketch or order.signed) and _draw(pages[0], order)
    return Paper(tuple(pages), sheet.lines, fields, len(placed), drawn)


def scan_page(page: Image, scanner: Scanner, seed: int) -> bytes:
    """One page as the JPEG which that scanner gives; the same arguments give the same bytes."""
    rng = np.random.default_rng(entropy(seed, scanner.degrade, str(scanner.dpi)))
    small = _resized(page, scanner.dpi)
    if scanner.folded:
        small = _folded(small, rng)
    scan, _ = age(small, scanner.degrade, dpi=scanner.dpi, rng=rng)
    written = io.BytesIO()
    quality = scanner.quality or WEAR[scanner.degrade].quality
    Pil.fromarray(scan).save(written, "JPEG", quality=quality, dpi=(scanner.dpi, scanner.dpi))
    return written.getvalue()


@functools.cache
def field_kinds(material: str) -> Mapping[str, str]:
    """The kind of each field of a type."""
    return {spec.name: spec.kind for spec in load_catalogue().material_type(material).fields}


def _form(order: PaperOrder) -> tuple[Form, House, np.random.Generator]:
    rng = np.random.default_rng(entropy(order.seed, "paper", order.printing, order.material))
    if order.printing == "own":
        return form_of(order.material), our_house(), rng
    form, house = scoring_form(order.material, rng)
    return form, house, rng


def _resized(page: Image, dpi: int) -> Image:
    import cv2

    high, wide = (round(side * dpi / PAPER_DPI) for side in page.shape[:2])
    return np.asarray(cv2.resize(page, (wide, high), interpolation=cv2.INTER_AREA), np.uint8)


def _folded(page: Image, rng: np.random.Generator) -> Image:
    """The shadow of a fold across the page, and now and then of a second one down it."""
    high, wide = page.shape[:2]
    light = np.ones((high, wide), np.float32)
    for axis in (0, 1)[: int(rng.integers(1, 3))]:
        length = high if axis == 0 else wide
        at = float(rng.uniform(0.3, 0.7)) * length
        away = (np.arange(length, dtype=np.float32) - at) / length
        side = np.exp(-np.abs(away) / _WIDEST) * (away > 0) * float(rng.uniform(0.12, 0.26))
        crease = np.exp(-((away / _SHARPEST) ** 2)) * float(rng.uniform(0.1, 0.3))
        light *= (1 - side - crease).reshape((-1, 1) if axis == 0 else (1, -1)).astype(np.float32)
    return np.clip(page * light[..., None], 0, 255).astype(np.uint8)


def _draw(page: Image, order: PaperOrder) -> bool:
    """Draw the sketch or the signature where the page is bare, in place; False where it is nowhere so."""
    size = tuple(pixels(side, PAPER_DPI) for side in _SKETCH_MM)
    at = _bare_place(page, (size[0], size[1]))
    if at is None:
        return False
    if order.sketch:
        _sketch(page, at, (size[0], size[1]), np.random.default_rng((order.sketch, 0x5CE7)))
    if order.signed:
        rng = np.random.default_rng((order.seed, 0x5169))
        name = draw_signature(order.signed, height=pixels(9, PAPER_DPI), rng=rng)
        name.press(page, (at[0] + size[0] * 3 // 4, at[1] + size[1] // 2))
    return True


def _bare_place(page: Image, size: tuple[int, int]) -> tuple[int, int] | None:
    """Left and top of the lowest bare place of that size on the page."""
    import cv2

    inked = np.asarray(page.min(axis=2) < _BARE, np.uint8)
    sums: Any = cv2.integral(inked)
    wide, high = size
    edge = pixels(15, PAPER_DPI)
    for top in range(page.shape[0] - high - edge, edge, -8):
        for left in range(edge, page.shape[1] - wide - edge, 24):
            ink = sums[top + high, left + wide] - sums[top, left + wide] - sums[top + high, left] + sums[top, left]
            if ink == 0:
                return left, top
    return None


def _sketch(page: Image, at: tuple[int, int], size: tuple[int, int], rng: np.random.Generator) -> None:
    """A site sketch: its frame, two roads and some buildings."""
    import cv2

    ink, (left, top), (wide, high) = (40, 40, 44), at, size
    cv2.rectangle(page, (left, top), (left + wide - 1, top + high - 1), ink, 2)
    for _ in range(2):
        start, end = int(rng.integers(high)), int(rng.integers(high))
        for step in (0, 14):
            low, far = (min(y + step, high - 1) for y in (start, end))
            cv2.line(page, (left, top + low), (left + wide - 1, top + far), ink, 2, cv2.LINE_AA)
    for _ in range(int(rng.integers(3, 7))):
        x, y = left + int(rng.integers(8, wide - 130)), top + int(rng.integers(8, high - 110))
        corner = (x + int(rng.integers(40, 120)), y + int(rng.integers(30, 100)))
        cv2.rectangle(page, (x, y), corner, ink, int(rng.choice((2, 2, -1))))
