"""Reading the 提交账 of a project from its cases, their uses, and what lay in the archive at the time."""

import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Q
from django.utils import timezone

import ingest
from archive import HeldMaterial
from archive.holdings import areas_of, subject_of_row
from catalogue import Requirement, applicable, is_application, load_catalogue
from ingest import MaterialUse, subject_of
from workers.groundwork import NotPossibleError, item_of
from workers.ledger import HANDED_IN, LedgerCase, LedgerSheet, Paper, ProjectLedger, find_before

GIVEN_UP = ("void",)
"""States of a promise in which it stands for nothing."""
ELSEWHERE = "其他部门的办件"
NAMED = {"applicant_field": "建设单位", "project_field": "项目名称", "works_field": "工程名称"}
"""Which fields of a type name somebody or something, and what is said of them."""


def project_ledger(code: str, within: Q | None = None) -> ProjectLedger:
    """The account of a project as it stands now, or of those of its cases that fit `within`.

    Raises:
        NotPossibleError: `unknown-project`.
    """
    project = ingest.Project.objects.filter(code=code).first()
    if project is None:
        raise NotPossibleError("unknown-project", f"没有登记过项目 {code}；请核对项目代码")
    rows = project.cases.filter(within) if within else project.cases.all()
    cases = list(rows.select_related("project", "works", "parallel").order_by("opened_at", "pk"))
    papers = _papers(project, cases, _Told(within))
    uses = _uses(cases)
    promises: dict[int, dict[str, ingest.Promise]] = defaultdict(dict)
    for given in ingest.Promise.objects.filter(case__in=cases).exclude(state__in=GIVEN_UP):
        promises[given.case_id][given.entry] = given
    counted: set[int] = set()
    opinions = _opinions(cases)
    read = [
        _with_opinions(_case(case, uses[case.pk], promises[case.pk], papers, counted), opinions[case.parallel_id])
        for case in cases
    ]
    return ProjectLedger(project.code, project.name, project.owner_name, tuple(read))


def _opinions(cases: Sequence[ingest.Case]) -> Mapping[int | None, dict[str, str]]:
    """By joint acceptance the results of its parts: a favourable opinion has no paper of its own (`workers.order`)."""
    found: dict[int | None, dict[str, str]] = defaultdict(dict)
    for case in cases:
        if case.parallel and case.parallel.lead_item and (case.decision or {}).get("result") == "passed":
            words = f"“{item_of(case).name}”的单项意见（办件{case.number}）"
            found[case.parallel_id] |= {output.material: words for output in item_of(case).outputs}
    return found


def _with_opinions(told: LedgerCase, given: Mapping[str, str]) -> LedgerCase:
    """What was awaited of a part of the joint acceptance is met once the part gave its opinion."""
    sheets = (
        dataclasses.replace(sheet, how="joint", where=given[sheet.entry])
        if sheet.how == "awaited" and sheet.entry in given
        else sheet
        for sheet in told.sheets
    )
    return dataclasses.replace(told, sheets=tuple(sheets))


def _uses(cases: Sequence[ingest.Case]) -> Mapping[int, dict[str, MaterialUse]]:
    """For each case the use that stands for each entry: the newest."""
    found: dict[int, dict[str, MaterialUse]] = defaultdict(dict)
    rows = MaterialUse.objects.filter(case__in=cases, withdrawn_at=None)
    rows = rows.exclude(material__withdrawn_at__isnull=False).exclude(material__upload__withdrawn_at__isnull=False)
    for use in rows.select_related("material__upload", "held__package").order_by("pk"):
        found[use.case_id][use.entry] = use
    return found


def _case(
    case: ingest.Case,
    uses: Mapping[str, MaterialUse],
    promises: Mapping[str, ingest.Promise],
    papers: Mapping[str, Sequence[Paper]],
    counted: set[int],
) -> LedgerCase:
    item = item_of(case)
    wanted = {entry.material for entry in applicable(item, case.answers)}
    states = {row["material"]: row["state"] for row in (case.report or {"requirements": []})["requirements"]}
    sheets = []
    for entry in item.materials:
        if use := uses.get(entry.material):
            sheets.append(_used(case, entry, use, papers, counted))
        else:
            sheets.append(_unused(entry, promises.get(entry.material), states, applies=entry.material in wanted))
    return LedgerCase(
        case.number,
        item.code,
        item.name,
        item.stage,
        item.lead_dept,
        timezone.localdate(case.opened_at),
        case.get_state_display(),
        case.works.name if case.works else "",
        case.parallel.number if case.parallel else "",
        tuple(sheets),
    )


