"""An OFD's pages are shown as its author made them, and its own text is taken with its places."""

import itertools
import json

import pytest

from ingest.inspection import inspect
from ingest.inspection_types import Inspection
from ingest.paging import paginate
from samples import ofd
from samples.ofd_seals import Sealing, new_holder, seal_package
from tests.ingest import ofd_files as files


def _write(tmp_path, data):
    path = tmp_path / "材料.bin"
    path.write_bytes(data)
    return path


def _lines(page):
    return {line["text"]: line["box"] for line in page["text_lines"]}


def test_a_document_is_known_by_its_content_and_paged_in_the_sandbox(tmp_path):
    pages = [ofd.Page([ofd.text(f"第{word}页", 30, 40)]) for word in "一二三四五"]
    path = _write(tmp_path, ofd.make_ofd(ofd.Design(pages)))
    before = path.read_bytes()
    found = inspect(path)
    assert (found.media_type, found.page_count, found.signed) == ("application/ofd", 5, False)
    pictures = paginate(path, found, tmp_path, first=3, count=3)
    assert [page.number for page in pictures] == [3, 4, 5]
    assert [page.own_text[0]["text"] for page in pictures] == ["第三页", "第四页", "第五页"]
    assert (pictures[0].width, pictures[0].height, pictures[0].dpi) == (1654, 2339, 200)
    assert path.read_bytes() == before
    again = paginate(path, found, tmp_path / "..", first=3, count=1)
    assert again[0] == pictures[0]


def test_text_stands_in_its_place_on_the_picture(tmp_path):
    path = _write(tmp_path, files.one_page(ofd.text("建筑工程施工许可证", 60, 40, 8, font=ofd.HEI)))
    (page,), (picture,) = files.shown(path, tmp_path / "out")
    box = _lines(page)["建筑工程施工许可证"]
    millimetres = [round(value / files.DPMM) for corner in (box[0], box[2]) for value in corner]
    assert millimetres == pytest.approx([60, 33, 132, 41], abs=1)
    grey = picture.convert("L").point(lambda value: 255 * (value < 128))
    assert [round(value / files.DPMM) for value in grey.getbbox()] == pytest.approx(millimetres, abs=1)


def test_offsets_repeat_turn_and_run_down_the_page(tmp_path):
    down = (
        '<ofd:TextObject ID="0" Boundary="20 20 10 90" Font="1001" Size="5"><ofd:TextCode X="0" Y="5" '
        'DeltaY="g 3 20">甲乙丙丁</ofd:TextCode></ofd:TextObject>'
    )
    turned = ofd.text("旋转九十度", 100, 100, more='CTM="0 1 -1 0 0 0"')
    uneven = (
        '<ofd:TextObject ID="0" Boundary="30 150 90 10" Font="1001" Size="5"><ofd:TextCode X="0" Y="5" '
        'DeltaX="5 g 2 5 5">宗地面积大</ofd:TextCode></ofd:TextObject>'
    )
    none = (
        '<ofd:TextObject ID="0" Boundary="30 170 90 10" Font="1001" Size="5"><ofd:TextCode X="0" Y="5">'
        "没有偏移</ofd:TextCode></ofd:TextObject>"
    )
    path = _write(tmp_path, files.one_page(down, turned, uneven, none))
    (page,), _ = files.shown(path, tmp_path / "out")
    lines = _lines(page)
    assert set("甲乙丙丁") | {"旋转九十度", "宗地面积大", "没有偏移"} <= set(lines)
    tops = [lines[character][0][1] / files.DPMM for character in "甲乙丙丁"]
    assert [round(b - a) for a, b in itertools.pairwise(tops)] == [20, 20, 20]
    (x0, y0), (x1, y1) = lines["旋转九十度"][:2]
    assert (abs(x1 - x0) < 1, y1 > y0 + 100) == (True, True), "its boxes start where its text starts"


