"""Searching everything read: the pages that hold the words, each one step from the place where they stand."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from archive.lookup import SearchQueryError
from catalogue import load_catalogue
from ingest import Case, Hit, search_pages
from portal.roles import Role, StaffRequest, require
from portal.sight import cases_seen

# What is looked through at a glance; more are a page further.
HITS_A_PAGE = 20
# Nobody leafs so far; who finds more adds a word.
MAX_LEAF = 500


@require(Role.CLERK, Role.OFFICER, Role.ARCHIVIST)
def search(request: StaffRequest) -> HttpResponseBase:
    """The pages found, the newest first; before anything is asked, what can be asked."""
    query, leaf = request.GET.get("find", "").strip(), _leaf(request)
    context = {"query": query, "leaf": leaf, "rows": [], "more": False, "wrong": ""}
    if not query:
        return render(request, "portal/search.html", context)
    try:
        seen = Case.objects.filter(cases_seen(request.user))
        hits = search_pages(query, within=seen, limit=HITS_A_PAGE + 1, offset=(leaf - 1) * HITS_A_PAGE)
    except SearchQueryError as reason:
        return render(request, "portal/search.html", context | {"wrong": str(reason)}, status=422)
    names = {kind.code: kind.name for kind in load_catalogue().material_types()}
    cases = Case.objects.select_related("project", "works").in_bulk({hit.upload.case_id for hit in hits})
    rows = [_row(hit, cases[hit.upload.case_id], names) for hit in hits[:HITS_A_PAGE]]
    more = len(hits) > HITS_A_PAGE and leaf < MAX_LEAF
    return render(request, "portal/search.html", context | {"rows": rows, "more": more})


def _row(hit: Hit, case: Case, names: dict[str, str]) -> tuple[Hit, Case, str]:
    """The hit, its case, and what its document is called."""
    return hit, case, names.get(hit.material_type, "")


def _leaf(request: HttpRequest) -> int:
    wanted = request.GET.get("leaf", "1")
    return min(MAX_LEAF, max(1, int(wanted))) if wanted.isdecimal() and len(wanted) <= len(str(MAX_LEAF)) else 1