def _used(
    case: ingest.Case, entry: Requirement, use: MaterialUse, papers: Mapping[str, Sequence[Paper]], counted: set[int]
) -> LedgerSheet:
    """A sheet that something stands for. What is handed in for a parallel case counts at the first that takes it."""
    if use.material:
        first = use.material.pk not in counted
        counted.add(use.material.pk)
        how = "uploaded" if first else "beside"
        file, pages, ref = use.material.upload.file_name, tuple(use.material.pages), f"material:{use.material.pk}"
        where, at = f"{file}（{use.material.upload.case.number}）", use.material.upload.uploaded_at
        mine = next((one for one in papers[entry.material] if one.ref == ref), None)
        before, note = find_before(mine, papers[entry.material]) if mine and first else (None, "")
        spared = 0 if first else len(pages) * max(entry.copies, 1)
        return LedgerSheet(
            entry.material, entry.name, how, where, file, pages, at, ref, entry.demanded, before, note, spared
        )
    held = use.held
    assert held is not None  # noqa: S101 - the table says one of the two
    mine = next((one for one in papers[entry.material] if one.ref == f"held:{held.pk}"), None)
    before = None
    if use.how in HANDED_IN and mine:  # it came again, was recognised, and the archived one stands for it
        before, _ = find_before(_again(mine, use.used_at, case), papers[entry.material])
    spared = 0 if use.how in HANDED_IN else len(held.pages) * max(entry.copies, 1)
    return LedgerSheet(
        entry.material,
        entry.name,
        use.how,
        f"档号 {held.package.archive_number}",
        held.name,
        tuple(held.pages),
        use.used_at,
        f"held:{held.pk}",
        entry.demanded,
        before,
        "",
        spared,
    )


def _again(paper: Paper, at: dt.datetime, case: ingest.Case) -> Paper:
    """An archived paper as it was handed in once more for a case."""
    return dataclasses.replace(paper, since=at, day=timezone.localdate(at), submission=_submission(case), held=False)


def _unused(
    entry: Requirement, promise: ingest.Promise | None, states: Mapping[str, str], *, applies: bool
) -> LedgerSheet:
    """A sheet that nothing stands for: promised, not needed, looked up, awaited, or still to come."""
    state = states.get(entry.material, "")
    if not applies:
        how, where = "not-applicable", "按项目情形不适用"
    elif promise:
        how, where = "promised", promise.get_kind_display()
    elif not entry.demanded:
        how, where = "register", "、".join(entry.share_from) or entry.source_dept
    elif state == "not-applicable":
        how, where = "not-applicable", "由联合验收的一张表单代替"
    elif state == "awaited":
        how, where = "awaited", "并联事项办结后归集"
    else:
        how, where = "missing", ""
    return LedgerSheet(entry.material, entry.name, how, where, demanded=entry.demanded)


class _Told:
    """Where an earlier paper lies, in words; of a case that who asks may not see, only that there is one."""

    def __init__(self, within: Q | None) -> None:
        seen = ingest.Case.objects.filter(within).values_list("number", flat=True) if within else None
        self._numbers = None if seen is None else set(seen)

    def open(self, case_number: str) -> bool:
        """Whether who asks may see the case."""
        return self._numbers is None or case_number in self._numbers

    def where(self, case_number: str, words: str) -> str:
        """The words, or that it lies elsewhere."""
        return words if self.open(case_number) else ELSEWHERE


def _papers(project: ingest.Project, cases: Sequence[ingest.Case], told: _Told) -> Mapping[str, list[Paper]]:
    """By type everything of the project, and of its companies, that was handed in or lay in the archive."""
    found: dict[str, list[Paper]] = defaultdict(list)
    companies = {case.applicant_uscc for case in cases if case.applicant_uscc} | {project.owner_uscc}
    uploaded = list(_uploaded(project, companies, told))
    archived = list(_archived(project, companies, {paper.subject for paper in uploaded}, told))
    ended = {(one.type, one.subject, one.sha256): one for one in archived if one.ended}
    for paper in uploaded:
        # What lost its force in the archive lost it as it was handed in, too.
        same = ended.get((paper.type, paper.subject, paper.sha256))
        known = dataclasses.replace(paper, ended=same.ended, ended_why=same.ended_why) if same else paper
        found[paper.type].append(known)
    for paper in archived:
        found[paper.type].append(paper)
    return found


