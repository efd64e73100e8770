"""What may be a seal's picture: PNG with alpha within bounds; kept is what we write ourselves."""

import io
from typing import Any

import pytest
from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

from signing import SealChangeRefused, check_picture, draw_seal

RED = (200, 30, 30, 255)


def ring(width: int = 600, height: int = 600, *, colour: Any = RED, line: int = 20, mode: str = "RGBA") -> Image.Image:
    picture = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    ImageDraw.Draw(picture).ellipse((10, 10, width - 10, height - 10), outline=colour, width=line)
    return picture.convert(mode)


def saved(picture: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def test_a_drawn_seal_and_a_scanned_ring_are_taken_pixel_by_pixel() -> None:
    for data in (draw_seal("江澜市行政审批局", "9901010000001"), saved(ring()), saved(ring(900, 600))):
        kept = check_picture(data)
        with Image.open(io.BytesIO(data)) as before, Image.open(io.BytesIO(kept)) as after:
            assert after.mode == "RGBA"
            assert after.tobytes() == before.convert("RGBA").tobytes()


def test_nothing_but_pixels_is_kept() -> None:
    said = PngInfo()
    said.add_text("Author", "somebody")
    kept = check_picture(saved(ring(), pnginfo=said, dpi=(300, 300), exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0"))
    assert b"somebody" not in kept
    with Image.open(io.BytesIO(kept)) as after:
        assert after.info == {}


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (saved(ring(mode="RGB"), "JPEG"), "PNG"),
        (saved(ring(mode="RGB")), "透明底"),
        (saved(ring(200, 200)), "像素"),
        (saved(ring(2400, 2400)), "像素"),
        (saved(ring(1000, 400)), "长宽比"),
        (saved(Image.new("RGBA", (600, 600), (0, 0, 0, 0))), "空白"),
        (saved(Image.new("RGBA", (600, 600), RED)), "底色"),
        (saved(ring())[:2000], "无法读取"),
        (b"", "无法读取"),
        (saved(ring()) + bytes(1 << 20), "MB"),
    ],
    ids=["jpeg", "opaque", "small", "large", "long", "empty", "full", "cut", "nothing", "heavy"],
)
def test_what_cannot_be_a_seal_is_refused_with_the_reason(data: bytes, why: str) -> None:
    with pytest.raises(SealChangeRefused, match=why):
        check_picture(data)
