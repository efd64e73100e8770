"""扫码亮证: the code on the board at the site shows how the project's certificates stand now; nothing of a person."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from click.testing import CliRunner
from django.test import Client

from ingest import Case, Project
from portal import verification
from portal.cli import certificates
from portal.pages.project import board_address
from portal.roles import Role
from signing import Act, AnswerKey, Certificate, Decision, open_answer, open_project_token, project_token
from tests.portal import factories
from workers import decide_on

pytestmark = pytest.mark.django_db


def text(response: Any) -> str:
    return str(response.content.decode())


@pytest.fixture
def issued() -> Certificate:
    return factories.certificate(factories.case(factories.user(Role.CLERK)))


@pytest.fixture
def project(issued: Certificate) -> Project:
    return Case.objects.get(number=issued.case_number).project


def path_of(project: Project) -> str:
    return "/p/" + board_address(project).rpartition("/p/")[2]


def test_the_board_shows_what_is_issued_and_how_it_stands_now(project: Project, issued: Certificate) -> None:
    draft = factories.certificate(Case.objects.get(), state="sealed")
    shown = text(Client().get(path_of(project)))
    for words in (project.name, project.code, issued.number, 'data-status="valid"'):
        assert words in shown
    for secret in (draft.number, issued.verify_token, issued.sealed_sha256, issued.case_number):
        assert secret not in shown
    why = Decision("停工整改", "停字〔2026〕3号")
    decide_on(issued, Act.SUSPEND, why, by=factories.user(Role.OFFICER, name="wangjingban"))
    shown = text(Client().get(path_of(project)))
    assert 'data-status="suspended"' in shown
    assert not any(word in shown for word in ("停工整改", "wangjingban"))


def test_of_several_versions_the_newest_one_that_was_issued_is_shown(project: Project, issued: Certificate) -> None:
    Certificate.objects.filter(pk=issued.pk).update(state="superseded")
    case = Case.objects.get()
    second = factories.certificate(case, number=issued.number, version=2, supersedes=issued, state="revoked")
    factories.certificate(case, number=issued.number, version=3, supersedes=second, state="discarded")
    shown = text(Client().get(path_of(project)))
    assert shown.count(issued.number) == 1
    assert 'data-status="revoked"' in shown


def test_nobody_makes_up_a_code_and_an_owner_who_left_shows_nothing(
    project: Project, issued: Certificate, tmp_path: Path
) -> None:
    client = Client()
    key, stranger = verification.answer_key(), AnswerKey.ensure(tmp_path / "other.key")
    good = project_token(project.code, project.owner_uscc, key)
    assert open_project_token(good, key) == (project.code, project.owner_uscc)
    head, body, signature = good.split(".")
    answer = client.get(f"/api/verify/{issued.verify_token}").json()["signed"]
    for token in (
        project_token(project.code, project.owner_uscc, stranger),
        project_token(project.code, "91990101MA00000000", key),
        f"{head}.{stranger.sign({'project': project.code, 'uscc': 'x'}).split('.')[1]}.{signature}",
        f"{head}.{body}",
        f"{project.code}.{project.owner_uscc}",
        answer,
    ):
        assert client.get(f"/p/{token}").status_code == 404
    Project.objects.update(owner_uscc="91990101MA00000000")
    assert client.get(f"/p/{good}").status_code == 404
    Project.objects.update(owner_uscc=project.owner_uscc, code="2027-990101-47-01-000001", former_codes=[project.code])
    assert client.get(f"/p/{good}").status_code == 200  # a project that got another code keeps its board


def test_the_sheet_carries_a_code_that_a_phone_reads(
    as_role: Callable[..., Client], project: Project, tmp_path: Path
) -> None:
    response = as_role(Role.CLERK).get(f"/project/{project.code}/board.pdf")
    assert response["Content-Type"] == "application/pdf"
    target = tmp_path / "board.pdf"
    words = ["board", project.code, "-o", str(target)]
    assert CliRunner().invoke(certificates.certificate, words, standalone_mode=False).return_value == 0
    for pdf in (response.content, target.read_bytes()):
        page = pypdfium2.PdfDocument(io.BytesIO(pdf))[0]
        assert project.name in page.get_textpage().get_text_bounded().replace("\r\n", "")
        small = page.render(scale=1.4).to_pil()  # about 100 dpi: a phone from two metres
        assert [code.text for code in zxingcpp.read_barcodes(small)] == [board_address(project)]


def test_the_answer_for_programs_is_signed(project: Project, issued: Certificate) -> None:
    client = Client()
    [jwk] = client.get("/api/keys").json()["keys"]
    found = client.get(f"/api{path_of(project).replace('/p/', '/project/')}").json()
    assert open_answer(found.pop("signed"), jwk) == found
    assert [one["number"] for one in found["certificates"]] == [issued.number]
    assert "holder" not in found["certificates"][0]
    none = client.get("/api/project/no-such-token")
    assert (none.status_code, open_answer(none.json()["signed"], jwk)["status"]) == (404, "unknown")


def test_the_board_is_slowed_down_like_every_open_door(project: Project) -> None:
    client = Client()
    statuses = [client.get(path_of(project)).status_code for _ in range(32)]
    assert statuses == [200] * 30 + [429] * 2
