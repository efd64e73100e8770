"""What the window does to a case: withdraw, answer, undo, reuse, promise, notify, accept."""

from collections.abc import Callable

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST

from ingest import Case
from portal.pages.case import Said, answer, find
from portal.roles import Role, StaffRequest, require
from workers import (
    NotPossibleError,
    accept,
    give_pledge,
    item_of,
    notify,
    promise,
    restore_upload,
    reuse_named,
    undo,
    withdraw_upload,
)
from workers import answer as answer_situation

# A refused use case is an answer, not a failure; htmx shows it like any other.
NOT_POSSIBLE = 200


def done(request: StaffRequest, case: Case, work: Callable[[], object], said: Said) -> HttpResponseBase:
    """Do it and say so; where it is not possible, say why in the words of the use case."""
    try:
        work()
    except NotPossibleError as reason:
        return answer(request, case, Said("error", str(reason)), status=NOT_POSSIBLE)
    return answer(request, case, said)


@require_POST
@require(Role.CLERK)
def withdraw(request: StaffRequest, number: str, upload: str) -> HttpResponseBase:
    """Take a file back."""
    case = find(number)
    row = get_object_or_404(case.pile, number=upload)
    said = Said("ok", f"已撤回“{row.file_name}”，不再计入核对。", undo_of(number))
    return done(request, case, lambda: withdraw_upload(row, by=request.user), said)


@require_POST
@require(Role.CLERK)
def restore(request: StaffRequest, number: str, upload: str) -> HttpResponseBase:
    """Undo that."""
    case = find(number)
    row = get_object_or_404(case.pile, number=upload)
    said = Said("ok", f"已恢复“{row.file_name}”。", undo_of(number))
    return done(request, case, lambda: restore_upload(row, by=request.user), said)


@require_POST
@require(Role.CLERK)
def use_held(request: StaffRequest, number: str, held: int) -> HttpResponseBase:
    """Take a material out of the archive instead of asking for it again."""
    case = find(number)
    try:
        use = reuse_named(case, held, by=request.user)
    except NotPossibleError as reason:
        return answer(request, case, Said("error", str(reason)), status=NOT_POSSIBLE)
    name = use.held.name if use.held else ""
    return answer(request, case, Said("ok", f"已采用已有的“{name}”，申请人不必再交。", undo_of(number)))


@require_POST
@require(Role.CLERK)
def answer_question(request: StaffRequest, number: str) -> HttpResponseBase:
    """Answer one question about the project; no option takes the answer away."""
    case = find(number)
    key, option = request.POST.get("question", ""), request.POST.get("option", "")
    answers = {**case.answers, key: option} if option else {k: v for k, v in case.answers.items() if k != key}
    said = Said("ok", "已记下，清单按新的情形更新。", undo_of(number))
    return done(request, case, lambda: answer_situation(case, answers, by=request.user), said)


@require_POST
@require(Role.CLERK)
def take_back(request: StaffRequest, number: str) -> HttpResponseBase:
    """Undo the last step of the case."""
    case = find(number)
    try:
        step = undo(case, by=request.user)
    except NotPossibleError as reason:
        return answer(request, case, Said("error", str(reason)), status=NOT_POSSIBLE)
    return answer(request, case, Said("ok", f"已撤销：{step.said}。"))


def undo_of(number: str) -> str:
    """Where the last step of a case is taken back."""
    return reverse("portal:undo", args=[number])


@require_POST
@require(Role.CLERK)
def give_promise(request: StaffRequest, number: str, entry: str) -> HttpResponseBase:
    """Note a promise or a gap that will be closed later."""
    case = find(number)
    requirement = item_of(case).requirement(entry)
    days = requirement.deficiency_days if requirement else 0
    said = Said("ok", f"已登记承诺，请申请人在 {days} 个工作日内补交。")
    return done(
        request, case, lambda: promise(case, entry, by=request.user, reason=request.POST.get("reason", "")), said
    )


@require_POST
@require(Role.CLERK)
def one_time_notice(request: StaffRequest, number: str) -> HttpResponseBase:
    """Have the one-time notice made."""
    case = find(number)
    said = Said("ok", "正在生成一次性告知书，完成后出现在“通知书”一栏，可打印交申请人。")
    return done(request, case, lambda: notify(case, by=request.user), said)


@require_POST
@require(Role.CLERK)
def give_whole_pledge(request: StaffRequest, number: str) -> HttpResponseBase:
    """信用承诺: the applicant's word for the whole application."""
    case = find(number)
    said = Said("ok", "已登记信用承诺，承诺书生成后请申请人签字或者盖章。")
    return done(request, case, lambda: give_pledge(case, by=request.user), said)


@require_POST
@require(Role.CLERK)
def accept_case(request: StaffRequest, number: str) -> HttpResponseBase:
    """受理."""
    case = find(number)
    instant = item_of(case).limits.instant_ok
    then = "正在按规则核对，全部符合的即时办结" if instant else "已转部门办理"
    said = Said("ok", f"已受理，{then}；受理通知书生成后可打印。")
    return done(request, case, lambda: accept(case, by=request.user), said)
