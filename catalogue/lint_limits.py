"""What the linter says of limits and official codes."""

from collections.abc import Iterator, Mapping

from catalogue.findings import Finding
from catalogue.identifiers import check_uscc
from catalogue.items import Item, Limit

DAYS: Mapping[str, float] = {"分钟": 1 / 1440, "小时": 1 / 24, "日": 1.0, "工作日": 1.4}
"""A unit in calendar days, to compare limits of different units: five working days take seven days."""

BASE_CODE, IMPL_CODE = 13, 31
"""Lengths of 基本编码 and 实施编码 (the office's 18 characters and the base code), domain reference 3.7."""


def limit_findings(item: Item) -> Iterator[Finding]:
    """Findings about the item's limits and codes."""
    yield from _too_long(item)
    yield from _handling(item)
    yield from _doubtful_unit(item)
    yield from _codes(item)


def _days(limit: Limit) -> float:
    return limit.n * DAYS[limit.unit]


def _longer(one: Limit | None, other: Limit | None) -> bool:
    """Whether one limit is surely longer than another; the same unit is compared by number."""
    if one is None or other is None:
        return False
    return one.n > other.n if one.unit == other.unit else _days(one) > _days(other)


def _too_long(item: Item) -> Iterator[Finding]:
    limits = item.limits
    above = (("statutory", limits.statutory), ("national", limits.national), ("provincial", limits.provincial))
    for name, limit in above:
        if limit and limits.promised and _longer(limits.promised, limit):
            message = (
                f"{limits.promised.n}{limits.promised.unit} are promised, {limit.n}{limit.unit} is the {name} limit."
            )
            yield Finding(f"promised-over-{name}", item.code, "limits.promised", message)


def _handling(item: Item) -> Iterator[Finding]:
    limits = item.limits
    if limits.min_handling is None:
        return
    if limits.instant_ok:
        message = "It may be decided at once, so no handling time can be too short: drop min_handling or instant_ok."
        yield Finding("instant-with-min-handling", item.code, "limits.min_handling", message)
    longest = limits.promised or limits.statutory
    if _longer(limits.min_handling, longest):
        message = "The shortest believable handling time is longer than the limit: every case would be late or doubted."
        yield Finding("min-handling-over-promised", item.code, "limits.min_handling", message)


def _doubtful_unit(item: Item) -> Iterator[Finding]:
    """天 may be a working day or any day (庄浪2022: 50天): somebody must ask."""
    for name in ("statutory", "national", "provincial", "promised", "min_handling"):
        limit: Limit | None = getattr(item.limits, name)
        if limit and limit.as_written.endswith("天"):
            message = (
                f"{limit.as_written!r} does not say which days; it is taken as {limit.n}{limit.unit}. Ask the office."
            )
            yield Finding("limit-unit-doubtful", item.code, f"limits.{name}", message, level="notice")


def _codes(item: Item) -> Iterator[Finding]:
    if item.base_code and len(item.base_code) != BASE_CODE:
        message = f"基本编码 has {BASE_CODE} characters, this has {len(item.base_code)}."
        yield Finding("item-code", item.code, "base_code", message)
    if not item.impl_code:
        return
    office, base = item.impl_code[:-BASE_CODE], item.impl_code[-BASE_CODE:]
    if len(item.impl_code) != IMPL_CODE or check_uscc(office).state == "malformed" or item.base_code not in {"", base}:
        message = f"实施编码 is the office's 统一社会信用代码 and the base code, {IMPL_CODE} characters together."
        yield Finding("item-code", item.code, "impl_code", message)
