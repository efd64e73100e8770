"""Image files to page pictures, inside the sandbox: every kind of pixel to upright 8-bit grey or colour on white."""

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image

from ingest.inspection_magic import HEIC, JPEG, PNG, TIFF, WEBP
from ingest.paging_cap import fit_scale
from ingest.refusals import Refusal

# Our own limit on pixels is checked by inspection; Pillow's would only warn, into the child's log.
Image.MAX_IMAGE_PIXELS = None
warnings.simplefilter("ignore")

DECODING_ERRORS = (
    OSError,
    EOFError,
    SyntaxError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    RuntimeError,
)
"""What Pillow's and libheif's decoders are seen to raise over broken data; each means the same to us."""

JPEG_QUALITY = 90
"""Recognition reads no worse from it than from PNG, at a tenth of the bytes."""

_FORMATS = {JPEG: "JPEG", PNG: "PNG", TIFF: "TIFF", WEBP: "WEBP", HEIC: "HEIF"}
_EXIF_ORIENTATION = 0x0112
_TIFF_ORIENTATION = 274
_MM_PER_INCH = 25.4
_SCAN_DPI = range(100, 2401)
_SCREEN_DPI = range(50, 100)
_LONGEST_SHEET_MM = 1300
"""A0 is 1189 mm long."""
_LONGEST_SCREEN_SHEET_MM = 450
"""Cameras write 72 dpi into everything; it is believed only where it gives a sheet up to A3."""


def open_image(path: str, kind: str) -> Any:
    """The image, opened for reading by the decoder of its media type; `image-broken` where it has no readable head."""
    if kind == HEIC:
        _learn_heif()
    try:
        return Image.open(path, formats=[_FORMATS[kind]])
    except DECODING_ERRORS as error:
        raise Refusal("image-broken") from error


def _learn_heif() -> None:
    """Let Pillow open HEIC: the picture only, not the thumbnail, depth and masks a phone keeps beside it."""
    from pillow_heif import register_heif_opener

    # One thread: each would take address space of its own, of which the sandbox gives little.
    register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)


def go_to_frame(image: Any, index: int) -> None:
    """Turn to a page of the file. Only a TIFF has pages; a HEIC opens at the picture its phone calls the first."""
    if image.format == "TIFF":
        image.seek(index)
    elif index:
        raise EOFError


def frames_of(image: Any, most: int) -> int:
    """How many pages: the frames of a TIFF; else one: a phone adds pictures to JPEG and HEIC, PNG and WebP move."""
    if image.format != "TIFF":
        return 1
    count = 0
    while count <= most:
        try:
            image.seek(count)
        except EOFError:
            return count
        count += 1
    # Only the first pages over the limit are counted: a ring of directories has no end.
    raise Refusal("too-many-pages", pages=f"{most}+", limit=most)


def orientation_of(image: Any) -> int:
    """The EXIF orientation, 1 to 8; 1 where it says nothing sensible.

    A HEIC always says 1: it is turned by its own properties while it is decoded, and its EXIF value only
    repeats them (ISO/IEC 23008-12, `irot` and `imir`).
    """
    value = image.tag_v2.get(_TIFF_ORIENTATION) if image.format == "TIFF" else image.getexif().get(_EXIF_ORIENTATION)
    return value if isinstance(value, int) and 1 <= value <= 8 else 1  # noqa: PLR2004


def believed_dpi(image: Any) -> int | None:
    """The resolution the file states, where it makes a sheet of paper that exists; None otherwise."""
    try:
        dpi = round(float(image.info["dpi"][0]))
    except (KeyError, TypeError, ValueError, IndexError, OverflowError, ZeroDivisionError):
        return None
    longest = {**dict.fromkeys(_SCREEN_DPI, _LONGEST_SCREEN_SHEET_MM), **dict.fromkeys(_SCAN_DPI, _LONGEST_SHEET_MM)}
    return dpi if dpi in longest and max(image.size) / dpi * _MM_PER_INCH <= longest[dpi] else None


