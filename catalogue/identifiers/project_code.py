"""项目代码: 24 characters in two living forms, told apart by their first block."""

import re

from catalogue.identifiers.check import IdentifierCheck, clean_identifier, fold

_SHAPE = re.compile(r"([0-9]{4})-?([0-9]{6})-?([0-9]{2})-?([0-9]{2})-?([0-9]{6})")
_IN_TEXT = re.compile(r"(?<![0-9A-Z-])[0-9]{4} ?- ?[0-9]{6} ?- ?[0-9]{2} ?- ?[0-9]{2} ?- ?[0-9]{6}(?![0-9A-Z-])")
_FIRST_NEW_YEAR = 20  # 发改投资〔2020〕1439号, in force from 2020-11
_OLD_YEARS = range(2013, 2021)


def check_project_code(text: str) -> IdentifierCheck:
    """Checks a project code and tells its form in ``variant``.

    ``new`` (GB/T 40058-2021) begins with year and month ``YYMM``, ``old`` with the year 2013 to 2020; the two never
    overlap. Hyphens that a reader lost are put back. The region is not checked against GB/T 2260: development zones
    have codes of their own. How the check digit of the new form is computed is not published, so it is not checked.
    """
    value = clean_identifier(text)
    match = _SHAPE.fullmatch(value)
    if match is None:
        return IdentifierCheck("malformed", value, "shape")
    value = "-".join(match.groups())
    time = match[1]
    if "01" <= time[2:] <= "12" and int(time[:2]) >= _FIRST_NEW_YEAR:
        return IdentifierCheck("ok", value, variant="new")
    if int(time) in _OLD_YEARS:
        return IdentifierCheck("ok", value, variant="old")
    return IdentifierCheck("malformed", value, "date")


def find_project_codes(text: str) -> tuple[str, ...]:
    """All project codes in a text, in order, each once."""
    checks = (check_project_code(m.group()) for m in _IN_TEXT.finditer(fold(text)))
    return tuple(dict.fromkeys(check.value for check in checks if check.ok))
