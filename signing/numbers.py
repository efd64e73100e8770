"""Numbers of certificates: one counter a series, drawn in the transaction that writes what the number is for.

The counter's row is locked until that transaction commits: of two that draw at once one waits, and a rollback, or a
process that dies, gives the number back. So a number is never repeated, and none is missing between the first and the
last. A certificate keeps its number from then on, whether it is ever sealed or not.
"""

import datetime as dt
import re

from catalogue import (
    Output,
    check_supervised_permit,
    find_planning_permits,
    make_licence_identifier,
    number_rule,
)
from signing.errors import NumbersUsedUp
from signing.models import NumberCounter

_SERIAL = re.compile(r"[0-9A-Z]+")
_OWN_TYPE = re.compile(r"[0-9]{3}")


def draw_number(series: str) -> int:
    """The next number of a series, from 1, without gap or repeat.

    Call it in the transaction that writes what the number is for: the row is locked until that commits, and a
    rollback gives the number back.
    """
    NumberCounter.objects.get_or_create(series=series)
    counter = NumberCounter.objects.select_for_update().get(series=series)
    counter.last += 1
    counter.save(update_fields=["last"])
    return counter.last


def series_of(output: Output, region: str, day: dt.date) -> str:
    """The series that the output's numbers of that day are counted in: one for each region, result and day or year."""
    return f"{region}:{output.material}:{number_rule(output.number_rule).period(day)}"


def certificate_number(output: Output, region: str, day: dt.date) -> str:
    """The next number for a result of that day, by its rule (`certificates.yaml`).

    Raises:
        NumbersUsedUp: the series has no room for another; nothing was drawn.
    """
    rule = number_rule(output.number_rule)
    serial = draw_number(series_of(output, region, day))
    if serial > rule.last:
        when = "次日" if rule.resets == "daily" else "下一年度"
        raise NumbersUsedUp(f"编号已用完（{rule.last} 个）：请{when}再作出决定 (the series is used up)")
    return rule.number(region, day, serial)


def supervision_number(number: str) -> str:
    """The 电子监管号 in a permit's number; empty where it is numbered otherwise."""
    permits = find_planning_permits(number) if check_supervised_permit(number).ok else ()
    return permits[0].number if permits else ""


def certificate_identifier(output: Output, issuer_uscc: str, number: str, version: int = 1) -> str:
    """The identifier by GB/T 36904 with its check character; the number itself where the result has none.

    The serial is the number with its digits and capital letters only. A type that the issuer defined itself begins
    with the issuer's own code.
    """
    if not output.licence_type:
        return number  # what is no e-certificate (an opinion) is named by its number
    own = issuer_uscc if _OWN_TYPE.fullmatch(output.licence_type) else ""
    serial = "".join(_SERIAL.findall(number))
    return make_licence_identifier(own + output.licence_type, issuer_uscc, serial, version)
