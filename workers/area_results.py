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

from archive import HeldMaterial, Package, append_event
from archive.holdings import Area, AreaProject, line_of, place_project, supersede
from catalogue import Item, load_catalogue
from ingest import Project
from workers.groundwork import NotPossibleError

if TYPE_CHECKING:
    from django.db.models import QuerySet

AREA_RESULT = "OUT-QYPG"
"""The material type of an area's results; one that was filed bears its topic as its name."""
TOPIC = "评估事项"
CODE = re.compile(r"[0-9A-Za-z一-鿿][0-9A-Za-z一-鿿_-]{1,39}")
"""区域评估单元编码: its rule is not published; what fits the column and can stand in an address is taken."""

MOST_NAME = 200
"""Characters of an area's name and of its keeper's: what the columns take."""


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
    filed = HeldMaterial.objects.filter(subject_kind="area", subject=area.code).values("sha256")
    rows = HeldMaterial.objects.filter(seen, type=AREA_RESULT).exclude(sha256__in=filed)
    rows = rows.exclude(package__state=Package.State.DESTROYED).select_related("package")
    return list({row.sha256: row for row in rows.order_by("held_since", "pk")}.values())[::-1]


def results_of(area: Area) -> "QuerySet[HeldMaterial]":
    """The results of an area, those that hold no more too, the newest first."""
    rows = HeldMaterial.objects.filter(subject_kind="area", subject=area.code)
    return rows.select_related("package", "superseded_by").order_by("-held_since", "-pk")


@transaction.atomic
def file_result(  # noqa: PLR0913 - a result and its validity
    area: Area, report: HeldMaterial, *, topic: str, valid_from: dt.date, valid_until: dt.date, by: Any
) -> HeldMaterial:
    """File an archived report as a result of the area on a topic; an earlier one on it is superseded.

    Raises:
        NotPossibleError: `not-a-report`, `no-topic`, `validity`, or `filed`.
    """
    if report.type != AREA_RESULT or report.package.state == Package.State.DESTROYED:
        raise NotPossibleError("not-a-report", "请选择已归档的区域评估成果报告")
    if topic not in topics():
        raise NotPossibleError("no-topic", f"请选择评估事项：{'、'.join(topics())}")
    if valid_until < valid_from:
        raise NotPossibleError("validity", "有效期止早于有效期起，请核对日期")
    if results_of(area).filter(sha256=report.sha256).exists():
        raise NotPossibleError("filed", "这份报告已登记在本区域名下")
    now = timezone.now()
    made = HeldMaterial.objects.create(
        package=report.package,
        type=report.type,
        name=topic,  # survives a rebuild, which what was read of a paper does not
        subject_kind="area",
        subject=area.code,
        number=report.number,
        version=report.version,
        dated=report.dated,
        valid_from=valid_from,
        valid_until=valid_until,
        source=HeldMaterial.Source.AREA,
        owner=report.owner,
        collected_from=report.collected_from,
        sha256=report.sha256,
        sm3=report.sm3,
        size=report.size,
        media_type=report.media_type,
        pages=report.pages,
        fields={name: value for name, value in report.fields.items() if name != TOPIC},
        held_since=now,
    )
    for earlier in results_of(area).exclude(pk=made.pk).filter(standing=HeldMaterial.Standing.HOLDS):
        if line_of(earlier) == line_of(made):
            supersede(earlier, made, now)
    _tell("area-result-filed", by, sha256=made.sha256, area=area.code, topic=topic, until=valid_until.isoformat())
    return made


@transaction.atomic
def put_in(area: Area, codes: Iterable[str], *, since: dt.date, by: Any) -> list[AreaProject]:
    """Say that projects lie in the area from a day on; a list may hold codes one a line or between commas.

    Raises:
        NotPossibleError: `no-project`, naming codes that no project has; nothing is written then.
    """
    wanted = list(dict.fromkeys(code.strip() for code in codes if code.strip()))
    known = set(Project.objects.filter(code__in=wanted).values_list("code", flat=True))
    if not wanted or (unknown := [code for code in wanted if code not in known]):
        told = "、".join(unknown[:5]) if wanted else "（空）"
        raise NotPossibleError("no-project", f"没有登记过这些项目代码：{told}；请核对后再试，本次未作改动")
    inside = set(area.projects.filter(until=None).values_list("project_code", flat=True))
    stays = [place_project(area, code, since) for code in wanted if code not in inside]
    for stay in stays:
        _tell("area-project-in", by, area=area.code, project=stay.project_code, since=since.isoformat())
    return stays


@transaction.atomic
def take_out_of_area(stay: AreaProject, *, until: dt.date, by: Any) -> AreaProject:
    """The project's last day inside; what its cases used until then stays used.

    Raises:
        NotPossibleError: `before-since`.
    """
    if until < stay.since:
        raise NotPossibleError("before-since", f"移出日期不能早于纳入日期 {stay.since}")
    left = place_project(stay.area, stay.project_code, stay.since, until)
    _tell("area-project-out", by, area=stay.area.code, project=stay.project_code, until=until.isoformat())
    return left


def topics() -> tuple[str, ...]:
    """What areas are evaluated for: the entries of the lists that ask for an area's result, each once."""
    return tuple(dict.fromkeys(need for _, need in served_items(AREA_RESULT)))


def served_items(material: str) -> list[tuple[Item, str]]:
    """The items whose lists ask for a material, with the entry's name: whom a result of that type serves."""
    found = [(item, item.requirement(material)) for item in load_catalogue().items()]
    return [(item, entry.name) for item, entry in found if entry]


def _tell(kind: str, by: Any, *, sha256: str = "", **details: Any) -> None:
    append_event(kind, actor=by, object_sha256=sha256, details=details, now=timezone.now())
