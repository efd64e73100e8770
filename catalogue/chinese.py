"""Chinese text as it comes off a page: one width, one kind of space, numerals, document numbers (文号)."""

import re
import unicodedata
from dataclasses import dataclass

_DIGITS = {
    **{c: n for n, c in enumerate("〇一二三四五六七八九")},
    **{c: n for n, c in enumerate("零壹贰叁肆伍陆柒捌玖")},
    **{c: n for n, c in enumerate("0123456789")},
    # Zero is also set as a circle or read as the letter O.
    **dict.fromkeys("○◯Oo", 0),
    **dict.fromkeys("两兩貳弍", 2),
    **dict.fromkeys("叄", 3),
    **dict.fromkeys("陸", 6),
}
_SMALL = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_TWENTY_THIRTY = {"廿": "二十", "卅": "三十"}
_LARGE = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}

_DOCUMENT_NUMBER = re.compile(
    r"(?P<agency>[\u4e00-\u9fa5]{2,14})\s*[〔\[(﹝【]\s*(?P<year>(?:19|20)[0-9]{2})\s*[〕\])﹞】]"
    r"\s*第?\s*(?P<serial>[0-9]{1,5})\s*号"
)


def normalise(text: str) -> str:
    """Half-width forms by NFKC (``２０２６`` to ``2026``, ``㎡`` to ``m2``), runs of white space as one space."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip()


def squeeze(text: str) -> str:
    """``normalise`` without any space, for comparing names that are set wide (``营 业 执 照``)."""
    return normalise(text).replace(" ", "")


def parse_number(text: str) -> int | None:
    """A whole number in Chinese or Arabic numerals: ``十五``, ``二〇二六``, ``壹仟贰佰万``; None if it is none."""
    for short, long in _TWENTY_THIRTY.items():
        text = text.replace(short, long)
    if not text or any(c not in _DIGITS and c not in _SMALL and c not in _LARGE for c in text):
        return None
    if all(c in _DIGITS for c in text):
        return int("".join(str(_DIGITS[c]) for c in text))
    if not any(c in _DIGITS or c in "十拾" for c in text):
        return None  # 万 and 百万 alone are units, not numbers
    return _with_units(text)


def _with_units(text: str) -> int | None:
    """A numeral with 十百千万亿. Two digits in a row (``二五百``) make none, but 零 may stand before a digit."""
    total = section = 0
    digit: int | None = None
    for c in text:
        if c in _DIGITS:
            if digit:
                return None
            digit = _DIGITS[c]
        elif c in _SMALL:
            section += (1 if digit is None or digit == 0 else digit) * _SMALL[c]
            digit = None
        else:
            section += digit or 0
            digit = None
            # 万亿: the larger unit multiplies all that stands before it.
            if total and total < _LARGE[c]:
                total, section = (total + section) * _LARGE[c], 0
            else:
                total, section = total + section * _LARGE[c], 0
    return total + section + (digit or 0)


@dataclass(frozen=True, slots=True)
class DocumentNumber:
    """A document number: ``辽政办发〔2022〕12号`` is agency 辽政办发, year 2022, serial 12."""

    agency: str
    year: int
    serial: int

    @property
    def text(self) -> str:
        """The number with the brackets that the standard form has (GB/T 9704)."""
        return f"{self.agency}〔{self.year}〕{self.serial}号"


def find_document_numbers(text: str) -> tuple[DocumentNumber, ...]:
    """All document numbers in a text, in order, each once, whatever brackets they are written with.

    The agency is what stands before the bracket without a break; words that run into it cannot be told apart from it.
    """
    found = (
        DocumentNumber(m["agency"], int(m["year"]), int(m["serial"]))
        for m in _DOCUMENT_NUMBER.finditer(unicodedata.normalize("NFKC", text))
    )
    return tuple(dict.fromkeys(found))
