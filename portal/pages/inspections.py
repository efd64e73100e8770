"""四性检测 of a package: its reports, what they found, what a person enters, and another inspection when asked for."""

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST

from archive import NotFound, Package, Unavailable, object_key
from archive.inspection import CODES, MANUAL_CODES, InspectionRecord, Phase
from portal.pages.files import SHOWN_POLICY
from portal.roles import Role, StaffRequest, require
from workers import NotManualError, enter_manual, request_inspection, zone

READERS = (Role.ARCHIVIST, Role.SUPERVISOR)
KINDS = {"json": ("report_sha256", "application/json"), "pdf": ("pdf_sha256", "application/pdf")}
RESULTS_TO_ENTER = ("合格", "不合格", "不适用")


@require(*READERS)
def inspections(request: StaffRequest, number: str) -> HttpResponseBase:
    """Every inspection of a package, the newest first, with the form for what a person finds."""
    return _shown(request, get_object_or_404(Package, number=number))


@require_POST
@require(Role.ARCHIVIST)
def ask(request: StaffRequest, number: str) -> HttpResponseBase:
    """Have the package inspected again; a job does it."""
    package = get_object_or_404(Package, number=number)
    phase: Phase = "GD" if not package.inspections.filter(phase="GD").exists() else "CQ"
    request_inspection(package, phase, by=request.user.get_username())
    return redirect("portal:inspections", number=number)


@require_POST
@require(Role.ARCHIVIST)
def enter(request: StaffRequest, number: str) -> HttpResponseBase:
    """Write down what the archivist found by eye, by instrument or with another program."""
    package = get_object_or_404(Package, number=number)
    said = {name: request.POST.get(name, "") for name in ("number", "object", "result", "remark")}
    try:
        enter_manual(
            package,
            said["number"],
            object_=said["object"],
            result=said["result"],  # type: ignore[arg-type]
            remark=said["remark"],
            by=request.user.get_username(),
            found_at=timezone.now(),
        )
    except NotManualError as reason:
        return _shown(request, package, error=str(reason))
    return redirect("portal:inspections", number=number)


@require(*READERS)
def report(_: StaffRequest, number: str, inspection: int, kind: str) -> HttpResponseBase:
    """A report out of the archive, as PDF to be printed or as JSON."""
    if kind not in KINDS:
        raise Http404
    row = get_object_or_404(InspectionRecord.objects.exclude(report_sha256=""), pk=inspection, package__number=number)
    column, media_type = KINDS[kind]
    response = HttpResponse(_read(getattr(row, column)), content_type=media_type)
    name = f"四性检测报告（{row.batch}）.{kind}"
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    response.headers["Content-Security-Policy"] = SHOWN_POLICY
    return response


def _read(sha256: str) -> bytes:
    """From the archive; a report that was made a moment ago still lies where it was made."""
    for place in ("archive", "working"):
        try:
            return zone(place).read(object_key(sha256))
        except (NotFound, Unavailable):
            continue
    raise Http404("the report is in no zone")


def _shown(request: StaffRequest, package: Package, *, error: str = "") -> HttpResponse:
    context = {
        "package": package,
        "records": package.inspections.order_by("-asked_at", "-pk"),
        "entered": package.manual_findings.order_by("-found_at", "-pk"),
        "codes": [(number, CODES[number].name) for number in MANUAL_CODES],
        "results": RESULTS_TO_ENTER,
        "error": error,
    }
    return render(request, "portal/inspections.html", context, status=400 if error else 200)
