"""Values in running text: letters and contracts that say in sentences what forms have in cells.

The lines are read as one text, so that a value may go on over the end of a line. A letter is besides addressed to the
applicant, and its title names the project.
"""

import dataclasses
import re
from collections.abc import Iterator, Sequence

from catalogue import FieldSpec, MaterialType
from ocr.folding import fold
from ocr.labels import is_label_cell
from ocr.layout import Placed
from ocr.titles import GAP
from ocr.values import Found

MAX_VALUE = 60
"""Characters after a word within which its value ends: an amount in capitals with its figures has about 40."""

SIGNATURE_GAP = 3.5
"""Line heights from the authority's name down to the date below it, where the seal stands between."""

ADDRESS_REGION = 0.6
"""Part of the first page from the top in which the addressee stands."""

_ODD = r"[零壹贰叁肆伍陆柒捌玖]"
_AMOUNT = (
    r"(?:约|共计?|合计)?(?:人民币)?(?:\(大写\))?[^。;]{0,40}?元"
    rf"(?:整|{_ODD}角(?:{_ODD}分)?)?(?:\([^()]{{3,30}}元?\))?"
)
_BOUND = r"(?:不(?:高|低|大|小|超)[于过]|为?≤|为?≥)?"
_MANY = "一二三四五六七八九十"
_DAY = (
    r"(?:19|20)[0-9]{2}年[0-9]{1,2}月[0-9]{1,2}日"
    rf"|[一二][一二三四五六七八九〇○零]{{3}}年[{_MANY}]{{1,3}}月[{_MANY}]{{1,3}}日"
)
_OFFICE = r"局|委员会|厅|办公室|馆|政府|站"
_BODY = rf"公司|集团|中心|研究院|设计院|医院|学校|大学|支行|分行|{_OFFICE}"
_SHAPES = {
    "amount": rf"(?:为|是|:)?({_AMOUNT})",
    "area": r"(?:约?为|是|:|约)?([0-9.,]+(?:万?平方米|公顷|亩|万?m2))",
    "ratio": rf"(?:为|是|:)?{_BOUND}([0-9]+(?:\.[0-9]+)?)(?![0-9%])",
    "percent": rf"(?:为|是|:)?{_BOUND}([0-9]+(?:\.[0-9]+)?%)",
    "date": rf"(?:为|是|:|自)?((?:{_DAY})(?:起?至(?:{_DAY}))?)",
    "person": r"(?:为|是|:)([一-鿿·]{2,6})(?=[,。;(])",
    "company": rf"(?:为|是|:)([一-鿿()]{{4,38}}?(?:{_BODY}))(?=[,。;()])",
    "text": r"(?:为|于|:)([^,。;:]{2,40})(?=[,。;])",
}
_PLACES = frozenset(
    {"建设地点", "工程地址", "工程地点", "宗地坐落", "坐落", "建设位置", "用地位置", "土地坐落", "占用位置"}
)
_LYING = re.compile(r"(?:位于|坐落于|选址于|\(地址:)([^,。;:]{4,40})(?=[,。;])")
_PHASE = r"\((?:[一二三四五六七八九十0-9]{1,3}期|[一-鿿0-9]{1,4}标段|[A-Z东南西北中]区)\)"
"""The part of a project that belongs to its name: …产业园(一期)项目."""

_SPOKEN_OF = re.compile(
    r"(?:申请的|建设的|报送的|报来的?|承建的|提出的|对|就|因)(?![你我贵])"
    rf"((?:[^,。;:()《》]|{_PHASE}){{4,40}}?)"
    rf"(?=(?!{_PHASE})\(|规划设计方案|竣工|工程档案|防空地下室|施工需要|提出如下|特殊建设工程|消防|于(?:19|20)[0-9]{2}年)"
)
"""How letters of approval name what they decide on: 你单位申请的…（工程地址：…）, 对…提出如下规划条件."""

_BUILT_BY = re.compile(r"(?:证明|[由经系])([一-鿿()]{4,38}?公司)(?:承建|承包施工)")
_ADDRESSEE = re.compile(rf"^[一-鿿()·]{{4,38}}(?:{_BODY})[:;]$")
_AGENCY = re.compile(rf"(?:{_OFFICE})$")


@dataclasses.dataclass(frozen=True, slots=True)
class Running:
    """A page's lines as one text, and which line each character came from."""

    text: str
    pieces: tuple[Placed, ...]
    starts: tuple[int, ...]

    def found(self, start: int, end: int, rule: str) -> Found:
        """The text between two places with the lines it stands on."""
        ends = (*self.starts[1:], len(self.text))
        lines = [p for p, a, b in zip(self.pieces, self.starts, ends, strict=True) if a < end and b > start]
        return Found(self.text[start:end], tuple(lines), rule)


