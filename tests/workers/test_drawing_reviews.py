"""A decision is taken on the drawings that the person saw, whatever comes while they look."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction

import ingest
from archive import Event
from ingest.drawings import SetVersion, State, VersionUse, check_decision, current_reviewed
from portal.roles import Role
from tests.ingest.drawings.sheets import handed_in, read, sheets
from tests.portal import factories
from tests.workers.casework import reported
from workers import (
    NAMED_BY,
    NotPossibleError,
    OtherVersionError,
    accept,
    approve_by_paper,
    decide,
    digests_shown,
    give_opinion,
)

pytestmark = pytest.mark.django_db


def under_review() -> tuple[ingest.Case, SetVersion]:
    """An accepted review with its first version."""
    by = factories.user(Role.OFFICER, Role.CLERK)
    case = factories.case(by, item_code="S3-01", state="accepted", accepted_at=factories.NOW)
    return case, handed_in(case, sheets("建施-1", "结施-12"))


def brought_another(case: ingest.Case, look: str = "changed") -> SetVersion:
    return handed_in(case, [read("结施-12", look)])


def opinion(case: ingest.Case, seen: str | None, *, passed: bool = True) -> ingest.Case:
    return give_opinion(case, passed=passed, text="审查", drawings=seen, by=case.opened_by)


@pytest.mark.parametrize("passed", [True, False])
def test_what_came_after_the_look_is_not_decided_on_and_the_refusal_names_both_versions(*, passed: bool) -> None:
    case, first = under_review()
    second = brought_another(case)
    assert (first.number, second.number) == (1, 2)
    with pytest.raises(OtherVersionError, match=r"第 1 版.*第 2 版") as refused:
        opinion(case, first.digest, passed=passed)
    assert (refused.value.code, refused.value.seen, refused.value.now) == ("drawings-changed", 1, 2)
    assert not VersionUse.objects.exists()
    assert not Event.objects.exists()
    assert opinion(case, second.digest, passed=passed).decision
    assert SetVersion.objects.get(pk=second.pk).state == (State.REVIEWED if passed else State.SUBMITTED)


def test_sheets_added_to_the_version_make_it_another_than_was_seen() -> None:
    case, first = under_review()
    seen = first.digest
    assert handed_in(case, sheets("水施-1")).pk == first.pk
    with pytest.raises(OtherVersionError, match="有新提交的内容") as refused:
        opinion(case, seen)
    assert (refused.value.seen, refused.value.now) == (None, 1)


def test_a_review_is_not_decided_without_saying_on_what_and_the_beginning_of_the_digest_says_it() -> None:
    case, first = under_review()
    short = first.digest[: NAMED_BY - 1]
    for seen, code in ((None, "drawings-not-named"), ("", "drawings-changed"), (short, "drawings-changed")):
        with pytest.raises(OtherVersionError) as refused:
            opinion(case, seen)
        assert refused.value.code == code
    opinion(case, first.digest[:NAMED_BY])
    assert current_reviewed(case.project, case.works) == first


def test_a_permit_is_not_decided_when_another_version_was_reviewed_while_the_officer_looked() -> None:
    case, first = under_review()
    opinion(case, first.digest)
    permit = reported(factories.case(case.opened_by))
    accept(permit, by=permit.opened_by)
    permit.refresh_from_db()
    seen = digests_shown(permit)
    again = factories.case(case.opened_by, item_code="S3-01", state="accepted", accepted_at=factories.NOW)
    second = brought_another(again)
    opinion(again, second.digest)
    with pytest.raises(OtherVersionError) as refused:
        decide(permit, by=permit.opened_by, drawings=seen)
    assert (refused.value.seen, refused.value.now) == (1, 2)
    assert digests_shown(permit) == second.digest


def test_a_certificate_is_entered_for_the_version_as_it_was_seen() -> None:
    case, first = under_review()
    seen = first.digest
    handed_in(case, sheets("水施-1"))
    paper = factories.material(factories.upload(case, "合格书.pdf"), "OUT-ST")
    paper.number = "审12"
    paper.save()
    with pytest.raises(OtherVersionError):
        approve_by_paper(first, paper, seen=seen, by=case.opened_by)
    first.refresh_from_db()
    approve_by_paper(first, paper, seen=first.digest, by=case.opened_by)
    assert current_reviewed(case.project, case.works) == first


def test_a_certificate_misread_or_taken_back_is_entered_anew_and_until_then_stops_what_rests_on_it() -> None:
    review, first = under_review()
    papers = [factories.material(factories.upload(review, f"{name}.pdf"), "OUT-ST") for name in ("合格书", "正本")]
    for paper, number in zip(papers, ("审12", "审13"), strict=True):
        paper.number = number
        paper.save()
    approve_by_paper(first, papers[0], seen=first.digest, by=review.opened_by)
    permit = factories.case(review.opened_by)
    assert check_decision(permit) == ()
    papers[0].upload.withdrawn_at = factories.NOW
    papers[0].upload.save()
    assert [one.code for one in check_decision(permit)] == ["review-paper-withdrawn"]
    approve_by_paper(first, papers[1], seen=first.digest, by=review.opened_by)
    assert check_decision(permit) == ()
    current = current_reviewed(review.project, review.works)
    assert current
    assert (current, current.review and current.review["certificate"]) == (first, "审13")
    told = Event.objects.get(kind="review-entered-anew").details
    assert (told["before"], told["certificate"]) == ("审12", "审13")


def test_a_certificate_that_others_were_decided_on_approves_no_changed_drawings() -> None:
    review, first = under_review()
    paper = factories.material(factories.upload(review, "合格书.pdf"), "OUT-ST")
    paper.number = "审12"
    paper.save()
    approve_by_paper(first, paper, seen=first.digest, by=review.opened_by)
    more = handed_in(factories.case(review.opened_by, item_code="S3-01"), sheets("水施-1"))
    approve_by_paper(more, paper, seen=more.digest, by=review.opened_by)
    accept(reported(factories.case(review.opened_by)), by=review.opened_by)
    changed = brought_another(factories.case(review.opened_by, item_code="S3-01"))
    with pytest.raises(NotPossibleError, match="重新送审") as refused:
        approve_by_paper(changed, paper, seen=changed.digest, by=review.opened_by)
    assert refused.value.code == "paper-of-other-version"
    assert current_reviewed(review.project, review.works) == more


def test_a_certificate_entered_for_what_was_decided_here_leaves_the_decision_what_it_is() -> None:
    review, first = under_review()
    opinion(review, first.digest)
    paper = factories.material(factories.upload(review, "合格书.pdf"), "OUT-ST")
    paper.number = "审12"
    paper.save()
    approve_by_paper(first, paper, seen=first.digest, by=review.opened_by)
    current = current_reviewed(review.project, review.works)
    assert current
    assert current.review
    assert (current.review["how"], current.review["certificate"]) == ("decision", "审12")


def beside(act: Callable[[], object]) -> threading.Thread:
    def run() -> None:
        try:
            act()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.django_db(transaction=True)
def test_a_version_that_is_being_entered_while_the_reviewer_decides_is_waited_for_and_stops_the_decision() -> None:
    case, first = under_review()
    entered, caught, over = threading.Event(), [], threading.Event()

    def bring() -> None:
        with transaction.atomic():
            brought_another(case)
            entered.set()
            over.wait(0.3)  # long enough for the decision to reach the lock; it cannot pass it before the commit

    def conclude() -> None:
        try:
            opinion(case, first.digest)
        except OtherVersionError as reason:
            caught.append(reason.now)
        finally:
            over.set()

    other = beside(bring)
    assert entered.wait(10)
    conclude()
    other.join()
    case.refresh_from_db()
    assert (caught, case.state, current_reviewed(case.project, case.works)) == ([2], "accepted", None)


@pytest.mark.django_db(transaction=True)
def test_a_version_that_comes_while_the_decision_is_written_is_another_one_and_stays_unreviewed() -> None:
    case, first = under_review()
    with transaction.atomic():
        opinion(case, first.digest)
        other = beside(lambda: brought_another(case))
        other.join(0.3)
        assert other.is_alive()  # it waits for the set
    other.join()
    states = dict(SetVersion.objects.values_list("number", "state"))
    assert states == {1: State.REVIEWED, 2: State.SUBMITTED}
