"""Numbers of permits: 施工许可证 (18 digits) and the planning permits (地字第…号, 建字第…号)."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from catalogue.identifiers.check import IdentifierCheck, clean_identifier

_CONSTRUCTION = re.compile(r"([0-9]{6})([0-9]{8})([0-9]{2})([0-9]{2})([A-Z]?)")
_MAX_SEQUENCE = 99
_PLANNING = re.compile(r"([用地建乡核])字第([0-9A-Z-]{10,22})号(\(改[0-9]+\))?")

PlanningKind = Literal["用", "地", "建", "乡", "核"]
"""选址意见书, 建设用地规划许可证, 建设工程规划许可证, 乡村建设规划许可证, 规划核实."""


def check_construction_permit(text: str) -> IdentifierCheck:
    """Checks a 施工许可证编号: region (6), date (8), number of that day (2), speciality (2).

    ``variant`` is ``national``, or ``part`` when a letter of a split permit follows (J 基础, Z 装修 …). Forms that
    cities used before are ``malformed`` with the reason ``shape``: keep the text as written then.
    """
    value = clean_identifier(text)
    match = _CONSTRUCTION.fullmatch(value)
    if match is None:
        return IdentifierCheck("malformed", value, "shape")
    day = match[2]
    try:
        dt.date(int(day[:4]), int(day[4:6]), int(day[6:]))
    except ValueError:
        return IdentifierCheck("malformed", value, "date")
    return IdentifierCheck("ok", value, variant="part" if match[5] else "national")


def make_construction_permit(region: str, day: dt.date, sequence: int, speciality: str = "01") -> str:
    """The number of a 施工许可证 (number rule ``permit18``).

    Args:
        region: Region code of the issuer, 6 digits.
        day: Day of registration.
        sequence: Which permit of that day it is, 1 to 99.
        speciality: 专业分类, 2 digits; 01 is 一般工业与民用建筑.

    Raises:
        ValueError: A part does not fit its place.
    """
    if not 1 <= sequence <= _MAX_SEQUENCE:
        raise ValueError(f"{sequence}: a day has permits 1 to {_MAX_SEQUENCE}; issue the rest the next day.")
    number = f"{region}{day:%Y%m%d}{sequence:02}{speciality}"
    if not check_construction_permit(number).ok or number != clean_identifier(number):
        raise ValueError(f"{number!r} is no permit number: the region has 6 digits, the speciality 2.")
    return number


@dataclass(frozen=True, slots=True)
class PlanningPermit:
    """A planning permit's number, taken apart.

    Attributes:
        kind: First character, see ``PlanningKind``.
        number: What stands between 第 and 号.
        amendment: ``(改1)`` and the like, or empty.
        form: ``serial15`` (region 6, year 4, serial 5), ``supervision19`` (电子监管号), or ``local``.
    """

    kind: PlanningKind
    number: str
    amendment: str
    form: Literal["serial15", "supervision19", "local"]

    @property
    def text(self) -> str:
        """The number as it is printed."""
        return f"{self.kind}字第{self.number}号{self.amendment}"


_SERIAL15 = re.compile(r"[0-9]{6}(?:19|20)[0-9]{2}[0-9]{5}")
_SUPERVISION19 = re.compile(r"[0-9]{6}20[0-9]{2}[A-Z]{2}[0-9]{7}")
_KINDS: dict[str, PlanningKind] = {"用": "用", "地": "地", "建": "建", "乡": "乡", "核": "核"}


def find_planning_permits(text: str) -> tuple[PlanningPermit, ...]:
    """All planning permit numbers in a text, in order, each once."""
    found = (_planning(m) for m in _PLANNING.finditer(clean_identifier(text)))
    return tuple(dict.fromkeys(found))


def _planning(match: re.Match[str]) -> PlanningPermit:
    number = match[2]
    form: Literal["serial15", "supervision19", "local"] = "local"
    if _SERIAL15.fullmatch(number):
        form = "serial15"
    elif _SUPERVISION19.fullmatch(number):
        form = "supervision19"
    return PlanningPermit(_KINDS[match[1]], number, match[3] or "", form)


def check_planning_permit(text: str, kind: PlanningKind | None = None) -> IdentifierCheck:
    """Checks a text that should be one planning permit's number, of this kind if one is given.

    ``variant`` is the form (see ``PlanningPermit``). These numbers have no check character, so ok means the shape only.
    """
    value = clean_identifier(text)
    match = _PLANNING.fullmatch(value)
    if match is None or kind not in (None, match[1]):
        return IdentifierCheck("malformed", value, "shape")
    permit = _planning(match)
    return IdentifierCheck("ok", permit.text, variant=permit.form)


SUPERVISION_LETTERS: Mapping[str, str] = {"用": "XS", "地": "YG", "建": "GG"}
"""The two letters of the 电子监管号 by kind of permit (domain reference 3.5, from memory): 选址, 用地规划, 工程规划."""

_SUPERVISED = re.compile(r"([0-9]{6})(20[0-9]{2})([A-Z]{2})([0-9]{7})")


def check_supervised_permit(text: str) -> IdentifierCheck:
    """Checks a permit's number that is numbered by the nationwide 电子监管号, as we issue it.

    ``value`` is the whole number, ``variant`` the letters. Shape, letters that belong to the kind (``letters``) and a
    serial above zero (``serial``); there is no check character. Of numbers that others issued ask
    ``check_planning_permit``: what letters they use is not known for every kind.
    """
    value = clean_identifier(text)
    match = _PLANNING.fullmatch(value)
    parts = _SUPERVISED.fullmatch(match[2]) if match else None
    if match is None or parts is None or match[3]:
        return IdentifierCheck("malformed", value, "shape")
    if SUPERVISION_LETTERS.get(match[1]) != parts[3]:
        return IdentifierCheck("malformed", value, "letters")
    if not int(parts[4]):
        return IdentifierCheck("malformed", value, "serial")
    return IdentifierCheck("ok", value, variant=parts[3])
