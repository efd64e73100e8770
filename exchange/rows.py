"""Rows of a project from its tables: what it is, who takes part, and of each case its steps, materials and results.

The same tables give the same rows, with keys (DFSJZJ) that stay, so that a change shows as one row's other content.
"""

import dataclasses
from collections.abc import Iterator, Mapping

from django.utils import timezone

import ingest
from archive import object_key
from catalogue import (
    STAGES,
    CalendarUnknown,
    Item,
    applicable,
    is_provisional,
    load_catalogue,
    parse_amount,
    parse_area,
    working_days_between,
)
from exchange.models import ExchangeFact
from exchange.rules import CASES, MATERIALS, NO_END, PROJECTS, RESULTS, STEPS
from exchange.steps import Office, steps_of
from exchange.tables import Standard, Table, standard
from exchange.times import day, local, number
from signing import Certificate, Seal

STAGE_ITEMS = "SPGL_SPJDXXB"
PARTIES = "SPGL_ZRZTXXB"
PROCEDURES = "SPGL_XMSPSXBLTBCXXXB"
NOT_ISSUED = ("draft", "rendered", "approved", "sealed", "discarded")
"""States of a certificate that nobody holds."""
WAN = 10_000
"""ZTZE is in 万元."""
OF_CERTIFICATE, OF_OPINION = "10", "30"
"""审批结果类型: a certificate, and another kind of result."""
HANDED_IN, SHARED, LATER = "2", "3", "4"
"""收取方式: electronic, shared, to come later."""


@dataclasses.dataclass(frozen=True, slots=True)
class Draft:
    """A row as the tables have it now: its table, our key, whose it is, and its fields as text."""

    table: str
    key: str
    project_code: str
    case_number: str
    data: Mapping[str, str]


Facts = dict[str, str]


def drafts_of(project: ingest.Project) -> list[Draft]:
    """Every row that the project has now, parents first."""
    rules, hand = standard(), _by_hand(project)
    cases = list(project.cases.select_related("works", "parallel", "opened_by").order_by("pk"))
    found = [_draft(rules.table(PROJECTS), project.code, project, "", _project(project, cases), hand)]
    for item in {case.item_code + str(case.item_version): ingest.item_of(case) for case in cases}.values():
        key = f"{_item_code(item)}-{item.version}"
        found.append(dataclasses.replace(
            _draft(rules.table(STAGE_ITEMS), key, project, "", _stage_item(item), hand), project_code="",
        ))  # fmt: skip
    for party in project.parties.order_by("pk"):
        facts = {"party_name": party.name, "party_uscc": party.uscc, "party_role": rules.parties[party.role]}
        found.append(_draft(rules.table(PARTIES), f"party-{party.pk}", project, "", facts, hand))
    for case in cases:
        found += _of_case(rules, project, case, hand)
    return sorted(found, key=lambda draft: rules.order(draft.table))


def parent_key(values: Mapping[str, str]) -> str:
    """The key of a row that others hang on: the values that name it, in the order of the table's `by`.

    The keys of projects (GCDM), of items in their version (SPSXBM, SPSXBBH) and of cases (SPSXSLBM) are made so.
    """
    return "-".join(values.values())


def listed_materials(case: ingest.Case) -> dict[str, str]:
    """The entries of the case's list that were asked of the applicant: code and name."""
    return {one.material: one.name for one in applicable(ingest.item_of(case), case.answers) if one.demanded}


