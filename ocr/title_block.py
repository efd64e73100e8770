"""The title block (标题栏, 图签) of a drawing sheet: found on a page by its labels, and every value in it read.

GB/T 50001-2017, 3.2 puts it at the right edge or along the bottom; older sheets have it in the bottom right corner. A
page's lines suffice; on large sheets those of a sharper look (`title_block_look`) have to be among them.
"""

import dataclasses
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence

from ocr.folding import fold
from ocr.results import FieldValue, PageReading, Quad, SealMark, bounds, quad
from ocr.title_block_cells import Piece, Row, beside, changes_table, pieces_of, run_on, under
from ocr.title_block_words import (
    date_of,
    discipline_of,
    is_design_unit,
    number_of,
    revision_of,
    scale_of,
)

MIN_LABELS = 3
"""Different labels a title block has at least; a table of a report has one or two of them by chance."""

EDGE = 0.30
"""Part of the page's width at its right, and of its height at its bottom, in which the title block lies: the widest
usual one is 180 mm on A3 (0.43, found by the bottom), the highest as high as the sheet (found by the right)."""

UNSURE = 0.8
"""Score below which a value has to be looked at by a person."""

CORRECTED = 0.85
"""Factor of the score where a misread character was put right."""

BY_FORM = 0.85
"""Factor where a value has no label and is known by its own form."""

REVIEW_WORDS = ("审查", "审图")
"""What a review seal says: 施工图审查专用章, 施工图设计文件审查合格章, 审图专用章 (部令第13号, art. 9 and 13)."""

_ESSENTIAL = frozenset({"number", "title", "discipline", "scale", "project", "works", "date", "design_unit"})


@dataclasses.dataclass(frozen=True, slots=True)
class TitleBlock:
    """What a title block says: values by name, each with place and score, and where it lies (pixels of the page).

    Names are those of `title_block_words.LABELS`: design_unit, client, project, works, title, number, discipline,
    revision, scale, date, phase, job. `signed` are the roles with a name or signature beside them. `review_seal` is
    the seal of the drawing review, if one was pressed anywhere on the sheet.
    """

    values: Mapping[str, FieldValue]
    box: Quad
    signed: tuple[str, ...]
    review_seal: SealMark | None

    @property
    def unsure(self) -> tuple[str, ...]:
        """Names of the values that have to be looked at."""
        return tuple(name for name, value in self.values.items() if value.score < UNSURE)


def read_title_block(page: PageReading) -> TitleBlock | None:
    """The title block of a page, None where it has none."""
    pieces = pieces_of(page.lines)
    if not pieces:
        return None
    zone = _zone(pieces)
    labels = [piece for piece in zone if piece.label]
    if len({p.label for p in labels} & _ESSENTIAL) < MIN_LABELS:
        return None
    block = _block(zone, labels)
    inside = [piece for piece in zone if block.holds(piece)]
    values = _values(inside, block, page.number)
    signed = tuple(
        p.label.partition(":")[2]
        for p in inside
        if p.label.startswith("signer:") and (p.rest or beside(p, inside, block))
    )
    xs = [bounds(p.line.box) for p in inside]
    box = quad(min(b[0] for b in xs), min(b[1] for b in xs), max(b[2] for b in xs), max(b[3] for b in xs))
    return TitleBlock(values, box, signed, review_seal(page.seals))


def review_seal(seals: Iterable[SealMark]) -> SealMark | None:
    """The seal of the drawing review among a sheet's seals: the surest whose text or caption says so."""
    said = [seal for seal in seals if any(word in seal.text + seal.caption for word in REVIEW_WORDS)]
    return max(said, key=lambda seal: seal.confidence, default=None)


