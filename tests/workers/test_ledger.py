"""The 提交账: what counts as handed in twice, and how a project's cases are read into it."""

import dataclasses
import datetime as dt
import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import HeldMaterial
from ingest import Case, MaterialUse, Upload
from portal.roles import Role
from samples.world import BUILDER_OWNER, PROJECT_CODE
from tests.portal import factories
from tests.workers.parallel_steps import case_of, filed, opened
from tests.workers.steps import account
from workers import NotPossibleError, open_case, project_ledger, withdraw_upload
from workers.ledger import Paper, find_before

DAY = dt.date(2026, 3, 9)
_serial = itertools.count(1)


def midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), dt.UTC)


def paper(on: dt.date = DAY, **told: Any) -> Paper:
    """A paper of one project, handed in on a day, each with a submission of its own."""
    n = next(_serial)
    since = dt.datetime.combine(on, dt.time(2), dt.UTC) + dt.timedelta(seconds=n)
    facts = {"type": "M-SQWT", "subject": "P", "submission": f"case {n}", "where": f"办件{n}", "ref": f"material:{n}"}
    return Paper(**{**facts, "since": since, "day": on, **told})


def test_the_same_material_in_a_second_submission_is_handed_in_twice() -> None:
    first, second = paper(sha256="a"), paper(sha256="a")
    before, _ = find_before(second, [first, second])
    assert before
    assert (before.where, before.held, before.same_bytes) == (first.where, False, True)
    assert find_before(first, [first, second]) == (None, "")


@pytest.mark.parametrize(
    ("first", "second", "why"),
    [
        ({"valid_until": DAY}, {}, "到期"),
        ({"ended": midnight(DAY), "ended_why": "已撤销"}, {}, "已撤销"),
        ({"number": "A-1"}, {"number": "A-2"}, "编号不同"),
        ({"names": {"建设单位": "江澜晨曦智能装备有限公司"}}, {"names": {"建设单位": "北方重工集团"}}, "内容已变更"),
    ],
)
def test_what_no_longer_did_is_no_second_time_and_says_why(first: Any, second: Any, why: str) -> None:
    earlier, later = paper(**first), paper(**second)
    before, note = find_before(later, [earlier])
    assert before is None
    assert why in note


@pytest.mark.parametrize(
    "first",
    [
        {"valid_until": DAY},
        {"ended": midnight(DAY), "ended_why": "已撤销"},
        {"number": "RF-1"},
        {"names": {"建设单位": "江澜晨曦智能装备有限公司"}},
    ],
    ids=["end", "revocation", "number", "name"],
)
def test_of_an_earlier_paper_in_a_case_that_one_may_not_see_only_that_it_does_not_do_is_told(first: Any) -> None:
    earlier = paper(**first, open=False, where="其他部门的办件")
    _, note = find_before(paper(number="RF-2", names={"建设单位": "北方重工集团"}), [earlier])
    assert note == "其他部门的办件所持的一份不能代替这一份，须另行提交"


@pytest.mark.parametrize(
    "other", [{"type": "M-FRZM"}, {"subject": "another"}, {"submission": "same"}], ids=["type", "subject", "submission"]
)
def test_another_type_subject_or_the_same_submission_is_no_second_time(other: dict[str, str]) -> None:
    earlier, now = paper(**({"submission": "one"} | other)), paper(submission="same")
    assert find_before(now, [earlier]) == (None, "")


def test_what_is_archived_and_was_on_offer_is_named_before_what_lies_with_a_case() -> None:
    lying, kept = paper(), paper(held=True)
    before, _ = find_before(paper(), [lying, kept])
    assert before
    assert (before.where, before.held) == (kept.where, True)


def test_what_came_again_and_took_the_place_of_the_first_is_twice_all_the_same() -> None:
    first, again = paper(), paper()
    first = dataclasses.replace(first, ended=again.since + dt.timedelta(hours=1), ended_why="已被替代")
    assert find_before(again, [first])[0]


@given(st.integers(-40, 40), st.integers(-40, 40))
def test_it_is_twice_exactly_while_the_first_holds(valid_days: int, ended_days: int) -> None:
    first = paper(valid_until=DAY + dt.timedelta(days=valid_days), ended=midnight(DAY + dt.timedelta(days=ended_days)))
    before, note = find_before(paper(), [first])
    assert (before is not None) is (valid_days > 0 and ended_days > 0)
    assert (before is None) is bool(note)


