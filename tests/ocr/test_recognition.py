import dataclasses
import itertools

import pytest

from catalogue import load_catalogue
from ocr import Line, PageReading, Quality, quad, recognise, segment
from ocr.recognition import page_of
from tests.ocr.conftest import CODES, recorded

GOOD = Quality(150, 900, 0.8, 0, 0.05)


def _page(number: int, *lines: tuple[str, int, int]) -> PageReading:
    """A page of (text, y, height) lines in its middle."""
    placed = tuple(
        Line(text, quad(620 - len(text) * height / 2, y, 620 + len(text) * height / 2, y + height), 0.98)
        for text, y, height in lines
    )
    return PageReading(number, 1240, 1754, 0, "ocr", placed, (), GOOD)


BODY = [("双方就下列事项协商一致，共同达成如下协议", 300 + 50 * n, 26) for n in range(12)]


@pytest.mark.parametrize("code", CODES)
def test_every_type_is_recognised_from_a_recorded_scan(code):
    pages, _ = recorded(code)
    guess = recognise(pages)
    assert guess.type == code
    assert guess.score > 0.6
    assert guess.why
    assert [item.pages for item in segment(pages)] == [tuple(page.number for page in pages)]


@pytest.mark.parametrize("shift", range(0, len(CODES), 3))
def test_a_pile_scanned_into_one_file_falls_apart_into_its_documents(shift):
    order = [*CODES[shift:], *CODES[:shift]]
    numbers = itertools.count(1)
    pages, expected = [], []
    for code in order:
        document = [dataclasses.replace(page, number=next(numbers)) for page in recorded(code)[0]]
        pages += document
        expected.append((tuple(page.number for page in document), code))
    assert [(item.pages, item.guess.type) for item in segment(pages)] == expected


def test_a_title_with_a_misread_character_is_recognised():
    assert recognise([_page(1, ("建设工程规划许可汪", 150, 50), *BODY)]).type == "OUT-GCGH"


def test_a_title_set_wide_is_recognised():
    assert recognise([_page(1, ("授 权 委 托 书", 150, 50), *BODY)]).type == "M-SQWT"


def test_a_form_that_only_quotes_a_title_is_not_that_document():
    quoting = _page(1, ("会议纪要", 150, 50), ("会议讨论了建设工程规划许可证的办理", 260, 26), *BODY)
    assert recognise([quoting]).type == ""


def test_the_application_for_a_permit_is_not_the_permit():
    assert recognise([_page(1, ("建筑工程施工许可证申请表", 150, 50), *BODY)]).type == "M-SQB"
    assert recognise([_page(1, ("建筑工程施工许可证", 150, 50), *BODY)]).type == "OUT-SGXK"


TITLES = [(title, kind.code) for kind in load_catalogue().material_types() for title in kind.titles if "…" not in title]


@pytest.mark.parametrize(("title", "code"), TITLES)
def test_every_title_means_its_own_type_alone_with_a_place_before_it_and_as_the_end_of_a_letter(title, code):
    plain = _page(1, (title, 150, 50), *BODY)
    local = _page(1, ("江澜市" + title.removeprefix("中华人民共和国"), 150, 50), *BODY)
    letter = [("江澜市行政审批局文件", 60, 60), ("关于晨曦智能装备制造基地项目", 160, 46), (title, 220, 46)]
    assert {recognise([page]).type for page in (plain, local, _page(1, *letter, *BODY))} == {code}


@pytest.mark.parametrize(("title", "code"), TITLES)
def test_no_misread_character_turns_a_title_into_another_types(title, code):
    for n in range(len(title)):
        misread = title[:n] + "口" + title[n + 1 :]
        assert recognise([_page(1, (misread, 150, 50), *BODY)]).type in {code, ""}


@pytest.mark.parametrize(
    "title",
    [
        "房屋租赁合同", "物业服务合同", "建筑业企业资质证书", "排污许可证", "采矿许可证", "商品房预售许可证",
        "乡村建设规划许可证", "林木采伐许可证", "招标公告", "特种设备使用登记证", "建设工程抗震设防审批意见书",
        "工程竣工结算书", "文物保护意见", "卫生许可证", "关于进一步加强施工安全管理的通知", "项目后评价报告",
        "取水许可申请书", "工程变更洽商记录", "建设工程招标控制价", "监理规划", "施工组织设计", "质量事故报告",
    ],
)  # fmt: skip
def test_a_paper_of_the_same_family_that_is_no_listed_material_is_none(title):
    assert recognise([_page(1, (title, 150, 50), *BODY)]).type == ""


def test_a_letter_is_known_by_its_end_and_not_by_what_it_speaks_of():
    head = ("江澜市行政审批局文件", 60, 60)
    about = ("关于晨曦基地项目可行性研究报告的批复", 160, 46)
    around = ("江澜市发展和改革委员会关于核准晨曦智能装备制造基地项目的批复", 160, 46)
    assert recognise([_page(1, head, around, *BODY)]).type == "OUT-HZ"
    asking = ("关于晨曦基地项目可行性研究报告的请示", 160, 46)
    assert recognise([_page(1, head, about, *BODY)]).type == "OUT-KY"
    assert recognise([_page(1, head, asking, *BODY)]).type == "M-KYQS"


def test_nothing_is_no_material():
    assert recognise([]).type == ""
    assert recognise([_page(1)]).type == ""
    assert segment([]) == []


def test_a_page_without_title_and_a_blank_page_go_on_with_the_document_before():
    pages = [_page(1, ("建设工程施工合同", 150, 50), *BODY), _page(2, *BODY), _page(3)]
    assert [item.pages for item in segment(pages)] == [(1, 2, 3)]


def test_a_page_that_says_it_is_the_second_goes_on_though_it_bears_a_title():
    pages = [
        _page(1, ("建设工程施工合同", 150, 50), *BODY, ("第1页共2页", 1650, 24)),
        _page(2, ("建设工程施工合同", 150, 50), *BODY, ("第2页 共2页", 1650, 24)),
        _page(3, ("建设工程施工合同", 150, 50), *BODY, ("第1页共1页", 1650, 24)),
    ]
    assert [item.pages for item in segment(pages)] == [(1, 2), (3,)]


def test_a_document_of_an_unknown_kind_is_kept_apart():
    pages = [_page(1, ("授权委托书", 150, 50), *BODY), _page(2, ("关于项目进展的会议纪要", 150, 50), *BODY)]
    assert [(item.pages, item.guess.type) for item in segment(pages)] == [((1,), "M-SQWT"), ((2,), "")]


@pytest.mark.parametrize(
    ("text", "answer"), [("第3页 共12页", (3, 12)), ("3/12", (3, 12)), ("第9页共2页", None), ("第三页", None)]
)
def test_a_page_says_which_of_how_many_it_is(text, answer):
    assert page_of(_page(1, *BODY, (text, 1650, 24))) == answer
