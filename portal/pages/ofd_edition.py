"""The OFD edition of a certificate, an experimental export: made on request of the department, then handed out."""

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST

from archive import NotFound
from portal.pages.case import CERTIFICATE_READERS
from portal.roles import Role, StaffRequest, require
from signing import Certificate, SigningError
from workers import NotPossibleError, kept_ofd_edition, ofd_edition, read_derivative


@require_POST
@require(Role.OFFICER)
def make_edition(request: StaffRequest, number: str, certificate: int) -> HttpResponseBase:
    """Make the edition; the answer is the link to it, or why there is none."""
    row = get_object_or_404(Certificate, pk=certificate, case_number=number)
    try:
        found = {"edition": ofd_edition(row, by=request.user)}
    except (NotPossibleError, SigningError) as reason:
        found = {"refused": str(reason)}
    return render(request, "portal/_certificate_ofd.html", {"certificate": row, "may_export": True, **found})


@require(*CERTIFICATE_READERS)
def edition(_: StaffRequest, certificate: int, sha256: str) -> HttpResponseBase:
    """The edition in exactly the bytes that the digest names, as a download."""
    row = get_object_or_404(Certificate, pk=certificate)
    if not sha256 or sha256 != kept_ofd_edition(row):
        raise Http404
    try:
        response = HttpResponse(read_derivative(sha256), content_type="application/ofd")
    except NotFound as reason:
        raise Http404("the object is not in the working zone") from reason
    name = f"{row.number}（试验性导出）.ofd"
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    return response
