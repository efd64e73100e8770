"""Where the values of a stage form come from: documents of the case, its facts, what was typed, the project's past.

A later correction goes forward: what came after the case was decided changes its form no more.
"""

import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping

from django.db.models import Q
from django.utils import timezone

from catalogue import FormField, StageForm, applicable, stage_form
from ingest.form_archive import Places, archived_by, from_archive, from_other_projects, held_value, lapsed
from ingest.held_fields import held_fields
from ingest.items import item_of
from ingest.models import Case, Material, MaterialUse, StageFormValue
from ingest.stage_form import FormLine, FormValue, Origin, fill_form, quad, same_value
from ocr import FieldValue


def form_of(case: Case) -> StageForm:
    """The form of the case's stage, with what the application forms of all cases beside it ask."""
    cases = list(case.beside.select_related("project"))
    materials = {entry.material for each in cases for entry in applicable(item_of(each), each.answers)}
    return stage_form(item_of(case).stage, materials)


def filled_form(case: Case) -> tuple[FormLine, ...]:
    """The form of the case, or of its parallel case, as it stands."""
    form, end = form_of(case), _decided(case)
    places, known = _places(form), _known(case)
    found: defaultdict[str, list[FormValue]] = defaultdict(list)
    for name, value in [
        *_read(case, places),
        *_facts(case, form, known),
        *_typed(case),
        *_earlier(case, places, end),
        *from_archive(case, places, end),
        *from_other_projects(case, places, end),
    ]:
        found[name].append(value)
    for field in form.fields:
        if fact := known.get(field.fact, ""):
            found[field.name] = [_held_against(value, fact) for value in found[field.name]]
    return fill_form(form, found)


BROUGHT = frozenset({"carried", "archive", "earlier", "company"})
"""Origins of values that were so at another time, or of another project."""


def _held_against(value: FormValue, fact: str) -> FormValue:
    """A value brought from elsewhere that is not what was registered now: a company that was renamed, a new name.

    A paper taken from the archive is of another time too, though it stands for this case.
    """
    brought = value.origin in BROUGHT or value.ref.startswith("held:")
    if brought and not value.lapsed and not same_value(value.value, fact):
        return dataclasses.replace(value, lapsed=f"本次登记为“{fact}”")
    return value


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


def _read(case: Case, places: Places) -> Iterator[tuple[str, FormValue]]:
    """What the documents of the case and of those beside it say, handed in or taken from the archive."""
    for material in Material.objects.filter(
        upload__in=case.pile, upload__withdrawn_at=None, withdrawn_at=None
    ).select_related("upload"):
        yield from _of_material(material, places, "read")
    uses = MaterialUse.objects.filter(case__in=case.beside, withdrawn_at=None, held__isnull=False)
    rows = {use.held.pk: use.held for use in uses.select_related("held__package") if use.held}
    fields = held_fields(rows.values())
    for row in rows.values():
        for name, value in fields[row.pk].items():
            if field := places.get(f"{row.type}.{name}"):
                yield field.name, held_value(row, name, value, "read")


def _earlier(case: Case, places: Places, until: dt.datetime | None) -> Iterator[tuple[str, FormValue]]:
    """What other cases of the project say and is not archived; of a fact of the works only cases of the same works."""
    others = Case.objects.filter(project=case.project_id).exclude(pk__in=case.beside)
    found = Material.objects.filter(upload__case__in=others, upload__withdrawn_at=None, withdrawn_at=None)
    if until:
        found = found.filter(upload__uploaded_at__lte=until)
    found = found.exclude(archived_by(until))
    day = timezone.localdate(until) if until else timezone.localdate()
    for material in found.select_related("upload__case"):
        same = case.works_id is not None and material.upload.case.works_id == case.works_id
        mine = {source: field for source, field in places.items() if same or field.subject != "works"}
        for name, value in _of_material(material, mine, "earlier"):
            yield name, dataclasses.replace(value, lapsed=lapsed(material.valid_until, day))


def _decided(case: Case) -> dt.datetime | None:
    """When the last case beside was decided: what later cases of the project say changes its form no more."""
    times = list(case.beside.values_list("decided_at", flat=True))
    decided = [moment for moment in times if moment]
    return max(decided) if decided and len(decided) == len(times) else None


def _known(case: Case) -> dict[str, str]:
    """What the window registered when the case was opened."""
    return {
        "project_name": case.project.name,
        "project_code": case.project.code,
        "works_name": case.works.name if case.works else "",
        "applicant_name": case.applicant_name,
        "applicant_uscc": case.applicant_uscc,
    }


def _facts(case: Case, form: StageForm, known: Mapping[str, str]) -> Iterator[tuple[str, FormValue]]:
    for field in form.fields:
        if known.get(field.fact):
            yield field.name, FormValue(known[field.fact], "fact", case_number=case.number)


def _of_material(material: Material, places: Places, origin: Origin) -> Iterator[tuple[str, FormValue]]:
    for field, source, value in _stated(material.type, material.fields, places):
        upload = material.upload
        found = _value(value, origin, source, upload.file_name, f"material:{material.pk}")
        if origin == "earlier":
            at, number = upload.uploaded_at.isoformat(), upload.case.number
            found = dataclasses.replace(found, at=at, case_number=number)
        yield field.name, found


def _stated(
    kind: str, fields: dict[str, dict[str, object]], places: Places
) -> Iterator[tuple[FormField, str, FieldValue]]:
    """The fields of a document that the form asks for."""
    for name, value in fields.items():
        if field := places.get(f"{kind}.{name}"):
            yield field, f"{kind}.{name}", FieldValue(**value)  # type: ignore[arg-type]


def _value(read: FieldValue, origin: Origin, source: str, file: str, ref: str) -> FormValue:
    """One value with where it stands."""
    return FormValue(read.value, origin, source, file, read.page, quad(read.box), round(read.score, 3), read.rule, ref)


def _places(form: StageForm) -> dict[str, FormField]:
    return {source: field for field in form.fields for source in field.sources}


def _same_works(case: Case) -> Q:
    """Values of the project, and of the case's works."""
    mine = Q(works=None)
    return mine | Q(works=case.works_id) if case.works_id else mine