def page_image(
    path: str, *, media_type: str, out_dir: str, numbers: list[int], begin: Callable[[int], None]
) -> list[dict[str, Any]]:
    """The pictures of the pages of those numbers, written to `out_dir`; fields of `PagePicture`."""
    image = open_image(path, media_type)
    pictures = []
    for number in numbers:
        begin(number)
        try:
            go_to_frame(image, number - 1)
            dpi, stored = believed_dpi(image), image.size
            scale = fit_scale(*stored)
            upright = _upright(image, scale)
        except DECODING_ERRORS as error:
            raise Refusal("image-broken") from error
        file = f"{number:06d}.jpg"
        dpi = round(dpi * scale) if dpi else None
        save_picture(upright, Path(out_dir) / file, dpi)
        width, height = upright.size
        pictures.append(
            {"number": number, "file": file, "width": width, "height": height, "dpi": dpi, "text_lines": []}
        )
    return pictures


def save_picture(picture: Any, path: Path, dpi: int | None) -> None:
    """Write a page picture, without any metadata of its source. Colour is kept whole: seals are thin and red."""
    resolution = {"dpi": (dpi, dpi)} if dpi else {}
    picture.save(path, "JPEG", quality=JPEG_QUALITY, subsampling=0, **resolution)


def _upright(image: Any, scale: float) -> Any:
    """One frame decoded, shrunk, turned upright and flattened to 8-bit grey or colour.

    It is shrunk as early as its kind of pixel allows, so that the large form is in memory only once.
    """
    if scale < 1:
        target = (max(1, int(image.size[0] * scale)), max(1, int(image.size[1] * scale)))
        image.draft(None, target)  # JPEG decodes at 1/2, 1/4 or 1/8 of its size; nothing happens to other formats
        image.load()
        frame = _eight_bit(image).resize(target, Image.Resampling.BILINEAR)
    else:
        image.load()
        frame = _eight_bit(image)
    # The turn is told by the file's own head, which the shrunk frame no longer carries.
    turn = None if image.format == "TIFF" else _TURNS.get(orientation_of(image))
    return _on_white(frame.transpose(turn) if turn is not None else frame)


# EXIF 2.32, tag 0x0112. Pillow turns TIFF frames itself while it loads them.
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SIXTEEN_BIT_STEP = 256


def _eight_bit(frame: Any) -> Any:
    """The frame in a mode of 8-bit channels: L, RGB, CMYK, or with transparency LA or RGBA."""
    mode = frame.mode
    if mode.startswith("I;16"):
        return frame.point(lambda value: value * (1 / _SIXTEEN_BIT_STEP)).convert("L")
    if mode in {"I", "F"}:
        lowest, highest = frame.getextrema()
        # Wide numbers carry no white of their own: 16-bit samples read as such, all else spans what it holds.
        low, high = (0, 65535) if mode == "I" and 255 < highest <= 65535 and lowest >= 0 else (lowest, highest)  # noqa: PLR2004
        step = 255 / (high - low) if high > low else 1.0
        return frame.point(lambda value: value * step + (-low * step)).convert("L")
    if mode == "P":
        return frame.convert("RGBA" if "transparency" in frame.info else "RGB")
    if "transparency" in frame.info and mode in {"L", "RGB"}:
        return frame.convert("RGBA")
    if mode in {"L", "LA", "RGB", "RGBA", "CMYK"}:
        return frame
    return frame.convert({"1": "L", "La": "LA", "PA": "RGBA", "RGBa": "RGBA"}.get(mode, "RGB"))


def _on_white(frame: Any) -> Any:
    """The frame without transparency, as it would look on paper."""
    if frame.mode in {"LA", "RGBA"}:
        paper = Image.new(frame.mode[:-1], frame.size, "white")
        paper.paste(frame.convert(paper.mode), mask=frame.getchannel("A"))
        return paper
    return frame.convert("RGB") if frame.mode == "CMYK" else frame
