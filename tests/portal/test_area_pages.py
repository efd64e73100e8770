"""Areas with their results, the projects inside, and which results serve which items."""

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from archive import Event, HeldMaterial
from archive.holdings import Area, areas_of, place_project
from ingest import Case
from portal.roles import Role
from tests.portal import factories
from tests.workers.casework import reported
from tests.workers.held_samples import held, open_case
from workers import NotPossibleError, accept, file_result, offers_of, put_in, register_area, reuse, topics
from workers.offering import every_offer, use_held
from workers.used_holdings import changed_uses, lapsed_uses, note_checks

pytestmark = pytest.mark.django_db
FLOOD, SEISMIC = "洪水影响评价区域评估成果", "地震安全性区域评估成果"


@pytest.fixture
def officer(as_role: Callable[..., Client]) -> Client:
    return as_role(Role.OFFICER)


def text(response: Any) -> str:
    return str(response.content.decode())


def area() -> Area:
    return register_area("JL-GX-01", "江澜高新区北片", "高新区管委会", by=factories.user(Role.OFFICER))


def span() -> dict[str, str]:
    today = timezone.localdate()
    return {"valid_from": today.isoformat(), "valid_until": (today + dt.timedelta(days=900)).isoformat()}


def test_an_area_is_registered_with_a_result_and_serves_the_projects_inside_and_no_other(officer: Client) -> None:
    shown = officer.post("/areas/register", {"code": "JL-GX-01", "name": "江澜高新区北片", "keeper": "管委会"})
    assert shown["Location"] == "/areas/JL-GX-01"
    report = held("OUT-QYPG", subject_kind="area", subject="", name="区域评估成果")
    case, other = (open_case(item_code=code) for code in ("S1-12", "S1-14"))
    said = text(officer.post("/areas/JL-GX-01/result", {"report": report.pk, "topic": FLOOD, **span()}))
    assert "已登记区域评估成果" in said
    assert offers_of(case) == []
    said = text(officer.post("/areas/JL-GX-01/projects", {"codes": f"{case.project.code}\n"}))
    assert case.project.name in said
    [offer] = offers_of(case)
    assert (offer.held.sha256, offer.held.source, offer.consent) == (report.sha256, "area", "")
    assert offers_of(other) == []  # evaluated for floods, not for earthquakes
    results = text(officer.get(f"/projects/{case.project.code}/results"))
    assert "江澜高新区北片" in results
    assert FLOOD in results
    assert set(Event.objects.values_list("kind", flat=True)) >= {
        "area-registered", "area-result-filed", "area-project-in",
    }  # fmt: skip


def test_a_project_that_left_is_offered_nothing_more(officer: Client) -> None:
    case, known = open_case(item_code="S1-12"), area()
    today = timezone.localdate()
    report = held("OUT-QYPG", subject_kind="area", subject="")
    until = today + dt.timedelta(days=90)
    file_result(known, report, topic=FLOOD, valid_from=today, valid_until=until, by=case.opened_by)
    [stay] = put_in(known, [case.project.code], since=today - dt.timedelta(days=9), by=case.opened_by)
    assert len(offers_of(case)) == 1
    gone = {"until": (today - dt.timedelta(days=1)).isoformat()}
    uses = [reuse(each, offers_of(each)[0].held, by=case.opened_by) for each in (case, open_case(item_code="S1-12"))]
    officer.post(f"/areas/{known.code}/projects/{stay.pk}/out", gone)
    assert offers_of(open_case(item_code="S1-12")) == []
    with pytest.raises(NotPossibleError, match="已不在该区域内") as refused:  # what was taken before carries nothing
        accept(reported(case, "complete"), by=case.opened_by)
    assert refused.value.code == "left-area"
    other = uses[1].case
    brought = factories.material(factories.upload(other), "OUT-QYPG")
    other.uses.create(entry=uses[1].entry, how="uploaded", material=brought, used_at=factories.NOW)
    accept(reported(other, "complete"), by=case.opened_by)
    assert [use.how for use in other.uses.filter(withdrawn_at=None)] == ["uploaded"]


