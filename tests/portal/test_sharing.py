"""Departments share, on the page and by the interface: asking, answering, having a copy, rules, and what changed."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from archive import Access, Event, HeldMaterial, Package
from archive.holdings import change_standing
from archive.lookup import Retrieval
from archive.sharing import ChangeNotice, RuleChange, ShareRequest, Subscription, may_see
from catalogue import departments_of_item
from ingest import Case
from portal.roles import Role
from tests.archive.sharing import rows
from tests.portal import factories
from tests.portal.factories import BUILDING
from tests.workers.casework import run
from tests.workers.retrieval_cases import element_of, kept_package
from tests.workers.seal_cases import run_once

pytestmark = pytest.mark.django_db
AsRole = Callable[..., Client]
LAND, WATER = "自然资源局", "水利局"
JSON = "application/json"
WHY = "核对合同工期与金额"


def text(response: Any) -> str:
    return response.getvalue().decode() if response.streaming else str(response.content.decode())


class Two:
    """A case of the land department, and a contract of its project that the building department holds."""

    def __init__(self, as_role: AsRole) -> None:
        opener = factories.user(Role.CLERK)
        self.case = factories.case(opener, item_code="S1-06", state=Case.State.ACCEPTED)
        self.other_case = factories.case(opener, item_code="S1-06", state=Case.State.ACCEPTED)
        self.contract = rows.held("M-SGHT", subject=self.case.project.code, name="施工合同")
        self.land, self.building = (as_role(Role.OFFICER, department=name) for name in (LAND, BUILDING))
        self.water = as_role(Role.OFFICER, department=WATER)

    def ask(self) -> ShareRequest:
        said = {"case": self.case.number, "words": WHY}
        assert self.land.post(f"/sharing/{self.contract.pk}/ask", said).status_code == 200
        return ShareRequest.objects.get(state="asked")

    def answer(self, row: ShareRequest, **said: str) -> Any:
        given = {"approve": "1", "reason": "本件审批确有需要"} | said
        return self.building.post(f"/sharing/requests/{row.number}/answer", given)

    def found(self, case: Case) -> list[int]:
        asked = self.land.get("/api/sharing/materials", {"case": case.number}).json()
        return [one["id"] for one in asked["materials"]]


@pytest.fixture
def two(as_role: AsRole) -> Two:
    return Two(as_role)


def test_what_may_be_asked_for_is_named_by_type_and_owner_only(two: Two) -> None:
    shown = text(two.land.get("/sharing", {"case": two.case.number}))
    assert f"/sharing/{two.contract.pk}/ask" in shown
    assert two.contract.number not in shown
    asked = two.land.get("/api/sharing/materials", {"case": two.case.number}).json()
    assert asked == {"materials": [], "on_request": [{"id": two.contract.pk, "type": "M-SGHT", "owner": BUILDING}]}


def test_an_approval_holds_for_that_case_alone_and_until_its_day(two: Two) -> None:
    row = two.ask()
    assert row.answer_by > timezone.localdate()
    board = text(two.building.get("/sharing/requests"))
    assert WHY in board
    assert LAND in board
    two.answer(row, days="7")
    row.refresh_from_db()
    assert (row.state, row.valid_until) == ("approved", timezone.localdate() + dt.timedelta(days=7))
    assert (two.found(two.case), two.found(two.other_case)) == ([two.contract.pk], [])
    assert may_see(row.by, two.contract).answer == "on-request"
    for until, holds in ((timezone.localdate(), True), (timezone.localdate() - dt.timedelta(days=1), False)):
        ShareRequest.objects.update(valid_until=until)
        assert (two.found(two.case) == [two.contract.pk]) is holds
        assert (may_see(row.by, two.contract, case_number=two.case.number).answer == "open") is holds
    assert [one.kind for one in Event.objects.order_by("pk")] == ["share-asked", "share-approved"]


def test_the_day_of_an_approval_is_counted_on_the_calendar_of_the_city(two: Two) -> None:
    from archive.sharing import answer_request

    night = dt.datetime(2026, 11, 30, 17, 0, tzinfo=dt.UTC)  # 1 December here
    by = rows.person("officer", department=BUILDING)
    done = answer_request(two.ask(), approve=True, reason="本件审批确有需要", by=by, now=night, days=1)
    assert done.valid_until == dt.date(2026, 12, 2)


def test_declined_with_a_reason_and_not_without_one(two: Two) -> None:
    row = two.ask()
    refused = two.answer(row, approve="0", reason="否")
    assert (refused.status_code, "答复理由" in text(refused)) == (409, True)
    assert two.answer(row, approve="1", days="999").status_code == 409
    two.answer(row, approve="0", reason="合同金额与用地审批无关")
    row.refresh_from_db()
    assert (row.state, row.valid_until, two.found(two.case)) == ("declined", None, [])
    assert "合同金额与用地审批无关" in text(two.land.get("/sharing/requests"))
    assert two.answer(row).status_code == 409  # answered once


def test_asked_once_and_taken_back(two: Two) -> None:
    row = two.ask()
    again = two.land.post(f"/sharing/{two.contract.pk}/ask", {"case": two.case.number, "words": WHY})
    assert (again.status_code, "已为这一办件申请过" in text(again)) == (409, True)
    two.answer(row)
    assert two.found(two.case)
    assert two.land.post(f"/sharing/requests/{row.number}/withdraw").status_code == 200
    assert two.found(two.case) == []
    assert two.land.post(f"/sharing/requests/{row.number}/withdraw").status_code == 409
    assert "share-withdrawn" in Event.objects.values_list("kind", flat=True)


def test_only_the_owner_answers_and_only_who_asked_withdraws(two: Two) -> None:
    row, given = two.ask(), {"approve": True, "reason": "本件审批确有需要"}
    for client, status in ((two.water, 404), (two.land, 409)):
        assert client.post(f"/sharing/requests/{row.number}/answer", {**given, "approve": "1"}).status_code == status
        assert client.post(f"/api/sharing/requests/{row.number}/answer", given, JSON).status_code == 404
    for client, status in ((two.water, 404), (two.building, 409)):
        assert client.post(f"/sharing/requests/{row.number}/withdraw").status_code == status
    row.refresh_from_db()
    assert row.state == "asked"
    told = two.water.get("/api/sharing/requests").json()
    assert told == {"to_answer": [], "made": []}
    assert [one["number"] for one in two.building.get("/api/sharing/requests").json()["to_answer"]] == [row.number]
    assert two.building.post(f"/api/sharing/requests/{row.number}/answer", given, JSON).json()["state"] == "approved"


def test_each_department_that_owns_a_material_may_answer_for_it(two: Two, as_role: AsRole) -> None:
    row = two.ask()
    owners = departments_of_item("S3-05")
    for name in owners:
        client = as_role(Role.OFFICER, department=name)
        assert row.number in text(client.get("/sharing/requests"))
        assert [one["number"] for one in client.get("/api/sharing/requests").json()["to_answer"]] == [row.number]
    last = as_role(Role.OFFICER, department=owners[-1])
    given = {"approve": True, "reason": "本件审批确有需要"}
    assert last.post(f"/api/sharing/requests/{row.number}/answer", given, JSON).json()["state"] == "approved"
    assert len(owners) > 1


def test_a_number_that_no_database_takes_is_refused_in_the_interface(two: Two) -> None:
    asked = {"case": two.case.number, "offset": 10**30}
    assert two.land.get("/api/sharing/materials", asked).status_code == 422


def test_a_department_decides_on_the_page_and_the_history_stays(two: Two) -> None:
    two.answer(two.ask())
    for category, reason in (("open", "市级共享目录列为无条件共享"), ("never", "经复核含有商业秘密")):
        said = {"type": "M-SGHT", "category": category, "reason": reason}
        assert two.building.post("/sharing/rules/decide", said).status_code == 200
        assert (two.contract.pk in two.found(two.case)) is (category == "open")  # no approval outlives a closed type
    shown = text(two.water.get("/sharing/rules"))
    assert "市级共享目录列为无条件共享" in shown
    assert "经复核含有商业秘密" in shown
    assert RuleChange.objects.count() == 2
    personal = {"type": "M-SFZ", "category": "open", "reason": "为了方便办理"}
    for said in (personal, {**personal, "type": "M-NONE"}):
        assert two.building.post("/sharing/rules/decide", said).status_code == 409
    assert two.building.post("/sharing/rules/decide", {**personal, "category": "x"}).status_code == 409
    assert Event.objects.filter(kind="sharing-rule-decided").count() == 2


def test_a_revoked_permit_reaches_who_follows_it_and_is_polled_by_cursor(two: Two) -> None:
    permit, other = (rows.held("OUT-SGXK", subject=two.case.project.code, name="施工许可证") for _ in range(2))
    followed = two.land.post("/api/sharing/subscriptions", {"kind": "held", "key": str(permit.pk)}, JSON)
    assert followed.status_code == 200
    two.land.post("/sharing/follow", {"kind": "project", "key": two.case.project.code})
    now = timezone.now()
    change_standing(permit.sha256, "revoked", now)
    change_standing(permit.sha256, "revoked", now)  # told once
    told = two.land.get("/api/sharing/notices").json()
    assert [(one["change"], one["held"]) for one in told["notices"]] == [("revoked", permit.pk)]
    assert permit.number in text(two.land.get("/sharing/notices"))
    assert two.land.get("/api/sharing/notices", {"after": told["next"]}).json() == {"notices": [], "next": told["next"]}
    change_standing(other.sha256, "suspended", now)
    later = two.land.get("/api/sharing/notices", {"after": told["next"]}).json()
    assert [(one["change"], one["held"]) for one in later["notices"]] == [("suspended", other.pk)]
    assert two.water.get("/api/sharing/notices").json()["notices"] == []
    two.land.post("/sharing/notices/read", {"up_to": str(told["next"])})
    assert list(ChangeNotice.objects.filter(read_at=None).values_list("pk", flat=True)) == [later["next"]]


def test_what_may_not_be_seen_is_neither_followed_nor_told_of(two: Two) -> None:
    two.land.post("/sharing/follow", {"kind": "type", "key": "M-SGHT"})
    for key in (str(two.contract.pk), "999999", "9" * 40, "一"):
        answer = two.land.post("/api/sharing/subscriptions", {"kind": "held", "key": key}, JSON)
        assert (answer.status_code, answer.json()["code"]) == (409, "unknown-key")
    now = timezone.now()
    change_standing(two.contract.sha256, "suspended", now)
    row = two.ask()
    two.answer(row)
    change_standing(two.contract.sha256, "holds", now + dt.timedelta(minutes=1))
    assert ChangeNotice.objects.count() == 1  # told while it may be seen
    ShareRequest.objects.update(valid_until=timezone.localdate() - dt.timedelta(days=1))
    change_standing(two.contract.sha256, "revoked", now + dt.timedelta(minutes=2))
    assert ChangeNotice.objects.count() == 1


def test_a_subscription_is_ended_by_its_own_department(two: Two) -> None:
    two.land.post("/sharing/follow", {"kind": "type", "key": "OUT-SGXK"})
    row = Subscription.objects.get()
    for client in (two.building, two.water):
        assert client.post(f"/sharing/follow/{row.pk}/end").status_code == 404
        assert client.post(f"/api/sharing/subscriptions/{row.pk}/end").status_code == 404
    assert two.land.post(f"/api/sharing/subscriptions/{row.pk}/end").json()["ended"]
    assert two.land.post(f"/sharing/follow/{row.pk}/end").status_code == 404
    change_standing(rows.held("OUT-SGXK").sha256, "revoked", timezone.now())
    assert not ChangeNotice.objects.exists()


def test_what_is_too_long_to_be_followed_is_refused_in_words(two: Two) -> None:
    long = {"kind": "company", "key": "9" * 201}
    shown = two.land.post("/sharing/follow", long)
    assert (shown.status_code, "不超过 200 个字符" in text(shown)) == (400, True)
    told = two.land.post("/api/sharing/subscriptions", long, JSON)
    assert (told.status_code, told.json()["code"]) == (400, "key-too-long")


@pytest.fixture
def permit(db: None) -> HeldMaterial:
    """An open certificate of the building department that lies in the archive with its bytes."""
    package, made = kept_package()
    sealed = element_of(made, "施工许可证.pdf")
    return rows.held("OUT-SGXK", package=package, name="施工许可证", sha256=sealed.sha256)


def test_a_copy_is_had_with_purpose_and_case_and_the_owner_sees_who_looked(two: Two, permit: HeldMaterial) -> None:
    said = {"case": two.case.number, "words": "核对许可范围"}
    assert two.land.post(f"/sharing/{permit.pk}/retrieve", {**said, "words": "看"}).status_code == 409
    assert not Access.objects.exists()
    assert two.land.post(f"/sharing/{permit.pk}/retrieve", said)["Location"].startswith("/uses/")
    told = two.land.post(f"/api/sharing/materials/{permit.pk}/retrieve", said, JSON).json()
    asked = Retrieval.objects.get(number=told["retrieval"])
    assert (asked.access.held, asked.access.case_number) == (permit, two.case.number)
    assert asked.access.purpose == "办理业务：核对许可范围"
    for path in ("/uses", "/uses.csv"):
        seen = text(two.building.get(path))
        for words in (asked.access.user.get_username(), "核对许可范围", two.case.number, permit.package.archive_number):
            assert words in seen, path
        assert "核对许可范围" not in text(two.water.get(path))
    looks = two.building.get("/api/sharing/looks").json()
    assert [(one["department"], one["case"]) for one in looks["looks"]] == [(LAND, two.case.number)] * 2
    assert two.building.get("/api/sharing/looks", {"after": looks["next"]}).json()["looks"] == []
    assert two.water.get("/api/sharing/looks").json()["looks"] == []
    assert Package.objects.count() == 2


def test_page_and_interface_say_whether_the_copy_is_sealed_and_what_it_waits_for(
    two: Two, permit: HeldMaterial
) -> None:
    plain = rows.held("M-YYZZ", name="营业执照")
    asked = {
        one["id"]: one for one in two.land.get("/api/sharing/materials", {"case": two.case.number}).json()["materials"]
    }
    assert {key: one["sealed_copy"] for key, one in asked.items()} == {permit.pk: True, plain.pk: False}
    shown = text(two.land.get("/sharing", {"case": two.case.number}))
    assert (shown.count("调取盖章副本"), shown.count("调取副本")) == (1, 1)
    said = {"case": two.case.number, "words": "核对许可范围"}
    told = two.land.post(f"/api/sharing/materials/{permit.pk}/retrieve", said, JSON).json()
    assert (told["sealed"], told["state"], told["waits_for"]) == (True, "asked", "")
    number = told["retrieval"]
    run("retrieve")
    assert "正在盖章" in text(two.land.get(f"/uses/{number}"))
    assert run_once("seal-copy").state == "queued"  # this installation has no seal yet
    told = two.land.get(f"/api/sharing/retrievals/{number}").json()
    assert (told["state"], "印章登记" in told["waits_for"]) == ("asked", True)
    waits = text(two.land.get(f"/uses/{number}"))
    assert told["waits_for"] in waits
    assert "无需重新提交" in waits
    assert two.land.get(f"/uses/{number}/file").status_code == 409
    for stranger in (two.water, two.building):
        assert stranger.get(f"/api/sharing/retrievals/{number}").status_code == 404
        assert stranger.get(f"/uses/{number}").status_code == 404
