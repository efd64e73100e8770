"""Making one document of a type, sound or with a planted defect, as a scan or as a born-digital PDF."""

import dataclasses
import datetime as dt
import itertools
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image as Pil

from samples.ageing import WEAR, Degrade, Rotate, age, picture, turned
from samples.drawing import Texts, entropy, landed, page_data, pixels, press, truth, with_pen
from samples.materials import FORMS, Form
from samples.piles_forms import form_of
from samples.seals import SEAL_MM, Strength, draw_seal
from samples.truth import Document, SealTruth
from samples.typesetting import page_images, set_form
from samples.wording import all_worded, blocks_worded
from samples.world import WorksName, World, known_world

_SCANNED_AT = dt.datetime(2026, 11, 22, 1, 30, tzinfo=dt.UTC)
_DIGITAL_SEAL_PIXELS = 420

Seal = bool | str
"""True: sealed as it must be; False: left unsealed; a name: sealed by that other owner."""


class SampleError(ValueError):
    """A sample that cannot be made as asked. `code` is stable; the message says what to change."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclasses.dataclass(frozen=True, slots=True)
class Sheet:
    """A scanned document: what it says, its pages as images as they left the scanner, and how they are written."""

    document: Document
    images: tuple[Pil.Image, ...]
    dpi: int
    quality: int

    def save(self, path: Path) -> Path:
        """Write it; the ending decides: .jpg and .png one page, .tif and .pdf any number. See `save_sheets`."""
        return save_sheets(path, [self])


def make_document(  # noqa: PLR0913 -- one keyword for each way a real document differs
    material: str,
    overrides: Mapping[str, str] | None = None,
    *,
    works_name: WorksName = "1号厂房",
    world: World | None = None,
    seal: Seal = True,
    strength: Strength = "normal",
    expired: bool = False,
    degrade: Degrade = "office",
    rotate: Rotate = 0,
    dpi: int = 200,
    seed: int = 1,
) -> Sheet:
    """A document of that material type as a scan.

    Args:
        material: code of the type, one of `TYPES`; any other type of the catalogue has a plain form.
        overrides: printed values that replace those of the invented world, by field name.
        works_name: for which works of the demonstration it was made.
        world: another invented city to make it in, instead of the demonstration's; see `samples.worlds`.
        seal: sealed rightly, not at all, or by another owner.
        strength: how much ink the seal had.
        expired: its validity ended before 2026-11-22; only for types that have one (M-YYZZ, M-SQWT).
        degrade: the quality of the scan.
        rotate: how far the pages were turned clockwise when scanned.
        dpi: resolution of the images.
        seed: decides every random trait; the same arguments give the same pixels.

    Raises:
        SampleError: `samples.type`, `samples.field` or `samples.no-validity`.
    """
    form = _form(material)
    rng = np.random.default_rng(entropy(seed, material, world.works.name if world else works_name))
    texts = _texts(form, world or known_world(works_name), overrides or {}, seal, expired=expired)
    sheet = set_form(form.template, page_data(form, texts, {}))
    owners = _owners(form, texts, seal)
    stamps = {
        role: draw_seal(owner, diameter=pixels(SEAL_MM, dpi), rng=rng, strength=strength, caption=form.caption)
        for role, owner in owners.items()
    }
    pages = page_images(sheet.pdf, dpi)
    placed = press(pages, sheet, stamps, dpi=dpi, rng=rng)
    scans = [age(page, degrade, dpi=dpi, rng=rng) for page in pages]
    seals = tuple(
        SealTruth(at.role, owners[at.role], at.page, landed(at.center, scans[at.page - 1][1]), pixels(SEAL_MM, dpi))
        for at in placed
    )
    document = dataclasses.replace(truth(form, texts, sheet, seals), rotation=rotate)
    document = with_pen(document, sheet, [matrix for _, matrix in scans], dpi)
    images = tuple(picture(turned(scan, rotate)) for scan, _ in scans)
    return Sheet(document, images, dpi, WEAR[degrade].quality)


def make_digital(  # noqa: PLR0913 -- as for make_document
    material: str,
    overrides: Mapping[str, str] | None = None,
    *,
    works_name: WorksName = "1号厂房",
    world: World | None = None,
    seal: Seal = True,
    expired: bool = False,
    seed: int = 1,
) -> tuple[bytes, Document]:
    """A document as a born-digital PDF with a real text layer, the seal as a transparent picture.

    Arguments and errors as for `make_document`.
    """
    form = _form(material)
    rng = np.random.default_rng(entropy(seed, material, world.works.name if world else works_name))
    texts = _texts(form, world or known_world(works_name), overrides or {}, seal, expired=expired)
    owners = _owners(form, texts, seal)
    pictures = {
        role: draw_seal(owner, diameter=_DIGITAL_SEAL_PIXELS, rng=rng, caption=form.caption).picture()
        for role, owner in owners.items()
    }
    sheet = set_form(form.template, page_data(form, texts, pictures))
    placed = {mark.role: mark.page for mark in sheet.marks if mark.kind == "seal"}
    seals = tuple(SealTruth(role, owner, placed[role]) for role, owner in owners.items())
    return sheet.pdf, truth(form, texts, sheet, seals)


def save_sheets(path: Path, sheets: Iterable[Sheet]) -> Path:
    """Write the pages of one or more documents into one file.

    .jpg and .png take one page, .tif (JPEG inside) and .pdf (pictures only, no text layer) any number.

    Raises:
        SampleError: `samples.ending` or `samples.pages`.
    """
    sheets = list(sheets)
    images = list(itertools.chain.from_iterable(sheet.images for sheet in sheets))
    first, rest, quality, dpi = images[0], images[1:], sheets[0].quality, sheets[0].dpi
    ending = path.suffix.lower()
    if rest and ending in {".jpg", ".png"}:
        raise SampleError("samples.pages", f"{ending} holds one page, the document has {len(images)}: use .tif or .pdf")
    path.parent.mkdir(parents=True, exist_ok=True)
    if ending == ".jpg":
        first.save(path, "JPEG", quality=quality, dpi=(dpi, dpi))
    elif ending == ".png":
        # A palette keeps the file small, as the export of an electronic licence does.
        first.quantize(192, Pil.Quantize.FASTOCTREE, dither=Pil.Dither.NONE).save(path, "PNG", dpi=(dpi, dpi))
    elif ending == ".tif":
        options: dict[str, Any] = {"compression": "jpeg", "quality": quality, "dpi": (dpi, dpi)}
        # As YCbCr the JPEG inside may halve the colour; left as RGB it is three times as large.
        strips = [image.convert("YCbCr") for image in images]
        strips[0].save(path, "TIFF", save_all=True, append_images=strips[1:], **options)
    elif ending == ".pdf":
        when = _SCANNED_AT.timetuple()
        stamps: dict[str, Any] = {"creationDate": when, "modDate": when, "producer": "office scanner", "title": "scan"}
        first.save(path, "PDF", save_all=True, append_images=rest, resolution=dpi, quality=quality, **stamps)
    else:
        raise SampleError("samples.ending", f"cannot write {ending!r}: use .jpg, .png, .tif or .pdf")
    return path


def _form(material: str) -> Form:
    try:
        return form_of(material)
    except KeyError:
        raise SampleError("samples.type", f"no form for {material!r}: use one of {', '.join(FORMS)}") from None


def _texts(form: Form, world: World, overrides: Mapping[str, str], seal: Seal, *, expired: bool) -> Texts:
    fields, rest = all_worded(form.fields, world), all_worded(form.rest, world)
    if unknown := set(overrides) - set(fields):
        raise SampleError("samples.field", f"{form.code} has no field {', '.join(sorted(unknown))}: use {list(fields)}")
    fields |= overrides
    if expired:
        if not form.lapsed:
            raise SampleError("samples.no-validity", f"{form.code} {form.name} has no end: it cannot be expired")
        fields |= form.lapsed
    planted = {"unsealed": seal is False, "wrong-seal": isinstance(seal, str), "expired": expired}
    return Texts(
        fields,
        rest,
        blocks_worded(list(form.blocks), world),
        tuple(defect for defect, there in planted.items() if there),
    )


def _owners(form: Form, texts: Texts, seal: Seal) -> dict[str, str]:
    if seal is False:
        return {}
    named = texts.rest | texts.fields
    return {role: seal if isinstance(seal, str) else named[source] for role, source in form.seals.items()}
