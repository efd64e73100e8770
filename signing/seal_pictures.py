"""A seal's picture as it is handed in: PNG with alpha, within bounds, stored again as we write it."""

import io

from PIL import Image

from signing.seal_states import SealChangeRefused

MOST_BYTES = 1 << 20
"""A scan of a stamp in this size is a tenth of it; every sealed file carries the picture once."""
LEAST_EDGE = 300
"""Pixels: 42 mm, the usual seal of an office, at 180 dpi, below which its print is blurred."""
MOST_EDGE = 2000
"""Pixels: the same at 1200 dpi; more shows nothing more."""
MOST_RATIO = 2.0
"""Width to height: oval and square seals are taken, strips are not."""
LEAST_CLEAR = 0.15
"""The share that must let the page through: of a ring drawn to the form it is two thirds, of a full square nothing."""
LEAST_INK = 0.02
"""The share that must be seen."""
SEEN_FROM = 32
"""Alpha (of 255) from which a pixel counts as ink."""


def check_picture(data: bytes) -> bytes:
    """The picture as it will be used: RGBA as PNG, nothing in it but pixels.

    Raises:
        SealChangeRefused: no PNG, no alpha, too large, too small, too long, empty, or a full area.
    """
    if len(data) > MOST_BYTES:
        raise SealChangeRefused(f"印章图像请不超过 {MOST_BYTES >> 20} MB (the picture is too large)")
    try:
        with Image.open(io.BytesIO(data), formats=["PNG"]) as opened:
            _check_shape(opened.size)  # before anything is unpacked
            if "A" not in opened.getbands() and "transparency" not in opened.info:
                raise SealChangeRefused("印章图像须为透明底的 PNG (a PNG with alpha is asked for)")
            picture = opened.convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise SealChangeRefused("印章图像无法读取：请提供透明底的 PNG (no PNG that can be read)") from error
    _check_ink(picture)
    out = io.BytesIO()
    clean = Image.new("RGBA", picture.size)
    clean.paste(picture)
    clean.save(out, format="PNG")
    return out.getvalue()


def _check_shape(size: tuple[int, int]) -> None:
    small, large = min(size), max(size)
    if small < LEAST_EDGE or large > MOST_EDGE:
        raise SealChangeRefused(f"印章图像每边须为 {LEAST_EDGE} 至 {MOST_EDGE} 像素 (too few or too many pixels)")
    if large / small > MOST_RATIO:
        raise SealChangeRefused(f"印章图像长宽比不得超过 {MOST_RATIO:.0f} (too long for a seal)")


def _check_ink(picture: Image.Image) -> None:
    counts = picture.getchannel("A").histogram()
    ink = sum(counts[SEEN_FROM:]) / (picture.width * picture.height)
    if ink < LEAST_INK:
        raise SealChangeRefused("印章图像是空白的 (the picture is empty)")
    if 1 - ink < LEAST_CLEAR:
        raise SealChangeRefused("印章图像没有透明底，会盖住文字：请去掉底色 (it would hide what is under it)")
