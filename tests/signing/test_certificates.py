"""Certificates as they are set: every line of every kind, whatever text it has, on the page or on its 附页."""

import io
import json
import string
from typing import Any

import pdfplumber
import pypdfium2
import pytest
import zxingcpp
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from catalogue import certificate_form, load_catalogue
from signing import find_anchor, printable, render, unprintable
from tests.signing.conftest import NOW, OWNER

KINDS = {
    output.material: output.template
    for item in load_catalogue().items()
    for output in item.outputs
    if output.template and output.template != "joint_acceptance"
}
FACE = {
    "编号": "地字第9901012026YG0000007号",
    "电子监管号": "9901012026YG0000007",
    "证照标识": "1.2.156.3005.2.119901010000000001103.119901010000000001.9901012026YG0000007.001.X",
    "发证机关": OWNER,
    "发证日期": "2026年11月29日",
    "查验地址": "https://yidang.example/v/abcdefghijklmnopqrstuv",
}
FOOT = 20 * 72 / 25.4
"""Height of the foot of a 附页, points."""
NASTY = '1#号楼 *粗* _斜_ @引用 $x^2$ [a] #set page(fill: red) #sys.inputs \\ <标签> "引号" `码` // 注 /* */ = 题 - 项'
ALPHABET = st.one_of(
    st.sampled_from(string.punctuation + string.digits + "ab 　（）《》〔〕。，、“”—…㎡𬭎"),
    st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5),
    st.characters(exclude_categories=[]),
)
TEXTS = st.text(ALPHABET, min_size=1, max_size=400)


def face(kind: str, **lines: str) -> dict[str, Any]:
    """A face with every line of its kind filled."""
    return FACE | {line.name: f"{line.name}的内容" for line in certificate_form(kind).lines} | lines


def written(pdf: bytes) -> str:
    """All characters in the order in which they were set, white space and the foot of further pages left out."""
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        first, *further = document.pages
        characters = [one["text"] for one in first.chars]
        characters += [one["text"] for page in further for one in page.chars if one["bottom"] < page.height - FOOT]
        return "".join("".join(characters).split())


def squeezed(text: str) -> str:
    return "".join(printable(text).split())


@pytest.mark.parametrize(("kind", "template"), KINDS.items())
def test_every_line_stands_on_its_certificate_on_one_page(kind: str, template: str) -> None:
    pdf = render(template, face(kind), created=NOW)
    text = written(pdf)
    for line in certificate_form(kind).lines:
        assert f"{line.name}的内容" in text, line.name
    for name in ("编号", "证照标识", "发证机关", "发证日期"):
        assert FACE[name] in text, name
    assert len(pypdfium2.PdfDocument(pdf)) == 1
    assert "测试" in text


@pytest.mark.parametrize(("kind", "template"), KINDS.items())
def test_its_code_can_be_read_and_its_seal_has_one_place_on_the_first_page(kind: str, template: str) -> None:
    pdf = render(template, face(kind, **{line.name: "长" * 600 for line in certificate_form(kind).lines}), created=NOW)
    document = pypdfium2.PdfDocument(pdf)
    assert len(document) > 1
    assert find_anchor(pdf).page == 0
    picture = document[0].render(scale=200 / 72).to_pil()
    assert [found.text for found in zxingcpp.read_barcodes(picture)] == [FACE["查验地址"]]


@pytest.mark.parametrize(("kind", "template"), KINDS.items())
def test_what_does_not_fit_goes_whole_to_a_further_page(kind: str, template: str) -> None:
    lines = {line.name: f"{line.name}：" + "江澜市高新区晨曦路1号" * 60 for line in certificate_form(kind).lines}
    text = written(render(template, face(kind, **lines), created=NOW))
    for value in lines.values():
        assert value in text
    assert text.count("见附页") == len(lines)


