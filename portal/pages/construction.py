"""建设工程档案 of a project on the screen: what is there, what is missing and who makes it, and when it is due."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header

from archive.transfer import index_csv, index_xml
from portal.roles import Role, StaffRequest, require
from workers import NotPossibleError, ProjectArchive, project_archive

INDEXES = {"csv": "text/csv; charset=utf-8", "xml": "application/xml"}


@require(Role.ARCHIVIST, Role.CLERK)
def construction_page(request: StaffRequest, code: str) -> HttpResponseBase:
    """The tree of a project, or of one of its works (`?works=`)."""
    works = request.GET.get("works", "")
    try:
        found = project_archive(code, works)
    except NotPossibleError as reason:
        return render(request, "portal/construction.html", {"error": str(reason), "code": code}, status=404)
    today = timezone.localdate()
    context = {
        "found": found,
        "code": code,
        "works": works,
        "groups": [(group, group.count("filled")) for group in found.groups],
        "counts": [found.count(state) for state in ("filled", "missing", "asked")],
        "late": bool(found.due_on and found.due_on < today),
    }
    return render(request, "portal/construction.html", context)


@require(Role.ARCHIVIST, Role.CLERK)
def construction_index(request: StaffRequest, code: str, kind: str) -> HttpResponseBase:
    """The index alone, as a table or as XML, for the builder."""
    if kind not in INDEXES:
        return HttpResponse(status=404)
    try:
        found = project_archive(code, request.GET.get("works", ""))
    except NotPossibleError:
        return HttpResponse(status=404)
    response = HttpResponse(_index(found, kind), content_type=INDEXES[kind])
    name = f"归档目录 {code}.{kind}"
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    return response


def _index(found: ProjectArchive, kind: str) -> bytes:
    return index_csv(found.groups) if kind == "csv" else index_xml(found.groups, found.attributes)
