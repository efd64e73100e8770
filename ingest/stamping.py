"""Marks on a PDF that is handed out as a copy, inside the sandbox: its pages as they are, the marks over each.

What could run, reach out or be hidden in it is left behind: scripts, attachments, forms. What stands in form fields and
seals is drawn into the page first. A signature in it does not survive, and the copy says that it is none.
"""

import dataclasses
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ingest.sandbox import DEFAULT_LIMITS, MEBI, run_sandboxed

STAMP_LIMITS = dataclasses.replace(DEFAULT_LIMITS, cpu_seconds=180, wall_seconds=240.0, output_bytes=640 * MEBI)
"""All pages go through one child, which looks at none of their pictures; the largest file taken has 300 MB."""

POINTS_PER_INCH = 72
LEFT_BEHIND = ("/OpenAction", "/AA", "/Names", "/AcroForm", "/Metadata", "/Outlines", "/AF", "/Perms")
"""Entries of a document's root that a copy for reading does not need."""


def stamp(path: Path, out: Path, marks: tuple[bytes, bytes], *, dpi: int, facts: dict[str, str]) -> int:
    """Write the PDF to `out` with a tile across each page and a foot at its end (PNG, at `dpi`); returns its pages.

    `facts` are title and subject. Raises Refusal: an end of the sandbox.
    """
    with tempfile.TemporaryDirectory(prefix="yidang-marks-") as folder:
        tile, foot = Path(folder) / "tile.png", Path(folder) / "foot.png"
        tile.write_bytes(marks[0])
        foot.write_bytes(marks[1])
        arguments = {
            "path": str(path.resolve()),
            "out": str(out.resolve()),
            "tile": str(tile),
            "foot": str(foot),
            "dpi": dpi,
            "facts": facts,
        }
        return int(run_sandboxed("stamp", arguments, limits=STAMP_LIMITS))


def stamp_pdf(  # noqa: PLR0913 - one document in, one out
    path: str, *, out: str, tile: str, foot: str, dpi: int, facts: dict[str, str], begin: Callable[[int], None]
) -> int:
    """The task itself."""
    from pikepdf import Pdf

    with Pdf.open(path) as pdf:
        pdf.flatten_annotations("all")
        for key in LEFT_BEHIND:
            if key in pdf.Root:
                del pdf.Root[key]
        across, below = _image(pdf, tile), _image(pdf, foot)
        for number, page in enumerate(pdf.pages, 1):
            begin(number)
            for key in ("/AA", "/Annots"):
                if key in page.obj:
                    del page.obj[key]
            _mark(pdf, page, number, across, below, POINTS_PER_INCH / dpi)
        if "/Info" in pdf.trailer:
            del pdf.trailer["/Info"]
        pdf.docinfo["/Title"], pdf.docinfo["/Subject"] = facts["title"], facts["subject"]
        pdf.remove_unreferenced_resources()
        pdf.save(out, deterministic_id=True)
        return len(pdf.pages)


def _image(pdf: Any, path: str) -> tuple[Any, int, int]:
    """A PNG as an image of the document, its transparency as a soft mask."""
    from pikepdf import Name
    from PIL import Image

    with Image.open(path) as opened:
        facts = {"Type": Name.XObject, "Subtype": Name.Image, "BitsPerComponent": 8}
        facts |= {"Width": opened.width, "Height": opened.height}
        image = pdf.make_stream(opened.convert("RGB").tobytes(), ColorSpace=Name.DeviceRGB, **facts)
        if "A" in opened.getbands():
            image.SMask = pdf.make_stream(opened.getchannel("A").tobytes(), ColorSpace=Name.DeviceGray, **facts)
        return pdf.make_indirect(image), opened.width, opened.height


def _mark(  # noqa: PLR0913, PLR0917 - a page and what goes on it
    pdf: Any, page: Any, number: int, across: tuple[Any, int, int], below: tuple[Any, int, int], scale: float
) -> None:
    """A sheet of the page's own shape, as it is shown, laid over it; the page grows at its foot for the line there."""
    from pikepdf import Array, Dictionary, Name, Page, Rectangle

    turn = int(page.obj.get("/Rotate", 0)) % 360
    box = [float(value) for value in page.cropbox]
    width = box[3] - box[1] if turn % 180 else box[2] - box[0]
    foot = min(scale, width / below[1])
    side, grows = _FOOT_SIDE[turn]
    box[side] += grows * below[2] * foot
    width, height = (box[3] - box[1], box[2] - box[0]) if turn % 180 else (box[2] - box[0], box[3] - box[1])
    for key in ("/TrimBox", "/ArtBox", "/BleedBox"):
        if key in page.obj:
            del page.obj[key]
    page.obj.MediaBox = page.obj.CropBox = Array(box)
    content = _tiles(width, height, across[1] * scale, across[2] * scale)
    content += f"q 1 g 0 0 {width:.2f} {below[2] * foot:.2f} re f Q\n"
    x = (width - below[1] * foot) / 2
    content += f"q {below[1] * foot:.2f} 0 0 {below[2] * foot:.2f} {x:.2f} 0 cm /Foot Do Q\n"
    sheet = Dictionary(
        Type=Name.Page,
        MediaBox=[0, 0, width, height],
        Resources=Dictionary(XObject=Dictionary(Tile=across[0], Foot=below[0])),
        Contents=pdf.make_stream(content.encode("ascii")),
    )
    form = Page(pdf.make_indirect(sheet)).as_form_xobject()
    # a name of our own: the library's is drawn at random, and the same copy made again shall be the same bytes
    name = page.add_resource(form, Name.XObject, Name(f"/YidangMarks{number}"))
    page.contents_add(b"q\n", prepend=True)
    page.contents_add(b"\nQ\n" + page.calc_form_xobject_placement(form, name, Rectangle(*box)))


_FOOT_SIDE = {0: (1, -1), 90: (2, 1), 180: (3, 1), 270: (0, -1)}
"""Which side of the page's box lies at the foot when it is shown turned so far clockwise, and which way it grows."""


def _tiles(width: float, height: float, across: float, up: float) -> str:
    out, top, row = "", height, 0
    while top > 0:
        left = -(row % 2) * across / 2
        while left < width:
            out += f"q {across:.2f} 0 0 {up:.2f} {left:.2f} {top - up:.2f} cm /Tile Do Q\n"
            left += across
        top, row = top - up, row + 1
    return out
