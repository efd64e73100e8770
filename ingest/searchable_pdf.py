"""Putting a searchable copy together, inside the sandbox: each page's picture, unchanged, under its invisible text.

The copy is PDF/A-2b (ISO 19005-2). It says of itself that it is a copy, and of which original (by SHA-256).
"""

import datetime as dt
import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import img2pdf
from pikepdf import Dictionary, Matrix, Name, Page, Pdf
from PIL import Image, ImageCms

from ingest.inspection_magic import JPEG, PNG, TIFF
from ingest.searchable_picture import OwnPicture, own_picture
from ingest.searchable_text import Corners, TextFont, text_operators

POINTS_PER_INCH = 72

UNKNOWN_DPI = 200
"""For a photograph that states none: some size must be written; searching and reading do not depend on it."""

_PDF = "application/pdf"
_ICC_DATE = slice(24, 36)
"""Where an ICC profile states when it was made (ICC.1, 7.2.8): set to one day, so that copies are always the same."""

_FIXED_DATE = bytes.fromhex("07ea00010001000000000000")
_DROPPED = ("/Interpolate", "/Alternates", "/OPI", "/Metadata", "/StructParent", "/OC", "/Name")
"""Entries of an image that PDF/A-2 forbids or that point out of it (ISO 19005-2, 6.2.8)."""


def make_copy(  # noqa: PLR0913 - one document in, one out
    path: str,
    *,
    media_type: str,
    pages: list[dict[str, Any]],
    out: str,
    source: dict[str, str],
    begin: Callable[[int], None],
) -> dict[str, int]:
    """Write the copy to `out`; gives {"pages", "own_pictures"}.

    `pages` are {"number", "picture", "width", "height", "dpi", "rotation", "lines": [{"text", "box"}]}: the path of the
    page's picture, its size as it was read (upright), and lines in its pixels. `source` is {"sha256", "name", "created"
    (ISO 8601), "engine"}.
    """
    originals = _original_pages(path, media_type)
    copy, font = Pdf.new(), TextFont()
    kept = 0
    for page in pages:
        begin(page["number"])
        original = None if originals is None else originals.pages[page["number"] - 1]
        own = None if original is None else own_picture(original)
        kept += own is not None
        image, place = _our_picture(copy, Path(page["picture"])) if own is None else _theirs(copy, own, original)
        _add_page(copy, page, image, place, font)
    written = font.write(copy)
    for new in copy.pages:
        new.obj.Resources.Font = Dictionary(F0=written)
    _describe(copy, source)
    copy.save(out, deterministic_id=True, linearize=False, compress_streams=True)
    return {"pages": len(pages), "own_pictures": kept}


def _original_pages(path: str, media_type: str) -> Pdf | None:
    """The original as a PDF whose pages hold its pictures byte for byte; None where that cannot be had."""
    if media_type == _PDF:
        return Pdf.open(path)
    if media_type not in {JPEG, PNG, TIFF}:
        return None
    try:
        wrapped = img2pdf.convert(path, rotation=img2pdf.Rotation.ifvalid)
        return Pdf.open(io.BytesIO(wrapped or b""))
    except Exception:  # noqa: BLE001 - it refuses transparency, odd colours and more, each in its own way
        return None


def _add_page(copy: Pdf, page: Mapping[str, Any], image: Any, place: Matrix, font: TextFont) -> None:
    """One page, upright: the picture, whose unit square `place` lays into that of the page as it came, and the text."""
    dpi = page["dpi"] or UNKNOWN_DPI
    width, height = (page[side] / dpi * POINTS_PER_INCH for side in ("width", "height"))
    shown = place @ _turn(page["rotation"]) @ Matrix(width, 0, 0, height, 0, 0)

    def point(x: float, y: float) -> tuple[float, float]:
        return x / page["width"] * width, height - y / page["height"] * height

    lines = ((line["text"], _corners([point(x, y) for x, y in line["box"]])) for line in page["lines"])
    text = text_operators(lines, font)
    matrix = " ".join(f"{value:.5f}" for value in shown.shorthand)
    content = f"q {matrix} cm /Im0 Do Q\n{text}\n"
    added = Dictionary(
        Type=Name.Page,
        MediaBox=[0, 0, round(width, 3), round(height, 3)],
        Resources=Dictionary(XObject=Dictionary(Im0=image)),
        Contents=copy.make_stream(content.encode("ascii")),
    )
    copy.pages.append(Page(copy.make_indirect(added)))


def _corners(points: list[tuple[float, float]]) -> Corners:
    a, b, c, d = points
    return a, b, c, d


def _turn(rotation: int) -> Matrix:
    """The unit square turned clockwise within itself."""
    return {
        0: Matrix(),
        90: Matrix(0, -1, 1, 0, 0, 1),
        180: Matrix(-1, 0, 0, -1, 1, 1),
        270: Matrix(0, 1, -1, 0, 1, 0),
    }[rotation % 360]


def _upright(page: Page) -> Matrix:
    """From the page's own points to the unit square of the page as it is shown."""
    left, bottom, right, top = (float(value) for value in page.cropbox)
    across, up = right - left, top - bottom
    shown = Matrix(1 / across, 0, 0, 1 / up, -left / across, -bottom / up)
    return shown @ _turn(int(page.obj.get("/Rotate", 0)))


def _theirs(copy: Pdf, own: OwnPicture, page: Any) -> tuple[Any, Matrix]:
    """The original's own picture, byte for byte, and its place."""
    image = copy.copy_foreign(own.image)
    for key in _DROPPED:
        if key in image:
            del image[key]
    return image, own.place @ _upright(page)


def _our_picture(copy: Pdf, picture: Path) -> tuple[Any, Matrix]:
    """The JPEG that paging made, byte for byte, and its place: all of the page."""
    with Image.open(picture) as opened:
        grey, (width, height) = opened.mode == "L", opened.size
    image = copy.make_stream(
        picture.read_bytes(),
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=width,
        Height=height,
        ColorSpace=Name.DeviceGray if grey else Name.DeviceRGB,
        BitsPerComponent=8,
        Filter=Name.DCTDecode,
    )
    return image, Matrix()


def _describe(copy: Pdf, source: Mapping[str, str]) -> None:
    """What PDF/A asks of the document as a whole: one output intent, and metadata that say what it is."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[_ICC_DATE] = _FIXED_DATE
    intent = Dictionary(
        Type=Name.OutputIntent,
        S=Name.GTS_PDFA1,
        OutputConditionIdentifier=b"sRGB",
        Info=b"sRGB",
        DestOutputProfile=copy.make_stream(bytes(profile), N=3),
    )
    copy.Root.OutputIntents = [copy.make_indirect(intent)]
    created = dt.datetime.fromisoformat(source["created"])
    stamp = created.strftime("D:%Y%m%d%H%M%S") + created.strftime("%z")[:3] + "'" + created.strftime("%z")[3:] + "'"
    copy.docinfo["/Title"] = source["name"]
    copy.docinfo["/Subject"] = f"可检索副本，非原件；原件 SHA-256 {source['sha256']}；识别 {source['engine']}"
    copy.docinfo["/Producer"] = "Yidang"
    copy.docinfo["/CreationDate"] = stamp
    with copy.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
        metadata.load_from_docinfo(copy.docinfo)
        metadata["pdfaid:part"] = "2"
        metadata["pdfaid:conformance"] = "B"
        metadata["dc:source"] = f"urn:sha256:{source['sha256']}"
