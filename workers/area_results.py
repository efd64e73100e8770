"""区域评估: areas with their evaluation results, and which projects lie in them; a result serves every project inside.

Who does it: an officer or the supervisor. A result is a material that lies in the archive already, filed a second time
under the area's code, so that its package, digest and case stay what they were.
"""

import datetime as dt
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from archive import Event, HeldMaterial, Package, append_event
from archive.holdings import Area, AreaProject, areas_of, is_taken_back, line_of, place_project, supersede
from catalogue import Item, load_catalogue
from ingest import Case, MaterialUse, project_of
from workers.groundwork import NotPossibleError
from workers.offering import leave_to_others

if TYPE_CHECKING:
    from django.db.models import QuerySet

Standing = HeldMaterial.Standing
AREA_RESULT = "OUT-QYPG"
"""The material type of an area's results; one that was filed bears its topic as its name."""
TAKEN_BACK = "area-result-taken-back"
TOPIC = "评估事项"
CODE = re.compile(r"[0-9A-Za-z一-鿿][0-9A-Za-z一-鿿_-]{1,39}")
"""区域评估单元编码: its rule is not published; what fits the column and can stand in an address is taken."""

MOST_NAME = 200
"""Characters of an area's name and of its keeper's: what the columns take."""
LEAST_REASON, MOST_REASON = 4, 200
"""Characters of why a result is taken back: a word says nothing, an essay is not read."""
OUTSIDE = "是区域评估成果，本项目现已不在该区域内；请申请人提交这一项，区域名单有误的请主管部门更正"
"""Why a result cannot carry the acceptance, and what to do."""


@transaction.atomic
def register_area(code: str, name: str, keeper: str, *, by: Any) -> Area:
    """Write an area down, or put its name and keeper right.

    Raises:
        NotPossibleError: `area-code`, `area-name` or `area-keeper`.
    """
    code, name, keeper = code.strip(), name.strip(), keeper.strip()
    if not CODE.fullmatch(code):
        raise NotPossibleError("area-code", "区域评估单元编码须为 2 至 40 位的字母、数字、汉字、“-”或“_”")
    if not name or len(name) > MOST_NAME:
        raise NotPossibleError("area-name", f"请填写区域名称，如“江澜高新区北片”，不超过 {MOST_NAME} 字")
    if len(keeper) > MOST_NAME:
        raise NotPossibleError("area-keeper", f"管理机构不超过 {MOST_NAME} 字，请写简称")
    area, made = Area.objects.get_or_create(code=code, defaults={"name": name, "keeper": keeper})
    if not made:
        area.name, area.keeper = name, keeper
        area.save(update_fields=["name", "keeper"])
    _tell("area-registered", by, area=area.code)
    return area


def unfiled_results(area: Area, seen: Q) -> list[HeldMaterial]:
    """Archived evaluation reports of those seen that are not filed under this area, the newest first."""
    filed = results_of(area).exclude(standing=Standing.CANCELLED).values("sha256")
    rows = HeldMaterial.objects.filter(seen, type=AREA_RESULT).exclude(sha256__in=filed)
    rows = rows.exclude(package__state=Package.State.DESTROYED).select_related("package")
    return list({row.sha256: row for row in rows.order_by("held_since", "pk")}.values())[::-1]


def results_of(area: Area) -> "QuerySet[HeldMaterial]":
    """The results of an area, those that hold no more too, the newest first."""
    rows = HeldMaterial.objects.filter(subject_kind="area", subject=area.code)
    return rows.select_related("package", "superseded_by").order_by("-held_since", "-pk")


def reasons_of(area: Area) -> dict[int, str]:
    """Why results of an area were taken back, by the row's number; of several times the last."""
    told = Event.objects.filter(kind=TAKEN_BACK, details__area=area.code).order_by("pk")
    return {event.details["held"]: event.details["reason"] for event in told}


