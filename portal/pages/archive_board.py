"""档案室: the archivist's board, and the button that sets stopped work going again."""

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from portal.archive_figures import board_figures
from portal.roles import Role, StaffRequest, require
from workers import ARCHIVE_JOBS, Job, NotPossibleError, try_again


@require(Role.ARCHIVIST)
def archive_board(request: StaffRequest) -> HttpResponseBase:
    """What waits and why, what failed, and how the archive stands."""
    return render(request, "portal/archive_board.html", board_figures())


@require_POST
@require(Role.ARCHIVIST)
def retry(request: StaffRequest, job: int) -> HttpResponseBase:
    """Do stopped work of the archive once more."""
    row = get_object_or_404(Job, pk=job, kind__in=ARCHIVE_JOBS)
    try:
        try_again(row, by=request.user)
    except NotPossibleError as reason:
        return render(request, "portal/archive_board.html", board_figures() | {"error": str(reason)}, status=409)
    return redirect("portal:archive-board")
