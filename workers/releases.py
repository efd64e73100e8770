"""Who lets which rules decide what (规则发布): one officer proposes, another confirms; without it nothing is instant.

The officer who proposes is the officer of record of everything decided under it: the decision is the department's, by
a rule that a named person answers for. One person alone may end it, since stopping does no harm.
"""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from archive import append_event
from catalogue import CatalogueError, load_catalogue
from workers.groundwork import NotPossibleError
from workers.instant_models import RuleRelease
from workers.instant_rules import CURRENT_RULES, RULE_SETS


@transaction.atomic
def propose_release(  # noqa: PLR0913 - what a release is made of
    item_code: str,
    *,
    by: Any,
    basis: str,
    rule_set: str = CURRENT_RULES.name,
    valid_from: dt.date | None = None,
    seals: tuple[str, ...] = (),
) -> RuleRelease:
    """Propose that the rule set decides the item, in the version of its list in force, from a day on.

    Args:
        item_code: an item that may be decided at once.
        by: the officer of record.
        basis: the paper that it rests on, such as a document number.
        rule_set: the name of a known set.
        valid_from: today by default.
        seals: labels of two-person seals that both officers stand for.

    Raises:
        NotPossibleError: `unknown-item`, `not-instant`, `unknown-rules`, `no-basis` or `released`.
    """
    try:
        item = load_catalogue().item(item_code)
    except CatalogueError as unknown:
        raise NotPossibleError(unknown.code, f"没有事项 {item_code}") from unknown
    if not item.limits.instant_ok:
        raise NotPossibleError("not-instant", f"“{item.name}”的清单未规定可即时办结，不能发布规则")
    if rule_set not in RULE_SETS:
        raise NotPossibleError("unknown-rules", f"没有规则集 {rule_set}；有：{'、'.join(RULE_SETS)}")
    if not basis.strip():
        raise NotPossibleError("no-basis", "请写明发布依据：文件编号或者会议纪要")
    standing = RuleRelease.objects.filter(item_code=item.code, item_version=item.version, withdrawn_at=None).first()
    if standing:
        raise NotPossibleError("released", f"“{item.name}”已有{standing.number}，先撤回再发布")
    release = RuleRelease.objects.create(
        item_code=item.code,
        item_version=item.version,
        rule_set=rule_set,
        rule_set_sha256=RULE_SETS[rule_set].sha256,
        seals=sorted(seals),
        valid_from=valid_from or timezone.localdate(),
        basis=basis.strip(),
        proposed_by=by,
        proposed_at=timezone.now(),
    )
    _tell("rules-proposed", release, by)
    return release


@transaction.atomic
def confirm_release(release: RuleRelease, *, by: Any) -> RuleRelease:
    """The second person: from here on cases are decided under it.

    Raises:
        NotPossibleError: `withdrawn`, `confirmed`, `same-person`, or `rules-changed` since it was proposed.
    """
    release = RuleRelease.objects.select_for_update().get(pk=release.pk)
    if release.withdrawn_at:
        raise NotPossibleError("withdrawn", "该规则发布已撤回")
    if release.confirmed_at:
        raise NotPossibleError("confirmed", "该规则发布已确认")
    if by == release.proposed_by:
        raise NotPossibleError("same-person", "发布须由提出人以外的另一名经办人复核确认")
    if RULE_SETS[release.rule_set].sha256 != release.rule_set_sha256:
        raise NotPossibleError("rules-changed", "规则内容与提出时不一致，请撤回后重新提出")
    release.confirmed_by, release.confirmed_at = by, timezone.now()
    release.save(update_fields=["confirmed_by", "confirmed_at"])
    _tell("rules-released", release, by)
    return release


@transaction.atomic
def withdraw_release(release: RuleRelease, *, why: str, by: Any) -> RuleRelease:
    """End it at once: what is not approved yet waits for an officer.

    Raises:
        NotPossibleError: `withdrawn` or `no-reason`.
    """
    release = RuleRelease.objects.select_for_update().get(pk=release.pk)
    if release.withdrawn_at:
        raise NotPossibleError("withdrawn", "该规则发布已撤回")
    if not why.strip():
        raise NotPossibleError("no-reason", "请写明撤回的原因")
    release.withdrawn_by, release.withdrawn_at, release.withdrawn_why = by, timezone.now(), why.strip()
    release.save(update_fields=["withdrawn_by", "withdrawn_at", "withdrawn_why"])
    _tell("rules-withdrawn", release, by)
    return release


def release_in_force(item_code: str, item_version: int, today: dt.date) -> RuleRelease | None:
    """The release under which the item is decided by rule today; its rules must still be those that were released."""
    release = (
        RuleRelease.objects.filter(
            item_code=item_code,
            item_version=item_version,
            confirmed_at__isnull=False,
            withdrawn_at=None,
            valid_from__lte=today,
        )
        .select_related("proposed_by", "confirmed_by")
        .first()
    )
    rules = RULE_SETS.get(release.rule_set) if release else None
    return release if release and rules and rules.sha256 == release.rule_set_sha256 else None


def _tell(kind: str, release: RuleRelease, by: Any) -> None:
    details = {
        "release": release.pk,
        "item": release.item_code,
        "version": release.item_version,
        "rule_set": release.rule_set,
        "from": release.valid_from.isoformat(),
    }
    append_event(kind, actor=by, object_sha256=release.rule_set_sha256, details=details, now=timezone.now())
