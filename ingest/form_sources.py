"""Where the values of a stage form come from: documents of the case, its facts, what was typed, the project's past."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence

from django.db.models import Q

from catalogue import FormField, StageForm, applicable, stage_form
from ingest.items import item_of
from ingest.models import Case, Material, MaterialUse, StageFormValue
from ingest.stage_form import FormLine, FormValue, Origin, fill_form
from ocr import FieldValue, Quad


def form_of(case: Case) -> StageForm:
    """The form of the case's stage, with what the application forms of all cases beside it ask."""
    cases = list(case.beside.select_related("project"))
    materials = {entry.material for each in cases for entry in applicable(item_of(each), each.answers)}
    return stage_form(item_of(case).stage, materials)


def filled_form(case: Case) -> tuple[FormLine, ...]:
    """The form of the case, or of its parallel case, as it stands."""
    form = form_of(case)
    found: defaultdict[str, list[FormValue]] = defaultdict(list)
    for name, value in [*_read(case, form), *_facts(case, form), *_typed(case), *_earlier(case, form)]:
        found[name].append(value)
    return fill_form(form, found)


def typed_values(case: Case) -> "list[StageFormValue]":
    """What persons typed for the project and the works of the case and did not undo, newest first."""
    rows = StageFormValue.objects.filter(project=case.project_id, undone_at=None)
    if end := _decided(case):
        rows = rows.filter(set_at__lte=end)
    return list(rows.filter(_same_works(case)).select_related("set_by", "case").order_by("-pk"))


def _typed(case: Case) -> Iterator[tuple[str, FormValue]]:
    """The newest of each field; what was typed in an earlier case of the project is carried over."""
    seen: set[str] = set()
    beside = set(case.beside.values_list("pk", flat=True))
    for row in typed_values(case):
        if row.field in seen:
            continue
        seen.add(row.field)
        by = row.set_by.get_full_name() or row.set_by.get_username()
        origin: Origin = "typed" if row.case_id in beside else "carried"
        yield row.field, FormValue(row.value, origin, by=by, at=row.set_at.isoformat(), case_number=row.case.number)


def _read(case: Case, form: StageForm) -> Iterator[tuple[str, FormValue]]:
    """What the documents of the case and of those beside it say, handed in or taken from the archive."""
    places = _places(form)
    for material in Material.objects.filter(
        upload__in=case.pile, upload__withdrawn_at=None, withdrawn_at=None
    ).select_related("upload"):
        yield from _of_material(material, places, "read")
    uses = MaterialUse.objects.filter(case__in=case.beside, withdrawn_at=None, held__isnull=False)
    for held in {use.held.pk: use.held for use in uses.select_related("held__package") if use.held}.values():
        for field, source, value in _stated(held.type, held.fields, places):
            file = f"{held.name}（{held.package.archive_number}）"
            yield field.name, _value(value, "read", source, file, f"held:{held.pk}")


def _earlier(case: Case, form: StageForm) -> Iterator[tuple[str, FormValue]]:
    """What other cases of the project say; of a fact of the works only cases of the same works."""
    others = Case.objects.filter(project=case.project_id).exclude(pk__in=case.beside)
    found = Material.objects.filter(upload__case__in=others, upload__withdrawn_at=None, withdrawn_at=None)
    if end := _decided(case):
        found = found.filter(upload__uploaded_at__lte=end)
    for material in found.select_related("upload__case"):
        same = case.works_id is not None and material.upload.case.works_id == case.works_id
        places = {source: field for source, field in _places(form).items() if same or field.subject == "project"}
        yield from _of_material(material, places, "earlier")


def _decided(case: Case) -> dt.datetime | None:
    """When the last case beside was decided: what later cases of the project say changes its form no more."""
    times = list(case.beside.values_list("decided_at", flat=True))
    decided = [moment for moment in times if moment]
    return max(decided) if decided and len(decided) == len(times) else None


def _facts(case: Case, form: StageForm) -> Iterator[tuple[str, FormValue]]:
    """What the window registered when the case was opened."""
    known = {
        "project_name": case.project.name,
        "project_code": case.project.code,
        "works_name": case.works.name if case.works else "",
        "applicant_name": case.applicant_name,
        "applicant_uscc": case.applicant_uscc,
    }
    for field in form.fields:
        if known.get(field.fact):
            yield field.name, FormValue(known[field.fact], "fact", case_number=case.number)


def _of_material(material: Material, places: dict[str, FormField], origin: Origin) -> Iterator[tuple[str, FormValue]]:
    for field, source, value in _stated(material.type, material.fields, places):
        number = material.upload.case.number if origin == "earlier" else ""
        file, ref = material.upload.file_name, f"material:{material.pk}"
        yield field.name, _value(value, origin, source, file, ref, number)


def _stated(
    kind: str, fields: dict[str, dict[str, object]], places: dict[str, FormField]
) -> Iterator[tuple[FormField, str, FieldValue]]:
    """The fields of a document that the form asks for."""
    for name, value in fields.items():
        if field := places.get(f"{kind}.{name}"):
            yield field, f"{kind}.{name}", FieldValue(**value)  # type: ignore[arg-type]


def _value(  # noqa: PLR0913, PLR0917 - one value with where it stands
    read: FieldValue, origin: Origin, source: str, file: str, ref: str, case_number: str = ""
) -> FormValue:
    return FormValue(
        read.value,
        origin,
        source,
        file,
        read.page,
        _quad(read.box),
        round(read.score, 3),
        read.rule,
        ref,
        case_number=case_number,
    )


def _quad(box: Sequence[Sequence[float]]) -> Quad:
    """The box as it was before the database made lists of it."""
    (a, b), (c, d), (e, f), (g, h) = box
    return (a, b), (c, d), (e, f), (g, h)


def _places(form: StageForm) -> dict[str, FormField]:
    return {source: field for field in form.fields for source in field.sources}


def _same_works(case: Case) -> Q:
    """Values of the project, and of the case's works."""
    mine = Q(works=None)
    return mine | Q(works=case.works_id) if case.works_id else mine