@pytest.mark.parametrize(("since", "until", "inside"), [(0, 0, 1), (-9, 5, 1), (-9, -1, 0), (1, None, 0)])
def test_the_list_counts_the_projects_that_the_results_are_offered_to_today(
    officer: Client, since: int, until: int | None, inside: int
) -> None:
    case, known, today = open_case(item_code="S1-12"), area(), timezone.localdate()
    end = None if until is None else today + dt.timedelta(days=until)
    place_project(known, case.project.code, today + dt.timedelta(days=since), end)
    [(_, _, counted)] = officer.get("/areas").context["rows"]
    assert counted == officer.get(f"/areas/{known.code}").context["inside"] == inside
    assert len(areas_of([case.project.code], today)) == inside


@pytest.mark.parametrize("long", ["name", "keeper"])
def test_a_name_that_no_column_takes_is_refused_in_words(officer: Client, long: str) -> None:
    given = {"code": "JL-GX-01", "name": "北片", "keeper": "管委会"} | {long: "长" * 201}
    assert "不超过 200 字" in text(officer.post("/areas/register", given))
    assert not Area.objects.exists()


@pytest.mark.parametrize(
    ("where", "given", "said"),
    [
        ("projects", {"codes": "9999-000000-00-00-000000"}, "没有登记过这些项目代码"),
        ("projects", {"codes": " , "}, "没有登记过这些项目代码"),
        ("result", {"topic": "别的", **span()}, "请选择评估事项"),
        ("result", {"topic": FLOOD}, "请填写有效期起止日期"),
        ("result", {"topic": FLOOD, "valid_from": "2027-01-02", "valid_until": "2027-01-01"}, "早于有效期起"),
    ],
)
def test_a_slip_is_told_in_words_and_nothing_is_written(
    officer: Client, where: str, given: dict[str, str], said: str
) -> None:
    known, report = area(), held("OUT-QYPG", subject_kind="area", subject="")
    assert said in text(officer.post(f"/areas/{known.code}/{where}", {"report": report.pk, **given}))
    assert not known.projects.exists()


def test_a_newer_report_on_the_same_topic_supersedes_the_earlier_one(officer: Client) -> None:
    known, today = area(), timezone.localdate()
    by = factories.user(Role.OFFICER)
    until = today + dt.timedelta(days=90)
    old, new, other = (
        file_result(
            known,
            held("OUT-QYPG", subject_kind="area", subject=""),
            topic=topic,
            valid_from=today,
            valid_until=until,
            by=by,
        )
        for topic in (FLOOD, FLOOD, SEISMIC)
    )
    old.refresh_from_db()
    assert (old.standing, old.superseded_by, new.standing, other.standing) == ("superseded", new, "holds", "holds")
    assert "已被替代" in text(officer.get(f"/areas/{known.code}"))


def test_a_filed_report_supersedes_one_on_its_topic_that_came_by_itself_and_none_on_another() -> None:
    known, today, by = area(), timezone.localdate(), factories.user(Role.OFFICER)
    came = [
        held("OUT-QYPG", subject_kind="area", subject=known.code, number=known.code, name="区域评估成果", source="area",
             fields={"评估事项": {"value": topic}})
        for topic in ("洪水影响评价", "地震安全性评价")
    ]  # fmt: skip
    report = held("OUT-QYPG", subject_kind="area", subject="", number=known.code)
    until = today + dt.timedelta(days=90)
    made = file_result(known, report, topic=FLOOD, valid_from=today, valid_until=until, by=by)
    for row in came:
        row.refresh_from_db()
    assert [(row.standing, row.superseded_by) for row in came] == [("superseded", made), ("holds", None)]


