"""`yidang staff`: an administrator puts people into departments."""

import pytest
from click.testing import CliRunner

from archive import Event
from archive.sharing import department_of
from portal.cli.staff import staff
from portal.roles import Role
from tests.portal import factories

pytestmark = pytest.mark.django_db


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(staff, words)
    return done.exit_code, done.output


def test_an_account_without_a_department_is_put_into_one_and_taken_out() -> None:
    officer = factories.user(Role.OFFICER, name="zhang")
    assert "未登记" in run("zhang")[1]
    code, told = run("zhang", "--department", factories.BUILDING)
    assert (code, factories.BUILDING in told, department_of(officer)) == (0, True, factories.BUILDING)
    assert factories.BUILDING in run()[1]
    assert run("zhang", "--leave")[0] == 0
    assert department_of(officer) == ""
    run("zhang", "--leave")
    assert [one.kind for one in Event.objects.order_by("pk")] == ["department-joined", "department-left"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("zhang", "--department", "天文台"), "天文台"),
        (("nobody", "--department", factories.BUILDING), "没有账号"),
        (("--leave",), "请写明账号"),
        (("zhang", "--leave", "--department", factories.BUILDING), "之一"),
    ],
)
def test_wrong_use_is_said_and_changes_nothing(words: tuple[str, ...], said: str) -> None:
    officer = factories.user(Role.OFFICER, name="zhang")
    code, told = run(*words)
    assert (code, said in told, department_of(officer)) == (2, True, "")
