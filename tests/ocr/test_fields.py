import dataclasses
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue import CatalogueError
from ocr import FieldValue, Line, PageReading, Quality, SealMark, extract_fields, fields_to_json, quad
from ocr.labels import find_labels, split_cells
from ocr.layout import moved, place
from tests.ocr.conftest import CODES, recorded

CODE = "91990101MA7C2XG62E"


def _page(*cells: tuple[str, int, int], seals: Sequence[SealMark] = (), number: int = 1) -> PageReading:
    """A page of (text, x, y) cells, text 30 pixels high and as wide as its characters."""
    lines = []
    for text, x, y in cells:
        width = sum(15 if character.isascii() else 30 for character in text)
        lines.append(Line(text, quad(x, y, x + width, y + 30), 0.99))
    return PageReading(number, 1240, 1754, 0, "ocr", tuple(lines), tuple(seals), Quality(150, 900, 0.8, 0, 0.05))


def _values(code: str, *pages: PageReading) -> dict[str, str]:
    return {name: field.value for name, field in extract_fields(code, pages).items()}


@pytest.mark.parametrize("code", CODES)
def test_every_field_of_a_recorded_scan_is_read(code):
    pages, truth = recorded(code)
    fields = extract_fields(code, pages)
    assert {name: field.value for name, field in fields.items()} == truth
    for field in fields.values():
        assert 0 < field.score <= 1
        assert field.rule
        assert field.page in {page.number for page in pages}


def test_a_value_stands_beside_or_below_its_label():
    page = _page(
        ("统一社会信用代码", 100, 100), (CODE, 100, 150), ("名称", 100, 300), ("江澜晨曦智能装备有限公司", 300, 300),
        ("法定代表人：张明远", 100, 400),
    )  # fmt: skip
    assert _values("M-YYZZ", page) == {
        "统一社会信用代码": CODE,
        "名称": "江澜晨曦智能装备有限公司",
        "法定代表人": "张明远",
    }


def test_a_label_set_wide_or_broken_over_two_lines_is_found():
    page = _page(
        ("统一社会", 100, 100), ("信用代码", 100, 135), (CODE, 400, 118), ("名 称", 100, 300),
        ("江澜晨曦智能装备有限公司", 400, 300),
    )  # fmt: skip
    values = _values("M-YYZZ", page)
    assert values["统一社会信用代码"] == CODE
    assert values["名称"] == "江澜晨曦智能装备有限公司"


def test_a_misread_character_in_a_label_does_no_harm():
    page = _page(("用地单立", 100, 100), ("江澜晨曦智能装备有限公司", 400, 100))
    assert _values("OUT-YDGH", page)["用地单位"] == "江澜晨曦智能装备有限公司"


def test_a_value_wrapped_in_its_cell_is_joined():
    page = _page(
        ("工程名称", 100, 120), ("晨曦智能装备制造基地", 400, 100), ("项目1号厂房", 400, 140), ("建设单位", 100, 230),
        ("江澜晨曦智能装备有限公司", 400, 230),
    )  # fmt: skip
    values = _values("OUT-ST", page)
    assert values["工程名称"] == "晨曦智能装备制造基地项目1号厂房"
    assert values["建设单位"] == "江澜晨曦智能装备有限公司"


def test_an_empty_cell_takes_nothing_from_its_neighbours():
    page = _page(("建设地点", 100, 100), ("法定代表人", 700, 100), ("张明远", 900, 100), ("建设规模", 100, 170))
    values = _values("M-SQB", page)
    assert "建设地点" not in values
    assert values["法定代表人"] == "张明远"


def test_two_fields_on_one_line_are_parted():
    page = _page(("受托人：李思雨  身份证号：99010119900307426X", 100, 100))
    assert _values("M-SQWT", page) == {"受托人": "李思雨", "身份证号": "99010119900307426X"}


