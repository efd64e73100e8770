"""重新赋码 on the page of the project, at the window's form, and on the command line."""

from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client

from ingest import Case, Project
from portal.cli import projects
from portal.roles import Role
from samples.world import PROJECT_CODE
from tests.portal import factories

pytestmark = pytest.mark.django_db
NEW = "2611-990101-04-01-700001"
PAGE = f"/projects/{PROJECT_CODE}"
GIVEN = {"new_code": NEW, "reason": "江发改赋码〔2026〕17号"}


def text(response: Any) -> str:
    return str(response.content.decode())


def test_an_officer_gives_the_project_another_code_and_takes_a_slip_back(as_role: Callable[..., Client]) -> None:
    factories.case(factories.user())
    officer = as_role(Role.OFFICER)
    assert "project-recode" not in text(officer.get(f"{PAGE}/ledger"))
    assert officer.post(f"{PAGE}/recode", GIVEN)["Location"] == f"/projects/{NEW}/ledger"
    assert (
        officer.get(f"{PAGE}/ledger")["Location"] == f"/projects/{NEW}/ledger"
    )  # an address on paper still leads here
    shown = text(officer.get(f"/projects/{NEW}/ledger"))
    for words in (PROJECT_CODE, GIVEN["reason"], 'id="recode-back"'):
        assert words in shown
    assert officer.post(f"/projects/{NEW}/recode/undo")["Location"] == f"{PAGE}/ledger"
    assert Project.objects.get().codes == (PROJECT_CODE,)


def test_a_refusal_keeps_what_was_typed_and_the_window_only_reads(as_role: Callable[..., Client]) -> None:
    factories.case(factories.user())
    wrong = as_role(Role.SUPERVISOR).post(f"{PAGE}/recode", GIVEN | {"new_code": "26"})
    assert wrong.status_code == 409
    assert 'id="refused"' in text(wrong)
    assert f'value="{GIVEN["reason"]}"' in text(wrong)
    clerk = as_role(Role.CLERK)
    assert f"{PAGE}/recode" not in text(clerk.get(f"{PAGE}/ledger"))
    assert clerk.post(f"{PAGE}/recode", GIVEN).status_code == 403


@pytest.mark.parametrize("former", [False, True])
def test_a_taken_code_tells_nothing_of_a_project_whose_cases_are_not_the_officers(
    as_role: Callable[..., Client], *, former: bool
) -> None:
    factories.case(factories.user())
    named: dict[str, Any] = {"code": "2018-990101-47-03-700003", "former_codes": [NEW]} if former else {"code": NEW}
    closed = Project.objects.create(name="别处的项目", owner_name="别家公司", region="990101", **named)
    factories.case(factories.user(), project=closed, works=None, state=Case.State.ARCHIVED, item_code="S1-12")
    officer = as_role(Role.OFFICER, department="住房和城乡建设局")
    seen = text(officer.post(f"{PAGE}/recode", GIVEN))
    assert f"{NEW} 已是另一项目的代码" in seen
    assert not [word for word in ("别处的项目", "别家公司", "2018-990101-47-03-700003") if word in seen]
    assert "别处的项目" in text(as_role(Role.SUPERVISOR).post(f"{PAGE}/recode", GIVEN))


def test_whoever_comes_from_a_page_of_before_is_told_the_present_code(as_role: Callable[..., Client]) -> None:
    factories.case(factories.user())
    officer = as_role(Role.OFFICER)
    officer.post(f"{PAGE}/recode", GIVEN)
    for late in ("recode", "recode/undo"):
        again = officer.post(f"{PAGE}/{late}", GIVEN | {"new_code": "2611-990101-04-01-700009"})
        assert again.status_code == 409
        assert f"已变更为 {NEW}" in text(again)
    assert Project.objects.get().code == NEW


def test_the_window_is_told_that_a_typed_code_is_a_former_one(as_role: Callable[..., Client]) -> None:
    factories.case(factories.user())
    as_role(Role.OFFICER).post(f"{PAGE}/recode", GIVEN)
    clerk = as_role(Role.CLERK)
    said = text(clerk.get("/cases/hint", {"project_code": PROJECT_CODE}))
    assert f"该代码已变更为 {NEW}" in said
    assert "data-project-name" in said
    assert Project.objects.get().name in text(clerk.get("/cases", {"q": PROJECT_CODE}))


def test_the_command_does_the_same() -> None:
    factories.case(factories.user())
    by = factories.user(Role.OFFICER).username

    def run(*words: str) -> tuple[Any, str]:
        done = CliRunner().invoke(projects.project, ["recode", *words, "--by", by], standalone_mode=False)
        return done.return_value, done.output

    assert run(PROJECT_CODE, "26", "--reason", "x")[0] == 1
    assert run(PROJECT_CODE, NEW, "--reason", GIVEN["reason"]) == (
        0,
        f"{Project.objects.get().name} 现代码 {NEW}，曾用代码 {PROJECT_CODE}\n",
    )
    assert run(NEW, "--undo")[0] == 0
    assert Project.objects.get().codes == (PROJECT_CODE,)