def test_an_embedded_font_is_drawn_by_glyph_numbers_and_read_by_its_characters(tmp_path):
    """As programs embed: the font has no table of characters at all, the document tells glyphs by number."""
    words = "施工图审查"
    font, glyphs = files.subset_font(words, without_table=True)
    transform = (
        f'<ofd:CGTransform CodePosition="0" CodeCount="{len(words)}" GlyphCount="{len(words)}">'
        f"<ofd:Glyphs>{' '.join(map(str, glyphs))}</ofd:Glyphs></ofd:CGTransform>"
    )
    line = ofd.text(words, 40, 60, 10, font="7", inside=transform)
    fonts = {"fonts": [files.font_entry("7", "f.otf")], "files": {"Doc_0/Res/f.otf": font}}
    path = _write(tmp_path, files.one_page(line, **fonts))
    (page,), (picture,) = files.shown(path, tmp_path / "embedded")
    assert words in _lines(page)
    plain = _write(tmp_path, files.one_page(ofd.text(words, 40, 60, 10, font=ofd.HEI)))
    _, (expected,) = files.shown(plain, tmp_path / "plain")
    assert picture.tobytes() == expected.tobytes()


def test_what_a_subset_font_lacks_is_drawn_in_ours(tmp_path):
    fonts = {"fonts": [files.font_entry("7", "f.ttf")], "files": {"Doc_0/Res/f.ttf": files.block_font("甲")}}
    path = _write(tmp_path, files.one_page(ofd.text("甲乙", 40, 60, 10, font="7"), **fonts))
    (page,), (picture,) = files.shown(path, tmp_path / "out")
    assert "甲乙" in _lines(page)
    assert files.colour_at(picture, 45, 55) == (0, 0, 0), "the embedded font draws a block"
    assert picture.crop((round(51 * files.DPMM), 300, round(59 * files.DPMM), 600)).getextrema()[0][0] < 128


@pytest.mark.parametrize("data", [b"not a font", b"OTTO" + bytes(200), b"\x00\x01\x00\x00\x00\x01"])
def test_a_broken_font_costs_no_text(tmp_path, data):
    fonts = {"fonts": [files.font_entry("7", "f.ttf")], "files": {"Doc_0/Res/f.ttf": data}}
    path = _write(tmp_path, files.one_page(ofd.text("规划许可", 40, 60, font="7"), **fonts))
    (page,), _ = files.shown(path, tmp_path / "out")
    assert "规划许可" in _lines(page)


def test_paths_are_filled_stroked_and_curved_in_their_colours(tmp_path):
    colours = ('Value="255 0 0"', 'Value="0 0 255" Alpha="128"', 'Value="#0 #80 #0"')
    red, blue, green = (f"<ofd:FillColor {words}/>" for words in colours)
    circle = "M 100 20 A 20 20 0 1 1 100 60 A 20 20 0 0 1 100 20 C"
    frame = "M 120 80 L 180 80 L 180 140 L 120 140 C M 140 100 L 160 100 L 160 120 L 140 120 C"
    objects = [
        ofd.path("M 20 20 L 60 20 L 60 60 L 20 60 C", more='Fill="true"', inside=red),
        ofd.path(circle, more='Fill="true" Stroke="false"', inside=blue),
        ofd.path("M 20 100 Q 60 60 100 100", more='LineWidth="3"'),
        ofd.path(frame, more='Fill="true" Rule="Even-Odd"', inside=green),
        ofd.path("M 20 200 L 90 200", more='DrawParam="50"'),
    ]
    parameters = (
        '<ofd:DrawParams><ofd:DrawParam ID="49" LineWidth="6"><ofd:StrokeColor Value="0 255 0"/></ofd:DrawParam>'
        '<ofd:DrawParam ID="50" Relative="49" Cap="Round"/></ofd:DrawParams>'
    )
    path = _write(tmp_path, files.one_page(*objects, other_resources=[parameters]))
    _, (picture,) = files.shown(path, tmp_path / "out")
    assert files.colour_at(picture, 40, 40) == pytest.approx((255, 0, 0), abs=6)
    assert files.colour_at(picture, 100, 40) == pytest.approx((127, 127, 255), abs=8), "half transparent"
    assert files.colour_at(picture, 60, 80) == pytest.approx((0, 0, 0), abs=8), "the curve's middle"
    assert files.colour_at(picture, 130, 90) == pytest.approx((0, 128, 0), abs=8)
    assert files.colour_at(picture, 150, 110) == pytest.approx((255, 255, 255), abs=8), "even and odd"
    assert files.colour_at(picture, 50, 202) == pytest.approx((0, 255, 0), abs=8), "drawing parameters, inherited"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "BMP", "TIFF", "GIF"])
