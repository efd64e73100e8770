"""What the pages of a PDF of our own making draw: runs of text, paths and fonts, in millimetres from the top left.

The PDF is read by pdfminer; nothing is drawn anew or measured again, so every glyph keeps its place and every line its
width. Only what our templates use is known: text, paths, plain colours. Anything else is refused, never left out.
"""

import dataclasses
import io
import math
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from pdfminer.pdfcolor import PDFColorSpace
from pdfminer.pdfdevice import PDFTextDevice, PDFTextSeq
from pdfminer.pdfdocument import PDFDocument
from pdfminer.pdfexceptions import PDFException
from pdfminer.pdffont import PDFCIDFont, PDFFont, PDFUnicodeNotDefined
from pdfminer.pdfinterp import PDFGraphicState, PDFPageInterpreter, PDFResourceManager, PDFTextState
from pdfminer.pdfpage import PDFPage
from pdfminer.pdfparser import PDFParser
from pdfminer.pdftypes import PDFStream, resolve1
from pdfminer.psparser import PSException
from pdfminer.utils import Matrix, PathSegment, apply_matrix_pt, mult_matrix

from signing.errors import EditionRefused

MM_PER_POINT = 25.4 / 72
_KNOWN_RESOURCES = frozenset({"ColorSpace", "Font", "ProcSet"})
_FILL_MODES, _STROKE_MODES = frozenset({0, 2}), frozenset({1, 2})
"""Text rendering modes (ISO 32000-2, table 104): fill, stroke, both. Invisible text and clips are not drawn by us."""
_COMPONENTS = {1: 3, 3: 1}
"""Components of a colour → how often each stands in red, green, blue: grey, RGB."""

_CLIP_SLACK_MM = 0.05
"""By how much what is drawn may reach over a clip: the rounding of a PDF's numbers, and less than one sees."""
_CORNERS = 4
_FAR = 1e9
_EVERYWHERE = (-_FAR, -_FAR, _FAR, _FAR)

Point = tuple[float, float]
Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""
Colour = tuple[int, int, int]
Segment = tuple[str, tuple[Point, ...]]
"""`m`, `l`, `c` (cubic) or `h`, as in PDF, with its points."""


