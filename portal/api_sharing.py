"""The JSON interface of sharing: materials for a case, requests and answers, subscriptions and what changed, looks."""

from typing import Any, Literal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router, Schema, Status
from ninja.errors import HttpError
from ninja.security import django_auth
from pydantic import Field

from archive import Access, HeldMaterial, Package, StoreError
from archive.lookup import Form, NotPermittedError, Retrieval, SearchQueryError
from archive.sharing import (
    REQUESTABLE_SHOWN,
    VALID_DAYS,
    ChangeNotice,
    ShareRequest,
    SharingError,
    Subscription,
    Wanted,
    department_of,
    end_subscription,
    find_shared,
    notices_of,
    owners_of,
    requestable,
    requests_to,
    requests_to_answer,
    subscribe,
    visible_packages,
)
from portal.pages.sharing import open_cases
from portal.roles import Role, roles_of
from workers import answer_share, copy_waits_for, is_copy_sealed, request_share, retrieve_shared, subjects_of_case

router = Router()
ROWS_AN_ANSWER = 100
"""One answer of a list; the next begins after its last cursor."""

MOST_OFFSET = 100_000
"""Hits that are paged through; a database takes no number of any size, and nobody reads further."""


class NotDone(Schema):
    """Why something was not done: a stable code and words for the person who asked."""

    code: str
    message: str


class Find(Schema):
    """For which case, what is looked for, and how many hits are known already."""

    case: str
    project: str = ""
    company: str = ""
    number: str = ""
    words: str = ""
    type: str = ""
    offset: int = Field(0, ge=0, le=MOST_OFFSET)


class ForCase(Schema):
    """For which case, and what for."""

    case: str
    words: str


class AnswerIn(Schema):
    """The owner's answer."""

    approve: bool
    reason: str
    days: int = VALID_DAYS


class FollowIn(Schema):
    """What is followed: a held material, a type, a project code, or a company's code."""

    kind: Literal["held", "type", "project", "company"]
    key: str


REFUSED = {409: NotDone, 422: NotDone}


@router.get("/sharing/materials", auth=django_auth, response={200: dict[str, Any], **REFUSED})
def materials(request: HttpRequest, asked: Query[Find]) -> Status[Any]:
    """The materials that may be had for a case, and those that may be asked for (type and owner only)."""
    _demand(request, Role.OFFICER)
    found = _case(request, asked.case)
    wanted = Wanted(asked.project, asked.company, asked.number, asked.words, asked.type)
    try:
        hits = find_shared(request.user, wanted, case_number=found.number, limit=ROWS_AN_ANSWER, offset=asked.offset)
    except SearchQueryError as reason:
        return Status(422, NotDone(code=reason.code, message=str(reason)))
    others = requestable(request.user, subjects_of_case(found), case_number=found.number)[:REQUESTABLE_SHOWN]
    askable = [{"id": row.pk, "type": row.type, "owner": _owner(row)} for row in others]
    return Status(200, {"materials": [_material(row) for row in hits], "on_request": askable})


@router.post("/sharing/materials/{held}/retrieve", auth=django_auth, response={200: dict[str, Any], **REFUSED})
def retrieve(request: HttpRequest, held: int, given: ForCase) -> Status[Any]:
    """Have a copy made; it is fetched at `file` by the same session when it is ready."""
    _demand(request, Role.OFFICER)
    case, roles = _case(request, given.case), frozenset(role.value for role in roles_of(request.user))
    try:
        asked = retrieve_shared(_held(held), by=request.user, roles=roles, case_number=case.number, words=given.words)
    except SharingError as reason:
        raise HttpError(404, "Not Found") from reason
    except (NotPermittedError, StoreError) as reason:
        return Status(409, NotDone(code=reason.code, message=str(reason)))
    return Status(200, _retrieval(asked))


@router.get("/sharing/retrievals/{number}", auth=django_auth)
def retrieval(request: HttpRequest, number: str) -> dict[str, Any]:
    """How far a copy is that one asked for oneself; `waits_for` says what keeps it, such as a seal that is away."""
    _demand(request, Role.OFFICER)
    mine = Retrieval.objects.filter(access__user_id=request.user.pk or 0).select_related("access__package")
    return _retrieval(get_object_or_404(mine, number=number))


@router.post("/sharing/materials/{held}/request", auth=django_auth, response={200: dict[str, Any], **REFUSED})
def ask(request: HttpRequest, held: int, given: ForCase) -> Status[Any]:
    """Ask the owner of a material that the list above named."""
    _demand(request, Role.OFFICER)
    case, row = _case(request, given.case), _held(held)
    if not requestable(request.user, subjects_of_case(case), case_number=case.number).filter(pk=row.pk).exists():
        raise HttpError(404, "Not Found")
    try:
        made = request_share(row, case=case, purpose=given.words, by=request.user)
    except SharingError as reason:
        return Status(409, NotDone(code=reason.code, message=str(reason)))
    return Status(200, _request(made))


@router.get("/sharing/requests", auth=django_auth)
def requests(request: HttpRequest) -> dict[str, Any]:
    """What the department is asked and has not answered, and what it asked itself."""
    _demand(request, Role.OFFICER)
    mine = department_of(request.user)
    made = ShareRequest.objects.filter(department__name=mine).select_related("owner", "department")
    return {
        "to_answer": [_request(row) | {"held": row.held_id} for row in requests_to_answer(mine)],
        "made": [_request(row) for row in made[:ROWS_AN_ANSWER]],
    }


