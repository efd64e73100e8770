"""Results that serve more than one item: the matrix for all, and what a project has of them."""

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from archive.holdings import Area, areas_of
from ingest import Project
from portal.roles import STAFF, StaffRequest, require
from portal.shared_results import results_for, share_matrix
from portal.sight import cases_seen


@require(*STAFF)
def matrix(request: StaffRequest) -> HttpResponseBase:
    """Which result serves which items."""
    return render(request, "portal/share_matrix.html", {"rows": share_matrix()})


@require(*STAFF)
def project_results(request: StaffRequest, code: str) -> HttpResponseBase:
    """What is held for a project from offices, its areas and joint results, and what it serves."""
    project = get_object_or_404(Project, code=code)
    inside = areas_of(project.codes, on=timezone.localdate())
    context = {
        "project": project,
        "areas": list(Area.objects.filter(code__in=inside)),
        "results": results_for(project, request.user),
        "cases": list(project.cases.filter(cases_seen(request.user)).order_by("pk")),
    }
    return render(request, "portal/project_results.html", context)
