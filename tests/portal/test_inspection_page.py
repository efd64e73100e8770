"""The archivist's page of the inspections of a package: ask, read the reports, enter what a person found."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.test import Client

from archive import Package
from archive.inspection import InspectionRecord
from portal.cli import EXIT_NO
from portal.cli.inspecting import inspect_command
from portal.roles import Role
from tests.portal import factories
from workers import Job

pytestmark = pytest.mark.django_db


@pytest.fixture
def package() -> Package:
    return factories.package(factories.case(factories.user(Role.CLERK)))


def signed_in(role: Role) -> Client:
    client = Client()
    client.force_login(factories.user(role))
    return client


def test_the_archivist_asks_for_an_inspection_and_sees_that_it_is_under_way(package: Package) -> None:
    client = signed_in(Role.ARCHIVIST)
    client.post(f"/packages/{package.number}/inspections/ask")
    page = client.get(f"/packages/{package.number}/inspections").content.decode()
    assert "GD〔" in page
    assert "检测中" in page
    assert Job.objects.filter(kind="inspect-package").count() == 1


def test_a_report_can_be_taken_away_and_its_faults_are_on_the_page(package: Package) -> None:
    kept = factories.kept(b'{"schema":"yidang.inspection/1"}')
    record = InspectionRecord.objects.create(
        package=package,
        phase="GD",
        batch="GD〔2026〕000001号",
        asked_at=factories.NOW,
        made_at=factories.NOW,
        verdict="不合格",
        counts={"合格": 9, "不合格": 1},
        faults=[{"编码": "GD-2-7", "名称": "内容数据完整性", "对象": "合同.pdf", "结果": "不合格", "备注": "少两页"}],
        report_sha256=kept,
        pdf_sha256=kept,
    )
    client = signed_in(Role.SUPERVISOR)
    page = client.get(f"/packages/{package.number}/inspections").content.decode()
    assert all(words in page for words in ("GD-2-7", "合同.pdf", "少两页"))
    got = client.get(f"/packages/{package.number}/inspections/{record.pk}.json")
    assert json.loads(got.content) == {"schema": "yidang.inspection/1"}
    assert "attachment" in got.headers["Content-Disposition"]
    assert client.get(f"/packages/{package.number}/inspections/{record.pk}.exe").status_code == 404


def test_what_a_person_found_is_entered_with_name_and_shown(package: Package) -> None:
    client = signed_in(Role.ARCHIVIST)
    said = {"number": "4-5", "object": "光盘 03", "result": "合格", "remark": "无划痕"}
    client.post(f"/packages/{package.number}/inspections/enter", said)
    page = client.get(f"/packages/{package.number}/inspections").content.decode()
    assert all(words in page for words in ("载体外观", "光盘 03", "无划痕"))
    refused = client.post(f"/packages/{package.number}/inspections/enter", said | {"number": "1-1"})
    assert refused.status_code == 400
    assert "由系统检测" in refused.content.decode()


@pytest.mark.parametrize("role", [Role.CLERK, Role.OFFICER])
def test_others_do_not_see_it(package: Package, role: Role) -> None:
    assert signed_in(role).get(f"/packages/{package.number}/inspections").status_code == 403


def test_the_command_inspects_at_once_and_says_no_where_something_is_wrong(package: Package, tmp_path: Path) -> None:
    """The factory's package names a form that lies nowhere."""
    asked = ["--case", package.case_number, "--json", "-o", str(tmp_path)]
    answer = CliRunner().invoke(inspect_command, asked, standalone_mode=False)
    assert answer.return_value == EXIT_NO, answer.output
    report = json.loads(answer.output)
    wrong = {(line["编码"], line["对象"]) for line in report["lines"] if line["结果"] == "不合格"}
    assert ("CQ-2-11", "申报文件/001_申请表.jpg") in wrong
    assert {path.suffix for path in tmp_path.iterdir()} == {".json", ".pdf"}
