"""Pages of several documents in any order are joined to their documents, and what nothing joins is said to be so."""

import dataclasses
import random

import pytest

from ocr import PageReading, join, segment
from ocr.joining import UNPLACED
from tests.ocr.conftest import CODES, recorded
from tests.ocr.test_recognition import BODY, _page


def pile(codes: list[str]) -> tuple[list[PageReading], list[str]]:
    """The recorded pages of these documents, and of each page which document it is of."""
    pages = [(page, code) for code in codes for page in recorded(code)[0]]
    return [page for page, _ in pages], [code for _, code in pages]


def mixed(codes: list[str], seed: int) -> tuple[list[PageReading], list[str]]:
    """The same with all pages shuffled and numbered anew."""
    pages, owners = pile(codes)
    order = list(range(len(pages)))
    random.Random(seed).shuffle(order)  # noqa: S311 - a shuffle that can be repeated
    return [dataclasses.replace(pages[n], number=at) for at, n in enumerate(order, 1)], [owners[n] for n in order]


def test_a_pile_in_order_is_cut_as_before():
    pages, _ = pile(list(CODES))
    pages = [dataclasses.replace(page, number=n) for n, page in enumerate(pages, 1)]
    assert [(found.pages, found.guess.type) for found in join(pages)] == [
        (found.pages, found.guess.type) for found in segment(pages)
    ]


@pytest.mark.parametrize("seed", range(6))
def test_shuffled_pages_come_back_to_their_documents(seed: int):
    pages, owners = mixed(list(CODES), seed)
    found = {number: segment.guess.type for segment in join(pages) for number in segment.pages}
    assert [found[page.number] for page in pages] == owners
    assert len(join(pages)) == len(set(owners))


def test_any_order_of_arrival_gives_each_page_to_exactly_one_document():
    pages, _ = mixed(list(CODES), 99)
    numbers = sorted(number for found in join(pages) for number in found.pages)
    assert numbers == [page.number for page in pages]


def test_a_page_that_nothing_joins_is_said_to_be_unplaced():
    licence, _ = recorded("M-YYZZ")
    stray = _page(2, *BODY[:4], ("第2页共9页", 1650, 26))
    found = join([licence[0], stray])
    assert [one.pages for one in found] == [(1,), (2,)]
    assert found[1].guess == UNPLACED


def test_a_page_without_a_number_follows_the_one_before_it():
    first = _page(1, ("建设工程施工合同", 150, 50), *BODY)
    assert [one.pages for one in join([first, _page(2, *BODY), _page(3, *BODY)])] == [(1, 2, 3)]


def test_two_contracts_keep_their_own_pages():
    def sheet(number: int, contract: str, label: str, title: str = "") -> PageReading:
        head = [(title, 150, 50)] if title else []
        return _page(number, *head, (f"合同编号:{contract}", 240, 26), *BODY, (label, 1650, 26))

    name = "建设工程施工合同"
    pages = [
        sheet(1, "HT-2026-0001", "第1页共2页", name),
        sheet(2, "HT-2026-0002", "第2页共2页"),
        sheet(3, "HT-2026-0002", "第1页共2页", name),
        sheet(4, "HT-2026-0001", "第2页共2页"),
    ]
    assert [one.pages for one in join(pages)] == [(1, 4), (2, 3)]


def _report(number: int, title: str, n: int, *, opens: bool = False) -> PageReading:
    """A page of a report of three pages: its title large on the first, small at the head of the others."""
    head = (title, 150, 50) if opens else (f"{title} 1号厂房", 60, 24)
    return _page(number, head, *BODY, (f"第{n}页共3页", 1650, 26))