def running(placed: Sequence[Placed]) -> Running:
    """The lines of a page, in their order, joined."""
    starts, text = [], ""
    for piece in placed:
        starts.append(len(text))
        text += fold(piece.line.text)
    return Running(text, tuple(placed), tuple(starts))


def in_sentences(kind: MaterialType, spec: FieldSpec, page: Running) -> Iterator[Found]:
    """What may be the field's value in the running text of a page, likeliest first."""
    shape = _SHAPES.get(spec.kind)
    if shape is not None:
        for word in (spec.name, *spec.labels):
            yield from _after(fold(word), shape, page)
    if spec.name in _PLACES:
        for match in _LYING.finditer(page.text):
            yield page.found(*match.span(1), "sentence")
    yield from _companies(spec, page)
    if spec.name in {kind.project_field, kind.works_field}:
        yield from _named_by_title(kind, page)
        for match in _SPOKEN_OF.finditer(page.text):
            yield page.found(*match.span(1), "sentence")


def _companies(spec: FieldSpec, page: Running) -> Iterator[Found]:
    """Companies by their role in brackets, after or before their names, or by saying that they build."""
    if spec.kind == "company":
        for word in (spec.name, *spec.labels):
            for match in re.finditer(rf"([一-鿿]{{4,38}}公司)\({re.escape(fold(word))}\)", page.text):
                start = max(match[1].rfind(before) for before in "与和由及对") + 1
                yield page.found(match.start(1) + start, match.end(1), "sentence")
            for match in re.finditer(rf"\({re.escape(fold(word))}:([一-鿿]{{4,38}}?公司)", page.text):
                yield page.found(*match.span(1), "sentence")  # the closing bracket is easily lost at a line's end
    if spec.name == "施工单位":
        for match in _BUILT_BY.finditer(page.text):
            yield page.found(*match.span(1), "sentence")


def addressee(page: Running, height: float) -> Found | None:
    """Whom a letter is addressed to: a name with a colon on a line of its own in the head of the page.

    An authority is none: what is addressed to it comes from an applicant or a bank.
    """
    for piece in page.pieces:
        text = fold(piece.line.text)
        if piece.middle < ADDRESS_REGION * height and _ADDRESSEE.match(text) and not is_label_cell(text):
            if _AGENCY.search(text[:-1]):
                return None
            return Found(text[:-1], (piece,), "addressee")
    return None


def signature(page: Running, before: Placed) -> Found | None:
    """The authority whose name stands right above the closing date of a letter."""
    above = [
        piece
        for piece in page.pieces
        if piece.y1 <= before.middle and min(piece.x1, before.x1) > max(piece.x0, before.x0)
    ]
    if not above:
        return None
    piece = max(above, key=lambda piece: piece.middle)
    name = re.sub(r"\((?:印章|盖章|公章|章)\)?$", "", fold(piece.line.text))
    near = before.y0 - piece.y1 <= SIGNATURE_GAP * piece.height
    return Found(name, (piece,), "signature") if near and _AGENCY.search(name) and ":" not in name else None


def _after(word: str, shape: str, page: Running) -> Iterator[Found]:
    """The shape right after the word; 宗地用途 may be written 宗地的用途."""
    spoken = re.escape(word[:2]) + "的?" + re.escape(word[2:]) if len(word) == 4 else re.escape(word)  # noqa: PLR2004
    for match in re.finditer(spoken + shape, page.text):
        if match.end() - match.start(1) <= MAX_VALUE:
            yield page.found(*match.span(1), "sentence")


def _named_by_title(kind: MaterialType, page: Running) -> Iterator[Found]:
    """The project in 关于…项目环境影响报告表的批复, whose name keeps its own 项目 where the title begins with it."""
    for title in map(fold, kind.titles):
        shared = "项目" if title.startswith("项目") and not title.startswith("项目建议书") else ""
        ending = re.escape(title).replace(re.escape(GAP), r"([^《》。:]{4,50}?)")
        around = rf"关于(?:同意|批准|审批|核准|报批)?([^《》。:]{{4,50}}?){ending}"
        match = re.search(ending if GAP in title else around, page.text)
        if match:
            end = match.end(1) + (len(shared) if not match[1].endswith("项目") else 0)
            yield page.found(match.start(1), end, "title")
            return
