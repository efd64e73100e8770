"""From the words of a form to printed text: names of the world in braces, with dates and amounts as offices write them.

`{owner.name}` is an attribute of the world. After a colon stands how it is printed:

- a day, perhaps so many days later or earlier: `{works.reviewed:-90d}` 2026年6月20日; `z` with zeros (2026年06月20日),
  `s` 2026-06-20, `p` 2026.06.20, `c` 二〇二六年六月二十日;
- yuan, perhaps divided: `{works.price:/50y}` 1,730,000.00元; `t` in 万元, `w` in words, `n` bare figures;
- a whole number, perhaps so much more: `{serial:+40d}`.
"""

import datetime as dt
import re
import string
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from catalogue import amount_in_words
from samples.numerals import chinese_date, figure_date
from samples.world import World

_SPEC = re.compile(r"(?P<step>[+-]\d+|/\d+)?(?P<style>[a-z])")
_TEN_THOUSAND = 10_000


def worded(text: str, world: World) -> str:
    """The text with everything in braces filled in."""
    return _WORDS.vformat(text, (), _Names(world))


def all_worded(texts: Mapping[str, str], world: World) -> dict[str, str]:
    """The same for each of some texts."""
    return {name: worded(text, world) for name, text in texts.items()}


def blocks_worded(block: Any, world: World) -> Any:
    """The same for each text in the blocks of a form."""
    if isinstance(block, str):
        return worded(block, world)
    if isinstance(block, list):
        return [blocks_worded(part, world) for part in block]
    if isinstance(block, dict):
        return {name: blocks_worded(part, world) for name, part in block.items()}
    return block


class _Names(dict[str, Any]):
    """What may stand in braces: attributes of the world."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world

    def __missing__(self, name: str) -> Any:
        return getattr(self._world, name)


class _Words(string.Formatter):
    def format_field(self, value: Any, format_spec: str) -> str:
        spec = _SPEC.fullmatch(format_spec)
        if spec is None:
            return str(super().format_field(value, format_spec))
        step, style = spec["step"] or "+0", spec["style"]
        if isinstance(value, dt.date):
            return _day(value + dt.timedelta(days=int(step)), style)
        if style == "d":
            return str(value + int(step))
        return _yuan(Decimal(value) / int(step[1:]) if step[0] == "/" else Decimal(value), style)


_WORDS = _Words()


def _day(day: dt.date, style: str) -> str:
    if style == "c":
        return figure_date(day)
    patterns = {"z": "%Y年%m月%d日", "s": "%Y-%m-%d", "p": "%Y.%m.%d", "y": "%Y", "m": "%m"}
    return chinese_date(day) if style == "d" else f"{day:{patterns[style]}}"


def _yuan(amount: Decimal, style: str) -> str:
    amount = amount.quantize(Decimal("0.01"))
    if style == "w":
        return amount_in_words(amount)
    if style == "t":
        return f"{(amount / _TEN_THOUSAND).normalize():,f}万元"
    return f"{amount:,.2f}元" if style == "y" else f"{amount:.2f}"
