"""A parallel case on the screen: one pile, one union list as a picture, every item with how far it is."""

import hashlib
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from catalogue import STAGES, load_catalogue
from ingest import Case, Material, Page, ParallelCase, takers
from portal.checklist import build_checklist
from portal.figures import figure, pages_of, progress_of
from portal.matrix import build_matrix
from portal.offers import ended_shown
from portal.pages.case import PAGE_DIGITS, Said, figure_context
from portal.pages.cases import Hint, case_facts, hint_for, secrecy_question, shown_elsewhere
from portal.receipts import receipts
from portal.repeats_shown import banner
from portal.roles import STAFF, Role, StaffRequest, require, roles_of
from workers import (
    NotPossibleError,
    OnHand,
    accept,
    accept_offers,
    answer_parallel,
    item_of,
    on_hand,
    open_parallel,
    progress,
    questions_of,
    refile,
    restore_upload,
    reuse_named,
    saved_by,
    saving,
    undo,
    withdraw_upload,
)

FIELDS = ("project_code", "project_name", "works_name", "applicant_name", "applicant_uscc", "section", "sensitive")


@require(*STAFF)
def parallel_page(request: StaffRequest, number: str) -> HttpResponseBase:
    """The whole page."""
    context = _context(request, find_parallel(number))
    matrix, pages = context["matrix"], context["pages"]
    row = next((row for row in matrix.rows if row.defects and row.first_page), None)
    shown = Page.objects.filter(pk=row.first_page if row else (pages[0].pk if pages else 0)).first()
    if shown:
        case = row.shown if row else context["case"]
        context |= figure_context(case, shown, build_checklist(case)) | {
            "case": context["case"],
            "document": None,
        }
    return render(request, "portal/parallel.html", context | {"live": _live(request, context)})


@require(*STAFF)
def parallel_live(request: StaffRequest, number: str) -> HttpResponseBase:
    """The part of the page that moves. 204 when it is as the browser has it."""
    context = _context(request, find_parallel(number)) | {"oob": True}
    body = _live(request, context)
    return HttpResponse(status=204) if request.GET.get("seen") == context["seen"] else HttpResponse(body)


@require_POST
@require(Role.CLERK)
def act(request: StaffRequest, number: str, work: str) -> HttpResponseBase:
    """What the window does to the whole: withdraw, restore, refile, reuse, answer, accept; each acts on all items."""
    parallel = find_parallel(number)
    try:
        said = _WORK[work](request, parallel) if work in _WORK else Said("error", "没有这个操作，请刷新页面后再试")
    except NotPossibleError as reason:
        said = Said("error", str(reason))
    context = _context(request, find_parallel(number)) | {"oob": True}
    return HttpResponse(_live(request, context) + render_to_string("portal/_said.html", {"said": said}, request))


@require(Role.CLERK)
def new_parallel(request: StaffRequest) -> HttpResponseBase:
    """The form for several items of one stage."""
    given: dict[str, Any] = {name: request.POST.get(name, "").strip() for name in FIELDS}
    given["items"] = request.POST.getlist("items")
    if request.method != "POST":
        return _form(request, given, {})
    hints = {name: hint for name in FIELDS if (hint := hint_for(name, given[name]))}
    if any(hint.level == "error" for hint in hints.values()):
        return _form(request, given, hints, status=422)
    try:
        parallel = open_parallel(
            given["items"],
            **case_facts(given),
            by=request.user,
            section=given["section"],
            answers={"sensitive": given["sensitive"]},
        )
    except NotPossibleError as reason:
        if reason.code == "confidential":
            return shown_elsewhere(request, reason)
        return _form(request, given, {"items": Hint("error", str(reason))}, status=409)
    return redirect("portal:parallel", parallel.number)


def find_parallel(number: str) -> ParallelCase:
    """The parallel case with that number, or 404."""
    found: ParallelCase = get_object_or_404(ParallelCase.objects.select_related("project", "works"), number=number)
    return found


def _context(request: StaffRequest, parallel: ParallelCase) -> dict[str, Any]:
    """Everything that the moving part shows; `case` is the one on whose counter new files are laid."""
    first = parallel.cases.select_related("project", "works").order_by("pk").first()
    assert first is not None  # noqa: S101 - a parallel case is opened with its cases
    open_ones = takers(first)
    case = open_ones[0] if open_ones else first
    jobs = progress(case)  # before all else: what a job did that is no longer among them is in what is read after
    pages = pages_of(case)
    files = receipts(list(case.pile.select_related("duplicate_of")), pages, request.user)
    held = {one.pk: on_hand(one) for one in parallel.cases.select_related("project", "works")}
    matrix = build_matrix(parallel, held)
    entries = build_entries(matrix)
    cases = [column.case for column in matrix.columns]
    return {
        "parallel": parallel,
        "case": case,
        "matrix": matrix,
        "pages": pages,
        "thumbs": [(figure(page, rotation=page.rotation or 0), entries.get(page.pk, ""), None) for page in pages],
        "receipts": files,
        "repeats": banner(case, request.user),
        "reading": any(receipt.moving for receipt in files),
        "progress": progress_of(pages, jobs),
        "questions": questions_of([item_of(one) for one in cases]),
        "may_edit": Role.CLERK in roles_of(request.user) and bool(open_ones),
        **_held_of([(one, held[one.pk]) for one in cases if one.state == Case.State.OPEN], request.user),
    }


