"""Searching everything read: from the box in the header to the line on the page."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client

import ingest
from portal.cli.searching import search
from portal.pages.search import HITS_A_PAGE
from portal.roles import Role
from tests.portal import factories

pytestmark = pytest.mark.django_db
SEARCHERS = (Role.CLERK, Role.OFFICER, Role.ARCHIVIST)
BOX = [[100, 200], [900, 200], [900, 240], [100, 240]]
POLYGON = '<polygon class="found" points="100,200 900,200 900,240 100,240"/>'


def text(response: Any) -> str:
    return str(response.content.decode())


def read(checked: factories.Checked, *lines: str) -> None:
    """Have the page of the case read as these lines."""
    boxes = [[[x, y + 100 * n] for x, y in BOX] for n in range(len(lines))]
    checked.page.reading["lines"] = [
        {"text": line, "box": box, "score": 0.9} for line, box in zip(lines, boxes, strict=True)
    ]
    checked.page.save()
    ingest.index_page(checked.page)


@pytest.fixture
def checked() -> factories.Checked:
    made = factories.checked_case(factories.user(Role.CLERK))
    read(made, "委托江澜晨曦<b>", "办理施工许可")
    return made


@pytest.mark.parametrize("role", SEARCHERS)
def test_the_result_opens_the_page_with_the_line_marked(
    as_role: Callable[..., Client], checked: factories.Checked, role: Role
) -> None:
    client = as_role(role)
    shown = text(client.get("/search", {"find": "晨曦"}))
    assert "委托江澜<mark>晨曦</mark>&lt;b&gt; 办理施工许可" in shown
    for words in (checked.upload.file_name, "授权委托书", checked.case.number, 'value="晨曦"'):
        assert words in shown
    address = f"/case/{checked.case.number}?page={checked.page.pk}&amp;find=%E6%99%A8%E6%9B%A6"
    assert f'href="{address}"' in shown
    opened = text(client.get(address.replace("&amp;", "&")))
    assert f'class="sheet" data-page="{checked.page.pk}"' in opened
    assert POLYGON in opened
    assert opened.count('class="found"') == 1


def test_the_page_that_is_asked_for_comes_before_the_one_with_a_defect(
    as_role: Callable[..., Client], checked: factories.Checked
) -> None:
    other = factories.page(factories.upload(checked.case, "合同.pdf"))
    clerk = as_role(Role.CLERK)
    assert f'class="sheet" data-page="{other.pk}"' in text(clerk.get(f"/case/{checked.case.number}?page={other.pk}"))


@pytest.mark.parametrize("wanted", ["0", "x", "９", "9" * 40, "-1"])
def test_a_page_that_is_none_of_the_case_is_not_opened(
    as_role: Callable[..., Client], checked: factories.Checked, wanted: str
) -> None:
    shown = text(as_role(Role.CLERK).get(f"/case/{checked.case.number}", {"page": wanted, "find": "晨曦"}))
    assert f'class="sheet" data-page="{checked.page.pk}"' in shown


def test_a_page_of_another_case_is_not_opened(as_role: Callable[..., Client], checked: factories.Checked) -> None:
    other = factories.checked_case(factories.user(Role.CLERK))
    shown = text(as_role(Role.CLERK).get(f"/case/{checked.case.number}?page={other.page.pk}&find=%E5%90%88"))
    assert f'class="sheet" data-page="{checked.page.pk}"' in shown
    assert 'class="found"' not in shown


def test_the_certificate_gives_way_to_the_page_that_is_asked_for(
    as_role: Callable[..., Client], checked: factories.Checked
) -> None:
    factories.certificate(checked.case)
    officer = as_role(Role.OFFICER)
    assert 'class="sheet" data-page=' not in text(officer.get(f"/case/{checked.case.number}"))
    assert POLYGON in text(officer.get(f"/case/{checked.case.number}?page={checked.page.pk}&find=江澜"))


def test_supervision_and_strangers_do_not_search(as_role: Callable[..., Client], checked: factories.Checked) -> None:
    supervisor = as_role(Role.SUPERVISOR)
    assert supervisor.get("/search", {"find": "晨曦"}).status_code == 403
    assert 'action="/search"' not in text(supervisor.get("/board"))
    assert Client().get("/search", {"find": "晨曦"}).status_code == 302
    for role, address in zip(SEARCHERS, ("/cases", "/officer", "/packages"), strict=True):
        assert 'action="/search"' in text(as_role(role).get(address))


@pytest.mark.parametrize(("query", "status"), [("合", 422), ("。", 422), ("合" * 101, 422), ("合同", 200), ("", 200)])
def test_a_query_that_finds_nothing_is_told_why(
    as_role: Callable[..., Client], checked: factories.Checked, query: str, status: int
) -> None:
    response = as_role(Role.CLERK).get("/search", {"find": query})
    assert response.status_code == status
    words = {"合": "至少输入两个", "。": "至少输入两个", "合同": "没有找到", "": "用空格隔开"}
    assert words.get(query, "不能超过100个字") in text(response)


def test_the_reasons_are_told_in_english_too(as_role: Callable[..., Client]) -> None:
    client = as_role(Role.CLERK)
    client.post("/language", {"language": "en", "next": "/search"})
    assert "at least two characters" in text(client.get("/search", {"find": "合"}))
    assert "At most 100" in text(client.get("/search", {"find": "合" * 101}))


def test_many_hits_are_leafed_through(as_role: Callable[..., Client], checked: factories.Checked) -> None:
    for _ in range(HITS_A_PAGE):
        page = factories.page(factories.upload(checked.case, "合同.pdf"))
        page.reading["lines"] = [{"text": "施工合同", "box": BOX, "score": 0.9}]
        page.save()
        ingest.index_page(page)
    clerk = as_role(Role.CLERK)
    first, second = (text(clerk.get("/search", {"find": "施工", "leaf": leaf})) for leaf in (1, 2))
    assert (first.count("<mark>"), second.count("<mark>")) == (HITS_A_PAGE, 1)
    assert "leaf=2" in first
    assert "leaf=3" not in second
    assert clerk.get("/search", {"find": "施工", "leaf": "9" * 30}).status_code == 200


def test_a_withdrawn_file_is_not_found(as_role: Callable[..., Client], checked: factories.Checked) -> None:
    ingest.withdraw(checked.upload, now=factories.NOW)
    assert "没有找到" in text(as_role(Role.CLERK).get("/search", {"find": "晨曦"}))


def test_the_command_line_finds_the_same(checked: factories.Checked) -> None:
    done = CliRunner().invoke(search, ["晨曦 施工", "--json"], standalone_mode=False)
    (row,) = json.loads(done.stdout)
    assert (row["case"], row["page"], row["material"], row["hit"]) == (checked.case.number, 1, "M-SQWT", "晨曦")
    assert row["boxes"] == [BOX, [[x, y + 100] for x, y in BOX]]
    assert done.return_value == 0
    assert CliRunner().invoke(search, ["合同", "--json"], standalone_mode=False).return_value == 1
    assert "至少输入两个" in str(CliRunner().invoke(search, ["合"], standalone_mode=False).exception)
    assert "晨曦" in CliRunner().invoke(search, ["晨曦"], standalone_mode=False).output