def test_a_table_row_given_as_one_line_is_parted():
    page = _page(
        ("工程名称 晨曦智能装备制造基地项目1号厂房", 100, 100),
        ("建设单位 江澜晨曦智能装备有限公司 设计单位 江澜市建筑设计研究院有限公司", 100, 170),
    )
    assert _values("OUT-ST", page) == {
        "工程名称": "晨曦智能装备制造基地项目1号厂房",
        "建设单位": "江澜晨曦智能装备有限公司",
        "设计单位": "江澜市建筑设计研究院有限公司",
    }
    cells = split_cells(place(page.lines))
    assert [cell.line.text for cell in cells][:2] == ["工程名称", "晨曦智能装备制造基地项目1号厂房"]
    assert cells[0].x0 == pytest.approx(100)
    assert cells[0].x1 < cells[1].x0


def test_a_permit_number_is_known_by_its_own_form_and_kind():
    page = _page(("依据建字第990101202600031号", 100, 90), ("地字第990101202600018号", 700, 100))
    assert _values("OUT-YDGH", page)["证书编号"] == "地字第990101202600018号"
    assert _values("OUT-GCGH", page)["证书编号"] == "建字第990101202600031号"


def test_a_misread_credit_code_is_mended_only_when_exactly_one_code_fits():
    fields = extract_fields("M-YYZZ", [_page(("统一社会信用代码：9199O1O1MA7C2XG62E", 100, 100))])
    assert fields["统一社会信用代码"].value == CODE
    kept = extract_fields("M-YYZZ", [_page(("统一社会信用代码：91990101MA7C2XG63E", 100, 100))])["统一社会信用代码"]
    assert kept.value == "91990101MA7C2XG63E"
    assert kept.score < fields["统一社会信用代码"].score


def test_the_place_to_sign_is_not_the_value():
    page = _page(("法定代表人：张明远", 100, 100), ("法定代表人（签字）：张彻元", 100, 900))
    assert _values("M-SQWT", page)["法定代表人"] == "张明远"


def test_a_document_without_a_labelled_date_is_dated_by_its_end():
    page = _page(
        ("根据2025年1月2日的文件", 100, 100), ("江澜晨曦智能装备有限公司", 700, 1400), ("2026年11月19日", 700, 1460)
    )
    assert _values("M-CNS", page)["承诺日期"] == "2026-11-19"


def test_the_issuer_is_read_off_the_seal_where_print_fails():
    seal = SealMark("round", quad(700, 1300, 930, 1530), "江澜市自然资源局", 0.98)
    assert _values("OUT-YDGH", _page(seals=[seal]))["发证机关"] == "江澜市自然资源局"
    worn = PageReading(
        1, 1240, 1754, 0, "ocr", (Line("发证机关 江澜市白然资局", quad(600, 1380, 1000, 1410), 0.85),), (seal,),
        Quality(150, 900, 0.8, 0, 0.05),
    )  # fmt: skip
    fields = extract_fields("OUT-YDGH", [worn])
    assert (fields["发证机关"].value, fields["发证机关"].rule) == ("江澜市自然资源局", "seal")


def test_print_that_was_read_more_surely_than_the_seal_is_kept():
    seal = SealMark("round", quad(700, 1300, 930, 1530), "江门市自然资源局", 0.96)
    page = _page(("发证机关江澜市自然资源局", 600, 1380), seals=[seal])
    assert _values("OUT-YDGH", page)["发证机关"] == "江澜市自然资源局"


def test_a_seal_of_another_owner_never_changes_what_is_printed():
    seal = SealMark("round", quad(700, 1300, 930, 1530), "江澜市行政审批局", 0.99)
    page = _page(("发证机关：江澜市自然资源局", 600, 1380), seals=[seal])
    assert _values("OUT-YDGH", page)["发证机关"] == "江澜市自然资源局"


