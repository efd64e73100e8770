"""Shared materials on the screen: finding them for a case, asking owners and answering, rules, and what changed."""

from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from archive import HeldMaterial, StoreError
from archive.lookup import NotPermittedError, SearchQueryError
from archive.sharing import (
    MOST_VALID_DAYS,
    REQUESTABLE_SHOWN,
    VALID_DAYS,
    RuleChange,
    ShareRequest,
    SharingError,
    Subscription,
    Wanted,
    department_of,
    end_subscription,
    find_shared,
    mark_read,
    notices_of,
    owners_of,
    requestable,
    requests_to,
    requests_to_answer,
    rule_of,
    subscribe,
    unread_notices,
)
from catalogue import CATEGORY_NAMES, load_catalogue
from ingest import Case
from portal.roles import Role, StaffRequest, require, roles_of
from portal.sight import CLOSED, cases_handled
from workers import (
    answer_share,
    decide_sharing,
    is_copy_sealed,
    request_share,
    retrieve_shared,
    subjects_of_case,
    withdraw_share,
)

HITS_A_PAGE = 50
CASES_OFFERED = 100
"""Open cases of the department to choose from; a longer list is found by number."""
NOTICES_A_PAGE = 100
ROW_DIGITS = 18
"""Longer ones are no row's number, and more than a database takes."""


@require_GET
@require(Role.OFFICER)
@never_cache
def shared(request: StaffRequest) -> HttpResponseBase:
    """What may be had for a case, and what may be asked for; nothing before a case is named."""
    return _shown(request)


@require_POST
@require(Role.OFFICER)
def retrieve(request: StaffRequest, held: int) -> HttpResponseBase:
    """Have a copy made; where the person may not have it, it is not there."""
    case, row = _case(request), _held(held)
    try:
        asked = retrieve_shared(
            row,
            by=request.user,
            roles=frozenset(role.value for role in roles_of(request.user)),
            case_number=case.number,
            words=request.POST.get("words", ""),
        )
    except SharingError as reason:
        raise Http404 from reason
    except (NotPermittedError, StoreError) as reason:
        return _shown(request, error=str(reason), status=409)
    return redirect("portal:retrieval", asked.number)


@require_POST
@require(Role.OFFICER)
def ask(request: StaffRequest, held: int) -> HttpResponseBase:
    """Ask the owner."""
    case, row = _case(request), _held(held)
    if not requestable(request.user, subjects_of_case(case), case_number=case.number).filter(pk=row.pk).exists():
        raise Http404
    try:
        made = request_share(row, case=case, purpose=request.POST.get("words", ""), by=request.user)
    except SharingError as reason:
        return _shown(request, error=str(reason), status=409)
    return _shown(request, done=f"已向{made.owner}申请，答复期限 {made.answer_by}。")


@require_GET
@require(Role.OFFICER)
@never_cache
def requests(request: StaffRequest) -> HttpResponseBase:
    """The owner's board: what waits for an answer, and what the department asked for itself."""
    return _requests(request)


@require_POST
@require(Role.OFFICER)
def answer(request: StaffRequest, number: str) -> HttpResponseBase:
    """Approve or decline, with the reason."""
    row = _request(request, number)
    approve, days = request.POST.get("approve") == "1", request.POST.get("days", "")
    given = int(days) if days.isdecimal() and len(days) < ROW_DIGITS else VALID_DAYS
    return _done(
        request,
        lambda: answer_share(row, approve=approve, reason=request.POST.get("reason", ""), by=request.user, days=given),
        "已同意，仅限所申请的办件在期限内使用。" if approve else "已答复不同意，理由已告知申请部门。",
    )


@require_POST
@require(Role.OFFICER)
def withdraw(request: StaffRequest, number: str) -> HttpResponseBase:
    """Take a request of one's own back."""
    row = _request(request, number)
    return _done(request, lambda: withdraw_share(row, by=request.user), "已撤回申请。")


