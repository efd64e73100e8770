"""Finding the labels of a form: words that say what stands beside or below them.

A label fills a cell ("建设单位"), begins a line ("建设单位：江澜…"), stands within one ("… 成立日期：2019年…"), is
broken over two lines ("统一社会" / "信用代码"), or runs straight into its value ("发证日期2026年3月5日").
"""

import dataclasses
import functools
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from catalogue import load_catalogue
from ocr.folding import distance, fold
from ocr.layout import Placed
from ocr.splitting import part_of, units
from ocr.titles import titles_in

FUZZY_FROM = 4
"""Characters from which a label may differ by one misread character; shorter ones would turn into one another."""

MAX_LABEL = 16
"""Characters of the longest label; a longer line without a colon is no label cell."""

SURELY_TITLE = 0.8
"""Likeness from which a line is a title and no label that runs into its value."""

OTHER_WORDS = (
    "受理编号", "合同工期", "项目经理", "结构类型", "经办人", "经营范围", "核准日期", "性别", "备案证号", "备案机关",
    "建设规模及内容", "计划开工时间", "计划竣工时间", "附图及附件名称", "批准用地机关", "勘察单位", "监理单位",
    "工程等级", "层数", "审查结论", "审查人员", "审查机构负责人", "工程立项批准文号", "资金来源", "工程承包范围",
    "承包人项目经理", "开户银行", "账号", "招标编号", "工期", "质量标准", "联系人", "联系电话", "电话", "地址",
    "备注", "审查意见", "发证机关审查意见", "合同价格形式", "总投资额", "遵守事项", "建设单位承诺", "邮政编码",
    "提交材料", "申请类型", "土地取得方式", "结构层次", "监督负责人", "停车配建", "建筑退让", "权利其他状况",
    "验收组织形式", "存储期限", "高程系统", "币种", "大写", "验收结论", "验收意见", "填表说明",
    "建设内容", "建设性质", "投资来源", "行业类别", "本单位承诺",
)  # fmt: skip
"""Labels of forms whose values are not asked for: a value ends where one of them begins."""

Style = Literal["colon", "cell", "glued"]

_QUALIFIER = r"(?:\((?:全称|个人|签字|盖章|公章|签名|签章|大写|小写|万元|元|平方米|m2|或[^()]{1,8})\)?)?"
_SIGNED = re.compile(r"\((?:签字|盖章|公章|签名|签章)")
_DATED = re.compile(r"^[一-鿿]{2,4}(?:日期|时间)[:0-9一二]")
_LEAD = re.compile(
    r"^(?:[0-9]{1,2}[.、)]|[一二三四五六七八九十]{1,3}[、.]|[(][一二三四五六七八九十0-9]{1,2}[)]|[·•*])+"
)


@dataclasses.dataclass(frozen=True, slots=True)
class Label:
    """A label found: its word, where it stands, in what style, and the text that follows it on its own line.

    `signed` marks a place for a signature or seal ("法定代表人（签字）："), whose value, if any, is a scrawl.
    `qualifier` is what its brackets say, such as the unit (万元).
    """

    word: str
    at: Placed
    style: Style
    rest: str
    signed: bool = False
    qualifier: str = ""
    exact: bool = True


@functools.cache
def known_words() -> tuple[str, ...]:
    """Every label of every material type, and `OTHER_WORDS`, longest first."""
    words = set(map(fold, OTHER_WORDS))
    for kind in load_catalogue().material_types():
        for field in kind.fields:
            words |= {fold(word) for word in (field.name, *field.labels)}
    return tuple(sorted(words, key=lambda word: (-len(word), word)))


@functools.cache
def _lookup() -> tuple[frozenset[str], Mapping[int, tuple[str, ...]]]:
    """The known words as a set, and those long enough to be read with a mistake by their length."""
    words = known_words()
    by_length: dict[int, list[str]] = {}
    for word in words:
        if len(word) >= FUZZY_FROM:
            by_length.setdefault(len(word), []).append(word)
    return frozenset(words), {length: tuple(group) for length, group in by_length.items()}


@functools.lru_cache(maxsize=32768)
def _known(text: str) -> bool:
    """Whether a text is a known label, one misread character forgiven to the longer ones."""
    words, by_length = _lookup()
    if text in words or len(text) < FUZZY_FROM:
        return text in words
    near = (word for length in (len(text), len(text) - 1, len(text) + 1) for word in by_length.get(length, ()))
    return any(distance(text, word, 1) <= 1 for word in near)


def find_labels(placed: Sequence[Placed], words: Iterable[str]) -> tuple[Label, ...]:
    """Every place where one of the words is a label, top to bottom."""
    wanted = sorted({fold(word) for word in words}, key=lambda word: (-len(word), word))
    pieces = [*placed, *_broken_words(placed)]
    found = [label for piece in pieces for word in wanted for label in _in_piece(piece, word)]
    return tuple(sorted(found, key=lambda label: (label.at.middle, label.at.x0)))


def split_cells(placed: Sequence[Placed]) -> tuple[Placed, ...]:
    """Lines that hold several cells of a table row, as text layers give them, cut where a space parts a label off."""
    return tuple(cell for piece in placed for cell in _cells(piece))


def is_label_cell(text: str) -> bool:
    """Whether a line is nothing but some known label."""
    bare = _bare(fold(text))
    return bool(bare) and _known(bare)


