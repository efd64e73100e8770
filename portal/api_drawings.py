"""The JSON interface of the sets of drawings: a set with its versions, and what differs between two of them."""

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Status
from ninja.errors import HttpError
from ninja.security import django_auth

from ingest import Project
from ingest.drawings import DrawingSet
from portal import drawing_views as views
from portal.api_parallel import NotDone
from portal.roles import STAFF, roles_of

router = Router()
NO_SET = NotDone(code="no-set", message="没有这一套图纸：项目或单位工程没有送审过图纸")
NO_VERSION = NotDone(code="version-unknown", message="没有这一版图纸")


@router.get("/projects/{code}/drawings", auth=django_auth, response={200: dict[str, Any], 404: NotDone})
def drawings(request: HttpRequest, code: str, works: str = "") -> Status[Any]:
    """The set of a works, as `yidang drawings list --json` prints it."""
    found = _set(request, code, works)
    return Status(200, views.set_json(found)) if found else Status(404, NO_SET)


@router.get("/projects/{code}/drawings/difference", auth=django_auth, response={200: dict[str, Any], 404: NotDone})
def difference(request: HttpRequest, code: str, before: int, after: int, works: str = "") -> Status[Any]:
    """What differs between two versions, sheet by sheet, as `yidang drawings diff --json` prints it."""
    found = _set(request, code, works)
    if found is None:
        return Status(404, NO_SET)
    versions = [found.versions.filter(number=number).first() for number in (before, after)]
    if versions[0] is None or versions[1] is None:
        return Status(404, NO_VERSION)
    return Status(200, views.comparison_json(versions[0], versions[1]))


def _set(request: HttpRequest, code: str, works: str) -> DrawingSet | None:
    if not roles_of(request.user) & set(STAFF):
        raise HttpError(403, "没有权限：请使用相应岗位的账号登录。")
    return views.set_seen(request.user, get_object_or_404(Project, code=code), works)
