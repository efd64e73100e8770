"""Another department's closed material is not there: not by any address, call, list, count or hit."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern

from archive import Access, HeldMaterial
from archive.holdings import Area, Consent
from archive.sharing import decide_rule, join_department
from ingest import Case, Page, ParallelCase, filled_form, index_page
from ingest.form_sources import form_of
from portal.repeats_sight import HIDDEN
from portal.roles import Role
from portal.sight import GUARDED
from tests.ingest.drawings.sheets import handed_in, sheets
from tests.portal import factories
from tests.portal.test_doors import FILLERS, PUBLIC, PUBLIC_API, portal_patterns
from tests.workers.repeat_cases import scanned_again
from workers import Repeat

pytestmark = pytest.mark.django_db
LAND = "自然资源局"
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
PHRASE = "绝密工艺参数七十三"


class Closed:
    """A closed case of the building department with everything that hangs on it, and a stranger's view of it."""

    def __init__(self) -> None:
        self.clerk = factories.user(Role.CLERK, name="opener")
        self.case = factories.case(self.clerk, state=Case.State.ARCHIVED)
        self.parallel = ParallelCase.objects.create(project=self.case.project, stage="3", opened_by=self.clerk)
        Case.objects.filter(pk=self.case.pk).update(parallel=self.parallel)
        self.case.refresh_from_db()
        self.upload = factories.upload(self.case)
        self.page = factories.page(self.upload)
        self.page.reading["lines"] = [
            {"text": PHRASE, "box": factories.BOX, "score": 0.99, "orientation": "h", "source": "ocr"}
        ]
        self.page.save()
        index_page(self.page)
        self.material = factories.material(self.upload)
        self.certificate = factories.certificate(self.case, type="OUT-RF", holder_name="甲乙丙丁公司")
        self.package = factories.package(self.case)
        self.held = HeldMaterial.objects.create(
            package=self.package, type="M-SGHT", name="施工合同", subject_kind="works", subject="S/W", number="HT-7731",
            sha256=self.upload.sha256, sm3="0" * 64, size=1, media_type="image/jpeg", held_since=factories.NOW,
        )  # fmt: skip

    @property
    def filled(self) -> dict[str, str]:
        return {
            "<int:page>": str(self.page.pk),
            "<str:upload>": self.upload.number,
            "<int:material>": str(self.material.pk),
            "<int:held>": str(self.held.pk),
            "<held>": str(self.held.pk),
            "<int:certificate>": str(self.certificate.pk),
            "<str:sha256>": self.certificate.sealed_sha256,
            "<str:code>": self.case.project.code,
        }

    def number_of(self, route: str) -> str:
        if route.startswith("packages/"):
            return self.package.number
        return self.parallel.number if "parallel/<" in route else self.case.number


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


