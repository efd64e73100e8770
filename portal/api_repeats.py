"""The JSON interface of what comes again: the proposals of a case, and the answers to them."""

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema, Status
from ninja.errors import HttpError
from ninja.security import django_auth

from ingest import Case
from portal.repeats_shown import origin_of
from portal.repeats_sight import HIDDEN, NOT_SEEN, comparable, told_to
from portal.roles import STAFF, Role, roles_of
from workers import NotPossibleError, Repeat, keep_new, repeats_of, take_earlier, take_repeat_back

router = Router()
ANSWERS = {"same": take_earlier, "another": keep_new, "undo": take_repeat_back}


class RepeatOut(Schema):
    """Something handed in that is, or may be, what is here already.

    `kind`: same-bytes, same, unsure, new-version, different. `state`: told, proposed, accepted, declined, undone,
    withdrawn. `likeness` is what was compared, with the place of every difference on both documents. Where the earlier
    one may not be shown to who asks, `shown` is false, and nothing of it is told.
    """

    id: int
    upload: str
    file: str
    pages: list[int]
    earlier: str
    kind: str
    state: str
    why: str
    likeness: dict[str, Any]
    shown: bool


class AnswerIn(Schema):
    """same: take what is here; another: keep the new one; undo: take the answer back."""

    answer: str


class NotDone(Schema):
    """Why something was not done: a stable code and words for the person who asked."""

    code: str
    message: str


@router.get("/cases/{number}/repeats", auth=django_auth, response=list[RepeatOut])
def repeats(request: HttpRequest, number: str) -> list[RepeatOut]:
    """Every repeat of a case and of those beside it, as they stand."""
    _demand(request, *STAFF)
    return told(get_object_or_404(Case, number=number), request.user)


@router.post("/cases/{number}/repeats/{repeat}", auth=django_auth, response={200: RepeatOut, 409: NotDone})
def answer(request: HttpRequest, number: str, repeat: int, given: AnswerIn) -> Status[Any]:
    """Say what a repeat is, or take that back."""
    _demand(request, Role.CLERK, Role.ARCHIVIST)
    row = get_object_or_404(repeats_of(get_object_or_404(Case, number=number)), pk=repeat)
    if given.answer not in ANSWERS:
        return Status(409, NotDone(code="unknown-answer", message=f"可用的答复：{'、'.join(ANSWERS)}"))
    known = bool(comparable([row], request.user))
    if given.answer == "same" and not known:
        return Status(409, NotDone(code="not-seen", message=NOT_SEEN))
    try:
        return Status(200, repeat_json(ANSWERS[given.answer](row, by=request.user), known=known))
    except NotPossibleError as reason:
        return Status(409, NotDone(code=reason.code, message=str(reason)))


def told(case: Case, user: Any) -> list[RepeatOut]:
    """The repeats of a case as JSON, as far as this user may know of them."""
    return [repeat_json(row, known=known) for row, known in told_to(repeats_of(case), user)]


def repeat_json(row: Repeat, *, known: bool) -> RepeatOut:
    """One of them; `known`: the earlier document may be told of."""
    return RepeatOut(
        id=row.pk,
        upload=row.upload.number,
        file=row.upload.file_name,
        pages=row.material.pages if row.material else [],
        earlier=origin_of(row) if known else "",
        kind=row.kind,
        state=row.standing,
        why=row.why if known else HIDDEN,
        likeness=row.likeness if known else {},
        shown=known,
    )


def _demand(request: HttpRequest, *roles: Role) -> None:
    if not roles_of(request.user) & set(roles):
        raise HttpError(403, "没有权限：请使用相应岗位的账号登录。")
