"""What a page says of its own number: 第2页共3页, 2/3, － 2 －, or 共3页 alone, read from its head or foot."""

import dataclasses
import re

from ocr.folding import fold
from ocr.layout import Placed, laid, rows
from ocr.results import PageReading, Quad

HEAD, FOOT = 0.12, 0.85
"""Parts of the page's height above and below which a page number stands."""

_OF = re.compile(r"第([0-9]{1,3})页?[,、/ ]?共([0-9]{1,3})页|^([0-9]{1,3})/([0-9]{1,3})$")
_TOTAL_FIRST = re.compile(r"共([0-9]{1,3})页[,、/ ]?第([0-9]{1,3})页")
_ALONE = re.compile(r"^(?:第([0-9]{1,3})页|[-—–_~·一]{1,2}([0-9]{1,3})[-—–_~·一]{1,2})$")
_TOTAL = re.compile(r"^\(?(?:本(?:表|报告|合同|件|文件|材料|协议|方案))?(?:含.{1,8})?共([0-9]{1,3})页\)?$")


@dataclasses.dataclass(frozen=True, slots=True)
class PageLabel:
    """What a page says: its number and of how many, each None where it does not say; where, and how surely read."""

    number: int | None
    total: int | None
    box: Quad
    score: float


def page_label(page: PageReading) -> PageLabel | None:
    """The label at the page's head or foot; else a line anywhere that says only how many pages there are."""
    placed = laid(page)
    at_edge = [p for p in placed if not HEAD <= p.middle / page.height % 1 <= FOOT]
    labels = [label for row in rows(at_edge) if (label := _label(row))]
    if labels:
        return next((label for label in labels if label.number and label.total), labels[0])
    for item in placed:
        match = _TOTAL.match(fold(item.line.text))
        if match and int(match[1]) > 0:
            return PageLabel(None, int(match[1]), item.line.box, item.line.score)
    return None


def _label(row: tuple[Placed, ...]) -> PageLabel | None:
    text = "".join(fold(item.line.text) for item in row)
    box, score = row[0].line.box, min(item.line.score for item in row)
    if match := _OF.search(text):
        number, total = (int(group) for group in match.groups() if group)
        return PageLabel(number, total, box, score) if 1 <= number <= total else None
    if match := _TOTAL_FIRST.search(text):
        total, number = int(match[1]), int(match[2])
        return PageLabel(number, total, box, score) if 1 <= number <= total else None
    if match := _ALONE.match(text):
        number = int(match[1] or match[2])
        return PageLabel(number, None, box, score) if number else None
    if match := _TOTAL.match(text):
        return PageLabel(None, int(match[1]), box, score) if int(match[1]) else None
    return None
