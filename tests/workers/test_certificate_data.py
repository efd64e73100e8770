"""What stands on a certificate, from where, and what the officer must do before it may go out."""

import re
from typing import Any

import pypdfium2
import pytest
from click.testing import CliRunner
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from archive import Event, HeldMaterial, Package, object_key, parse_canonical, parse_manifest
from catalogue import add_months, check_licence_identifier, check_supervised_permit, spoken
from ingest import Case
from portal.cli import cli
from samples.world import BUILDER_OWNER, PROJECT, PROJECT_CODE
from signing import Certificate
from tests.portal import factories
from tests.workers.casework import reported, run
from tests.workers.parallel_steps import case_of, checked, filed, opened
from tests.workers.steps import account
from tests.workers.test_pipeline import drain
from workers import (
    NotPossibleError,
    accept,
    approve,
    decide,
    fill_line,
    output_of,
    prepare,
    read_derivative,
    set_form_value,
    shown_lines,
    void_number,
    voided_numbers,
    zone,
)

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(120)]
FILING, LAND = "S1-01", "S1-07"
PLACE = "江澜市高新区晨曦路8号"


@pytest.fixture(autouse=True)
def _staffed(db: None, settings: Any) -> None:
    settings.QUICK_DECISIONS = "flag"
    prepare()


def accepted(item: str = FILING) -> Case:
    """An item of the first stage, accepted as on a complete list."""
    parallel = opened(FILING, LAND)
    checked(parallel)
    case = case_of(parallel, item)
    assert case.report
    case.report["verdict"] = "complete"
    case.save()
    accept(case, by=account("clerk"))
    return case


def decided(case: Case) -> Certificate:
    made = decide(case, by=account("officer"))
    run("render")
    made.refresh_from_db()
    return made


def line(certificate: Certificate, name: str) -> Any:
    certificate.refresh_from_db()
    return next(one for one in shown_lines(certificate) if one.name == name)


def refused(act: Any, *arguments: Any, **options: Any) -> tuple[str, str]:
    with pytest.raises(NotPossibleError) as caught:
        act(*arguments, **options)
    return caught.value.code, str(caught.value)


def printed(certificate: Certificate) -> str:
    certificate.refresh_from_db()
    pages = pypdfium2.PdfDocument(read_derivative(certificate.rendered_sha256))
    return "".join("".join(page.get_textpage().get_text_range() for page in pages).split())


def test_every_line_says_where_it_comes_from():
    case = accepted()
    filed(case, "M-XMJB", "项目基本信息表.pdf", 总投资="368000000.00")
    set_form_value(case, "建设地点", PLACE, by=account("clerk"))
    certificate = decided(case)
    found = {one.name: (one.value, one.origin_words) for one in shown_lines(certificate)}
    clerk = account("clerk").get_username()
    assert found["项目名称"] == (PROJECT, "收件登记")
    assert found["建设地点"] == (PLACE, f"{clerk}在表单填写或确认")
    assert found["总投资"] == ("36,800.00万元", "项目基本信息表.pdf 第1页")
    assert found["计划开工时间"] == ("", "")
    assert certificate.origins["总投资"]["source"] == "M-XMJB.总投资"
    for value in (PROJECT, PROJECT_CODE, BUILDER_OWNER.name, PLACE, certificate.number):
        assert value.replace(" ", "") in printed(certificate), value


def test_what_the_materials_contradict_is_told():
    case = accepted()
    filed(case, "M-XMJB", 总投资="368000000.00")
    filed(case, "OUT-LX", 总投资="300000000.00")
    certificate = decided(case)
    found = line(certificate, "总投资")
    assert found.value == "36,800.00万元"
    assert "不一致，另有：300000000.00" in found.warning
    fill_line(certificate, "总投资", "36,800.00万元", by=account("officer"))
    assert line(certificate, "总投资").warning == ""


def test_a_required_line_that_is_empty_is_told_and_keeps_the_certificate_back():
    certificate = decided(accepted())
    assert "表单“建设地点”" in line(certificate, "建设地点").fault
    code, words = refused(approve, certificate, certificate.rendered_sha256, by=account("officer"))
    assert code == "lines-open"
    assert "建设地点" in words
    assert "总投资" in words


