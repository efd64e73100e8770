"""The JSON interface of parallel cases and of the stage form."""

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema, Status
from ninja.errors import HttpError
from ninja.security import django_auth

from ingest import Case, ParallelCase, union_report
from portal.roles import STAFF, Role, roles_of
from workers import NotPossibleError, form_json, set_form_value, undo_form_value

router = Router()


class FormEdit(Schema):
    """A field of the form and what it is to say; without a value, the last typing is taken back."""

    field: str
    value: str | None = None


class NotDone(Schema):
    """Why something was not done: a stable code and words for the person who asked."""

    code: str
    message: str


@router.get("/parallel/{number}", auth=django_auth)
def parallel(request: HttpRequest, number: str) -> dict[str, Any]:
    """The union list of a parallel case, with the states by item, as `yidang case parallel --json` prints it."""
    _demand(request, *STAFF)
    return union_report(get_object_or_404(ParallelCase, number=number)).to_json()


@router.get("/cases/{number}/form", auth=django_auth)
def form(request: HttpRequest, number: str) -> dict[str, Any]:
    """The stage form of a case: every field with its value, origin, evidence and candidates."""
    _demand(request, *STAFF)
    return form_json(get_object_or_404(Case, number=number))


@router.post("/cases/{number}/form", auth=django_auth, response={200: dict[str, Any], 409: NotDone})
def edit(request: HttpRequest, number: str, given: FormEdit) -> Status[Any]:
    """Put a value right, or take the last typing back; answers with the form as it then is."""
    _demand(request, Role.CLERK)
    case = get_object_or_404(Case, number=number)
    try:
        if given.value is None:
            undo_form_value(case, given.field, by=request.user)
        else:
            set_form_value(case, given.field, given.value, by=request.user)
    except NotPossibleError as reason:
        return Status(409, NotDone(code=reason.code, message=str(reason)))
    return Status(200, form_json(case))


def _demand(request: HttpRequest, *roles: Role) -> None:
    if not roles_of(request.user) & set(roles):
        raise HttpError(403, "没有权限：请使用相应岗位的账号登录。")
