"""利用: asking for a file of the archive, fetching what was made, who was shown what, and verifying a copy."""

import csv
import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.cache import never_cache

from archive import Access, Element, Package, StoreError
from archive.lookup import Form, NotPermittedError, Purpose, Retrieval, UnreadableRequestError
from portal import rates
from portal.pages.packages import read_manifest
from portal.roles import Role, StaffRequest, public, require, roles_of
from portal.sight import packages_seen
from portal.tables import BOM, cell
from portal.wording import moment
from workers import NotFetchableError, copy_waits_for, fetch_retrieval, request_retrieval

USERS = (Role.ARCHIVIST, Role.OFFICER)
ACCESSES_A_PAGE = 100
COLUMNS = (
    "时间", "利用人", "档号", "题名", "文件", "利用目的", "办件", "方式", "遮盖", "遮盖处数", "状态", "利用编号",
)  # fmt: skip


@require(*USERS)
@never_cache
def use(request: StaffRequest, number: str) -> HttpResponseBase:
    """Ask for one file of a package: what for, and as what."""
    package = get_object_or_404(Package, number=number)
    told = request.POST if request.method == "POST" else request.GET
    sha256, element = _element(package, told.get("manifest", ""), told.get("path", ""))
    context: dict[str, Any] = {
        "package": package,
        "element": element,
        "manifest": sha256,
        "purposes": Purpose.choices,
        "may_original": Role.ARCHIVIST in roles_of(request.user),
        "told": told,
    }
    if request.method != "POST":
        return render(request, "portal/use.html", context)
    try:
        with transaction.atomic():
            asked = request_retrieval(
                package,
                sha256,
                element,
                by=request.user,
                roles=frozenset(role.value for role in roles_of(request.user)),
                purpose=told.get("purpose", ""),
                words=told.get("words", ""),
                case_number=told.get("case_number", ""),
                form=told.get("form", Form.COPY),
            )
    except NotPermittedError as reason:
        status = 400 if isinstance(reason, UnreadableRequestError) else 403
        return render(request, "portal/use.html", context | {"error": str(reason)}, status=status)
    return redirect("portal:retrieval", asked.number)


@require(*USERS)
@never_cache
def retrieval(request: StaffRequest, number: str) -> HttpResponseBase:
    """How far what was asked for is; it can be fetched here by who asked."""
    row = _retrieval(number, request)
    context = {"row": row, "mine": row.access.user_id == request.user.pk, "over": _is_over(row)}
    context["waits_for"] = copy_waits_for(row) if row.state == Retrieval.State.ASKED else ""
    template = "portal/_retrieval.html" if request.headers.get("HX-Request") else "portal/retrieval.html"
    return render(request, template, context)


@require(*USERS)
@never_cache
def retrieval_file(request: StaffRequest, number: str) -> HttpResponseBase:
    """What was made, as a stream."""
    row = _retrieval(number, request)
    try:
        stream = fetch_retrieval(row, request.user)
    except (NotFetchableError, StoreError) as reason:
        context = {"row": row, "mine": False, "over": True, "error": str(reason)}
        return render(request, "portal/retrieval.html", context, status=409)
    name = (
        row.name
        if row.form == Form.ORIGINAL
        else f"{row.name.rpartition('.')[0] or row.name}（{row.get_form_display()}）.pdf"
    )
    kind = "application/octet-stream" if row.form == Form.ORIGINAL else "application/pdf"
    return FileResponse(stream, as_attachment=True, filename=name, content_type=kind)


@require(*USERS)
@never_cache
def uses(request: StaffRequest) -> HttpResponseBase:
    """Who was shown what: of a package, by an account, within days; for the archivist and for the office itself."""
    rows = _accesses(request)
    page = Paginator(rows, ACCESSES_A_PAGE).get_page(request.GET.get("page"))
    asked = {name: request.GET.get(name, "") for name in ("package", "account", "first", "last")}
    return render(request, "portal/uses.html", {"page": page, "asked": asked, "link": request.GET.urlencode()})


