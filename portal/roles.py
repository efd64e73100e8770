"""Who may see what: five roles kept as groups, and the two kinds of door a page can have."""

import enum
import functools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, cast

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render, resolve_url

P = ParamSpec("P")

# Nothing runs that is not a file of ours: no inline script, no inline style, no foreign host.
CONTENT_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)


class Role(enum.StrEnum):
    """A role; its value is the name of the group that holds it."""

    CLERK = "clerk"
    OFFICER = "officer"
    ARCHIVIST = "archivist"
    SUPERVISOR = "supervisor"
    KEEPER = "keeper"


ROLE_NAMES = {
    Role.CLERK: "窗口",
    Role.OFFICER: "部门",
    Role.ARCHIVIST: "档案",
    Role.SUPERVISOR: "监察",
    Role.KEEPER: "印章管理员",
}
STAFF = tuple(role for role in Role if role is not Role.KEEPER)
"""Who may see cases; the keeper of seals has no business with what applicants hand in."""


class StaffRequest(HttpRequest):
    """A request that passed `require`: somebody is signed in."""

    user: User


def roles_of(user: Any) -> frozenset[Role]:
    """The roles of a user; an administrator has all of them, a stranger none."""
    if not user.is_authenticated:
        return frozenset()
    if user.is_superuser:
        return frozenset(Role)
    names = set(user.groups.values_list("name", flat=True))
    return frozenset(role for role in Role if role.value in names)


Page = Callable[Concatenate[StaffRequest, P], HttpResponseBase]
Plain = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def require(*roles: Role) -> Callable[[Page[P]], Plain[P]]:
    """Let in only who has one of the roles. A stranger is led to sign in, a colleague is told whose page it is."""

    def door(view: Page[P]) -> Plain[P]:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _to_login(request)
            if not roles_of(request.user) & set(roles):
                names = [ROLE_NAMES[role] for role in roles]
                return with_policy(render(request, "portal/refused.html", {"names": names}, status=403))
            return with_policy(view(cast("StaffRequest", request), *args, **kwargs))

        guarded.roles = roles  # type: ignore[attr-defined]  # read by the test that walks all addresses
        return cast("Plain[P]", guarded)

    return door


def public(view: Plain[P]) -> Plain[P]:
    """A page for anybody, said on purpose."""

    @functools.wraps(view)
    def opened(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        return with_policy(view(request, *args, **kwargs))

    opened.is_public = True  # type: ignore[attr-defined]
    return cast("Plain[P]", opened)


def with_policy(response: HttpResponseBase) -> HttpResponseBase:
    """Add the content policy, unless the view set its own."""
    response.headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
    response.headers.setdefault("Referrer-Policy", "same-origin")
    return response


def _to_login(request: HttpRequest) -> HttpResponseBase:
    if request.headers.get("HX-Request"):  # a piece of a page cannot be led away, the whole page is
        return HttpResponse(status=204, headers={"HX-Redirect": resolve_url(settings.LOGIN_URL)})
    return redirect_to_login(request.get_full_path())
