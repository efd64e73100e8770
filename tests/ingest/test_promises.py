"""Gaps and promises: which state may follow which, on what terms, and what keeps a case out of the archive."""

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import User
from hypothesis import given
from hypothesis import strategies as st

from catalogue import Item, load_catalogue
from ingest import (
    Case,
    CreditRecord,
    MaterialUse,
    NotOpenable,
    Promise,
    StepError,
    Terms,
    open_gaps,
    promised_entries,
    step,
    terms_for,
    why_not_archived,
)
from tests.portal import factories

State, Kind = Promise.State, Promise.Kind
TODAY = dt.date(2026, 11, 23)


def item(**changes: Any) -> Item:
    """The construction permit's item with both modes, a gap (M-SQWT) and a promise (M-CNS)."""
    plain = load_catalogue().item("S3-05")
    return plain.model_copy(update={"modes": ("一般", "容缺受理", "告知承诺"), "max_gaps": 2} | changes)


def with_entry(code: str, **changes: Any) -> Item:
    shaped = item()
    materials = tuple(r.model_copy(update=changes) if r.material == code else r for r in shaped.materials)
    return shaped.model_copy(update={"materials": materials})


@pytest.fixture
def clerk(db: None) -> User:
    return factories.user()


@pytest.fixture
def case(clerk: User) -> Case:
    return factories.case(clerk)


def left_open(case: Case, entry: str = "M-SQWT", **changes: Any) -> Promise:
    facts = {"kind": Kind.GAP, "text": "承诺", "due_on": TODAY, "given_at": factories.NOW, "given_by": case.opened_by}
    return Promise.objects.create(case=case, entry=entry, **(facts | changes))


@given(st.sampled_from(Kind), st.lists(st.sampled_from(State), max_size=8))
def test_whatever_is_tried_a_last_word_stays_and_a_gap_is_closed_by_its_material_alone(
    kind: Promise.Kind, tries: list[Promise.State]
):
    promise, gone = Promise(kind=kind), [State.OPEN]
    for to in tries:
        before = promise.state
        try:
            step(promise, to)
        except StepError:
            assert promise.state == before
        else:
            assert promise.state == to
            gone.append(to)
    for last in (State.KEPT, State.BROKEN, State.VOID):
        assert last not in gone[:-1]
    if kind == Kind.GAP:
        assert not {State.KEPT, State.BROKEN} & set(gone)
    if State.EXPIRED in gone:  # what is overdue never is in time again
        assert State.OPEN not in gone[gone.index(State.EXPIRED) :] or State.CLOSED in gone


@given(st.sampled_from(State), st.sampled_from(State))
def test_what_is_not_in_the_table_is_refused_in_words(before: Promise.State, to: Promise.State):
    promise = Promise(kind=Kind.GAP, state=before)
    allowed = {
        State.OPEN: {State.CLOSED, State.EXPIRED, State.VOID},
        State.CLOSED: {State.OPEN},
        State.EXPIRED: {State.CLOSED},
    }
    if to in allowed.get(before, set()):
        step(promise, to)
        return
    with pytest.raises(StepError, match=f"“{before.label}”，不能改为“{to.label}”"):
        step(promise, to)


def test_a_gap_gets_its_days_and_they_are_explained(case: Case):
    terms = terms_for(case, item(), "M-SQWT", today=TODAY)
    assert isinstance(terms, Terms)
    assert (terms.kind, terms.due_on) == (Kind.GAP, dt.date(2026, 11, 30))
    assert terms.due_why == "5个工作日：从2026年11月23日起（当日不计），周末2天不计，到2026年11月30日止"


def test_a_promise_that_stands_for_its_material_has_no_day_but_a_recheck(case: Case):
    shaped = with_entry("M-CNS", deficiency_days=0, recheck_days=60)
    terms = terms_for(case, shaped, "M-CNS", today=TODAY)
    assert isinstance(terms, Terms)
    assert (terms.kind, terms.due_on, terms.recheck_days) == (Kind.PROMISE, None, 60)


