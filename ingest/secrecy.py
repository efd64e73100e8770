"""Confidential material (涉密) may not enter this system; what slipped in is known by its mark and held back.

The mark is that of GB/T 9704-2012, 7.2.2: at the top of the page 绝密, 机密 or 秘密, with 保密期限 after a ★; the form
before 2012 has the word alone, its two characters set apart. Words such as 保密协议 or 商业秘密 in a text are no marks.
"""

import re

from ocr import Line, PageReading, bounds

CONFIDENTIAL_MARK = "confidential-mark"
"""Code of the refusal of a file that carries a mark."""
TOP_SHARE = 0.2
"""The mark stands in the head of the page: line two of the type area, 37 mm and a line from the edge of 297 mm."""

_LEVEL = r"(?P<level>绝密|机密|秘密)"
_TERM = r"(?:长期|永久|启用前|解密前|解密|\d{1,3}(?:年|个月|月|天|日))"
# With a true star it is a mark wherever it stands in its line, unless it is the end of a longer word (商业秘密★).
_STARRED = re.compile(rf"(?<![\u4e00-\u9fff]){_LEVEL}[★☆✩✪✫✭⭐](?:{_TERM})?")
# A star that was misread is known by the term after it; the word alone only as a whole line.
_WHOLE = re.compile(rf"(?:密级[:：]?)?{_LEVEL}(?:.?{_TERM}|[*＊·•※])?")


def find_mark(reading: PageReading) -> tuple[str, Line] | None:
    """The level of secrecy that the page is marked with and the line that says so; None for an ordinary page."""
    for line in reading.lines:
        _, top, _, bottom = bounds(line.box)
        if (top + bottom) / 2 > reading.height * TOP_SHARE:
            continue
        text = re.sub(r"\s", "", line.text)
        found = _WHOLE.fullmatch(text) or _STARRED.search(text)
        if found:
            return found["level"], line
    return None
