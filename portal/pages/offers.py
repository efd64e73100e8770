"""What the window does with what is held: take all of it, note who agreed, replace what lapsed by what holds."""

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from ingest import MaterialUse
from portal.pages.actions import done, undo_of
from portal.pages.case import Said, answer, find
from portal.roles import Role, StaffRequest, require
from workers import (
    NotPossibleError,
    accept_offers,
    consents_for,
    offered_to,
    record_consent,
    renew_consent,
    take_back_consent,
    take_successor,
)

UNCONFIRMED = "当面同意须由申请人确认：请核对后勾选“申请人已确认”。"


@require_POST
@require(Role.CLERK)
def accept_all(request: StaffRequest, number: str) -> HttpResponseBase:
    """全部采用: everything that is offered and needs nobody's consent, in one step."""
    case = find(number)
    try:
        taken = accept_offers([case], by=request.user)
    except NotPossibleError as reason:
        return answer(request, case, Said("error", str(reason)))
    return answer(request, case, Said("ok", f"已采用 {len(taken)} 份已有材料，申请人不必再交。", undo_of(number)))


@require_POST
@require(Role.CLERK)
def give_consent(request: StaffRequest, number: str, held: int) -> HttpResponseBase:
    """登记授权: a signed form that was handed in, or who agreed at the counter."""
    case = find(number)
    upload = request.POST.get("upload", "")
    signed = get_object_or_404(case.pile, number=upload) if upload else None
    spoken = request.POST.get("spoken_by", "")
    if signed is None and request.POST.get("confirmed") != "1":
        return answer(request, case, Said("error", UNCONFIRMED))
    try:
        row = offered_to(case, held)
        record_consent(case, row, by=request.user, signed=signed, spoken_by=spoken)
    except NotPossibleError as reason:
        return answer(request, case, Said("error", str(reason)))
    return answer(request, case, Said("ok", f"已登记授权，现在可以采用“{row.name}”。"))


@require_POST
@require(Role.CLERK, Role.OFFICER)
def withdraw_consent(request: StaffRequest, number: str, consent: str) -> HttpResponseBase:
    """撤回授权: nothing is offered on it any more, and open cases no longer use what rested on it."""
    case = find(number)
    row = get_object_or_404(consents_for(case), number=consent)
    said = Said("ok", "已撤回授权；未受理的办件不再使用有关材料，已受理、已决定的保留记录。")
    return done(request, case, lambda: take_back_consent(case, row, by=request.user), said)


@require_POST
@require(Role.CLERK)
def consent_again(request: StaffRequest, number: str, consent: str) -> HttpResponseBase:
    """Who took a consent back agrees again."""
    case = find(number)
    row = get_object_or_404(consents_for(case), number=consent)
    if request.POST.get("confirmed") != "1":
        return answer(request, case, Said("error", UNCONFIRMED))
    spoken = request.POST.get("spoken_by", "")
    said = Said("ok", "已重新登记授权。")
    return done(request, case, lambda: renew_consent(case, row, by=request.user, spoken_by=spoken), said)


@require_POST
@require(Role.CLERK, Role.OFFICER)
def replace_use(request: StaffRequest, number: str, use: int) -> HttpResponseBase:
    """一键更换: what holds in the place of what does not."""
    case = find(number)
    row = get_object_or_404(MaterialUse.objects.select_related("case", "held"), pk=use, case=case)
    said = Said("ok", "已更换为现行有效的一份，原来的使用记录保留。", undo_of(number) if case.state == "open" else "")
    return done(request, case, lambda: take_successor(row, by=request.user), said)
