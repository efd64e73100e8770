"""One's own case of the same project opens nothing that another department closed: no form, use, repeat or drawing."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from archive import Access, HeldMaterial
from archive.holdings import Area, Consent
from archive.sharing import decide_rule
from ingest import Case, Page, ParallelCase, filled_form
from ingest.form_sources import form_of
from portal.repeats_sight import HIDDEN
from portal.roles import Role
from tests.ingest.drawings.sheets import handed_in, sheets
from tests.portal import factories
from tests.portal.closed import LAND, Closed, told
from tests.workers.repeat_cases import scanned_again
from workers import Repeat

pytestmark = pytest.mark.django_db


@pytest.fixture
def closed(db: None) -> Closed:
    return Closed()


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
