"""Acts on what a case leaves open, on its clock and its papers: undo, re-check, pause, resume, receipt, refusal."""

from collections.abc import Callable

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from ingest import Case, Notice, Promise
from portal.pages.case import Said, answer, find
from portal.roles import Role, StaffRequest, require
from workers import NotPossibleError, pause, recheck, refuse, request_notice, resume, undo_promise


def _done(request: StaffRequest, case: Case, work: Callable[[], object], words: str) -> HttpResponseBase:
    """Do it and say so; where it is not possible, say why in the words of the use case."""
    try:
        work()
    except NotPossibleError as reason:
        return answer(request, case, Said("error", str(reason)))
    return answer(request, case, Said("ok", words))


def _said(request: StaffRequest, name: str) -> str:
    return request.POST.get(name, "").strip()


@require_POST
@require(Role.CLERK)
def take_promise_back(request: StaffRequest, number: str, promise: int) -> HttpResponseBase:
    """A slip: the gap or promise no longer counts."""
    case = find(number)
    row = get_object_or_404(Promise, pk=promise, case=case)
    return _done(request, case, lambda: undo_promise(row, by=request.user), f"已撤销“{row.entry_name}”的登记。")


@require_POST
@require(Role.OFFICER)
def record_recheck(request: StaffRequest, number: str, promise: int) -> HttpResponseBase:
    """What the re-check of a promise found; anything but a plain "kept" would put somebody on record, so it is said."""
    case = find(number)
    row = get_object_or_404(Promise, pk=promise, case=case)
    found = _said(request, "found")
    if found not in {"kept", "broken"}:
        return answer(request, case, Said("error", "请选择“已兑现”或“未兑现”"))
    words = "已记录核查结果：已兑现。" if found == "kept" else "已记录核查结果：未兑现，已记入信用记录。"
    evidence = _said(request, "evidence")
    return _done(request, case, lambda: recheck(row, kept=found == "kept", evidence=evidence, by=request.user), words)


@require_POST
@require(Role.OFFICER)
def pause_clock(request: StaffRequest, number: str) -> HttpResponseBase:
    """Stop the clock."""
    case = find(number)
    kind, reason, evidence = (_said(request, name) for name in ("kind", "reason", "evidence"))
    return _done(
        request,
        case,
        lambda: pause(case, kind, reason=reason, evidence=evidence, by=request.user),
        "计时已暂停，办结日在恢复后重新计算。",
    )


@require_POST
@require(Role.OFFICER)
def resume_clock(request: StaffRequest, number: str) -> HttpResponseBase:
    """Let it go on."""
    case = find(number)
    evidence = _said(request, "evidence")
    return _done(
        request, case, lambda: resume(case, evidence=evidence, by=request.user), "计时已恢复，办结日已重新计算。"
    )


@require_POST
@require(Role.CLERK)
def give_receipt(request: StaffRequest, number: str) -> HttpResponseBase:
    """Have a receipt made of what was handed in so far."""
    case = find(number)
    words = "正在生成收件回执，完成后出现在“通知书”一栏。"
    return _done(request, case, lambda: request_notice(case, Notice.Kind.RECEIPT, by=request.user), words)


@require_POST
@require(Role.CLERK)
def refuse_case(request: StaffRequest, number: str) -> HttpResponseBase:
    """不予受理."""
    case = find(number)
    ground, reason = _said(request, "ground"), _said(request, "reason")
    words = "已作出不予受理决定，决定书盖章后可打印。"
    return _done(request, case, lambda: refuse(case, ground, reason=reason, by=request.user), words)
