"""`yidang catalogue` prints lists, personal lists, differences and findings."""

import io
import json
from pathlib import Path
from typing import Any

import click
import pdfplumber
import pikepdf
import pytest
from click.testing import CliRunner, Result

import archive
from catalogue import load_catalogue
from ingest import Case
from portal.cli import lists
from portal.cli.casework import open_
from portal.cli.lists import catalogue
from portal.cli.reading import check
from portal.roles import Role
from tests.catalogue.editing import changed, shipped
from tests.catalogue.test_regions import HERE, OVERRIDE
from tests.portal import factories


def _run(*words: str) -> Result:
    done = CliRunner().invoke(catalogue, list(words), standalone_mode=False)
    if done.exception:
        raise done.exception
    return done


def _data(*words: str) -> Any:
    return json.loads(_run(*words, "--json").stdout)


@pytest.fixture
def two_versions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A catalogue in which S3-05 has a second version and a county has a list of its own."""
    second = shipped("S3-05.v1.yaml") | {"version": 2, "valid_from": "2027-01-01", "withdrawn": ["资金证明：取消"]}
    book = load_catalogue(changed(tmp_path, files={"S3-05.v2.yaml": second, HERE: OVERRIDE}))
    monkeypatch.setattr(lists, "load_catalogue", lambda: book)


def test_without_questions_every_item_is_listed() -> None:
    assert {row["code"] for row in _data("list")} == {item.code for item in load_catalogue().items()}
    assert "S3-05" in _run("list").stdout


def test_the_personal_list_has_order_limits_materials_and_open_questions() -> None:
    found = _data("list", "--project-class", "社会小型")
    steps = {row["code"]: row["step"] for row in found["items"]}
    assert steps["S1-01"] < steps["S1-07"] < steps["S2-02"] < steps["S3-05"]
    permit = next(row for row in found["items"] if row["code"] == "S3-05")
    assert permit["limits"]["statutory"] == {"n": 7, "unit": "日", "as_written": ""}
    ways = {row["material"]: row["way"] for row in permit["materials"]}
    assert ways["OUT-GCGH"] == "shared"
    assert ways["M-SQB"] == "submit"
    assert found["answers"]["investment"] == "企业"
    text = _run("list", "--project-class", "社会小型").stdout
    assert "第1步" in text


def test_the_printed_list_is_pdf_a_and_says_everything(tmp_path: Path) -> None:
    _run("list", "--project-class", "带方案出让", "--on", "2026-11-24", "--pdf", str(tmp_path / "list.pdf"))
    printed = (tmp_path / "list.pdf").read_bytes()
    with pikepdf.open(io.BytesIO(printed)) as document:
        with document.open_metadata() as metadata:
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("2", "B")
        # It bears the day of the list, not of printing: the same list gives the same bytes.
        assert "20261124" in str(document.docinfo["/CreationDate"])
    with pdfplumber.open(io.BytesIO(printed)) as document:
        text = "".join(page.extract_text() for page in document.pages).replace("\n", "").replace(" ", "")
    assert text.index("牵头部门办理时限需提交") < text.index("第1步")  # what comes in what order, first of all
    for words in ("社会投资带方案出让用地类", "建筑工程施工许可证核发", "法定7日", "由申请人提交", "资金到位证明"):
        assert words in text


@pytest.mark.django_db
def test_what_the_archive_holds_for_the_project_is_not_asked_again() -> None:
    clerk = factories.user(Role.CLERK)
    case = factories.case(clerk)
    held = archive.HeldMaterial.objects.create(
        package=factories.package(case),
        type="M-SGHT",
        name="建设工程施工合同",
        subject_kind="project",
        subject=case.project.code,
        sha256=factories.digest("contract"),
        size=1,
        media_type="image/png",
        pages=[1],
        held_since=factories.NOW,
    )
    found = _data("list", "--project", case.project.code)
    permit = next(row for row in found["items"] if row["code"] == "S3-05")
    contract = next(row for row in permit["materials"] if row["material"] == "M-SGHT")
    assert contract["way"] == "held"
    assert held.package.archive_number in contract["origin"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("list", "--project-class", "丙"), "unknown-class"),
        (("list", "--answers", "soil=好"), "unknown-question"),
        (("list", "--answers", "land=租赁"), "unknown-option"),
        (("list", "--answers", "land"), "answers-shape"),
        (("show", "S9-99"), "unknown-item"),
        (("diff", "S3-05", "1", "9"), "unknown-version"),
    ],
)
def test_a_wrong_question_is_refused_with_its_code(words: tuple[str, ...], code: str) -> None:
    with pytest.raises(Exception, match=rf"\[{code}\]"):
        _run(*words)


@pytest.mark.usefixtures("two_versions")
def test_a_difference_is_told_in_words_and_for_programs() -> None:
    text = _run("diff", "S3-05", "1", "2").stdout.replace("\n", "")
    assert "新增取消的材料：资金证明：取消" in text
    data = _data("diff", "S3-05", "1", "2")
    assert (data["from"], data["to"]) == ({"version": 1, "region": ""}, {"version": 2, "region": ""})
    assert {change["place"] for change in data["changes"]} == {"withdrawn"}
    assert "内容相同" in _run("diff", "S3-05", "1", "1").stdout


@pytest.mark.usefixtures("two_versions")
def test_a_region_is_told_apart_in_list_show_and_difference() -> None:
    where = ("--region", "210381")
    county = next(row for row in _data("list", "--on", "2026-11-24", *where) if row["code"] == "S3-05")
    assert (county["region"], "limits.promised" in county["overrides"]) == ("210381", True)
    assert "210381" in _run("list", "--on", "2026-11-24", *where).stdout
    assert "与市级清单不同" in _run("show", "S3-05", "--version", "1", *where).stdout
    changes = _data("diff", "S3-05", "1", *where)["changes"]
    assert "limits.promised" in {change["place"] for change in changes}


def test_lint_ends_with_one_only_for_an_error_that_nobody_explained(tmp_path: Path) -> None:
    assert _run("lint").return_value == 0
    assert "unverified" in _run("lint").stdout

    def edit(data: dict[str, Any]) -> None:
        data["limits"]["promised"] = {"n": 30, "unit": "工作日"}

    wrong = changed(tmp_path / "wrong", {"S3-05.v1.yaml": edit})
    done = _run("lint", "--data", str(wrong), "--json")
    assert done.return_value == 1
    codes = [json.loads(line)["code"] for line in done.stdout.splitlines()]
    assert "promised-over-statutory" in codes

    def explained(data: dict[str, Any]) -> None:
        edit(data)
        data["lint_allow"] = ["promised-over-statutory：依据过渡期规定"]

    right = changed(tmp_path / "right", {"S3-05.v1.yaml": explained})
    done = _run("lint", "--data", str(right))
    assert done.return_value == 0
    assert "依据过渡期规定" in done.stdout


def test_limits_are_counted_and_explained() -> None:
    ask = ("due", "S3-05", "--from", "2026-09-28T10:30")
    found = _data(*ask)["limits"]
    assert (found["statutory"]["due"], found["promised"]["due"]) == ("2026-10-13", "2026-10-08")
    assert "国庆（10月1日至7日）不计" in found["statutory"]["why"]
    assert "行政许可法第八十二条" in _run(*ask).stdout.replace("\n", "")
    paused = _data(*ask, "--pause", "2026-10-08/2026-10-10/专家评审")["limits"]
    assert paused["promised"]["due"] == "2026-10-10"
    standing = _data(*ask, "--pause", "2026-10-08//补正")["limits"]
    assert standing["promised"]["due"] is None
    for wrong in ("昨天", "2026-10-08/2026-10-01"):
        with pytest.raises(click.UsageError, match="暂停"):
            _run(*ask, "--pause", wrong)


def test_check_refuses_answers_that_the_item_does_not_ask_for(tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_text("一页", "utf-8")
    done = CliRunner().invoke(check, ["--item", "S3-05", "--answers", "soil=好", str(page)], standalone_mode=False)
    assert "[unknown-question]" in str(done.exception)


@pytest.mark.django_db
def test_a_case_is_opened_with_its_answers_and_not_with_wrong_ones() -> None:
    factories.user(Role.CLERK, name="clerk")
    facts = ["--item", "S3-05", "--project-code", "2603-990101-04-01-318264", "--project-name", "项目",
             "--applicant", "公司", "--uscc", "91350200MA2YJ1XR9G", "--as", "clerk", "--sensitive", "否"]  # fmt: skip
    done = CliRunner().invoke(open_, [*facts, "--answers", "soil=好"], standalone_mode=False)
    assert "[unknown-question]" in str(done.exception)
    assert not Case.objects.exists()
