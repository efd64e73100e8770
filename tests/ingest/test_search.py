"""Searching what was read. The same tests run on PostgreSQL: tests/stack/test_search_postgres.py."""

import datetime as dt
import itertools
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

import ingest
from archive.lookup import QueryTooShortError
from ingest import Case, Material, Page, Project, Upload, find_on_page, index_page, search_pages
from ingest.search import MAX_PAGE_CHARACTERS

NOW = dt.datetime(2026, 11, 22, 1, 30, tzinfo=dt.UTC)
LINES = (
    "建筑工程施工许可证申请表",
    "建设单位 江澜晨曦智能装备",
    "有限公司",
    "工程名称：1号厂房",
    "项目代码 2603-990101-04",
)
_serial = itertools.count(1)


def box(row: int) -> list[list[float]]:
    return [[100.0, row], [900.0, row], [900.0, row + 40.0], [100.0, row + 40.0]]


def reading(*lines: str, seal: str = "") -> dict[str, Any]:
    return {
        "lines": [{"text": text, "box": box(100 * n), "score": 0.98} for n, text in enumerate(lines, 1)],
        "seals": [{"shape": "round", "box": box(2000), "text": seal, "confidence": 0.9}] if seal else [],
    }


def uploaded() -> Upload:
    by, _ = User.objects.get_or_create(username="chuangkou")
    project, _ = Project.objects.get_or_create(code="2603-990101-04-01-318264", defaults={"name": "基地"})
    case = Case.objects.create(
        item_code="S3-05", item_version=1, project=project, applicant_name="江澜", opened_by=by, opened_at=NOW
    )
    return Upload.objects.create(
        case=case, file_name="申请表.pdf", size=1, sha256="0", sm3="0", uploaded_by=by, uploaded_at=NOW
    )


def page_with(*lines: str, seal: str = "", of: Upload | None = None) -> Page:
    page = Page.objects.create(
        upload=of or uploaded(), number=next(_serial), width=1, height=1, reading=reading(*lines, seal=seal)
    )
    index_page(page)
    return page


def found(query: str) -> list[int]:
    return [hit.page.pk for hit in search_pages(query)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "hits"),
    [
        ("施工", True),
        ("许可", True),
        ("施工许可证", True),
        ("1号", True),
        ("１号厂房", True),
        ("智能装备有限公司", True),
        ("2603-990101", True),
        ("2603-9901", False),
        ("工施", False),
        ("施工 厂房", True),
        ("施工 合同", False),
        ("申请表江澜", False),
    ],
)
def test_a_page_is_found_by_what_stands_on_it(query: str, hits: bool) -> None:  # noqa: FBT001
    page = page_with(*LINES)
    page_with("中标通知书", "招标人")
    assert found(query) == ([page.pk] if hits else [])


@pytest.mark.django_db
def test_a_hit_tells_where_and_shows_the_words_around() -> None:
    page = page_with(*LINES)
    Material.objects.create(upload=page.upload, pages=[page.number], type="M-SQB", type_score=0.9, why="")
    (hit,) = search_pages("智能装备有限公司")
    assert (hit.page, hit.upload, hit.case_number) == (page, page.upload, page.upload.case.number)
    assert hit.material_type == "M-SQB"
    assert (hit.snippet.hit, hit.snippet.after) == ("智能装备 有限公司", " 工程名称：1号厂房 项目代码 2603-990101-04")
    assert hit.snippet.text.startswith("建筑工程施工许可证申请表 建设单位 江澜晨曦智能")
    # a name that goes over the end of a line lies in both
    assert hit.boxes == tuple(tuple(map(tuple, box(row))) for row in (200, 300))


@pytest.mark.django_db
def test_what_a_seal_or_a_code_says_is_found_where_it_stands() -> None:
    page = page_with("建设单位", seal="江澜市行政审批局")
    (hit,) = search_pages("审批局")
    assert hit.boxes == (tuple(map(tuple, box(2000))),)
    assert found("单位江澜") == []
    page.reading["codes"] = [{"format": "qr", "text": "https://yidang.example/v/K7Q2", "box": box(1500)}]
    page.save()
    index_page(page)
    (hit,) = search_pages("K7Q2")
    assert hit.boxes == (tuple(map(tuple, box(1500))),)


@pytest.mark.django_db
def test_a_withdrawn_file_is_not_found_until_it_is_restored() -> None:
    page = page_with("施工合同")
    ingest.withdraw(page.upload, now=NOW)
    assert found("合同") == []
    ingest.restore(page.upload)
    assert found("合同") == [page.pk]


@pytest.mark.django_db
def test_the_newest_comes_first_and_the_next_ones_by_their_place() -> None:
    pages = [page_with("施工合同").pk for _ in range(5)]
    assert found("合同") == pages[::-1]
    assert [hit.page.pk for hit in search_pages("合同", limit=2, offset=2)] == pages[2:0:-1]


@pytest.mark.django_db
def test_a_page_that_is_read_anew_is_found_by_the_new_reading_only() -> None:
    page = page_with("施工合同")
    page.reading = reading("中标通知书")
    page.save()
    index_page(page)
    assert (found("合同"), found("通知")) == ([], [page.pk])
    page.text.delete()
    assert found("通知") == []


@pytest.mark.django_db
def test_one_character_is_answered_with_what_to_do() -> None:
    with pytest.raises(QueryTooShortError, match="至少输入两个"):
        search_pages("合")


@pytest.mark.django_db
def test_one_page_is_searched_for_its_marks() -> None:
    page = page_with(*LINES)
    passage = find_on_page(page, "厂房")
    assert passage
    assert passage.boxes == (tuple(map(tuple, box(400))),)
    assert find_on_page(page, "合同") is None
    assert find_on_page(Page(), "合同") is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query", ["'or", '"合同" OR', "合同* NOT", "100%_", "\\合同", "合同:*", "NEAR(合同", "-- 合同"]
)
def test_signs_that_mean_something_to_a_database_mean_nothing(query: str) -> None:
    page = page_with("100 元 施工合同 or not near")
    assert found(query) in ([], [page.pk])


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["a" * 5000, "0 " * 20000, "".join(map(chr, range(0x4E00, 0x9FFF))) * 6])
def test_a_page_of_any_content_can_be_indexed(text: str) -> None:
    page = page_with(text + " 施工合同")
    assert found("施工合同") == ([page.pk] if len(text) < MAX_PAGE_CHARACTERS else [])


@pytest.mark.stack
@pytest.mark.django_db(transaction=True)
def test_an_installation_that_is_brought_up_to_date_finds_what_it_had_read() -> None:
    read = page_with("施工合同")
    Page.objects.create(upload=read.upload, number=next(_serial), width=1, height=1)
    call_command("migrate", "ingest", "0001", verbosity=0)
    call_command("migrate", "ingest", verbosity=0)
    assert found("合同") == [read.pk]


class AnyPage(TestCase):
    """Against the plain rule on generated pages: what the index finds is what stands in the texts, all of it."""

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        texts=st.lists(st.text(alphabet="施工合同1号a- \n。é", max_size=20), min_size=1, max_size=6),
        query=st.text(alphabet="施工合同1号a-é", min_size=2, max_size=4),
    )
    def test_the_index_finds_exactly_the_pages_that_hold_the_query(self, texts: list[str], query: str) -> None:
        file = uploaded()
        pages = [page_with(text, of=file) for text in texts]
        try:
            expected = [page.pk for page in pages if find_on_page(page, query)]
        except QueryTooShortError:
            return
        assert found(query) == expected[::-1]
