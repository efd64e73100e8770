import datetime as dt
import io

import pdfplumber
import pikepdf
import pytest
import zxingcpp
from PIL import Image

from signing import RenderFailed, draw_seal, qr_png, render, verification_url
from tests.signing.conftest import NOW, OWNER, PERMIT


def text_of(pdf: bytes) -> str:
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        return "\n".join(page.extract_text() for page in document.pages)


def test_the_permit_shows_every_field(permit: bytes) -> None:
    text = text_of(permit)
    for name, value in PERMIT.items():
        if name != "查验地址":
            assert value in text, name
    assert "建筑工程施工许可证" in text
    assert "测试" in text


def test_signs_that_mean_something_to_the_typesetter_print_as_they_are() -> None:
    odd = '1#号楼 *粗* _斜_ @引用 $x$ [a] #set page(fill: red) \\ <标签> "引号"'
    pdf = render("construction_permit", PERMIT | {"工程名称": odd}, created=NOW)
    assert odd.replace(" ", "") in text_of(pdf).replace(" ", "").replace("\n", "").replace("“", '"').replace("”", '"')


def test_a_notice_sets_its_table_over_several_pages() -> None:
    data = {
        "标题": "一次性告知书",
        "致": "江澜晨曦智能装备有限公司",
        "正文": ["经审查，申请材料不齐全，现一次性告知如下。"],
        "表头": ["序号", "材料", "问题"],
        "表": [[number, f"第{number}号*材料*", "缺少印章"] for number in range(1, 60)],
        "落款": OWNER,
        "日期": "2026年11月22日",
    }
    pdf = render("notice", data, created=NOW)
    text = text_of(pdf)
    assert "第59号*材料*" in text
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert len(document.pages) > 1


def test_the_same_data_and_date_give_the_same_bytes(permit: bytes) -> None:
    assert render("construction_permit", PERMIT, created=NOW) == permit
    assert render("construction_permit", PERMIT, created=NOW + dt.timedelta(days=1)) != permit


def test_the_file_declares_pdf_a_2b_and_embeds_its_fonts(permit: bytes) -> None:
    with pikepdf.open(io.BytesIO(permit)) as document:
        with document.open_metadata() as metadata:
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("2", "B")
        assert document.Root.OutputIntents[0].S == "/GTS_PDFA1"
        descriptors = [
            o for o in document.objects if isinstance(o, pikepdf.Dictionary) and o.get("/Type") == "/FontDescriptor"
        ]
        assert descriptors
        assert all("/FontFile3" in descriptor for descriptor in descriptors)


def test_the_code_on_the_permit_leads_to_its_page(permit: bytes) -> None:
    with pdfplumber.open(io.BytesIO(permit)) as document:
        picture = document.pages[0].to_image(resolution=200).original
    assert [found.text for found in zxingcpp.read_barcodes(picture)] == [PERMIT["查验地址"]]


def test_a_code_as_picture_reads_back() -> None:
    url = verification_url("https://yidang.example/", "a/b")
    assert url == "https://yidang.example/v/a%2Fb"
    with Image.open(io.BytesIO(qr_png(url))) as picture:
        assert zxingcpp.read_barcodes(picture)[0].text == url


@pytest.mark.parametrize(("template", "data"), [("other", {}), ("../permit", {}), ("notice", {"表": object()})])
def test_what_cannot_be_set_is_a_typed_failure(template: str, data: dict[str, object]) -> None:
    with pytest.raises(RenderFailed):
        render(template, data, created=NOW)


def test_a_seal_is_red_on_nothing() -> None:
    with Image.open(io.BytesIO(draw_seal(OWNER, "9901010000018"))) as picture:
        assert picture.mode == "RGBA"
        assert picture.getpixel((2, 2))[3] == 0
        red = picture.getpixel((picture.width // 2, int(picture.height * 0.47)))
        assert red[0] > 180 > red[1]