def test_a_running_title_tells_whose_page_it_is_where_all_else_is_alike():
    pages = [
        _report(1, "水土保持方案报告书", 3),
        _report(2, "洪水影响评价报告", 1, opens=True),
        _report(3, "洪水影响评价报告", 3),
        _report(4, "水土保持方案报告书", 2),
        _report(5, "水土保持方案报告书", 1, opens=True),
        _report(6, "洪水影响评价报告", 2),
    ]
    assert [one.pages for one in join(pages)] == [(1, 4, 5), (2, 3, 6)]


def test_what_a_clearer_page_takes_is_no_longer_free_for_the_others():
    contract = _page(1, ("建设工程施工合同", 150, 50), *BODY, ("第1页共2页", 1650, 26))
    award = _page(2, ("洪水影响评价报告", 150, 50), *BODY, ("第1页共2页", 1650, 26))
    unclear = _page(3, *BODY, ("第2页共2页", 1650, 26))
    clear = _page(4, ("洪水影响评价报告 1号厂房", 60, 24), *BODY, ("第2页共2页", 1650, 26))
    assert [one.pages for one in join([contract, award, unclear, clear])] == [(1, 3), (2, 4)]


def test_chapters_count_on_from_the_page_before():
    def sheet(number: int, n: int, chapter: str, title: str = "") -> PageReading:
        head = [(title, 150, 50)] if title else []
        return _page(number, *head, *BODY[:6], (chapter, 900, 26), *BODY[6:], (f"第{n}页共2页", 1650, 26))

    pages = [
        sheet(1, 2, "第八章 附则"),
        sheet(2, 1, "第一章 总则", "建设工程施工合同"),
        sheet(3, 1, "第七章 违约责任", "建设工程设计合同"),
        sheet(4, 2, "第二章 工期"),
    ]
    assert [one.pages for one in join(pages)] == [(1, 3), (2, 4)]


def test_a_document_whose_first_page_lies_last_is_known_by_its_title():
    pages = [
        _page(1, ("施工图设计文件 1号厂房", 60, 24), ("二、结论与建议", 200, 26), *BODY[:3]),
        _page(2, ("施工图设计文件 1号厂房", 60, 24), ("一、工程概况", 200, 26), *BODY[:3]),
        _report(3, "洪水影响评价报告", 2),
        _page(4, ("施工图设计文件", 150, 50), *BODY[:3]),
        _report(5, "洪水影响评价报告", 1, opens=True),
    ]
    assert [(one.pages, one.guess.type) for one in join(pages)] == [((1, 2, 4), "M-SGT"), ((3, 5), "M-FHBG")]


def test_two_reports_that_say_the_same_are_no_page_scanned_twice():
    pages = [
        _report(1, "水土保持方案报告书", 1, opens=True),
        _report(2, "水土保持方案报告书", 2),
        _report(3, "洪水影响评价报告", 2),
        _report(4, "洪水影响评价报告", 1, opens=True),
    ]
    assert [one.pages for one in join(pages)] == [(1, 2), (3, 4)]


def test_a_red_head_opens_a_letter_whose_title_was_not_read():
    first = _page(1, ("建设工程施工合同", 150, 50), *BODY)
    letter = _page(2, ("江澜市发展和改革委员会文件", 150, 40), *BODY)
    assert [one.pages for one in join([first, letter])] == [(1,), (2,)]


def test_a_page_scanned_twice_stays_with_its_document():
    first = _page(1, ("建设工程施工合同", 150, 50), *BODY, ("第1页共2页", 1650, 26))
    again = dataclasses.replace(first, number=2)
    last = _page(3, *BODY, ("第2页共2页", 1650, 26))
    assert [one.pages for one in join([first, again, last])] == [(1, 2, 3)]


def test_a_blank_page_stays_with_the_page_before_it():
    first = _page(1, ("建设工程施工合同", 150, 50), *BODY)
    blank = dataclasses.replace(_page(2), lines=())
    title = _page(3, ("授 权 委 托 书", 150, 50), *BODY)
    assert [one.pages for one in join([first, blank, title])] == [(1, 2), (3,)]
