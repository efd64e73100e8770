"""A consent is one word for an applicant and a project: given once, taken back or given again from any open case."""

import threading
from typing import Any

import pytest
from django.db import connection, transaction

from archive import Event, HeldMaterial
from archive.holdings import Consent, give_consent
from ingest import Case, Project
from tests.portal import factories
from tests.workers.casework import reported
from tests.workers.held_samples import held, open_case
from workers import (
    NotPossibleError,
    accept,
    consents_for,
    offers_of,
    record_consent,
    renew_consent,
    reuse,
    take_back_consent,
)

OTHER = "91990101MA00000001"


def agreed() -> tuple[Case, Case, HeldMaterial, Consent]:
    """Two cases of one applicant and project, and another company's paper with its consent noted in the first."""
    first, second, letter = open_case(), open_case(), held("M-SQWT", collected_from=OTHER)
    return first, second, letter, record_consent(first, letter, by=first.opened_by, spoken_by="王经理")


def again(case: Case, given: Consent) -> Consent:
    return renew_consent(case, given, by=case.opened_by, spoken_by="王经理")


@pytest.mark.django_db
def test_what_one_case_noted_another_lists_takes_back_and_renews():
    first, second, letter, given = agreed()
    uses = [reuse(case, letter, by=case.opened_by) for case in (first, second)]
    assert [row.pk for row in consents_for(second)] == [given.pk]
    Case.objects.filter(pk=first.pk).update(state="archived")
    assert take_back_consent(second, given, by=second.opened_by) == [uses[1]]
    assert offers_of(second) == []
    made = again(second, given)
    [offer] = offers_of(second)
    assert (offer.held, offer.consent, made.case_number) == (letter, "", second.number)
    first.refresh_from_db()
    assert list(consents_for(first)) == [given]  # it is over: what came after is not its own


@pytest.mark.django_db
def test_a_case_of_another_applicant_or_project_lists_nothing_of_it():
    first, _, _, given = agreed()
    elsewhere = Project.objects.create(code="2026-1", name="另一项目", region="990101")
    for other in (open_case(applicant_uscc="91990101MA00000000"), open_case(project=elsewhere, works=None)):
        assert not consents_for(other).exists()
    give_consent("company", OTHER, how="授权书", by=None, now=factories.NOW)  # for anybody: no window's to list
    assert list(consents_for(first)) == [given]


@pytest.mark.django_db
def test_for_an_applicant_without_a_code_none_is_noted_since_it_would_serve_everybody():
    letter, nameless = held("M-SQWT", collected_from=OTHER), open_case(applicant_uscc="")
    with pytest.raises(NotPossibleError, match="无从限定对象"):
        record_consent(nameless, letter, by=nameless.opened_by, spoken_by="王经理")
    [offer] = offers_of(open_case())
    assert offer.consent


@pytest.mark.django_db
def test_to_note_or_renew_it_twice_writes_one_row():
    first, second, letter, given = agreed()
    assert record_consent(first, letter, by=first.opened_by, spoken_by="王经理") == given
    assert again(second, given) == given
    take_back_consent(first, given, by=first.opened_by)
    assert again(first, given) == again(second, given)
    assert Consent.objects.count() == 2
    assert Event.objects.filter(kind="consent-given").count() == 2


@pytest.mark.django_db
def test_one_withdrawal_takes_back_every_row_of_the_same_scope_and_no_other():
    first, second, letter, given = agreed()
    Consent.objects.filter(pk=given.pk).update(withdrawn_at=factories.NOW)
    twin = again(second, given)
    Consent.objects.filter(pk=given.pk).update(withdrawn_at=None)  # two windows wrote it down at once
    other = give_consent("company", OTHER, how="授权书", by=None, now=factories.NOW, type="M-YYZZ")
    use = reuse(second, letter, by=second.opened_by)
    assert take_back_consent(first, twin, by=first.opened_by) == [use]
    assert list(Consent.objects.filter(withdrawn_at=None)) == [other]


@pytest.mark.django_db
def test_acceptance_asks_again_and_says_what_to_do():
    case, _, letter, given = agreed()
    use = reuse(case, letter, by=case.opened_by)
    Consent.objects.filter(pk=given.pk).update(withdrawn_at=factories.NOW)  # passed by the withdrawal
    reported(case, "complete")
    with pytest.raises(NotPossibleError) as refused:
        accept(case, by=case.opened_by)
    assert refused.value.code == "no-consent"
    assert "“M-SQWT”的授权已撤回，请在“授权”一栏重新登记，或请申请人提交这一项" in str(refused.value)
    paper = factories.material(factories.upload(case), "M-SQWT")
    case.uses.create(entry="M-SQWT", how="uploaded", material=paper, used_at=factories.NOW, used_by=case.opened_by)
    accept(case, by=case.opened_by)
    use.refresh_from_db()
    assert use.withdrawn_at  # the applicant's own stands in its place


@pytest.mark.django_db
def test_what_the_applicant_brought_again_rests_on_nobodys_word():
    case, _, letter, given = agreed()
    case.uses.create(entry="M-SQWT", how="repeat", held=letter, used_at=factories.NOW, used_by=case.opened_by)
    assert take_back_consent(case, given, by=case.opened_by) == []
    reported(case, "complete")
    accept(case, by=case.opened_by)
    assert case.uses.get().withdrawn_at is None


@pytest.mark.django_db(transaction=True)
def test_a_material_that_is_being_taken_while_its_owner_withdraws_is_waited_for_and_goes() -> None:
    first, second, letter, given = agreed()
    gone: list[Any] = []

    def withdraw() -> None:
        try:
            gone.extend(take_back_consent(first, given, by=first.opened_by))
        finally:
            connection.close()

    with transaction.atomic():
        use = reuse(second, letter, by=second.opened_by)
        other = threading.Thread(target=withdraw)
        other.start()
        other.join(0.3)
        assert other.is_alive()  # it waits for the case
    other.join()
    assert gone == [use]