def _of_case(rules: Standard, project: ingest.Project, case: ingest.Case, hand: Facts) -> Iterator[Draft]:
    item, certificate = ingest.item_of(case), _certificate(case)
    office = _office(certificate, item)
    base = {"case_number": case.number, "parallel": case.parallel.number if case.parallel else ""}
    base |= {"office_name": office.name, "office_uscc": office.uscc, "department": item.lead_dept}

    def drawn(table: str, key: str, facts: Facts) -> Draft:
        return _draft(rules.table(table), key, project, case.number, base | facts, hand)

    yield drawn(CASES, case.number, _case(case, item))
    for step in steps_of(rules, case):
        yield drawn(STEPS, step.key, step.facts())
    for use in case.uses.filter(withdrawn_at=None).select_related("material__upload", "held"):
        yield drawn(MATERIALS, f"use-{use.pk}", _material(use, item))
    filled = set(case.uses.filter(withdrawn_at=None).values_list("entry", flat=True))
    for promise in case.promises.exclude(state="void").order_by("pk"):
        if promise.entry not in filled:
            facts = {"entry": promise.entry, "entry_name": promise.entry_name or _named(item, promise.entry)}
            yield drawn(MATERIALS, f"promise-{promise.pk}", facts | {"how": LATER, "copies": "0"})
    for pause in case.pauses.exclude(kind="correction").exclude(ended_at=None).order_by("pk"):
        yield drawn(PROCEDURES, f"pause-{pause.pk}", _procedure(rules, pause))
    if result := _result(case, item, certificate):
        yield drawn(RESULTS, f"result-{case.number}", result)


def _draft(  # noqa: PLR0913, PLR0917 - a row is these things
    table: Table, key: str, project: ingest.Project, case_number: str, facts: Facts, hand: Facts
) -> Draft:
    """Fill the fields of a table: by hand, from our facts, or with the value that is always the same."""
    shared = {"region": project.region, "works_code": project.code}
    told = {
        field.code: hand.get(field.code) or field.value or (facts | shared).get(field.fact, "")
        for field in table.fields
        if field.code not in {"LSH", "DFSJZJ"}
    }
    return Draft(table.name, key, project.code, case_number, {code: value for code, value in told.items() if value})


def _by_hand(project: ingest.Project) -> Facts:
    """The newest of each fact that was put in by hand."""
    rows = ExchangeFact.objects.filter(project_code__in=project.codes).order_by("pk")
    return dict(rows.values_list("field", "value"))


def _project(project: ingest.Project, cases: list[ingest.Case]) -> Facts:
    facts = {
        "project_code": project.code,
        "project_name": project.name,
        "owner_name": project.owner_name,
        "owner_uscc": project.owner_uscc,
        "applied_at": local(min((case.opened_at for case in cases), default=None)),
    }
    answers = {key: value for case in cases for key, value in case.answers.items()}
    for question, fact in (
        ("investment", "investment"),
        ("land", "land"),
        ("build", "build"),
        ("approval", "approval"),
    ):
        facts[fact] = standard().answers[question].get(answers.get(question, ""), "")
    facts["works_kind"] = standard().answers["works_kind"].get(answers.get("works-kind", ""), "")
    facts["linear"] = {"建筑": "0", "市政": "1"}.get(answers.get("works-kind", ""), "")
    if cases:
        facts |= _of_form(cases[-1])
    return facts


def _of_form(case: ingest.Case) -> Facts:
    """What the stage form of the newest case says of the project, in the units of the standard."""
    form = {line.field.name: line.chosen.value for line in ingest.filled_form(case) if line.chosen}
    total, land, floor = form.get("总投资", ""), form.get("用地面积", ""), form.get("总建筑面积", "")
    return {
        "place": form.get("建设地点", ""),
        "total": number(parse_amount(total), WAN),
        "land_area": number(parse_area(land)),
        "floor_area": number(parse_area(floor)),
        "begin": day(form.get("开工日期", "")),
        "finish": day(form.get("竣工日期", "")),
    }


def _stage_item(item: Item) -> Facts:
    return {
        "item_code": _item_code(item),
        "item_version": str(item.version),
        "item_name": item.name,
        "stage": item.stage,
        "stage_order": str(STAGES.index(item.stage) + 1),
    }


