"""Times and numbers as the standard writes them."""

import datetime as dt
from decimal import Decimal

from django.utils import timezone

from catalogue import parse_date


def local(at: dt.datetime | None) -> str:
    """Local time to the second; empty for none."""
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M:%S") if at else ""


def day(text: str) -> str:
    """A date in Chinese text as YYYY-MM-DD; empty where it is none."""
    found = parse_date(text) if text else None
    return found.isoformat() if found else ""


def number(value: Decimal | None, unit: int = 1) -> str:
    """A number in units of `unit`, plain and without trailing zeros; empty for none."""
    if value is None:
        return ""
    plain = f"{value / unit:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain
