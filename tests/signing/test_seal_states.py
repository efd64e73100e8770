"""The life of a seal, driven at random beside a model of it written here a second time."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from signing import TRANSITIONS, Seal, SealChange, SealChangeRefused, change_state, note_registration
from signing.seal_models import OnlyAddedError

NOW = dt.datetime(2026, 11, 29, 2, 0, tzinfo=dt.UTC)
# What may follow what, as the issue says it: suspended and back, lost, destroyed for good.
ALLOWED = {
    ("active", "suspended"),
    ("suspended", "active"),
    ("active", "lost"),
    ("suspended", "lost"),
    ("active", "destroyed"),
    ("suspended", "destroyed"),
    ("lost", "destroyed"),
}
REASONS = ["印章遗失", " ", "换章", "x" * 201]
STATES = ["active", "suspended", "lost", "destroyed"]


def seal(**changes: Any) -> Seal:
    facts = {
        "label": "行政审批专用章",
        "owner": "江澜市行政审批局",
        "owner_uscc": "119901010000000001",
        "valid_until": NOW + dt.timedelta(days=365),
    }
    return Seal.objects.create(**(facts | changes))


class TestLife(TestCase):
    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(st.tuples(st.sampled_from([*STATES, "found"]), st.sampled_from(REASONS)), max_size=10))
    def test_only_the_allowed_changes_happen_and_each_leaves_its_row(self, wanted: list[tuple[str, str]]) -> None:
        kept = seal()
        note_registration(kept, by=None, now=NOW)
        expected, rows = "active", [("", "active", "登记")]
        for turn, (state, reason) in enumerate(wanted):
            allowed = (expected, state) in ALLOWED and 0 < len(reason.strip()) <= 200
            try:
                change_state(kept, state, reason=reason, by=None, now=NOW + dt.timedelta(minutes=turn))
            except SealChangeRefused:
                assert not allowed, (expected, state, reason)
            else:
                assert allowed, (expected, state, reason)
                rows.append((expected, state, reason.strip()))
                expected = state
            kept.refresh_from_db()
            assert kept.state == expected
            assert list(kept.changes.values_list("before", "after", "reason")) == rows


def test_what_is_destroyed_stays_so_and_what_is_lost_is_never_found() -> None:
    assert TRANSITIONS[Seal.State.DESTROYED] == frozenset()
    assert TRANSITIONS[Seal.State.LOST] == {Seal.State.DESTROYED}
    assert {(before, after) for before, following in TRANSITIONS.items() for after in following} == ALLOWED


@pytest.mark.django_db
def test_the_history_is_only_added_to() -> None:
    change = note_registration(seal(), by=None, now=NOW)
    change.reason = "改写"
    with pytest.raises(OnlyAddedError):
        change.save()
    with pytest.raises(OnlyAddedError):
        change.delete()
    assert SealChange.objects.get().reason == "登记"
