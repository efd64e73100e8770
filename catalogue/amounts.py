"""Amounts of money (yuan) and areas (square metres) as they are written in Chinese documents."""

import re
from decimal import Decimal
from typing import Literal

from catalogue.chinese import normalise, parse_number

_FIGURE = r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?"
_MULTIPLES = {"": 1, "百": 10**2, "千": 10**3, "万": 10**4, "百万": 10**6, "千万": 10**7, "亿": 10**8, "万亿": 10**12}
_MULTIPLE = "万亿|千万|百万|亿|万|千|百|"
# 万 without 元 counts only where nothing follows that would make it something else (万平方米, 万美元).
_MONEY = re.compile(
    rf"(?P<sign>[¥￥]|RMB|CNY)? ?(?<![0-9.,])(?P<n>{_FIGURE}) ?"
    rf"\(?(?P<x>{_MULTIPLE}) ?(?P<unit>[元圆]|(?=人民币|整|$|[\s),;。、）]))"
)
_BARE = re.compile(rf"(?P<n>{_FIGURE})")
_CAPITALS = "零〇壹贰貳叁叄肆伍陆陸柒捌玖拾佰仟万萬亿億一二两三四五六七八九十百千"
_WORDS = re.compile(
    rf"(?<![{_CAPITALS}])(?P<yuan>[{_CAPITALS}]+)[元圆](?:零?(?P<jiao>[{_CAPITALS}])角)?(?:零?(?P<fen>[{_CAPITALS}])分)?"
)

_AREA_UNITS = {
    "平方米": Decimal(1), "平米": Decimal(1), "m2": Decimal(1),
    "万平方米": Decimal(10**4), "万m2": Decimal(10**4), "公顷": Decimal(10**4), "hm2": Decimal(10**4),
    "平方公里": Decimal(10**6), "km2": Decimal(10**6), "亩": Decimal(10**4) / 15,
}  # fmt: skip
_AREA = re.compile(
    rf"(?<![0-9.,])(?P<n>{_FIGURE}) ?(?P<unit>{'|'.join(sorted(_AREA_UNITS, key=len, reverse=True))})", re.IGNORECASE
)
_CENT = Decimal("0.01")


def parse_amount(text: str, unit: Literal["元", "万元"] | None = None) -> Decimal | None:
    """The amount that a text gives, in yuan.

    ``8,600.5万元``, ``¥86005000.00``, ``捌仟陆佰万零伍仟元整``. Of an amount given in both ways the figure is taken;
    ``parse_amount_in_words`` reads the other for comparison. Amounts in other currencies are none.

    Args:
        text: The value as read.
        unit: What a bare number counts, when the form's label says so (合同价格（万元）).
    """
    plain = normalise(text)
    for m in _MONEY.finditer(plain):
        if m["unit"] or m["x"] or m["sign"]:
            return _figure(m["n"]) * _MULTIPLES[m["x"]]
    words = parse_amount_in_words(plain)
    if words is not None:
        return words
    bare = _BARE.fullmatch(plain)
    if bare and unit:
        return _figure(bare["n"]) * (1 if unit == "元" else 10**4)
    return None


def parse_amount_in_words(text: str) -> Decimal | None:
    """The amount written in words (大写), in yuan: ``壹仟贰佰万元整``, ``叁佰元伍角贰分``."""
    for m in _WORDS.finditer(normalise(text)):
        yuan = parse_number(m["yuan"])
        if yuan is not None:
            jiao, fen = (parse_number(m[name] or "零") or 0 for name in ("jiao", "fen"))
            return yuan + Decimal(jiao * 10 + fen) * _CENT
    return None


def amount_in_words(yuan: Decimal) -> str:
    """An amount in words (大写) as contracts and permits write it: 12000000 is 壹仟贰佰万元整.

    Raises:
        ValueError: Negative, finer than a cent, or ten thousand 亿 and above.
    """
    if not 0 <= yuan < 10**12 or yuan != yuan.quantize(_CENT):
        raise ValueError(f"{yuan} cannot be written in words: 0 to under 10^12 yuan, two decimals.")
    cents = int(yuan * 100)
    words = _whole_in_words(cents // 100) + "元"
    jiao, fen = cents // 10 % 10, cents % 10
    if not jiao and not fen:
        return words + "整"
    words += f"{_CAPITAL[jiao]}角" if jiao else "零"
    return words + (f"{_CAPITAL[fen]}分" if fen else "整")


_CAPITAL = "零壹贰叁肆伍陆柒捌玖"


def _whole_in_words(n: int) -> str:
    if n == 0:
        return "零"
    words, gap = "", False
    for size, name in ((10**8, "亿"), (10**4, "万"), (1, "")):
        part, n = divmod(n, size)
        if part:
            if words and (gap or part < 10**3):
                words += "零"
            words, gap = words + _section_in_words(part) + name, False
        else:
            gap = True
    return words


def _section_in_words(part: int) -> str:
    """A number of 1 to 9999 in words, one 零 for any run of zeros between digits."""
    words, gap = "", False
    for size, name in ((1000, "仟"), (100, "佰"), (10, "拾"), (1, "")):
        digit, part = divmod(part, size)
        if digit:
            words += ("零" if gap and words else "") + _CAPITAL[digit] + name
            gap = False
        else:
            gap = True
    return words


def parse_area(text: str, unit: str = "") -> Decimal | None:
    """The first area in a text, in square metres to two decimals: ``28600.5平方米``, ``4.2公顷``, ``63亩``.

    Args:
        text: The value as read.
        unit: What a bare number counts, when the form's label says so: 平方米, 万平方米, 公顷, 亩 …
    """
    plain = normalise(text)
    match = _AREA.search(plain)
    if match:
        return (_figure(match["n"]) * _AREA_UNITS[match["unit"].lower()]).quantize(_CENT)
    bare = _BARE.fullmatch(plain)
    factor = _AREA_UNITS.get(normalise(unit).lower())
    if bare and factor:
        return (_figure(bare["n"]) * factor).quantize(_CENT)
    return None


def _figure(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))