@transaction.atomic
def file_result(  # noqa: PLR0913 - a result and its validity
    area: Area, report: HeldMaterial, *, topic: str, valid_from: dt.date, valid_until: dt.date, by: Any
) -> HeldMaterial:
    """File an archived report as a result of the area on a topic; an earlier one on it is superseded.

    One that was taken back is filed anew in its own row: on its topic what used it holds again.

    Raises:
        NotPossibleError: `not-a-report`, `no-topic`, `validity`, `filed`, `not-holding` where the report was replaced
            or revoked, or `still-used` for another topic than that on which cases use it.
    """
    if report.type != AREA_RESULT or report.package.state == Package.State.DESTROYED:
        raise NotPossibleError("not-a-report", "请选择已归档的区域评估成果报告")
    if topic not in topics():
        raise NotPossibleError("no-topic", f"请选择评估事项：{'、'.join(topics())}")
    if valid_until < valid_from:
        raise NotPossibleError("validity", "有效期止早于有效期起，请核对日期")
    _lock(area.code)
    before = _filed_before(area, report, topic)
    now = timezone.now()
    told = {
        "name": topic,  # survives a rebuild, which what was read of a paper does not
        "valid_from": valid_from,
        "valid_until": valid_until,
        "source": HeldMaterial.Source.AREA,
        "fields": {name: value for name, value in report.fields.items() if name != TOPIC},
        "standing": Standing.HOLDS,
        "standing_since": now if before else None,
        "superseded_by": None,
        "held_since": now,
    }
    if before:
        for name, value in told.items():
            setattr(before, name, value)
        before.save(update_fields=list(told))
    made = before or HeldMaterial.objects.create(
        package=report.package,
        type=report.type,
        subject_kind="area",
        subject=area.code,
        number=report.number,
        version=report.version,
        dated=report.dated,
        owner=report.owner,
        collected_from=report.collected_from,
        sha256=report.sha256,
        sm3=report.sm3,
        size=report.size,
        media_type=report.media_type,
        pages=report.pages,
        **told,
    )
    for earlier in _on_its_topic(made):
        supersede(earlier, made, now)
    _tell("area-result-filed", by, sha256=made.sha256, area=area.code, topic=topic, until=valid_until.isoformat())
    return made


@transaction.atomic
def take_back_result(held: HeldMaterial, *, reason: str, by: Any) -> HeldMaterial:
    """Take a result back that was filed wrongly: it is offered no more, and what it had replaced on its topic is.

    The row stays with its uses. Every copy of it that the area has on the topic goes with it.

    Raises:
        NotPossibleError: `no-reason`, or `not-holding`.
    """
    if not LEAST_REASON <= len(reason := reason.strip()) <= MOST_REASON:
        raise NotPossibleError("no-reason", f"请用 {LEAST_REASON} 至 {MOST_REASON} 个字写明注销登记的原因")
    row = _locked(held)
    if row.standing != Standing.HOLDS:
        raise NotPossibleError("not-holding", "这份成果已不是有效的登记，无需注销")
    now = timezone.now()
    for one in _copies(row):
        _stand(one, Standing.CANCELLED, now)
        for earlier in one.replaced.filter(subject_kind="area", subject=one.subject, standing=Standing.SUPERSEDED):
            _stand(earlier, Standing.HOLDS, now)
    _tell(TAKEN_BACK, by, sha256=row.sha256, area=row.subject, held=row.pk, reason=reason)
    return row


@transaction.atomic
def restore_result(held: HeldMaterial, *, by: Any) -> HeldMaterial:
    """Undo a taking back: the result holds again, and replaces again what had come back on its topic.

    Raises:
        NotPossibleError: `not-taken-back`, or `replaced-since` where a result on its topic was filed afterwards.
    """
    row = _locked(held)
    since = row.standing_since
    if not is_taken_back(row) or since is None:
        raise NotPossibleError("not-taken-back", "这份成果没有注销登记，无需恢复")
    others = _on_its_topic(row)
    if any(one.held_since > since or one.sha256 == row.sha256 for one in others):
        raise NotPossibleError("replaced-since", "注销以后已另行登记同一事项的成果；要恢复这一份，请先注销后登记的")
    now = timezone.now()
    for one in _copies(row):
        _stand(one, Standing.HOLDS, now)
    for one in others:
        supersede(one, row, now)
    _tell("area-result-restored", by, sha256=row.sha256, area=row.subject, held=row.pk)
    return row


def _filed_before(area: Area, report: HeldMaterial, topic: str) -> HeldMaterial | None:
    """The row of this report in the area that was taken back, if one was; raises as `file_result` tells."""
    every = list(HeldMaterial.objects.select_for_update().filter(sha256=report.sha256, type=AREA_RESULT).order_by("pk"))
    for one in every:
        if one.standing != Standing.HOLDS and not is_taken_back(one):
            said = f"这份报告{one.get_standing_display()}，不能登记为成果；请选择现行有效的一份"
            raise NotPossibleError("not-holding", said)
    here = [one for one in every if (one.subject_kind, one.subject) == ("area", area.code)]
    if any(one.standing == Standing.HOLDS for one in here):
        raise NotPossibleError("filed", "这份报告已登记在本区域名下；要改事项或有效期，请先注销登记，再重新登记")
    before = next((one for one in here if one.package_id == report.package_id), None)
    if before and before.name != topic and MaterialUse.objects.filter(held=before, withdrawn_at=None).exists():
        raise NotPossibleError(
            "still-used", f"有办件仍在使用它在“{before.name}”上的登记；请先在这些办件中更换，再登记为另一事项"
        )
    return before