def test_the_officer_fills_a_line_under_the_same_number_and_it_is_kept_who_did():
    certificate, officer = decided(accepted()), account("officer")
    before = certificate.rendered_sha256
    fill_line(certificate, "建设地点", f" {PLACE} ", by=officer)
    fill_refused = refused(fill_line, certificate, "总投资", "1万元", by=officer)  # not while it is rendered anew
    run("render")
    filled = line(certificate, "建设地点")
    assert fill_refused[0] == "not-rendered"
    assert (filled.value, filled.origin_words, filled.fault) == (PLACE, f"{officer.get_username()}录入", "")
    assert certificate.origins["建设地点"]["before"] == {"value": ""}
    assert certificate.rendered_sha256 != before
    assert PLACE in printed(certificate)
    assert Certificate.objects.get().number == certificate.number
    event = Event.objects.get(kind="certificate-line-set")
    assert event.details == {"number": certificate.number, "line": "建设地点"}  # what it says is nobody's else


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [("没有的栏目", "1", "unknown-line"), ("建设规模及内容", "长" * 4001, "line-too-long")],
)
def test_what_cannot_stand_on_it_is_refused(name, value, code):
    certificate = decided(accepted())
    assert refused(fill_line, certificate, name, value, by=account("officer"))[0] == code


def test_a_value_that_looks_like_the_place_of_the_seal_or_cannot_be_set_is_told():
    certificate, officer = decided(accepted()), account("officer")
    fill_line(certificate, "建设性质", "新建 ( 盖 章 )", by=officer)
    run("render")
    assert "盖章位置" in line(certificate, "建设性质").fault
    fill_line(certificate, "建设性质", "新建\u202e😀", by=officer)
    run("render")
    odd = line(certificate, "建设性质")
    assert (odd.fault, "[U+202E]" in odd.warning, "[U+1F600]" in odd.warning) == ("", True, True)
    assert "新建[U+202E][U+1F600]" in printed(certificate)


def test_nothing_is_changed_once_it_is_approved():
    case = accepted()
    for name, value in (("建设地点", PLACE), ("总投资", "36800万元")):
        set_form_value(case, name, value, by=account("clerk"))
    certificate, officer = decided(case), account("officer")
    approve(certificate, certificate.rendered_sha256, by=officer)
    assert refused(fill_line, certificate, "建设性质", "新建", by=officer)[0] == "not-rendered"


ISSUED = {
    "S1-06": ({"land": "划拨", "approved-land": "否"}, "用字第990101{year}XS0000001号", "XS", 36),
    "S1-07": ({"land": "出让"}, "地字第990101{year}YG0000001号", "YG", 24),
    "S2-02": ({"permanence": "永久"}, "建字第990101{year}GG0000001号", "GG", 12),
}


def granted(item: str, answers: dict[str, str]) -> Certificate:
    """A case of the item whose prerequisites are done, decided; what nobody read is entered by the officer."""
    for before in {"S1-01", "S1-07"} - {item}:
        factories.case(account("clerk"), item_code=before, works=None, state="archived")
    case = reported(factories.case(account("clerk"), item_code=item, works=None, answers=answers))
    for name, value in (
        ("建设地点", PLACE),
        ("总建筑面积", "12345.67"),
        ("用地面积", "5.2公顷"),
        ("用地性质", "工业用地"),
    ):
        if item != "S2-02" or name != "用地性质":
            set_form_value(case, name, value, by=account("clerk"))
    accept(reported(case), by=account("clerk"))
    case.refresh_from_db()
    made = decided(case)
    for line in shown_lines(made):
        if line.fault:
            fill_line(made, line.name, f"经办人录入的{line.name}", by=account("officer"))
            run("render")
    made.refresh_from_db()
    return made


@pytest.mark.django_db(transaction=True)
@pytest.mark.stack
@pytest.mark.parametrize("item", ["S1-07", "S1-06", "S2-02"])
def test_a_planning_permit_goes_from_the_decision_to_the_archive(item: str):
    answers, number, letters, months = ISSUED[item]
    certificate = granted(item, answers)
    text = printed(certificate)
    assert certificate.number == number.format(year=certificate.issued_on.year)
    assert check_supervised_permit(certificate.number).variant == letters
    assert check_licence_identifier(certificate.identifier).ok
    assert certificate.data["电子监管号"] in text
    assert certificate.valid_until == add_months(certificate.issued_on, months)
    assert f"有效期至{spoken(certificate.valid_until)}" in text
    assert PLACE in text
    approve(certificate, certificate.rendered_sha256, by=account("officer"))
    drain()
    certificate.refresh_from_db()
    assert certificate.state == "valid"
    assert Case.objects.get(number=certificate.case_number).state == "archived"


def test_how_the_land_is_had_is_answered_once_and_temporary_land_has_no_permit_here():
    assert line(granted("S1-07", {"land": "划拨"}), "土地取得方式").value == "划拨"
    case = factories.case(account("clerk"), item_code="S1-07", answers={"land": "临时"}, state="accepted")
    assert output_of(case) is None
    assert refused(decide, case, by=account("officer"))[0] == "no-certificate"


