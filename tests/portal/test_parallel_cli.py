"""Parallel cases and the stage form from the command line."""

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from ingest import ParallelCase
from portal.cli import parallel
from portal.roles import Role
from samples.world import BUILDER_OWNER, PROJECT, PROJECT_CODE
from tests.portal import factories
from tests.workers.steps import account

pytestmark = pytest.mark.django_db
OPEN = ["open-parallel", "--sensitive", "否", "--project", PROJECT_CODE, "--project-name", PROJECT]
OWNER = ["--applicant", BUILDER_OWNER.name, "--uscc", BUILDER_OWNER.code]


def run(*arguments: str) -> Result:
    """The commands as they hang in `yidang case`, without the first start of an installation."""
    group = click.Group()
    for register in (parallel.register, parallel.register_form, parallel.register_opinion):
        register(group, lambda _, role: account(role))
    return CliRunner().invoke(group, list(arguments), standalone_mode=False)


@pytest.fixture
def opened() -> ParallelCase:
    factories.user(Role.CLERK)
    done = run(*OPEN, "--items", "S1-07,S1-01", *OWNER)
    assert done.exception is None, done.output
    made = ParallelCase.objects.get()
    assert done.output.split()[:3] == [made.number, "S1-01", made.cases.get(item_code="S1-01").number]
    return made


def test_the_union_is_printed_as_json_and_says_that_something_is_open(opened: ParallelCase) -> None:
    done = run("parallel", opened.number, "--json")
    union = json.loads(done.output)
    assert done.return_value == 1
    assert [case["item"] for case in union["cases"]] == ["S1-01", "S1-07"]
    assert len({row["material"] for row in union["union"]}) == len(union["union"])
    assert "S1-07" in run("parallel", opened.number).output


def test_the_form_is_filled_in_confirmed_undone_and_printed(opened: ParallelCase, tmp_path: Path) -> None:
    pdf = tmp_path / "表单.pdf"
    done = run("form", opened.number, "--set", "建设地点=晨曦路8号", "--confirm", "--pdf", str(pdf), "--json")
    found = {line["field"]: line for line in json.loads(done.output)["fields"]}
    assert (found["建设地点"]["value"], found["建设地点"]["state"]) == ("晨曦路8号", "confirmed")
    assert found["建设单位"]["state"] == "confirmed"
    assert (done.return_value, pdf.read_bytes()[:4]) == (0, b"%PDF")
    assert "缺填" in run("form", opened.number, "--undo", "建设地点").output
    assert "[malformed-value]" in run("form", opened.number, "--set", "总投资=很多").output


def test_wrong_items_and_numbers_are_told(opened: ParallelCase) -> None:
    wrong = run(*OPEN, "--items", "S1-01", *OWNER)
    assert "[too-few-items]" in str(wrong.exception)
    assert "没有编号为 X" in str(run("form", "X").exception)
    assert "[not-accepted]" in run("opinion", opened.number, "同意").output
