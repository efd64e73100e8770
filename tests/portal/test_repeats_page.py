"""Two documents side by side: what differs is marked, one answer is one request, and nobody sees another's papers."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client

from archive import HeldMaterial
from ingest import Case, Page, Upload
from portal.cli import cli
from portal.repeats_sight import may_be_compared
from portal.roles import Role
from tests.portal import factories
from tests.workers.repeat_cases import archived, hand_in, scanned_again, standing
from workers import Repeat

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(as_role: Callable[..., Client]) -> Client:
    return as_role(Role.CLERK)


@pytest.fixture
def held(clerk: Client) -> HeldMaterial:
    return archived(factories.user(Role.CLERK))


@pytest.fixture
def asked(held: HeldMaterial) -> Repeat:
    return scanned_again(factories.case(factories.user(Role.CLERK)), held)


def text(response: Any) -> str:
    return str(response.content.decode())


def page_of(repeat: Repeat) -> str:
    return f"/case/{repeat.case.number}/repeats"


def test_the_case_page_asks_and_leads_to_the_comparison(clerk: Client, asked: Repeat) -> None:
    page = text(clerk.get(f"/case/{asked.case.number}"))
    assert 'data-repeats="1"' in page
    assert f'href="{page_of(asked)}"' in page


def test_both_pages_stand_side_by_side_with_what_differs_outlined_on_each(clerk: Client, asked: Repeat) -> None:
    page = text(clerk.get(page_of(asked)))
    earlier, new = page.split('data-side="new"')
    assert earlier.count("<polygon") == 1  # the address
    assert new.count("<polygon") == 2  # and a word that only the new one has
    assert asked.why in page
    assert asked.held
    assert asked.held.package.archive_number in earlier
    row = re.search(r'<tr class="is-differ">.*?</tr>', page, re.DOTALL)
    assert row
    assert row[0].index("晨曦路6号") < row[0].index("晨曦路8号")  # what is here on the left, as above
    for picture in re.findall(r'<image href="([^"]+)"', page):
        assert clerk.get(picture).status_code == 200


def test_one_request_takes_what_is_here_and_one_undoes(clerk: Client, asked: Repeat) -> None:
    said = clerk.post(f"{page_of(asked)}/{asked.pk}/same", follow=True)
    assert "已使用已有的一份" in text(said)
    assert standing(asked.case) == [("M-YYZZ", "repeat")]
    assert "重复提交：使用档案" in text(clerk.get(f"/case/{asked.case.number}"))
    back = clerk.post(f"{page_of(asked)}/{asked.pk}/undo", follow=True)
    assert 'data-key="same"' in text(back)
    assert standing(asked.case) == [("M-YYZZ", "uploaded")]
    clerk.post(f"{page_of(asked)}/{asked.pk}/another")
    asked.refresh_from_db()
    assert asked.state == "declined"


def test_why_it_is_not_possible_is_said_on_the_page(clerk: Client, asked: Repeat) -> None:
    Case.objects.filter(pk=asked.case_id).update(state="accepted")
    assert "该办件已受理" in text(clerk.post(f"{page_of(asked)}/{asked.pk}/same"))
    page = text(clerk.get(page_of(asked)))
    assert 'data-key="same"' not in page  # no key for what cannot be done


def test_after_an_answer_the_next_question_is_shown(clerk: Client, asked: Repeat, held: HeldMaterial) -> None:
    other = scanned_again(asked.case, held)
    page = text(clerk.post(f"{page_of(asked)}/{asked.pk}/another", follow=True))
    assert f'data-repeat="{other.pk}" data-standing="proposed"' in page
    assert f"repeats/{other.pk}/same" in page


def test_the_archived_page_is_shown_for_the_comparison_only(clerk: Client, asked: Repeat, held: HeldMaterial) -> None:
    theirs = Page.objects.get(upload__sha256=held.sha256)
    assert clerk.get(f"/case/{asked.case.number}/page/{theirs.pk}.jpg").status_code == 200
    apart = factories.case(asked.case.opened_by, applicant_uscc="91990101MA99999999")
    assert clerk.get(f"/case/{apart.number}/page/{theirs.pk}.jpg").status_code == 404
    second = Page.objects.create(
        upload=theirs.upload, number=2, width=1, height=1, picture_sha256=theirs.picture_sha256
    )
    by = asked.case.opened_by
    assert may_be_compared(theirs, asked.case, by)
    assert not may_be_compared(second, asked.case, by)  # of another document


def test_a_document_without_pictures_here_is_compared_by_what_is_listed(clerk: Client, asked: Repeat) -> None:
    Page.objects.exclude(upload=asked.upload).delete()
    page = text(clerk.get(page_of(asked)))
    assert "本机没有这一页的影像" in page
    assert "晨曦路6号" in page


def test_the_same_bytes_are_said_at_once_on_the_line_of_the_file(clerk: Client, held: HeldMaterial) -> None:
    case = factories.case(factories.user(Role.CLERK))
    hand_in(case)
    page = text(clerk.get(f"/case/{case.number}"))
    assert f"已有此件：档案 {held.package.archive_number}" in page


def test_another_document_of_the_form_is_said_in_one_sentence_and_asks_nothing(clerk: Client, asked: Repeat) -> None:
    Repeat.objects.update(state="told", kind="different", why="“营业执照”是另一份：编号不同")
    page = text(clerk.get(f"/case/{asked.case.number}"))
    assert "是另一份：编号不同" in page
    assert "data-repeats" not in page


@pytest.mark.parametrize("role", [Role.OFFICER, Role.SUPERVISOR])
def test_who_does_not_take_files_in_looks_and_does_not_answer(
    as_role: Callable[..., Client], asked: Repeat, role: Role
) -> None:
    client = as_role(role)
    assert 'data-key="same"' not in text(client.get(page_of(asked)))
    assert client.post(f"{page_of(asked)}/{asked.pk}/same").status_code == 403
    assert client.get("/case/none/repeats").status_code == 404


def test_a_case_tells_its_repeats_as_json_and_takes_answers(clerk: Client, asked: Repeat) -> None:
    address = f"/api/cases/{asked.case.number}"
    [told] = clerk.get(address).json()["repeats"]
    assert (told["kind"], told["state"], told["file"]) == ("same", "proposed", asked.upload.file_name)
    assert told["likeness"]["fields"][1]["agreement"] == "differ"

    def answer(said: str) -> Any:
        return clerk.post(f"{address}/repeats/{asked.pk}", json.dumps({"answer": said}), "application/json")

    assert answer("perhaps").json()["code"] == "unknown-answer"
    assert answer("same").json()["state"] == "accepted"
    assert answer("another").json()["code"] == "decided"
    assert clerk.get(f"{address}/repeats").json()[0]["state"] == "accepted"


def test_the_command_shows_and_answers(asked: Repeat) -> None:
    def run(*words: str) -> Any:
        return CliRunner().invoke(cli, ["case", "repeats", asked.case.number, *words], standalone_mode=False)

    by = asked.case.opened_by.username
    assert json.loads(run("--json").output)[0]["state"] == "proposed"
    run("--take", str(asked.pk), "--as", by)
    assert standing(asked.case) == [("M-YYZZ", "repeat")]
    assert "decided" in run("--keep", str(asked.pk), "--as", by).output
    run("--undo", str(asked.pk), "--as", by)
    assert Upload.objects.filter(repeats__state="proposed").exists()
