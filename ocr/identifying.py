"""Identifiers as read, made into identifiers as they are kept: checked, and corrected where a check proves it."""

import re
from collections.abc import Callable

from catalogue import (
    check_construction_permit,
    check_id_card,
    check_planning_permit,
    check_project_code,
    check_unit_number,
    check_uscc,
    clean_identifier,
    find_document_numbers,
    find_land_titles,
    find_planning_permits,
    find_project_codes,
    parse_phone,
    uscc_candidates,
)
from ocr.correcting import Correction, corrected_id_card, corrected_uscc, digits_forced
from ocr.normal import CHECKED, CORRECTED, DOUBTFUL, SHAPED, TRAIL, WORN, Normal, of_correction

MAX_NUMBER = 40
"""Characters of the longest permit number; longer is a sentence."""

_RUN18 = re.compile(r"(?<![0-9A-Za-z|!])[0-9A-Za-z|!]{17}[0-9A-Za-z|!×](?![0-9A-Za-z|!])")
_CODE = re.compile(r"[0-9A-Z]{15,20}")
_ID_CARD = re.compile(r"(?<![0-9])[0-9]{17}[0-9X](?![0-9])")
_PROJECT = re.compile(r"[0-9A-Za-z|!]{4}-?[0-9A-Za-z|!]{6}-?[0-9A-Za-z|!]{2}-?[0-9A-Za-z|!]{2}-?[0-9A-Za-z|!]{6}")
_DASHED = re.compile(r"(?<=[0-9A-Za-z])[一_~—–·](?=[0-9A-Za-z])")
_PLANNING = re.compile(r"([用地建乡核])[字宇子学][第弟笫策]([0-9A-Za-z|!]{14,19})[号亏呈]")
_SERIAL, _SUPERVISION = 15, 19
_SUPERVISED = re.compile(r"[0-9]{6}20[0-9]{2}[A-Z][0-9]{5}")
_PERMIT = re.compile(r"[0-9A-Za-z|!]{18}[A-Z]?")
_TITLE = re.compile(r"[一-鿿]\([0-9A-Za-z]{4}\)[一-鿿]{2,12}?不动产权第[0-9A-Za-z]{5,10}号")
_DOCUMENT = re.compile(r"[一-鿿]{2,14}\([0-9A-Za-z]{4}\)第?[0-9A-Za-z]{1,5}号")
_UNENDED = re.compile(r"[一-鿿]{2,14}\((?:19|20)[0-9]{2}\)[0-9]{1,5}")
_UNIT = re.compile(r"[0-9A-Za-z]{28}")
_LIKE_UNIT = re.compile(r"[0-9]{9,15}[A-Z]{2}[0-9A-Z]{8,16}")
_UNIT_DIGITS = (*range(12), *range(14, 19), *range(20, 28))


def uscc(text: str) -> Normal | None:
    """A 统一社会信用代码; one that fails its checks is still given, doubtful or as an early code may be."""
    candidates = uscc_candidates(text)
    if candidates and candidates[0] in clean_identifier(text):
        return Normal(candidates[0], CHECKED)
    found = [fixed for run in _RUN18.findall(text) if (fixed := corrected_uscc(run))]
    if len({fixed.value for fixed in found}) == 1:
        return of_correction(found[0])
    for candidate in candidates:
        return Normal(candidate, CORRECTED, "corrected letters that no code has", text)
    value = clean_identifier(text.strip(TRAIL))
    if not _CODE.fullmatch(value):
        return None
    return Normal(value, WORN if check_uscc(value).state == "checksum-legacy" else DOUBTFUL)


def id_card(text: str) -> Normal | None:
    """A 身份证号; one that fails its check is given as doubtful."""
    match = _ID_CARD.search(clean_identifier(text))
    if match is not None and check_id_card(match[0]).ok:
        return Normal(match[0], CHECKED)
    for run in _RUN18.findall(text):
        if fixed := corrected_id_card(run, good_id_card):
            return of_correction(fixed)
    return None if match is None else Normal(match[0], DOUBTFUL)


def good_id_card(text: str) -> str | None:
    """The number if it passes its check."""
    check = check_id_card(text)
    return check.value if check.ok else None


def project_code(text: str) -> Normal | None:
    """A 项目代码, its hyphens put back where they were lost."""
    found = find_project_codes(text)
    if found:
        return Normal(found[0], SHAPED)
    check = check_project_code(text.strip(TRAIL))
    if check.ok:
        return Normal(check.value, SHAPED)
    return _fixed(_PROJECT, _DASHED.sub("-", text), _good_project_code)


