"""Numbers of real estate: 不动产权证号 and 不动产单元号 (GB/T 37346-2019)."""

import re

from catalogue.identifiers.check import IdentifierCheck, clean_identifier

_TITLE = re.compile(r"([一-鿿])\((20[0-9]{2})\)([一-鿿]{2,12}?)不动产权第([0-9]{5,10})号")
_UNIT = re.compile(r"([0-9]{6})([0-9]{3})([0-9]{3})([A-Z]{2})([0-9]{5})([A-Z])([0-9]{8})")
_BRACKETS = str.maketrans("〔[【〕]】", "((()))")


def find_land_titles(text: str) -> tuple[str, ...]:
    """All numbers of real estate certificates in a text, in order, each once: ``辽(2026)江澜市不动产权第0012345号``.

    Province, year, place and serial as the form of 2015 prints them; the round brackets are half-width.
    """
    plain = clean_identifier(text).translate(_BRACKETS)
    return tuple(dict.fromkeys(match.group() for match in _TITLE.finditer(plain)))


def check_unit_number(text: str) -> IdentifierCheck:
    """Checks a 不动产单元号 of 28 characters, which names a parcel and what stands on it.

    Parcel: region (6), cadastral area (3 and 3), right (2 letters), serial (5); fixture: a letter and 8 digits. It has
    no check character, so ok means the shape only; ``value`` has no spaces, however the form sets it.
    """
    value = clean_identifier(text)
    match = _UNIT.fullmatch(value)
    return IdentifierCheck("ok", value) if match else IdentifierCheck("malformed", value, "shape")