def test_a_construction_permit_says_by_when_work_must_begin():
    clerk = account("clerk")
    case = factories.case(clerk, state="accepted", accepted_at=timezone.now())
    for item in ("S1-01", "S1-07", "S2-02", "S3-01"):
        factories.case(clerk, item_code=item, works=None if item[:2] == "S1" else case.works, state="archived")
    certificate = decided(case)
    by = spoken(add_months(certificate.issued_on, 3))
    assert f"自发证之日起三个月内应予施工（至{by}）" in printed(certificate)
    assert certificate.valid_until is None


def test_a_certificate_decided_in_error_is_voided_and_its_number_is_never_given_again():
    case, officer = accepted(), account("officer")
    certificate = decided(case)
    assert refused(void_number, certificate, "  ", by=officer)[0] == "reason-missing"
    void_number(certificate, "项目单位填写有误", by=officer)
    certificate.refresh_from_db()
    case.refresh_from_db()
    assert (certificate.state, case.state, case.decision, case.decided_at) == ("discarded", "accepted", None, None)
    today = f"{certificate.acts.get().decided_on}"
    assert list(voided_numbers()) == [(certificate.number, today, officer.get_username(), "项目单位填写有误")]
    told = CliRunner().invoke(cli, ["certificate", "voided"]).output
    assert certificate.number in told
    assert "项目单位填写有误" in told
    again = decided(case)
    serial = re.compile(r"([0-9]+)号")
    assert [serial.search(one.number).group(1) for one in (certificate, again)] == ["1", "2"]  # type: ignore[union-attr]
    assert refused(void_number, certificate, "再作废", by=officer)[0] == "issued-already"
    assert Event.objects.get(kind="number-voided").details["number"] == certificate.number


def test_nothing_is_voided_while_it_is_being_made_or_sealed():
    case, officer = accepted(), account("officer")
    drafted = decide(case, by=officer)
    assert refused(void_number, drafted, "有误", by=officer)[0] == "issued-already"
    for name, value in (("建设地点", PLACE), ("总投资", "36800万元")):
        run("render")
        fill_line(drafted, name, value, by=officer)
    run("render")
    drafted.refresh_from_db()
    approve(drafted, drafted.rendered_sha256, by=officer)
    assert refused(void_number, drafted, "有误", by=officer)[0] == "still-at-work"


def test_the_officer_sees_every_line_with_its_origin_and_puts_it_right_on_the_page(client: Client):
    certificate, officer = decided(accepted()), get_user_model().objects.get(username="bumen")
    case = certificate.case_number
    client.force_login(officer)
    shown = client.get(f"/case/{case}").content.decode()
    assert PROJECT in shown
    assert "收件登记" in shown
    assert "请在表单“建设地点”一栏填写，或在此录入" in shown
    address = f"/case/{case}/certificate/{certificate.pk}"
    said = client.post(f"{address}/line", {"line": "建设地点", "value": PLACE}).content.decode()
    assert "已录入“建设地点”" in said
    run("render")
    assert f"{officer.get_username()}录入" in client.get(f"/case/{case}").content.decode()
    assert "已作废" in client.post(f"{address}/void", {"reason": "决定有误"}).content.decode()
    assert "准予许可" in client.get(f"/case/{case}").content.decode()


def test_who_may_not_decide_puts_nothing_right(client: Client):
    certificate = decided(accepted())
    address = f"/case/{certificate.case_number}/certificate/{certificate.pk}"
    client.force_login(account("clerk"))
    assert "录入</button>" not in client.get(f"/case/{certificate.case_number}").content.decode()
    for act in ("line", "void"):
        assert client.post(f"{address}/{act}", {"line": "建设地点", "value": "1", "reason": "1"}).status_code == 403
    assert line(certificate, "建设地点").value == ""


@pytest.mark.django_db(transaction=True)
@pytest.mark.stack
def test_a_filing_goes_from_the_decision_to_the_archive():
    case = accepted()
    for name, value in (("建设地点", PLACE), ("总投资", "36800万元")):
        set_form_value(case, name, value, by=account("clerk"))
    certificate = decided(case)
    approve(certificate, certificate.rendered_sha256, by=account("officer"))
    drain()
    certificate.refresh_from_db()
    case.refresh_from_db()
    assert (certificate.state, case.state) == ("valid", "archived")
    assert HeldMaterial.objects.filter(type="OUT-LX", sha256=certificate.sealed_sha256).exists()
    package = Package.objects.get(case_number=case.number)
    elements = parse_manifest(zone("archive").read(object_key(package.manifest_sha256))).elements
    record = next(element for element in elements if element.role == "用印与验证记录")
    origins = parse_canonical(zone("archive").read(object_key(record.sha256)))["origins"]
    assert (origins["项目名称"]["origin"], origins["建设地点"]["origin"]) == ("fact", "typed")
