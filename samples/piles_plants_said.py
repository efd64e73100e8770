"""Defects planted by what the paper says: periods, names, codes and numbers that are not what they should be."""

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from catalogue import FieldSpec, find_dates, make_uscc
from samples.piles_ground import Ground, Planting, begun_later, ended, shifted

_CODE = "统一社会信用代码"
_PROJECT_CODE = "项目代码"
_OLD_BRAND = "宏兴"
_DUE_AFTER = dt.timedelta(days=40)
"""From the day of the check to the promised decision, where a pile has one."""
_WRONG_DAY = re.compile(r"(?:0?[1-9]|1[0-2])月(?:[0-3]?\d)日|(?<=\d[-.])(?:0[1-9]|1[0-2])[-.][0-3]\d$")


def _said(ground: Ground, code: str, fields: Mapping[str, str], weight: str = "serious", **more: Any) -> Planting:
    facts = more.pop("facts", {})
    return Planting((("", ground.saying(**fields)),), (ground.planted(code, weight, **more),), facts=facts)


def _expired(ground: Ground) -> Planting | None:
    kind = ground.kind.validity
    if kind.kind == "none" or not ground.printed(kind.field):
        return None
    fields = {kind.field: ended(ground.printed(kind.field), ground.day)}
    if kind.kind == "months":
        fields[kind.field] = shifted(ground.printed(kind.field), -4 * (1 + kind.months // 48))
    elif ground.form.lapsed:  # a letter of attorney is signed before it ends
        fields = dict(ground.form.lapsed)
    return _said(ground, "expired", fields, follows=("permit-date",)) if all(fields.values()) else None


def _not_yet_valid(ground: Ground) -> Planting | None:
    kind = ground.kind.validity
    printed = ground.printed(kind.field) if kind.kind == "until" else ""
    if len(find_dates(printed)) != 2:  # noqa: PLR2004 - a first and a last day
        return None
    return _said(ground, "not-yet-valid", {kind.field: begun_later(printed, ground.day)})


def _ends_too_soon(ground: Ground) -> Planting | None:
    """It holds today, but not until the promised day of decision."""
    kind = ground.kind.validity
    printed = ground.printed(kind.field) if kind.kind == "until" else ""
    if len(find_dates(printed)) != 1:
        return None
    last = ground.day + _DUE_AFTER / 2
    fields = {kind.field: f"{last.year}年{last.month}月{last.day}日"}
    due = (ground.day + _DUE_AFTER).isoformat()
    return _said(ground, "expires-before-decision", fields, "question", facts={"decision_due_on": due})


def _in_future(ground: Ground) -> Planting | None:
    for spec in _specs(ground, "date"):
        if spec.name != ground.kind.validity.field and find_dates(ground.printed(spec.name)):
            later = begun_later(ground.printed(spec.name), ground.day)
            return _said(
                ground, "date-in-future", {spec.name: later}, follows=("permit-date",), elsewhere=("fact-differs",)
            )
    return None


def _impossible(ground: Ground) -> Planting | None:
    for spec in _specs(ground, "date"):
        printed = ground.printed(spec.name)
        if spec.name != ground.kind.validity.field and len(find_dates(printed)) == 1 and _WRONG_DAY.search(printed):
            wrong = _WRONG_DAY.sub(lambda found: "2月30日" if "月" in found[0] else "02-30", printed)
            return _said(ground, "date-impossible", {spec.name: wrong}, follows=("field-unreadable",))
    return None


def _empty(ground: Ground) -> Planting | None:
    """A required field that was not filled in; not one that names a party or a project, which has its own defects."""
    named = {*ground.form.seals.values(), *_subjects(ground), _CODE, _PROJECT_CODE, ground.kind.validity.field}
    for spec in ground.kind.fields:
        if spec.required and spec.name not in named and ground.printed(spec.name):
            return _said(ground, "field-unreadable", {spec.name: "　"}, follows=("date-impossible",))
    return None


def _applicant(ground: Ground) -> Planting | None:
    """Another company's paper: its name, and its code where the paper bears one."""
    name = ground.kind.applicant_field
    if not ground.printed(name):
        return None
    fields, planted = (
        {name: ground.other.owner.name},
        [ground.planted("applicant-differs", elsewhere=("fact-differs",))],
    )
    if ground.printed(_CODE):
        fields[_CODE] = ground.other.owner.code
        planted.append(ground.planted("uscc-differs"))
    return Planting((("", ground.saying(**fields)),), tuple(planted))


def _renamed(ground: Ground) -> Planting | None:
    name = ground.kind.applicant_field
    if not ground.printed(name):
        return None
    city = ground.world.city[:-1]
    former = city + _OLD_BRAND + ground.printed(name)[len(city) + 2 :]
    facts = {"former_names": [former]}
    return _said(ground, "applicant-renamed", {name: former}, "question", elsewhere=("fact-differs",), facts=facts)


def _code_differs(ground: Ground) -> Planting | None:
    if not ground.printed(_CODE):
        return None
    fields = {_CODE: ground.other.owner.code}
    return _said(ground, "uscc-differs", fields, elsewhere=("fact-differs",))


def _code_malformed(ground: Ground) -> Planting | None:
    """An early code whose check fails though it is genuine: the case has it so, and no other paper bears it."""
    if not ground.printed(_CODE) or any(one.printed(_CODE) for one in (*ground.beside, *ground.spoken_for)):
        return None
    body = ground.world.owner.code[:-1]
    last = next(letter for letter in "3579" if body + letter != make_uscc(body[:16]) and letter != body[-1])
    facts = {"applicant_uscc": body + last}
    return _said(ground, "uscc-malformed", {_CODE: body + last}, "note", facts=facts)


def _project_code_differs(ground: Ground) -> Planting | None:
    if not ground.printed(_PROJECT_CODE):
        return None
    fields = {_PROJECT_CODE: ground.other.project_code}
    return _said(ground, "project-code-differs", fields, elsewhere=("fact-differs",))


def _project_code_former(ground: Ground) -> Planting | None:
    if not ground.printed(_PROJECT_CODE):
        return None
    former = f"2019-{ground.world.region}-47-03-{ground.world.project_code[-6:]}"
    facts = {"former_codes": [former]}
    fields = {_PROJECT_CODE: former}
    return _said(ground, "project-code-former", fields, "question", elsewhere=("fact-differs",), facts=facts)


def _project_differs(ground: Ground) -> Planting | None:
    name = ground.kind.project_field
    if not ground.printed(name) or name == ground.kind.works_field:
        return None
    return _said(ground, "project-differs", {name: ground.other.project}, elsewhere=("fact-differs",))


def _works_differ(ground: Ground) -> Planting | None:
    """The works next door: the same name with another number where it has one, else those of another project."""
    name = ground.kind.works_field
    printed = ground.printed(name)
    if not printed:
        return None
    number = re.search(r"\d(?=[#号])", printed)
    other = printed[: number.start()] + str(int(number[0]) % 9 + 1) + printed[number.end() :] if number else ""
    return _said(ground, "works-differ", {name: other or ground.other.works.name}, elsewhere=("fact-differs",))


def _number(
    code: str, kind: str, wrong: Callable[[str], str], weight: str = "question"
) -> Callable[[Ground], Planting | None]:
    def plant(ground: Ground) -> Planting | None:
        for spec in _specs(ground, kind):
            if printed := ground.printed(spec.name):
                return _said(ground, code, {spec.name: wrong(printed)}, weight, elsewhere=("fact-differs",))
        return None

    return plant


def _other_digit(printed: str) -> str:
    """The last digit changed, so that the check fails."""
    return printed[:-1] + ("3" if printed[-1] != "3" else "7")


def _amount(ground: Ground) -> Planting | None:
    """The price in one paper is not the one in two others, so that it is this one which stands alone.

    Not in the contract, which tells it in words as well.
    """
    if ground.form.template == "sght":
        return None
    for spec in _specs(ground, "amount"):
        if "价" in spec.name and (printed := ground.printed(spec.name)) and _others_with_price(ground) >= _AGREEING:
            digits = re.search(r"\d", printed)
            if digits:
                wrong = printed[: digits.start()] + str(int(digits[0]) % 9 + 1) + printed[digits.end() :]
                return _said(ground, "fact-differs", {spec.name: wrong}, "question", elsewhere=("fact-differs",))
    return None


_AGREEING = 2


def _others_with_price(ground: Ground) -> int:
    return sum(
        spec.kind == "amount" and "价" in spec.name and bool(one.printed(spec.name))
        for one in ground.beside
        for spec in one.kind.fields
    )


def _specs(ground: Ground, kind: str) -> Iterator[FieldSpec]:
    return (spec for spec in ground.kind.fields if spec.kind == kind and ground.printed(spec.name))


def _subjects(ground: Ground) -> tuple[str, ...]:
    return ground.kind.applicant_field, ground.kind.project_field, ground.kind.works_field


SAID: Mapping[str, Callable[[Ground], Planting | None]] = {
    "expired": _expired,
    "not-yet-valid": _not_yet_valid,
    "expires-before-decision": _ends_too_soon,
    "date-in-future": _in_future,
    "date-impossible": _impossible,
    "field-unreadable": _empty,
    "applicant-differs": _applicant,
    "applicant-renamed": _renamed,
    "uscc-differs": _code_differs,
    "uscc-malformed": _code_malformed,
    "project-code-differs": _project_code_differs,
    "project-code-former": _project_code_former,
    "project-differs": _project_differs,
    "works-differ": _works_differ,
    "permit-malformed": _number("permit-malformed", "permit", lambda printed: f"{printed[:1]}字第2025-17号"),
    "id-card-malformed": _number("id-card-malformed", "id-card", _other_digit),
    "unit-number-malformed": _number("unit-number-malformed", "unit-number", lambda printed: printed[:-3]),
    "fact-differs": _amount,
}
"""By the code of the defect."""
