"""Before anything is asked: what is held is offered, taken with one key, undone in one step, and counted."""

import pytest

import ingest
from archive import Access, Event
from archive.holdings import change_standing
from ingest import MaterialUse
from tests.portal import factories
from tests.workers.casework import reported
from tests.workers.held_samples import held, open_case
from workers import (
    NotPossibleError,
    accept_offers,
    held_for,
    lapsed_uses,
    offers_of,
    on_hand,
    record_consent,
    reuse,
    reuse_named,
    saved_by,
    take_back_consent,
    undo,
)
from workers.notice_words import words_of

pytestmark = pytest.mark.django_db
How = MaterialUse.How


def live(case: ingest.Case) -> dict[str, str]:
    return dict(case.uses.filter(withdrawn_at=None).values_list("entry", "how"))


def test_one_key_takes_everything_and_each_use_says_how_it_came():
    case = open_case()
    held("M-SQWT")
    held("OUT-YDGH", source="certificate", number="地字第1号")
    held("OUT-ST", source="joint")
    assert [offer.entry for offer in offers_of(case)] == ["M-SQWT", "OUT-YDGH", "OUT-ST"]
    accept_offers([case], by=case.opened_by)
    assert live(case) == {"M-SQWT": How.REUSED, "OUT-YDGH": How.ISSUED, "OUT-ST": How.JOINT}
    assert offers_of(case) == []
    assert Access.objects.filter(case_number=case.number).count() == 3
    told = Event.objects.filter(case_number=case.number, kind="material-reused")
    assert {event.details["use"] for event in told} == set(case.uses.values_list("pk", flat=True))


def test_one_step_back_undoes_all_of_it_and_the_rows_stay():
    case = open_case()
    held("M-SQWT"), held("OUT-GCGH", source="certificate")
    accept_offers([case], by=case.opened_by)
    undo(case, by=case.opened_by)
    assert live(case) == {}
    assert case.uses.count() == 2
    assert len(offers_of(case)) == 2


def test_only_the_named_entries_are_taken():
    case = open_case()
    held("M-SQWT"), held("OUT-GCGH", source="certificate")
    accept_offers([case], by=case.opened_by, entries=["OUT-GCGH"])
    assert live(case) == {"OUT-GCGH": How.ISSUED}


def test_what_was_spared_is_counted_in_materials_and_sheets():
    case = open_case()
    held("M-SQWT", pages=[1, 2, 3])
    accept_offers([case], by=case.opened_by)
    [copies] = [one.copies for one in ingest.item_of(case).materials if one.material == "M-SQWT"]
    assert (saved_by(case).materials, saved_by(case).sheets) == (1, 3 * max(1, copies))


def test_with_nothing_on_offer_nothing_is_done():
    case = open_case()
    with pytest.raises(NotPossibleError) as refused:
        accept_offers([case], by=case.opened_by)
    assert refused.value.code == "nothing-offered"
    assert not case.steps.exists()


@pytest.mark.parametrize("standing", ["suspended", "superseded", "revoked", "cancelled"])
def test_what_does_not_hold_is_never_offered_nor_taken(standing: str):
    case, gone = open_case(), held("OUT-YDGH", source="certificate")
    change_standing(gone.sha256, standing, gone.held_since)
    assert offers_of(case) == []
    with pytest.raises(NotPossibleError) as refused:
        reuse(case, gone, by=case.opened_by)
    assert refused.value.code == "not-offered"


def test_what_another_company_left_waits_for_its_word():
    case, licence = open_case(), held("M-SQWT", collected_from="91990101MA00000001")
    [offer] = offers_of(case)
    assert "91990101MA00000001" in offer.consent
    assert held_for(case) == []
    with pytest.raises(NotPossibleError) as refused:
        reuse(case, licence, by=case.opened_by)
    assert refused.value.code == "no-consent"
    record_consent(case, licence, by=case.opened_by, spoken_by="王经理")
    reuse(case, licence, by=case.opened_by)
    assert live(case) == {"M-SQWT": How.REUSED}


