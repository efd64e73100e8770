"""The archive on the screen: finding packages, and one package with its files, its life, its score and its proof."""

import dataclasses
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from archive import (
    GROUPS,
    BadManifest,
    Element,
    LogHead,
    Manifest,
    Package,
    StoreError,
    object_key,
    parse_manifest,
    score_of,
)
from archive.lookup import PackageHit, PackageQuery, SearchQueryError, Snippet, mask_text, search_packages
from ingest import Page
from portal.life import life_of, split_events
from portal.proof_picture import BOX_HEIGHT, BOX_WIDTH, WHOLE_WIDTH, WIDTH, proof_picture
from portal.roles import Role, StaffRequest, require
from workers import known_item_names, zone

PACKAGES_A_PAGE = 50
MAX_LEAF = 500
"""Nobody leafs so far; who finds more narrows the search."""
RETENTION_NAMES = {"Y": "永久", "D30": "30年", "D10": "10年"}
PASSED = "合格"
WORDS = ("words", "project", "company", "archive_number", "case_number", "certificate", "item", "retention", "state")
YEARS = ("year_from", "year_to")


@dataclasses.dataclass(frozen=True, slots=True)
class Branch:
    """Files of a package that belong together: their group, where from, and each with the picture that is better."""

    name: str
    manifest: str
    title: str
    files: list[tuple[Element, Page | None]]


@require(Role.ARCHIVIST)
def package_list(request: StaffRequest) -> HttpResponseBase:
    """Packages by what is known of them and by what stands in them; all of them, newest first, for no question."""
    query, leaf = query_of(request.GET), _leaf(request)
    asked = {name: value for name, value in dataclasses.asdict(query).items() if value}
    context = {"asked": asked, "leaf": leaf, "items": sorted(known_item_names().items()), "wrong": ""}
    context |= {"retentions": RETENTION_NAMES.items(), "states": Package.State.choices, "more": False, "rows": []}
    context["link"] = "&".join(f"{name}={value}" for name, value in asked.items())
    if not asked:
        page = Paginator(Package.objects.order_by("-pk"), PACKAGES_A_PAGE).get_page(leaf)
        context |= {"rows": [_row(PackageHit(package, ())) for package in page], "more": page.has_next()}
        return render(request, "portal/packages.html", context | {"count": page.paginator.count})
    try:
        hits = search_packages(query, limit=PACKAGES_A_PAGE + 1, offset=(leaf - 1) * PACKAGES_A_PAGE)
    except SearchQueryError as reason:
        return render(request, "portal/packages.html", context | {"wrong": str(reason)}, status=422)
    more = len(hits) > PACKAGES_A_PAGE and leaf < MAX_LEAF
    return render(
        request, "portal/packages.html", context | {"rows": [_row(hit) for hit in hits[:PACKAGES_A_PAGE]], "more": more}
    )


@require(Role.ARCHIVIST, Role.OFFICER)
def package_page(request: StaffRequest, number: str) -> HttpResponseBase:
    """One package: what it is, its files, its life, and the proof that it is the one that was filed."""
    package = get_object_or_404(Package, number=number)
    is_there = package.state != Package.State.DESTROYED
    manifest, fault = read_manifest(package.manifest_sha256) if is_there else (None, "")
    links = [(one, *read_manifest(one.manifest_sha256)) for one in package.follow_ups.order_by("order") if is_there]
    course, events = split_events(package, manifest)
    passed, total = checks_passed(package.checks)
    proof, why_not = proof_picture(package)
    context = {
        "package": package,
        "retention": RETENTION_NAMES.get(package.retention, package.retention),
        "manifest": manifest,
        "fault": fault,
        "branches": _branches(package, manifest, [(one.title, one.manifest_sha256, found) for one, found, _ in links]),
        "score": score_of([manifest, *(found for _, found, _ in links if found)]) if manifest else None,
        "checks": _summed(package.checks),
        "passed": passed,
        "total": total,
        "course": course,
        "life": life_of(package, events, manifest),
        "proof": proof,
        "why_not": why_not,
        "drawing": {"width": WIDTH, "box": BOX_WIDTH, "high": BOX_HEIGHT, "whole": WHOLE_WIDTH},
        "head": LogHead.objects.first(),
        "uses": package.accesses.count(),
    }
    return render(request, "portal/package.html", context)


