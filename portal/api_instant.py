"""The JSON interface of deciding by rule: pledge, accept, and what became of it."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema, Status
from ninja.errors import HttpError
from ninja.security import django_auth

from ingest import Case
from portal.instant import seconds_of
from portal.roles import STAFF, Role, roles_of
from signing import Certificate, verification_url
from workers import NotPossibleError, RuleDecision, accept, give_pledge

router = Router()


class Standing(Schema):
    """A case and the state it is in now."""

    number: str
    state: str


class NotDone(Schema):
    """Why something was not done: a stable code and words for the person who asked."""

    code: str
    message: str


@router.post("/cases/{number}/pledge", auth=django_auth, response={200: Standing, 409: NotDone})
def pledge(request: HttpRequest, number: str) -> Status[Any]:
    """信用承诺 for the whole application: with it, and every rule met, acceptance is followed by the certificate."""
    return _act(request, number, give_pledge)


@router.post("/cases/{number}/accept", auth=django_auth, response={200: Standing, 409: NotDone})
def take(request: HttpRequest, number: str) -> Status[Any]:
    """受理, on a complete list only; what may be decided by rule follows by itself."""
    return _act(request, number, accept)


@router.get("/cases/{number}/instant", auth=django_auth, response={200: dict[str, Any], 404: NotDone})
def instant(request: HttpRequest, number: str) -> Status[Any]:
    """The last judgement by rule: each rule and what it came to, and the certificate with its verification address."""
    _demand(request, *STAFF)
    case = get_object_or_404(Case, number=number)
    row = RuleDecision.objects.filter(case=case).last()
    if row is None:
        return Status(404, NotDone(code="not-judged", message="该办件没有按规则判定"))
    made = Certificate.objects.filter(number=row.certificate, supersedes=None).first() if row.met else None
    return Status(
        200,
        {
            "met": row.met,
            "rule_set": row.record["rule_set"]["name"],
            "results": row.record["results"],
            "sha256": row.sha256,
            "certificate": row.certificate,
            "state": made.state if made else "",
            "verify": verification_url(settings.PUBLIC_URL, made.verify_token) if made else "",
            "seconds": seconds_of(case) if row.met else None,
        },
    )


def _act(request: HttpRequest, number: str, act: Callable[..., object]) -> Status[Any]:
    """Do what a clerk may do to a case; where it is not possible, say why."""
    _demand(request, Role.CLERK)
    case = get_object_or_404(Case, number=number)
    try:
        act(case, by=request.user)
    except NotPossibleError as reason:
        return Status(409, NotDone(code=reason.code, message=str(reason)))
    case.refresh_from_db()
    return Status(200, Standing(number=case.number, state=case.state))


def _demand(request: HttpRequest, *roles: Role) -> None:
    if not roles_of(request.user) & set(roles):
        raise HttpError(403, "没有权限：请使用相应岗位的账号登录。")