def test_the_page_of_a_field_is_the_number_of_its_page():
    pages = [
        _page(("发包人：江澜晨曦智能装备有限公司", 100, 100), number=4),
        _page(("签订日期：2026年10月30日", 100, 100), number=6),
    ]
    fields = extract_fields("M-SGHT", pages)
    assert (fields["发包人"].page, fields["签订日期"].page) == (4, 6)
    assert fields_to_json(fields)["签订日期"]["value"] == "2026-10-30"


def test_a_longer_label_is_not_taken_for_a_shorter_one():
    page = place(_page(("审查机构负责人：许国平", 100, 100)).lines)
    assert find_labels(page, ["审查机构"]) == ()


def test_an_empty_page_has_no_fields_and_an_unknown_type_is_refused():
    assert extract_fields("M-YYZZ", [_page()]) == {}
    with pytest.raises(CatalogueError):
        extract_fields("M-NONE", [_page()])


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(CODES), st.floats(-0.4, 0.4), st.floats(-0.4, 0.4))
def test_lines_of_a_crooked_photograph_never_break_the_reading_of_fields(code, taper, climb):
    pages, _ = recorded(code)
    wide, high = pages[0].width, pages[0].height
    bent = (1.0, 0.0, 0.0, climb, 1.0, 0.0, 0.0, taper / high, 1.0 + abs(taper) / wide)
    crooked = [
        dataclasses.replace(
            page,
            lines=tuple(
                dataclasses.replace(line, box=tuple(moved(bent, point) for point in line.box)) for line in page.lines
            ),
        )
        for page in pages
    ]
    for value in extract_fields(code, crooked).values():
        assert value.value


def test_a_birth_date_is_held_against_the_number_that_carries_it():
    def card(born: str, number: str) -> dict[str, FieldValue]:
        return extract_fields("M-SFZ", [_page(("出生日期：" + born, 100, 100), ("公民身份号码：" + number, 100, 300))])

    agreeing = card("1990年3月7日", "99010119900307426X")
    assert agreeing["公民身份号码"].rule == "same line: 公民身份号码; birth date agrees"
    mended = card("1990年3月7日", "99010119900301426X")["公民身份号码"]
    assert (mended.value, mended.read) == ("99010119900307426X", "99010119900301426X")
    differing = card("1990年3月8日", "99010119900307426X")["出生日期"]
    assert differing.rule.endswith("number says otherwise")
    assert differing.score < agreeing["出生日期"].score


def test_an_amount_is_trusted_by_its_capitals_elsewhere_on_the_page():
    price = ("中标价：86,500,000.00元", 100, 400)
    alone = extract_fields("OUT-ZB", [_page(price)])["中标价"]
    told = extract_fields("OUT-ZB", [_page(price, ("大写：捌仟陆佰伍拾万元整", 100, 500))])["中标价"]
    assert alone.rule == "same line: 中标价"
    assert told.rule == "same line: 中标价; figures and capitals agree"


def test_a_letter_bears_its_number_alone_under_its_head_and_quotes_others_below():
    page = _page(
        ("江澜市行政审批局文件", 300, 100), ("江审批核〔2O26〕57号", 400, 250),
        ("你单位报来的请示（江晨发〔2026〕3号）收悉。", 100, 500), ("江晨发〔2026〕3号", 100, 1200),
    )  # fmt: skip
    number = extract_fields("OUT-HZ", [page])["文号"]
    assert (number.value, number.read) == ("江审批核〔2026〕57号", "江审批核(2O26)57号")
    assert number.rule == "own form; corrected O→0 at 7"


def test_a_permit_that_another_document_quotes_is_read_into_the_field_that_asks_for_it():
    page = _page(
        ("核字第990101202600007号", 400, 100), ("规划许可证号", 100, 300), ("建字第990101202600012号", 500, 300)
    )
    values = _values("OUT-GHHS", page)
    assert values["证书编号"] == "核字第990101202600007号"
    assert values["建设工程规划许可证号"] == "建字第990101202600012号"


