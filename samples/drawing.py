"""From a form and its texts to pages: what the typesetter is told, signing and sealing, and the truth of it."""

import dataclasses
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import qrcode

from samples.ageing import Matrix, moved
from samples.materials import Form
from samples.numerals import normalised
from samples.seals import Stamp, draw_signature
from samples.truth import BoxTruth, Document, SealTruth, Value
from samples.typesetting import Image, TypeSet

_SIGNATURE_MM = 8
_HAND_MM = 6.5
"""Height of what is filled in by hand: smaller than a signature, it must fit the line."""
_POINTS_PER_INCH = 72
_MM_PER_INCH = 25.4
_SEAL_STEP_MM = 2.5
"""How far from its place a seal may land."""


@dataclasses.dataclass(frozen=True, slots=True)
class Texts:
    """What a document says: its fields, its other text, its blocks if it has any, and what was planted."""

    fields: dict[str, str]
    rest: dict[str, str]
    blocks: Any = ()
    defects: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Placed:
    """A seal on a page: in which role, on which page from 1, where its middle lies in pixels."""

    role: str
    page: int
    center: tuple[int, int]


def entropy(seed: int, *words: str) -> list[int]:
    """A seed for each document, so that its traits do not hang on what was made before it."""
    return [seed, int.from_bytes(hashlib.sha256("\0".join(words).encode()).digest()[:8])]


def page_data(form: Form, texts: Texts, pictures: Mapping[str, bytes]) -> dict[str, Any]:
    """What the templates ask for; see `forms/frame.typ`. `pictures` are seals by role, as PNG."""
    code = texts.fields.get("统一社会信用代码", "")
    return {
        "title": form.name,
        "fields": texts.fields,
        "extra": texts.rest,
        "images": {role: list(content) for role, content in pictures.items()},
        "qr": _qr_rows(f"https://licence.example.invalid/{code}") if code else [],
        "blocks": list(texts.blocks),
        "style": dict(form.style),
    }


def press(
    pages: list[Image], sheet: TypeSet, stamps: Mapping[str, Stamp], *, dpi: int, rng: np.random.Generator
) -> list[Placed]:
    """Write by hand, sign and seal the pages, in place; says where each seal went."""
    placed: list[Placed] = []
    scale = dpi / _POINTS_PER_INCH
    for mark in sorted(sheet.marks, key=lambda mark: mark.kind == "seal"):  # one signs first, then seals
        x, y = int(mark.x * scale), int(mark.y * scale)
        if mark.kind == "sign":
            signature = draw_signature(mark.role, height=pixels(_SIGNATURE_MM, dpi), rng=rng)
            signature.press(pages[mark.page - 1], (x, y))
        elif mark.kind == "hand":
            writing = draw_signature(mark.role, height=pixels(_HAND_MM, dpi), rng=rng)
            writing.press(pages[mark.page - 1], (x + writing.ink.shape[1] // 2, y))
        elif mark.kind == "seal" and mark.role in stamps:
            dx, dy = (int(step) for step in rng.uniform(-_SEAL_STEP_MM, _SEAL_STEP_MM, 2) * dpi / _MM_PER_INCH)
            stamps[mark.role].press(pages[mark.page - 1], (x + dx, y + dy))
            placed.append(Placed(mark.role, mark.page, (x + dx, y + dy)))
    return placed


def truth(form: Form, texts: Texts, sheet: TypeSet, seals: tuple[SealTruth, ...]) -> Document:
    """What the document really says."""
    by_hand = {mark.role for mark in sheet.marks if mark.kind == "hand"}
    return Document(
        type=form.code,
        name=form.name,
        fields={name: Value(printed, normalised(printed)) for name, printed in texts.fields.items()},
        lines=sheet.lines,
        pages=sheet.pages,
        seals=seals,
        defects=texts.defects,
        handwritten=tuple(name for name, printed in texts.fields.items() if printed in by_hand),
    )


def with_pen(document: Document, sheet: TypeSet, matrices: Sequence[Matrix], dpi: int) -> Document:
    """The document with its check boxes and what a pen wrote on it, where they lie in the scans of its pages."""
    boxes: list[BoxTruth] = []
    written: list[tuple[int, tuple[int, int]]] = []
    for mark in sheet.marks:
        # What is filled in is marked at its left end, all else at its middle.
        reach = _HAND_MM * (0.92 * len(mark.role) + 0.8) / 2 if mark.kind == "hand" else 0.0
        x, y = (at * dpi / _POINTS_PER_INCH for at in (mark.x + reach * _POINTS_PER_INCH / _MM_PER_INCH, mark.y))
        center = landed((round(x), round(y)), matrices[mark.page - 1])
        if mark.kind in {"ticked", "unticked"}:
            boxes.append(BoxTruth(mark.role, mark.kind == "ticked", mark.page, center))
        elif mark.kind in {"sign", "hand"}:
            written.append((mark.page, center))
    return dataclasses.replace(document, boxes=tuple(boxes), written=tuple(written))


def pixels(millimetres: float, dpi: int) -> int:
    """That length on a page of that resolution."""
    return round(millimetres / _MM_PER_INCH * dpi)


def landed(point: tuple[int, int], matrix: Matrix) -> tuple[int, int]:
    """Where that point of the clean page lies in the scan, in whole pixels."""
    x, y = moved(point, matrix)
    return round(x), round(y)


def _qr_rows(content: str) -> list[str]:
    """A QR code as rows of 0 and 1; the address cannot exist (RFC 2606)."""
    code = qrcode.QRCode(border=0, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(content)
    code.make()
    return ["".join("1" if cell else "0" for cell in row) for row in code.get_matrix()]