def starts_with_label(text: str) -> bool:
    """Whether a line begins with a known label and a colon, or is nothing but one."""
    folded = _LEAD.sub("", fold(text))
    head, colon, _ = folded.partition(":")
    if _DATED.match(folded):
        return True
    return is_label_cell(text) or (bool(colon) and _known(_bare(head)))


def bare_label(text: str) -> str:
    """The line as a label's word would stand in `known_words`: folded, without its brackets and colon."""
    return _bare(fold(text))


def cut_at_label(text: str) -> str:
    """The folded text up to where another known label with its colon begins ("李思雨性别:女" gives 李思雨)."""
    colon = text.find(":")
    while colon > 0:
        before = text[:colon]
        ending = next((word for word in known_words() if before.endswith(word)), "")
        if ending:
            return before[: -len(ending)]
        colon = text.find(":", colon + 1)
    return text


def _cells(piece: Placed) -> list[Placed]:
    parts = piece.line.text.split()
    if len(parts) < 2 or not any(is_label_cell(part) for part in parts):  # noqa: PLR2004 - nothing to part
        return [piece]
    groups: list[str] = []
    after_label = True
    for part in parts:
        label = is_label_cell(part)
        if label or after_label:
            groups.append(part)
        else:
            groups[-1] += " " + part
        after_label = label
    total = sum(map(units, groups)) + len(groups) - 1
    step, x = piece.width / max(1, total), piece.x0
    cells = []
    for group in groups:
        x1 = x + units(group) * step
        shares = [(edge - piece.x0) / max(1.0, piece.width) for edge in (x, x1)]
        line = dataclasses.replace(piece.line, text=group, box=part_of(piece.line.box, *shares))
        cells.append(Placed(line, x, piece.y0, x1, piece.y1))
        x = x1 + step
    return cells


def _in_piece(piece: Placed, word: str) -> Iterable[Label]:
    text = _LEAD.sub("", fold(piece.line.text))
    if len(text) <= MAX_LABEL and ":" not in text[:-1] and _same(_bare(text), word):
        exact = _bare(text) == word
        yield Label(word, piece, "cell", "", bool(_SIGNED.search(text)), _brackets(text), exact)
        return
    after = re.search(rf"(?:^|(?<=[^一-鿿])|(?<=[。;,]))({re.escape(word)})({_QUALIFIER}):", text)
    if after is None and _LEAD.sub("", text).find(word) > 0:
        after = _inner(text, word)
    if after:
        rest = text[after.end() :]
        yield Label(word, piece, "colon", rest, bool(_SIGNED.match(after[2])), after[2].strip("()"))
        return
    head, colon, rest = text.partition(":")
    if colon and head != word and _same(_bare(head), word) and _bare(head) not in _lookup()[0]:
        yield Label(word, piece, "colon", rest, bool(_SIGNED.search(head)), _brackets(head), exact=False)
    elif text.startswith(word) and len(text) > len(word) and not _longer_word(text, word) and not _is_title(text):
        yield Label(word, piece, "glued", re.sub(rf"^{_QUALIFIER}[为是]?:?", "", text[len(word) :]))


def _inner(text: str, word: str) -> re.Match[str] | None:
    """The word with a colon in the middle of a line, unless it is the end of a longer known label."""
    for match in re.finditer(rf"({re.escape(word)})({_QUALIFIER}):", text):
        before = text[: match.start()] + word
        if not any(len(other) > len(word) and before.endswith(other) for other in known_words()):
            return match
    return None


def _is_title(text: str) -> bool:
    """Whether a line is a form's title that begins with a label's word (法定代表人身份证明书)."""
    return any(match.likeness >= SURELY_TITLE for match in titles_in(text))


def _longer_word(text: str, word: str) -> bool:
    head = text.partition(":")[0]
    return any(len(other) > len(word) and head.startswith(other) for other in known_words())


def _broken_words(placed: Sequence[Placed]) -> list[Placed]:
    """Two short lines, one under the other, that together make a known label: given as one piece."""
    short = [piece for piece in placed if len(fold(piece.line.text)) <= MAX_LABEL / 2 + 1]
    joined = []
    for upper in short:
        for lower in short:
            gap = lower.y0 - upper.y1
            across = min(upper.x1, lower.x1) - max(upper.x0, lower.x0)
            near = -0.5 * upper.height <= gap <= upper.height and lower.middle > upper.y1 - 0.2 * upper.height
            if upper is lower or not near or across < 0.5 * min(upper.width, lower.width):
                continue
            text = fold(upper.line.text + lower.line.text)
            if _bare(text) in _lookup()[0] and not is_label_cell(upper.line.text):
                line = dataclasses.replace(
                    upper.line, text=text, score=min(upper.line.score, lower.line.score), box=upper.line.box
                )
                box = (min(upper.x0, lower.x0), upper.y0, max(upper.x1, lower.x1), lower.y1)
                joined.append(Placed(line, *box))
    return joined


def _bare(text: str) -> str:
    """A label without its brackets and colon."""
    return re.sub(r"\([^()]*\)?$", "", text.rstrip(":;.,")).rstrip(":")


def _brackets(text: str) -> str:
    match = re.search(r"\(([^()]*)\)?:?$", text)
    return match[1] if match else ""


def _same(text: str, word: str) -> bool:
    if text == word:
        return True
    if min(len(word), len(text)) < FUZZY_FROM or text in _lookup()[0]:
        return False
    return distance(text, word, 1) <= 1
