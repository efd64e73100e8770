"""A value as read, made into a value as a program compares it; an identifier is checked on the way.

Dates become ISO 8601, amounts yuan with two decimals, areas square metres with two decimals, identifiers their
standard writing, everything else half-width text without white space. What cannot be read that way is no value.
"""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Literal

from catalogue import (
    find_dates,
    parse_amount,
    parse_amount_in_words,
    parse_area,
    parse_percent,
    parse_ratio,
    parse_validity,
)
from ocr import identifying
from ocr.correcting import digits_forced, numerals_forced
from ocr.folding import fold
from ocr.normal import CHECKED, DOUBTFUL, PLAIN, SHAPED, TRAIL, WORN, Normal, of_correction

MAX_NAME = 40
"""Characters of the longest company name with its branch; longer is a sentence."""

MAX_PERSON = 12
"""Characters: names of minorities with their dots reach about ten."""

LONG_TERM = "长期"

AGREE = "figures and capitals agree"

AREA_ROUNDING = Decimal("0.005")
"""Part by which an area in two units may differ: 亩 are printed to one or two decimals."""

_COMPANY_END = re.compile(
    r"(?:公司|集团|企业|研究院|设计院|事务所|中心|[^人定]厂|委员会|[^当]局|医院|学校|大学|学院|政府|合作社|"
    r"指挥部|办公室|管理处|院|所|站|店|部|社|\(有限合伙\)|\(普通合伙\)|分公司)$"
)
_DAY_AFTER = re.compile(r"(?<=[一-鿿])(?:19|20)[0-9]{2}年[0-9]{1,2}月[0-9]{1,2}日?$")
"""The day that stands on the next line, under the office that signs."""

_PERSON = re.compile(r"^[一-鿿㐀-䶿·•]{2,12}$")
_AREA_UNIT = r"(?:万?平方米|平米|万?m2|公顷|hm2|亩|平方公里|km2)"
_AREA_ONLY = re.compile(rf"^[0-9.,]+{_AREA_UNIT}?$", re.IGNORECASE)
_AREA_TWICE = re.compile(rf"([0-9.,]+{_AREA_UNIT})[,(]*(?:合|约|约合|折合|即)?([0-9.,]+{_AREA_UNIT})\)?", re.IGNORECASE)
_AREA_FIRST = re.compile(rf"[0-9.,]+{_AREA_UNIT}(?=[,;。)]|$)", re.IGNORECASE)
_WORN_POINT = re.compile(r"(?<=[0-9]):(?=[0-9]{2}(?:平方米|m2|万?元))")
_YEAR_OF_NUMBER = re.compile(r"\(((?:19|20)[0-9]{2})\)(?=[一-鿿]{0,6}第?[0-9]{1,6}号)(?![一-鿿]+不动产权)")
"""The year in a 文号, which the standard form sets in 〔〕 (GB/T 9704)."""

_VAIN = re.compile(r"(?<=〕)第(?=[0-9]+号)")
"""The 第 after it, which the standard form leaves out."""

_CAPITALS = re.compile("[壹贰叁肆伍陆柒捌玖拾佰仟零]")
_WORN_DATE = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})[^0-9]{1,3}([0-9]{1,2})[^0-9]{1,2}([0-9]{1,2})(?![0-9])")


def normal(kind: str, text: str, qualifier: str = "") -> Normal | None:
    """The value of that kind (`FieldSpec.kind`) in the text; `qualifier` is the label's bracket, such as 万元."""
    return _KINDS.get(kind, _text)(fold(text), qualifier)


def normal_value(kind: str, text: str) -> str | None:
    """What a person typed, in the same writing as a reading of that kind; None where it is none of that kind."""
    found = normal(kind, text)
    return found.value if found else None


def _text(text: str, _: str) -> Normal | None:
    value = _VAIN.sub("", _YEAR_OF_NUMBER.sub(r"〔\1〕", _WORN_POINT.sub(".", text.strip(TRAIL))))
    if value.count("(") == value.count(")") + 1:  # the closing one is thin and at the edge: often not seen
        value += ")"
    return Normal(value, PLAIN) if re.search(r"[0-9A-Za-z一-鿿]", value) else None


def _company(text: str, _: str) -> Normal | None:
    value = re.sub(r"\((?:盖章|公章|签章|全称)\)?$", "", text.strip(TRAIL)).strip(TRAIL)
    value = _DAY_AFTER.sub("", value)
    if not 4 <= len(value) <= MAX_NAME or re.search(r"[。;!?:]", value):  # noqa: PLR2004 - the shortest name
        return None
    return Normal(value, PLAIN if _COMPANY_END.search(value) else DOUBTFUL)


def _person(text: str, _: str) -> Normal | None:
    value = re.split(r"[,。;:(]", text.strip(TRAIL))[0]
    return Normal(value, PLAIN) if len(value) <= MAX_PERSON and _PERSON.match(value) else None


def _date(text: str, _: str) -> Normal | None:
    """A day; a zero that was read as two brackets counts as a zero."""
    text = text.replace("()", "0")
    day = _day(text)
    if day is not None:
        return Normal(day, SHAPED)
    fixed = digits_forced(text, _day, only=[n for n in range(len(text)) if _among_digits(text, n)])
    return of_correction(fixed) if fixed else _worn_date(text)