@pytest.mark.parametrize(("kind", "template"), KINDS.items())
@pytest.mark.parametrize("unbroken", ["A" * 300, "）" * 300, "1234567890" * 40, "-" * 200])
def test_text_without_a_place_to_break_stays_on_the_sheet(kind: str, template: str, unbroken: str) -> None:
    name = certificate_form(kind).lines[0].name
    pdf = render(template, face(kind, **{name: unbroken}), created=NOW)
    assert unbroken in written(pdf)
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        for page in document.pages:
            assert all(one["x0"] > 0 and one["x1"] < page.width and one["bottom"] < page.height for one in page.chars)


@pytest.mark.parametrize(("kind", "template"), KINDS.items())
def test_signs_of_the_typesetter_are_text(kind: str, template: str) -> None:
    lines = {line.name: f"{line.name} {NASTY}" for line in certificate_form(kind).lines}
    text = written(render(template, face(kind, **lines), created=NOW))
    for value in lines.values():
        assert squeezed(value) in text


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(value=TEXTS)
@example(value="a\x00b\x07c\x7f\u202e\u2028\ufeff\u200b")
@example(value="😀👨‍👩‍👧🇨🇳")
@example(value="\ud800")
@example(value='{"a": "#panic()"}')
@example(value="مرحبا 한국어 हिन्दी")
@example(value="⼀⾦豈﨎fi")
def test_any_text_comes_out_as_that_text(value: str) -> None:
    text = written(render("works_permit", face("OUT-GCGH", 建设位置=f"甲{value}乙"), created=NOW))
    assert squeezed(f"甲{value}乙") in text


def test_what_has_no_glyph_is_named_once() -> None:
    assert unprintable("江澜😀市😀\x00\t\n") == ("[U+1F600]", "[U+0000]")
    assert printable("江澜\r\n市\u3000（㎡）é") == "江澜\n\n市\u3000（㎡）é"
    assert unprintable("江澜市（高新区）1#—4#厂房，12345.67㎡") == ()


OPINION = {
    "编号": "990101联验〔2026〕7号",
    "发证机关": OWNER,
    "发证日期": "2026年11月29日",
    "单项意见": [["消防验收", "住房和城乡建设局", NASTY, "合格", "2026-11-28"]],
    "会签单位": ["江澜市消防救援局"],
    "结论": "同意",
}
NOTICE = {"标题": "受理通知书", "正文": [NASTY], "表头": ["序号", "情况"], "表": [["1", NASTY]], "落款": OWNER}
PLEDGE = {"标题": "告知承诺书", "告知": [NASTY], "承诺": [NASTY], "承诺人": NASTY, "落款": OWNER}
FORM = {"标题": "申请表", "栏目": [{"标题": "项目", "行": [["建设地点", NASTY, "收件登记"]]}], "申请人": NASTY}
OTHERS = {"joint_acceptance": OPINION, "notice": NOTICE, "commitment": PLEDGE, "stage_form": FORM}


@pytest.mark.parametrize("template", OTHERS)
@pytest.mark.parametrize("unbroken", ["A" * 300, "-" * 200, "😀" * 40, NASTY])
def test_the_other_papers_keep_any_text_on_the_sheet_too(template: str, unbroken: str) -> None:
    data = json.loads(json.dumps(OTHERS[template]).replace(json.dumps(NASTY)[1:-1], json.dumps(unbroken)[1:-1]))
    pdf = render(template, data, created=NOW)
    assert squeezed(unbroken) in written(pdf)
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        for page in document.pages:
            assert all(one["x0"] > 0 and one["x1"] < page.width for one in page.chars)


def test_a_department_that_signs_beside_has_its_place_and_the_lead_comes_last() -> None:
    pdf = render("joint_acceptance", OPINION, created=NOW)
    beside, lead = find_anchor(pdf, near="江澜市消防救援局"), find_anchor(pdf)
    assert (beside.page, lead.page) == (0, 0)
    assert beside.box[1] > lead.box[1]
