"""Which act may be done to a certificate when, and what it has to be given."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing import NOT_YET_ISSUED, RULES, Act, ActRefused, Decision, Standing, check_act, possible_acts
from signing.life import REASON_MAX, check_end

TODAY = dt.date(2026, 11, 29)
ISSUED = dt.date(2026, 3, 9)
GIVEN = Decision("停工整改", "建筑法第六十四条", TODAY)
STATES = ("draft", "rendered", "approved", "sealed", "valid", "suspended", "superseded", "revoked", "cancelled")
STATES += ("discarded",)
BY_STATE = {
    "valid": {Act.CHANGE, Act.EXTEND, Act.CORRECT, Act.REISSUE, Act.SUSPEND, Act.REVOKE, Act.CANCEL},
    "suspended": {Act.RESTORE, Act.REVOKE, Act.CANCEL},
    "revoked": {Act.CANCEL},
}


def code(act: Act, standing: Standing, decision: Decision = GIVEN) -> str:
    with pytest.raises(ActRefused) as refused:
        check_act(act, standing, decision, today=TODAY)
    assert len(str(refused.value)) > 5  # what to do, in words
    return refused.value.code


@pytest.mark.parametrize("state", STATES)
def test_an_officer_may_do_to_a_certificate_in_each_state_this_and_nothing_else(state: str) -> None:
    expected = {Act.DISCARD} if state in NOT_YET_ISSUED else BY_STATE.get(state, set())
    assert set(possible_acts(Standing(state, ISSUED), today=TODAY)) == expected


def test_what_is_over_its_last_day_can_only_be_ended() -> None:
    over = Standing("valid", ISSUED, TODAY - dt.timedelta(days=1))
    assert possible_acts(over, today=TODAY) == [Act.REVOKE, Act.CANCEL]
    assert code(Act.EXTEND, over) == "expired"
    assert Act.EXTEND in possible_acts(Standing("valid", ISSUED, TODAY), today=TODAY)  # the last day is a day


def test_what_was_used_in_time_lives_on_after_its_last_day_and_need_not_be_extended() -> None:
    used = Standing("valid", ISSUED, TODAY - dt.timedelta(days=1), used_in_time=True)
    assert {Act.CHANGE, Act.SUSPEND} <= set(possible_acts(used, today=TODAY))
    with pytest.raises(ActRefused, match="无须延续"):
        check_end(Act.EXTEND, used, TODAY + dt.timedelta(days=1))
    assert check_end(Act.CHANGE, used, None) == used.valid_until


def test_one_new_version_at_a_time_and_a_suspension_does_not_wait_for_it() -> None:
    under_way = Standing("valid", ISSUED, under_way=True)
    assert code(Act.CHANGE, under_way) == "version-under-way"
    assert Act.SUSPEND in possible_acts(under_way, today=TODAY)


@pytest.mark.parametrize(
    ("decision", "expected"),
    [
        (Decision(" ", "依据"), "reason-missing"),
        (Decision("理由", " "), "basis-missing"),
        (Decision("长" * (REASON_MAX + 1), "依据"), "reason-too-long"),
        (Decision("理由", "依据", TODAY + dt.timedelta(days=1)), "date-ahead"),
        (Decision("理由", "依据", ISSUED - dt.timedelta(days=1)), "date-before-issue"),
    ],
)
def test_a_revocation_names_reason_basis_and_a_day_that_has_come(decision: Decision, expected: str) -> None:
    assert code(Act.REVOKE, Standing("valid", ISSUED), decision) == expected


def test_the_refusal_says_why_the_state_does_not_allow_it() -> None:
    assert code(Act.CHANGE, Standing("draft", ISSUED)) == "not-issued"
    assert code(Act.RESTORE, Standing("valid", ISSUED)) == "wrong-state"
    assert code(Act.REVOKE, Standing("cancelled", ISSUED)) == "wrong-state"


@pytest.mark.parametrize(
    ("act", "last", "asked", "expected"),
    [
        (Act.EXTEND, TODAY, None, "end-missing"),
        (Act.EXTEND, TODAY, TODAY, "end-not-later"),
        (Act.EXTEND, None, TODAY, "no-end"),
        (Act.CHANGE, TODAY, TODAY + dt.timedelta(days=1), "end-not-asked"),
    ],
)
def test_only_an_extension_moves_the_end_and_only_onwards(
    act: Act, last: dt.date | None, asked: dt.date | None, expected: str
) -> None:
    with pytest.raises(ActRefused) as refused:
        check_end(act, Standing("valid", ISSUED, last), asked)
    assert refused.value.code == expected
    assert check_end(Act.EXTEND, Standing("valid", ISSUED, TODAY), dt.date(2027, 1, 1)) == dt.date(2027, 1, 1)
    assert check_end(Act.CORRECT, Standing("valid", ISSUED, TODAY), None) == TODAY


@given(st.lists(st.sampled_from(Act), max_size=12))
def test_whatever_is_done_in_whatever_order_the_ends_are_ends(acts: list[Act]) -> None:
    state = "valid"
    for act in acts:
        try:
            rule = check_act(act, Standing(state, ISSUED), GIVEN, today=TODAY)
        except ActRefused:
            continue
        assert state not in {"superseded", "cancelled", "discarded"}
        assert rule is RULES[act]
        state = rule.ends
