"""What the archive, and other projects of the same company, say for a stage form (信息一次填报).

From the project's own archive every fact is taken; from another project of the company only what is a fact of the
company (`FormField.subject`). What was true of a paper that has lapsed or was withdrawn since is shown, and asked.
"""

import datetime as dt
from collections.abc import Iterator, Mapping

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from archive import HeldMaterial
from catalogue import FormField, load_catalogue
from ingest.held_fields import ISSUED, held_fields
from ingest.models import Case, Material, MaterialUse, StageFormValue
from ingest.stage_form import FormValue, Origin, quad

Places = Mapping[str, FormField]
"""A printed field (``TYPE.field``) and the field of the form that it states."""


def from_archive(case: Case, places: Places, until: dt.datetime | None) -> Iterator[tuple[str, FormValue]]:
    """What archived materials of the project, its works and its company say that the case itself does not use."""
    types = {place.partition(".")[0] for place in places}
    held = HeldMaterial.objects.filter(_whose(case), type__in=types).exclude(uses__in=_uses(case))
    if until:
        held = held.filter(held_since__lte=until)
    rows = list(held.select_related("package").order_by("-held_since", "-pk"))
    fields, day = held_fields(rows), timezone.localdate(until) if until else timezone.localdate()
    for row in rows:
        same_project = row.package.project_code in case.project.codes
        origin: Origin = "archive" if same_project else "company"
        for name, value in fields[row.pk].items():
            field = places.get(f"{row.type}.{name}")
            if field and (same_project or field.subject == "company"):
                yield (
                    field.name,
                    held_value(row, name, value, origin, lapsed=_ended(row, day) or lapsed(row.valid_until, day)),
                )


def _whose(case: Case) -> Q:
    """Materials of the project under any of its codes, of the case's works, and of its company."""
    mine = Q(subject_kind="company", subject=case.applicant_uscc) if case.applicant_uscc else Q(pk=None)
    for code in case.project.codes:
        mine |= Q(subject_kind="project", subject=code)
        if case.works:
            mine |= Q(subject_kind="works", subject=f"{code}/{case.works.name}")
    return mine


def _uses(case: Case) -> QuerySet[MaterialUse]:
    return MaterialUse.objects.filter(case__in=case.beside, withdrawn_at=None)


def held_value(
    row: HeldMaterial, name: str, value: Mapping[str, object], origin: Origin, *, lapsed: str = ""
) -> FormValue:
    """A field of an archived material; of one issued here there is no page to look at, only its register."""
    read = value["rule"] != ISSUED
    return FormValue(
        str(value["value"]),
        origin,
        f"{row.type}.{name}",
        f"{row.name}（{row.package.archive_number}）",
        int(str(value["page"])) if read else None,
        quad(value["box"]) if read else None,
        round(float(str(value["score"])), 3),
        str(value["rule"]),
        f"held:{row.pk}",
        at="" if origin == "read" else row.held_since.isoformat(),
        case_number="" if origin == "read" else row.package.case_number,
        lapsed=lapsed,
    )


def lapsed(valid_until: dt.date | None, day: dt.date) -> str:
    """Why what a paper says may no longer be so; empty: it holds."""
    return f"来源已于{valid_until:%Y-%m-%d}到期" if valid_until and valid_until <= day else ""


def _ended(row: HeldMaterial, day: dt.date) -> str:
    """How an archived paper lost its force other than by its date; what happened after the day is not known on it."""
    if row.standing == HeldMaterial.Standing.HOLDS or row.standing_since is None:
        return ""
    since = timezone.localdate(row.standing_since)
    return f"来源{row.get_standing_display()}（{since:%Y-%m-%d}）" if since <= day else ""


def archived_by(until: dt.datetime | None) -> Exists:
    """Whether a document that was handed in lay in the archive by then, which is then asked in its place."""
    held = HeldMaterial.objects.filter(sha256=OuterRef("upload__sha256"), type=OuterRef("type"))
    return Exists(held.filter(held_since__lte=until) if until else held)


def from_other_projects(case: Case, places: Places, until: dt.datetime | None) -> Iterator[tuple[str, FormValue]]:
    """Facts of the company that were typed, or read from its own papers, for another of its projects; newest first."""
    names = {field.name for field in places.values() if field.subject == "company"}
    if not case.applicant_uscc or not names:
        return
    typed = StageFormValue.objects.filter(field__in=names, undone_at=None, case__applicant_uscc=case.applicant_uscc)
    typed = typed.exclude(project=case.project_id)
    papers = Material.objects.filter(
        upload__case__applicant_uscc=case.applicant_uscc,
        type__in=[kind.code for kind in load_catalogue().material_types() if kind.subject == "company"],
        withdrawn_at=None,
        upload__withdrawn_at=None,
    ).exclude(upload__case__project=case.project_id)
    papers = papers.exclude(archived_by(until))
    if until:
        typed, papers = typed.filter(set_at__lte=until), papers.filter(upload__uploaded_at__lte=until)
    day = timezone.localdate(until) if until else timezone.localdate()
    seen: set[str] = set()
    for row in typed.select_related("set_by", "case").order_by("-pk"):
        if row.field not in seen:
            seen.add(row.field)
            by = row.set_by.get_full_name() or row.set_by.get_username()
            at = row.set_at.isoformat()
            yield row.field, FormValue(row.value, "company", by=by, at=at, case_number=row.case.number)
    for paper in papers.select_related("upload__case").order_by("-pk"):
        for name, value in paper.fields.items():
            field = places.get(f"{paper.type}.{name}")
            if field and field.subject == "company":
                yield field.name, _of_paper(paper, name, value, day)


def _of_paper(paper: Material, name: str, value: Mapping[str, object], day: dt.date) -> FormValue:
    return FormValue(
        str(value["value"]),
        "company",
        f"{paper.type}.{name}",
        paper.upload.file_name,
        int(str(value["page"])),
        quad(value["box"]),
        round(float(str(value["score"])), 3),
        str(value["rule"]),
        f"material:{paper.pk}",
        at=paper.upload.uploaded_at.isoformat(),
        case_number=paper.upload.case.number,
        lapsed=lapsed(paper.valid_until, day),
    )
