"""Another department's closed material is not there: not by any address, call, list, count or hit."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import URLPattern

from archive import Access
from archive.sharing import join_department
from ingest import Case
from portal.roles import Role
from portal.sight import GUARDED
from tests.portal import factories
from tests.portal.closed import LAND, PHRASE, Closed, told
from tests.portal.test_doors import FILLERS, PUBLIC, PUBLIC_API, portal_patterns

pytestmark = pytest.mark.django_db
KEEPERS = {Role.ARCHIVIST, Role.SUPERVISOR, Role.KEEPER}
"""Doors for these only lead to metadata that they may see anyway, and to what is recorded of everybody."""
VERDICTS = {
    "uses/<str:number>": "made for one person; anybody else's is not there (test_using)",
    "uses/<str:number>/file": "the same",
    "project/<str:code>/board.pdf": "what the board at the site tells everybody",
    "rules/<int:release>/confirm": "a release of rules, of no case",
    "rules/<int:release>/withdraw": "the same",
    "seals/<int:seal>": "the register of seals, of no case",
    "seals/<int:seal>/picture.png": "the same",
    "certificate/<int:certificate>/<str:sha256>.pdf": "guarded",
    "areas/<str:code>": "what is evaluated for an area serves every project inside it, so everybody may know it",
    "areas/<str:code>/result": "a report that may be seen (test_a_result_that_is_not_shared…)",
    "areas/<str:code>/results/<int:held>/take-back": "the same",
    "areas/<str:code>/results/<int:held>/restore": "the same",
    "areas/<str:code>/projects": "the same",
    "areas/<str:code>/projects/<int:stay>/out": "the same",
    "sharing/<int:held>/retrieve": "test_what_is_not_shared_is_not_there",
    "sharing/<int:held>/ask": "test_what_is_not_shared_is_not_there",
    "sharing/requests/<str:number>/answer": "only the own department's rows are looked up (test_sharing)",
    "sharing/requests/<str:number>/withdraw": "only the own department's rows are looked up (test_sharing)",
    "sharing/follow/<int:subscription>/end": "only the own department's rows are looked up (test_sharing)",
    "api/sharing/materials/<held>/retrieve": "test_what_is_not_shared_is_not_there",
    "api/sharing/materials/<held>/request": "test_what_is_not_shared_is_not_there",
    "api/sharing/retrievals/<number>": "only one's own are looked up (test_sharing)",
    "api/sharing/requests/<number>/answer": "only the own department's rows are looked up (test_sharing)",
    "api/sharing/subscriptions/<subscription>/end": "only the own department's rows are looked up (test_sharing)",
}
"""Addresses that ask for something by a number and are not behind the guard, and why nothing closed is seen there."""


@pytest.fixture
def closed(db: None) -> Closed:
    return Closed()


def asked_by_number() -> list[tuple[str, URLPattern]]:
    """Every address with a parameter that is not for everybody."""
    named = []
    for route, pattern in portal_patterns():
        public = PUBLIC_API if route.startswith("api/") else PUBLIC
        if "<" in route and pattern.name not in public:
            named.append((route, pattern))
    return named


def is_guarded(route: str) -> bool:
    return any(route.startswith(begins) for begins, *_ in GUARDED)


def is_for_keepers(pattern: URLPattern) -> bool:
    return set(getattr(pattern.callback, "roles", Role)) <= KEEPERS


def address(route: str, fillers: dict[str, str], number: str) -> str:
    for parameter, value in {**fillers, "<str:number>": number, "<number>": number, **FILLERS}.items():
        route = route.replace(parameter, value)
    return f"/{route}"


def test_no_address_that_asks_for_something_by_number_is_without_a_verdict() -> None:
    left = [
        route
        for route, pattern in asked_by_number()
        if not is_guarded(route) and not is_for_keepers(pattern) and route not in VERDICTS
    ]
    assert not left, f"who may see what {left} ask for? Put them behind portal.sight.GUARDED, or say why not"


@pytest.mark.parametrize("method", ["get", "post"])
def test_another_department_cannot_tell_what_is_closed_from_what_is_not_there(
    as_role: Callable[..., Client], closed: Closed, method: str
) -> None:
    client = as_role(Role.CLERK, Role.OFFICER, department=LAND)
    nothing = {"<int:certificate>": "999999", "<str:code>": "2000-000000-00-00-000000"}
    looked = 0
    for route, _ in asked_by_number():
        if not is_guarded(route) or "after-checks" in route:
            continue
        there = address(route, closed.filled, closed.number_of(route))
        absent = address(route, {**closed.filled, **nothing}, "01ABSENT")
        one, other = (getattr(client, method)(path) for path in (there, absent))
        assert one.status_code in {403, 404, 405}, there  # 403: that page is for other posts, whatever there is
        assert (one.status_code, told(one, there)) == (other.status_code, told(other, absent)), there
        looked += one.status_code == 404
    assert looked > 20
    assert not Access.objects.exists()


@pytest.mark.parametrize("who", ["officer of none", "other window"])
def test_officers_without_a_department_and_other_windows_see_no_closed_case(
    as_role: Callable[..., Client], closed: Closed, who: str
) -> None:
    client = as_role(Role.OFFICER if who == "officer of none" else Role.CLERK)
    for path in (
        f"/case/{closed.case.number}",
        f"/case/{closed.case.number}/page/{closed.page.pk}.jpg",
        f"/api/cases/{closed.case.number}/report",
        f"/packages/{closed.package.number}/elements",
        f"/certificate/{closed.certificate.pk}",
    ):
        assert client.get(path).status_code == 404, path


def test_the_window_that_opened_it_the_department_and_the_archive_still_do(
    as_role: Callable[..., Client], closed: Closed
) -> None:
    opener = Client()
    opener.force_login(closed.clerk)
    building = as_role(Role.OFFICER, department=factories.BUILDING)
    for client in (opener, building, as_role(Role.ARCHIVIST)):
        assert client.get(f"/case/{closed.case.number}").status_code == 200
        assert client.get(f"/packages/{closed.package.number}/elements").status_code == 200
    assert as_role(Role.SUPERVISOR).get(f"/api/cases/{closed.case.number}").status_code == 200


def test_no_list_no_search_and_no_count_tells_of_it(as_role: Callable[..., Client], closed: Closed) -> None:
    Access.objects.create(
        package=closed.package, user=closed.clerk, purpose="工作查考：看一看", accessed_at=factories.NOW
    )
    own = factories.case(closed.clerk, item_code="S1-06", state=Case.State.ACCEPTED)
    client = as_role(Role.CLERK, Role.OFFICER, department=LAND)
    traces = (closed.case.number, closed.package.archive_number, closed.certificate.number, closed.held.number)
    for path in (
        f"/search?find={PHRASE}", "/cases?q=江澜", f"/cases?q={closed.case.number}", "/officer", "/certificates",
        f"/certificates?q={closed.certificate.number}", "/certificates?q=甲乙丙丁", "/uses", "/uses.csv", "/exchange",
        "/after-checks", "/api/cases", "/api/cases?state=archived", "/api/sharing/looks", "/api/sharing/notices",
        f"/sharing?case={own.number}&words={PHRASE}", f"/sharing?case={own.number}&number=HT-7731",
        f"/api/sharing/materials?case={own.number}&number=HT-7731", f"/api/sharing/materials?case={own.number}",
    ):  # fmt: skip
        response = client.get(path)
        body = response.getvalue().decode()
        assert response.status_code == 200, path
        for trace in traces:
            asked_for = trace in path
            assert body.count(trace) <= (1 if asked_for else 0) * 2, (path, trace)
        assert PHRASE not in body or PHRASE in path, path
    assert "<mark>" not in client.get(f"/search?find={PHRASE}").content.decode()


def test_what_is_not_shared_is_not_there(as_role: Callable[..., Client], closed: Closed) -> None:
    own = factories.case(closed.clerk, item_code="S1-06", state=Case.State.ACCEPTED)
    client = as_role(Role.OFFICER, department=LAND)
    said = {"case": own.number, "words": "核对合同金额"}
    for held in (closed.held.pk, 999999):
        for work in ("retrieve", "ask"):
            assert client.post(f"/sharing/{held}/{work}", said).status_code == 404
        for work in ("retrieve", "request"):
            answer = client.post(f"/api/sharing/materials/{held}/{work}", said, content_type="application/json")
            assert (answer.status_code, answer.json()) == (404, {"detail": "Not Found"})
    assert client.get(f"/sharing?case={closed.case.number}").status_code == 404
    assert not Access.objects.exists()


def test_an_open_certificate_is_read_by_others_who_cannot_act_on_it(
    as_role: Callable[..., Client], closed: Closed
) -> None:
    permit = factories.certificate(closed.case)
    client = as_role(Role.OFFICER, department=LAND)
    page = client.get(f"/certificate/{permit.pk}")
    assert page.status_code == 200
    assert f"/certificate/{permit.pk}/suspend" not in page.content.decode()
    assert client.post(f"/certificate/{permit.pk}/suspend", {"reason": "停工"}).status_code == 404
    file = f"/certificate/{permit.pk}/{permit.sealed_sha256}.pdf"
    assert client.get(file).status_code == 200
    assert Access.objects.get().package == closed.package


def test_a_department_decides_its_own_cases_only(as_role: Callable[..., Client], closed: Closed) -> None:
    mine = factories.case(closed.clerk, item_code="S1-06", state=Case.State.ACCEPTED)
    other = factories.case(closed.clerk, state=Case.State.ACCEPTED)
    client = as_role(Role.OFFICER, department=LAND)
    shown = client.get("/officer").content.decode()
    assert (mine.number in shown, other.number in shown) == (True, False)
    assert client.post(f"/case/{other.number}/decide").status_code == 404
    officer = factories.user(Role.OFFICER)
    alone = Client()
    alone.force_login(officer)
    assert alone.get(f"/case/{other.number}").status_code == 200
    join_department(officer, factories.BUILDING)
    assert alone.get(f"/case/{mine.number}").status_code == 404
