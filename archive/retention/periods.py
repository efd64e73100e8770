"""Until when each package is kept, what it names, and how that may change: longer at once, shorter by two persons."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, cast

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from archive.codes_of_projects import project_codes
from archive.events import append_event
from archive.manifest import CaseResult as ManifestResult
from archive.manifest import Manifest
from archive.models import Package
from archive.retention.errors import RetentionError
from archive.retention.models import Hold, KeptPeriod, NamedObject, ObjectUse, PeriodChange
from archive.retention.turnstile import pass_turnstile
from catalogue import (
    CaseResult,
    CatalogueError,
    RetentionCode,
    RetentionSchedule,
    load_catalogue,
    period_end,
    retention_schedule,
)

SCHEDULED: Mapping[ManifestResult, CaseResult] = {
    "granted": "issued",
    "passed": "issued",
    "not-accepted": "not-accepted",
    "parallel": "issued",
}
"""What the schedule calls the result that a manifest names; a favourable opinion grants as a certificate does."""

FOR_EVER = dt.date.max
"""How the end of a permanent period compares with others."""


def enter_manifest(package: Package, manifest: Manifest, manifest_sha256: str, manifest_size: int) -> KeptPeriod:
    """Note until when a package is kept and every object that this manifest of it names; again, it changes nothing.

    Call it in a transaction: what is being destroyed is destroyed before, and is put into the store again.
    """
    pass_turnstile()
    case = manifest.case
    period, _ = KeptPeriod.objects.get_or_create(
        package=package,
        defaults={
            "code": manifest.retention.code,
            "until": manifest.retention.until,
            "closed_on": timezone.localtime(case.delivered_at or case.decided_at or manifest.created_at).date(),
            "result": SCHEDULED[manifest.matter.result] if manifest.matter else "issued",
            "item_code": case.item_code,
            "item_version": case.item_version,
            "applicant_uscc": case.applicant_uscc,
        },
    )
    sizes = {element.sha256: element.size for element in manifest.elements} | {manifest_sha256: manifest_size}
    NamedObject.objects.bulk_create(
        [NamedObject(sha256=sha256, size=size) for sha256, size in sizes.items()], ignore_conflicts=True
    )
    named = NamedObject.objects.filter(sha256__in=sizes)
    ObjectUse.objects.bulk_create([ObjectUse(period=period, object=one) for one in named], ignore_conflicts=True)
    return period


def ends(until: dt.date | None) -> dt.date:
    """The end of a period as a day that compares."""
    return until or FOR_EVER


def covering(period: KeptPeriod) -> Any:
    """The holds in force that cover a package."""
    package = period.package
    companies = {period.applicant_uscc} | set(
        package.materials.filter(subject_kind="company").values_list("subject", flat=True)
    )
    return Hold.objects.filter(
        Q(scope=Hold.Scope.PACKAGE, target=package.number)
        | Q(scope=Hold.Scope.CASE, target=package.case_number)
        | Q(scope=Hold.Scope.PROJECT, target__in=project_codes(package.project_code))
        | Q(scope=Hold.Scope.COMPANY, target__in=companies - {""}),
        released_at=None,
    )


@transaction.atomic
def change_period(  # noqa: PLR0913 - what a decision consists of
    period: KeptPeriod,
    code: RetentionCode,
    until: dt.date | None,
    *,
    reason: str,
    by: Any,
    now: dt.datetime,
    authority: str = "",
) -> PeriodChange:
    """Keep a package longer at once, or propose to keep it shorter: that holds when `confirm_change` was called.

    Raises:
        RetentionError: `no-reason`, `no-authority` (a shorter one names its document), `destroyed`, `no-change`,
            `period-mismatch` (only what is permanent has no end) or `held`.
    """
    period = KeptPeriod.objects.select_for_update().get(pk=period.pk)
    shorter = ends(until) < ends(period.until)
    if period.destroyed_at:
        raise RetentionError("destroyed", "该档案已销毁，期限不能再变")
    if not reason.strip():
        raise RetentionError("no-reason", "请写明变更保管期限的理由")
    if (code == "Y") is not (until is None):
        raise RetentionError("period-mismatch", "永久保管没有截止日期，定期保管须有截止日期")
    if ends(until) == ends(period.until):
        raise RetentionError("no-change", "新的保管期限与现在相同")
    if shorter:
        if not authority.strip():
            raise RetentionError("no-authority", "缩短保管期限须写明批准文件")
        _refuse_while_held(period)
    change = PeriodChange.objects.create(
        period=period,
        before_code=period.code,
        before_until=period.until,
        code=code,
        until=until,
        reason=reason.strip(),
        authority=authority.strip(),
        proposed_by=by,
        proposed_at=now,
    )
    if shorter:
        _tell("retention-shortening-proposed", change, by, now)
    else:
        _apply(change, by, now)
    return change


@transaction.atomic
def confirm_change(change: PeriodChange, *, by: Any, now: dt.datetime) -> None:
    """The second person's word on a shorter period.

    Raises:
        RetentionError: `confirmed`, `same-person`, `overtaken` (the period changed meanwhile), `destroyed` or `held`.
    """
    change = PeriodChange.objects.select_for_update().select_related("period__package").get(pk=change.pk)
    if change.confirmed_at:
        raise RetentionError("confirmed", "该变更已经生效")
    if by == change.proposed_by:
        raise RetentionError("same-person", "缩短保管期限须由提出人以外的另一人批准")
    if change.period.destroyed_at:
        raise RetentionError("destroyed", "该档案已销毁，期限不能再变")
    if change.period.until != change.before_until:
        raise RetentionError("overtaken", "保管期限在此期间已变更，请重新提出")
    _refuse_while_held(change.period)
    _apply(change, by, now)


def follow_schedule(now: dt.datetime, today: dt.date, schedule: RetentionSchedule | None = None) -> list[PeriodChange]:
    """Keep longer what the schedule in force keeps longer than it was; what it keeps shorter stays as it is."""
    version = (schedule or retention_schedule()).on(today)
    catalogue, changed = load_catalogue(), []
    for period in KeptPeriod.objects.filter(destroyed_at=None).exclude(until=None).select_related("package"):
        try:
            item = catalogue.item(period.item_code, int(period.item_version))
        except (CatalogueError, ValueError):
            continue  # an item that the catalogue no longer knows is kept as its manifest says
        rule = version.rule_for(item.code, cast("CaseResult", period.result))
        code = rule.code_for(item)
        until = period_end(code, period.closed_on)
        if ends(until) > ends(period.until):
            why = f"保管期限表第{version.version}版第{rule.number}条"
            changed.append(change_period(period, code, until, reason=why, by=None, now=now))
    return changed


def _refuse_while_held(period: KeptPeriod) -> None:
    if hold := covering(period).first():
        raise RetentionError("held", f"该档案已冻结（{hold.authority}），解除前不能缩短保管期限")


def _apply(change: PeriodChange, by: Any, now: dt.datetime) -> None:
    period = change.period
    period.code, period.until = change.code, change.until
    period.save(update_fields=["code", "until"])
    period.package.retention = change.code
    period.package.save(update_fields=["retention"])
    change.confirmed_by, change.confirmed_at = by, now
    change.save(update_fields=["confirmed_by", "confirmed_at"])
    _tell("retention-changed", change, by, now)


def _tell(kind: str, change: PeriodChange, by: Any, now: dt.datetime) -> None:
    package = change.period.package
    details = {
        "package": package.number,
        "before": [change.before_code, str(change.before_until or "")],
        "after": [change.code, str(change.until or "")],
        "reason": change.reason,
        "authority": change.authority,
        "proposed_by": change.proposed_by_id,
    }
    append_event(
        kind,
        case_number=package.case_number,
        actor=by,
        object_sha256=package.manifest_sha256,
        details=details,
        now=now,
    )
