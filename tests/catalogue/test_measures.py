import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue import check_unit_number, find_land_titles, parse_percent, parse_phone, parse_ratio


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2.0", "2.0"), ("不大于2.0", "≤2.0"), ("≤ 2.0", "≤2.0"), ("１．２～２．５", "1.2-2.5"), ("不低于1.0", "≥1.0"),
        ("200", None), ("35%", None), ("见附图", None), ("大于1.5", ">1.5"),
    ],
)  # fmt: skip
def test_a_ratio_keeps_its_bound(text, value):
    assert parse_ratio(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [("35%", "35%"), ("不低于 35％", "≥35%"), ("≤40%", "≤40%"), ("20%-35%", None), ("135%", None), ("35", None)],
)
def test_a_percentage_needs_its_sign_and_stays_below_all_of_it(text, value):
    assert parse_percent(text) == value


@given(st.floats(0, 100).map(lambda n: f"{n:.1f}"), st.sampled_from(["≤", "≥", "<", ">", ""]))
def test_what_a_percentage_is_written_as_is_read_as_the_same(number, bound):
    assert parse_percent(f"{bound}{number}%") == f"{bound}{number}%"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("13804120001", "13804120001"), ("联系电话：138 0412 0001", "13804120001"), ("0412-5550123", "0412-5550123"),
        ("（0412）5550123", "0412-5550123"), ("010-65550123转801", "010-65550123-801"), ("5550123", "5550123"),
        ("400-820-0001", "400-820-0001"), ("12345", None), ("1380412000", None), ("21138041200011", None),
    ],
)  # fmt: skip
def test_telephone_numbers_are_read_in_all_their_forms(text, value):
    assert parse_phone(text) == value


def test_a_real_estate_certificate_has_province_year_place_and_serial():
    for text in ("辽（2026）江澜市不动产权第 0012345 号", "证号：辽[2026]江澜市不动产权第0012345号。"):
        assert find_land_titles(text) == ("辽(2026)江澜市不动产权第0012345号",)
    assert find_land_titles("辽(2026)江澜市不动产权第00X2345号") == ()


@given(st.from_regex(r"\A[0-9]{12}GB[0-9]{5}W[0-9]{8}\Z"))
def test_a_unit_number_has_28_characters_set_in_groups_or_not(number):
    grouped = " ".join((number[:6], number[6:9], number[9:12], number[12:19], number[19:]))
    assert check_unit_number(grouped).value == check_unit_number(number).value == number
    assert check_unit_number(number).ok
    assert check_unit_number(number[1:]).reason == "shape"
