"""Use cases of the stage form (一张表单): put a value right, confirm what was read, undo, print."""

from typing import Any

from django.db import transaction
from django.utils import timezone

import ingest
from archive import append_event
from catalogue import CatalogueError, FormField
from ingest import filled_form, form_of, item_of
from ocr import normal_value
from signing import render
from workers import zones
from workers.form_words import printed
from workers.groundwork import NotPossibleError, lock_beside

SHAPES = {
    "date": "日期，如 2026-11-24 或 2026年11月24日",
    "amount": "金额，如 12345.00 或 1.2万元",
    "area": "面积，如 1200.5 或 1200.5平方米",
    "uscc": "18 位统一社会信用代码",
    "project-code": "项目代码，如 2603-990101-04-01-318264",
    "company": "单位全称",
    "person": "姓名",
    "phone": "电话号码",
    "permit": "证书编号",
}
"""What a value of a kind looks like, for who typed another."""

EDITABLE = (ingest.Case.State.OPEN, ingest.Case.State.ACCEPTED)


@transaction.atomic
def set_form_value(case: ingest.Case, name: str, value: str, *, by: Any) -> ingest.StageFormValue:
    """Keep a value that a person typed or confirmed; what the form showed before stays beside it, with its origin.

    Raises:
        NotPossibleError: `not-open`, `unknown-form-field`, `value-required`, or `malformed-value`.
    """
    _require_editable(case)
    field = _field(case, name)
    before = next(line.chosen for line in filled_form(case) if line.field.name == name)
    row = ingest.StageFormValue.objects.create(
        project=case.project,
        works=case.works if field.subject == "works" else None,
        case=case,
        stage=item_of(case).stage,
        field=name,
        value=value if before and value == before.value else _normalised(field, value),
        read=before.to_json() if before else None,
        set_at=timezone.now(),
        set_by=by,
    )
    _tell("form-value-set", case, by, field=name, value=row.value, before=before.value if before else "")
    return row


@transaction.atomic
def confirm_form(case: ingest.Case, *, by: Any) -> list[ingest.StageFormValue]:
    """Confirm every value that was found and that nothing contradicts; what differs is for a person to choose."""
    sure = [line for line in filled_form(case) if line.state == "filled" and line.chosen]
    return [set_form_value(case, line.field.name, line.chosen.value, by=by) for line in sure if line.chosen]


@transaction.atomic
def undo_form_value(case: ingest.Case, name: str, *, by: Any) -> ingest.StageFormValue:
    """Take back what was typed last for a field; what held before holds again.

    Raises:
        NotPossibleError: `not-open`, or `nothing-typed`.
    """
    _require_editable(case)
    beside = set(case.beside.values_list("pk", flat=True))
    row = next((row for row in ingest.typed_values(case) if row.field == name and row.case_id in beside), None)
    if row is None:
        raise NotPossibleError("nothing-typed", f"“{name}”没有人工填写的内容可撤销")
    row.undone_at, row.undone_by = timezone.now(), by
    row.save(update_fields=["undone_at", "undone_by"])
    _tell("form-value-undone", case, by, field=name, value=row.value)
    return row


def form_json(case: ingest.Case) -> dict[str, Any]:
    """The form as data: fields with value, state, origin, evidence and all candidates."""
    lines = filled_form(case)
    return {
        "stage": item_of(case).stage,
        "project": case.project.code,
        "cases": [{"number": each.number, "item": each.item_code} for each in case.beside],
        "fields": [line.to_json() for line in lines],
        "open": sum(line.state in {"missing", "differs", "lapsed"} for line in lines),
    }


def print_form(case: ingest.Case, *, by: Any) -> tuple[str, bytes]:
    """The form as PDF/A with the origin of every value; its digest and bytes, and a note that it was printed."""
    now = timezone.now()
    pdf = render("stage_form", printed(case, on=timezone.localdate()), created=now)
    sha256 = zones.keep_derivative(pdf, "application/pdf").sha256
    append_event("form-printed", case_number=case.number, actor=by, object_sha256=sha256, now=now)
    return sha256, pdf


def _field(case: ingest.Case, name: str) -> FormField:
    try:
        return form_of(case).field(name)
    except CatalogueError as unknown:
        raise NotPossibleError(unknown.code, str(unknown)) from unknown


def _normalised(field: FormField, value: str) -> str:
    """The value in the writing of its kind, so that it can be compared with what is read elsewhere."""
    if not value.strip():
        if field.required:
            raise NotPossibleError("value-required", f"“{field.name}”必须填写")
        return ""
    found = normal_value(field.kind, value)
    if found is None:
        shape = SHAPES.get(field.kind, "文字")
        raise NotPossibleError("malformed-value", f"“{field.name}”应填{shape}；请检查“{value.strip()}”")
    return found


def _require_editable(case: ingest.Case) -> None:
    if not any(each.state in EDITABLE for each in lock_beside(case)):
        raise NotPossibleError("not-open", "办件已作出决定，表单不能再改")


def _tell(kind: str, case: ingest.Case, by: Any, **details: Any) -> None:
    for each in case.beside:
        append_event(kind, case_number=each.number, actor=by, details=details, now=timezone.now())