def _good_project_code(text: str) -> str | None:
    check = check_project_code(text)
    return check.value if check.ok else None


def permit(text: str) -> Normal | None:
    """A permit's number in one of its national forms; another number is given as doubtful."""
    planning = find_planning_permits(text)
    if planning and planning[0].form != "local":
        return Normal(planning[0].text, SHAPED)
    fixed = planning_permit_corrected(text)
    if planning or fixed:
        return fixed or Normal(planning[0].text, SHAPED)
    value = clean_identifier(text.strip(TRAIL))
    check = check_construction_permit(value)
    if check.ok or _SUPERVISED.fullmatch(value):
        return Normal(value, CHECKED if check.ok else SHAPED)
    doubtful = Normal(value, DOUBTFUL) if re.search(r"[0-9]{4}", value) and len(value) <= MAX_NUMBER else None
    return _fixed(_PERMIT, text.strip(TRAIL), _good_construction_permit, whole=True) or doubtful


def _good_construction_permit(text: str) -> str | None:
    check = check_construction_permit(text)
    return check.value if check.ok else None


def planning_permit_corrected(text: str) -> Normal | None:
    """A planning permit's number whose 字第…号 or digits were misread, if it then has a national form."""
    match = _PLANNING.search(text)
    if match is None:
        return None
    number = match[2]
    if len(number) == _SERIAL:
        places = tuple(range(_SERIAL))
    elif len(number) == _SUPERVISION:
        places = (*range(10), *range(12, _SUPERVISION))
    else:
        return None

    def accepts(candidate: str) -> str | None:
        check = check_planning_permit(f"{match[1]}字第{candidate}号")
        return check.value if check.ok and check.variant != "local" else None

    fixed = digits_forced(number, accepts, only=places)
    if fixed is not None:
        return Normal(fixed.value, WORN, fixed.note, match[0])
    value = accepts(number)
    return None if value is None else Normal(value, CORRECTED, "corrected 字第…号", match[0])


def document_number(text: str) -> Normal | None:
    """A 文号 with the brackets of the standard form (GB/T 9704); a number of another form is given as doubtful."""
    number = _good_document_number(text)
    if number is not None:
        return Normal(number, SHAPED)
    if _UNENDED.fullmatch(text) and (number := _good_document_number(text + "号")):
        return Normal(number, CORRECTED, "corrected 号", text)
    if fixed := _fixed(_DOCUMENT, text, _good_document_number):
        return fixed
    value = text.strip(TRAIL)
    return Normal(value, DOUBTFUL) if re.search(r"[0-9]", value) and len(value) <= MAX_NUMBER else None


def _good_document_number(text: str) -> str | None:
    """The first 文号, without the 第 that some offices print after the year and GB/T 9704 leaves out."""
    return next((number.text for number in find_document_numbers(text)), None)


def land_title(text: str) -> Normal | None:
    """A 不动产权证号."""
    found = find_land_titles(text)
    if found:
        return Normal(found[0], SHAPED)
    return _fixed(_TITLE, text, lambda candidate: next(iter(find_land_titles(candidate)), None))


def unit_number(text: str) -> Normal | None:
    """A 不动产单元号 without the spaces it is set with; one that lost or won figures is given as doubtful."""
    check = check_unit_number(text.strip(TRAIL))
    if check.ok:
        return Normal(check.value, SHAPED)
    match = _UNIT.search(text)
    fixed = match and digits_forced(match[0], _good_unit_number, only=_UNIT_DIGITS)
    if fixed:
        return of_correction(fixed, WORN)
    value = clean_identifier(text.strip(TRAIL))
    return Normal(value, DOUBTFUL) if _LIKE_UNIT.fullmatch(value) else None


def _good_unit_number(text: str) -> str | None:
    check = check_unit_number(text)
    return check.value if check.ok else None


def phone(text: str) -> Normal | None:
    """A telephone number."""
    value = parse_phone(text)
    if value is not None:
        return Normal(value, SHAPED)
    fixed = digits_forced(text.strip(TRAIL), parse_phone)
    return of_correction(fixed) if fixed else None


def _fixed(
    shape: re.Pattern[str], text: str, accepts: Callable[[str], str | None], *, whole: bool = False
) -> Normal | None:
    """The one value that a run of that shape gives when its letters are read as digits.

    It has no check character: a digit misread for another beside the letter stays unseen, so it is trusted less.
    """
    match = shape.fullmatch(text) if whole else shape.search(text)
    fixed: Correction | None = digits_forced(match[0], accepts) if match else None
    return of_correction(fixed, WORN) if fixed else None
