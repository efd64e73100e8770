"""Ratios, percentages and telephone numbers as forms print them."""

import re

from catalogue.chinese import normalise

_NUMBER = r"[0-9]+(?:\.[0-9]+)?"
_BOUNDS = (
    ("≤", r"≤|<=|≦|不大于|不超过|不高于|小于等于|小于或等于"),
    ("≥", r"≥|>=|≧|不小于|不低于|不少于|大于等于|大于或等于"),
    ("<", r"<|小于|低于"),
    (">", r">|大于|高于"),
)
_BOUND = "|".join(words for _, words in _BOUNDS)
_MEASURE = re.compile(rf"(?P<bound>{_BOUND})?(?P<n>{_NUMBER})(?:(?:-|~|至|—)(?P<m>{_NUMBER}))?(?P<percent>%)?")
_HIGHEST_RATIO = 30
"""A floor area ratio above this is a misread point; the densest plots of the country have about 25."""

_MOBILE = re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])")
_LANDLINE = re.compile(
    r"(?<![0-9])\(?(0(?:10|2[0-9]|[3-9][0-9]{2}))\)?-?([2-9][0-9]{6,7})(?:(?:-|转)([0-9]{1,5}))?(?![0-9])"
)
_LOCAL = re.compile(r"(?<![0-9A-Za-z-])(?:[2-9][0-9]{6,7}|400-?[0-9]{3}-?[0-9]{4})(?![0-9])")


def parse_ratio(text: str) -> str | None:
    """A ratio with its bound: ``不大于2.0`` is ``≤2.0``, ``1.0~2.0`` is ``1.0-2.0``; None above 30."""
    found = _measure(text)
    if found is None or found["percent"] or float(found["m"] or found["n"]) > _HIGHEST_RATIO:
        return None
    return _written(found)


def parse_percent(text: str) -> str | None:
    """A percentage with its bound: ``不低于35%`` is ``≥35%``; None above 100 and for a number without its sign."""
    found = _measure(text)
    if found is None or not found["percent"] or float(found["m"] or found["n"]) > 100:  # noqa: PLR2004 - all of it
        return None
    return _written(found) + "%"


def parse_phone(text: str) -> str | None:
    """The first telephone number: a mobile one as 11 digits, a landline as ``0412-5550123`` or ``0412-5550123-801``."""
    plain = normalise(text).replace(" ", "")
    if mobile := _MOBILE.search(plain):
        return mobile.group()
    if landline := _LANDLINE.search(plain):
        return "-".join(part for part in landline.groups() if part)
    local = _LOCAL.search(plain)
    return local.group() if local else None


def _measure(text: str) -> re.Match[str] | None:
    return _MEASURE.fullmatch(normalise(text).replace(" ", "").rstrip("。;,"))


def _written(found: re.Match[str]) -> str:
    bound = next((sign for sign, words in _BOUNDS if found["bound"] and re.fullmatch(words, found["bound"])), "")
    return bound + found["n"] + (f"-{found['m']}" if found["m"] else "")
