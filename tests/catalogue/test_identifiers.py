"""Identifiers: real public vectors, and properties over made-up ones."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue import (
    LicenceIdentifierError,
    check_construction_permit,
    check_id_card,
    check_licence_identifier,
    check_planning_permit,
    check_project_code,
    check_uscc,
    find_planning_permits,
    find_project_codes,
    make_construction_permit,
    make_licence_identifier,
    make_uscc,
    mask_id_card,
    parse_licence_identifier,
    uscc_candidates,
)

USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
PERMIT_TYPE = "11100000000013338W011"

prefixes = st.builds(
    lambda head, body: f"{head}990101{body}",
    st.text(USCC, min_size=2, max_size=2),
    st.text(USCC, min_size=8, max_size=8),
)
codes = prefixes.map(make_uscc)


@pytest.mark.parametrize(
    "code",
    [
        "91350200MA2YJ1XR9G",
        "91350200776049653A",
        "11100000000013338W",
        "91440101MA5CJQ4N59",
        "11330105002500287C",
        "12441500196720244T",
    ],
)
def test_real_codes_pass_both_checks(code: str) -> None:
    assert check_uscc(code).ok


def test_a_genuine_early_code_with_a_wrong_check_character_is_only_warned_about() -> None:
    check = check_uscc("91350203M0001QAY9B")
    assert (check.state, check.reason) == ("checksum-legacy", "outer-check")


@pytest.mark.parametrize(
    ("text", "reason"),
    [("", "length"), ("9135", "length"), ("9135020OMA2YJ1XR9G", "alphabet"), ("91A50200MA2YJ1XR9G", "shape")],
)
def test_what_cannot_be_a_code_is_malformed(text: str, reason: str) -> None:
    check = check_uscc(text)
    assert (check.state, check.reason) == ("malformed", reason)


def test_full_width_lower_case_and_spaces_do_not_matter() -> None:
    assert check_uscc(" ９１３５０２００ ma2y j1xr9g\n").value == "91350200MA2YJ1XR9G"
    assert check_uscc("９１３５０２００MA2YJ1XR9G").ok


@given(prefixes)
def test_a_made_code_always_passes(prefix: str) -> None:
    assert check_uscc(make_uscc(prefix)).ok
    assert make_uscc(make_uscc(prefix)[:17]) == make_uscc(prefix)


@given(codes, st.integers(0, 17), st.sampled_from(USCC))
def test_a_code_with_one_changed_character_never_passes(code: str, place: int, character: str) -> None:
    changed = code[:place] + character + code[place + 1 :]
    assert check_uscc(changed).ok == (changed == code)


@pytest.mark.parametrize("prefix", ["", "91990101MA", "91990101MA0CX0I1", "9199O101MA0CX001", "91990101MA0CX001!"])
def test_a_prefix_that_cannot_begin_a_code_is_refused(prefix: str) -> None:
    with pytest.raises(ValueError, match=r"a prefix has|cannot begin|Character 17"):
        make_uscc(prefix)


def test_a_wrong_inner_check_character_is_refused_with_the_right_one() -> None:
    right = make_uscc("91990101MA0CX001")[16]
    wrong = "0" if right != "0" else "1"
    with pytest.raises(ValueError, match=repr(right)):
        make_uscc("91990101MA0CX001" + wrong)


@given(codes)
def test_letters_misread_for_digits_are_put_right(code: str) -> None:
    misread = code.translate(str.maketrans("0125", "OIZS"))
    assert uscc_candidates(f"统一社会信用代码：{misread}。") == (code,)


@given(codes, st.integers(8, 15), st.sampled_from(USCC))
def test_no_candidate_is_offered_when_none_passes(code: str, place: int, character: str) -> None:
    changed = code[:place] + character + code[place + 1 :]
    assert uscc_candidates(changed) == ((code,) if changed == code else ())


@given(codes, codes)
def test_two_codes_that_pass_give_no_candidate(one: str, other: str) -> None:
    assert uscc_candidates(f"{one}，{other}") == ((one,) if one == other else ())


@given(st.text())
def test_no_text_breaks_a_check(text: str) -> None:
    for check in (check_uscc, check_id_card, check_project_code, check_construction_permit, check_licence_identifier):
        assert check(text).state in ("ok", "checksum-legacy", "malformed")
    assert check_planning_permit(text).state in ("ok", "malformed")
    assert find_project_codes(text) is not None
    assert find_planning_permits(text) is not None
    assert uscc_candidates(text) is not None


def test_an_id_card_needs_a_real_birth_date_and_its_check_character() -> None:
    assert check_id_card("11010519491231002x").value == "11010519491231002X"
    assert check_id_card("11010519491231002X").ok
    assert check_id_card("110105194912310021").reason == "check"
    assert check_id_card("11010519490231002X").reason == "date"
    assert check_id_card("1101051949123100").reason == "length"


def test_a_masked_id_card_shows_six_and_four_and_a_fragment_shows_nothing() -> None:
    assert mask_id_card("11010519491231002X") == "110105********002X"
    assert mask_id_card("1101051949") == "*" * 10


@given(st.text(LETTERS, max_size=30))
def test_a_mask_never_shows_more_than_ten_characters(text: str) -> None:
    masked = mask_id_card(text)
    assert len(masked) == len(text)
    assert sum(c != "*" for c in masked) <= 10


@pytest.mark.parametrize(
    ("code", "variant"),
    [
        ("2509-320193-89-01-544060", "new"),
        ("2016-440784-70-03-006957", "old"),
        ("2603-990101-04-01-318264", "new"),
        ("2603－990101—04–01-318264", "new"),
        ("26039901010401318264", "new"),
    ],
)
def test_both_forms_of_project_code_are_known(code: str, variant: str) -> None:
    check = check_project_code(code)
    assert (check.ok, check.variant, len(check.value)) == (True, variant, 24)


@pytest.mark.parametrize("code", ["2613-990101-04-01-318264", "1903-990101-04-01-318264", "2603-990101-04-01-31826"])
def test_a_code_of_neither_form_is_malformed(code: str) -> None:
    assert check_project_code(code).state == "malformed"


def test_project_codes_are_found_in_text_once_each() -> None:
    text = "项目代码：2603-990101-04-01-318264 项目代码 2603－990101－04－01－318264\n电话 0411-990101-04"
    assert find_project_codes(text) == ("2603-990101-04-01-318264",)


@given(st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31)), st.integers(1, 99))
def test_a_made_permit_number_always_passes(day: dt.date, sequence: int) -> None:
    number = make_construction_permit("990101", day, sequence)
    assert check_construction_permit(number).ok
    assert number[6:14] == day.strftime("%Y%m%d")


def test_permit_numbers_are_checked_by_shape_and_date() -> None:
    assert check_construction_permit("330681201410140101").variant == "national"
    assert check_construction_permit("330681201410140101J").variant == "part"
    assert check_construction_permit("330681201413140101").reason == "date"
    assert check_construction_permit("[2018]施[朝]建字0072号").reason == "shape"


@pytest.mark.parametrize(("region", "sequence"), [("99010", 1), ("990101", 0), ("990101", 100), ("99010X", 1)])
def test_a_permit_number_that_does_not_fit_is_refused(region: str, sequence: int) -> None:
    with pytest.raises(ValueError, match="permit"):
        make_construction_permit(region, dt.date(2026, 11, 22), sequence)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("地字第130733201400013号", "serial15"),
        ("建字第320623202000006号", "serial15"),
        ("地字第990101202600018号", "serial15"),
        ("建字第 990101202600031 号", "serial15"),
        ("建字第32058320250012号", "local"),
        ("地字第9901012026YG0000018号", "supervision19"),
        ("建字第990101202600031号（改1）", "serial15"),
    ],
)
def test_planning_permit_numbers_are_told_by_their_form(text: str, form: str) -> None:
    check = check_planning_permit(text)
    assert (check.ok, check.variant) == (True, form)


def test_a_land_permit_is_no_works_permit() -> None:
    assert check_planning_permit("地字第990101202600018号", "地").ok
    assert not check_planning_permit("地字第990101202600018号", "建").ok


def test_planning_permits_are_found_in_text() -> None:
    found = find_planning_permits("依据地字第990101202600018号、建字第 990101202600031号(改1)，核发")
    assert [(p.kind, p.text) for p in found] == [
        ("地", "地字第990101202600018号"),
        ("建", "建字第990101202600031号(改1)"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U",
        "1.2.156.3005.2.11100000000013338W009.11330105002500287C.2025052201.002.0",
        "1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.9",
    ],
)
def test_real_licence_identifiers_pass_and_are_rebuilt_from_their_parts(text: str) -> None:
    assert check_licence_identifier(text).ok
    parts = parse_licence_identifier(text)
    assert parts.text == text
    assert make_licence_identifier(parts.licence_type, parts.issuer, parts.serial, parts.version) == text


identifiers = st.builds(
    make_licence_identifier, st.just(PERMIT_TYPE), codes, st.text(LETTERS, min_size=1, max_size=20), st.integers(1, 999)
)


@given(identifiers, st.data())
def test_a_licence_identifier_with_one_changed_character_never_passes(text: str, data: st.DataObject) -> None:
    assert check_licence_identifier(text).ok
    place = data.draw(st.integers(0, len(text) - 1))
    changed = text[:place] + data.draw(st.sampled_from(LETTERS)) + text[place + 1 :]
    assert check_licence_identifier(changed).ok == (changed == text)


@pytest.mark.parametrize(
    ("licence_type", "issuer", "serial", "version"),
    [
        ("011", "990101", "1", 1),
        (PERMIT_TYPE, "江澜", "1", 1),
        (PERMIT_TYPE, "990101", "", 1),
        (PERMIT_TYPE, "990101", "1.2", 1),
        (PERMIT_TYPE, "990101", "1", 0),
        (PERMIT_TYPE, "990101", "1", 1000),
    ],
)
def test_parts_of_the_wrong_shape_make_no_licence_identifier(
    licence_type: str, issuer: str, serial: str, version: int
) -> None:
    with pytest.raises(LicenceIdentifierError):
        make_licence_identifier(licence_type, issuer, serial, version)


def test_a_wrong_licence_identifier_is_not_taken_apart() -> None:
    with pytest.raises(LicenceIdentifierError, match="check"):
        parse_licence_identifier("1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.8")
