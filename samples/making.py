"""Making one document of a type, sound or with a planted defect, as a scan or as a born-digital PDF."""

import dataclasses
import datetime as dt
import hashlib
import itertools
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import qrcode
from PIL import Image as Pil

from samples.ageing import WEAR, Degrade, Matrix, Rotate, age, picture, turned
from samples.materials import FORMS, Form, works
from samples.numerals import normalised
from samples.seals import SEAL_MM, Stamp, Strength, draw_seal, draw_signature
from samples.truth import Document, SealTruth, Value
from samples.typesetting import Image, TypeSet, page_images, set_form
from samples.world import WorksName

_SIGNATURE_MM = 8
_POINTS_PER_INCH = 72
_MM_PER_INCH = 25.4
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
        material: code of the type, one of `TYPES`.
        overrides: printed values that replace those of the invented world, by field name.
        works_name: for which works it was made.
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
    rng = np.random.default_rng(_entropy(seed, material, works_name))
    texts = _texts(form, works_name, overrides or {}, seal, expired=expired)
    sheet = set_form(form.template, _data(form, texts, {}))
    owners = _owners(form, texts, seal)
    stamps = {
        role: draw_seal(owner, diameter=_pixels(SEAL_MM, dpi), rng=rng, strength=strength, caption=form.caption)
        for role, owner in owners.items()
    }
    pages = page_images(sheet.pdf, dpi)
    placed = _press(pages, sheet, stamps, dpi=dpi, rng=rng)
    scans = [age(page, degrade, dpi=dpi, rng=rng) for page in pages]
    seals = tuple(
        SealTruth(role, owners[role], page, _moved(center, scans[page - 1][1]), _pixels(SEAL_MM, dpi))
        for role, page, center in placed
    )
    document = dataclasses.replace(_truth(form, texts, sheet, seals), rotation=rotate)
    images = tuple(picture(turned(scan, rotate)) for scan, _ in scans)
    return Sheet(document, images, dpi, WEAR[degrade].quality)


def make_digital(  # noqa: PLR0913 -- as for make_document
    material: str,
    overrides: Mapping[str, str] | None = None,
    *,
    works_name: WorksName = "1号厂房",
    seal: Seal = True,
    expired: bool = False,
    seed: int = 1,
) -> tuple[bytes, Document]:
    """A document as a born-digital PDF with a real text layer, the seal as a transparent picture.

    Arguments and errors as for `make_document`.
    """
    form = _form(material)
    rng = np.random.default_rng(_entropy(seed, material, works_name))
    texts = _texts(form, works_name, overrides or {}, seal, expired=expired)
    owners = _owners(form, texts, seal)
    pictures = {
        role: draw_seal(owner, diameter=_DIGITAL_SEAL_PIXELS, rng=rng, caption=form.caption).picture()
        for role, owner in owners.items()
    }
    sheet = set_form(form.template, _data(form, texts, pictures))
    placed = {mark.role: mark.page for mark in sheet.marks if mark.kind == "seal"}
    seals = tuple(SealTruth(role, owner, placed[role]) for role, owner in owners.items())
    return sheet.pdf, _truth(form, texts, sheet, seals)


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
        return FORMS[material]
    except KeyError:
        raise SampleError("samples.type", f"no form for {material!r}: use one of {', '.join(FORMS)}") from None


def _entropy(seed: int, *words: str) -> list[int]:
    """A seed for each document, so that its traits do not hang on what was made before it."""
    return [seed, int.from_bytes(hashlib.sha256("\0".join(words).encode()).digest()[:8])]


@dataclasses.dataclass(frozen=True, slots=True)
class _Texts:
    fields: dict[str, str]
    rest: dict[str, str]
    defects: tuple[str, ...]


def _texts(form: Form, works_name: WorksName, overrides: Mapping[str, str], seal: Seal, *, expired: bool) -> _Texts:
    subject = works(works_name)
    fields, rest = dict(form.fields(subject)), dict(form.rest(subject))
    if unknown := set(overrides) - set(fields):
        raise SampleError("samples.field", f"{form.code} has no field {', '.join(sorted(unknown))}: use {list(fields)}")
    fields |= overrides
    if expired:
        if not form.lapsed:
            raise SampleError("samples.no-validity", f"{form.code} {form.name} has no end: it cannot be expired")
        fields |= form.lapsed
    planted = {"unsealed": seal is False, "wrong-seal": isinstance(seal, str), "expired": expired}
    return _Texts(fields, rest, tuple(defect for defect, there in planted.items() if there))


def _owners(form: Form, texts: _Texts, seal: Seal) -> dict[str, str]:
    if seal is False:
        return {}
    named = texts.rest | texts.fields
    return {role: seal if isinstance(seal, str) else named[source] for role, source in form.seals.items()}


def _data(form: Form, texts: _Texts, pictures: Mapping[str, bytes]) -> dict[str, Any]:
    code = texts.fields.get("统一社会信用代码", "")
    return {
        "title": form.name,
        "fields": texts.fields,
        "extra": texts.rest,
        "images": {role: list(content) for role, content in pictures.items()},
        "qr": _qr_rows(f"https://licence.example.invalid/{code}") if code else [],
    }


def _qr_rows(content: str) -> list[str]:
    """A QR code as rows of 0 and 1; the address cannot exist (RFC 2606)."""
    code = qrcode.QRCode(border=0, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(content)
    code.make()
    return ["".join("1" if cell else "0" for cell in row) for row in code.get_matrix()]


def _press(
    pages: list[Image], sheet: TypeSet, stamps: Mapping[str, Stamp], *, dpi: int, rng: np.random.Generator
) -> list[tuple[str, int, tuple[int, int]]]:
    """Sign and seal the pages in place; says role, page and center of each seal."""
    placed: list[tuple[str, int, tuple[int, int]]] = []
    scale = dpi / _POINTS_PER_INCH
    for mark in sorted(sheet.marks, key=lambda mark: mark.kind != "sign"):  # one signs first, then seals
        x, y = int(mark.x * scale), int(mark.y * scale)
        if mark.kind == "sign":
            signature = draw_signature(mark.role, height=_pixels(_SIGNATURE_MM, dpi), rng=rng)
            signature.press(pages[mark.page - 1], (x, y))
        elif mark.role in stamps:
            dx, dy = (int(step) for step in rng.uniform(-2.5, 2.5, 2) * dpi / _MM_PER_INCH)
            stamps[mark.role].press(pages[mark.page - 1], (x + dx, y + dy))
            placed.append((mark.role, mark.page, (x + dx, y + dy)))
    return placed


def _truth(form: Form, texts: _Texts, sheet: TypeSet, seals: tuple[SealTruth, ...]) -> Document:
    return Document(
        type=form.code,
        name=form.name,
        fields={name: Value(printed, normalised(printed)) for name, printed in texts.fields.items()},
        lines=sheet.lines,
        pages=sheet.pages,
        seals=seals,
        defects=texts.defects,
    )


def _pixels(millimetres: float, dpi: int) -> int:
    return round(millimetres / _MM_PER_INCH * dpi)


def _moved(point: tuple[int, int], matrix: Matrix) -> tuple[int, int]:
    x, y = matrix @ np.array([point[0], point[1], 1.0])
    return round(float(x)), round(float(y))
