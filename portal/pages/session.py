"""Signing in and out, the language, and where each role begins."""

from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from portal import rates, wording
from portal.roles import Role, StaffRequest, public, require, roles_of

# The first page of a role; who has several begins with the first of them.
HOMES = {
    Role.CLERK: "portal:cases",
    Role.OFFICER: "portal:officer",
    Role.ARCHIVIST: "portal:packages",
    Role.SUPERVISOR: "portal:board",
    Role.KEEPER: "portal:seals",
}


@public
@never_cache
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """The sign-in page. A wrong name and a wrong password are told the same way."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    if not url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        target = ""
    if request.user.is_authenticated and request.method == "GET":
        return redirect(target or "portal:home")
    error, status = "", 200
    if request.method == "POST":
        if not rates.allowed("login", request, rates.LOGINS_A_MINUTE):
            error, status = "尝试次数过多，请一分钟后再试。", 429
        else:
            user = authenticate(
                request, username=request.POST.get("username", "").strip(), password=request.POST.get("password", "")
            )
            if user is not None:
                login(request, user)
                return redirect(target or "portal:home")
            error, status = "用户名或密码不对。请检查大小写后重试；忘记密码请联系管理员。", 401
    context = {"next": target, "error": error, "username": request.POST.get("username", "")}
    return render(request, "portal/login.html", context, status=status)


@public
@require_POST
def sign_out(request: HttpRequest) -> HttpResponseBase:
    """Leave."""
    logout(request)
    return redirect("portal:login")


@require(*Role)
def home(request: StaffRequest) -> HttpResponseBase:
    """Lead each to where their work is."""
    mine = roles_of(request.user)
    return redirect(next(HOMES[role] for role in Role if role in mine))


@public
@require_POST
def choose_language(request: HttpRequest) -> HttpResponseBase:
    """Remember the language and go back to the page it was chosen on."""
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = resolve_url("portal:login")
    response = redirect(target)
    chosen = "en" if request.POST.get("language") == "en" else "zh"
    response.set_cookie(wording.COOKIE, chosen, max_age=wording.COOKIE_SECONDS, samesite="Lax", httponly=True)
    return response
