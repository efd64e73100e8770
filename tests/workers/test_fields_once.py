"""信息一次填报: what was confirmed or archived fills later forms with its origin, and what changed is asked."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from archive import HeldMaterial
from archive.holdings import CompanyName
from ingest import Case, FormLine, check_case, filled_form
from portal.roles import Role
from samples.world import BUILDER_OWNER, PROJECT_CODE
from tests.portal import factories
from tests.workers.parallel_steps import BOX, filed
from tests.workers.steps import account
from workers import confirm_form, form_json, open_case, origin_words, set_form_value, undo_form_value

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(60)]
OTHER_PROJECT = "2603-990101-04-01-318265"
RENAMED = "江澜晨曦智能科技股份有限公司"


@pytest.fixture(autouse=True)
def _staffed(db: None) -> None:
    factories.user(Role.CLERK)


def opened(
    item: str = "S2-02", *, project: str = PROJECT_CODE, works: str = "", name: str = BUILDER_OWNER.name
) -> Case:
    return open_case(
        item,
        project_code=project,
        project_name="某项目",
        works_name=works,
        applicant_name=name,
        applicant_uscc=BUILDER_OWNER.code,
        by=account("clerk"),
    )


def line(case: Case, field: str) -> FormLine:
    return next(one for one in filled_form(case) if one.field.name == field)


def held(of: Case, kind: str, subject_kind: str, subject: str, **told: Any) -> HeldMaterial:
    """An archived material of the case that says this (`fields`: value by field)."""
    fields = {
        field: {"value": value, "page": 1, "box": BOX, "score": 0.9, "rule": "right"}
        for field, value in told.pop("fields", {}).items()
    }
    facts = {"name": kind, "sha256": factories.digest(f"{kind}{told}"), "sm3": "0" * 64, "size": 1, "pages": [1]}
    facts |= {"media_type": "application/pdf", "held_since": timezone.now(), "fields": fields}
    package = factories.package(of)
    return HeldMaterial.objects.create(
        package=package, type=kind, subject_kind=subject_kind, subject=subject, **(facts | told)
    )


def test_what_the_archive_says_fills_the_next_stage_with_the_paper_it_stands_on() -> None:
    first = opened("S1-07")
    paper = held(first, "OUT-CRHT", "project", PROJECT_CODE, fields={"宗地面积": "28600.50"})
    found = line(opened(), "用地面积")
    assert found.chosen
    assert (found.chosen.value, found.chosen.origin, found.state) == ("28600.50", "archive", "filled")
    assert found.chosen.case_number == first.number
    assert paper.package.archive_number in origin_words(found.chosen)


def test_a_permit_issued_here_fills_its_number_though_nobody_read_it() -> None:
    first = opened("S1-07")
    permit = factories.certificate(first, type="OUT-YDGH", data={"用地面积": "28600.50平方米", "土地用途": "工业用地"})
    number = permit.number
    held(first, "OUT-YDGH", "project", PROJECT_CODE, number=number, sha256=permit.sealed_sha256)
    case = opened()
    assert line(case, "建设用地规划许可证号").chosen.value == number
    assert [line(case, "用地面积").chosen.value, line(case, "用地性质").chosen.value] == ["28600.50", "工业用地"]
    assert line(case, "建设用地规划许可证号").evidence is None  # its register says it, no page


def test_from_another_project_of_the_company_come_only_facts_of_the_company() -> None:
    other = opened("S1-07", project=OTHER_PROJECT)
    set_form_value(other, "法定代表人", "张明远", by=account("clerk"))
    set_form_value(other, "用地面积", "500", by=account("clerk"))
    filed(other, "M-YYZZ", "执照.pdf", 住所="江澜市高新区1号", 名称=BUILDER_OWNER.name)
    case = opened()
    person = line(case, "法定代表人")
    assert (person.chosen.value, person.chosen.origin, person.state) == ("张明远", "company", "filled")
    assert all(
        words in origin_words(person.chosen) for words in (other.number, "填写或确认", f"{timezone.now():%Y-%m}")
    )
    assert line(case, "单位住所").chosen.value == "江澜市高新区1号"
    assert line(case, "用地面积").chosen is None
    assert "法定代表人" in {row.field for row in confirm_form(case, by=account("clerk"))}


def test_a_renamed_company_is_shown_with_both_names_and_asked() -> None:
    set_form_value(opened("S1-07"), "建设单位", BUILDER_OWNER.name, by=account("clerk"))
    case = opened(name=RENAMED)
    found = line(case, "建设单位")
    assert (found.chosen.value, found.state) == (RENAMED, "differs")
    assert [other.value for other in found.others] == [BUILDER_OWNER.name]
    assert RENAMED in origin_words(found.others[0])
    set_form_value(case, "建设单位", RENAMED, by=account("clerk"))
    assert line(case, "建设单位").state == "confirmed"
    undo_form_value(case, "建设单位", by=account("clerk"))
    assert line(case, "建设单位").state == "differs"


def test_a_paper_of_the_archive_under_the_former_name_does_not_bring_it_back() -> None:
    paper = held(opened("S1-01"), "OUT-LX", "project", PROJECT_CODE, fields={"项目单位": BUILDER_OWNER.name})
    case = opened(name=RENAMED)
    case.uses.create(entry="OUT-LX", how="reused", held=paper, used_at=timezone.now())
    found = line(case, "建设单位")
    assert (found.chosen.value, found.state) == (RENAMED, "differs")
    assert RENAMED in origin_words(found.others[0])


def test_a_paper_under_a_former_name_of_the_company_is_asked_about_and_not_refused() -> None:
    case = opened("S1-07", name=RENAMED)
    filed(case, "M-YDSQB", 建设单位=BUILDER_OWNER.name)

    def state() -> str:
        report = check_case(case, today=timezone.localdate())
        return next(row.state for row in report.requirements if row.material == "M-YDSQB")

    assert state() == "defective"
    for days, name in ((9, BUILDER_OWNER.name), (1, RENAMED)):
        since = timezone.now() - dt.timedelta(days=days)
        CompanyName.objects.create(uscc=BUILDER_OWNER.code, name=name, since=since)
    row = next(row for row in check_case(case, today=timezone.localdate()).requirements if row.material == "M-YDSQB")
    assert any(one.code == "applicant-renamed" and one.asks for one in row.defects)


def test_what_only_a_lapsed_paper_says_is_filled_in_and_asked() -> None:
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    held(opened("S1-07"), "M-YYZZ", "company", BUILDER_OWNER.code, fields={"住所": "旧址"}, valid_until=yesterday)
    case = opened()
    found = line(case, "单位住所")
    assert (found.chosen.value, found.state) == ("旧址", "lapsed")
    assert "到期" in origin_words(found.chosen)
    assert form_json(case)["open"] == sum(one.state in {"missing", "differs", "lapsed"} for one in filled_form(case))
    assert "单位住所" not in {row.field for row in confirm_form(case, by=account("clerk"))}


def test_what_a_revoked_permit_says_is_asked() -> None:
    since = timezone.now()
    told = {"standing": "revoked", "standing_since": since}
    held(opened("S1-07"), "OUT-YDGH", "project", PROJECT_CODE, number="990101202600018", **told)
    found = line(opened(), "建设用地规划许可证号")
    assert (found.chosen.value, found.state) == ("990101202600018", "lapsed")
    assert "已撤销" in origin_words(found.chosen)


def test_of_two_papers_the_newer_one_is_believed_and_both_are_shown() -> None:
    now = timezone.now()
    for days, address in ((9, "旧址"), (1, "新址")):
        since = now - dt.timedelta(days=days)
        case = opened("S1-07")
        held(case, "M-YYZZ", "company", BUILDER_OWNER.code, fields={"住所": address}, held_since=since)
    found = line(opened(), "单位住所")
    assert (found.chosen.value, [other.value for other in found.others], found.state) == ("新址", ["旧址"], "differs")


def test_a_paper_of_other_works_does_not_fill_a_fact_of_these() -> None:
    first = opened("S3-01", works="1号厂房")
    held(first, "OUT-ST", "works", f"{PROJECT_CODE}/1号厂房", fields={"设计单位": "江澜设计院"})
    assert line(opened("S3-05", works="1号厂房"), "设计单位").chosen.value == "江澜设计院"
    assert line(opened("S3-05", works="2号厂房"), "设计单位").chosen is None


def test_a_correction_goes_forward_and_never_back_into_what_was_decided() -> None:
    first, by = opened("S1-07"), account("clerk")
    set_form_value(first, "建设地点", "晨曦路8号", by=by)
    first.state, first.decided_at = Case.State.DECIDED, timezone.now()
    first.save()
    second = opened()
    set_form_value(second, "建设地点", "晨曦路88号", by=by)
    held(second, "OUT-CRHT", "project", PROJECT_CODE, fields={"宗地面积": "1"})
    set_form_value(opened("S1-07", project=OTHER_PROJECT), "法定代表人", "张明远", by=by)
    assert line(first, "建设地点").chosen.value == "晨曦路8号"
    assert line(first, "用地面积").chosen is None
    assert line(first, "法定代表人").chosen is None
    assert line(opened("S3-05"), "建设地点").chosen.value == "晨曦路88号"
