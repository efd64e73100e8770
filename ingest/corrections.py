"""What a person corrects: what a document is, and what a field of it says. What was read stays beside it.

Page readings are never touched. A correction is a row of its own with the value before, the value after, who and when;
taking it back marks the row and puts the value before in place again.
"""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from typing import Any

from catalogue import FieldSpec, MaterialType, load_catalogue
from ingest.filing import use_material
from ingest.models import Correction, Material
from ingest.sorting import number_of, valid_until
from ocr import FieldValue, PageReading, extract_fields, from_json, normal_value

BY_HAND = "by hand"
"""The rule of a field that a person typed, beside those by which fields are read."""

_KEPT = ("type", "type_score", "why", "fields", "number", "corrected_by_id")


class BadCorrectionError(ValueError):
    """The field is none of this material, or the text is no such value. The message is for the person who typed it."""


def refile(material: Material, type_code: str, *, by: Any, now: dt.datetime) -> Correction:
    """A clerk says what a document is: its old use ends, a new one begins, its fields are read anew by that type.

    Fields that were typed by hand and belong to the new type too keep what was typed.
    """
    made = Correction.objects.create(material=material, before=_kept(material), after=type_code, by=by, at=now)
    typed = {name: value for name, value in material.fields.items() if value["rule"] == BY_HAND}
    kind = load_catalogue().material_type(type_code) if type_code else None
    end_uses(material, now=now)
    material.type, material.type_score, material.why = type_code, 1.0, "窗口人员指定"
    material.fields = read_fields(kind, readings_of(material), typed)
    material.corrected_by = by
    derive(material, kind)
    material.save()
    use_material(material, material.upload.case, by=by, now=now)
    return made


def correct_field(material: Material, name: str, text: str, *, by: Any, now: dt.datetime) -> Correction:
    """A clerk types what a field really says. Where it stands on the page, and what was read there, stays with it.

    Raises:
        BadCorrectionError: The type has no such field, or the text is no value of its kind.
    """
    kind = load_catalogue().material_type(material.type) if material.type else None
    spec = next((field for field in kind.fields if field.name == name), None) if kind else None
    if kind is None or spec is None:
        raise BadCorrectionError(f"该材料没有“{name}”这一项，请刷新后再改")
    value = _typed(spec, text)
    read = material.fields.get(name)
    made = Correction.objects.create(material=material, field=name, before=read, after=value, by=by, at=now)
    place = read or {"page": material.pages[0], "box": []}
    said = {**place, "value": value, "score": 1.0, "rule": BY_HAND, "read": read["value"] if read else ""}
    material.fields = {**material.fields, name: said}
    derive(material, kind)
    material.save(update_fields=["fields", "number", "valid_until"])
    return made


def take_back(correction: Correction, *, by: Any, now: dt.datetime) -> None:
    """Undo a correction: the value before holds again, the row stays and says when it was taken back."""
    material = correction.material
    if correction.field:
        earlier = {**material.fields, correction.field: correction.before}  # in the order there was
        material.fields = {name: value for name, value in earlier.items() if value is not None}
    else:
        end_uses(material, now=now)
        for name, value in (correction.before or {}).items():
            setattr(material, name, value)
    derive(material, load_catalogue().material_type(material.type) if material.type else None)
    material.save()
    if not correction.field:
        use_material(material, material.upload.case, by=by, now=now)
    correction.undone_at = now
    correction.save(update_fields=["undone_at"])


def end_uses(material: Material, *, now: dt.datetime) -> None:
    """The document stands for no entry any more; the rows stay and say until when it did."""
    material.uses.filter(withdrawn_at=None).update(withdrawn_at=now)


def readings_of(material: Material) -> list[PageReading]:
    """What was read on the pages of the document, in their order."""
    pages = material.upload.pages.filter(number__in=material.pages, reading__isnull=False)
    read = {page.number: from_json(page.reading or {}) for page in pages}
    return [read[number] for number in material.pages if number in read]


def read_fields(
    kind: MaterialType | None, pages: Sequence[PageReading], typed: dict[str, Any]
) -> dict[str, dict[str, Any]]:
    """The fields of a document of that type, JSON-ready; those of `typed` that the type has stand as typed."""
    if kind is None:
        return {}
    known = {field.name for field in kind.fields}
    found = {name: dataclasses.asdict(value) for name, value in extract_fields(kind.code, pages).items()}
    return found | {name: value for name, value in typed.items() if name in known}


def derive(material: Material, kind: MaterialType | None) -> None:
    """Number and validity follow from the fields."""
    fields = {name: FieldValue(**value) for name, value in material.fields.items()}
    material.number = number_of(kind, fields)
    material.valid_until = valid_until(kind, fields) if kind else None


def _kept(material: Material) -> dict[str, Any]:
    return {name: getattr(material, name) for name in _KEPT}


def _typed(spec: FieldSpec, text: str) -> str:
    value = normal_value(spec.kind, text)
    if value is None:
        raise BadCorrectionError(f"“{text}”不是有效的{spec.name}，请对照页面重新输入")
    return value
