"""档号 (DA/T 13-2022): one line that names a file for all time, such as `J001-XZ·2026-Y-SP-0001`.

Levels are joined by `-`, what stands on one level by `·`; the year has four digits (DA/T 13-2022; the composition
全宗号-门类·年度-保管期限-机构(问题)-件号 is the one of DA/T 22 for files kept by the piece).
"""

import dataclasses
import re
from typing import Final, Literal

RetentionCode = Literal["Y", "D30", "D10"]
LEVEL_MARK: Final = "-"
SAME_LEVEL_MARK: Final = "·"
ITEM_DIGITS: Final = 4
"""件号 has at least so many digits, leading zeros included."""
LOOKALIKES: Final = "・•‧∙⋅."
"""Other dots that a keyboard gives; a number with one of them is another text and would not be found."""
PATTERN: Final = (
    r"(?P<fonds>[A-Z0-9]{1,10})-(?P<category>[A-Z]{2}(?:\.[A-Z]{2})*)·(?P<year>\d{4})"
    r"-(?P<retention>Y|D30|D10)-(?P<organ>[A-Z0-9]{1,10})-(?P<item>\d{4,8})"
)
_RETENTION: Final[dict[str, RetentionCode]] = {"Y": "Y", "D30": "D30", "D10": "D10"}
_WHOLE = re.compile(PATTERN, re.ASCII)


class BadArchiveNumber(ValueError):  # noqa: N818
    """The text is no 档号; the message says what is wrong in the archivist's words."""

    code = "archive-bad-number"


@dataclasses.dataclass(frozen=True, slots=True)
class ArchiveNumber:
    """The parts of a 档号: 全宗号, 门类, 年度, 保管期限, 机构(问题), 件号."""

    fonds: str
    category: str
    year: int
    retention: RetentionCode
    organ: str
    item: int

    def __str__(self) -> str:
        """The one spelling."""
        first = f"{self.fonds}{LEVEL_MARK}{self.category}{SAME_LEVEL_MARK}{self.year:04d}"
        return LEVEL_MARK.join((first, self.retention, self.organ, f"{self.item:0{ITEM_DIGITS}d}"))


def parse_archive_number(text: str) -> ArchiveNumber:
    """The parts of a 档号 in its one spelling. Raises BadArchiveNumber."""
    found = _WHOLE.fullmatch(text)
    if found is None:
        raise BadArchiveNumber(_why_not(text))
    number = ArchiveNumber(
        found["fonds"], found["category"], int(found["year"]), _RETENTION[found["retention"]], found["organ"],
        int(found["item"]),
    )  # fmt: skip
    if number.item == 0:
        raise BadArchiveNumber(f"档号 {text}：件号从 1 起编")
    if str(number) != text:
        raise BadArchiveNumber(f"档号 {text}：应写作 {number}")
    return number


def format_archive_number(number: ArchiveNumber) -> str:
    """The spelling of a 档号; it can be parsed again. Raises BadArchiveNumber where a part does not fit."""
    text = str(number)
    if parse_archive_number(text) != number:
        raise BadArchiveNumber(f"档号 {text}：组成部分不合规")
    return text


def check_archive_number(text: str, *, fonds: str = "", year: int | None = None, retention: str = "") -> list[str]:
    """What is wrong with a 档号, in sentences: its form, and where it contradicts the fields beside it (GD-1-7)."""
    try:
        number = parse_archive_number(text)
    except BadArchiveNumber as error:
        return [str(error)]
    beside = (("全宗号", number.fonds, fonds), ("年度", number.year, year), ("保管期限", number.retention, retention))
    return [
        f"档号 {text}：{name} {part} 与元数据中的 {field} 不一致"
        for name, part, field in beside
        if field not in {"", None} and part != field
    ]


def _why_not(text: str) -> str:
    if any(mark in text for mark in LOOKALIKES) and SAME_LEVEL_MARK not in text:
        return f"档号 {text}：门类与年度之间应为间隔号 ·（U+00B7）"
    if text != text.strip():
        return f"档号 {text!r}：首尾有空白"
    return f"档号 {text}：应为 全宗号-门类·年度-保管期限-机构(问题)-件号，如 J001-XZ·2026-Y-SP-0001"