@require(*USERS)
@never_cache
def uses_csv(request: StaffRequest) -> HttpResponseBase:
    """The same as a table, all of it."""
    lines = csv.writer(_Echo())

    def rows() -> Iterator[str]:
        yield BOM + lines.writerow(COLUMNS)
        for access in _accesses(request).iterator(chunk_size=500):
            yield lines.writerow([cell(one) for one in _columns(access)])

    response = StreamingHttpResponse(rows(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="uses.csv"'
    return response


@public
@never_cache
def verify_copy(request: HttpRequest, number: str = "") -> HttpResponseBase:
    """Whether a copy was given out, of what and when: for whoever holds it. Persons and purposes are not told."""
    if not rates.allowed("verify", request, rates.CHECKS_A_MINUTE):
        return render(request, "portal/verify_copy.html", {"slow": True}, status=429)
    number = number or request.GET.get("number", "").strip().upper()
    given = Retrieval.objects.filter(state__in=(Retrieval.State.READY, Retrieval.State.CLEANED))
    row = given.select_related("access__package").filter(number=number).first()
    return render(
        request, "portal/verify_copy.html", {"row": row, "number": number}, status=404 if number and not row else 200
    )


class _Echo:
    """A file for the csv module that gives back what is written."""

    def write(self, line: str) -> str:
        return line


def _element(package: Package, manifest_sha256: str, path: str) -> tuple[str, Element]:
    """A file of the package or of one of its follow-ups, by its place in a manifest; 404 for any other."""
    sha256 = manifest_sha256 or package.manifest_sha256
    if sha256 != package.manifest_sha256 and not package.follow_ups.filter(manifest_sha256=sha256).exists():
        raise Http404
    manifest, _ = read_manifest(sha256)
    element = next((one for one in manifest.elements if one.path == path), None) if manifest else None
    if element is None:
        raise Http404
    return sha256, element


def _retrieval(number: str, request: StaffRequest) -> Retrieval:
    """One retrieval; others' are for the archivist only."""
    rows = Retrieval.objects.select_related("access__package", "access__user")
    row = get_object_or_404(rows, number=number)
    if row.access.user_id != request.user.pk and Role.ARCHIVIST not in roles_of(request.user):
        raise Http404
    return row


def _is_over(row: Retrieval) -> bool:
    return row.state == Retrieval.State.READY and row.keep_until is not None and row.keep_until <= timezone.now()


def _accesses(request: StaffRequest) -> QuerySet[Access]:
    """The accesses that are asked for, the newest first."""
    seen = Q(package__in=Package.objects.filter(packages_seen(request.user))) | Q(user=request.user)
    rows = Access.objects.filter(seen).select_related("package", "user", "held", "retrieval")
    rows = rows.order_by("-accessed_at", "-pk")
    asked = request.GET
    if asked.get("package"):
        rows = rows.filter(package__number=asked["package"]) | rows.filter(package__archive_number=asked["package"])
    if asked.get("account"):
        rows = rows.filter(user__username=asked["account"])
    if first := _day(asked.get("first", "")):
        rows = rows.filter(accessed_at__date__gte=first)
    if last := _day(asked.get("last", "")):
        rows = rows.filter(accessed_at__date__lte=last)
    return rows


def _day(text: str) -> dt.date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _columns(access: Access) -> tuple[object, ...]:
    row: Retrieval | None = getattr(access, "retrieval", None)
    return (
        moment(access.accessed_at),
        access.user.get_username(),
        access.package.archive_number,
        access.package.title,
        row.name if row else access.held.name if access.held else "",
        access.purpose,
        access.case_number,
        row.get_form_display() if row else "复用",
        "是" if row and row.masked else "否" if row else "",
        row.hidden if row else "",
        row.get_state_display() if row else "",
        row.number if row else "",
    )
