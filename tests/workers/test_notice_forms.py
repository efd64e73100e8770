"""Every kind of notice in its form: who tells whom what, by which rule, sealed where, received by whom."""

import io

import pdfplumber
import pytest

from ingest import Notice
from signing import find_anchor, render
from tests.workers.notice_samples import every_notice
from workers import prepare

FORMS = {
    "receipt": ("收件回执", ("序号", "文件", "页数", "收到时间")),
    "one-time": ("一次性告知书", ("需要补正的内容", "办法", "依据", "《中华人民共和国行政许可法》第三十二条")),
    "acceptance": ("受理通知书", ("予以受理", "承诺办结日期", "《中华人民共和国行政许可法》第三十二条")),
    "gap": ("容缺受理通知书", ("容缺材料", "补齐期限", "逾期的后果")),
    "refusal": ("不予受理决定书", ("本机关决定不予受理", "行政复议", "行政诉讼")),
    "commitment": ("容缺受理承诺书", ("行政机关告知", "申请人承诺", "签字或者加盖公章")),
    "reminder": ("补交提醒书", ("至今尚未收到", "期限说明")),
}
"""Kind → its title, and what its form must have."""


@pytest.mark.django_db
def test_every_kind_of_notice_has_its_form():
    prepare()
    notices = every_notice()
    assert set(notices) == set(FORMS) == set(Notice.Kind.values)
    for kind, notice in notices.items():
        template = "commitment" if kind == "commitment" else "notice"
        pdf = render(template, notice.content, created=notice.made_at)
        with pdfplumber.open(io.BytesIO(pdf)) as document:
            text = "".join("".join(page.extract_text() for page in document.pages).split())
            pages = len(document.pages)
        title, parts = FORMS[kind]
        for words in (title, *parts, "编号：" + notice.number, notice.case.applicant_name, "测试"):
            assert words in text, (kind, words)
        if kind != "commitment":  # the applicant signs that one himself
            assert "签收人：" in text, kind
            assert "一式两份" in text, kind
        assert find_anchor(pdf).page == pages - 1, kind