@require_GET
@require(Role.OFFICER, Role.ARCHIVIST, Role.SUPERVISOR)
def rules(request: StaffRequest) -> HttpResponseBase:
    """The category of every type, for what the department holds, and every decision that was taken."""
    return _rules(request)


@require_POST
@require(Role.OFFICER)
def decide(request: StaffRequest) -> HttpResponseBase:
    """The department decides how it shares a type."""
    given = request.POST
    code = given.get("type", "")
    if code not in {kind.code for kind in load_catalogue().material_types()}:
        return _rules(request, error="没有这种材料，请从列表中选择", status=409)
    try:
        decide_sharing(code, given.get("category", ""), given.get("reason", ""), by=request.user)
    except SharingError as reason:
        return _rules(request, error=str(reason), status=409)
    return _rules(request, done="已调整，即时生效；此前的规则留存在记录中。")


@require_GET
@require(Role.OFFICER)
@never_cache
def notices(request: StaffRequest) -> HttpResponseBase:
    """What changed of what the department follows, the newest first."""
    return _notices(request)


@require_POST
@require(Role.OFFICER)
def read(request: StaffRequest) -> HttpResponseBase:
    """Everything up to this notice was read."""
    up_to = request.POST.get("up_to", "")
    number = int(up_to) if up_to.isdecimal() and len(up_to) < ROW_DIGITS else 0
    count = mark_read(department_of(request.user), up_to=number, by=request.user, now=timezone.now())
    return _notices(request, done=f"已标为已读：{count} 条。")


@require_POST
@require(Role.OFFICER)
def follow(request: StaffRequest) -> HttpResponseBase:
    """Subscribe."""
    try:
        subscribe(request.POST.get("kind", ""), request.POST.get("key", ""), by=request.user, now=timezone.now())
    except SharingError as reason:
        return _notices(request, error=str(reason), status=400 if reason.code == "key-too-long" else 409)
    return _notices(request, done="已订阅，发生变动时在本页通知。")


@require_POST
@require(Role.OFFICER)
def unfollow(request: StaffRequest, subscription: int) -> HttpResponseBase:
    """End a subscription of the department."""
    mine = Subscription.objects.filter(department__name=department_of(request.user), ended_at=None)
    row = get_object_or_404(mine.select_related("department"), pk=subscription)
    end_subscription(row, by=request.user, now=timezone.now())
    return _notices(request, done="已取消订阅。")


def _case(request: StaffRequest) -> Case:
    """The open case that is stated, of the department's own."""
    given = request.POST if request.method == "POST" else request.GET
    found: Case = get_object_or_404(
        open_cases(request.user).select_related("project", "works"), number=given.get("case", "").strip()
    )
    return found


def open_cases(user: Any) -> Any:
    """The cases for which somebody may look for materials of others."""
    return Case.objects.filter(cases_handled(user)).exclude(state__in=CLOSED).order_by("-pk")


def _held(held: int) -> HeldMaterial:
    return get_object_or_404(HeldMaterial.objects.select_related("package__entry"), pk=held)


def _request(request: StaffRequest, number: str) -> ShareRequest:
    """A request that the department made, or that is asked of it; others are not there."""
    mine = department_of(request.user)
    if not mine:
        raise Http404
    rows = requests_to(mine) | ShareRequest.objects.filter(department__name=mine)
    found: ShareRequest = get_object_or_404(rows.select_related("owner", "department", "held__package"), number=number)
    return found


