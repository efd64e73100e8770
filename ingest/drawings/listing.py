"""A set against its own drawing list (图纸目录): missing, not listed, or said otherwise. Pure.

What was not read surely is a question to whoever looks, and never said to be wrong.
"""

import dataclasses
import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Literal

from ingest.drawings.content import sheet_key

SURE = 0.8
"""Score from which a value counts as read: that of the title blocks (`ocr.title_block.UNSURE`)."""
Kind = Literal["missing", "unlisted", "twice", "revision", "title"]
LIST_NAMES: dict[Kind, str] = {
    "missing": "目录有、图纸缺",
    "unlisted": "图纸有、目录没有",
    "twice": "图号重复",
    "revision": "版次与目录不一致",
    "title": "图名与目录不一致",
}


@dataclasses.dataclass(frozen=True, slots=True)
class Named:
    """A sheet as the list names it, or as its own title block does.

    `sheet` says which page it stands on (for a row of the list: the list's), `row` which row from 0; `unsure` names the
    values that were not read surely.
    """

    sheet: int
    number: str
    title: str = ""
    revision: str = ""
    unsure: frozenset[str] = frozenset()
    row: int | None = None

    @property
    def key(self) -> str:
        """The number in one spelling, "" where none was read."""
        return sheet_key(self.number)


@dataclasses.dataclass(frozen=True, slots=True)
class ListFinding:
    """One disagreement: the number it is about, the row of the list, the sheet, and what each of them says.

    `asks` tells that a reading was unsure: it may be the reader's slip.
    """

    kind: Kind
    number: str
    listed: Named | None
    sheet: Named | None
    asks: bool


def against_list(listed: Sequence[Named], sheets: Sequence[Named]) -> list[ListFinding]:
    """Hold the sheets of a set against the rows of its list; with no rows only numbers used twice are told.

    A sheet of a discipline that the list has no sheet of is not missed in it: each discipline may have its own.
    """
    found = [*_twice(sheets)]
    if listed:
        found += [*_missing(listed, sheets), *_unlisted(listed, sheets), *_otherwise(listed, sheets)]
    return sorted(
        found, key=lambda one: (tuple(LIST_NAMES).index(one.kind), one.number, one.sheet.sheet if one.sheet else 0)
    )


def _twice(sheets: Sequence[Named]) -> Iterator[ListFinding]:
    for sheet in sheets:
        same = [one for one in sheets if one.key and one.key == sheet.key]
        if len(same) > 1:
            yield ListFinding("twice", sheet.number, None, sheet, any("number" in one.unsure for one in same))


def _missing(listed: Sequence[Named], sheets: Sequence[Named]) -> Iterator[ListFinding]:
    """A sheet whose number was not read may be the one that is missed."""
    there = {sheet.key for sheet in sheets}
    doubtful = any(not sheet.key or "number" in sheet.unsure for sheet in sheets)
    for row in {row.key: row for row in reversed(listed)}.values():
        if row.key not in there:
            yield ListFinding("missing", row.number, row, None, doubtful or "number" in row.unsure)


def _unlisted(listed: Sequence[Named], sheets: Sequence[Named]) -> Iterator[ListFinding]:
    keys, prefixes = {row.key for row in listed}, {row.key.rpartition("-")[0] for row in listed}
    doubtful = any("number" in row.unsure for row in listed)
    for sheet in sheets:
        if sheet.key and sheet.key not in keys and sheet.key.rpartition("-")[0] in prefixes:
            yield ListFinding("unlisted", sheet.number, None, sheet, doubtful or "number" in sheet.unsure)


def _otherwise(listed: Sequence[Named], sheets: Sequence[Named]) -> Iterator[ListFinding]:
    """Revision and title other than listed, where both were said and no row of that number agrees."""
    for sheet in sheets:
        rows = [row for row in listed if row.key == sheet.key]
        names: tuple[Literal["revision", "title"], ...] = ("revision", "title")
        for name in names:
            said = [row for row in rows if _plain(getattr(row, name))]
            own = _plain(getattr(sheet, name))
            if own and said and not any(_alike(name, _plain(getattr(row, name)), own) for row in said):
                asks = any({name, "number"} & one.unsure for one in (said[0], sheet)) or _slip(
                    name, _plain(getattr(said[0], name)), own
                )
                yield ListFinding(name, sheet.number, said[0], sheet, asks)


def _alike(name: str, listed: str, own: str) -> bool:
    """A title block may say more of a title than the list, or less (一层平面图, 一层平面图1:100)."""
    return listed == own or (name == "title" and (listed in own or own in listed))


def _slip(name: str, one: str, other: str) -> bool:
    """Whether two titles differ by no more than a reader may: one character of as many."""
    return name == "title" and len(one) == len(other) and sum(a != b for a, b in zip(one, other, strict=True)) == 1


def _plain(text: str) -> str:
    return re.sub(r"[\s\-—–_]+", "", unicodedata.normalize("NFKC", text)).upper()
