"""Misread identifiers are put right where a check proves it, and left alone where it does not."""

import datetime as dt
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue import check_id_card, check_uscc, make_uscc
from ocr.correcting import LOOK_ALIKES, born_on, corrected_uscc, digits_forced
from ocr.identifying import good_id_card
from ocr.normalising import normal
from samples.world import person_code

MISREAD = {
    "0": "ODQ", "1": "Il7", "2": "Z", "3": "8", "4": "A", "5": "S6", "6": "G5", "7": "1", "8": "B3", "A": "4",
    "B": "8", "D": "0", "G": "6", "Q": "0",
}  # fmt: skip
"""What readers are known to confuse; kept apart from the tables that put it right."""

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
codes = st.builds(
    lambda region, body: make_uscc(f"91{region}MA{body}"),
    st.integers(110000, 659999),
    st.text(ALPHABET, min_size=6, max_size=6),
)
people = st.builds(person_code, st.dates(dt.date(1950, 1, 1), dt.date(2008, 12, 31)), st.integers(0, 999))


def _misread(number: str, draw: random.Random, times: int = 1) -> str:
    places = [n for n, character in enumerate(number) if character in MISREAD]
    for n in draw.sample(places, min(times, len(places))):
        number = number[:n] + draw.choice(MISREAD[number[n]]) + number[n + 1 :]
    return number


@given(codes, st.randoms(use_true_random=False))
def test_one_misread_character_of_a_credit_code_is_put_right_or_left(code, draw):
    read = _misread(code, draw)
    found = corrected_uscc(read)
    assert found is None or (found.value, found.read) == (code, read)
    result = normal("uscc", read)
    assert result is not None
    assert result.value in {code, read.upper()}
    assert result.trust < 1.0 or result.value == code


def test_most_misread_credit_codes_are_put_right_and_hardly_any_wrong():
    draw = random.Random(20261122)  # noqa: S311 -- drawn misreadings, no secret
    tally = {"right": 0, "left": 0, "wrong": 0}
    for _ in range(1000):
        body = "".join(draw.choice(ALPHABET) for _ in range(6))
        code = make_uscc(f"91{draw.randrange(110000, 659999)}MA{body}")
        found = corrected_uscc(_misread(code, draw))
        tally["left" if found is None else "right" if found.value == code else "wrong"] += 1
    assert tally["wrong"] == 0
    assert tally["right"] > 600


def test_a_genuine_early_code_that_fails_its_check_is_not_touched():
    assert corrected_uscc("91350203M0001QAY9B") is None
    result = normal("uscc", "91350203M0001QAY9B")
    assert result is not None
    assert (result.value, result.read) == ("91350203M0001QAY9B", "")


@given(codes)
def test_a_right_code_is_never_corrected(code):
    assert check_uscc(code).ok
    assert corrected_uscc(code) is None


@given(people, st.randoms(use_true_random=False))
def test_a_letter_in_an_id_number_is_put_right_and_a_wrong_digit_is_left_doubtful(number, draw):
    n = draw.choice([n for n, digit in enumerate(number[:17]) if any(d == digit for d in LOOK_ALIKES.values())])
    letter = draw.choice([letter for letter, digits in LOOK_ALIKES.items() if digits == number[n] and letter.isalnum()])
    read = number[:n] + letter + number[n + 1 :]
    result = normal("id-card", read)
    if letter not in "〇○丨":
        assert result is not None
        assert (result.value, result.read) == (number, read)
        assert result.note.startswith("corrected ")
    wrong = number[:16] + str((int(number[16]) + 1) % 10) + number[17:]
    doubtful = normal("id-card", wrong)
    assert doubtful is not None
    assert (doubtful.value, doubtful.note) == (wrong, "")
    assert doubtful.trust < 0.7


def test_the_birth_date_beside_it_puts_a_number_right():
    number = person_code(dt.date(1990, 3, 7), 426)
    read = number.replace("19900307", "19900301")
    assert not check_id_card(read).ok
    found = born_on(read, "19900307", good_id_card)
    assert found is not None
    assert (found.value, found.read, found.note) == (number, read, "corrected 1→7 at 14")
    assert born_on(read, "19900304", good_id_card) is None
    assert born_on(number, "19900307", good_id_card) is None


@given(st.text("0123456789", min_size=4, max_size=24), st.randoms(use_true_random=False))
def test_digits_read_as_letters_come_back_as_the_same_digits_or_not_at_all(digits, draw):
    read = _misread(digits, draw, times=3)
    found = digits_forced(read, lambda text: text if text.isdigit() and text == digits else None)
    assert found is None or found.value == digits
    assert digits_forced(digits, lambda text: text) is None


@pytest.mark.parametrize(
    ("kind", "read", "value"),
    [
        ("project-code", "26O3-990101-04-0l-318264", "2603-990101-04-01-318264"),
        ("permit", "地宇第990101202600018号", "地字第990101202600018号"),
        ("permit", "建字第99O1012026GG00000l8号", "建字第9901012026GG0000018号"),
        ("permit", "99O1012026112501O1", "990101202611250101"),
        ("document-number", "辽发改备〔2O26〕12号", "辽发改备〔2026〕12号"),
        ("land-title", "辽(2O26)江澜市不动产权第0012345号", "辽(2026)江澜市不动产权第0012345号"),
        ("unit-number", "990101 001 005 GB00012 W0000000O", "990101001005GB00012W00000000"),
        ("date", "2O26年1l月22日", "2026-11-22"),
        ("amount", "1,2OO,OOO.00元", "1200000.00"),
        ("amount", "人民币臺佰贰拾方元整", "1200000.00"),
        ("area", "186OO.50平方米", "18600.50"),
        ("phone", "138O4120001", "13804120001"),
    ],
)
def test_a_letter_among_digits_is_read_as_the_digit_and_the_reading_kept(kind, read, value):
    result = normal(kind, read)
    assert result is not None
    assert result.value == value
    assert result.note.startswith("corrected")
    assert result.read
    assert result.trust < 0.9


@pytest.mark.parametrize("read", ["26B3-990101-04-01-318264", "2603-99010I-04-01-3I8Z"])
def test_what_may_be_two_numbers_or_is_too_short_is_left(read):
    result = normal("project-code", read)
    assert result is None or not result.note or result.value.startswith("2603")
