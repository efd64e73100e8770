"""Figures of submitting once: what was spared, what came twice, and the targets."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ingest import Case
from portal.repetitions import repetitions
from portal.roles import Role
from samples.world import BUILDER_OWNER
from tests.portal import factories
from tests.workers.parallel_steps import case_of, filed, opened
from tests.workers.repeat_cases import archived, hand_in
from tests.workers.steps import account
from workers import Caught, open_case, projects_once, reuse_figures, undo

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(60)]
SINCE = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _staffed(db: None) -> None:
    factories.user(Role.CLERK)


def project(n: int, item: str = "S1-07", **answers: str) -> Case:
    """A case of a project and a company of its own."""
    return open_case(
        item,
        project_code=f"2603-990101-04-01-{n:06}",
        project_name=f"项目{n}",
        works_name="",
        applicant_name=f"公司{n}",
        applicant_uscc=f"{n:018}",
        by=account("clerk"),
        answers=answers,
    )


def test_what_is_handed_in_once_for_two_items_counts_once_and_the_other_is_spared() -> None:
    filed(case_of(opened(), "S1-01"), "M-SQWT")
    found = reuse_figures(SINCE)
    assert (found.whole.ways["uploaded"], found.whole.ways["beside"]) == (1, 1)
    assert found.whole.ways["register"] == 5  # M-YYZZ and M-SFZ of both items, M-XMJB of the second
    assert [row.name for row in found.stages] == ["立项用地规划许可"]
    assert sum(row.spared for row in found.items) == found.whole.spared
    assert sum(row.spared for _, row in found.months) == found.whole.spared
    assert found.whole.share == pytest.approx(6 / 7)


def test_what_is_given_though_it_was_not_asked_for_is_not_counted_as_looked_up() -> None:
    filed(project(1), "M-YYZZ")
    assert reuse_figures(SINCE).whole.ways["register"] == 2


def test_projects_with_something_twice_are_found_and_named_and_the_others_are_not_read() -> None:
    for n in range(1, 4):
        filed(project(n), "M-DXT", f"{n}.pdf")
    filed(project(2, "S2-02"), "M-DXT", "again.pdf")
    found = projects_once(SINCE)
    assert (found.projects, found.once, found.one_stage) == (3, 2, 3)
    assert [ledger.code for ledger in found.repeated] == ["2603-990101-04-01-000002"]


def test_the_target_counts_what_reached_the_construction_permit() -> None:
    for n in (1, 2):
        filed(project(n, investment="企业", land="出让"), "M-DXT", f"{n}.pdf")
        filed(project(n, "S3-05"), "M-SGHT", f"合同{n}.pdf")
    filed(project(2, "S2-02"), "M-DXT", "again.pdf")
    found = projects_once(SINCE)
    assert (found.chain, found.chain_once, found.strict, found.strict_once) == (2, 1, 2, 1)


def test_the_number_of_questions_to_the_database_does_not_grow_with_the_projects() -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as caught:
            reuse_figures(SINCE)
            projects_once(SINCE)
        return len(caught)

    filed(project(1), "M-DXT", "1.pdf")
    few = asked()
    for n in range(2, 6):
        filed(project(n), "M-DXT", f"{n}.pdf")
    assert asked() == few


def test_a_file_that_came_again_is_among_the_figures_until_it_is_taken_back(as_supervisor: Client) -> None:
    case = factories.case(account("clerk"))
    archived(case.opened_by)
    hand_in(case)
    assert reuse_figures(SINCE).caught == Caught(uploads=1, scanned=0, sheets=1)
    assert as_supervisor.get("/figures/once.json").json()["caught"]["uploads"] == 1
    assert "未重读（页） 1" in as_supervisor.get("/figures/once").content.decode()
    assert reuse_figures(timezone.now()).caught == Caught()  # an earlier period's
    undo(case, by=case.opened_by)
    assert reuse_figures(SINCE).caught == Caught()


def test_the_catalogue_demands_nothing_that_an_earlier_item_issues() -> None:
    assert repetitions().demanded == ()
    assert "M-SQWT" in {code for code, _, _ in repetitions().several}


def test_the_page_the_table_and_the_data_say_the_same(as_supervisor: Client) -> None:
    filed(case_of(opened(), "S1-01"), "M-SQWT")
    page = as_supervisor.get("/figures/once?days=").content.decode()
    assert all(f'id="{part}"' in page for part in ("months", "stages", "departments", "items", "catalogue", "projects"))
    assert "style=" not in page
    table = as_supervisor.get("/figures/once.csv").content.decode("utf-8-sig").splitlines()
    data = as_supervisor.get("/figures/once.json").json()
    assert table[1].split(",")[:4] == ["合计", "合计", str(data["whole"]["handed_in"]), str(data["whole"]["spared"])]
    assert data["projects"]["once"] == 1
    assert BUILDER_OWNER.name not in page
    assert as_supervisor.get("/figures/once.xml").status_code == 404


@pytest.fixture
def as_supervisor(db: None) -> Client:
    client = Client()
    client.force_login(factories.user(Role.SUPERVISOR))
    return client
