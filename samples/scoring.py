"""Pages to score reading by, with fonts, layouts, words and cities that no other sample has.

Nothing may be tuned on these pages: tune on `make_document` with `drawn_world`. The fonts are four free ones that
Debian packages bring (two Songs and Kais, a Hei); where they are absent, asking for a page is refused with the remedy.
"""

import dataclasses
import functools
import io
import itertools
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image as Pil

from samples.ageing import WEAR, Degrade, Matrix, Rotate, age, moved, turned
from samples.drawing import Texts, entropy, landed, page_data, pixels, press, truth, with_pen
from samples.making import SampleError
from samples.materials import FORMS, Form, read_words
from samples.placing import Place, places_of
from samples.seals import SEAL_MM, draw_seal
from samples.truth import Document, SealTruth, Value
from samples.typesetting import House, Image, TypeSet, page_images, set_form
from samples.wording import all_worded, blocks_worded
from samples.worlds import drawn_world

_HOLDOUT = Path(__file__).parent / "holdout"
FONT_PACKAGES = ("fonts-arphic-uming", "fonts-arphic-ukai", "fonts-wqy-zenhei", "fonts-lxgw-wenkai")
"""Debian packages with the fonts, all free: Arphic public licence, GPL with font exception, SIL licence."""
FONT_FOLDERS = tuple(Path("/usr/share/fonts/truetype") / name for name in ("arphic", "wqy", "lxgw-wenkai"))
_SONG, _KAI, _HEI, _PEN = "AR PL UMing", "AR PL UKai", "WenQuanYi Zen Hei", "LXGW WenKai"
_BODIES = (_SONG, _SONG, _KAI, _PEN)
_HEADS = (_HEI, _HEI, _KAI, _SONG)

