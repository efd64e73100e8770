"""档号 (DA/T 13-2022) of the packages filed here: drawn in order, without gap or repeat."""

from django.conf import settings

from archive.records import ArchiveNumber, format_archive_number
from catalogue import RetentionCode
from signing import draw_number

CATEGORY = "XZ"
"""门类: files of administrative approval; the city's archives office may set its own."""
ORGAN = "SP"
"""机构(问题): the approval office."""


def draw_archive_number(year: int, retention: RetentionCode) -> str:
    """The next 档号 of a year and a retention period; call it in a transaction."""
    sequence = draw_number(f"archive:{settings.FONDS}:{year}:{retention}")
    return format_archive_number(ArchiveNumber(settings.FONDS, CATEGORY, year, retention, ORGAN, sequence))