def test_a_picture_hangs_the_right_way_up(tmp_path, kind):
    more = {"media": [files.media("9", "a.bin")], "files": {"Doc_0/Res/a.bin": files.encoded(files.quarter(), kind)}}
    path = _write(tmp_path, files.one_page(ofd.image("9", 50, 100, 80, 40), **more))
    _, (picture,) = files.shown(path, tmp_path / "out")
    seen = [files.colour_at(picture, x, y)[0] < 128 for x, y in ((70, 110), (110, 110), (70, 130), (110, 130))]
    assert seen == [True, False, False, False]


def test_a_transparent_picture_lets_the_page_through(tmp_path):
    image = files.quarter().convert("RGBA")
    image.putalpha(files.quarter().point(lambda value: 255 - value))
    more = {"media": [files.media("9", "a.png")], "files": {"Doc_0/Res/a.png": files.encoded(image, "PNG")}}
    red = ofd.path("M 0 0 L 210 0 L 210 297 L 0 297 C", more='Fill="true"', inside='<ofd:FillColor Value="255 0 0"/>')
    path = _write(tmp_path, files.one_page(red, ofd.image("9", 50, 100, 80, 40), **more))
    _, (picture,) = files.shown(path, tmp_path / "out")
    assert files.colour_at(picture, 70, 110) == pytest.approx((0, 0, 0), abs=6)
    assert files.colour_at(picture, 110, 130) == pytest.approx((255, 0, 0), abs=6)


def test_templates_annotations_blocks_and_composite_units_are_on_the_page(tmp_path):
    unit = (
        '<ofd:CompositeGraphicUnits><ofd:CompositeGraphicUnit ID="60" Width="50" Height="10"><ofd:Content>'
        + ofd.text("组合图元", 0, 5)
        + "</ofd:Content></ofd:CompositeGraphicUnit></ofd:CompositeGraphicUnits>"
    )
    annotation = (
        '<ofd:Annot ID="70" Type="Stamp"><ofd:Appearance Boundary="20 200 100 20">'
        + ofd.text("注释文字", 5, 10)
        + '</ofd:Appearance></ofd:Annot><ofd:Annot ID="71" Type="Stamp" Visible="false"><ofd:Appearance '
        'Boundary="20 240 100 20">' + ofd.text("不可见", 5, 10) + "</ofd:Appearance></ofd:Annot>"
    )
    page = ofd.Page(
        [
            f"<ofd:PageBlock><ofd:PageBlock>{ofd.text('块中文字', 30, 100)}</ofd:PageBlock></ofd:PageBlock>",
            '<ofd:CompositeObject ID="0" Boundary="30 120 50 10" ResourceID="60"/>',
            ofd.text("隐藏", 30, 150, more='Visible="false"'),
        ],
        template="T1",
        annotations=[annotation],
    )
    design = ofd.Design([page], other_resources=[unit], templates={"T1": [ofd.text("模板页眉", 20, 15)]})
    (found,), _ = files.shown(_write(tmp_path, ofd.make_ofd(design)), tmp_path / "out")
    lines = _lines(found)
    assert set(lines) == {"模板页眉", "块中文字", "组合图元", "注释文字"}
    assert [round(value / files.DPMM) for value in lines["注释文字"][0]] == pytest.approx([25, 206], abs=1)


