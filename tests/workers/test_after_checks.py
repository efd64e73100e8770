"""事后核查: nobody chooses who is drawn, everybody can compute the draw again, and a finding has its consequences."""

import datetime as dt
from collections import Counter
from typing import Any

import pytest
from django.utils import timezone

from archive import CHECKPOINT_KEY, Event, LogHead, canonical_json, checkpoint_key
from catalogue import add_working_days, load_catalogue
from ingest import CreditRecord
from portal.instant import instant_shown
from portal.roles import Role
from signing import Certificate
from tests.portal import factories
from tests.workers import instant_steps as steps
from tests.workers.test_instant import until
from workers import (
    AfterCheck,
    NotPossibleError,
    accept,
    approve,
    decide,
    draw_number,
    drawn_again,
    keep_dates,
    record_finding,
    void_number,
    withdraw_release,
    zone,
)
from workers.draws import draw

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.stack]  # each goes all the way to a certificate
SAID = {"words": "现场查看，与申报一致", "evidence": "核查记录〔2026〕3号"}


@pytest.fixture(autouse=True)
def _all_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every case is drawn."""
    book = load_catalogue()
    item = book.item("S1-01")
    limits = item.limits.model_copy(update={"check_percent": 100})
    monkeypatch.setitem(book._versions, "S1-01", [item.model_copy(update={"limits": limits})])


def drawn() -> tuple[Any, AfterCheck]:
    steps.released()
    case = steps.accepted()
    return case, AfterCheck.objects.get(decision__case=case)


def test_a_draw_follows_from_the_first_head_that_holds_the_decision_and_can_be_computed_again():
    case, row = drawn()
    decided = Event.objects.get(case_number=case.number, kind="case-decided")
    head = LogHead.objects.get()
    assert decided.leaf_index is not None
    assert decided.leaf_index < head.size
    heads = [one.key for one in zone("archive").list(f"{CHECKPOINT_KEY}/")]
    first = next(key for key in heads if key > checkpoint_key(decided.leaf_index))
    assert row.note == zone("archive").read(first).decode()
    assert drawn_again(row)
    assert row.due_on == add_working_days(timezone.localtime(row.drawn_at).date(), 20)
    assert [row.late(row.due_on), row.late(row.due_on + dt.timedelta(days=1))] == [False, True]
    assert draw(head) == []
    told = Event.objects.get(case_number=case.number, kind="after-check-drawn")
    assert told.details["check"] == row.pk


def test_the_share_is_even_and_each_head_draws_anew():
    numbers = Counter(draw_number("note\n", f"01K{n:06d}") for n in range(20_000))
    assert set(numbers) == set(range(100))
    share = sum(numbers[n] for n in range(10)) / 20_000
    assert abs(share - 0.10) < 0.01
    same = [n for n in range(200) if (draw_number("a\n", str(n)) < 50) == (draw_number("b\n", str(n)) < 50)]
    assert 60 < len(same) < 140


def test_a_check_whose_calendar_was_not_known_gets_its_day_once_it_is():
    _, row = drawn()
    day = row.due_on
    AfterCheck.objects.update(due_on=None)
    row.refresh_from_db()
    assert not row.late(dt.date(2999, 1, 1))
    keep_dates()
    row.refresh_from_db()
    assert row.due_on == day


def test_a_decision_whose_number_was_voided_is_not_drawn_and_an_officer_decides_anew():
    release = steps.released()
    case = steps.ready()
    accept(case, by=case.opened_by)
    until("render")
    withdraw_release(release, why="规则有误", by=release.confirmed_by)
    steps.drain()
    officer = factories.user(Role.OFFICER)
    void_number(steps.certificate_of(case), "规则有误", by=officer)
    case.refresh_from_db()
    again = decide(case, by=officer)
    steps.drain()
    again.refresh_from_db()
    approve(again, again.rendered_sha256, by=officer)
    steps.drain()
    again.refresh_from_db()
    assert again.state == "valid"
    assert not AfterCheck.objects.exists()
    case.refresh_from_db()
    shown = instant_shown(case, {Role.CLERK}, timezone.localdate())
    assert (shown["decided_by_rule"], shown["seconds"], shown["qr"]) == (False, None, "")


def test_what_is_not_drawn_needs_no_check():
    _, row = drawn()
    AfterCheck.objects.update(drawn=False)
    assert not drawn_again(AfterCheck.objects.get())
    assert refused(row) == "not-drawn"


def refused(row: AfterCheck, finding: str = "confirmed", **changes: Any) -> str:
    by = changes.pop("by", None) or factories.user(Role.OFFICER)
    with pytest.raises(NotPossibleError) as caught:
        record_finding(row, finding, by=by, **(SAID | changes))
    return caught.value.code


def test_nobody_checks_what_he_answers_for_and_nothing_is_found_without_grounds():
    case, row = drawn()
    release = row.decision.release
    assert release
    for own in (case.opened_by, release.proposed_by, release.confirmed_by):
        assert refused(row, by=own) == "own-case"
    assert refused(row, "") == "no-finding"
    assert refused(row, evidence=" ") == "no-evidence"
    record_finding(row, "confirmed", by=factories.user(Role.OFFICER), **SAID)
    assert refused(row) == "found"


def test_confirmed_the_pledge_was_kept():
    case, row = drawn()
    record_finding(row, "confirmed", by=factories.user(Role.OFFICER), **SAID)
    assert case.promises.get().state == "kept"
    assert steps.certificate_of(case).state == "valid"
    told = Event.objects.get(case_number=case.number, kind="after-check-found")
    assert told.details == {"check": row.pk, "finding": "confirmed"}
    assert "现场" not in canonical_json(told.details).decode()


def test_revoked_the_certificate_is_revoked_and_the_pledge_is_on_the_credit_record():
    case, row = drawn()
    record_finding(row, "revoked", by=factories.user(Role.OFFICER), **SAID)
    steps.drain()
    assert steps.certificate_of(case).state == "revoked"
    assert case.promises.get().state == "broken"
    assert CreditRecord.objects.get().party_uscc == case.applicant_uscc
    act = steps.certificate_of(case).acts.get()
    assert (act.reason, act.basis) == (f"事后核查：{SAID['words']}", SAID["evidence"])


def test_corrected_a_new_version_waits_for_its_officer():
    case, row = drawn()
    line, other = "建设地点", "江澜市新港区望海路10号"
    record_finding(row, "corrected", changes={line: other}, by=factories.user(Role.OFFICER), **SAID)
    steps.drain()
    first, second = Certificate.objects.filter(case_number=case.number).order_by("version")
    assert (first.state, second.state, second.data[line]) == ("valid", "rendered", other)
    assert case.promises.get().state == "open"