@pytest.fixture
def staffed(db: None) -> None:
    factories.user(Role.CLERK)


def later(item: str = "S2-02", uscc: str = BUILDER_OWNER.code, project: str = PROJECT_CODE) -> Case:
    return open_case(
        item,
        project_code=project,
        project_name="某项目",
        works_name="",
        applicant_name=BUILDER_OWNER.name,
        applicant_uscc=uscc,
        by=account("clerk"),
    )


def sheet(item: str, entry: str) -> Any:
    cases = [case for case in project_ledger(PROJECT_CODE).cases if case.item == item]
    return next(one for one in cases[-1].sheets if one.entry == entry)


@pytest.mark.usefixtures("staffed")
class TestReading:
    """A project with a parallel case of the first stage and a case of the second."""

    def test_a_file_of_a_parallel_case_is_handed_in_once_and_shared(self) -> None:
        filed(case_of(opened(), "S1-01"), "M-SQWT")
        assert (sheet("S1-01", "M-SQWT").how, sheet("S1-07", "M-SQWT").how) == ("uploaded", "beside")
        found = project_ledger(PROJECT_CODE)
        assert found.once
        assert (found.handed_in, found.count("beside"), found.spared_pages) == (1, 1, 1)
        assert found.stages_once == ("立项用地规划许可",)
        assert sheet("S1-07", "M-YYZZ").how == "register"
        assert sheet("S1-07", "OUT-CRHT").how == "missing"

    def test_what_was_handed_in_for_an_earlier_case_and_again_is_named_with_where(self) -> None:
        filed(case_of(opened(), "S1-07"), "M-FRZM", "身份证明.pdf")
        again: Upload = filed(later(), "M-FRZM", "身份证明再次.pdf")
        found = sheet("S2-02", "M-FRZM")
        assert found.asked_twice
        assert "身份证明.pdf" in found.before.where
        ledger = project_ledger(PROJECT_CODE)
        assert (ledger.once, "重复要求" in ledger.verdict) == (False, True)
        withdraw_upload(again, by=account("clerk"))
        assert project_ledger(PROJECT_CODE).once

    def test_what_is_taken_from_the_archive_is_spared_and_what_is_handed_in_beside_it_is_twice(self) -> None:
        first, second = case_of(opened(), "S1-07"), later()
        held = HeldMaterial.objects.create(
            package=factories.package(first),
            type="M-DXT",
            name="现势性地形图",
            subject_kind="project",
            subject=PROJECT_CODE,
            sha256="1" * 64,
            sm3="1" * 64,
            size=1,
            media_type="application/pdf",
            pages=[1, 2],
            held_since=factories.NOW,
        )
        use = MaterialUse.objects.create(case=second, entry="M-DXT", how="reused", held=held, used_at=factories.NOW)
        found = sheet("S2-02", "M-DXT")
        assert (found.how, found.spared_pages, found.twice) == ("reused", 2, False)
        assert held.package.archive_number in found.where
        use.delete()
        filed(second, "M-DXT")
        found = sheet("S2-02", "M-DXT")
        assert (found.twice, found.asked_twice) == (True, False)

    def test_a_companys_paper_counts_over_its_projects_and_a_projects_paper_does_not(self) -> None:
        other = later(project="2603-990101-04-01-318265")
        filed(other, "M-YYZZ", "执照.pdf")
        filed(other, "M-DXT")
        mine = later()
        filed(mine, "M-YYZZ", "执照又一份.pdf")
        filed(mine, "M-DXT", "本项目.pdf")
        assert sheet("S2-02", "M-YYZZ").twice
        assert not sheet("S2-02", "M-YYZZ").asked_twice  # nobody asks for it
        assert not sheet("S2-02", "M-DXT").twice

    def test_each_application_has_its_own_form(self) -> None:
        for n in range(2):
            filed(later(), "M-GCSQB", f"申请表{n}.pdf")
        assert project_ledger(PROJECT_CODE).once

    def test_a_project_that_nobody_registered_is_said_so(self) -> None:
        with pytest.raises(NotPossibleError) as refused:
            project_ledger("2603-990101-04-01-000000")
        assert refused.value.code == "unknown-project"