def _shown(request: StaffRequest, *, done: str = "", error: str = "", status: int = 200) -> HttpResponse:
    given = request.POST if request.method == "POST" else request.GET
    asked = {name: given.get(name, "").strip() for name in ("case", "project", "company", "number", "words", "type")}
    mine = department_of(request.user)
    context: dict[str, Any] = {
        "asked": asked if request.method == "GET" else {"case": asked["case"]},
        "department": mine,
        "cases": open_cases(request.user).select_related("project", "works")[:CASES_OFFERED],
        "types": load_catalogue().material_types(),
        "done": done,
        "error": error,
        "rows": [],
        "unread": unread_notices(mine),
    }
    if not asked["case"]:
        return render(request, "portal/sharing.html", context, status=status)
    case = _case(request)
    wanted = Wanted(**{k: v for k, v in asked.items() if k != "case"}) if request.method == "GET" else Wanted()
    try:
        hits = find_shared(request.user, wanted, case_number=case.number, limit=HITS_A_PAGE)
    except SearchQueryError as reason:
        return render(request, "portal/sharing.html", context | {"error": str(reason)}, status=422)
    others = requestable(request.user, subjects_of_case(case), case_number=case.number)
    earlier = ShareRequest.objects.filter(case_number=case.number, department__name=mine).order_by("pk")
    asked_for = {row.held_id: row for row in earlier}
    context |= {
        "case": case,
        "rows": [(row, _owner(row), mine in owners_of(row.package), is_copy_sealed(row)) for row in hits],
        "askable": [(row, _name(row.type), _owner(row), asked_for.get(row.pk)) for row in others[:REQUESTABLE_SHOWN]],
    }
    return render(request, "portal/sharing.html", context, status=status)


def _requests(request: StaffRequest, *, done: str = "", error: str = "", status: int = 200) -> HttpResponse:
    mine, today = department_of(request.user), timezone.localdate()
    made = ShareRequest.objects.filter(department__name=mine).select_related("owner", "by", "held")
    answered = requests_to(mine).exclude(state=ShareRequest.State.ASKED)
    context = {
        "department": mine,
        "waiting": [(row, row.answer_by < today) for row in requests_to_answer(mine)],
        "made": [(row, _name(row.held.type)) for row in made[:NOTICES_A_PAGE]],
        "answered": answered.select_related("department", "answered_by", "held")[:NOTICES_A_PAGE],
        "days": VALID_DAYS,
        "most_days": MOST_VALID_DAYS,
        "today": today,
        "done": done,
        "error": error,
        "unread": unread_notices(mine),
    }
    return render(request, "portal/share_requests.html", context, status=status)


def _done(request: StaffRequest, work: Callable[[], object], words: str) -> HttpResponse:
    try:
        work()
    except SharingError as reason:
        return _requests(request, error=str(reason), status=409)
    return _requests(request, done=words)


def _rules(request: StaffRequest, *, done: str = "", error: str = "", status: int = 200) -> HttpResponse:
    mine = department_of(request.user)
    context = {
        "department": mine,
        "rows": [(kind, rule_of(kind.code, [mine] if mine else ())) for kind in load_catalogue().material_types()],
        "categories": CATEGORY_NAMES.items(),
        "changes": RuleChange.objects.select_related("department", "by").order_by("-pk")[:NOTICES_A_PAGE],
        "names": {kind.code: kind.name for kind in load_catalogue().material_types()},
        "may_decide": bool(mine) and Role.OFFICER in roles_of(request.user),
        "done": done,
        "error": error,
        "unread": unread_notices(mine),
    }
    return render(request, "portal/share_rules.html", context, status=status)


def _notices(request: StaffRequest, *, done: str = "", error: str = "", status: int = 200) -> HttpResponse:
    mine = department_of(request.user)
    page = Paginator(notices_of(mine).order_by("-pk"), NOTICES_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "department": mine,
        "page": page,
        "newest": page.object_list[0].pk if page.object_list else 0,
        "unread": unread_notices(mine),
        "followed": Subscription.objects.filter(department__name=mine, ended_at=None).select_related("by"),
        "kinds": Subscription.Kind.choices,
        "done": done,
        "error": error,
    }
    return render(request, "portal/share_notices.html", context, status=status)


def _owner(row: HeldMaterial) -> str:
    return "、".join(owners_of(row.package)[:1])


def _name(code: str) -> str:
    return next((kind.name for kind in load_catalogue().material_types() if kind.code == code), code)