def _day(text: str) -> str | None:
    """The day in ISO 8601, of a period its last one, or 长期."""
    period = parse_validity(text)
    if period and period.no_end:
        return LONG_TERM
    days = [period.until] if period and period.until else find_dates(text)
    return days[0].isoformat() if days and days[0] else None


def _among_digits(text: str, n: int) -> bool:
    return any(character.isdigit() or character in "年月日" for character in text[max(0, n - 1) : n + 2] if character)


def _worn_date(text: str) -> Normal | None:
    """A date whose 年, 月 or 日 was misread, as happens under a seal: the three numbers with something between."""
    match = _WORN_DATE.search(text)
    if match is None:
        return None
    try:
        return Normal(dt.date(int(match[1]), int(match[2]), int(match[3])).isoformat(), WORN)
    except ValueError:
        return None


def _amount(text: str, qualifier: str) -> Normal | None:
    """Yuan. Where figures and capitals both stand they must agree, else the figures are given with a lower trust."""
    unit: Literal["元", "万元"] | None = "万元" if "万元" in qualifier else "元" if "元" in qualifier else None
    stripped = text.strip(TRAIL)
    yuan, words = parse_amount(stripped, unit), parse_amount_in_words(stripped)
    if yuan is None:
        fixed = digits_forced(stripped, lambda candidate: _yuan(parse_amount(candidate, unit))) or numerals_forced(
            stripped, lambda candidate: _yuan(parse_amount_in_words(candidate))
        )
        return of_correction(fixed) if fixed else None
    value = f"{yuan:.2f}"
    figures = parse_amount(_CAPITALS.sub("", stripped), unit)
    if words is None or figures is None:
        agreeing = numerals_forced(stripped, lambda candidate: _yuan(parse_amount_in_words(candidate), same_as=yuan))
        return Normal(value, CHECKED, AGREE) if figures is not None and agreeing else Normal(value, SHAPED)
    return Normal(value, CHECKED, AGREE) if words == yuan else Normal(value, DOUBTFUL, f"capitals differ: {words:.2f}")


def _yuan(amount: Decimal | None, same_as: Decimal | None = None) -> str | None:
    return None if amount is None or same_as not in (None, amount) else f"{amount:.2f}"


def _area(text: str, qualifier: str) -> Normal | None:
    """A bare area is a figure; a description that holds one ("建筑面积…，地上3层") stays text.

    One given in two units (4.2公顷，合63亩) must agree with itself.
    """
    value = _WORN_POINT.sub(".", text.strip(TRAIL))
    twice = _AREA_TWICE.fullmatch(value)
    if twice:
        first, second = parse_area(twice[1]), parse_area(twice[2])
        if first and second:
            agree = abs(first - second) <= first * AREA_ROUNDING
            note = "both units agree" if agree else f"units differ: {second:.2f}"
            return Normal(f"{first:.2f}", CHECKED if agree else DOUBTFUL, note)
    leading = _AREA_FIRST.match(value)
    if leading or _AREA_ONLY.match(value):
        area = parse_area(leading[0] if leading else value, qualifier)
        if area is not None:
            return Normal(f"{area:.2f}", SHAPED)
    fixed = digits_forced(value, _bare_area, spared="mhkbA") if not re.search("[一-鿿]{4}", value) else None
    if fixed:
        return of_correction(fixed)
    return _text(value, qualifier) if parse_area(value, qualifier) is not None else _doubt(value)


def _bare_area(text: str) -> str | None:
    area = parse_area(text) if _AREA_ONLY.match(text) else None
    return None if area is None else f"{area:.2f}"


def _ratio(text: str, _: str) -> Normal | None:
    return _bounded(parse_ratio(text)) or _doubt(text.strip(TRAIL))


def _percent(text: str, qualifier: str) -> Normal | None:
    value = parse_percent(text if "%" not in qualifier or "%" in text else text.strip(TRAIL) + "%")
    return _bounded(value) or _doubt(text.strip(TRAIL))


def _bounded(value: str | None) -> Normal | None:
    """The figure alone, to be compared with others; its bound goes into the note."""
    if value is None:
        return None
    figure = value.lstrip("≤≥<>")
    return Normal(figure, SHAPED, f"bound {value[0]}" if figure != value else "")


def _doubt(value: str) -> Normal | None:
    return Normal(value, DOUBTFUL) if value else None


def _alone(read: Callable[[str], Normal | None]) -> Callable[[str, str], Normal | None]:
    """A reader to which the label's bracket says nothing."""
    return lambda text, _: read(text)


_KINDS: Mapping[str, Callable[[str, str], Normal | None]] = {
    "text": _text,
    "company": _company,
    "person": _person,
    "uscc": _alone(identifying.uscc),
    "id-card": _alone(identifying.id_card),
    "project-code": _alone(identifying.project_code),
    "permit": _alone(identifying.permit),
    "document-number": _alone(identifying.document_number),
    "land-title": _alone(identifying.land_title),
    "unit-number": _alone(identifying.unit_number),
    "phone": _alone(identifying.phone),
    "date": _date,
    "amount": _amount,
    "area": _area,
    "ratio": _ratio,
    "percent": _percent,
}
