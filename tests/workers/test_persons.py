"""A person's paper is offered to the case whose documents name that person, after the person agreed, and only then."""

from typing import Any

import pytest
from django.db import transaction
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import ingest
from archive import Event, HeldMaterial
from archive.holdings import Consent, person_key
from catalogue import load_catalogue
from ingest import Material
from tests.portal import factories
from tests.workers.held_samples import held, open_case
from workers import NotPossibleError, held_for, offers_of, record_consent, reuse, take_back_consent
from workers.persons import persons_of

pytestmark = pytest.mark.django_db
AGENT, ANOTHER = "11010519491231002X", "440524188001010014"
OTHER_COMPANY = "91990101MA00000001"


@pytest.fixture(autouse=True)
def _list_that_asks_for_identity_cards(monkeypatch: pytest.MonkeyPatch) -> None:
    """A local list that takes a copy, where the one that ships asks the register."""
    item = load_catalogue().item("S3-05", region="990101")
    [letter] = [entry for entry in item.materials if entry.material == "M-SQWT"]
    card = letter.model_copy(update={"material": "M-SFZ", "name": "经办人身份证", "when": {}})
    asking = item.model_copy(update={"materials": (*item.materials, card)})
    for room in ("workers.offering", "workers.consenting", "workers.groundwork"):
        monkeypatch.setattr(f"{room}.item_of", lambda _: asking, raising=False)


def letter(case: ingest.Case, number: str = AGENT, **changes: Any) -> Material:
    """A letter of attorney handed in for the case that names the agent by this number."""
    said = {"身份证号": {"value": number, "score": 0.9, "page": 1, "box": [], "rule": "label"}}
    facts = {"pages": [1], "type": "M-SQWT", "type_score": 1.0, "why": "", "fields": said}
    return Material.objects.create(upload=factories.upload(case), **(facts | changes))


def card(number: str = AGENT, **changes: Any) -> HeldMaterial:
    return held("M-SFZ", name="居民身份证", number=number, subject_kind="person", subject=person_key(number), **changes)


def test_who_is_named_by_number_is_a_person_of_the_case_and_who_is_misread_or_withdrawn_is_not() -> None:
    case = open_case()
    assert persons_of(case) == ()
    letter(case, "110105 19491231 002x")
    letter(case, "110105194912310021")
    gone = letter(case, ANOTHER)
    assert persons_of(case) == (AGENT, ANOTHER)
    gone.upload.withdrawn_at = factories.NOW
    gone.upload.save()
    assert persons_of(case) == (AGENT,)


def test_whom_a_paper_of_the_archive_names_is_a_person_of_the_case_once_it_is_taken() -> None:
    case = open_case()
    said = {"身份证号": {"value": AGENT, "score": 0.9, "page": 1, "box": [], "rule": "label"}}
    taken = held("M-SQWT", fields=said)
    assert persons_of(case) == ()
    reuse(case, taken, by=case.opened_by)
    assert persons_of(case) == (AGENT,)


def test_a_persons_paper_waits_for_that_persons_own_word_for_this_purpose_and_leaves_with_it() -> None:
    case, paper = open_case(), card()
    assert offers_of(case) == []
    letter(case)
    [offer] = offers_of(case)
    assert (offer.held, offer.consent, held_for(case)) == (paper, "须本人同意", [])
    with pytest.raises(NotPossibleError, match="须本人同意"):
        reuse(case, paper, by=case.opened_by)
    given = record_consent(case, paper, by=case.opened_by, spoken_by="王小明")
    assert "本人单独同意；用途：仅供本申请人办理本项目的审批事项" in given.how
    assert (given.giver, given.type, given.for_whom, given.project_code) == (
        person_key(AGENT), "M-SFZ", case.applicant_uscc, case.project.code,
    )  # fmt: skip
    use = reuse(case, paper, by=case.opened_by)
    [gone] = take_back_consent(case, given, by=case.opened_by)
    assert gone == use
    assert offers_of(case) == []
    assert Consent.objects.get().withdrawn_at


def test_the_events_tell_neither_number_nor_key_nor_name_of_the_person() -> None:
    case, paper = open_case(), card()
    letter(case)
    given = record_consent(case, paper, by=case.opened_by, spoken_by="王小明")
    reuse(case, paper, by=case.opened_by)
    take_back_consent(case, given, by=case.opened_by)
    told = str(list(Event.objects.filter(case_number=case.number).values_list("kind", "details")))
    assert "consent-withdrawn" in told
    assert not [word for word in (AGENT, person_key(AGENT), "王小明") if word in told]


def test_what_another_company_handed_in_of_the_person_is_not_even_asked_for() -> None:
    case = open_case()
    letter(case)
    card(collected_from=OTHER_COMPANY)
    assert offers_of(case) == []


WHO = st.sets(st.sampled_from([AGENT, ANOTHER]))


@settings(max_examples=4, deadline=None, phases=[Phase.generate])
@given(named=WHO, agreed=WHO, withdrawn=WHO)
def test_whoever_is_named_and_agrees_or_withdraws_only_their_own_papers_are_free(
    named: set[str], agreed: set[str], withdrawn: set[str]
) -> None:
    with transaction.atomic():
        case = open_case()
        papers = {number: card(number) for number in (AGENT, ANOTHER)}
        for number in named:
            letter(case, number)
        for number in agreed & named:
            given = record_consent(case, papers[number], by=case.opened_by, spoken_by="本人")
            if number in withdrawn:
                take_back_consent(case, given, by=case.opened_by)
        choices = [choice for offer in offers_of(case) for choice in (offer, *offer.others)]
        offered = {choice.held.number: not choice.consent for choice in choices}
        assert offered == {number: number in agreed for number in named - (agreed & withdrawn)}
        transaction.set_rollback(True)
