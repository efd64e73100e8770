"""居民身份证号 (GB 11643-1999): checked when read, masked wherever it leaves the sealed original."""

import datetime as dt
import re

from catalogue.identifiers.check import IdentifierCheck, clean_identifier

LENGTH = 18
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_SHAPE = re.compile(r"[1-9][0-9]{16}[0-9X]")
_KEPT_HEAD, _KEPT_TAIL = 6, 4


def check_id_card(text: str) -> IdentifierCheck:
    """Checks a number of 18 characters: a real birth date and the check character."""
    value = clean_identifier(text)
    if len(value) != LENGTH:
        return IdentifierCheck("malformed", value, "length")
    if not _SHAPE.fullmatch(value):
        return IdentifierCheck("malformed", value, "alphabet")
    try:
        dt.date(int(value[6:10]), int(value[10:12]), int(value[12:14]))
    except ValueError:
        return IdentifierCheck("malformed", value, "date")
    if _CHECK[sum(int(c) * w for c, w in zip(value[:17], _WEIGHTS, strict=True)) % 11] != value[17]:
        return IdentifierCheck("malformed", value, "check")
    return IdentifierCheck("ok", value)


def mask_id_card(text: str) -> str:
    """The number with only its first six and last four characters left; a shorter text loses all of them."""
    value = clean_identifier(text)
    hidden = len(value) - _KEPT_HEAD - _KEPT_TAIL
    if hidden < _KEPT_TAIL:
        return "*" * len(value)
    return value[:_KEPT_HEAD] + "*" * hidden + value[-_KEPT_TAIL:]
