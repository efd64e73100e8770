"""Sets of drawings: cover, drawing list (图纸目录) and sheets of several disciplines, as PDF and scans, with the truth.

Drawn from a seed. The layouts and fonts that `held_out` gives are for measuring only; nothing may be tuned on them.
"""

import dataclasses
import functools
import io
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from PIL import Image as Pil

from samples.ageing import Degrade, age
from samples.drawing import entropy, pixels, press
from samples.drawings_blocks import HELD_OUT, LAYOUTS, Layout, draw_block
from samples.drawings_plan import draw_plan
from samples.drawings_shapes import MIDDLE, THICK, Box, Shape, frame
from samples.making import SampleError
from samples.scoring import FONT_FOLDERS, missing_fonts
from samples.seals import Stamp, draw_frame_seal, draw_seal
from samples.typesetting import House, Image, TypeSet, our_house, set_form
from samples.world import World
from samples.worlds import drawn_world

PAPER: Mapping[str, tuple[float, float]] = {
    "A0": (1189, 841), "A1": (841, 594), "A2": (594, 420), "A3": (420, 297), "A3 tall": (297, 420), "A4": (297, 210),
}  # fmt: skip
"""Width and height in millimetres, GB/T 50001-2017, table 3.1.1."""

DISCIPLINES: Mapping[str, tuple[str, str]] = {
    "总图": ("总施", "总平面图"), "建筑": ("建施", "层平面图"), "结构": ("结施", "层结构平面布置图"),
    "给水排水": ("水施", "层给排水平面图"), "电气": ("电施", "层照明平面图"), "暖通空调": ("暖施", "层空调通风平面图"),
}  # fmt: skip
"""Short name before the number, and what its plans are called."""

_INITIALS = {"建施": "JS", "结施": "GS", "水施": "SS", "电施": "DS", "暖施": "NS", "总施": "ZS"}
_FLOORS = ("一", "二", "三", "四", "五", "屋面")
_OUR_FONTS = ("Noto Sans SC", "Noto Serif SC")
_HELD_OUT_FONTS = ("WenQuanYi Zen Hei", "AR PL UMing CN", "AR PL UKai CN", "LXGW WenKai")
REVIEW_SEAL = "施工图审查专用章"