def told(response: Any, path: str) -> str:
    """The answer without what the asker said: the address, and the token of the form."""
    text = response.content.decode().replace(path, "")
    return re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken": ")[^"]*', "", text)


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


@pytest.fixture
def own(closed: Closed) -> Case:
    """An open case of the same project at another window, of the land department; the applicant is another."""
    by = factories.user(Role.CLERK)
    return factories.case(by, item_code="S1-06", works=None, applicant_uscc="91990101MA00000000", applicant_name="别家")


def test_a_number_tried_at_the_window_tells_nothing_of_what_is_held(
    as_role: Callable[..., Client], closed: Closed, own: Case
) -> None:
    beside = ParallelCase.objects.create(project=own.project, stage="1", opened_by=own.opened_by)
    Case.objects.filter(pk=own.pk).update(parallel=beside)
    client, agreed = as_role(Role.CLERK), {"spoken_by": "李工", "confirmed": "1"}
    case, whole, api = f"/case/{own.number}", f"/parallel/{beside.number}", f"/api/cases/{own.number}"
    tried = []
    for held in (closed.held.pk, 999999):
        pages = [
            client.post(f"{case}/held/{held}/reuse"),
            client.post(f"{case}/held/{held}/consent", agreed),
            client.post(f"{whole}/do/reuse", {"held": held, "case": own.number}),
        ]
        calls = [
            client.post(f"{api}/offers", {"held": [held]}, "application/json"),
            client.post(f"{api}/consents", {"held": held, "spoken_by": "李工", "confirmed": True}, "application/json"),
        ]
        assert all("该材料不属于本办件的主体" in told(page, "") for page in pages)
        assert {call.json()["code"] for call in calls} == {"not-offered"}
        tried.append([(one.status_code, told(one, "")) for one in pages + calls])
    assert tried[0] == tried[1]
    assert not Consent.objects.exists()
    assert not own.uses.exists()


def read_source(case: Case) -> tuple[str, dict[str, Any]]:
    """A type that states a field of the case's form, and what was read of it."""
    source = next(one for field in form_of(case).fields for one in field.sources if one.startswith("M-"))
    kind, _, name = source.partition(".")
    return kind, {name: {"value": "别处所写", "page": 1, "box": factories.BOX, "score": 0.9, "rule": "label"}}


def evidence_of(case: Case, ref: str) -> str:
    """The address of the page of the value that this document gave the form."""
    return next(
        f"/case/{case.number}/form/{line.field.name}/{place}/page"
        for line in filled_form(case)
        for place, value in enumerate(line.values)
        if value.ref == ref
    )


def test_a_value_of_the_form_does_not_open_the_page_of_a_closed_case(
    as_role: Callable[..., Client], closed: Closed, own: Case
) -> None:
    kind, fields = read_source(own)
    paper = factories.material(closed.upload, kind)
    paper.fields = fields
    paper.save()
    path = evidence_of(own, f"material:{paper.pk}")
    assert as_role(Role.OFFICER, department=LAND).get(path).status_code == 404
    assert as_role(Role.CLERK).get(path).status_code == 404
    opener = Client()
    opener.force_login(closed.clerk)
    assert f"/case/{closed.case.number}/page/{closed.page.pk}.jpg" in opener.get(path).content.decode()


def test_a_page_of_what_a_case_uses_is_shown_under_that_case(
    as_role: Callable[..., Client], closed: Closed, own: Case
) -> None:
    kind, fields = read_source(own)
    HeldMaterial.objects.filter(pk=closed.held.pk).update(
        type=kind, fields=fields, subject_kind="project", subject=own.project.code, pages=[1]
    )
    client, ref = as_role(Role.OFFICER, department=LAND), f"held:{closed.held.pk}"
    assert client.get(evidence_of(own, ref)).status_code == 404
    own.uses.create(entry=kind, how="reused", held=closed.held, used_at=factories.NOW, used_by=own.opened_by)
    shown = client.get(evidence_of(own, ref)).content.decode()
    picture = f"/case/{own.number}/page/{closed.page.pk}.jpg"
    assert picture in shown
    assert closed.case.number not in shown
    assert [client.get(picture).status_code for _ in range(2)] == [200, 200]
    neighbour = Page.objects.create(  # of another document in the same file
        upload=closed.upload, number=2, width=1, height=1, picture_sha256=closed.page.picture_sha256
    )
    assert client.get(f"/case/{own.number}/page/{neighbour.pk}.jpg").status_code == 404
    assert client.get(f"/case/{own.number}/page/{closed.page.pk}/thumb.jpg").status_code == 200
    look = Access.objects.get()  # once, and the owner sees it
    assert (look.held, look.case_number) == (closed.held, own.number)
    assert own.number in as_role(Role.OFFICER, department=factories.BUILDING).get("/uses").content.decode()


def repeats_of_closed(closed: Closed, own: Case) -> list[Repeat]:
    """What was handed in for another's case, held against what is closed: archived, a document, the very same bytes."""
    HeldMaterial.objects.filter(pk=closed.held.pk).update(
        subject_kind="project",
        subject=own.project.code,
        pages=[1],
        fields={"合同编号": {"value": "HT-7731", "score": 1}},
    )
    closed.held.refresh_from_db()
    why = f"与档案 {closed.package.archive_number} 中的“{closed.held.name}”是同一份：HT-7731"
    archived = scanned_again(own, closed.held, why=why)
    document = scanned_again(own, None, earlier=closed.material, why=f"{closed.upload.file_name} HT-7731")
    bytes_again = scanned_again(
        own, None, twin=closed.upload, kind="same-bytes", state="told", material=None, why=f"办件 {closed.case.number}"
    )
    scanned_again(own, closed.held, kind="different", state="told", why="HT-7731≠HT-1", pair="d" * 64)
    return [archived, document, bytes_again]


@pytest.mark.parametrize("role", [Role.OFFICER, Role.CLERK])
def test_what_comes_again_does_not_open_the_closed_document(
    as_role: Callable[..., Client], closed: Closed, own: Case, role: Role
) -> None:
    asked = repeats_of_closed(closed, own)
    client = as_role(role, department=LAND if role == Role.OFFICER else "")
    case, api = f"/case/{own.number}", f"/api/cases/{own.number}"
    paths = [case, f"{case}/live", f"{case}/repeats", api, f"{api}/repeats"]
    paths += [f"{case}/repeats?at={row.pk}" for row in asked]
    for path in paths:
        response = client.get(path)
        body = response.getvalue().decode() if response.streaming else response.content.decode()
        assert response.status_code == 200, path
        for trace in (closed.package.archive_number, closed.case.number, "HT-7731", "晨曦路6号", "≠"):
            assert trace not in body, (path, trace)
        assert f"/page/{closed.page.pk}." not in body, path
    shown = client.get(f"{case}/repeats?at={asked[0].pk}").content.decode()
    assert HIDDEN in shown
    assert "<polygon" not in shown  # a marked place tells what stands on the other
    assert {one["shown"] for one in client.get(f"{api}/repeats").json()} == {False}
    assert len(client.get(f"{api}/repeats").json()) == len(asked)
    for ending in ("{}.jpg", "{}/thumb.jpg", "{}"):
        theirs, none = (client.get(f"{case}/page/{ending.format(page)}") for page in (closed.page.pk, 999999))
        assert (theirs.status_code, none.status_code) == (404, 404)
        assert told(theirs, f"/page/{closed.page.pk}") == told(none, "/page/999999")
    assert not Access.objects.exists()


def test_who_may_not_see_the_closed_document_keeps_the_new_one_and_an_archivist_decides(
    as_role: Callable[..., Client], closed: Closed, own: Case
) -> None:
    archived, document, _ = repeats_of_closed(closed, own)
    window, archivist = as_role(Role.CLERK), as_role(Role.ARCHIVIST)
    page, api = f"/case/{own.number}/repeats", f"/api/cases/{own.number}/repeats"
    for row in (archived, document):
        assert "不能据此认定" in window.post(f"{page}/{row.pk}/same").content.decode()
        told = window.post(f"{api}/{row.pk}", {"answer": "same"}, "application/json")
        assert (told.status_code, told.json()["code"]) == (409, "not-seen")
        row.refresh_from_db()
        assert row.state == "proposed"
    shown = archivist.get(f"{page}?at={archived.pk}").content.decode()
    assert closed.package.archive_number in shown
    assert 'data-key="same"' in shown
    assert archivist.get(f"/case/{own.number}/page/{closed.page.pk}.jpg").status_code == 200
    assert set(Access.objects.values_list("held", flat=True)) == {closed.held.pk}
    assert archivist.post(f"{page}/{archived.pk}/another").status_code == 302
    told = window.post(f"{api}/{document.pk}", {"answer": "another"}, "application/json").json()
    assert (told["state"], told["why"], told["likeness"]) == ("declined", HIDDEN, {})


def test_who_opened_the_closed_case_compares_what_comes_again(closed: Closed, own: Case) -> None:
    archived, *_ = repeats_of_closed(closed, own)
    client = Client()
    client.force_login(closed.clerk)
    shown = client.get(f"/case/{own.number}/repeats?at={archived.pk}").content.decode()
    assert closed.package.archive_number in shown
    assert f"/page/{closed.page.pk}.jpg" in shown


def test_drawings_of_another_department_are_none(as_role: Callable[..., Client], closed: Closed, own: Case) -> None:
    version = handed_in(closed.case, sheets("建施-1"))
    sheet = version.present.get()
    code = own.project.code
    land = as_role(Role.OFFICER, department=LAND)
    page = land.get(f"/projects/{code}/drawings").content.decode()
    assert "还没有送审的图纸" in page
    assert sheet.number not in page
    assert land.get(f"/api/projects/{code}/drawings").json()["code"] == "no-set"
    base = f"/projects/{code}/drawings"
    for path in (f"{base}/sheet/{sheet.pk}/page.jpg", f"{base}/difference/{sheet.pk}/{sheet.pk}"):
        assert land.get(path).status_code == 404
    for work, given in (("correct", {"sheet": sheet.pk, "title": "改"}), ("approve", {"row": version.pk, "paper": 1})):
        assert land.post(f"{base}/do/{work}", given).status_code == 404
    building = as_role(Role.OFFICER, department=factories.BUILDING)
    assert sheet.number in building.get(base).content.decode()
    factories.case(own.opened_by)  # a permit case of the works rests on the drawings: its window may look at them
    assert sheet.number in as_role(Role.CLERK).get(base).content.decode()


def test_the_account_of_a_project_names_no_closed_case_of_others(
    as_role: Callable[..., Client], closed: Closed, own: Case
) -> None:
    """What came again is said; where it lies is told to those who may see that case."""
    HeldMaterial.objects.filter(pk=closed.held.pk).update(
        type="M-YYZZ", subject_kind="company", subject=own.applicant_uscc
    )
    again = factories.material(factories.upload(own, uploaded_at=factories.NOW + dt.timedelta(days=1)), "M-YYZZ")
    own.uses.create(entry="M-YYZZ", how="uploaded", material=again, used_at=factories.NOW, used_by=own.opened_by)
    for kind in ("", ".csv", ".json"):
        path = f"/projects/{own.project.code}/ledger{kind}"
        told = as_role(Role.OFFICER, department=LAND).get(path).getvalue().decode()
        assert "其他部门的办件" in told, path
        for trace in (closed.package.archive_number, closed.case.number):
            assert trace not in told, path
        assert closed.package.archive_number in as_role(Role.ARCHIVIST).get(path).getvalue().decode()


def test_a_result_that_is_not_shared_is_no_result_of_its_project(
    as_role: Callable[..., Client], closed: Closed, own: Case
) -> None:
    """An on-request certificate of another department is not on the page; an open one is, without its closed uses."""
    facts = {"source": "certificate", "subject_kind": "project", "subject": own.project.code}
    HeldMaterial.objects.filter(pk=closed.held.pk).update(type="OUT-RF", **facts)
    permit = HeldMaterial.objects.create(
        package=closed.package, type="OUT-YDGH", name="用地许可", number="DZ-1", sha256="1" * 64, sm3="0" * 64, size=1,
        media_type="image/jpeg", held_since=factories.NOW, **facts,
    )  # fmt: skip
    for case in (closed.case, own):
        case.uses.create(entry="OUT-YDGH", how="issued", held=permit, used_at=factories.NOW, used_by=closed.clerk)
    path = f"/projects/{own.project.code}/results"
    land = as_role(Role.OFFICER, department=LAND)
    shown = land.get(path).content.decode()
    assert [one in shown for one in ("HT-7731", "DZ-1", closed.case.number, own.number)] == [False, True, False, True]
    building = as_role(Role.OFFICER, department=factories.BUILDING).get(path).content.decode()
    assert [one in building for one in ("HT-7731", closed.case.number)] == [True, True]
    area = Area.objects.create(code="QY-1", name="北片")
    decide_rule(factories.BUILDING, "OUT-QYPG", "on-request", "评估成果须经审核", by=closed.clerk, now=factories.NOW)
    HeldMaterial.objects.filter(pk=closed.held.pk).update(type="OUT-QYPG")
    assert "HT-7731" not in land.get(f"/areas/{area.code}").content.decode()
    for report in (closed.held.pk, permit.pk, 999999):
        assert land.post(f"/areas/{area.code}/result", {"report": report}).status_code == 404