def _held_of(cases: list[tuple[Case, OnHand]], user: Any) -> dict[str, Any]:
    """What is offered to the cases together and what they have already, each material once."""
    free = {one.pk: one for _, held in cases for one in held.free}
    saved = [saved_by(case) for case, _ in cases]
    return {
        "ended": {entry: why for case, held in cases for entry, why in ended_shown(case, held.ended, user).items()},
        "free_offers": len(free),
        "would_save": saving(cases[0][0], free.values()) if cases else None,
        "saved": max(saved, key=lambda one: one.sheets, default=None),
    }


def build_entries(matrix: Any) -> dict[int, str]:
    """For each page that stands for a material of the union: which."""
    return {page: row.entry.material for row in matrix.rows for file in row.files for page in file.page_ids}


def _live(request: HttpRequest, context: dict[str, Any]) -> str:
    """Render the moving part under the digest of its own content."""
    body = render_to_string("portal/_parallel_live.html", context, request)
    context["seen"] = hashlib.sha256(body.encode()).hexdigest()[:16]
    return render_to_string("portal/_parallel_frame.html", context | {"body": body}, request)


def _undo(parallel: ParallelCase, work: str, **given: object) -> str:
    asked = "&".join(f"{key}={value}" for key, value in given.items())
    return reverse("portal:parallel-act", args=[parallel.number, work]) + f"?{asked}"


def _given(request: StaffRequest, name: str) -> str:
    """A value of the request; an undo button sends it in the address."""
    return request.POST.get(name, request.GET.get(name, ""))


def _row(request: StaffRequest, name: str) -> int:
    """The number of a row, 0 (which is none's) for what is no such number."""
    number = _given(request, name)
    return int(number) if number.isdecimal() and len(number) < PAGE_DIGITS else 0


def _pile(parallel: ParallelCase) -> Any:
    case = parallel.cases.order_by("pk").first()
    assert case is not None  # noqa: S101 - as above
    return case.pile


def _withdraw(request: StaffRequest, parallel: ParallelCase) -> Said:
    upload = get_object_or_404(_pile(parallel), number=_given(request, "upload"))
    withdraw_upload(upload, by=request.user)
    undo = _undo(parallel, "restore", upload=upload.number)
    return Said("ok", f"已撤回“{upload.file_name}”，各事项都不再计入。", undo)


def _restore(request: StaffRequest, parallel: ParallelCase) -> Said:
    upload = get_object_or_404(_pile(parallel), number=_given(request, "upload"))
    restore_upload(upload, by=request.user)
    undo = _undo(parallel, "withdraw", upload=upload.number)
    return Said("ok", f"已恢复“{upload.file_name}”。", undo)


def _refile(request: StaffRequest, parallel: ParallelCase) -> Said:
    row = get_object_or_404(Material, pk=_row(request, "material"), upload__in=_pile(parallel))
    before, after = row.type, _given(request, "type")
    if after and after not in {kind.code for kind in load_catalogue().material_types()}:
        return Said("error", "没有这种材料，请从列表中选择")
    refile(row, after, by=request.user)
    name = load_catalogue().material_type(after).name if after else "其他材料"
    undo = _undo(parallel, "refile", material=row.pk, type=before)
    return Said("ok", f"已将“{row.upload.file_name}”归入“{name}”，各事项一并更新。", undo)


def _reuse(request: StaffRequest, parallel: ParallelCase) -> Said:
    case = get_object_or_404(Case, parallel=parallel, number=_given(request, "case"))
    use = reuse_named(case, _row(request, "held"), by=request.user)
    name = use.held.name if use.held else ""
    return Said("ok", f"已采用已有的“{name}”，需要它的各事项都已使用。", _undo(parallel, "undo", case=case.number))


def _accept_offers(request: StaffRequest, parallel: ParallelCase) -> Said:
    open_ones = list(parallel.cases.filter(state=Case.State.OPEN).select_related("project", "works").order_by("pk"))
    taken = accept_offers(open_ones, by=request.user)
    held = len({use.held_id for use in taken})
    undo = _undo(parallel, "undo", case=open_ones[0].number)
    return Said("ok", f"已采用 {held} 份已有材料，供 {len({use.case_id for use in taken})} 个事项使用。", undo)


def _take_back(request: StaffRequest, parallel: ParallelCase) -> Said:
    case = get_object_or_404(Case, parallel=parallel, number=_given(request, "case"))
    return Said("ok", f"已撤销：{undo(case, by=request.user).said}。")


def _answer(request: StaffRequest, parallel: ParallelCase) -> Said:
    asked = questions_of([item_of(case) for case in parallel.cases.order_by("pk")])
    said = {question.key: request.POST.get(question.key, "") for question in asked}
    answer_parallel(parallel, {key: value for key, value in said.items() if value}, by=request.user)
    return Said("ok", "已记录，各事项按回答重新核对。")


def _accept(request: StaffRequest, parallel: ParallelCase) -> Said:
    case = get_object_or_404(Case, parallel=parallel, number=_given(request, "case"))
    accept(case, by=request.user)
    return Said("ok", f"“{item_of(case).name}”已受理；其他事项不受影响。")


_WORK = {
    "withdraw": _withdraw,
    "restore": _restore,
    "refile": _refile,
    "reuse": _reuse,
    "accept-offers": _accept_offers,
    "undo": _take_back,
    "answer": _answer,
    "accept": _accept,
}


def _form(request: HttpRequest, given: dict[str, Any], hints: dict[str, Hint], status: int = 200) -> HttpResponseBase:
    items = load_catalogue().items(on=timezone.localdate())
    stages = [(stage, [item for item in items if item.stage == stage]) for stage in STAGES]
    context = {
        "given": given,
        "hints": hints,
        "stages": [(stage, found) for stage, found in stages if found],
        "secrecy": secrecy_question(),
    }
    return render(request, "portal/new_parallel.html", context, status=status)
