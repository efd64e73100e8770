"""一套图纸 on the screen: the chain of versions, the sheets of one, what differs, and a difference to look at."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib.auth.models import User
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from archive import NotFound
from ingest import Project, Upload, project_of
from ingest.drawings import (
    CORRECTABLE,
    LIST_NAMES,
    DrawingSet,
    SetVersion,
    Sheet,
    SheetDifference,
    State,
    found_same,
)
from portal import drawing_views as views
from portal.pages.files import shown_bytes
from portal.roles import STAFF, Role, StaffRequest, require, roles_of
from portal.sight import handles
from workers import (
    NotPossibleError,
    OtherVersionError,
    approve_by_paper,
    correct_sheet,
    difference_of,
    find_same,
    note_look,
    read_again,
    read_derivative,
    undo_sheet,
    unfind_same,
    unread_files,
)

MAY_CORRECT = (Role.CLERK, Role.OFFICER)
FIELD_NAMES = {
    "number": "图号",
    "title": "图名",
    "discipline": "专业",
    "revision": "版本",
    "date": "出图日期",
    "review_seal": "审查专用章",
}
PLACE_NAMES = {"added": "新增", "removed": "删去", "changed": "改动"}
UNSURE_BELOW = 0.8
"""Score of a value below which the page asks for a look at it."""


@require(*STAFF)
def drawings_page(request: StaffRequest, code: str, *, error: str = "", look: str = "") -> HttpResponseBase:
    """The set of a works (`?works=`): its chain, one version (`?version=`), what differs from another (`?against=`)."""
    project = project_of(code)
    if project is None:
        raise Http404
    if project.code != code and request.method == "GET":  # the project was given another code since
        return redirect(f"{reverse('portal:drawings', args=[project.code])}?{request.GET.urlencode()}")
    asked = request.POST if request.method == "POST" else request.GET
    found = views.set_seen(request.user, project, asked.get("works", ""))
    may_correct = bool(roles_of(request.user) & set(MAY_CORRECT))
    unread = {"unread": unread_files(views.project_cases_seen(request.user, project)), "may_correct": may_correct}
    if found is None:
        return render(request, "portal/drawings.html", {"project": project, "none": True, "error": error, **unread})
    version = views.version_shown(found, asked.get("version", ""))
    if version is None:
        raise Http404
    context = _set_context(request.user, found, version) | {
        "project": project,
        "error": error,
        "look": look,
        **unread,
        "may_approve": handles(request.user, version.case),
        "sheet": _sheet_asked(version, asked.get("sheet", ""), asked.get("mark", "")),
        **_against(found, version, asked.get("against", "")),
    }
    return render(request, "portal/drawings.html", context, status=409 if error else 200)


def _set_context(user: User, found: DrawingSet, version: SetVersion) -> dict[str, Any]:
    works = found.works.name if found.works else ""
    return {
        "set": found,
        "works": works,
        "others": views.works_seen(user, found.project),
        "chain": views.chain_of(found),
        "versions": found.versions.order_by("number"),
        "version": version,
        "current": found.versions.filter(state=State.REVIEWED).first(),
        "groups": views.groups_of(version),
        "lists": [(LIST_NAMES[one.kind], one) for one in views.list_check(version)],
        "cases": views.standing_of(found),
        "papers": views.papers_for(version),
        "uses": version.uses.select_related("case"),
        "unnumbered": version.present.filter(number="").count(),
        "fields": FIELD_NAMES,
        "unsure_below": UNSURE_BELOW,
    }


def _against(found: DrawingSet, version: SetVersion, number: str) -> dict[str, Any]:
    """The comparison with the version asked for; by default of what waits for its review with the approved one."""
    current = found.versions.filter(state=State.REVIEWED).first()
    before = current.number if current and version.state == State.SUBMITTED else version.supersedes
    wanted = number if number.isdecimal() else str(before or "")
    other = found.versions.filter(number=int(wanted)).first() if wanted else None
    return {"against": other, "pairs": views.pairs_of(other, version) if other else []}


def _sheet_asked(version: SetVersion, pk: str, mark: str) -> dict[str, Any]:
    sheet = version.present.filter(pk=int(pk)).first() if pk.isdecimal() else None
    if sheet is None:
        return {}
    values = [(name, words, getattr(sheet, name), sheet.scores.get(name)) for name, words in FIELD_NAMES.items()]
    place, page = views.marked(sheet, mark), views.page_of(sheet)
    undo = sheet.corrections.filter(undone_at=None).last()
    return {"row": sheet, "values": values, "undo": undo, "place": place if page else "", "page": page}


@require_POST
@require(*MAY_CORRECT)
def drawings_act(request: StaffRequest, code: str, work: str) -> HttpResponseBase:
    """Put a value right, take it back, find two sheets the same, or enter a certificate of review."""
    if work not in _ACTS:
        raise Http404
    try:
        _ACTS[work](request, code)
    except NotPossibleError as reason:
        works, look = request.POST.get("works", ""), ""
        if isinstance(reason, OtherVersionError):
            look = views.where_changed(code, works, reason)
        return drawings_page(request, code, error=f"{reason}（{reason.code}）", look=look)
    keep = {name: request.POST[name] for name in ("works", "version", "sheet", "against") if request.POST.get(name)}
    return redirect(f"{reverse('portal:drawings', args=[code])}?{urlencode(keep)}")


def _correct(request: StaffRequest, code: str) -> None:
    sheet = _sheet(request, code, request.POST.get("sheet", ""))
    for name in CORRECTABLE:
        if name in request.POST:
            correct_sheet(sheet, name, request.POST[name], by=request.user)


def _undo(request: StaffRequest, code: str) -> None:
    undo_sheet(_sheet(request, code, request.POST.get("sheet", "")), by=request.user)


def _same(request: StaffRequest, code: str) -> None:
    find_same(*_two(request, code), by=request.user)


def _unsame(request: StaffRequest, code: str) -> None:
    unfind_same(*_two(request, code), by=request.user)


def _approve(request: StaffRequest, code: str) -> None:
    """An officer alone enters a review: the clerk has no say in what is approved."""
    if Role.OFFICER not in roles_of(request.user):
        raise NotPossibleError("not-officer", "登记审查合格书由部门经办人办理")
    version = get_object_or_404(SetVersion, pk=_number(request.POST.get("row", "")), set__project__code=code)
    if not handles(request.user, version.case):
        raise Http404
    number = _number(request.POST.get("paper", ""))
    paper = next((one for one in views.review_papers(version.set) if one.pk == number), None)
    if paper is None:
        raise Http404
    approve_by_paper(version, paper, seen=request.POST.get("digest", ""), by=request.user)


def _read_again(request: StaffRequest, code: str) -> None:
    project = get_object_or_404(Project, code=code)
    cases = views.project_cases_seen(request.user, project)
    upload = get_object_or_404(Upload, number=request.POST.get("upload", ""), case__in=cases)
    read_again(upload, by=request.user)


_ACTS: Mapping[str, Callable[[StaffRequest, str], None]] = {
    "correct": _correct,
    "undo": _undo,
    "same": _same,
    "unsame": _unsame,
    "approve": _approve,
    "read": _read_again,
}


def _two(request: StaffRequest, code: str) -> tuple[Sheet, Sheet]:
    before, after = (_sheet(request, code, request.POST.get(name, "")) for name in ("before", "after"))
    return before, after


@require(*STAFF)
def difference_page(request: StaffRequest, code: str, before: int, after: int) -> HttpResponseBase:
    """Two versions of a sheet: side by side, over each other, or in turn; the job that compares them runs once."""
    old, new = _sheet(request, code, str(before)), _sheet(request, code, str(after))
    found = difference_of(old, new)
    pairs = [one for one in views.pairs_of(old.version, new.version) if one.before and one.after]
    places = [(one.before.pk, one.after.pk) for one in pairs if one.before and one.after]
    here = places.index((old.pk, new.pk)) if (old.pk, new.pk) in places else None
    made, job = (found, None) if isinstance(found, SheetDifference) else (None, found)
    context = {
        "code": code,
        "old": old,
        "new": new,
        "difference": made,
        "job": job,
        "failed": bool(job and job.state in {"quarantined", "refused"}),
        "page": views.page_of(old),
        "places": [_place(one) for one in made.places] if made else [],
        "previous": places[here - 1] if here else None,
        "next": places[here + 1] if here is not None and here + 1 < len(places) else None,
        "count": len(places),
        "here": here + 1 if here is not None else 0,
        "same": found_same(old, new).exists(),
        "may_correct": bool(roles_of(request.user) & set(MAY_CORRECT)),
    }
    return render(request, "portal/sheet_difference.html", context)


def _place(row: dict[str, Any]) -> dict[str, str]:
    """A changed place as it is drawn over the picture and listed."""
    left, top, right, bottom = (round(edge) for edge in row["box"])
    path = f"M{left} {top}H{right}V{bottom}H{left}Z"
    return {"path": path, "words": PLACE_NAMES[row["kind"]], "kind": row["kind"], "where": f"{left}, {top}"}


@require(*STAFF)
def sheet_picture(request: StaffRequest, code: str, sheet: int, form: str) -> HttpResponseBase:
    """The picture of a sheet (`page`), or the small one (`thumb`)."""
    row = _sheet(request, code, str(sheet))
    page = views.page_of(row)
    if page is None or page.upload.state == "confidential" or form not in {"page", "thumb"}:
        raise Http404
    note_look(row.version.case, request.user)
    sha256 = page.thumb_sha256 if form == "thumb" and page.thumb_sha256 else row.picture_sha256
    return shown_bytes(request, sha256, "image/jpeg")


@require(*STAFF)
def difference_picture(request: StaffRequest, code: str, difference: int) -> HttpResponseBase:
    """The overlay of a difference."""
    row = get_object_or_404(SheetDifference.objects.exclude(picture_sha256=""), pk=difference)
    shown = DrawingSet.objects.filter(project__code=code, versions__sheets__picture_sha256=row.after).distinct()
    if not any(views.may_see_set(request.user, one) for one in shown):
        raise Http404
    try:
        read_derivative(row.picture_sha256)
    except NotFound:  # the working copies are gone: it is made anew when the page is looked at
        row.delete()
        return HttpResponse(status=404)
    return shown_bytes(request, row.picture_sha256, "image/png")


def _sheet(request: StaffRequest, code: str, pk: str) -> Sheet:
    """A sheet of the project; of a set that the person may not see there is none."""
    rows = Sheet.objects.select_related("version__set__works", "version__case")
    found: Sheet = get_object_or_404(rows, pk=_number(pk), version__set__project__code=code)
    if not views.may_see_set(request.user, found.version.set):
        raise Http404
    return found


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0