def test_a_letter_says_in_sentences_what_forms_have_in_cells():
    page = _page(
        ("江澜市生态环境局文件", 300, 60), ("江环审〔2026〕11号", 450, 150),
        ("关于晨曦智能装备制造基地项目环境影响报告表的", 200, 220), ("批复", 600, 270),
        ("江澜晨曦智能装备有限公司：", 100, 400), ("一、项目位于江澜市高新区晨", 160, 470),
        ("曦路88号，总投资38,852万元，其中环保投资占百分之二。", 100, 520),
        ("江澜市生态环境局", 700, 1300), ("二〇二六年八月十六日", 700, 1380),
    )  # fmt: skip
    fields = extract_fields("OUT-HP", [page])
    assert {name: (value.value, value.rule) for name, value in fields.items()} == {
        "文号": ("江环审〔2026〕11号", "own form"),
        "项目名称": ("晨曦智能装备制造基地项目", "title"),
        "项目单位": ("江澜晨曦智能装备有限公司", "addressee"),
        "建设地点": ("江澜市高新区晨曦路88号", "sentence"),
        "总投资": ("388520000.00", "sentence"),
        "审批机关": ("江澜市生态环境局", "signature"),
        "批复日期": ("2026-08-16", "closing date"),
    }


@pytest.mark.parametrize(
    ("code", "title"),
    [
        ("OUT-HZ", "关于核准晨曦智能装备制造基地项目的批复"),
        ("OUT-HZ", "关于晨曦智能装备制造基地项目核准的批复"),
        ("OUT-XMJY", "关于同意晨曦智能装备制造基地项目项目建议书的批复"),
        ("OUT-KY", "关于批准晨曦智能装备制造基地项目可行性研究报告的批复"),
    ],
)
def test_a_letters_title_names_the_project_in_each_of_its_usual_orders(code, title):
    assert _values(code, _page((title, 200, 200)))["项目名称"] == "晨曦智能装备制造基地项目"


def test_a_letter_to_an_authority_is_not_the_applicants():
    page = _page(
        ("江澜市人力资源和社会保障局：", 100, 200), ("（建设单位：江澜晨曦智能装备有限公司）已存储。", 100, 300)
    )
    assert _values("M-NMGZ", page)["建设单位"] == "江澜晨曦智能装备有限公司"


def test_the_date_alone_on_the_last_page_of_a_letter_is_its_date():
    first = _page(("澄岭市发展和改革委员会", 100, 60), ("关于冷链物流中心项目建议书的批复", 100, 160))
    last = _page(("二〇二四年九月二十二日", 700, 120), number=2)
    assert extract_fields("OUT-XMJY", [first, last])["批复日期"].value == "2024-09-22"
    assert "批复日期" not in extract_fields("OUT-XMJY", [dataclasses.replace(last, number=1)])


def test_a_bracket_read_twice_does_not_lose_the_number_of_a_letter():
    page = _page(("澄建消审字〔[2025〕第687号", 400, 160))
    assert extract_fields("OUT-XFSJ", [page])["文号"].value == "澄建消审字〔2025〕687号"


def test_a_project_keeps_its_phase_and_a_company_is_known_by_what_it_builds():
    page = _page(
        ("兹证明砚川旭升建筑工程有限公司承建的昇辉食品加工产业", 100, 200),
        ("园（一期）项目地下车库（建设单位：砚川昇辉科技有限公司）", 100, 260),
    )
    fields = extract_fields("M-NMGZ", [page])
    assert fields["施工单位"].value == "砚川旭升建筑工程有限公司"
    assert fields["工程名称"].value == "昇辉食品加工产业园(一期)项目地下车库"


def test_a_company_in_brackets_is_read_though_the_closing_bracket_was_lost():
    page = _page(
        ("园（一期）项目地下车库（建设单位：砚川昇辉新材料科技有限公司", 100, 200),
        ("已按《工程建设领域农民工工资保证金规定》在我行开立专用账户并", 100, 260),
    )
    assert extract_fields("M-NMGZ", [page])["建设单位"].value == "砚川昇辉新材料科技有限公司"
