"""秒批秒办: a case whose every rule is met is decided, certified, sealed and archived without anybody waiting for it.

    accept ─ instant (judge, decide) ─ render (approve exactly what was rendered) ─ seal ─ validate ─ package …

One rule that is not met, and the case goes the ordinary way; which rule, and why, is kept and shown. Inputs, rules and
results are archived with the case, so that the decision can be computed again from the package alone.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

import ingest
from archive import canonical_json, digest_bytes, parse_canonical
from ingest import item_of
from signing import Certificate, approvals
from workers import drawing_sets, issuing, used_holdings
from workers.certificate_data import whole_by_itself
from workers.groundwork import NotPossibleError, tell
from workers.instant_inputs import gather
from workers.instant_models import RuleDecision, RuleRelease
from workers.instant_rules import CURRENT_RULES, RULE_SETS, all_met, judge
from workers.jobs import enqueue
from workers.releases import release_in_force
from workers.stage import Arguments, NotExpectedError, NotYetError

FORMAT = "yidang.instant/1"
"""What the archived record calls its own shape."""


def request_decision(case: ingest.Case) -> None:
    """Have an accepted case judged by rule, where its item may be decided so; call it in the accepting transaction."""
    if item_of(case).limits.instant_ok and case.accepted_at:
        enqueue("instant", case=case.number, case_id=case.pk, accepted=case.accepted_at.isoformat())


def look(arguments: Arguments) -> None:
    """Wait for the seal on the pledge and for drawings being read; the rest is judged on deciding, under lock."""
    case = _accepted(ingest.Case.objects.get(pk=arguments["case_id"]), arguments)
    given = case.promises.filter(entry=ingest.PLEDGE, state=ingest.Promise.State.OPEN).first()
    if given and given.notices.filter(sha256="").exists():
        raise NotYetError("承诺书盖章中")
    if drawing_sets.being_read(case):
        raise NotYetError("图纸识别中")


def record(arguments: Arguments, _: None) -> None:
    """Judge, keep what was judged on what, and decide where every rule is met: one transaction, so once or not at all.

    Cases of one project are judged one after the other: of two that are accepted together only one is decided.
    """
    ingest.Project.objects.select_for_update().get(cases=arguments["case_id"])
    case = _accepted(ingest.Case.objects.select_for_update().get(pk=arguments["case_id"]), arguments)
    now = timezone.now()
    if lapsed := used_holdings.lapsed_uses(case):
        tell("instant-not-met", case, None, rules=[f"held-{one.code}" for one in lapsed])
        return
    release = release_in_force(case.item_code, case.item_version, timezone.localtime(now).date())
    made = _judged(case, release, now)
    if not made.met or release is None:
        tell("instant-not-met", case, None, object_sha256=made.sha256, rules=[row["code"] for row in made.unmet])
        return
    by_rule = {"rule_set": release.rule_set, "release": release.pk, "record_sha256": made.sha256}
    certificate = issuing.decide(case, by=release.proposed_by, by_rule=by_rule)
    made.certificate = certificate.number
    made.save(update_fields=["certificate"])


def _accepted(case: ingest.Case, arguments: Arguments) -> ingest.Case:
    same = case.accepted_at and case.accepted_at.isoformat() == arguments["accepted"]
    if case.state != ingest.Case.State.ACCEPTED or not same:
        raise NotExpectedError(f"the case is {case.state}, or accepted anew")
    return case


def _judged(case: ingest.Case, release: RuleRelease | None, now: dt.datetime) -> RuleDecision:
    record = record_of(RULE_SETS[release.rule_set].name if release else CURRENT_RULES.name, gather(case, release, now))
    return RuleDecision.objects.create(
        case=case,
        release=release,
        met=record["met"],
        record=record,
        sha256=digest_bytes(canonical_json(record)).sha256,
        at=now,
    )


def record_of(rule_set: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """What is archived: the rules in words, what they looked at, and what each came to."""
    rules = RULE_SETS[rule_set]
    seen = parse_canonical(canonical_json(inputs))  # in its one spelling: the order of keys may not tell either
    results = judge(rules, seen)
    return {
        "format": FORMAT,
        "rule_set": rules.to_json(),
        "rule_set_sha256": rules.sha256,
        "inputs": seen,
        "results": [result.to_json() for result in results],
        "met": all_met(results),
    }


def computed_again(record: Mapping[str, Any]) -> bool:
    """Whether an archived record follows from its own inputs by the rules it names, word for word.

    Raises:
        KeyError: this version of the software does not have the rule set.
    """
    return canonical_json(record_of(record["rule_set"]["name"], record["inputs"])) == canonical_json(dict(record))


def record_rendering(arguments: Arguments, sha256: str) -> None:
    """The rendered certificate waits for its officer, or is approved under the release that decided its case.

    Approved are exactly these bytes. A release that was withdrawn meanwhile approves nothing; and no release approves
    a certificate with a line that is open or that an officer entered.
    """
    issuing.record_rendering(arguments, sha256)
    certificate = Certificate.objects.get(pk=arguments["certificate"])
    decision = decision_for(certificate)
    if decision is None or decision.release is None:
        return
    release = RuleRelease.objects.select_for_update().get(pk=decision.release.pk)
    if release.withdrawn_at or not _approvable(certificate, release):
        tell("instant-stopped", decision.case, None, object_sha256=sha256, release=release.pk)
        return
    try:
        _approve(certificate, sha256, release)
    except NotPossibleError as reason:  # the seal may not be used now: an officer sees to it
        tell("instant-stopped", decision.case, None, object_sha256=sha256, release=release.pk, why=reason.code)


def _approvable(certificate: Certificate, release: RuleRelease) -> bool:
    """Whether a release may approve it: one seal that its officers stand for, and nothing on it that a person wrote."""
    named = not certificate.seal.two_person or certificate.seal.label in release.seals
    return named and len(approvals(certificate)) == 1 and whole_by_itself(certificate)


@transaction.atomic
def _approve(certificate: Certificate, sha256: str, release: RuleRelease) -> None:
    """Approve in the name of the officer of record; a two-person seal is released in the name of the second."""
    by_rule = {"rule_set": release.rule_set, "release": release.pk}
    issuing.approve(certificate, sha256, by=release.proposed_by, by_rule=by_rule)
    if certificate.seal.two_person:
        issuing.release(certificate, sha256, by=release.confirmed_by, by_rule=by_rule)


def decision_for(certificate: Certificate) -> RuleDecision | None:
    """The decision by rule that a certificate came from; a later version of it is always somebody's act."""
    if certificate.supersedes_id is not None:
        return None
    rows = RuleDecision.objects.filter(met=True, certificate=certificate.number)
    return rows.select_related("release", "case").first()


@transaction.atomic
def give_up(arguments: Arguments, error: dict[str, Any]) -> None:
    """The case stays accepted and waits for an officer; the job's row says why."""
    case = ingest.Case.objects.get(pk=arguments["case_id"])
    tell("instant-failed", case, None, code=error.get("code", ""))