def test_a_result_is_taken_back_with_a_reason_restored_and_filed_anew(officer: Client) -> None:
    known, case, today, by = area(), open_case(item_code="S1-12"), timezone.localdate(), factories.user(Role.OFFICER)
    put_in(known, [case.project.code], since=today, by=by)
    reports = [held("OUT-QYPG", subject_kind="area", subject="", number=known.code) for _ in range(2)]
    old, new = (file_result(known, one, topic=FLOOD, valid_from=today, valid_until=today + dt.timedelta(days=90), by=by)
                for one in reports)  # fmt: skip
    address = f"/areas/{known.code}/results/{new.pk}"
    assert "写明注销登记的原因" in text(officer.post(f"{address}/take-back", {"reason": "错"}))
    use = use_held(case, new, by=by)
    note_checks(case, "offer")
    for path, given, offered in (("take-back", {"reason": "报告选错了"}, old), ("restore", {}, new)):
        answer = officer.post(f"{address}/{path}", given)
        assert "登记" in answer.context["done"]
        assert ("报告选错了" in text(answer)) == (path == "take-back")
        use.withdrawn_at = timezone.now()
        assert [one.held for one in every_offer(case)] == [offered]
        assert bool(lapsed_uses(case)) == (offered == old)
        assert use.pk in changed_uses() or offered == new
    assert {one.details.get("reason") for one in Event.objects.filter(kind="area-result-taken-back")} == {"报告选错了"}
    officer.post(f"{address}/take-back", {"reason": "报告选错了"})
    said = text(officer.post(f"/areas/{known.code}/result", {"report": reports[1].pk, "topic": SEISMIC, **span()}))
    assert "仍在使用" in said
    use.save()
    assert "已登记" in text(
        officer.post(f"/areas/{known.code}/result", {"report": reports[1].pk, "topic": SEISMIC, **span()})
    )
    new.refresh_from_db()
    assert (new.name, new.standing, [one.held for one in every_offer(case)]) == (SEISMIC, "holds", [old])


@pytest.mark.django_db(transaction=True)
def test_of_two_reports_filed_on_one_topic_at_once_the_second_waits_and_replaces_the_first() -> None:
    by, place, today = factories.user(Role.OFFICER), area(), timezone.localdate()
    reports = [held("OUT-QYPG", subject_kind="area", subject="", name="区域评估成果") for _ in range(2)]
    told = {"topic": FLOOD, "valid_from": today, "valid_until": today + dt.timedelta(days=900), "by": by}
    second: list[HeldMaterial] = []

    def file() -> None:
        try:
            second.append(file_result(place, reports[1], **told))
        finally:
            connection.close()

    with transaction.atomic():
        first = file_result(place, reports[0], **told)
        other = threading.Thread(target=file)
        other.start()
        other.join(0.3)
        assert other.is_alive()
    other.join()
    first.refresh_from_db()
    assert [first.superseded_by] == second


@pytest.mark.parametrize("standing", ["superseded", "revoked"])
def test_a_report_that_does_not_hold_elsewhere_is_not_filed(officer: Client, standing: str) -> None:
    known, report = area(), held("OUT-QYPG", subject_kind="area", subject="别处", standing=standing)
    assert "不能登记为成果" in text(
        officer.post(f"/areas/{known.code}/result", {"report": report.pk, "topic": FLOOD, **span()})
    )
    assert not HeldMaterial.objects.filter(subject=known.code).exists()


def test_one_without_a_readable_end_is_given_one(officer: Client) -> None:
    known = area()
    came = held("OUT-QYPG", subject_kind="area", subject=known.code, source="area", name="区域评估成果",
                fields={"评估事项": {"value": "洪水影响评价"}})  # fmt: skip
    officer.post(f"/areas/{known.code}/results/{came.pk}/take-back", {"reason": "补填有效期"})
    officer.post(f"/areas/{known.code}/result", {"report": came.pk, "topic": FLOOD, **span()})
    came.refresh_from_db()
    assert (came.standing, came.valid_until.isoformat()) == ("holds", span()["valid_until"])


def test_the_window_reads_and_only_officer_and_supervisor_keep(as_role: Callable[..., Client]) -> None:
    known = area()
    assert as_role(Role.CLERK).get(f"/areas/{known.code}").status_code == 200
    assert as_role(Role.CLERK).post("/areas/register", {}).status_code == 403
    assert as_role(Role.ARCHIVIST).get("/areas").status_code == 403
    assert as_role(Role.SUPERVISOR).post("/areas/register", {"code": "!"}).status_code == 200


def test_the_share_matrix_says_whom_area_and_joint_results_serve(officer: Client) -> None:
    shown = text(officer.get("/shared-results"))
    row = shown.partition("OUT-DC")[2].partition("</tr>")[0]
    for item in ("S4-02", "S4-04", "S4-07"):
        assert f">{item}</span>" in row
    assert FLOOD in topics()
    assert Case.objects.count() == 0
