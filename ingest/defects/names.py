"""When two names are the same though one was read off a scan."""

from rapidfuzz import fuzz

SURE_READING = 0.8
"""Score of a value from which it is held against the applicant; read less surely it may be misread itself, and asks."""

SURE_NAME = 0.5
"""The same for names: they are compared fuzzily already, so only a guess is no finding."""

SAME_NAME = 85.0
"""Likeness (0 to 100): a name read off a scan may have one wrong character in ten; another company differs by more."""


def same_name(one: str, other: str) -> bool:
    """Whether they are one name, misread at most a little."""
    return fuzz.ratio(one, other) >= SAME_NAME


def same_works(one: str, other: str) -> bool:
    """Names of works differ by a number ("1号厂房", "2号厂房"): digits must agree exactly."""
    return same_name(one, other) and digits_of(one) == digits_of(other)


def digits_of(text: str) -> str:
    """The digits of a text, in order."""
    return "".join(c for c in text if c.isdigit())