@pytest.mark.parametrize(
    ("entry", "changes", "kind", "code"),
    [
        ("OUT-ZB", {}, "", "not-deferrable"),
        ("M-NONE", {}, "", "not-listed"),
        ("M-SQWT", {"modes": ("一般", "告知承诺")}, "", "mode-none"),
        ("M-CNS", {"modes": ("一般", "容缺受理")}, "", "mode-none"),
        ("M-SQWT", {}, "promise", "kind-other"),
        ("M-CNS", {}, "gap", "kind-other"),
    ],
)
def test_what_the_list_does_not_allow_is_refused_with_its_reason(
    case: Case, entry: str, changes: dict[str, Any], kind: str, code: str
):
    found = terms_for(case, item(**changes), entry, today=TODAY, kind=kind)
    assert isinstance(found, NotOpenable)
    assert found.code == code


def test_no_more_gaps_than_the_item_allows(case: Case):
    assert isinstance(terms_for(case, item(max_gaps=1), "M-SQWT", today=TODAY), Terms)
    first = left_open(case, "M-OTHER")
    found = terms_for(case, item(max_gaps=1), "M-SQWT", today=TODAY)
    assert isinstance(found, NotOpenable)
    assert (found.code, "最多容缺 1 项" in found.message) == ("too-many-gaps", True)
    assert isinstance(terms_for(case, item(max_gaps=1), "M-CNS", today=TODAY), Terms)  # a promise is no gap
    first.state = State.VOID
    first.save()
    assert isinstance(terms_for(case, item(max_gaps=1), "M-SQWT", today=TODAY), Terms)


def test_a_broken_promise_on_record_bars_the_same_party_everywhere_until_it_is_repaired(case: Case, clerk: User):
    earlier = left_open(factories.case(clerk), "M-CNS", kind=Kind.PROMISE, state=State.BROKEN)
    record = CreditRecord.objects.create(
        promise=earlier, party_name="某公司", party_uscc=case.applicant_uscc, what="未兑现", written_at=factories.NOW
    )
    for entry in ("M-SQWT", "M-CNS"):
        found = terms_for(case, item(), entry, today=TODAY)
        assert isinstance(found, NotOpenable)
        assert found.code == "negative-list"
    record.settled_at = factories.NOW
    record.save()
    assert isinstance(terms_for(case, item(), "M-SQWT", today=TODAY), Terms)


def test_a_year_without_its_calendar_is_said(case: Case):
    found = terms_for(case, item(), "M-SQWT", today=dt.date(2035, 1, 5))
    assert isinstance(found, NotOpenable)
    assert (found.code, "2035" in found.message) == ("calendar", True)


def test_an_entry_is_left_open_once(case: Case):
    left_open(case, state=State.EXPIRED)
    found = terms_for(case, item(), "M-SQWT", today=TODAY)
    assert isinstance(found, NotOpenable)
    assert (found.code, "已逾期" in found.message) == ("spent", True)


def test_an_entry_counts_as_promised_while_the_promise_stands(case: Case):
    for n, state in enumerate(State):
        left_open(case, f"E-{n}-{state}", state=state)
    assert [entry.split("-")[2] for entry in promised_entries(case)] == ["open", "kept"]


@pytest.mark.parametrize("state", [s for s in State if s != State.VOID])
def test_a_case_is_archived_only_when_every_gap_has_a_material_that_stands(case: Case, state: Promise.State):
    upload = factories.upload(case)
    use = MaterialUse.objects.create(
        case=case, entry="M-SQWT", how="uploaded", material=factories.material(upload), used_at=factories.NOW
    )
    gap = left_open(case, entry_name="授权委托书", state=state)
    assert open_gaps(case) == [gap]
    assert why_not_archived(case) == "容缺材料尚未补齐：授权委托书；补齐后自动归档"
    gap.closed_by = use
    gap.save()
    assert (why_not_archived(case) == "") is (state == State.CLOSED)
    use.withdrawn_at = factories.NOW
    use.save()
    assert why_not_archived(case)


def test_a_promise_and_a_slip_keep_nothing_out_of_the_archive(case: Case):
    left_open(case, "M-CNS", kind=Kind.PROMISE)
    left_open(case, state=State.VOID)
    assert why_not_archived(case) == ""
