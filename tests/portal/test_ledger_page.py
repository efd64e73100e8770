"""The 提交账 on the screen, as a table, as data and on the command line."""

import csv
import io
import json
from collections.abc import Callable

import pytest
from click.testing import CliRunner
from django.test import Client

from ingest import MaterialUse
from portal.cli import projects
from portal.roles import Role
from samples.world import PROJECT_CODE
from tests.portal import factories
from workers import HOWS

PAGE = f"/projects/{PROJECT_CODE}/ledger"


@pytest.fixture
def twice(as_role: Callable[..., Client]) -> Client:
    """The same letter of attorney for two cases of the project."""
    client = as_role(Role.SUPERVISOR)
    by = factories.user()
    for n in range(2):
        case = factories.case(by)
        material = factories.material(factories.upload(case, f"委托书{n}.jpg"))
        MaterialUse.objects.create(case=case, entry="M-SQWT", how="uploaded", material=material, used_at=factories.NOW)
    later = MaterialUse.objects.order_by("pk").last()
    assert later
    assert later.material
    later.material.upload.uploaded_at = factories.NOW.replace(hour=5)
    later.material.upload.save()
    return client


def test_the_page_shows_the_picture_first_and_names_what_came_twice(twice: Client) -> None:
    text = twice.get(PAGE).content.decode()
    assert 'data-once="no"' in text
    assert text.index('id="picture"') < text.index('id="repeated"')
    assert "how-twice" in text
    assert "委托书0.jpg" in text
    assert "重复要求" in text
    assert "style=" not in text


def test_the_table_and_the_data_say_the_same(twice: Client) -> None:
    lines = list(csv.DictReader(io.StringIO(twice.get(f"{PAGE}.csv").content.decode("utf-8-sig"))))
    assert [row["材料编码"] for row in lines if row["曾经提交或持有"]] == ["M-SQWT"]
    data = twice.get(f"{PAGE}.json").json()
    assert data["once"] is False
    assert len(lines) == sum(len(case["sheets"]) for case in data["cases"])
    assert {row["方式"] for row in lines} <= set(HOWS.values())
    assert twice.get(f"{PAGE}.xml").status_code == 404


def test_an_unknown_project_is_said_so_with_what_to_do(as_role: Callable[..., Client]) -> None:
    response = as_role(Role.SUPERVISOR).get("/projects/X/ledger")
    assert (response.status_code, "请核对项目代码" in response.content.decode()) == (404, True)


@pytest.mark.usefixtures("twice")
def test_the_command_says_yes_or_no_by_its_exit_code() -> None:
    def run(*arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(
            projects.project, ["ledger", *arguments], standalone_mode=False, catch_exceptions=False
        )
        return done.return_value, done.output

    code, said = run(PROJECT_CODE)
    assert (code, "重复" in said, "有 1 份材料重复提交" in said) == (1, True, True)
    MaterialUse.objects.update(withdrawn_at=factories.NOW)
    code, said = run(PROJECT_CODE, "--json")
    assert (code, json.loads(said)["once"]) == (0, True)
