"""A set of drawings as its pages, the interface and the command line show it: the chain, a version, a comparison."""

import dataclasses
import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.http import urlencode

from ingest import Case, Material, Page, Project, item_of
from ingest.drawings import (
    KIND_NAMES,
    REVIEW_RESULT,
    STATE_NAMES,
    SURE,
    WHY_NAMES,
    Comparison,
    DrawingFinding,
    DrawingSet,
    Kind,
    ListFinding,
    Named,
    SetVersion,
    Sheet,
    State,
    VersionUse,
    against_list,
    check_decision,
    differences,
    is_checked,
)
from portal.sight import cases_seen
from workers import OtherVersionError, being_read, unread_files

UNDECIDED = (Case.State.OPEN, Case.State.ACCEPTED)
OTHER = "其他"
"""The group of sheets whose discipline was not read."""


@dataclasses.dataclass(frozen=True, slots=True)
class Link:
    """A station of the chain picture: a version handed in, a review, or a decision taken on a version."""

    what: str
    version: int
    at: dt.datetime
    case: str
    kind: str
    current: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Group:
    """The sheets of one discipline, in the order of the drawing list."""

    discipline: str
    sheets: tuple[Sheet, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Pair:
    """A sheet in two versions, and by what they differ, in words; either may be missing."""

    before: Sheet | None
    after: Sheet | None
    why: tuple[str, ...] = ()


def sets_of(project: Project) -> list[DrawingSet]:
    """The sets of a project, by works."""
    return list(DrawingSet.objects.filter(project=project).select_related("works", "project").order_by("works__name"))


def set_named(project: Project, works: str) -> DrawingSet | None:
    """The set of a works, of the whole project for "", or the only one there is."""
    found = sets_of(project)
    named = [one for one in found if (one.works.name if one.works else "") == works]
    return next(iter(named or ([] if works else found)), None)


def set_seen(user: Any, project: Project, works: str) -> DrawingSet | None:
    """The same for a person; of cases that are not theirs to see, and on which no case of theirs rests, it is none."""
    found = set_named(project, works)
    return found if found and may_see_set(user, found) else None


def may_see_set(user: Any, drawings: DrawingSet) -> bool:
    """Whether a person sees a case that brought a version, or one of the works that is decided on the drawings."""
    seen = project_cases_seen(user, drawings.project)
    if seen.filter(pk__in=drawings.versions.values("case")).exists():
        return True
    return any(is_checked(item_of(case)) for case in seen.filter(works=drawings.works_id))


def project_cases_seen(user: Any, project: Project) -> QuerySet[Case]:
    """The cases of a project that the person may see."""
    return Case.objects.filter(cases_seen(user), project=project)


def chain_of(drawings: DrawingSet) -> list[Link]:
    """送审 v1 → v2 → 审查合格 → 施工许可 → 竣工: everything that happened to the set, in its order."""
    return sorted(_links(drawings), key=lambda link: (link.at, link.version))


def _links(drawings: DrawingSet) -> Iterator[Link]:
    versions = drawings.versions.select_related("case").exclude(state=State.WITHDRAWN)
    for version in versions:
        word = STATE_NAMES[State.AS_BUILT] if version.kind == Kind.AS_BUILT else STATE_NAMES[State.SUBMITTED]
        yield Link(word, version.number, version.begun_at, version.case.number, "version")
        if version.reviewed_at:
            case = (version.review or {}).get("case", version.case.number)
            is_current = version.state == State.REVIEWED
            yield Link(STATE_NAMES[State.REVIEWED], version.number, version.reviewed_at, case, "review", is_current)
    uses = VersionUse.objects.filter(version__set=drawings, moment=VersionUse.Moment.DECIDED)
    uses = uses.exclude(case__state=Case.State.ACCEPTED)  # an unfavourable opinion, the case goes on
    for use in uses.select_related("case", "version"):
        if is_checked(item := item_of(use.case)):
            yield Link(item.name, use.version.number, use.at, use.case.number, "decision")


def version_shown(drawings: DrawingSet, number: str = "") -> SetVersion | None:
    """The version asked for, else the current approved one, else the newest."""
    versions = drawings.versions.all()
    if number.isdecimal():
        return versions.filter(number=int(number)).first()
    return versions.filter(state=State.REVIEWED).first() or versions.exclude(state=State.WITHDRAWN).last()


def groups_of(version: SetVersion) -> list[Group]:
    """Its sheets by discipline."""
    sheets = list(version.present.select_related("version"))
    names = dict.fromkeys(sheet.discipline or OTHER for sheet in sheets)
    return [Group(name, tuple(s for s in sheets if (s.discipline or OTHER) == name)) for name in names]


def list_check(version: SetVersion) -> list[ListFinding]:
    """The sheets against the drawing list among them, and numbers that stand twice; empty where all agrees."""
    sheets = list(version.present.prefetch_related("corrections"))
    listed = [row for sheet in sheets for row in _rows_of(sheet)]
    return against_list(listed, [_named(sheet) for sheet in sheets if not sheet.listed])


def _rows_of(sheet: Sheet) -> Iterator[Named]:
    for place, said in enumerate(sheet.listed):
        row = said if isinstance(said, dict) else {"number": said, "title": "", "revision": "", "scores": {}}
        unsure = frozenset(name for name, score in row["scores"].items() if score < SURE)
        yield Named(sheet.pk, row["number"], row["title"], row["revision"], unsure, place)


def _named(sheet: Sheet) -> Named:
    """What a person put right is sure."""
    righted = {one.field for one in sheet.corrections.all() if one.undone_at is None}
    unsure = frozenset(name for name, score in sheet.scores.items() if score < SURE and name not in righted)
    return Named(sheet.pk, sheet.number, sheet.title, sheet.revision, unsure)


def finding_json(found: ListFinding) -> dict[str, Any]:
    """One disagreement with the list for programs; `sheet` and `list` are numbers of sheets, `row` counts from 1."""
    said = {"kind": found.kind, "number": found.number, "question": found.asks}
    if found.listed:
        said |= {"list": found.listed.sheet, "row": (found.listed.row or 0) + 1, "listed": found.listed.number}
    return said | ({"sheet": found.sheet.sheet} if found.sheet else {})


def marked(sheet: Sheet, mark: str) -> str:
    """The place of a value (`title`) or of a row of the list (`row-3`) as a path over the picture; "" where unknown."""
    box: Any = sheet.boxes.get(mark)
    row = mark.removeprefix("row-")
    if mark.startswith("row-") and row.isdecimal() and int(row) < len(sheet.listed):
        said = sheet.listed[int(row)]
        box = said["box"] if isinstance(said, dict) else None
    if not box:
        return ""
    flat = box if isinstance(box[0], int | float) else [value for corner in box for value in corner]
    left, top, right, bottom = (
        round(edge) for edge in (min(flat[::2]), min(flat[1::2]), max(flat[::2]), max(flat[1::2]))
    )
    room = (bottom - top) // 2  # the frame stands off, so that what it shows can be read
    return f"M{left - room} {top - room}H{right + room}V{bottom + room}H{left - room}Z"


def pairs_of(before: SetVersion, after: SetVersion) -> list[Pair]:
    """What differs between two versions, sheet by sheet."""
    found: Comparison = differences(before, after)
    old, new = ({sheet.facts: sheet for sheet in version.present} for version in (before, after))
    changed = [Pair(old[one.before], new[one.after], tuple(WHY_NAMES[why] for why in one.why)) for one in found.changed]
    gone = [Pair(old[one], None, ("缺少",)) for one in found.missing]
    return [*changed, *gone, *(Pair(None, new[one], ("新增",)) for one in found.extra)]


def stopped(drawings: DrawingSet) -> list[tuple[Case, str, tuple[DrawingFinding, ...]]]:
    """Undecided cases of the works that rest on the drawings: each with its item, and what would stop it."""
    cases = Case.objects.filter(project=drawings.project, works=drawings.works, state__in=UNDECIDED).order_by("pk")
    named = [(case, item_of(case)) for case in cases]
    return [(case, item.name, check_decision(case)) for case, item in named if is_checked(item)]


def standing_of(drawings: DrawingSet) -> list[tuple[Case, str, tuple[DrawingFinding, ...], str]]:
    """The same with a word on each that nothing was found of, so that what was not compared is not called alike."""
    reviewed = drawings.versions.filter(state=State.REVIEWED).exists()
    return [(case, item, found, _word(case, found, reviewed=reviewed)) for case, item, found in stopped(drawings)]


def _word(case: Case, found: tuple[DrawingFinding, ...], *, reviewed: bool) -> str:
    if being_read(case):
        return "本办件的图纸正在识别，识别后核对"
    if unread_files(case.beside):
        return "本办件有图纸没有识别成功，尚未核对"
    if found:
        return ""
    return "与审查合格的版本一致" if reviewed else "本系统没有审查合格的版本，未作核对"


def review_papers(drawings: DrawingSet) -> list[Material]:
    """Certificates of review that were handed in for the works and count."""
    rows = Material.objects.filter(
        type=REVIEW_RESULT,
        withdrawn_at=None,
        upload__withdrawn_at=None,
        upload__case__project=drawings.project,
        upload__case__works=drawings.works,
    )
    return list(rows.select_related("upload").order_by("pk"))


def papers_for(version: SetVersion) -> list[Material]:
    """Those that may be entered for a version: none for what is settled, none that is entered for it already."""
    if version.state not in {State.SUBMITTED, State.REVIEWED}:
        return []
    entered = (version.review or {}).get("certificate")
    return [one for one in review_papers(version.set) if not entered or one.number != entered]


def page_of(sheet: Sheet) -> Page | None:
    """The page that the sheet was read from; None where the working copies are gone, as after a rebuild."""
    pages = Page.objects.filter(picture_sha256=sheet.picture_sha256).select_related("upload__case")
    return pages.filter(upload__number=sheet.upload, number=sheet.page).first() or pages.first()


def set_json(drawings: DrawingSet) -> dict[str, Any]:
    """The set for programs: versions with their sheets, the current one, and what was decided on which."""
    versions = list(drawings.versions.select_related("case"))
    return {
        "project": drawings.project.code,
        "works": drawings.works.name if drawings.works else "",
        "current": next((one.number for one in versions if one.state == State.REVIEWED), None),
        "versions": [version_json(version) for version in versions],
        "stopped": [
            {"case": case.number, "item": case.item_code, "findings": [dataclasses.asdict(one) for one in found]}
            for case, _, found in stopped(drawings)
            if found
        ],
    }


def version_json(version: SetVersion) -> dict[str, Any]:
    """One version for programs."""
    return {
        "version": version.number,
        "kind": version.kind,
        "kind_name": KIND_NAMES[Kind(version.kind)],
        "state": version.state,
        "state_name": version.get_state_display(),
        "supersedes": version.supersedes,
        "digest": version.digest,
        "case": version.case.number,
        "review": version.review,
        "decisions": [
            {"case": use.case.number, "item": use.case.item_code, "moment": use.moment, "digest": use.digest}
            for use in version.uses.select_related("case")
        ],
        "list": [finding_json(one) for one in list_check(version)],
        "sheets": [sheet_json(sheet) for sheet in version.present],
    }


def sheet_json(sheet: Sheet | None) -> dict[str, Any] | None:
    """One sheet for programs."""
    if sheet is None:
        return None
    names = ("number", "title", "discipline", "revision", "date", "review_seal", "original", "page", "carried")
    return {"id": sheet.pk, "picture": sheet.picture_sha256, **{name: getattr(sheet, name) for name in names}}


def comparison_json(before: SetVersion, after: SetVersion) -> dict[str, Any]:
    """How two versions differ, for programs."""
    pairs = pairs_of(before, after)
    return {
        "before": before.number,
        "after": after.number,
        "alike": not pairs,
        "sheets": [
            {"before": sheet_json(pair.before), "after": sheet_json(pair.after), "why": list(pair.why)}
            for pair in pairs
        ],
    }


def where_changed(code: str, works: str, found: OtherVersionError) -> str:
    """The page that shows what changed since the person looked: both versions compared, or the one there is."""
    asked = {"works": works, "version": found.now or "", "against": found.seen or ""}
    place = "changes" if found.now and found.seen else "version"
    return f"{reverse('portal:drawings', args=[code])}?{urlencode({k: v for k, v in asked.items() if v})}#{place}"


def works_seen(user: Any, project: Project) -> list[str]:
    """The works of a project that have drawings which the person may see, "" for the drawings of the whole project."""
    return [one.works.name if one.works else "" for one in sets_of(project) if may_see_set(user, one)]
