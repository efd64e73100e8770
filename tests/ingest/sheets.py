"""Pages as they would have been read, made of lines, for the checks that look at the text itself."""

from collections.abc import Sequence

from ocr import Line, PageReading, Quality, Rotation, quad

WIDTH, HEIGHT = 1000, 1400
ROW = 40
BODY = (
    "为规范工程建设项目审批，现就有关事项约定如下，双方应当共同遵守。",
    "承包范围包括土建、给排水、电气、消防、通风及室外配套工程。",
    "工程质量应当符合国家现行验收规范的合格标准。",
)


def sheet(  # noqa: PLR0913 - the parts of a page
    number: int,
    lines: Sequence[str] = BODY,
    *,
    foot: str = "",
    head: str = "",
    rotation: Rotation = 0,
    score: float = 0.98,
    gutter: float = 0.0,
) -> PageReading:
    """A page whose lines stand below one another, with a number at its foot and a title at its head."""
    placed = [_line(text, 300 + ROW * n, score) for n, text in enumerate(lines)]
    if head:
        placed.insert(0, _line(head, 180, score))
    if foot:
        placed.append(_line(foot, HEIGHT - 60, score))
    quality = Quality(200, 500.0, 0.8, 0.0, 0.05)
    return PageReading(number, WIDTH, HEIGHT, rotation, "ocr", tuple(placed), (), quality, gutter=gutter)


def _line(text: str, top: float, score: float) -> Line:
    wide = 24.0 * len(text)
    return Line(text, quad(500 - wide / 2, top, 500 + wide / 2, top + 28), score)