def test_a_clip_hides_what_lies_outside_it(tmp_path):
    clip = (
        "<ofd:Clips><ofd:Clip><ofd:Area><ofd:Path><ofd:AbbreviatedData>M 20 20 L 40 20 L 40 60 L 20 60 C"
        "</ofd:AbbreviatedData></ofd:Path></ofd:Area></ofd:Clip></ofd:Clips>"
    )
    black = '<ofd:FillColor Value="0 0 0"/>'
    drawn = ofd.path("M 20 20 L 60 20 L 60 60 L 20 60 C", more='Fill="true"', inside=black + clip)
    _, (picture,) = files.shown(_write(tmp_path, files.one_page(drawn)), tmp_path / "out")
    assert (files.colour_at(picture, 30, 40)[0], files.colour_at(picture, 50, 40)[0]) == (0, 255)


def test_a_scan_in_an_ofd_is_read_and_the_text_behind_it_is_not_believed(tmp_path):
    more = {"media": [files.media("9", "a.jpg")], "files": {"Doc_0/Res/a.jpg": files.picture_bytes("JPEG")}}
    path = _write(
        tmp_path,
        files.one_page(ofd.image("9", 0, 0, 210, 297), ofd.text("别人识别的", 30, 40, more='Alpha="0"'), **more),
    )
    (page,) = paginate(path, inspect(path), tmp_path / "..")
    assert page.scanned
    assert [line["text"] for line in page.text_lines] == ["别人识别的"]
    assert page.own_text == ()


@pytest.mark.parametrize(("box", "size"), [("0 0 841 1189", (6622, 9362)), ("10 20 100 50", (788, 394))])
def test_a_page_has_the_size_its_author_gave_it(tmp_path, box, size):
    page = ofd.Page([ofd.text("图", float(box.split()[0]) + 10, float(box.split()[1]) + 10)], box=box)
    (found,), _ = files.shown(_write(tmp_path, ofd.make_ofd(ofd.Design([page]))), tmp_path / "out")
    scale = min(1.0, (32e6 / (size[0] * size[1])) ** 0.5)
    assert (found["width"], found["height"]) == pytest.approx((size[0] * scale, size[1] * scale), abs=2)
    assert _lines(found)["图"][0][0] == pytest.approx(10 * files.DPMM * scale, abs=6 * scale)


def test_a_document_that_says_its_characters_are_gbk_is_read(tmp_path):
    package = ofd.unpack(files.one_page(ofd.text("项目代码", 30, 40)))
    name = "Doc_0/Pages/Page_1/Content.xml"
    package[name] = package[name].decode().replace("UTF-8", "GBK").encode("gbk")
    (found,), _ = files.shown(_write(tmp_path, ofd.pack(package)), tmp_path / "out")
    assert "项目代码" in _lines(found)


def test_the_seals_of_a_document_are_judged_while_it_is_inspected(tmp_path):
    root = new_holder("测试根", authority=True)
    office, maker = new_holder("测试局", issuer=root), new_holder("制章中心", issuer=root)
    sealing = Sealing(office, maker, "测试局电子印章", files.picture_bytes("PNG"))
    package = seal_package(ofd.unpack(files.one_page(ofd.text("许可证", 30, 40))), sealing)
    found = inspect(_write(tmp_path, ofd.pack(package)), seal_roots=[root.certificate])
    assert found.signed
    assert found.validation is not None
    assert found.validation["seals"][0]["name"] == "测试局电子印章"
    assert (found.validation["seals"][0]["intact"], found.validation["seals"][0]["trusted"]) == (True, True)
    assert Inspection.from_json(json.loads(json.dumps(found.to_json()))) == found
    name = "Doc_0/Pages/Page_1/Content.xml"
    changed = {**package, name: package[name].replace("许可证".encode(), "许可书".encode())}
    after = inspect(_write(tmp_path, ofd.pack(changed)), seal_roots=[root.certificate])
    assert after.validation is not None
    assert after.validation["verdict"] == "invalid"


def test_a_page_of_five_thousand_objects_is_shown_in_bounds(tmp_path):
    objects = [ofd.path(f"M {n % 200} {n % 290} L {n % 190} {n % 280}") for n in range(5_000)]
    path = _write(tmp_path, files.one_page(*objects))
    (page,) = paginate(path, inspect(path), tmp_path / "..")
    assert page.own_text == ()
