"""The report: its verdict, its shape, the same bytes for the same findings, and what persons entered."""

import datetime as dt
import json

import pytest

from archive import digest_bytes
from archive.inspection import (
    CODES,
    FIELDS,
    MANUAL_CODES,
    InspectionReport,
    ManualResult,
    Result,
    VirusFacts,
    codes_of,
    verdict_of,
)
from tests.archive.inspection.faults import CONTRACT
from tests.archive.inspection.whole_package import ARCHIVE_NUMBER, AT, NUMBER, inspect, parts

NO_SCANNER = VirusFacts(why="本机没有杀毒软件（ClamAV），未检测病毒")


@pytest.fixture(scope="module")
def report() -> InspectionReport:
    return inspect(parts(sealed=True))


@pytest.mark.parametrize(
    ("results", "verdict"),
    [
        (["合格", "不适用"], "合格"),
        (["合格", "未检测"], "未检测"),
        (["合格", "未检测", "不合格"], "不合格"),
        ([], "未检测"),
        (["不适用"], "未检测"),
    ],
)
def test_the_worst_line_decides_and_what_nobody_looked_at_is_not_good(results: list[Result], verdict: str) -> None:
    assert verdict_of(results) == verdict


def test_the_report_has_the_found_shape(report: InspectionReport) -> None:
    data = json.loads(report.to_bytes())
    assert {key: data[key] for key in ("schema", "batch", "phase", "phase_name", "package", "archive_number")} == {
        "schema": "yidang.inspection/1",
        "batch": "GD〔2026〕000001号",
        "phase": "GD",
        "phase_name": "归档",
        "package": NUMBER,
        "archive_number": ARCHIVE_NUMBER,
    }
    assert {tuple(line) for line in data["lines"]} == {("依据", "名称", "备注", "对象", "目的", "结果", "编码")}
    assert data["counts"]["合格"] == len(data["lines"]) - data["counts"]["不适用"]
    [line] = [line for line in data["lines"] if line["编码"] == "GD-1-10" and line["对象"] == CONTRACT]
    assert line == {
        "编码": "GD-1-10",
        "名称": "内容数据的电子属性一致性",
        "对象": CONTRACT,
        "目的": "大小、格式、扩展名与元数据一致",
        "依据": "DA/T 70-2018",
        "结果": "合格",
        "备注": "",
    }


def test_the_same_findings_give_the_same_bytes(report: InspectionReport) -> None:
    assert digest_bytes(inspect(parts(sealed=True)).to_bytes()) == digest_bytes(report.to_bytes())


def test_lines_stand_in_the_order_of_the_codes(report: InspectionReport) -> None:
    seen = list(dict.fromkeys(line.code for line in report.lines))
    assert seen == [f"GD-{code.number}" for code in codes_of("GD")]
    assert "1-9" not in CODES  # no source has it


def test_the_report_says_what_lies_there_and_why_it_may(report: InspectionReport) -> None:
    [line] = [line for line in report.lines if line.code == "GD-3-3" and line.object == CONTRACT]
    assert line.remark == "JPEG fmt/44：GB/T 18894-2016 扫描件与照片"
    permit = [line.remark for line in report.lines if line.code == "GD-3-3" and "施工许可证.pdf" in line.object]
    assert permit == ["PDF fmt/477：GB/T 18894-2016 推荐的版式文件"]  # PDF/A-2b, by what the file says of itself


def test_without_a_scanner_nothing_is_called_clean() -> None:
    made = parts()
    made.virus = NO_SCANNER
    report = inspect(made)
    assert report.verdict == "未检测"
    assert {line.code: line.remark for line in report.having("未检测")} == {
        "GD-4-1": NO_SCANNER.why,
        "GD-4-2": NO_SCANNER.why,
    }


def test_a_scan_that_broke_off_is_no_scan() -> None:
    made = parts()
    made.virus = VirusFacts("ClamAV 1.4.3", "27832", why="病毒扫描没有完成")
    assert {line.code for line in inspect(made).having("未检测")} == {"GD-4-2"}


@pytest.mark.parametrize("result", ["合格", "不合格"])
def test_what_a_person_found_stands_in_the_report_with_name_and_day(result: Result) -> None:
    made = parts()
    made.virus, made.carrier = NO_SCANNER, "光盘 03"
    before = AT - dt.timedelta(hours=1)
    made.manual = [ManualResult(number, "光盘 03", result, "王敏", before, "读取正常") for number in MANUAL_CODES]
    report = inspect(made, "CQ")
    entered = {line.code for line in report.lines if line.remark == "王敏 2026-11-23：读取正常"}
    assert entered == {f"CQ-{number}" for number in MANUAL_CODES}
    assert report.verdict == result
    assert [one["by"] for one in report.facts["manual"]] == ["王敏"] * len(MANUAL_CODES)


def test_every_field_of_the_metadata_is_declared_once_with_its_source() -> None:
    places = [field.place for field in FIELDS]
    assert len(set(places)) == len(places) > 40
    assert all(field.source and field.longest > 0 for field in FIELDS)
    assert {"archive_number", "case.project_code", "retention.code", "elements[].sm3"} <= set(places)