@dataclasses.dataclass(frozen=True, slots=True)
class Pen:
    """How something is painted: colours (none: not at all), the line's width in millimetres, and its form."""

    fill: Colour | None
    stroke: Colour | None
    width: float
    cap: int = 0
    join: int = 0
    miter: float = 10.0
    dash: tuple[float, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class TextRun:
    """Glyphs one after another. `turn` is the linear part of the text's matrix for a size of one, y downwards.

    `places` has the origin of each character of `text` on the page.
    """

    font: str
    text: str
    size: float
    turn: tuple[float, float, float, float]
    places: tuple[Point, ...]
    pen: Pen


@dataclasses.dataclass(frozen=True, slots=True)
class Path:
    """A path, filled or stroked or both."""

    segments: tuple[Segment, ...]
    even_odd: bool
    pen: Pen


@dataclasses.dataclass(frozen=True, slots=True)
class FontProgram:
    """A font as the PDF embeds it: bare CFF, its name, which glyph is which character, and how wide glyphs are."""

    name: str
    cff: bytes
    characters: dict[int, int]
    widths: dict[int, float]
    ascent: float
    descent: float


@dataclasses.dataclass(frozen=True, slots=True)
class DrawnPage:
    """One page: its size in millimetres and what it draws, from the bottom up."""

    width: float
    height: float
    objects: tuple[TextRun | Path, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class DrawnDocument:
    """All pages, and the fonts that they name."""

    pages: tuple[DrawnPage, ...]
    fonts: dict[str, FontProgram]


def drawn_document(pdf: bytes) -> DrawnDocument:
    """What a PDF from `render` draws.

    Raises:
        EditionRefused: it draws with something that is not known here, or cannot be read.
    """
    try:
        manager = PDFResourceManager()
        device = _Recorder(manager)
        interpreter = _Interpreter(manager, device)
        document = PDFDocument(PDFParser(io.BytesIO(pdf)))
        pages = tuple(_page(page, device, interpreter) for page in PDFPage.create_pages(document))
    except (PDFException, PSException, PDFUnicodeNotDefined, ValueError, TypeError, KeyError, IndexError) as error:
        raise EditionRefused("版式文件无法转换：请重新生成证照 (the page cannot be converted)") from error
    return DrawnDocument(pages, {name: program for name, program in device.fonts.items() if program.characters})


def _page(page: PDFPage, device: "_Recorder", interpreter: PDFPageInterpreter) -> DrawnPage:
    unknown = {str(key) for key, value in page.resources.items() if resolve1(value)} - _KNOWN_RESOURCES
    if unknown or page.rotate:
        raise EditionRefused(f"版面含有不能转换的内容：{'、'.join(sorted(unknown)) or '旋转'} (cannot be converted)")
    left, bottom, right, top = page.mediabox
    interpreter.process_page(page)
    return DrawnPage((right - left) * MM_PER_POINT, (top - bottom) * MM_PER_POINT, tuple(device.objects))


class _Interpreter(PDFPageInterpreter):
    """Tells the device of clips, too, which pdfminer passes over."""

    device: "_Recorder"

    def do_q(self) -> None:
        """Save the state."""
        super().do_q()
        self.device.clips.append(self.device.clips[-1])

    def do_Q(self) -> None:  # noqa: N802 - PDF's name
        """Restore it."""
        super().do_Q()
        self.device.clips.pop()

    def do_W(self) -> None:  # noqa: N802
        """Clip to the current path."""
        self.device.clip(self.curpath)

    do_W_a = do_W  # noqa: N815  # by the other rule; of a rectangle it is the same


class _Recorder(PDFTextDevice):
    """Notes what the interpreter draws, in place of drawing it."""

    def __init__(self, manager: PDFResourceManager) -> None:
        super().__init__(manager)
        self.fonts: dict[str, FontProgram] = {}
        self.objects: list[TextRun | Path] = []
        self._paper: Matrix = (1, 0, 0, 1, 0, 0)
        self._glyphs: list[tuple[str, Matrix, float]] = []
        self.clips: list[Box] = [_EVERYWHERE]

    def begin_page(self, page: PDFPage, ctm: Matrix) -> None:  # noqa: ARG002 - puts the lower left corner to zero
        """A new page."""
        self.clips = [_EVERYWHERE]
        _, bottom, _, top = page.mediabox
        self._paper, self.objects = (MM_PER_POINT, 0, 0, -MM_PER_POINT, 0, (top - bottom) * MM_PER_POINT), []

    def paint_path(
        self,
        graphicstate: PDFGraphicState,
        stroke: bool,  # noqa: FBT001
        fill: bool,  # noqa: FBT001
        evenodd: bool,  # noqa: FBT001
        path: Sequence[PathSegment],
    ) -> None:
        """See `PDFDevice.paint_path`."""
        matrix = self._matrix()
        segments = tuple(_segments(path, matrix))
        if segments and (stroke or fill):
            self._check_clip([point for _, points in segments for point in points])
            self.objects.append(Path(segments, evenodd, _pen(graphicstate, matrix, fill=fill, stroke=stroke)))

    def render_string(
        self, textstate: PDFTextState, seq: PDFTextSeq, ncs: PDFColorSpace, graphicstate: PDFGraphicState
    ) -> None:
        """One run: the glyphs are collected by `render_char`, the way of painting is known here alone."""
        self._glyphs = []
        super().render_string(textstate, seq, ncs, graphicstate)
        font, mode = textstate.font, textstate.render
        if not self._glyphs or mode not in _FILL_MODES | _STROKE_MODES or not isinstance(font, PDFCIDFont):
            raise EditionRefused("文字的画法不能转换：请重新生成证照 (text that cannot be converted)")
        first = self._glyphs[0][1]
        size = math.hypot(first[2], first[3]) * textstate.fontsize
        unit = textstate.fontsize / size
        pen = _pen(graphicstate, self._matrix(), fill=mode in _FILL_MODES, stroke=mode in _STROKE_MODES)
        characters = [one for glyph in self._glyphs for one in _characters(*glyph)]
        turn = (first[0] * unit, first[1] * unit, -first[2] * unit, -first[3] * unit)
        self._check_clip([place for _, place in characters])
        text, places = "".join(one for one, _ in characters), tuple(place for _, place in characters)
        self.objects.append(TextRun(self._font(font), text, size, turn, places, pen))

    def render_char(  # noqa: PLR0917, PLR0913 - the interpreter's own order
        self,
        matrix: Matrix,
        font: PDFFont,
        fontsize: float,
        scaling: float,
        rise: float,  # noqa: ARG002 - it is in the matrix already
        cid: int,
        ncs: PDFColorSpace,  # noqa: ARG002
        graphicstate: PDFGraphicState,  # noqa: ARG002
    ) -> float:
        """Note a glyph, and which character it stands for; returns how far it reaches."""
        text, width = font.to_unichr(cid), font.char_width(cid) * fontsize * scaling
        known = self.fonts[self._font(font)].characters
        if len(text) == 1 and known.setdefault(ord(text), cid) != cid:
            raise EditionRefused(f"“{text}”在版面上有两种字形，不能转换 (two glyphs for one character)")
        self._glyphs.append((text, mult_matrix(matrix, self._paper), width))
        return width

    def render_image(self, name: str, stream: PDFStream) -> None:  # noqa: ARG002 - none is taken over
        """See `PDFDevice.render_image`: pictures among the operators, which no resource announces."""
        raise EditionRefused("版面含有图像，不能转换 (a picture that cannot be converted)")

    def clip(self, path: Sequence[PathSegment]) -> None:
        """A rectangle is noted; of any other shape we could not say what it cuts off."""
        points = {place for _, points in _segments(path, self._matrix()) for place in points}
        left, top, right, bottom = _box_of(points)
        if len(points) != _CORNERS or not all(_near(x, left, right) and _near(y, top, bottom) for x, y in points):
            raise EditionRefused("版面有裁切，不能转换 (a clip that cannot be converted)")
        before = self.clips[-1]
        self.clips[-1] = (
            max(left, before[0]),
            max(top, before[1]),
            min(right, before[2]),
            min(bottom, before[3]),
        )

    def _check_clip(self, points: Sequence[Point]) -> None:
        """See that a clip cuts nothing off: what it hides in the PDF would be seen in the OFD."""
        left, top, right, bottom = self.clips[-1]
        x, y, far, low = _box_of(points)
        if min(x - left, y - top, right - far, bottom - low) < -_CLIP_SLACK_MM:
            raise EditionRefused("版面有裁切，不能转换 (a clip that cannot be converted)")

    def _matrix(self) -> Matrix:
        return mult_matrix(self.ctm or (1, 0, 0, 1, 0, 0), self._paper)

    def _font(self, font: PDFFont) -> str:
        name = str(font.fontname)
        if name not in self.fonts:
            file = resolve1(font.descriptor.get("FontFile3"))
            if file is None:
                raise EditionRefused(f"字体 {name} 未按所需格式嵌入，不能转换 (the font is not embedded as CFF)")
            widths = {int(cid): float(width or 0) for cid, width in font.widths.items() if isinstance(cid, int)}
            self.fonts[name] = FontProgram(name, file.get_data(), {}, widths, font.ascent, font.descent)
        return name


def _box_of(points: Collection[Point]) -> Box:
    across, down = [x for x, _ in points] or [0.0], [y for _, y in points] or [0.0]
    return min(across), min(down), max(across), max(down)


def _near(value: float, one: float, other: float) -> bool:
    return min(abs(value - one), abs(value - other)) < _CLIP_SLACK_MM


def _characters(text: str, matrix: Matrix, width: float) -> Iterator[tuple[str, Point]]:
    """The characters of one glyph: a ligature's stand side by side in its place."""
    for place, character in enumerate(text):
        yield character, apply_matrix_pt(matrix, (place * width / len(text), 0))


def _segments(path: Sequence[PathSegment], matrix: Matrix) -> Iterator[Segment]:
    """The segments on the page, with all their points: `v` and `y` of PDF are curves with a point left out."""
    here: Point = (0.0, 0.0)
    for kind, *numbers in path:
        values = [float(number) for number in numbers]
        points = [apply_matrix_pt(matrix, pair) for pair in zip(values[::2], values[1::2], strict=True)]
        if kind in {"v", "y"}:
            points = [here, *points] if kind == "v" else [*points, points[-1]]
        here = points[-1] if points else here
        yield "c" if kind in {"v", "y"} else str(kind), tuple(points)


def _pen(state: PDFGraphicState, matrix: Matrix, *, fill: bool, stroke: bool) -> Pen:
    scale = math.sqrt(abs(matrix[0] * matrix[3] - matrix[1] * matrix[2]))
    lengths: Any = state.dash[0] if state.dash else ()
    return Pen(
        fill=_colour(state.ncolor) if fill else None,
        stroke=_colour(state.scolor) if stroke else None,
        width=float(state.linewidth) * scale,
        cap=_number(state.linecap, 0),
        join=_number(state.linejoin, 0),
        miter=float(_number(state.miterlimit, 10)),
        dash=tuple(float(length) * scale for length in lengths),
    )


def _number(value: object, otherwise: int) -> int:
    return int(value) if isinstance(value, int | float) else otherwise


def _colour(value: Any) -> Colour:
    parts = tuple(value) if isinstance(value, tuple | list) else (value,)
    if len(parts) not in _COMPONENTS or not all(isinstance(part, int | float) for part in parts):
        raise EditionRefused("颜色不能转换：请重新生成证照 (a colour that cannot be converted)")
    red, green, blue = (round(255 * float(part)) for part in parts * _COMPONENTS[len(parts)])
    return red, green, blue
