"""重新赋码: papers under a project's codes are one line, and who changes a code sees and undoes what the change did."""

import datetime as dt

import pytest
from django.utils import timezone

from archive import HeldMaterial, Package
from archive.holdings.standing import settle
from archive.sharing import subscribe
from ingest import Project
from ingest.resemblance import Likeness
from portal.roles import Role
from samples.world import PROJECT_CODE
from tests.portal import factories
from tests.workers.held_samples import held, open_case
from tests.workers.test_recoding import NEW, recoded
from workers import NotPossibleError, change_project_code, offers_of, take_code_back
from workers.instant_inputs import gather
from workers.repeat_words import found_to_be

pytestmark = pytest.mark.django_db
DAY, LATER = dt.date(2026, 3, 2), dt.date(2026, 3, 11)
FACTS = ((DAY, PROJECT_CODE), (LATER, NEW))


def entered(*rows: HeldMaterial) -> None:
    for row in rows:
        settle(row, timezone.now())
    for row in rows:
        row.refresh_from_db()


@pytest.mark.parametrize("later_first", [False, True])
def test_a_later_paper_under_the_new_code_replaces_the_one_under_the_code_before(*, later_first: bool) -> None:
    older = held("M-SQWT", number="江委〔2026〕7号", dated=DAY)
    project = recoded(Project.objects.get())
    newer = held("M-SQWT", number="江委〔2026〕7号", dated=LATER, package=older.package, subject=NEW)
    entered(*((newer, older) if later_first else (older, newer)))
    assert (older.standing, older.superseded_by, newer.standing) == ("superseded", newer, "holds")
    [offer] = offers_of(open_case(project=project))
    assert (offer.held, offer.others) == (newer, ())


def test_a_copy_under_the_new_code_gives_way_to_the_registers_own_under_the_code_before() -> None:
    works = {"subject_kind": "works", "number": "1"}
    issued = held("OUT-SGXK", subject=f"{PROJECT_CODE}/1号厂房", source="certificate", version="1", **works)
    copy, other = (held("OUT-SGXK", subject=f"{NEW}/{name}", dated=DAY, **works) for name in ("1号厂房", "2号厂房"))
    recoded(Project.objects.get())
    for row in (copy, other):
        row.refresh_from_db()
    assert (copy.superseded_by, other.standing, issued.standing) == (issued, "holds", "holds")


def test_what_came_under_the_new_code_before_the_change_takes_its_place_with_it() -> None:
    older, newer = (held("M-SQWT", number="1", dated=day, subject=code) for day, code in FACTS)
    assert newer.standing == "holds"
    recoded(Project.objects.get())
    older.refresh_from_db()
    assert older.superseded_by == newer


def test_the_window_is_told_that_a_paper_under_the_new_code_will_replace_the_one_under_the_code_before() -> None:
    old = held("M-SQWT", number="1", valid_until=DAY)
    brought = factories.material(factories.upload(open_case()))
    brought.number, brought.valid_until = "1", LATER
    recoded(brought.upload.case.project)
    brought.upload.case.project.refresh_from_db()
    told = found_to_be(brought, old, None, Likeness("new-version", why="日期不同"), "pair")
    assert (told.kind, "归档后取代旧版" in told.why) == ("new-version", True)


def test_papers_of_two_projects_stay_two_lines() -> None:
    older, newer = (held("M-SQWT", number="1", dated=day, subject=code) for day, code in FACTS)
    recoded(Project.objects.get(), "2611-990101-04-01-700009")
    entered(older, newer)
    assert (older.standing, newer.standing) == ("holds", "holds")


def test_what_the_project_has_under_the_code_before_is_asked_before_a_decision_by_rule() -> None:
    case = open_case(item_code="S1-01")
    elsewhere = held("OUT-LX", number="备案〔2026〕1号", source="department")
    Package.objects.filter(pk=elsewhere.package_id).update(case_number="来自他处")
    recoded(case.project)
    case.refresh_from_db()
    assert gather(case, None, timezone.now())["register"]["in_force"] == ["备案〔2026〕1号"]


def test_a_slip_that_a_department_follows_already_is_not_taken_back_silently() -> None:
    project = recoded(open_case().project)
    follower = factories.user(Role.OFFICER, department="水利局")
    subscribe("project", NEW, by=follower, now=timezone.now())
    with pytest.raises(NotPossibleError, match="订阅"):
        take_code_back(project, by=follower)


def test_getting_the_first_code_back_is_undone_though_papers_bear_it() -> None:
    held("M-SQWT")
    project = recoded(recoded(Project.objects.get()), PROJECT_CODE)
    assert take_code_back(project, by=factories.user(Role.OFFICER)).codes == (NEW, PROJECT_CODE)


def test_of_two_who_act_at_once_the_second_is_told_that_the_code_is_another_already() -> None:
    by, seen_by_both = factories.user(Role.OFFICER), open_case().project
    second = Project.objects.get()
    recoded(seen_by_both)
    with pytest.raises(NotPossibleError, match=NEW) as refused:
        change_project_code(second, "2611-990101-04-01-700009", by=by, reason="江发改赋码〔2026〕18号")
    assert refused.value.code == "changed-meanwhile"
    twice = [Project.objects.get(), Project.objects.get()]
    recoded(twice[0], "2611-990101-04-01-700009")
    with pytest.raises(NotPossibleError) as refused:
        take_code_back(twice[1], by=by)
    assert refused.value.code == "changed-meanwhile"
