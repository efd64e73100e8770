"""Documents of a file divided and joined by hand: which pages belong together.

The documents there were are withdrawn and others stand in their place; nothing is deleted, so taking it back means
that the first stand again.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from catalogue import load_catalogue
from ingest.corrections import BY_HAND, derive, end_uses, read_fields, readings_of
from ingest.filing import use_material
from ingest.models import Material
from ocr import from_json, recognise

Part = tuple[tuple[int, ...], str | None]
"""Page numbers that belong together, and what they are; None: look anew."""

DIVIDED = "窗口人员分合"


class BadGroupingError(ValueError):
    """The pages cannot be grouped so. The message is for the person who asked."""


def divide(material: Material, first: int) -> list[Part]:
    """The document in two: the pages before that number stay what they are, the rest is looked at anew."""
    before = tuple(number for number in material.pages if number < first)
    behind = tuple(number for number in material.pages if number >= first)
    if not before or not behind:
        raise BadGroupingError("只有一页的材料不能再拆；请选第二页或以后的页")
    return [(before, material.type), (behind, None)]


def take_out(material: Material, number: int, type_code: str) -> list[Part]:
    """One page out of the document, as a document of that type; what is left keeps its type."""
    if number not in material.pages:
        raise BadGroupingError("该页已不在这份材料里，请刷新后再试")
    rest = tuple(n for n in material.pages if n != number)
    return [*([(rest, material.type)] if rest else []), ((number,), type_code)]


def regroup(old: Sequence[Material], parts: Sequence[Part], *, by: Any, now: dt.datetime) -> list[Material]:
    """Other documents in place of these, all of one file; fields typed by hand go with the page they stand on."""
    upload = old[0].upload
    if any(material.upload_id != upload.pk for material in old):
        raise BadGroupingError("不同文件里的页不能并成一份材料；可分别归到同一项下")
    typed = {name: value for m in old for name, value in m.fields.items() if value["rule"] == BY_HAND}
    for material in old:
        _withdraw(material, now=now)
    made = []
    for pages, known in parts:
        guess = recognise([from_json(p.reading) for p in upload.pages.filter(number__in=pages) if p.reading])
        material = Material(upload=upload, pages=list(pages), type=guess.type if known is None else known)
        same = guess.type == material.type
        material.type_score, material.why = (guess.score, guess.why) if same else (1.0, DIVIDED)
        material.corrected_by = None if same else by
        _fill(material, {name: value for name, value in typed.items() if value["page"] in pages})
        material.save()
        use_material(material, upload.case, by=by, now=now)
        made.append(material)
    return made


def group_back(old: Sequence[Material], made: Sequence[Material], *, by: Any, now: dt.datetime) -> None:
    """Take a regrouping back."""
    for material in made:
        _withdraw(material, now=now)
    for material in old:
        material.withdrawn_at = None
        material.save(update_fields=["withdrawn_at"])
        use_material(material, material.upload.case, by=by, now=now)


def _fill(material: Material, typed: dict[str, Any]) -> None:
    kind = load_catalogue().material_type(material.type) if material.type else None
    material.fields = read_fields(kind, readings_of(material), typed)
    derive(material, kind)


def _withdraw(material: Material, *, now: dt.datetime) -> None:
    end_uses(material, now=now)
    material.withdrawn_at = now
    material.save(update_fields=["withdrawn_at"])
