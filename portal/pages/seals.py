"""The register of seals: the list with its pictures, and a seal's page, on which its keeper works."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from django.contrib.auth.models import Group, User
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from archive import NotFound
from portal.pages.case import Said
from portal.roles import ROLE_NAMES, STAFF, Role, StaffRequest, require, roles_of
from signing import TRANSITIONS, Seal, SealChangeRefused, SealUse, grants_in_force, registered_certificate
from workers import (
    drawn_seal,
    grant_seal,
    known_item_names,
    picture_of,
    put_seal,
    set_picture,
    set_two_person,
    withdraw_grant,
)

READERS = (Role.KEEPER, Role.OFFICER, Role.SUPERVISOR)
USES_SHOWN = 50
MANY_ACCOUNTS = 500
DONE = {
    "suspended": "已停用。已签发而未盖章的，恢复后自动继续。",
    "active": "已恢复，等待中的自动继续盖章。",
    "lost": "已挂失，不能再用。",
    "destroyed": "已销毁，不能再用。",
    "grant": "已授权。",
    "withdraw": "已撤回授权。",
    "picture": "已更换印章图像，此后盖章使用新图像。",
    "two-person": "已更改双人用印。",
}
"""What was done → what is said of it."""


@require(*READERS)
def seal_list(request: StaffRequest) -> HttpResponseBase:
    """Every seal with its picture and state."""
    rows = [(seal, _items(seal), seal.uses.count()) for seal in Seal.objects.order_by("owner", "label")]
    return render(request, "portal/seals.html", {"rows": rows, "now": timezone.now()})


@require(*READERS)
def seal_page(request: StaffRequest, seal: int) -> HttpResponseBase:
    """One seal: certificate, key place, history, grants, uses; `result` and `kind` narrow the uses."""
    done = DONE.get(request.GET.get("done", ""))
    return _page(request, get_object_or_404(Seal, pk=seal), Said("ok", done) if done else None)


@require(*READERS)
def seal_picture(request: StaffRequest, seal: int) -> HttpResponseBase:
    """Its registered picture; with `drawn`, how it would be drawn to the usual form."""
    row = get_object_or_404(Seal, pk=seal)
    try:
        picture = drawn_seal(row) if "drawn" in request.GET else picture_of(row)
    except NotFound:
        return HttpResponse(status=404)
    return HttpResponse(picture, content_type="image/png", headers={"Cache-Control": "private, no-cache"})


@require_POST
@require(Role.KEEPER)
def seal_act(request: StaffRequest, seal: int, work: str) -> HttpResponseBase:
    """What the keeper does to a seal; where the register does not take it, the page says why."""
    row = get_object_or_404(Seal, pk=seal)
    act = _ACTS.get(work)
    if act is None:
        return HttpResponse(status=404)
    try:
        act(request, row, work)
    except SealChangeRefused as reason:
        return _page(request, row, Said("error", str(reason)), status=422)
    return redirect(f"{reverse('portal:seal', args=[row.pk])}?done={work}")


def _state(request: StaffRequest, seal: Seal, work: str) -> None:
    put_seal(seal, work, reason=request.POST.get("reason", ""), by=request.user)


def _grant(request: StaffRequest, seal: Seal, _: str) -> None:
    kind, _, name = request.POST.get("whom", "").partition(":")
    user = User.objects.filter(username=name).first() if kind == "user" else None
    group = Group.objects.filter(name=name).first() if kind == "group" else None
    grant_seal(
        seal, user=user, group=group, item=request.POST.get("item", ""), ends_at=_until(request), by=request.user
    )


def _until(request: StaffRequest) -> dt.datetime | None:
    """The end of the last day, by the clock of the office."""
    text = request.POST.get("until", "")
    try:
        day = dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise SealChangeRefused("截止日期请写成 2026-12-31 (no such day)") from None
    return timezone.make_aware(dt.datetime.combine(day, dt.time())) + dt.timedelta(days=1) if day else None


def _withdraw(request: StaffRequest, seal: Seal, _: str) -> None:
    number = request.POST.get("grant", "")
    given = seal.grants.filter(pk=int(number)).first() if number.isdecimal() else None
    if given is None:
        raise SealChangeRefused("没有这项授权，请刷新 (no such grant)")
    withdraw_grant(given, by=request.user)


def _picture(request: StaffRequest, seal: Seal, _: str) -> None:
    if request.POST.get("draw"):
        set_picture(seal, None, by=request.user)
        return
    file = request.FILES.get("picture")
    if file is None:
        raise SealChangeRefused("请选择 PNG 文件 (choose a file)")
    set_picture(seal, file.read(), by=request.user)


def _two_person(request: StaffRequest, seal: Seal, _: str) -> None:
    set_two_person(seal, two_person=request.POST.get("two_person") == "1", by=request.user)


_ACTS: Mapping[str, Callable[[StaffRequest, Seal, str], None]] = {
    **dict.fromkeys(Seal.State.values, _state),
    "grant": _grant,
    "withdraw": _withdraw,
    "picture": _picture,
    "two-person": _two_person,
}


def _page(request: StaffRequest, seal: Seal, said: Said | None = None, status: int = 200) -> HttpResponse:
    seal.refresh_from_db()
    now = timezone.now()
    in_force = set(grants_in_force(seal, now).values_list("pk", flat=True))
    result, kind = request.GET.get("result", ""), request.GET.get("kind", "")
    uses = seal.uses.select_related("by", "released_by", "certificate")
    uses = uses.filter(result=result) if result in SealUse.Result.values else uses
    uses = uses.filter(kind=kind) if kind in SealUse.Kind.values else uses
    keeper = Role.KEEPER in roles_of(request.user)
    context: dict[str, Any] = {
        "seal": seal,
        "said": said,
        "now": now,
        "items": _items(seal),
        "certificate": registered_certificate(seal),
        "changes": seal.changes.select_related("by").order_by("-pk"),
        "grants": [(one, one.pk in in_force) for one in seal.grants.select_related("user", "group", "by")],
        "page": Paginator(uses, USES_SHOWN).get_page(request.GET.get("page")),
        "result": result,
        "kind": kind,
        "results": SealUse.Result.choices,
        "kinds": SealUse.Kind.choices,
        "keeper": keeper,
        "may_open": bool(roles_of(request.user) & set(STAFF)),
        "following": [(state, _VERBS[state]) for state in Seal.State.values if state in TRANSITIONS[seal.state]],
        "accounts": _accounts() if keeper else (),
        "groups": [(role.value, ROLE_NAMES[role]) for role in (Role.OFFICER, Role.CLERK)],
    }
    return render(request, "portal/seal.html", context, status=status)


_VERBS: Mapping[str, str] = {"active": "恢复", "suspended": "停用", "lost": "挂失", "destroyed": "销毁"}


def _accounts() -> list[str]:
    """Accounts that could be granted a seal: whoever approves or hands out papers."""
    roles = [Role.OFFICER.value, Role.CLERK.value]
    users = User.objects.filter(is_active=True, groups__name__in=roles).distinct().order_by("username")
    return list(users.values_list("username", flat=True)[:MANY_ACCOUNTS])


def _items(seal: Seal) -> list[tuple[str, str]]:
    """What the seal is for: as the register writes it, and in words."""
    names = known_item_names()
    found = []
    for code in seal.items:
        mark, _, item = code.rpartition("：")
        found.append((code, f"{mark}：{names.get(item, item)}" if mark else names.get(code, code)))
    return found
