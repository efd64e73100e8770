"""The archive on the screen: the list of packages, and one package with elements, checks, events and proof."""

from collections import Counter
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, render

from archive import (
    GROUPS,
    BadManifest,
    Event,
    KeptObject,
    LogHead,
    Manifest,
    Package,
    StoreError,
    fixity_figures,
    object_key,
    parse_manifest,
)
from ingest import Case, why_not_archived
from portal.event_names import EVENT_NAMES
from portal.roles import Role, StaffRequest, require
from workers import zone

PACKAGES_A_PAGE = 50
RETENTION_NAMES = {"Y": "永久", "D30": "30年", "D10": "10年"}
PASSED = "合格"


@require(Role.ARCHIVIST)
def package_list(request: StaffRequest) -> HttpResponseBase:
    """All packages, newest first; a search looks at number, title, project and case."""
    wanted = request.GET.get("q", "").strip()
    found = Package.objects.order_by("-pk")
    if wanted:
        found = found.filter(
            Q(archive_number__icontains=wanted)
            | Q(title__icontains=wanted)
            | Q(project_code__icontains=wanted)
            | Q(case_number__icontains=wanted)
        )
    page = Paginator(found, PACKAGES_A_PAGE).get_page(request.GET.get("page"))
    rows = [(package, *checks_passed(package.checks)) for package in page]
    issued = list(Case.objects.filter(state=Case.State.ISSUED).select_related("project").order_by("pk"))
    waiting = [(case, why) for case in issued if (why := why_not_archived(case))]
    context = {"rows": rows, "page": page, "q": wanted, "on_the_way": len(issued) - len(waiting), "waiting": waiting}
    context |= {"fixity": fixity_figures(), "faulty": KeptObject.objects.exclude(state="sound")[:PACKAGES_A_PAGE]}
    return render(request, "portal/packages.html", context)


@require(Role.ARCHIVIST)
def package_page(request: StaffRequest, number: str) -> HttpResponseBase:
    """One package."""
    package = get_object_or_404(Package, number=number)
    manifest, fault = read_manifest(package)
    passed, total = checks_passed(package.checks)
    context = {
        "package": package,
        "retention": RETENTION_NAMES.get(package.retention, package.retention),
        "manifest": manifest,
        "fault": fault,
        "groups": _by_group(manifest),
        "checks": _summed(package.checks),
        "passed": passed,
        "follow_ups": package.follow_ups.order_by("order"),
        "total": total,
        "events": [
            (event, EVENT_NAMES.get(event.kind, event.kind))
            for event in Event.objects.filter(case_number=package.case_number).select_related("actor").order_by("pk")
        ],
        "head": LogHead.objects.first(),
        "accesses": package.accesses.select_related("user", "held").order_by("-pk"),
    }
    return render(request, "portal/package.html", context)


def read_manifest(package: Package) -> tuple[Manifest | None, str]:
    """The manifest out of the archive store, or what to tell when it cannot be read."""
    if package.state == Package.State.DESTROYED:
        return None, ""
    try:
        return parse_manifest(zone("archive").read(object_key(package.manifest_sha256))), ""
    except StoreError as reason:
        return None, f"归档存储中读不到该档案的清单（{reason.code}）。请运行 yidang archive fixity 检查存储。"
    except BadManifest as reason:
        return None, f"档案清单与摘要不符或已损坏（{reason.code}）。请运行 yidang archive check 检查。"


def checks_passed(checks: list[dict[str, Any]]) -> tuple[int, int]:
    """How many checks passed, of how many."""
    return sum(check.get("result") == PASSED for check in checks), len(checks)


def _summed(checks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One line a check: how often it passed, and each object on which it did not."""
    total: Counter[str] = Counter()
    failed: dict[str, list[dict[str, Any]]] = {}
    names: dict[str, str] = {}
    for check in checks:
        code = check.get("code", "")
        names[code] = check.get("name", code)
        total[code] += 1
        if check.get("result") != PASSED:
            failed.setdefault(code, []).append(check)
    return [
        {"code": code, "name": names[code], "total": count, "failed": failed.get(code, [])}
        for code, count in sorted(total.items())
    ]


def _by_group(manifest: Manifest | None) -> list[tuple[str, list[Any]]]:
    """The elements under their groups, empty groups left out."""
    if manifest is None:
        return []
    found = [(group, [e for e in manifest.elements if e.group == group]) for group in GROUPS]
    return [(group, elements) for group, elements in found if elements]
