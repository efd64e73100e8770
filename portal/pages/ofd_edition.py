"""The OFD edition of a certificate, an experimental export: asked for by the department, made by workers."""

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST

from archive import NotFound
from portal.pages.case import CERTIFICATE_READERS
from portal.roles import Role, StaffRequest, require, roles_of
from signing import Certificate
from workers import NotPossibleError, ofd_digest, ofd_job, read_derivative, request_ofd_edition


@require_POST
@require(Role.OFFICER)
def ask_for_edition(request: StaffRequest, number: str, certificate: int) -> HttpResponseBase:
    """Have it made; the answer says that it comes, or why not."""
    row = get_object_or_404(Certificate, pk=certificate, case_number=number)
    try:
        request_ofd_edition(row, by=request.user)
    except NotPossibleError as reason:
        return _said(request, row, str(reason))
    return _said(request, row)


@require(*CERTIFICATE_READERS)
def edition_state(request: StaffRequest, number: str, certificate: int) -> HttpResponseBase:
    """The button, what it waits for, or the link: asked for with the certificate, and while it is being made."""
    return _said(request, get_object_or_404(Certificate, pk=certificate, case_number=number))


@require(*CERTIFICATE_READERS)
def edition(_: StaffRequest, certificate: int, sha256: str) -> HttpResponseBase:
    """The edition in exactly the bytes that the digest names, as a download."""
    row = get_object_or_404(Certificate, pk=certificate)
    if not sha256 or sha256 != ofd_digest(row):
        raise Http404
    try:
        response = HttpResponse(read_derivative(sha256), content_type="application/ofd")
    except NotFound as reason:
        raise Http404("the object is not in the working zone") from reason
    name = f"{row.number}（试验性导出）.ofd"
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    return response


def _said(request: StaffRequest, row: Certificate, refused: str = "") -> HttpResponseBase:
    job = ofd_job(row)
    shown = {
        "certificate": row,
        "edition": ofd_digest(row),
        "job": job,
        "may_export": Role.OFFICER in roles_of(request.user),
        "refused": refused or ((job.error or {}).get("message", "") if job else ""),
    }
    return render(request, "portal/_certificate_ofd.html", shown)