@router.post("/sharing/requests/{number}/answer", auth=django_auth, response={200: dict[str, Any], **REFUSED})
def answer(request: HttpRequest, number: str, given: AnswerIn) -> Status[Any]:
    """Approve or decline, with the reason."""
    _demand(request, Role.OFFICER)
    row = get_object_or_404(requests_to(department_of(request.user)), number=number)
    try:
        done = answer_share(row, approve=given.approve, reason=given.reason, by=request.user, days=given.days)
    except SharingError as reason:
        return Status(409, NotDone(code=reason.code, message=str(reason)))
    return Status(200, _request(done))


@router.get("/sharing/notices", auth=django_auth)
def notices(request: HttpRequest, after: int = 0) -> dict[str, Any]:
    """Changes that the department was told after a cursor; `next` is the cursor to ask with again."""
    _demand(request, Role.OFFICER)
    rows = list(notices_of(department_of(request.user), after=after)[:ROWS_AN_ANSWER])
    return {"notices": [_notice(row) for row in rows], "next": rows[-1].pk if rows else after}


@router.post("/sharing/subscriptions", auth=django_auth, response={200: dict[str, Any], 400: NotDone, **REFUSED})
def follow(request: HttpRequest, given: FollowIn) -> Status[Any]:
    """Subscribe; doing it again changes nothing."""
    _demand(request, Role.OFFICER)
    try:
        row = subscribe(given.kind, given.key, by=request.user, now=timezone.now())
    except SharingError as reason:
        status = 400 if reason.code == "key-too-long" else 409
        return Status(status, NotDone(code=reason.code, message=str(reason)))
    return Status(200, {"subscription": row.pk, "kind": row.kind, "key": row.key})


@router.post("/sharing/subscriptions/{subscription}/end", auth=django_auth)
def unfollow(request: HttpRequest, subscription: int) -> dict[str, Any]:
    """End a subscription of the department."""
    _demand(request, Role.OFFICER)
    mine = Subscription.objects.filter(department__name=department_of(request.user), ended_at=None)
    row = get_object_or_404(mine.select_related("department"), pk=subscription)
    end_subscription(row, by=request.user, now=timezone.now())
    return {"subscription": row.pk, "ended": True}


@router.get("/sharing/looks", auth=django_auth)
def looks(request: HttpRequest, after: int = 0) -> dict[str, Any]:
    """Who looked at what belongs to the department: who, what, when, for which case and why; by cursor."""
    _demand(request, Role.OFFICER)
    mine = Package.objects.filter(visible_packages(request.user))
    rows = Access.objects.filter(package__in=mine, pk__gt=after).select_related("user", "package", "held")
    shown = list(rows.order_by("pk")[:ROWS_AN_ANSWER])
    return {"looks": [_look(row) for row in shown], "next": shown[-1].pk if shown else after}


def _demand(request: HttpRequest, *roles: Role) -> None:
    if not roles_of(request.user) & set(roles):
        raise HttpError(403, "没有权限：请使用相应岗位的账号登录。")


def _case(request: HttpRequest, number: str) -> Any:
    return get_object_or_404(open_cases(request.user).select_related("project", "works"), number=number)


def _held(held: int) -> HeldMaterial:
    found = HeldMaterial.objects.select_related("package__entry").filter(pk=held).first()
    if found is None:
        raise HttpError(404, "Not Found")
    return found


def _material(row: HeldMaterial) -> dict[str, Any]:
    return {
        "id": row.pk,
        "type": row.type,
        "name": row.name,
        "number": row.number,
        "owner": _owner(row),
        "standing": row.standing,
        "valid_until": row.valid_until.isoformat() if row.valid_until else None,
        "sha256": row.sha256,
        "sealed_copy": is_copy_sealed(row),
    }


def _retrieval(row: Retrieval) -> dict[str, Any]:
    return {
        "retrieval": row.number,
        "state": row.state,
        "sealed": row.form == Form.SEALED,
        "waits_for": copy_waits_for(row) if row.state == Retrieval.State.ASKED else "",
        "fault": row.fault,
        "sha256": row.given_sha256,
        "file": f"/uses/{row.number}/file",
    }


def _request(row: ShareRequest) -> dict[str, Any]:
    return {
        "number": row.number,
        "type": row.held.type,
        "department": row.department.name,
        "owner": row.owner.name,
        "case": row.case_number,
        "purpose": row.purpose,
        "state": row.state,
        "answer_by": row.answer_by.isoformat(),
        "answer": row.answer,
        "valid_until": row.valid_until.isoformat() if row.valid_until else None,
    }


def _notice(row: ChangeNotice) -> dict[str, Any]:
    told = {"cursor": row.pk, "change": row.change, "happened_at": row.happened_at.isoformat()}
    return told | {"held": row.held_id, "type": row.held.type, "number": row.held.number}


def _look(row: Access) -> dict[str, Any]:
    return {
        "cursor": row.pk,
        "at": row.accessed_at.isoformat(),
        "user": row.user.get_username(),
        "department": department_of(row.user),
        "archive_number": row.package.archive_number,
        "held": row.held.name if row.held else "",
        "case": row.case_number,
        "purpose": row.purpose,
    }


def _owner(row: HeldMaterial) -> str:
    return owners_of(row.package)[0] if owners_of(row.package) else ""
