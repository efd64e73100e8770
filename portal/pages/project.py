"""The project's code (扫码亮证): what anybody sees who scans the board at the site, and the sheet for that board."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache

from ingest import Project
from portal import verification
from portal.pages.verify import refused
from portal.roles import STAFF, StaffRequest, public, require
from portal.verification import WORDS, words_of
from signing import open_project_token, project_token, project_url
from workers import certificates_of, print_board, shown_project


@public
@never_cache
def project_page(request: HttpRequest, token: str) -> HttpResponseBase:
    """The certificates of a project as they stand now; nothing of a person."""
    if not verification.allowed(request):
        return refused(request, "slow")
    named = open_project_token(token, verification.answer_key())
    project = shown_project(*named) if named else None
    if project is None:
        return render(request, "portal/verify.html", {"verdict": WORDS["no-project"]}, status=404)
    rows = [(name, answer, words_of(answer)) for name, answer in certificates_of(project, today=timezone.localdate())]
    return render(request, "portal/project.html", {"project": project, "rows": rows, "now": timezone.now()})


@require(*STAFF)
def project_board(_: StaffRequest, code: str) -> HttpResponseBase:
    """The sheet to print and put up."""
    project = get_object_or_404(Project, code=code)
    response = HttpResponse(print_board(project, board_address(project)), content_type="application/pdf")
    name = f"扫码亮证 {project.code}.pdf"
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=False, filename=name) or ""
    return response


def board_address(project: Project) -> str:
    """What the code on the sheet says."""
    token = project_token(project.code, project.owner_uscc, verification.answer_key())
    return project_url(settings.PUBLIC_URL, token)
