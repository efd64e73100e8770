"""What comes again, two documents side by side: one key takes what is here, one keeps the new one, one undoes."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from ingest import Case
from portal.pages.case import PAGE_DIGITS, Said, find
from portal.repeats_shown import compared, next_asked
from portal.repeats_sight import NOT_SEEN, comparable, told_to
from portal.roles import STAFF, Role, StaffRequest, require, roles_of
from workers import NotPossibleError, Repeat, keep_new, repeats_of, take_earlier, take_repeat_back

ANSWERS: dict[str, Callable[..., Repeat]] = {"same": take_earlier, "another": keep_new, "undo": take_repeat_back}
"""What may be said of a repeat, by the end of its address."""
ANSWERING = (Role.CLERK, Role.ARCHIVIST)
"""The window, and who sees what the window may not."""
WORDS = {"accepted": "已使用已有的一份，新文件保留为“重复提交”。", "declined": "已记下是另一份，以后不再询问。"}


@require(*STAFF)
def repeats(request: StaffRequest, number: str) -> HttpResponseBase:
    """All of a case, one of them open: `at` names it, `page` the place of the page, `done` what was just decided."""
    case = find(number)
    return _page(request, case, _said(case, request.GET.get("done", "")))


@require_POST
@require(*ANSWERING)
def answer(request: StaffRequest, number: str, repeat: int, said: str) -> HttpResponseBase:
    """Say what it is, or take that back; then the next question, or the same one again after an undo."""
    case = find(number)
    row = get_object_or_404(repeats_of(case), pk=repeat)
    if said not in ANSWERS:
        raise Http404
    if said == "same" and not comparable([row], request.user):
        return _page(request, case, Said("error", NOT_SEEN), at=row)
    try:
        ANSWERS[said](row, by=request.user)
    except NotPossibleError as reason:
        return _page(request, case, Said("error", str(reason)), at=row)
    shown = row if said == "undo" else next_asked(case) or row
    done = "" if said == "undo" else f"&done={row.pk}"
    return redirect(f"{reverse('portal:repeats', args=[number])}?at={shown.pk}{done}")


def _page(request: StaffRequest, case: Case, said: Said | None, at: Repeat | None = None) -> HttpResponseBase:
    rows = [row for row, _ in told_to(repeats_of(case), request.user)]
    chosen = at or next((row for row in rows if str(row.pk) == request.GET.get("at", "")), None)
    chosen = chosen or next((row for row in rows if row.asks), rows[0] if rows else None)
    context: dict[str, Any] = {
        "case": case,
        "rows": rows,
        "asked": sum(row.asks for row in rows),
        "said": said,
        "shown": compared(chosen, _number(request.GET.get("page", "")), request.user) if chosen else None,
        "may_edit": bool(roles_of(request.user) & set(ANSWERING)) and case.state == Case.State.OPEN,
    }
    return render(request, "portal/repeats.html", context)


def _said(case: Case, done: str) -> Said | None:
    row = repeats_of(case).filter(pk=_number(done)).first() if done else None
    if row is None or row.state not in WORDS:
        return None
    return Said("ok", WORDS[row.state], reverse("portal:repeat-answer", args=[case.number, row.pk, "undo"]))


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < PAGE_DIGITS else 0
