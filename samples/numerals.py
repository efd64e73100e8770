"""Dates as the forms print them, and any printed value as a program compares it.

Kept apart from the parsers of the catalogue on purpose: the truth must not come from what it measures.
"""

import datetime as dt
import re
import unicodedata
from decimal import Decimal


def chinese_date(day: dt.date) -> str:
    """A date as forms print it: 2026年11月20日."""
    return f"{day.year}年{day.month}月{day.day}日"


def normalised(printed: str) -> str:
    """A printed value as a program compares it; see `samples.truth.Value`."""
    text = "".join(unicodedata.normalize("NFKC", printed).split())
    if date := re.fullmatch(r"(?:\d{4}年\d{1,2}月\d{1,2}日至)?(\d{4})年(\d{1,2})月(\d{1,2})日", text):
        return dt.date(*map(int, date.groups())).isoformat()
    if amount := re.fullmatch(r"(?:人民币)?¥?([\d,.]+)(万元|元)(?:整)?", text):
        return f"{Decimal(amount[1].replace(',', '')) * (10_000 if amount[2] == '万元' else 1):.2f}"
    if area := re.fullmatch(r"([\d,.]+)(?:平方米|m2)", text):
        return f"{Decimal(area[1].replace(',', '')):.2f}"
    return text