def test_consent_needs_a_signed_form_that_was_handed_in_or_a_name():
    case, licence = open_case(), held("M-SQWT", collected_from="91990101MA00000001")
    with pytest.raises(NotPossibleError) as refused:
        record_consent(case, licence, by=case.opened_by)
    assert refused.value.code == "no-proof"
    with pytest.raises(NotPossibleError) as refused:
        record_consent(open_case(), held("OUT-YDGH", source="certificate"), by=case.opened_by, spoken_by="谁")
    assert refused.value.code == "no-consent-needed"


def test_a_consent_that_is_taken_back_removes_the_offer_and_what_was_not_used_yet_but_not_the_history():
    case, decided = open_case(), open_case()
    licence = held("M-SQWT", collected_from="91990101MA00000001")
    given = record_consent(case, licence, by=case.opened_by, spoken_by="王经理")
    reuse(case, licence, by=case.opened_by)
    settled = reuse(decided, licence, by=case.opened_by)
    ingest.Case.objects.filter(pk=decided.pk).update(state="decided")
    [gone] = take_back_consent(case, given, by=case.opened_by)
    assert gone.case == case
    assert live(case) == {}
    assert offers_of(case) == []
    settled.refresh_from_db()
    assert settled.withdrawn_at is None
    kinds = list(Event.objects.filter(case_number=case.number).values_list("kind", flat=True))
    assert kinds[-2:] == ["consent-withdrawn", "reuse-withdrawn"]


def test_the_one_time_notice_says_why_a_paper_that_was_held_serves_no_more():
    case = reported(open_case(), "gap", M_SQWT={"state": "gap"})
    old = held("M-SQWT", name="授权委托书", valid_until=factories.NOW.date())
    [ended] = on_hand(case).ended
    words = words_of(case, ingest.item_of(case), "one-time", None, today=factories.NOW.date())
    assert (ended.held, ended.message) == (old, f"授权委托书 有效期于 {old.valid_until} 届满")
    [[what, how]] = [row[2:4] for row in words["表"] if row[1] == "授权委托书"]
    assert ended.message in what
    assert how.startswith(ended.remedy)


def test_an_entry_that_is_filled_and_a_case_that_is_closed_are_told_nothing():
    case, gone = open_case(), held("OUT-YDGH", source="certificate")
    reuse(case, gone, by=case.opened_by)
    change_standing(gone.sha256, "revoked", gone.held_since)
    assert not on_hand(case).ended
    undo(case, by=case.opened_by)
    assert len(on_hand(case).ended) == 1
    case.state = "accepted"
    assert not on_hand(case).ended


def test_another_of_the_choices_can_be_taken_and_is_checked_like_the_first():
    case = open_case()
    older, newer = (
        held("OUT-YDGH", source="certificate", number=f"地字第{n}号", dated=f"2026-0{n}-01") for n in (1, 2)
    )
    [offer] = offers_of(case)
    [other] = offer.others
    assert (offer.held, other.held, other.others) == (newer, older, ())
    assert "有效期" in other.why or "无到期日" in other.why
    assert other.fresh > offer.fresh
    use = reuse(case, older, by=case.opened_by)
    assert (use.held, use.checked["offer"]["holds"]) == (older, True)
    assert offers_of(case) == []
    change_standing(older.sha256, "revoked", older.held_since)
    [lapsed] = lapsed_uses(case)
    assert (lapsed.use, lapsed.successor) == (use, newer)


def test_two_choices_of_one_entry_are_never_taken_at_once():
    case = open_case()
    for number in ("1", "2"):
        held("OUT-YDGH", source="certificate", number=number)
    accept_offers([case], by=case.opened_by)
    assert live(case) == {"OUT-YDGH": How.ISSUED}
    assert case.uses.count() == 1


def test_what_only_a_case_beside_it_is_offered_is_not_taken_by_naming_its_number():
    beside = open_case()
    parallel = ingest.ParallelCase.objects.create(project=beside.project, stage="3", opened_by=beside.opened_by)
    case = open_case(item_code="S1-01", parallel=parallel)
    ingest.Case.objects.filter(pk=beside.pk).update(parallel=parallel)
    permit = held("OUT-YDGH", source="certificate")
    assert [offer.held for offer in offers_of(beside)] == [permit]
    with pytest.raises(NotPossibleError) as refused:
        reuse_named(case, permit.pk, by=case.opened_by)
    assert refused.value.code == "not-offered"
    assert not beside.uses.exists()
