"""A project that was given another code stays one project: what is held is offered, and a slip is undone."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from archive import Event, HeldMaterial, ensure_log_key
from archive.holdings import AreaProject, areas_of, change_standing
from archive.holdings.used_in_time import hold_on
from archive.lookup import PackageQuery, search_packages
from archive.retention import Hold, set_hold
from archive.sharing import ChangeNotice, subscribe
from exchange import ExchangeRow, refresh
from ingest import Case, Project, codes_of, project_of
from ingest.drawings import DrawingSet
from portal.roles import Role
from samples.world import PROJECT_CODE
from tests.archive.rebuilding.test_rebuild import settle
from tests.archive.rebuilding.whole_database import drop
from tests.portal import factories
from tests.workers.held_samples import held, open_case
from workers import (
    Job,
    NotPossibleError,
    change_project_code,
    offers_of,
    put_in,
    rebuild_database,
    register_area,
    subjects_of_case,
    take_code_back,
)
from workers import open_case as register_case

pytestmark = pytest.mark.django_db
NEW, WHY = "2611-990101-04-01-700001", "江发改赋码〔2026〕17号"


def recoded(project: Project, code: str = NEW) -> Project:
    return change_project_code(project, code, by=factories.user(Role.OFFICER), reason=WHY)


def opened(code: str) -> Case:
    return register_case(
        "S3-05",
        project_code=code,
        project_name="写错的名称",
        works_name="1号厂房",
        applicant_name="江澜建设有限公司",
        applicant_uscc="91990101MA00000000",
        by=factories.user(Role.CLERK),
        answers={"sensitive": "否"},
    )


def test_what_is_held_under_the_code_before_is_offered_afterwards() -> None:
    case = open_case()
    kept = held("M-SQWT")
    recoded(case.project)
    assert (kept.subject, project_of(PROJECT_CODE), codes_of(NEW)) == (PROJECT_CODE, case.project, (NEW, PROJECT_CODE))
    again = open_case(project=Project.objects.get(code=NEW))
    assert [offer.held for offer in offers_of(again)] == [kept]
    assert {PROJECT_CODE, NEW} <= set(subjects_of_case(again))
    assert Job.objects.filter(kind="check", case_number=case.number).exists()  # its papers may bear either code
    [told] = Event.objects.filter(kind="project-recoded")
    assert told.details == {"before": PROJECT_CODE, "after": NEW, "reason": WHY}


def test_a_project_that_gets_its_first_code_back_keeps_both_and_the_number_of_its_drawings_and_can_undo_that() -> None:
    project = recoded(recoded(open_case().project), PROJECT_CODE)
    assert (project.code, project.codes) == (PROJECT_CODE, (PROJECT_CODE, NEW))
    assert DrawingSet(project=project, pk=1).code == f"TZ-{PROJECT_CODE}-0001"
    undone = take_code_back(project, by=factories.user(Role.OFFICER))
    assert (undone.code, undone.former_codes) == (NEW, [PROJECT_CODE])


@pytest.mark.parametrize("code", [PROJECT_CODE, NEW])
def test_a_case_opened_under_either_code_is_the_projects(code: str) -> None:
    project = recoded(open_case().project)
    assert opened(code).project == project
    assert Project.objects.count() == 1
    assert project.name != "写错的名称"


def test_who_follows_either_code_is_told_and_finds_it_in_the_search() -> None:
    permit = held("OUT-SGXK")
    followers = [factories.user(Role.OFFICER, name=name, department=name) for name in ("自然资源局", "水利局")]
    for user, code in zip(followers, (PROJECT_CODE, NEW), strict=True):
        subscribe("project", code, by=user, now=timezone.now())
    recoded(Project.objects.get())
    change_standing(permit.sha256, HeldMaterial.Standing.REVOKED, timezone.now())
    assert set(ChangeNotice.objects.values_list("department__name", flat=True)) == {"自然资源局", "水利局"}
    for code in (PROJECT_CODE, NEW):
        assert [hit.package for hit in search_packages(PackageQuery(project=code))] == [permit.package], code


def test_areas_follow_and_a_list_may_name_the_former_code() -> None:
    project, by = open_case().project, factories.user(Role.OFFICER)
    area, other = (register_area(code, code, "管委会", by=by) for code in ("A-1", "A-2"))
    today = timezone.localdate()
    put_in(area, [PROJECT_CODE], since=today, by=by)
    recoded(project)
    put_in(area, [PROJECT_CODE], since=today, by=by)  # it lies inside already
    put_in(other, [PROJECT_CODE, NEW], since=today, by=by)
    assert set(AreaProject.objects.values_list("area__code", "project_code")) == {("A-1", NEW), ("A-2", NEW)}
    assert AreaProject.objects.count() == 2
    assert areas_of(codes_of(PROJECT_CODE), today) == ("A-1", "A-2")


@pytest.mark.parametrize(
    ("code", "reason", "why"),
    [
        ("2611-990101-04", WHY, "not-a-code"),
        ("2613-990101-04-01-700001", WHY, "not-a-code"),
        (PROJECT_CODE, WHY, "same-code"),
        (NEW, "  ", "no-reason"),
        ("2611-990101-04-01-700002", WHY, "code-taken"),
        ("2018-990101-47-03-700003", WHY, "code-taken"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(code: str, reason: str, why: str) -> None:
    project = open_case().project
    Project.objects.create(
        code="2611-990101-04-01-700002", name="别处", region="990101", former_codes=["2018-990101-47-03-700003"]
    )
    with pytest.raises(NotPossibleError) as refused:
        change_project_code(project, code, by=factories.user(Role.OFFICER), reason=reason)
    assert refused.value.code == why
    project.refresh_from_db()
    assert (project.code, project.former_codes) == (PROJECT_CODE, [])
    assert not Event.objects.filter(kind="project-recoded").exists()


def test_a_slip_is_taken_back_step_by_step_and_the_wrong_code_is_nobodys() -> None:
    by = factories.user(Role.OFFICER)
    project = recoded(recoded(open_case().project), "2611-990101-04-01-700009")
    assert project.former_codes == [PROJECT_CODE, NEW]
    project = take_code_back(project, by=by)
    assert project.codes == (NEW, PROJECT_CODE)
    project = take_code_back(project, by=by)
    assert project.codes == (PROJECT_CODE,)
    assert project_of(NEW) is None
    with pytest.raises(NotPossibleError) as refused:
        take_code_back(project, by=by)
    assert refused.value.code == "no-change"


def frozen(project: Project) -> None:
    by, now = factories.user(Role.ARCHIVIST), timezone.now()
    set_hold(Hold.Scope.PROJECT, project.code, reason="案件", authority="协助执行通知书", by=by, now=now)


@pytest.mark.parametrize(("make", "named"), [(lambda _: opened(NEW), "办件"), (frozen, "冻结")])
def test_a_code_that_is_in_use_is_not_taken_back_but_the_former_one_may_be_given_again(
    make: Callable[[Any], object], named: str
) -> None:
    project, by = recoded(open_case().project), factories.user(Role.OFFICER)
    make(project)
    with pytest.raises(NotPossibleError, match=named) as refused:
        take_code_back(project, by=by)
    assert refused.value.code == "code-in-use"
    assert set(recoded(project, PROJECT_CODE).codes) == {PROJECT_CODE, NEW}


def test_what_the_province_was_told_is_told_again_under_the_new_code_and_back() -> None:
    case = open_case()
    refresh(case.project, timezone.now())
    before = ExchangeRow.objects.filter(valid=True).count()
    project = recoded(case.project)
    valid = ExchangeRow.objects.filter(valid=True)
    assert (valid.count(), valid.filter(project_code=PROJECT_CODE).count()) == (before, 0)
    take_code_back(project, by=case.opened_by)
    assert (valid.count(), valid.filter(project_code=NEW).count()) == (before, 0)


def test_the_codes_survive_a_rebuild_from_the_archive_alone() -> None:
    ensure_log_key(settings.KEYS_DIR / "log.key", settings.LOG_ORIGIN)
    case = open_case()
    case.state, case.archived_at = Case.State.ARCHIVED, factories.NOW
    case.save()
    recoded(case.project)
    settle()
    drop()
    assert rebuild_database().faults == []
    assert Project.objects.get().codes == (NEW, PROJECT_CODE)


def test_a_permit_got_under_the_new_code_is_the_use_of_one_got_under_the_code_before() -> None:
    today = timezone.localdate()
    term = {"source": "certificate", "dated": today, "valid_until": today + dt.timedelta(days=300)}
    plan = held("OUT-GCGH", number="建字第1号", subject_kind="works", subject=f"{PROJECT_CODE}/1号厂房", **term)
    permit = held("OUT-SGXK", number="990101-1", source="certificate", dated=today, subject=NEW)
    recoded(Project.objects.get())
    hold_on(permit)
    plan.refresh_from_db()
    assert plan.valid_until is None