def _lock(code: str) -> None:
    """One at a time changes what an area has: whoever comes second sees what the first one filed."""
    list(Area.objects.select_for_update().filter(code=code))


def _locked(held: HeldMaterial) -> HeldMaterial:
    _lock(held.subject)
    return HeldMaterial.objects.select_for_update().get(pk=held.pk, subject_kind="area", type=AREA_RESULT)


def _copies(row: HeldMaterial) -> list[HeldMaterial]:
    """The row and every other of the same bytes, line and standing."""
    same = HeldMaterial.objects.filter(subject_kind="area", subject=row.subject, sha256=row.sha256)
    others = [one for one in same.filter(standing=row.standing).exclude(pk=row.pk) if line_of(one) == line_of(row)]
    return [row, *others]


def _on_its_topic(row: HeldMaterial) -> list[HeldMaterial]:
    """What else holds on the topic of an area's result."""
    rows = HeldMaterial.objects.filter(subject_kind="area", subject=row.subject, type=row.type)
    rows = rows.filter(standing=Standing.HOLDS).exclude(pk=row.pk)
    return [one for one in rows if line_of(row) and line_of(one) == line_of(row)]


def _stand(row: HeldMaterial, standing: str, now: dt.datetime) -> None:
    row.standing, row.standing_since = standing, now
    if standing == Standing.HOLDS:
        row.superseded_by = None
    row.save(update_fields=["standing", "standing_since", "superseded_by"])


@transaction.atomic
def put_in(area: Area, codes: Iterable[str], *, since: dt.date, by: Any) -> list[AreaProject]:
    """Say that projects lie in the area from a day on; a list may hold codes one a line or between commas.

    Raises:
        NotPossibleError: `no-project`, naming codes that no project has; nothing is written then.
    """
    wanted = list(dict.fromkeys(code.strip() for code in codes if code.strip()))
    known = {code: project.code for code in wanted if (project := project_of(code))}
    if not wanted or (unknown := [code for code in wanted if code not in known]):
        told = "、".join(unknown[:5]) if wanted else "（空）"
        raise NotPossibleError("no-project", f"没有登记过这些项目代码：{told}；请核对后再试，本次未作改动")
    inside = set(area.projects.filter(until=None).values_list("project_code", flat=True))
    stays = [place_project(area, code, since) for code in dict.fromkeys(known.values()) if code not in inside]
    for stay in stays:
        _tell("area-project-in", by, area=area.code, project=stay.project_code, since=since.isoformat())
    return stays


@transaction.atomic
def take_out_of_area(stay: AreaProject, *, until: dt.date, by: Any) -> AreaProject:
    """The project's last day inside; what its cases were accepted on until then stays used.

    Raises:
        NotPossibleError: `before-since`.
    """
    if until < stay.since:
        raise NotPossibleError("before-since", f"移出日期不能早于纳入日期 {stay.since}")
    left = place_project(stay.area, stay.project_code, stay.since, until)
    _tell("area-project-out", by, area=stay.area.code, project=stay.project_code, until=until.isoformat())
    return left


def require_inside(case: Case) -> None:
    """Ask once more whether the project lies in the areas whose results serve it; call it when the case is accepted.

    What a case was accepted on stays, wherever the project goes; what the applicant brought itself is its own.

    Raises:
        NotPossibleError: `left-area`, where nothing else stands for the entry.
    """
    inside = areas_of(case.project.codes, timezone.localdate())
    uses = case.uses.filter(withdrawn_at=None, held__subject_kind="area").exclude(how=MaterialUse.How.REPEAT)
    outside = uses.exclude(held__subject__in=inside).select_related("case", "held")
    leave_to_others(case, dict.fromkeys(outside, OUTSIDE), "left-area")


def topics() -> tuple[str, ...]:
    """What areas are evaluated for: the entries of the lists that ask for an area's result, each once."""
    return tuple(dict.fromkeys(need for _, need in served_items(AREA_RESULT)))


def served_items(material: str) -> list[tuple[Item, str]]:
    """The items whose lists ask for a material, with the entry's name: whom a result of that type serves."""
    found = [(item, item.requirement(material)) for item in load_catalogue().items()]
    return [(item, entry.name) for item, entry in found if entry]


def _tell(kind: str, by: Any, *, sha256: str = "", **details: Any) -> None:
    append_event(kind, actor=by, object_sha256=sha256, details=details, now=timezone.now())
