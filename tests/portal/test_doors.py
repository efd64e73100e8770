"""Who may open what: every address is walked, none is forgotten."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from portal.roles import ROLE_NAMES, Role
from tests.portal import factories

# What a stranger may open, said here a second time so that no slip in the code can open a page unnoticed.
PUBLIC = {"login", "logout", "language", "font", "verify", "verify-file", "verify-long"}
PUBLIC |= {"verify-help", "verify-download"}
PUBLIC |= {"verify-copy", "verify-copy-ask"}
PUBLIC |= {"log-checkpoint", "log-tile", "project", "verify-ask", "verify-ask-file", "verify-face"}
PUBLIC_API = {"verify", "verify_name", "verify_file", "keys", "project"}
FILLERS = {"<str:number>": "X", "<int:page>": "1", "<str:upload>": "X", "<int:material>": "1", "<int:held>": "1"}
FILLERS |= {"<str:entry>": "X", "<int:notice>": "1", "<int:certificate>": "1", "<str:sha256>": "X", "<str:token>": "X"}
FILLERS |= {"<number>": "X", "<token>": "X", "<str:work>": "X", "<str:field>": "X", "<int:place>": "1"}
FILLERS |= {"<int:seal>": "1", "<int:promise>": "1", "<int:check>": "1", "<int:release>": "1"}
FILLERS |= {"<int:accession>": "1", "<int:inspection>": "1", "<str:paper>": "list", "<str:kind>": "csv"}
FILLERS |= {"<int:job>": "1", "<int:repeat>": "1", "<repeat>": "1", "<str:said>": "same"}
FILLERS |= {"<int:sheet>": "1", "<str:form>": "page", "<int:before>": "1", "<int:after>": "1", "<code>": "X"}
FILLERS |= {"<int:difference>": "1"}
FILLERS |= {"<str:consent>": "X", "<int:use>": "1", "<int:stay>": "1", "<use>": "1", "<consent>": "X"}
FILLERS |= {"<int:subscription>": "1", "<subscription>": "1", "<held>": "1"}
FILLERS |= {"<str:code>": "X", "<str:act>": "suspend", "<int:number>": "1", "<path:path>": "X"}


def portal_patterns() -> Iterator[tuple[str, URLPattern]]:
    for outer in get_resolver().url_patterns:
        if isinstance(outer, URLResolver) and outer.app_name == "portal":
            for inner in outer.url_patterns:
                if isinstance(inner, URLPattern):
                    yield str(inner.pattern), inner
                else:
                    yield from ((f"{inner.pattern}{deep.pattern}", deep) for deep in inner.url_patterns)


def filled(route: str) -> str:
    for parameter, value in FILLERS.items():
        route = route.replace(parameter, value)
    assert "<" not in route, f"the walk does not know how to fill {route}"
    return f"/{route}"


def closed_routes() -> list[Any]:
    routes = []
    for route, pattern in portal_patterns():
        public = PUBLIC_API if route.startswith("api/") else PUBLIC
        if pattern.name not in public and pattern.name not in {"api-root", "openapi-json", "openapi-view"}:
            routes.append(pytest.param(filled(route), id=route))
    return routes


@pytest.mark.django_db
@pytest.mark.parametrize("address", closed_routes())
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_is_led_to_the_sign_in_page(address: str, method: str) -> None:
    response = getattr(Client(), method)(address)
    led = response.status_code == 302 and response["Location"].startswith("/login")
    assert led or response.status_code in {401, 403, 405}, response.status_code
    if response.status_code == 405:
        other = Client().post(address) if method == "get" else Client().get(address)
        assert other.status_code in {302, 401, 403}


def test_every_page_says_whose_it_is() -> None:
    for route, pattern in portal_patterns():
        if not route.startswith("api/"):
            view = pattern.callback
            assert getattr(view, "is_public", False) is (pattern.name in PUBLIC), route
            assert getattr(view, "is_public", False) or getattr(view, "roles", ()), route


@pytest.mark.parametrize(
    ("address", "role"),
    [("/cases", Role.CLERK), ("/officer", Role.OFFICER), ("/packages", Role.ARCHIVIST), ("/board", Role.SUPERVISOR)],
)
def test_a_page_opens_for_its_role_only_and_tells_the_others_whose_it_is(
    as_role: Callable[..., Client], address: str, role: Role
) -> None:
    for other in Role:
        response = as_role(other).get(address)
        assert response.status_code == (200 if other is role else 403)
        if other is not role:
            assert ROLE_NAMES[role] in response.content.decode()


def test_signing_in_leads_to_where_the_work_is(db: None) -> None:
    factories.user(Role.OFFICER, name="bumen")
    client = Client()
    wrong = client.post("/login", {"username": "bumen", "password": "no"})
    assert wrong.status_code == 401
    assert "用户名或密码不对" in wrong.content.decode()
    right = client.post("/login", {"username": "bumen", "password": "correct horse battery"}, follow=True)
    assert right.redirect_chain[-1][0] == "/officer"


def test_signing_in_never_leads_to_a_foreign_host(db: None) -> None:
    factories.user(Role.CLERK, name="chuangkou")
    data = {"username": "chuangkou", "password": "correct horse battery", "next": "https://example.org/"}
    assert Client().post("/login", data)["Location"] == "/"


def test_guessing_passwords_is_slowed_down(db: None) -> None:
    client = Client()
    answers = [client.post("/login", {"username": "x", "password": str(n)}).status_code for n in range(12)]
    assert answers == [401] * 10 + [429] * 2


def test_a_piece_of_a_page_sends_the_whole_page_to_sign_in_when_the_session_is_over(db: None) -> None:
    response = Client().get("/case/X/live", headers={"HX-Request": "true"})
    assert (response.status_code, response["HX-Redirect"]) == (204, "/login")


def test_pages_run_no_script_but_ours(as_role: Callable[..., Client]) -> None:
    response = as_role(Role.CLERK).get("/cases")
    assert "default-src 'self'" in response["Content-Security-Policy"]
    assert "unsafe" not in response["Content-Security-Policy"]
    text = response.content.decode()
    assert "<script>" not in text
    assert " style=" not in text
