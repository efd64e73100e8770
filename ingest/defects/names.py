"""When two names are the same though one was read off a scan."""

from rapidfuzz import fuzz

from catalogue import squeeze
from ingest.report import Presented
from ocr import FieldValue

SURE_READING = 0.8
"""Score of a value from which it is held against the applicant; read less surely it may be misread itself, and asks."""

SURE_NAME = 0.5
"""The same for names: they are compared fuzzily already, so only a guess is no finding."""

SAME_NAME = 85.0
"""Likeness (0 to 100): a name read off a scan may have one wrong character in ten; another company differs by more."""


LEAST_NAME = 6
"""Characters of a name from which it may be another one cut short; 项目 alone is in every name."""

HINDERS = frozenset({"blurred", "low-resolution", "dark", "low-contrast", "cut-edge"})
"""Remarks on a page whose values may be misread however sure the reader is, and that are to blame where a field is not
found; a skewed page is read all the same (to 5 degrees)."""


def surely_read(document: Presented, value: FieldValue, least: float = SURE_READING) -> bool:
    """Whether the value may be held against the applicant: read surely, from a page that can be read well."""
    return value.score >= least and not hindered(document, value.page)


def hindered(document: Presented, page: int) -> bool:
    """Whether the page has a remark that makes its reading doubtful."""
    return any(number == page and remark in HINDERS for number, remark in document.remarks)


def same_name(one: str, other: str) -> bool:
    """Whether they are one name, misread at most a little."""
    return fuzz.ratio(one, other) >= SAME_NAME


def name_within(one: str, other: str) -> bool:
    """Whether one name is the other cut short, as in a cell whose second line was not read (…产业园, …产业园项目)."""
    short, long = sorted((squeeze(one), squeeze(other)), key=len)
    return len(short) >= LEAST_NAME and short in long


def same_works(one: str, other: str) -> bool:
    """Names of works differ by a number ("1号厂房", "2号厂房"): digits must agree exactly."""
    return same_name(one, other) and digits_of(one) == digits_of(other)


def digits_of(text: str) -> str:
    """The digits of a text, in order."""
    return "".join(c for c in text if c.isdigit())
