import io

import pikepdf
import pypdfium2
import pytest

from signing import AnchorNotFound, SealKey, SealRefused, TestAuthority, find_anchor, render, validate_pdf
from tests.signing.conftest import NOW, seal

RED_ENOUGH = 60


WIDTH, HEIGHT = 595.28, 841.89


def turned(pdf: bytes, rotation: int, shift: int = 0) -> bytes:
    """The same page as readers show it, but drawn turned and set upright by /Rotate, as scanners and CAD write it."""
    matrix, box = {
        0: (f"1 0 0 1 {shift} {shift}", (WIDTH, HEIGHT)),
        90: (f"0 1 -1 0 {HEIGHT + shift} {shift}", (HEIGHT, WIDTH)),
        180: (f"-1 0 0 -1 {WIDTH + shift} {HEIGHT + shift}", (WIDTH, HEIGHT)),
        270: (f"0 -1 1 0 {shift} {WIDTH + shift}", (HEIGHT, WIDTH)),
    }[rotation]
    with pikepdf.open(io.BytesIO(pdf)) as document:
        page = document.pages[0]
        page.contents_add(f"{matrix} cm".encode(), prepend=True)
        for name in ("/CropBox", "/TrimBox", "/BleedBox", "/ArtBox"):
            if name in page:
                del page[name]
        page.mediabox = [shift, shift, box[0] + shift, box[1] + shift]
        page.Rotate = rotation
        out = io.BytesIO()
        document.save(out)
    return out.getvalue()


def red_centre(pdf: bytes) -> tuple[float, float]:
    """Where the middle of the red ink lies on the page as shown, in points from the top left."""
    document = pypdfium2.PdfDocument(pdf)
    document.init_forms()
    picture = document[0].render(scale=1, may_draw_forms=True).to_pil().convert("RGB")
    spots = [
        (x, y)
        for y in range(picture.height)
        for x in range(picture.width)
        if (p := picture.getpixel((x, y)))[0] - max(p[1], p[2]) > 100
    ]
    assert len(spots) > RED_ENOUGH
    xs, ys = [x for x, _ in spots], [y for _, y in spots]
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


@pytest.mark.parametrize(("rotation", "shift"), [(0, 0), (0, 50), (90, 0), (180, 0), (270, 0), (90, 50), (270, 50)])
def test_the_seal_covers_its_mark_however_the_page_is_turned(
    authority: TestAuthority, key: SealKey, rotation: int, shift: int
) -> None:
    plain = render(
        "notice", {"标题": "通知", "致": "某公司", "落款": "江澜市行政审批局", "日期": "2026年"}, created=NOW
    )
    sealed = seal(turned(plain, rotation, shift), key, authority)
    box = find_anchor(plain).box
    expected = ((box[0] + box[2]) / 2, HEIGHT - (box[1] + box[3]) / 2)
    found = red_centre(sealed)
    assert found == pytest.approx(expected, abs=4)
    assert validate_pdf(sealed, authority.roots, crls=authority.crls(), at=NOW).verdict == "valid"


def test_half_width_brackets_count_and_names_choose_between_marks() -> None:
    data = {"标题": "合同", "致": "双方", "正文": ["发包人(盖章)", "承包人（盖章)"], "落款": "", "日期": ""}
    pdf = render("notice", data, created=NOW)
    first, second = find_anchor(pdf, near="发包人"), find_anchor(pdf, near="承包人")
    assert first.box[1] > second.box[1]
    with pytest.raises(AnchorNotFound):
        find_anchor(pdf, near="监理人")


def test_a_page_without_a_mark_is_a_typed_failure(permit: bytes) -> None:
    with pikepdf.new() as document:
        document.add_blank_page()
        out = io.BytesIO()
        document.save(out)
    with pytest.raises(AnchorNotFound):
        find_anchor(out.getvalue())
    with pytest.raises(SealRefused):
        find_anchor(permit[:500])
