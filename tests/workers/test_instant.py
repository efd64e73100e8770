"""秒批秒办: accepted, decided, certified, sealed and archived by rule; or, with one rule unmet, left to an officer."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from archive import Event, Package, object_key, parse_canonical, parse_manifest
from ingest import Case, CreditRecord
from portal.roles import Role
from signing import Act, Certificate, Decision, Seal
from tests.portal import factories
from tests.variants import first_quick
from tests.workers import instant_steps as steps
from tests.workers.casework import kinds
from tests.workers.test_instant_rules import SPOILERS
from workers import (
    Job,
    NotPossibleError,
    RuleDecision,
    RuleRelease,
    accept,
    approve,
    computed_again,
    confirm_release,
    decide,
    decide_on,
    give_pledge,
    instant,
    new_version,
    pause,
    propose_release,
    undo_promise,
    withdraw_release,
    zone,
)
from workers.elements import RULE_ROLE
from workers.tasks import run_job

pytestmark = pytest.mark.django_db(transaction=True)


def why_not(case: Case) -> list[str]:
    return [row["code"] for row in RuleDecision.objects.filter(case=case).last().unmet]  # type: ignore[union-attr]


def test_a_filing_that_meets_every_rule_is_certified_and_archived_by_itself():
    release = steps.released()
    case = steps.accepted()
    certificate, decision = steps.certificate_of(case), RuleDecision.objects.get()
    assert (case.state, certificate.state, decision.met, decision.unmet) == ("archived", "valid", True, [])
    assert decision.certificate == certificate.number
    assert certificate.approved_by == release.proposed_by
    assert certificate.approved_sha256 == certificate.rendered_sha256
    by_rule = {"rule_set": "rules/2026-1", "release": release.pk}
    assert case.decision["by_rule"] == by_rule | {"record_sha256": decision.sha256}
    approved = Event.objects.get(case_number=case.number, kind="certificate-approved")
    assert by_rule.items() <= approved.details.items()
    assert approved.actor == release.proposed_by
    assert "quick" not in case.decision
    assert case.issued_at - case.accepted_at < dt.timedelta(seconds=30)
    said = [kind for kind in kinds(case) if kind != "after-check-drawn"]  # one in ten is
    assert said[said.index("case-decided") :] == [
        "case-decided", "certificate-approved", "seal-applied", "certificate-valid", "package-stored",
    ]  # fmt: skip


def test_the_decision_can_be_computed_again_from_the_package_alone():
    steps.released()
    case = steps.accepted()
    vault = zone("archive")
    manifest = parse_manifest(vault.read(object_key(Package.objects.get().manifest_sha256)))
    (element,) = [one for one in manifest.elements if one.role == RULE_ROLE]
    record = parse_canonical(vault.read(object_key(element.sha256)))
    assert element.sha256 == RuleDecision.objects.get().sha256 == case.decision["by_rule"]["record_sha256"]
    assert computed_again(record)
    assert record["inputs"]["case"]["number"] == case.number
    record["inputs"]["secrecy"]["answer"] = "是"
    assert not computed_again(record)
    papers = {one.role: one.element for one in manifest.elements}
    assert papers["网上填报的申请表"] == 8
    assert papers["告知承诺书"] == 11


SPOILED: dict[str, tuple[str, Any]] = {
    "no pledge": ("pledge", lambda: steps.accepted(pledge=False)),
    "a place of building nobody filled in": ("values", lambda: steps.accepted(form={"总投资": "5200万元"})),
    "a project code that is none": ("identifiers", lambda: steps.accepted(project_code="2611-990101-04-01-31826X")),
    "a project code in another spelling": (
        "identifiers",
        lambda: steps.accepted(project_code=f"{steps.project_code()} "),
    ),
    "an applicant whose code fails": ("identifiers", lambda: steps.accepted(applicant_uscc="91990101MA0CX00199")),
}


@pytest.mark.parametrize("name", first_quick(SPOILED, 2))
def test_a_case_with_a_rule_unmet_waits_for_an_officer_and_says_why(name: str):
    code, make = SPOILED[name]
    steps.released()
    case = make()
    assert code in why_not(case)
    assert (case.state, case.decision) == ("accepted", None)
    assert not Certificate.objects.exists()
    told = Event.objects.get(case_number=case.number, kind="instant-not-met")
    assert code in told.details["rules"]
    decide(case, by=factories.user(Role.OFFICER))
    steps.drain()
    assert steps.certificate_of(case).state == "rendered"


def test_without_a_release_by_two_nothing_is_decided():
    steps.prepare()
    first = factories.user(Role.OFFICER)
    release = propose_release("S1-01", by=first, basis="江审批〔2026〕5号")
    with pytest.raises(NotPossibleError) as alone:
        confirm_release(release, by=first)
    assert alone.value.code == "same-person"
    case = steps.accepted()
    assert "released" in why_not(case)
    assert not Certificate.objects.exists()


def test_a_release_counts_from_its_day_and_for_the_rules_and_the_list_it_was_given_for():
    steps.released(valid_from=dt.date(2999, 1, 1))
    assert "released" in why_not(steps.accepted())
    RuleRelease.objects.update(valid_from=dt.date(2026, 1, 1), rule_set_sha256="0" * 64)
    assert "released" in why_not(steps.accepted())


def test_what_cannot_be_released_says_why():
    steps.prepare()
    officer = factories.user(Role.OFFICER)

    def code(item: str = "S1-01", **changes: Any) -> str:
        with pytest.raises(NotPossibleError) as refused:
            propose_release(item, by=officer, **({"basis": "文号"} | changes))
        return refused.value.code

    assert code("S3-05") == "not-instant"
    assert code("X") == "unknown-item"
    assert code(rule_set="rules/none") == "unknown-rules"
    assert code(basis=" ") == "no-basis"
    release = propose_release("S1-01", by=officer, basis="文号")
    assert code() == "released"
    withdraw_release(release, why="重新拟定", by=officer)
    with pytest.raises(NotPossibleError):
        withdraw_release(release, why="再撤", by=officer)
    with pytest.raises(NotPossibleError):
        confirm_release(release, by=factories.user(Role.OFFICER))
    assert propose_release("S1-01", by=officer, basis="文号").pk != release.pk


def until(kind: str) -> Job:
    """Run everything before the first job of a kind; that job."""
    for _ in range(steps.MOST_JOBS):
        job = Job.objects.filter(state=Job.State.QUEUED).exclude(kind=kind).order_by("pk").first()
        if job is None:
            break
        run_job(job.pk)
    return Job.objects.get(kind=kind)


@pytest.mark.stack  # long
def test_a_release_withdrawn_before_the_approval_approves_nothing_more():
    release = steps.released()
    case = steps.ready()
    accept(case, by=case.opened_by)
    render = until("render")
    withdraw_release(release, why="规则有误", by=release.confirmed_by)
    run_job(render.pk)
    certificate = steps.certificate_of(case)
    assert (certificate.state, certificate.approved_by) == ("rendered", None)
    assert kinds(case)[-1] == "instant-stopped"
    approve(certificate, certificate.rendered_sha256, by=factories.user(Role.OFFICER))
    steps.drain()
    certificate.refresh_from_db()
    assert certificate.state == "valid"


@pytest.mark.stack  # long
def test_of_two_filings_of_one_project_only_the_first_is_decided():
    steps.released()
    code = steps.project_code()
    cases = [steps.ready(project_code=code, works_name=works) for works in ("", "1号厂房")]
    for case in cases:
        accept(case, by=case.opened_by)
    steps.drain()
    assert RuleDecision.objects.filter(met=True).count() == Certificate.objects.count() == 1
    assert why_not(cases[1]) == ["not-filed"]


@pytest.mark.stack  # long
def test_a_pledge_that_was_taken_back_or_a_pause_or_a_record_stops_it():
    steps.released()
    case = steps.ready()
    undo_promise(case.promises.get(), by=case.opened_by)
    steps.drain()
    accept(case, by=case.opened_by)
    steps.drain()
    assert why_not(case) == ["pledge"]

    case = steps.ready()
    accept(case, by=case.opened_by)
    pause(case, "special", reason="专家评审", evidence="江审评〔2026〕7号", by=case.opened_by)
    steps.drain()
    assert why_not(case) == ["clock"]

    case = steps.ready()
    facts = {"party_name": case.applicant_name, "party_uscc": case.applicant_uscc, "what": "未兑现"}
    CreditRecord.objects.create(promise=case.promises.get(), written_at=factories.NOW, **facts)
    accept(case, by=case.opened_by)
    steps.drain()
    assert why_not(case) == ["credit"]
    with pytest.raises(NotPossibleError) as refused:
        give_pledge(steps.opened(), by=case.opened_by)
    assert refused.value.code == "negative-list"


@pytest.mark.stack  # long
def test_a_later_version_of_the_certificate_is_an_officers_act_and_a_revoked_one_is_no_filing_in_force():
    steps.released()
    case = steps.accepted()
    officer, decision = factories.user(Role.OFFICER), Decision("复核", "江审批〔2026〕9号")
    first = steps.certificate_of(case)
    corrected = new_version(first, Act.REISSUE, decision, by=officer)
    steps.drain()
    corrected.refresh_from_db()
    assert (corrected.state, corrected.approved_by) == ("rendered", None)
    again = steps.accepted(project_code=case.project.code)
    assert why_not(again) == ["not-filed"]
    decide_on(first, Act.REVOKE, decision, by=officer)
    steps.drain()
    assert steps.accepted(project_code=case.project.code).state == "archived"


def test_without_a_seal_in_force_nothing_is_decided():
    steps.released()
    Seal.objects.filter(label="行政审批专用章").update(state="suspended")
    assert why_not(steps.accepted()) == ["seal"]


@pytest.mark.stack  # long
def test_whatever_is_amiss_nothing_is_decided_by_rule(monkeypatch: pytest.MonkeyPatch):
    steps.released()
    case = steps.ready()
    accept(case, by=case.opened_by)
    arguments = until("instant").arguments
    gathered = instant.gather
    for code, spoil in SPOILERS.values():

        def spoiled(*given: Any, spoil: Callable[[dict[str, Any]], Any] = spoil) -> dict[str, Any]:
            found = gathered(*given)
            spoil(found)
            return found

        monkeypatch.setattr(instant, "gather", spoiled)
        with transaction.atomic():
            instant.record(arguments, None)
            assert code in why_not(case)
            assert not Certificate.objects.exists()
            assert not Job.objects.filter(kind="render").exists()
            transaction.set_rollback(True)
    monkeypatch.setattr(instant, "gather", gathered)
    steps.drain()
    assert steps.certificate_of(case).state == "valid"


@pytest.mark.stack  # long
def test_a_two_person_seal_is_used_by_rule_only_where_the_release_names_it():
    release = steps.released(seals=("行政审批专用章",))
    Seal.objects.filter(label="行政审批专用章").update(two_person=True)
    case = steps.accepted()
    assert case.state == "archived"
    told = Event.objects.get(case_number=case.number, kind="certificate-released")
    assert (told.actor, told.details["release"]) == (release.confirmed_by, release.pk)
    RuleRelease.objects.update(seals=[])
    assert why_not(steps.accepted()) == ["seal"]


def test_two_persons_asked_for_after_the_decision_stop_the_approval():
    steps.released()
    case = steps.ready()
    accept(case, by=case.opened_by)
    render = until("render")
    Seal.objects.filter(label="行政审批专用章").update(two_person=True)
    run_job(render.pk)
    assert (steps.certificate_of(case).approved_by, kinds(case)[-1]) == (None, "instant-stopped")


@pytest.mark.stack  # long
def test_the_pledge_is_awaited_until_it_is_sealed():
    steps.released()
    case = steps.ready(pledge=False)
    given = give_pledge(case, by=case.opened_by)
    assert give_pledge(case, by=case.opened_by) == given
    accept(case, by=case.opened_by)
    job = Job.objects.get(kind="instant")
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempt) == ("queued", 0)
    assert job.error
    assert job.error["message"] == "承诺书盖章中"
    until("instant")
    Job.objects.update(not_before=None)
    steps.drain()
    assert steps.certificate_of(case).state == "valid"


def test_a_pledge_is_only_for_items_that_may_be_decided_at_once():
    case = factories.case(factories.user(Role.CLERK))
    with pytest.raises(NotPossibleError) as refused:
        give_pledge(case, by=case.opened_by)
    assert refused.value.code == "no-pledge"


def test_the_log_tells_rules_and_numbers_and_no_person_beyond_ids():
    steps.released()
    case = steps.accepted(pledge=False)
    told = json.dumps(list(Event.objects.filter(kind__startswith="instant").values_list("details", flat=True)))
    assert case.applicant_name not in told