def _case(case: ingest.Case, item: Item) -> Facts:
    promised = item.limits.promised
    form = {line.field.name: line.chosen.value for line in ingest.filled_form(case) if line.chosen}
    return {
        "item_code": _item_code(item),
        "item_version": str(item.version),
        "limit": str(promised.n) if promised else "",
        "contact": form.get("联系人", ""),
        "contact_phone": form.get("联系电话", ""),
        "promised": "1" if case.promises.filter(kind="promise").exclude(state="void").exists() else "0",
    }


def _material(use: ingest.MaterialUse, item: Item) -> Facts:
    """A document that stands for an entry; reuse shows as shared, with the same CLID in every case."""
    if use.material:
        upload, printed, kind = use.material.upload, use.material.number, use.material.type or use.entry
        facts = {"sha256": upload.sha256, "media_type": upload.media_type, "how": HANDED_IN}
    elif use.held:
        printed, kind = use.held.number, use.held.type
        facts = {"sha256": use.held.sha256, "media_type": use.held.media_type, "how": SHARED}
    else:  # the table allows none without one of them
        raise AssertionError(f"use {use.pk} stands for nothing")
    facts |= {"entry": use.entry, "entry_name": _named(item, use.entry), "copies": str(_copies(item, use.entry))}
    if printed:
        facts |= {"licence_name": load_catalogue().material_type(kind).name, "licence_number": printed}
        own = Certificate.objects.filter(sealed_sha256=facts["sha256"]).first()
        facts["licence_identifier"] = own.identifier if own else ""
    return facts


def _procedure(rules: Standard, pause: ingest.Pause) -> Facts:
    kind = next((code for word, code in rules.procedures.items() if word in pause.reason), "8")
    return {
        "procedure": kind,
        "procedure_name": pause.reason[:200],
        "at": local(pause.started_at),
        "days": _days(pause),
    }


def _days(pause: ingest.Pause) -> str:
    """Working days that it took; empty where the calendar does not reach so far, or is provisional: no fact to tell."""
    if pause.ended_at is None:
        return ""
    begun, ended = timezone.localtime(pause.started_at).date(), timezone.localtime(pause.ended_at).date()
    if is_provisional(begun.year) or is_provisional(ended.year):
        return ""
    try:
        return str(working_days_between(begun, ended))
    except CalendarUnknown:
        return ""


def _result(case: ingest.Case, item: Item, certificate: Certificate | None) -> Facts | None:
    if certificate:
        return {
            "issued_on": certificate.issued_on.isoformat(),
            "number": certificate.number,
            "identifier": certificate.identifier,
            "title": load_catalogue().material_type(certificate.type).name,
            "valid_until": certificate.valid_until.isoformat() if certificate.valid_until else NO_END,
            "result_kind": OF_CERTIFICATE,
            "sha256": object_key(certificate.sealed_sha256),
        }
    if (case.decision or {}).get("result") == "passed" and case.decided_at:
        day = timezone.localtime(case.decided_at).date().isoformat()
        return {"issued_on": day, "title": f"{item.name}意见", "valid_until": NO_END, "result_kind": OF_OPINION}
    return None


def _certificate(case: ingest.Case) -> Certificate | None:
    """The version that the case's number answers with now; the first where none is in force any more."""
    issued = Certificate.objects.filter(case_number=case.number).exclude(state__in=NOT_ISSUED).select_related("seal")
    return issued.filter(state__in=("valid", "suspended")).order_by("-version").first() or issued.order_by("pk").first()


def _office(certificate: Certificate | None, item: Item) -> Office:
    seal = certificate.seal if certificate else Seal.objects.filter(state=Seal.State.ACTIVE).order_by("pk").first()
    return Office(seal.owner, seal.owner_uscc) if seal else Office(item.lead_dept, "")


def _item_code(item: Item) -> str:
    return item.impl_code or item.code


def _named(item: Item, entry: str) -> str:
    return next((one.name for one in item.materials if one.material == entry), entry)


def _copies(item: Item, entry: str) -> int:
    return next((one.copies for one in item.materials if one.material == entry), 1)