def _zone(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces at the edge where more of a title block's labels are: right or bottom."""
    wide, high = max(p.x1 for p in pieces), max(p.y1 for p in pieces)
    right = [p for p in pieces if (p.x0 + p.x1) / 2 >= (1 - EDGE) * wide]
    bottom = [p for p in pieces if (p.y0 + p.y1) / 2 >= (1 - EDGE) * high]

    def weight(zone: list[Piece]) -> int:
        return len({p.label for p in zone if p.label})

    return max(right, bottom, key=weight)


def _block(zone: Sequence[Piece], labels: Sequence[Piece]) -> Row:
    """The rectangle that the labels span, with room for the values at its right and bottom."""
    height = statistics.median(p.height for p in labels)
    x0, y0 = min(p.x0 for p in labels), min(p.y0 for p in labels)
    x1, y1 = max(p.x1 for p in labels), max(p.y1 for p in labels)
    unit = [p for p in zone if is_design_unit(p.text)]
    x0, top = min([x0, *(p.x0 for p in unit)]), min([y0, *(p.y0 for p in unit)])
    right = max([x1 + 14 * height, *(p.x1 for p in zone if p.y1 >= y0 and p.x0 <= x1 + 14 * height)])
    return Row(x0 - 2 * height, top - height, right, y1 + 5 * height)


def _values(pieces: Sequence[Piece], block: Row, page: int) -> dict[str, FieldValue]:
    found: dict[str, FieldValue] = {}
    table, revised = changes_table(pieces)
    for label in (p for p in pieces if p.label and not p.label.startswith("signer:") and p not in table):
        value = _value(label, pieces, block, page, table)
        if value and (label.label not in found or value.score > found[label.label].score):
            found[label.label] = value
    if revised is not None and "revision" not in found:
        found["revision"] = _field([revised], page, "table of changes", revision_of(revised.text), 1.0)
    for name, value in _by_form(pieces, table, page).items():
        found.setdefault(name, value)
    return _joined(found)


def _value(label: Piece, pieces: Sequence[Piece], block: Row, page: int, table: set[Piece]) -> FieldValue | None:
    """The value of one label: on its own line, beside it, or under it; the first that can be one."""
    others = [p for p in pieces if p not in table or p is label]
    if label.rest:
        line = run_on(label, others)
        value, factor = _formed(label.label, label.rest + "".join(p.text for p in line[1:]))
        if value:
            return _field(line, page, "same line", value, factor)
    for rule, near in (("right", beside(label, others, block)), ("below", under(label, others, block))):
        # As a whole first: a name may be wrapped; then piece by piece, for a stray one beside a number or a date.
        for part in (near, *([piece] for piece in near)):
            value, factor = _formed(label.label, "".join(p.text for p in part))
            if value:
                return _field(part, page, rule, value, factor)
    return None


_FORMS: Mapping[str, Callable[[str], str]] = {
    "discipline": lambda text: text if discipline_of(text) else "",
    "scale": scale_of,
    "date": date_of,
    "revision": revision_of,
    **dict.fromkeys(("design_unit", "client", "project", "works", "title"), lambda text: text if len(text) > 1 else ""),
    **dict.fromkeys(("phase", "job"), lambda text: text),
}


def _formed(name: str, text: str) -> tuple[str, float]:
    """The text as a value of that name in one spelling, and a factor for its score; "" where it cannot be one."""
    text = "".join(text.split())
    if name == "number":
        value, corrected = number_of(text)
        return value, CORRECTED if corrected else 1.0
    return (_FORMS[name](text) if name in _FORMS and text else ""), 1.0


def _by_form(pieces: Sequence[Piece], table: set[Piece], page: int) -> dict[str, FieldValue]:
    """What is known without a label: a number with a discipline before it, and the design unit's name at the top."""
    found: dict[str, FieldValue] = {}
    for piece in pieces:
        if piece.label or piece in table:
            continue
        value, corrected = number_of(piece.text)
        if value and discipline_of(value) and not value[0].isdigit() and "number" not in found:
            found["number"] = _field([piece], page, "own form", value, BY_FORM * (CORRECTED if corrected else 1))
        if is_design_unit(piece.text) and "design_unit" not in found:
            found["design_unit"] = _field([piece], page, "own form", "".join(piece.text.split()), 1.0)
    return found


def _joined(found: dict[str, FieldValue]) -> dict[str, FieldValue]:
    """A number that is only digits takes its short name from 图别; the discipline is said in one word."""
    number, kind = found.get("number"), found.get("discipline")
    if (
        number
        and kind
        and number.value[0].isdigit()
        and not kind.value.endswith(("专业", "图"))
        and discipline_of(kind.value)
    ):
        score = min(number.score, kind.score)
        found["number"] = dataclasses.replace(number, value=f"{kind.value}-{number.value}", score=score)
    said = discipline_of(kind.value) if kind else ""
    if kind and said:
        found["discipline"] = dataclasses.replace(kind, value=said, read=kind.value if kind.value != said else "")
    elif number and (meant := discipline_of(number.value)):
        found["discipline"] = dataclasses.replace(number, value=meant, rule="from number")
    return found


def _field(of: Sequence[Piece], page: int, rule: str, value: str, factor: float) -> FieldValue:
    boxes = [bounds(p.line.box) for p in of]
    box = quad(min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))
    score = min(p.line.score for p in of) * factor
    read = "".join(fold(p.text) for p in of)
    return FieldValue(
        value, page, box, round(score, 4), rule, read if factor in {CORRECTED, BY_FORM * CORRECTED} else ""
    )
