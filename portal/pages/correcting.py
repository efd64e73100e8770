"""What the window puts right: what a document is, which pages belong together, what a field says."""

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from ingest import Case, Material
from portal.pages.actions import done, undo_of
from portal.pages.case import Said, find
from portal.roles import Role, StaffRequest, require
from workers import correct_field, item_of, join, name_of, refile, split, take_out

# Longer numbers are no page of a file and no row, and more than a database takes.
NUMBER_DIGITS = 9


@require_POST
@require(Role.CLERK)
def file_under(request: StaffRequest, number: str, material: int) -> HttpResponseBase:
    """Say what a document is; with `page`, take that page out of it and say what the page is."""
    case, row = _material(number, material)
    after, page = request.POST.get("type", ""), _number(request.POST.get("page", ""))
    if after and item_of(case).requirement(after) is None:
        return done(request, case, lambda: None, Said("error", "清单上没有这一项，请刷新后再试。"))
    name = name_of(after)
    if page and row.pages != [page]:
        said = Said("ok", f"已将第{page}页单独归入“{name}”。", undo_of(number))
        return done(request, case, lambda: take_out(row, page, after, by=request.user), said)
    said = Said("ok", f"已将“{row.upload.file_name}”归入“{name}”。", undo_of(number))
    return done(request, case, lambda: refile(row, after, by=request.user), said)


@require_POST
@require(Role.CLERK)
def split_document(request: StaffRequest, number: str, material: int) -> HttpResponseBase:
    """Begin another document at a page."""
    case, row = _material(number, material)
    first = _number(request.POST.get("first", ""))
    said = Said("ok", f"已从第{first}页起拆成另一份材料，并重新识别。", undo_of(number))
    return done(request, case, lambda: split(row, first, by=request.user), said)


@require_POST
@require(Role.CLERK)
def join_documents(request: StaffRequest, number: str, material: int) -> HttpResponseBase:
    """Let the pages of a document belong to another one."""
    case, row = _material(number, material)
    into = get_object_or_404(Material, pk=_number(request.POST.get("into", "")), upload__in=case.pile)
    said = Said("ok", f"已并入“{name_of(into.type)}”。", undo_of(number))
    return done(request, case, lambda: join(row, into, by=request.user), said)


@require_POST
@require(Role.CLERK)
def put_field_right(request: StaffRequest, number: str, material: int) -> HttpResponseBase:
    """Type what a field says."""
    case, row = _material(number, material)
    field, text = request.POST.get("field", ""), request.POST.get("value", "").strip()
    said = Said("ok", f"已更正“{field}”，原识别结果保留在旁。", undo_of(number))
    return done(request, case, lambda: correct_field(row, field, text, by=request.user), said)


def _material(number: str, material: int) -> tuple[Case, Material]:
    case = find(number)
    return case, get_object_or_404(Material.objects.select_related("upload__case"), pk=material, upload__in=case.pile)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) <= NUMBER_DIGITS else 0
