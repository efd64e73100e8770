"""The local check before sending (质检): what is wrong with a row, as the systems in use say it.

Pure. A row with a reason gets SJSCZT -1 and the reasons in SBYY, and waits until its facts are put right; a row whose
parent is merely under way has no reason and waits too.
"""

import dataclasses
import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Literal

from catalogue import check_licence_identifier, check_project_code, check_uscc
from exchange.tables import Field, Standard, Table

Row = Mapping[str, str]
ParentState = Literal["accepted", "under-way", "missing"]
NO_END = "9999-01-01"
"""What V3 practice writes for "no end"."""
STEPS = "SPGL_XMSPSXBLXXXXB"
RESULTS = "SPGL_XMSPSXPFWJXXB"
MATERIALS = "SPGL_XMSQCLJQTFJXXB"
CASES = "SPGL_XMSPSXBLXXB"
PROJECTS = "SPGL_XMJBXXB"
_INT, _DECIMAL = re.compile(r"-?\d{1,10}"), re.compile(r"-?\d{1,14}(\.\d{1,6})?")
_REGION, _SHA256 = re.compile(r"\d{6}"), re.compile(r"[0-9a-f]{64}")
_FORMATS = {"date": "%Y-%m-%d", "time": "%Y-%m-%d %H:%M:%S"}


@dataclasses.dataclass(frozen=True, slots=True)
class Reason:
    """Why a row is not sent: a stable code of the rule, and the sentence for SBYY."""

    code: str
    words: str


@dataclasses.dataclass(frozen=True, slots=True)
class World:
    """What a row is held against beside itself.

    `parent` says how the row of a table with these values stands; `siblings` gives the valid rows of a table with the
    same case; `listed` the entries of the case's material list that apply; `has_object` whether bytes lie in a store.
    """

    parent: Callable[[str, Mapping[str, str]], ParentState]
    siblings: Callable[[str, str], Sequence[Row]]
    listed: Callable[[str], Mapping[str, str]]
    has_object: Callable[[str], bool]


def check_row(standard: Standard, table: Table, row: Row, world: World) -> list[Reason]:
    """Every reason that speaks against a row, in the order of its fields; empty where it may be sent."""
    found = [reason for field in table.fields for reason in _field(standard, field, row, world)]
    for earlier, later in table.after:
        if row.get(earlier) and row.get(later) and row[later] < row[earlier]:
            words = f"{table.field(later).name}早于{table.field(earlier).name}！"
            found.append(Reason("order", words))
    found += [
        Reason("parent", parent.words)
        for parent in table.parents
        if world.parent(parent.table, {code: row.get(code, "") for code in parent.by}) == "missing"
    ]
    extra = {STEPS: _step, CASES: _case}.get(table.name)
    return [*found, *(extra(standard, row, world) if extra else ())]


def _field(standard: Standard, field: Field, row: Row, world: World) -> Iterator[Reason]:
    value = row.get(field.code, "")
    if not value:
        if field.needed(row) and field.code not in {"LSH", "DFSJZJ"}:
            yield Reason("required", field.empty or f"{field.name}为空！")
        return
    if field.length and len(value) > field.length:
        yield Reason("length", f"{field.name}长度超过{field.length}！")
    if not _of_kind(field, value):
        yield Reason("kind", f"{field.name}的格式有误！")
        return
    if field.values and value not in standard.codes[field.values].values:
        yield Reason("code", f"{field.name}的值不在代码项之中！")
    if value in field.dummy:
        yield Reason("dummy", f"{field.name}为填充值{value}，不是真实数据！")
    if field.check and not _passes(field, value, world):
        words = f"{field.name}对应的文件不存在！" if field.check == "object" else f"{field.name}校验有误！"
        yield Reason("object" if field.check == "object" else "identifier", words)


def _of_kind(field: Field, value: str) -> bool:
    if field.kind == "int":
        return _INT.fullmatch(value) is not None
    if field.kind == "decimal":
        return _DECIMAL.fullmatch(value) is not None
    if form := _FORMATS.get(field.kind):
        try:
            return dt.datetime.strptime(value, form).strftime(form) == value  # noqa: DTZ007 - local time, as sent
        except ValueError:
            return False
    return not any(ord(letter) < ord(" ") and letter not in "\t\n" for letter in value)


def _passes(field: Field, value: str, world: World) -> bool:
    match field.check:
        case "uscc":  # an early code fails the outer check and is real (domain reference 3.1)
            return check_uscc(value).state != "malformed"
        case "project-code":
            return check_project_code(value).state != "malformed"
        case "licence":
            return check_licence_identifier(value).ok
        case "region":
            return _REGION.fullmatch(value) is not None
        case "object":  # a digest, or the path of an object that ends in it
            digest = value.rpartition("/")[2]
            return _SHA256.fullmatch(digest) is not None and world.has_object(digest)
    return True


def _step(standard: Standard, row: Row, world: World) -> Iterator[Reason]:
    """A step comes after those that it needs, and not before the application; one that ends a case has a result."""
    status, at, number = row.get("BLZT", ""), row.get("BLSJ", ""), row.get("SPSXSLBM", "")
    if not status.isdecimal():
        return
    names = standard.codes["BLZT"].values
    steps = world.siblings(STEPS, number)
    for needed in standard.steps.needs.get(int(status), ()):
        times = [one["BLSJ"] for one in steps if one.get("BLZT") == str(needed)]
        if not times:
            yield Reason("step", f"办理状态“{names[status]}”之前没有“{names[str(needed)]}”！")
        elif at and at < min(times):
            yield Reason("step-order", f"办理时间早于“{names[str(needed)]}”的办理时间！")
    applied = [one["SBSJ"] for one in world.siblings(PROJECTS, row.get("GCDM", "")) if one.get("SBSJ")]
    if at and applied and at < min(applied):
        yield Reason("step-order", "办理时间早于项目申报时间！")
    if int(status) in standard.steps.finished and not world.siblings(RESULTS, number):
        yield Reason("result", "办结的事项没有批复文件信息！")


def _case(_: Standard, row: Row, world: World) -> Iterator[Reason]:
    """Every material of the list has a row, be it one that says that it comes later."""
    number = row.get("SPSXSLBM", "")
    told = {one.get("CLMLBH") for one in world.siblings(MATERIALS, number)}
    for entry, name in world.listed(number).items():
        if entry not in told:
            yield Reason("material", f"清单材料“{name}”没有材料信息或容缺记录！")
