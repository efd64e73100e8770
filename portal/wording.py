"""Language of a page: Chinese unless the visitor chose English; dates, sizes and page numbers as people write them."""

import datetime as dt
from collections.abc import Sequence
from typing import Literal

from django.http import HttpRequest
from django.utils import timezone

from portal.translations import ENGLISH

Language = Literal["zh", "en"]
COOKIE = "yidang_language"
COOKIE_SECONDS = 365 * 24 * 3600

KILO = 1024


def language_of(request: HttpRequest | None) -> Language:
    """What the visitor chose; the browser's own preference does not count, since staff read Chinese files all day."""
    return "en" if request is not None and request.COOKIES.get(COOKIE) == "en" else "zh"


def translate(text: str, language: Language) -> str:
    """The text in that language; a text nobody translated stays Chinese."""
    return ENGLISH.get(text, text) if language == "en" else text


def day(value: dt.date | dt.datetime | None) -> str:
    """2026年11月22日, by the clock of Asia/Shanghai."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        value = timezone.localtime(value)
    return f"{value.year}年{value.month}月{value.day}日"


def moment(value: dt.datetime | None) -> str:
    """2026年11月22日 13:05, by the clock of Asia/Shanghai."""
    return f"{day(value)} {timezone.localtime(value):%H:%M}" if value else ""


def size(count: int) -> str:
    """Bytes as a person reads them."""
    if count < KILO:
        return f"{count} B"
    return f"{count / KILO:.0f} KB" if count < KILO * KILO else f"{count / KILO / KILO:.1f} MB"


def reason(why: str) -> str:
    """Why a document was taken for what it is, in Chinese: the reader notes it in its own short form."""
    return why.replace("title ", "标题").replace("; cues ", "，含“").replace("cues ", "含“") + (
        "”" if "cues " in why else ""
    )


def page_range(numbers: Sequence[int]) -> str:
    """第1页, 第1–3页, 第1、3页."""
    if not numbers:
        return ""
    whole = list(numbers) == list(range(numbers[0], numbers[-1] + 1))
    shown = f"{numbers[0]}–{numbers[-1]}" if whole and len(numbers) > 1 else "、".join(map(str, numbers))
    return f"第{shown}页"
