"""Letters of approval: their title may break before its last word, and a phase belongs to the project's name."""

import dataclasses

from ocr import Line, PageReading, extract_fields, headings_of, quad, recognise
from tests.ingest.sheets import sheet

SUBJECT = "关于金鑫数字经济创新中心项目可行性研究报告的"
BODY = (
    "你单位报送的《关于金鑫数字经济创新中心项目可行性研究报告",
    "的请示》及有关材料收悉。",
    "三、主要建设内容及规模：总用地面积17629.17平方米，总建筑",
    "面积75066.91平方米。",
    "四、项目总投资估算为74,928万元，资金来源为财政资金。",
)


def letter(*title: str) -> PageReading:
    """A letter under the red head of its office; the subject is set hardly larger than its text, the ending larger."""
    page = sheet(1, BODY)
    head = Line("清洹市行政审批局文件", quad(250, 100, 750, 160), 0.99)
    lines = [Line(text, quad(150, 220 + 45 * n, 850, 251 + 45 * n + 8 * n), 0.99) for n, text in enumerate(title)]
    return dataclasses.replace(page, lines=(head, *lines, *page.lines))


def test_a_title_whose_last_word_stands_on_the_next_line_is_read_as_one():
    assert recognise([letter(SUBJECT, "批复")]).type == "OUT-KY"


def test_only_an_ending_is_joined_to_a_subject():
    joined = {heading.text for heading in headings_of(letter(SUBJECT, "批复"))}
    assert f"{SUBJECT}批复" in joined
    others = {heading.text for heading in headings_of(letter(SUBJECT, "材料收悉"))}
    assert f"{SUBJECT}材料收悉" not in others


def test_a_phase_in_brackets_is_part_of_a_project_s_name_and_an_address_is_not():
    page = sheet(
        1,
        [
            "澄岭瑞昌置业有限公司：",
            "你单位报送的瑞昌绿色食品加工产业园（一期）项目规划设计方案收悉。",
            "一、原则同意所报规划设计方案。",
        ],
    )
    assert extract_fields("OUT-FA", [page])["项目名称"].value == "瑞昌绿色食品加工产业园(一期)项目"
    other = sheet(1, ["你单位申请的晨曦基地1号厂房（地址：江澜市高新区）特殊建设工程消防设计文件，经审查，结论如下："])
    assert extract_fields("OUT-XFSJ", [other])["工程名称"].value == "晨曦基地1号厂房"