SCORED: tuple[Degrade, ...] = ("clean", "office", "poor", "photo")
"""The degradations that figures are given for; "grey" and "bitonal" may be asked for beside them."""
SCORED_DPI: Mapping[Degrade, int] = {
    "clean": 300,
    "office": 200,
    "poor": 150,
    "photo": 200,
    "grey": 200,
    "bitonal": 200,
}
"""At which resolution each is scanned."""
_TURNED: tuple[Rotate, ...] = (0, 0, 0, 0, 0, 0, 90, 180, 270)
"""How pages lie: one in three is not upright."""

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels of the upright page image."""


@dataclasses.dataclass(frozen=True, slots=True)
class ScoringPage:
    """A page with all that is known of it.

    `image` is the page as scanned (height × width × 3, red green blue), lying as `document.rotation` says, after the
    JPEG that the scanner wrote. `number` is its place in the document, from 1. `fields` and `seals` are those that
    stand on this page; `boxes` has every place where a field is printed on it, in pixels of the upright image (none
    for what is filled in by hand). `style` says how it was laid out, for the report of failures; `pdf` is the whole
    document as it was typeset, with its text layer and neither seals nor writing.
    """

    code: str
    degrade: Degrade
    dpi: int
    image: Image
    document: Document
    number: int
    fields: Mapping[str, Value]
    boxes: Mapping[str, tuple[Box, ...]]
    seals: tuple[SealTruth, ...]
    style: Mapping[str, Any]
    pdf: bytes


def missing_fonts() -> str:
    """Why no scoring page can be made here, with what to install; empty when the fonts are there."""
    absent = [str(folder) for folder in FONT_FOLDERS if not folder.is_dir()]
    return f"no fonts in {', '.join(absent)}: apt-get install {' '.join(FONT_PACKAGES)}" if absent else ""


def scoring_forms() -> tuple[str, ...]:
    """Codes of the material types that scoring pages are made of."""
    return tuple(_forms())


def scoring_set(
    seed: int = 1, *, per_form: int = 1, degrades: Sequence[Degrade] = SCORED, forms: Sequence[str] = ()
) -> Iterator[ScoringPage]:
    """Every form (or those named) in every degradation, `per_form` documents of each, all their pages in order.

    Each document is of a city of its own. The same arguments give the same pixels; a document does not hang on which
    others are asked for.

    Raises:
        SampleError: `samples.fonts` where the fonts are not installed, `samples.type`.
    """
    for copy, code, degrade in itertools.product(range(per_form), forms or scoring_forms(), degrades):
        yield from scoring_document(code, degrade, seed=seed, copy=copy)


def scoring_form(code: str, rng: np.random.Generator) -> tuple[Form, House]:
    """A form with a layout by chance, and the house it is printed in; errors as for `scoring_document`."""
    if reason := missing_fonts():
        raise SampleError("samples.fonts", reason)
    if code not in _forms():
        raise SampleError("samples.type", f"no scoring form for {code!r}: use one of {', '.join(_forms())}")
    form = _forms()[code]
    return dataclasses.replace(form, style=_style(rng) | dict(form.style)), _house()


def holdout_pages(seed: int, count: int) -> Iterator[tuple[Image, int, ScoringPage]]:
    """That many scoring pages as image, resolution and truth: form after form, the degradations in turn."""

    def pages() -> Iterator[ScoringPage]:
        for copy in itertools.count():
            for place, code in enumerate(scoring_forms()):
                yield from scoring_document(code, SCORED[(place + copy) % len(SCORED)], seed=seed, copy=copy)

    return ((page.image, page.dpi, page) for page in itertools.islice(pages(), count))


def scoring_document(code: str, degrade: Degrade, *, seed: int = 1, copy: int = 0) -> Iterator[ScoringPage]:
    """The pages of one document; errors as for `scoring_set`."""
    if reason := missing_fonts():
        raise SampleError("samples.fonts", reason)
    if code not in _forms():
        raise SampleError("samples.type", f"no scoring form for {code!r}: use one of {', '.join(_forms())}")
    form = _forms()[code]
    rng = np.random.default_rng(entropy(seed, "scoring", code, degrade, str(copy)))
    world = drawn_world(int(rng.integers(1 << 31)))
    texts = Texts(all_worded(form.fields, world), all_worded(form.rest, world), blocks_worded(list(form.blocks), world))
    form = dataclasses.replace(form, style=_style(rng) | dict(form.style))
    sheet = set_form(form.template, page_data(form, texts, {}), _house())
    yield from _pages(form, texts, sheet, degrade, rng)


def _pages(
    form: Form, texts: Texts, sheet: TypeSet, degrade: Degrade, rng: np.random.Generator
) -> Iterator[ScoringPage]:
    dpi = SCORED_DPI[degrade]
    named = texts.rest | texts.fields
    owners = {role: named[source] for role, source in form.seals.items()}
    width = pixels(SEAL_MM, dpi)
    stamps = {role: draw_seal(owner, diameter=width, rng=rng, caption=form.caption) for role, owner in owners.items()}
    clean = page_images(sheet.pdf, dpi)
    placed = press(clean, sheet, stamps, dpi=dpi, rng=rng)
    scans = [age(page, degrade, dpi=dpi, rng=rng) for page in clean]
    seals = tuple(
        SealTruth(at.role, owners[at.role], at.page, landed(at.center, scans[at.page - 1][1]), width) for at in placed
    )
    rotation = _TURNED[int(rng.integers(len(_TURNED)))]
    document = dataclasses.replace(truth(form, texts, sheet, seals), rotation=rotation)
    document = with_pen(document, sheet, [matrix for _, matrix in scans], dpi)
    places = places_of(sheet.pdf, texts.fields)
    by_hand = {mark.role: mark.page for mark in sheet.marks if mark.kind == "hand"}
    for number, (scan, matrix) in enumerate(scans, 1):
        boxes = {name: _boxes(of, number, matrix, dpi) for name, of in places.items()}
        yield ScoringPage(
            code=form.code,
            degrade=degrade,
            dpi=dpi,
            image=_compressed(turned(scan, rotation), WEAR[degrade].quality),
            document=document,
            number=number,
            fields={n: v for n, v in document.fields.items() if boxes[n] or by_hand.get(v.printed) == number},
            boxes={name: of for name, of in boxes.items() if of},
            seals=tuple(seal for seal in seals if seal.page == number),
            style=form.style,
            pdf=sheet.pdf,
        )


def _boxes(places: Sequence[Place], page: int, matrix: Matrix, dpi: int) -> tuple[Box, ...]:
    boxes = []
    for place in places:
        if place.page == page:
            left, top, right, bottom = (edge * dpi / 72 for edge in place.box)
            corners = [moved(corner, matrix) for corner in itertools.product((left, right), (top, bottom))]
            across, down = zip(*corners, strict=True)
            boxes.append((min(across), min(down), max(across), max(down)))
    return tuple(boxes)


def _compressed(image: Image, quality: int) -> Image:
    """The image as it comes back from a JPEG of that quality."""
    written = io.BytesIO()
    Pil.fromarray(image).save(written, "JPEG", quality=quality)
    return np.array(Pil.open(written))


def _style(rng: np.random.Generator) -> dict[str, Any]:
    """A layout by chance; what a form's own style says goes before it."""

    def one(*of: Any) -> Any:
        return of[int(rng.integers(len(of)))]

    head, body = one(*_HEADS), one(*_BODIES)
    return {
        "fonts": {"body": body, "head": head, "label": one(body, body, _HEI, _KAI)},
        "ink": one("#141414", "#1d1d22", "#2a2a2a"),
        "bold": 0.0 if head == _HEI else 0.02,
        "ruling": one("full", "rows", "none", "above"),
        "columns": one([28, 44, 28, 44], [24, 50, 24, 40], [34, 36, 30, 36]),
        "cell": one(5, 7, 9),
        "letterhead": one(0, 1, 2),
        "heading": one("plain", "plain", "under", "spread"),
        "number": one("left", "right"),
        "signing": one(8, 62, 78),
        "margin": one([20, 20, 22], [32, 24, 30], [25, 18, 38]),
        "size": one(10.5, 11, 12, 12.5),
        "leading": one(0.75, 0.9, 1.15),
    }


@functools.cache
def _forms() -> dict[str, Form]:
    """The scoring forms: field values, other text and seals as in the other samples where they are not given anew."""
    forms = {}
    for code, words in read_words(_HOLDOUT / "words"):
        known = FORMS[code]
        forms[code] = dataclasses.replace(
            known,
            template=words.get("template", "paper"),
            fields=dict(known.fields) | words.get("fields", {}),
            rest=dict(known.rest) | words.get("rest", {}),
            blocks=words["blocks"],
            style=words.get("style", {}),
        )
    return forms


@functools.cache
def _house() -> House:
    return House(_HOLDOUT, FONT_FOLDERS)
