"""The JSON interface of what is held: offers, taking them, consent, and what a case uses."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema, Status
from ninja.errors import HttpError
from ninja.security import django_auth
from pydantic import Field

from ingest import Case, MaterialUse
from portal.offers_json import offers_json, uses_json
from portal.roles import STAFF, Role, roles_of
from workers import (
    NotPossibleError,
    accept_offers,
    consents_for,
    offered_to,
    record_consent,
    reuse_named,
    take_back_consent,
    take_successor,
)

router = Router()


class Taking(Schema):
    """Which offers to take, by number; none named: all that need nobody's consent."""

    held: list[int] = []


class Agreed(Schema):
    """Who agreed: a signed form by the number of its file, or the name of who agreed at the counter."""

    held: int
    upload: str = ""
    spoken_by: str = Field(default="", max_length=60)
    confirmed: bool = False


class NotDone(Schema):
    """Why something was not done: a stable code and words for the person who asked."""

    code: str
    message: str


@router.get("/cases/{number}/offers", auth=django_auth)
def offers(request: HttpRequest, number: str) -> dict[str, Any]:
    """What is held and valid for the case, as `yidang case offers --json` prints it."""
    _demand(request, *STAFF)
    return offers_json(_case(number), request.user)


@router.post("/cases/{number}/offers", auth=django_auth, response={200: dict[str, Any], 409: NotDone})
def take(request: HttpRequest, number: str, wanted: Taking) -> Status[Any]:
    """Take offers; answers with what the case uses then."""
    _demand(request, Role.CLERK)
    case = _case(number)

    def work() -> None:
        if not wanted.held:
            accept_offers([case], by=request.user)
        for held in wanted.held:
            reuse_named(case, held, by=request.user)

    return _done(case, work)


@router.get("/cases/{number}/uses", auth=django_auth)
def uses(request: HttpRequest, number: str) -> dict[str, Any]:
    """What stands for the entries of the case, and what of it does not hold any more."""
    _demand(request, *STAFF)
    return uses_json(_case(number))


@router.post("/cases/{number}/uses/{use}/replace", auth=django_auth, response={200: dict[str, Any], 409: NotDone})
def replace(request: HttpRequest, number: str, use: int) -> Status[Any]:
    """Put what holds in the place of what does not."""
    _demand(request, Role.CLERK, Role.OFFICER)
    case = _case(number)
    row = get_object_or_404(MaterialUse.objects.select_related("case", "held"), pk=use, case=case)
    return _done(case, lambda: take_successor(row, by=request.user))


@router.post("/cases/{number}/consents", auth=django_auth, response={200: dict[str, Any], 409: NotDone})
def agree(request: HttpRequest, number: str, given: Agreed) -> Status[Any]:
    """Write down that the owner of an offered material agreed; answers with its number."""
    _demand(request, Role.CLERK)
    case = _case(number)
    signed = get_object_or_404(case.pile, number=given.upload) if given.upload else None
    if signed is None and not given.confirmed:
        return Status(409, NotDone(code="no-proof", message="当面同意须由申请人确认"))
    try:
        held = offered_to(case, given.held)
        made = record_consent(case, held, by=request.user, signed=signed, spoken_by=given.spoken_by)
    except NotPossibleError as reason:
        return Status(409, NotDone(code=reason.code, message=str(reason)))
    return Status(200, {"consent": made.number})


@router.post(
    "/cases/{number}/consents/{consent}/withdraw", auth=django_auth, response={200: dict[str, Any], 409: NotDone}
)
def disagree(request: HttpRequest, number: str, consent: str) -> Status[Any]:
    """The owner takes it back; answers with what the case uses then."""
    _demand(request, Role.CLERK, Role.OFFICER)
    case = _case(number)
    row = get_object_or_404(consents_for(case), number=consent)
    return _done(case, lambda: take_back_consent(case, row, by=request.user))


def _done(case: Case, work: Callable[[], object]) -> Status[Any]:
    try:
        work()
    except NotPossibleError as reason:
        return Status(409, NotDone(code=reason.code, message=str(reason)))
    return Status(200, uses_json(case))


def _case(number: str) -> Case:
    found: Case = get_object_or_404(Case.objects.select_related("project", "works"), number=number)
    return found


def _demand(request: HttpRequest, *roles: Role) -> None:
    if not roles_of(request.user) & set(roles):
        raise HttpError(403, "没有权限：请使用相应岗位的账号登录。")