def _uploaded(project: ingest.Project, companies: set[str], told: _Told) -> Iterator[Paper]:
    catalogue = load_catalogue()
    of_company = [kind.code for kind in catalogue.material_types() if kind.subject == "company"]
    rows = ingest.Material.objects.filter(withdrawn_at=None, upload__withdrawn_at=None).exclude(type="")
    mine = Q(upload__case__project=project) | Q(upload__case__applicant_uscc__in=companies, type__in=of_company)
    for row in rows.filter(mine).select_related(
        "upload__case__project", "upload__case__works", "upload__case__parallel"
    ):
        kind, case = catalogue.material_type(row.type), row.upload.case
        if is_application(kind):
            continue
        works = case.works.name if case.works else ""
        subject = subject_of(kind, uscc=case.applicant_uscc, project_code=case.project.code, works=works)
        facts = {"type": row.type, "subject_kind": kind.subject, "subject": subject, "fields": row.fields}
        at = row.upload.uploaded_at
        yield Paper(
            row.type,
            _today_subject(subject_of_row(facts) or subject, project),
            at,
            timezone.localdate(at),
            _submission(case),
            told.where(case.number, f"办件{case.number}“{row.upload.file_name}”"),
            row.number,
            _names(kind, row.fields),
            row.valid_until,
            open=told.open(case.number),
            sha256=row.upload.sha256,
            ref=f"material:{row.pk}",
        )


def _archived(project: ingest.Project, companies: set[str], named: set[str], told: _Told) -> Iterator[Paper]:
    """What lay in the archive of the project, under any of its codes, and of companies, persons and areas beside it."""
    areas = areas_of(project.codes, timezone.localdate())
    mine = Q(subject_kind="company", subject__in=companies) | Q(subject_kind="area", subject__in=areas)
    mine |= Q(subject_kind__in=("area", "person"), subject__in=named)
    for code in project.codes:
        mine |= Q(subject_kind="project", subject=code) | Q(subject_kind="works", subject__startswith=f"{code}/")
    rows = list(HeldMaterial.objects.filter(mine).select_related("package"))
    submissions = _submissions({row.package.case_number for row in rows})
    catalogue = load_catalogue()
    for row in rows:
        kind = catalogue.material_type(row.type)
        if is_application(kind):
            continue
        yield Paper(
            row.type,
            _today_subject(row.subject, project),
            row.held_since,
            timezone.localdate(row.held_since),
            submissions.get(row.package.case_number, row.package.case_number),
            told.where(row.package.case_number, f"档案{row.package.archive_number}"),
            row.number,
            _names(kind, row.fields),
            row.valid_until,
            *_ended(row),
            held=True,
            open=told.open(row.package.case_number),
            sha256=row.sha256,
            ref=f"held:{row.pk}",
        )


def _today_subject(subject: str, project: ingest.Project) -> str:
    """The subject under the project's code of today."""
    for former in project.former_codes:
        if subject == former or subject.startswith(f"{former}/"):
            return f"{project.code}{subject[len(former) :]}"
    return subject


def _ended(row: HeldMaterial) -> tuple[dt.datetime | None, str]:
    """The moment at which an archived paper lost its force other than by its date, and how."""
    if row.standing == HeldMaterial.Standing.HOLDS or row.standing_since is None:
        return None, ""
    return row.standing_since, f"{row.get_standing_display()}（{timezone.localdate(row.standing_since):%Y-%m-%d}）"


def _submission(case: ingest.Case) -> str:
    return case.parallel.number if case.parallel else case.number


def _submissions(numbers: Iterable[str]) -> dict[str, str]:
    """For each case in which something was archived the submission that it belonged to."""
    rows = ingest.Case.objects.filter(number__in=list(numbers)).values_list("number", "parallel__number")
    return {number: parallel or number for number, parallel in rows}


def _names(kind: Any, fields: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    found = {said: fields.get(getattr(kind, attribute), {}).get("value", "") for attribute, said in NAMED.items()}
    return {said: name for said, name in found.items() if name}
