"""A value as read, made into a value as a program compares it; an identifier is checked on the way.

Dates become ISO 8601, amounts yuan with two decimals, areas square metres with two decimals, identifiers their
standard writing, everything else half-width text without white space. What cannot be read that way is no value.
"""

import dataclasses
import datetime as dt
import re
from collections.abc import Callable, Mapping

from catalogue import (
    check_construction_permit,
    check_id_card,
    check_project_code,
    check_uscc,
    clean_identifier,
    find_dates,
    find_planning_permits,
    find_project_codes,
    parse_amount,
    parse_area,
    parse_validity,
    uscc_candidates,
)
from ocr.folding import fold

CHECKED, SHAPED, PLAIN, WORN, DOUBTFUL = 1.0, 0.97, 0.95, 0.75, 0.6
"""How much a value's own form speaks for it: passed a check character, has the right shape, is free text, has the shape
but for a misread mark, fails it."""

MAX_NAME = 40
"""Characters of the longest company name with its branch; longer is a sentence."""

MAX_PERSON = 12
"""Characters: names of minorities with their dots reach about ten."""

LONG_TERM = "长期"

_COMPANY_END = re.compile(
    r"(?:公司|集团|企业|研究院|设计院|事务所|中心|[^人定]厂|委员会|[^当]局|医院|学校|大学|学院|政府|合作社|"
    r"指挥部|办公室|管理处|院|所|站|店|部|社|\(有限合伙\)|\(普通合伙\)|分公司)$"
)
_PERSON = re.compile(r"^[一-鿿㐀-䶿·•]{2,12}$")
_AREA_ONLY = re.compile(r"^[0-9.,]+(?:万?平方米|平米|m2|公顷|hm2|亩)?$", re.IGNORECASE)
_WORN_DATE = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})[^0-9]{1,3}([0-9]{1,2})[^0-9]{1,2}([0-9]{1,2})(?![0-9])")
_TRAIL = "。;,、:_ "


@dataclasses.dataclass(frozen=True, slots=True)
class Normal:
    """The value and how much its own form speaks for it, 0 to 1."""

    value: str
    trust: float


def normal(kind: str, text: str, qualifier: str = "") -> Normal | None:
    """The value of that kind (`FieldSpec.kind`) in the text; `qualifier` is the label's bracket, such as 万元."""
    return _KINDS.get(kind, _text)(fold(text), qualifier)


def _text(text: str, _: str) -> Normal | None:
    value = text.strip(_TRAIL)
    if value.count("(") == value.count(")") + 1:  # the closing one is thin and at the edge: often not seen
        value += ")"
    return Normal(value, PLAIN) if re.search(r"[0-9A-Za-z一-鿿]", value) else None


def _company(text: str, _: str) -> Normal | None:
    value = re.sub(r"\((?:盖章|公章|签章|全称)\)?$", "", text.strip(_TRAIL)).strip(_TRAIL)
    if not 4 <= len(value) <= MAX_NAME or re.search(r"[。;!?:]", value):  # noqa: PLR2004 - the shortest name
        return None
    return Normal(value, PLAIN if _COMPANY_END.search(value) else DOUBTFUL)


def _person(text: str, _: str) -> Normal | None:
    value = re.split(r"[,。;:(]", text.strip(_TRAIL))[0]
    return Normal(value, PLAIN) if len(value) <= MAX_PERSON and _PERSON.match(value) else None


def _uscc(text: str, _: str) -> Normal | None:
    for candidate in uscc_candidates(text):
        return Normal(candidate, CHECKED)
    value = clean_identifier(text.strip(_TRAIL))
    state = check_uscc(value).state
    return (
        Normal(value, SHAPED if state == "checksum-legacy" else DOUBTFUL)
        if re.fullmatch("[0-9A-Z]{15,20}", value)
        else None
    )


def _project_code(text: str, _: str) -> Normal | None:
    found = find_project_codes(text)
    if found:
        return Normal(found[0], SHAPED)
    check = check_project_code(text.strip(_TRAIL))
    return Normal(check.value, SHAPED) if check.ok else None


def _date(text: str, _: str) -> Normal | None:
    period = parse_validity(text)
    if period and period.no_end:
        return Normal(LONG_TERM, SHAPED)
    days = [period.until] if period and period.until else find_dates(text)
    if days and days[0]:
        return Normal(days[0].isoformat(), SHAPED)
    return _worn_date(text)


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
    yuan = parse_amount(text.strip(_TRAIL), "万元" if "万元" in qualifier else "元" if "元" in qualifier else None)
    return None if yuan is None else Normal(f"{yuan:.2f}", SHAPED)


def _area(text: str, qualifier: str) -> Normal | None:
    """A bare area is a figure; a description that holds one ("建筑面积…，地上3层") stays text."""
    value = text.strip(_TRAIL)
    if _AREA_ONLY.match(value):
        area = parse_area(value, qualifier)
        if area is not None:
            return Normal(f"{area:.2f}", SHAPED)
    return _text(value, qualifier) if parse_area(value, qualifier) is not None else _doubt(value)


def _doubt(value: str) -> Normal | None:
    return Normal(value, DOUBTFUL) if value else None


def _permit(text: str, _: str) -> Normal | None:
    planning = find_planning_permits(text)
    if planning:
        return Normal(planning[0].text, SHAPED)
    value = clean_identifier(text.strip(_TRAIL))
    check = check_construction_permit(value)
    if check.ok:
        return Normal(check.value, CHECKED)
    return Normal(value, DOUBTFUL) if re.search(r"[0-9]{4}", value) and len(value) <= MAX_NAME else None


def _id_card(text: str, _: str) -> Normal | None:
    match = re.search(r"(?<![0-9])[0-9]{17}[0-9X](?![0-9])", clean_identifier(text))
    if match is None:
        return None
    return Normal(match[0], CHECKED if check_id_card(match[0]).ok else DOUBTFUL)


_KINDS: Mapping[str, Callable[[str, str], Normal | None]] = {
    "text": _text,
    "company": _company,
    "person": _person,
    "uscc": _uscc,
    "project-code": _project_code,
    "date": _date,
    "amount": _amount,
    "area": _area,
    "permit": _permit,
    "id-card": _id_card,
}