def query_of(asked: Mapping[str, Any]) -> PackageQuery:
    """What a form asks for; `q` is the one box that a search begins with."""
    text = {name: str(asked.get(name, "")).strip() for name in (*WORDS, *YEARS)}
    return PackageQuery(
        words=text["words"] or str(asked.get("q", "")).strip(),
        project=text["project"],
        company=text["company"],
        archive_number=text["archive_number"],
        case_number=text["case_number"],
        certificate=text["certificate"],
        item=text["item"],
        year_from=_year(text["year_from"]),
        year_to=_year(text["year_to"]),
        retention=text["retention"],
        state=text["state"],
    )


def _year(text: str) -> int:
    """A year in four digits; 0 for anything else."""
    return int(text) if re.fullmatch("[12][0-9]{3}", text) else 0


def read_manifest(sha256: str) -> tuple[Manifest | None, str]:
    """A manifest out of the archive store, or what to tell when it cannot be read."""
    try:
        return parse_manifest(zone("archive").read(object_key(sha256))), ""
    except StoreError as reason:
        return None, f"归档存储中读不到该档案的清单（{reason.code}）。请运行 yidang archive fixity 检查存储。"
    except BadManifest as reason:
        return None, f"档案清单与摘要不符或已损坏（{reason.code}）。请运行 yidang archive check 检查。"


def checks_passed(checks: list[dict[str, Any]]) -> tuple[int, int]:
    """How many checks passed, of how many."""
    return sum(check.get("result") == PASSED for check in checks), len(checks)


def _row(hit: PackageHit) -> tuple[Package, int, int, list[tuple[str, int, Snippet]]]:
    """The package, its checks, and where its words stand, with personal identifiers hidden."""
    places = [(place.name, place.page, _masked(place.snippet)) for place in hit.places]
    return hit.package, *checks_passed(hit.package.checks), places


def _masked(snippet: Snippet) -> Snippet:
    """The words around a hit are looked at by whoever searches; an identifier that goes over an edge hides both."""
    on = timezone.localdate()
    if mask_text(snippet.text, on=on)[1] > sum(
        mask_text(part, on=on)[1] for part in (snippet.before, snippet.hit, snippet.after)
    ):
        return Snippet("", mask_text(snippet.text, on=on)[0], "")
    return Snippet(*(mask_text(part, on=on)[0] for part in (snippet.before, snippet.hit, snippet.after)))


def _leaf(request: HttpRequest) -> int:
    wanted = request.GET.get("leaf", "1")
    return min(MAX_LEAF, max(1, int(wanted))) if wanted.isdecimal() and len(wanted) <= len(str(MAX_LEAF)) else 1


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


def _branches(
    package: Package, manifest: Manifest | None, links: list[tuple[str, str, Manifest | None]]
) -> list[Branch]:
    """The files under their groups, then those of each follow-up; with the small picture of their first page."""
    if manifest is None:
        return []
    named = [one for part in (manifest, *(found for _, _, found in links if found)) for one in part.elements]
    pages = Page.objects.filter(number=1, upload__sha256__in={one.sha256 for one in named}).exclude(thumb_sha256="")
    pictures = {
        page.upload.sha256: page
        for page in pages.select_related("upload__case").defer("reading", "text_layer")
        if page.upload.case.number == package.case_number
    }

    def branch(name: str, sha256: str, title: str, elements: list[Element]) -> Branch:
        return Branch(name, sha256, title, [(one, pictures.get(one.sha256)) for one in elements])

    own = [
        branch(group, package.manifest_sha256, "", [e for e in manifest.elements if e.group == group])
        for group in GROUPS
    ]
    later = [
        branch("补充归档", sha256, title, [e for e in found.elements if e.sha256 != found.list_sha256])
        for title, sha256, found in links
        if found
    ]
    return [one for one in (*own, *later) if one.files]