@dataclasses.dataclass(frozen=True, slots=True)
class DrawnSheet:
    """One sheet: its paper, everything on it, what its title block says by name, and the box of that block.

    `values` has design_unit, project, works, title, number, discipline, revision, scale, date where the layout shows
    them; `sealed` tells that the seal of the review lies on it.
    """

    paper: str
    shapes: tuple[Shape, ...]
    values: Mapping[str, str]
    block: Box
    layout: str
    sealed: bool
    font: str

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in millimetres."""
        return PAPER[self.paper]


@dataclasses.dataclass(frozen=True, slots=True)
class DrawnSet:
    """The sheets of a set in order; the drawing list, if there is one, says `listed` (number, title, revision)."""

    sheets: tuple[DrawnSheet, ...]
    listed: tuple[tuple[str, str, str], ...]
    reviewer: str


def draw_set(  # noqa: PLR0913 - one keyword for each way a set differs
    seed: int,
    *,
    count: int = 6,
    paper: str = "A3",
    held_out: bool = False,
    layout: int | None = None,
    listed: bool = True,
    sealed: bool = True,
) -> DrawnSet:
    """A set of `count` plans after its cover and drawing list (none where not `listed`).

    Raises:
        SampleError: `samples.fonts` where held-out fonts are asked for and not installed.
    """
    if held_out and (reason := missing_fonts()):
        raise SampleError("samples.fonts", reason)
    rng = np.random.default_rng(entropy(seed, "drawings", paper, str(held_out)))
    world = drawn_world(int(rng.integers(1 << 31)))
    layouts, fonts = (HELD_OUT, _HELD_OUT_FONTS) if held_out else (LAYOUTS, _OUR_FONTS)
    chosen = layouts[int(rng.integers(len(layouts))) if layout is None else layout]
    font = str(rng.choice(fonts))
    said = [_values(world, place, rng, letters=rng.random() < 0.25) for place in range(count)]  # noqa: PLR2004 - some
    plans = tuple(_sheet(values, chosen, paper, font, rng, sealed=sealed) for values in said)
    rows = tuple((v["number"], v["title"], v["revision"]) for v in said)
    front = (_cover(said[0], paper, font), _list(said[0], rows, chosen, paper, font)) if listed else ()
    return DrawnSet((*front, *plans), rows if listed else (), world.reviewer.name)


def set_pdf(drawn: DrawnSet, seed: int = 1) -> bytes:
    """The set as a PDF of vectors with a text layer; seals are pictures in it, as a signing program lays them."""
    return _set(drawn.sheets, _pictures(drawn, seed)).pdf


def scans(drawn: DrawnSet, degrade: Degrade, *, dpi: int, seed: int = 1, sealed: int = 1) -> Iterator[Image]:
    """The sheets printed, sealed and scanned: red green blue.

    Another `seed` is another scan of the same paper; another `sealed` another printing, sealed by another hand.
    """
    rng = np.random.default_rng(entropy(seed, "drawings scanned", degrade, str(dpi)))
    sheet = _set(drawn.sheets, {})
    for place, clean in enumerate(_each_page(sheet.pdf, dpi), 1):
        marks = tuple(dataclasses.replace(mark, page=1) for mark in sheet.marks if mark.page == place)
        hand = np.random.default_rng(entropy(sealed, "drawings sealed", str(place)))
        stamps = {mark.role: _seal(mark.role, drawn.reviewer, dpi, hand) for mark in marks if mark.kind == "seal"}
        press([clean], TypeSet(b"", marks, (), 1), stamps, dpi=dpi, rng=np.random.default_rng(sealed))
        yield age(clean, degrade, dpi=dpi, rng=rng)[0]


def scanned_pdf(images: Sequence[Image], dpi: int) -> bytes:
    """Scans as one PDF, a page each."""
    import img2pdf

    pages = []
    for image in images:
        written = io.BytesIO()
        Pil.fromarray(image).save(written, "JPEG", quality=80, dpi=(dpi, dpi))
        pages.append(written.getvalue())
    made: bytes = img2pdf.convert(pages)
    return made


def _each_page(pdf: bytes, dpi: int) -> Iterator[Image]:
    """The pages as images, one at a time: a set of large sheets does not fit the memory."""
    import pypdfium2

    reader = pypdfium2.PdfDocument(pdf)
    try:
        for page in reader:
            yield np.array(page.render(scale=dpi / 72).to_pil().convert("RGB"))
    finally:
        reader.close()


def _set(sheets: Sequence[DrawnSheet], pictures: Mapping[str, bytes]) -> TypeSet:
    data = {
        "title": sheets[0].values.get("project", ""),
        "images": {role: list(content) for role, content in pictures.items()},
        "sheets": [
            {"width": s.size[0], "height": s.size[1], "shapes": [dataclasses.asdict(shape) for shape in s.shapes]}
            for s in sheets
        ],
    }
    ours = all(sheet.font in _OUR_FONTS for sheet in sheets)
    return set_form("drawing", data, our_house() if ours else _held_out_house())


@functools.cache
def _held_out_house() -> House:
    return House(our_house().templates, FONT_FOLDERS)


def _pictures(drawn: DrawnSet, seed: int) -> dict[str, bytes]:
    rng = np.random.default_rng(entropy(seed, "drawings sealed"))
    roles = {shape.group for s in drawn.sheets for shape in s.shapes if shape.kind == "mark" and shape.text == "seal"}
    return {role: _seal(role, drawn.reviewer, 300, rng).picture() for role in sorted(roles)}


def _seal(role: str, reviewer: str, dpi: int, rng: np.random.Generator) -> Stamp:
    """The seal of the review: a frame with rows, or round with its caption."""
    if role == "review frame":
        rows = (reviewer, "施工图设计文件审查合格专用章", f"编号：{int(rng.integers(10000, 99999))}")
        return draw_frame_seal(rows, size=(pixels(70, dpi), pixels(32, dpi)), rng=rng, strength="strong")
    return draw_seal(reviewer, diameter=pixels(45, dpi), rng=rng, caption=REVIEW_SEAL, strength="strong")


def _values(world: World, place: int, rng: np.random.Generator, *, letters: bool) -> dict[str, str]:
    """What the title block of the plan at that place says."""
    discipline = tuple(DISCIPLINES)[place % len(DISCIPLINES)] if place else "建筑"
    short, plan = DISCIPLINES[discipline]
    digits = f"{place + 1:02d}" + ("A" if rng.random() < 0.12 else "")  # noqa: PLR2004 - a sheet put in later
    number = f"{_INITIALS[short]}-{digits}" if letters else f"{short}-{digits}"
    month, day = int(rng.integers(1, 13)), int(rng.integers(1, 29))
    year = world.year
    shown, date = [
        (f"{year}.{month:02d}", f"{year}-{month:02d}"),
        (f"{year}.{month:02d}.{day:02d}", f"{year}-{month:02d}-{day:02d}"),
        (f"{year}年{month}月", f"{year}-{month:02d}"),
        (f"{year}-{month:02d}-{day:02d}", f"{year}-{month:02d}-{day:02d}"),
    ][int(rng.integers(4))]
    title = plan if discipline == "总图" else _FLOORS[int(rng.integers(len(_FLOORS)))] + plan
    people = [world.manager, world.engineer, world.officer, world.agent]
    values = {
        "design_unit": world.designer.name, "client": world.owner.name, "project": world.project,
        "works": world.works.name, "title": title, "number": number, "kind": short, "digits": digits,
        "discipline": discipline, "revision": str(rng.choice(["A", "B", "0", "1", "2"])),
        "scale": str(rng.choice(["1:100", "1:150", "1:50", "1:200"])), "date": date, "date shown": shown,
        "phase": "施工图", "job": f"{year}-{int(rng.integers(10, 400)):03d}",
    }  # fmt: skip
    for n, role in enumerate(("审定", "审核", "项目负责人", "专业负责人", "校对", "设计", "制图")):
        values[f"by {role}"] = people[n % len(people)]
    return values


def _sheet(  # noqa: PLR0913 - what makes a sheet
    values: Mapping[str, str], layout: Layout, paper: str, font: str, rng: np.random.Generator, *, sealed: bool
) -> DrawnSheet:
    width, height = PAPER[paper]
    block = layout.place(width, height)
    room = _room(width, height, block)
    shapes = draw_plan(room, values["discipline"], font, rng)
    if sealed:
        role = "review frame" if rng.random() < 0.5 else "review round"  # noqa: PLR2004 - as many of each
        high = (32, 70) if role == "review frame" else (45, 45)
        shapes.append(Shape("mark", room[2] - 45, room[3] - 24, high[1], high[0], text="seal", group=role))
    return _framed(paper, shapes, values, layout, font, sealed=sealed)


def _room(width: float, height: float, block: Box) -> Box:
    """What the block leaves of the frame: left of a strip at the right, above one along the bottom."""
    return (25, 5, block[0], height - 5) if block[1] < height / 2 else (25, 5, width - 5, block[1])


def _framed(  # noqa: PLR0913 - what makes a sheet
    paper: str, shapes: Sequence[Shape], values: Mapping[str, str], layout: Layout, font: str, *, sealed: bool
) -> DrawnSheet:
    """With paper edge, frame, title block and the block for countersigning (会签栏) at the top left."""
    width, height = PAPER[paper]
    block = layout.place(width, height)
    printed = {
        **values,
        "date": values["date shown"],
        "change 1 0": values["revision"],
        "change 1 1": values["date shown"],
    }
    drawn = [
        frame((0, 0, width, height), 0.1),
        frame((25, 5, width - 5, height - 5), THICK),
        *_countersigning(height, font),
        *draw_block(layout, block, printed, font, 2.8),
        *shapes,
    ]
    shown = {cell.value for cell in layout.cells(block)} | ({"number"} if "digits" in _named(layout, block) else set())
    shown |= {"discipline"}
    truth = {name: values[name] for name in _TOLD if name in shown}
    if "digits" in _named(layout, block):  # the kind stands apart from the number
        truth["number"] = f"{values['kind']}-{values['digits']}"
    return DrawnSheet(paper, tuple(drawn), truth, block, layout.name, sealed, font)


_TOLD = ("design_unit", "project", "works", "title", "number", "discipline", "revision", "scale", "date")


def _named(layout: Layout, block: Box) -> set[str]:
    return {cell.value for cell in layout.cells(block)}


def _countersigning(height: float, font: str) -> Iterator[Shape]:
    """The 会签栏 outside the frame at the top left, turned as GB/T 50001-2017 shows it."""
    for place, kind in enumerate(("建筑", "结构", "给排水", "电气")):
        top = 8 + place * 18
        if top + 18 < height - 5:
            yield frame((7, top, 23, top + 18), 0.13)
            yield Shape("text", 15, top + 9, text=kind, size=2.5, font=font, turned=True)


def _cover(values: Mapping[str, str], paper: str, font: str) -> DrawnSheet:
    width, height = PAPER[paper]
    rows = (
        (values["project"], 9.0),
        (values["works"], 7.0),
        ("施工图设计文件", 8.0),
        (values["design_unit"], 6.0),
        (values["date shown"], 5.0),
    )
    shapes = [frame((25, 5, width - 5, height - 5), THICK)]
    shapes += [
        Shape("text", width / 2, height * (0.25 + 0.13 * n), text=text, size=size, font=font)
        for n, (text, size) in enumerate(rows)
    ]
    return DrawnSheet(paper, tuple(shapes), {}, (0, 0, 0, 0), "cover", sealed=False, font=font)


def _list(
    values: Mapping[str, str], rows: Sequence[tuple[str, str, str]], layout: Layout, paper: str, font: str
) -> DrawnSheet:
    """The drawing list: number in order, sheet number, title, size, revision; a sheet with a title block of its own."""
    left, top, high = 40.0, 35.0, 8.0
    edges = (left, left + 15, left + 55, left + 150, left + 170, left + 190)
    heads = ("序号", "图号", "图纸名称", "图幅", "版次")
    shapes = [Shape("text", (left + edges[-1]) / 2, 22, text="图纸目录", size=7, font=font)]
    for n, row in enumerate((heads, *((str(n), a, b, paper[:2], c) for n, (a, b, c) in enumerate(rows, 1)))):
        for m, text in enumerate(row):
            box = (edges[m], top + n * high, edges[m + 1], top + (n + 1) * high)
            shapes.append(frame(box, MIDDLE))
            shapes.append(Shape("text", (box[0] + box[2]) / 2, (box[1] + box[3]) / 2, text=text, size=3.5, font=font))
    own = {**values, "title": "图纸目录", "number": f"{values['kind']}-00", "digits": "00", "scale": "-"}
    return _framed(paper, shapes, own, layout, font, sealed=False)
