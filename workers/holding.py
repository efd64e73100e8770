"""冻结 and locks in the stores: a hold's marks follow its row, on what is there and on what comes; drift is told.

The row of a hold decides; the mark in the stores is the second lock on the same door. Both sites are kept alike.
"""

import dataclasses
import datetime as dt
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

import archive
import ingest
from archive import ObjectStore, Package, append_event, parse_manifest
from archive.retention import (
    DisposalList,
    DriftRun,
    Hold,
    KeptPeriod,
    NamedObject,
    ObjectUse,
    compare_protection,
    covering,
    enter_manifest,
    follow_schedule,
    protect,
    release_hold,
    renew_lock,
    set_hold,
    under_hold,
)
from workers import zones
from workers.fixity import replica
from workers.groundwork import NotPossibleError
from workers.jobs import enqueue
from workers.stage import Arguments, NotYetError

DRIFT_SECONDS = 300.0
"""Of every night: what is not compared in it is first in the next; below the hard limit of a task."""


def sites() -> list[ObjectStore]:
    """Every store that packages lie in."""
    second = replica()
    return [zones.zone("archive"), *([second] if second else [])]


@transaction.atomic
def hold(scope: str, target: str, *, reason: str, authority: str, by: Any) -> Hold:
    """Put a hold on a package (by 档号, package or case number), a case, a project or a company; at once in force.

    Raises:
        RetentionError: as `set_hold`. NotPossibleError: `no-target`: there is no such package, case or project.
    """
    kind = Hold.Scope(scope)
    placed = set_hold(
        kind, _target(kind, target.strip()), reason=reason, authority=authority, by=by, now=timezone.now()
    )
    enqueue("protect", hold=placed.number, act="set")
    return placed


@transaction.atomic
def lift_hold(placed: Hold, *, reason: str, by: Any) -> Hold:
    """Release a hold; its marks are taken off where no other hold covers the object.

    Raises:
        RetentionError: as `release_hold`.
    """
    released = release_hold(placed, reason=reason, by=by, now=timezone.now())
    enqueue("protect", hold=released.number, act="release")
    return released


def note_manifest(package: Package, manifest: archive.Manifest, sha256: str) -> None:
    """Note what a manifest names, and mark it where a hold covers it; in the transaction that records the manifest."""
    period = enter_manifest(package, manifest, sha256, len(archive.manifest_bytes(manifest)))
    if covering(period).exists():
        enqueue("protect", package=package.pk, manifest=sha256)


def note_earlier_manifests() -> dict[str, str]:
    """Note what packages name that were archived before this was kept, or were restored.

    Returns by package number what could not be read. While there is any, nothing may be destroyed: it might be named
    there.

    Raises:
        Unavailable: the store cannot be reached.
    """
    noted = ObjectUse.objects.values("object__sha256")
    stored = Package.objects.exclude(state=Package.State.DESTROYED)
    missing = [(row, row.manifest_sha256) for row in stored.exclude(manifest_sha256__in=noted)]
    links = archive.FollowUp.objects.exclude(package__state=Package.State.DESTROYED).select_related("package")
    missing += [(row.package, row.manifest_sha256) for row in links.exclude(manifest_sha256__in=noted)]
    unread = {}
    for package, sha256 in missing:
        try:
            with zones.open_anywhere(sha256) as stream:
                manifest = parse_manifest(stream.read())
        except (archive.NotFound, archive.BadDigest, archive.BadManifest) as reason:
            unread[package.archive_number] = str(reason)
            continue
        with transaction.atomic():
            note_manifest(package, manifest, sha256)
    return unread


class PackagesUnreadError(NotYetError):
    """A manifest cannot be read: what it names is not known, so nothing may be destroyed until it is restored."""

    code = "packages-unread"


def require_all_noted() -> None:
    """Return when every package's objects are known.

    Raises:
        PackagesUnreadError: a manifest cannot be read. Unavailable: the store cannot be reached.
    """
    if unread := note_earlier_manifests():
        raise PackagesUnreadError(
            f"读不到档案清单，暂不能鉴定销毁：{'、'.join(unread)}；请先运行 yidang archive fixity 修复"
        )


def mark(arguments: Arguments) -> DriftRun:
    """Bring the marks of a hold's objects, or of one package's, to what the holds in force ask."""
    note_earlier_manifests()
    if "hold" in arguments:
        periods = under_hold(Hold.objects.get(number=arguments["hold"]))
    else:
        periods = KeptPeriod.objects.filter(package=arguments["package"])
    run = DriftRun()
    objects = NamedObject.objects.filter(uses__period__in=periods.values("pk")).distinct()
    now, days = timezone.now(), settings.ARCHIVE_LOCK_DAYS
    protect(objects.iterator(), sites(), now, days, run, may_let_go=arguments.get("act") == "release")
    return run


def record_marks(arguments: Arguments, run: DriftRun) -> None:
    """What was marked, and what would not take its mark, is told."""
    details = {"hold": arguments.get("hold", ""), "package": arguments.get("package", "")}
    counts = {"held": len(run.held), "let_go": len(run.let_go), "faults": len(run.faults)}
    append_event("hold-applied", details=details | counts, now=timezone.now())


def compare_retention(*, seconds: float = DRIFT_SECONDS) -> DriftRun:
    """Compare schedule, holds, and locks in both stores; put right upwards, and tell what cannot be.

    Raises:
        Unavailable: a store cannot be reached; what was compared until then is kept.
    """
    now, run = timezone.now(), DriftRun()
    run.faults.update(note_earlier_manifests())
    with transaction.atomic():
        longer = follow_schedule(now, timezone.localdate())
    before = set(NamedObject.objects.exclude(fault="").values_list("sha256", flat=True))
    compare_protection(sites(), now, settings.ARCHIVE_LOCK_DAYS, seconds=seconds, run=run)
    _renew_certificates(now, run)
    if run.locked or run.held or longer or run.faults.keys() - before:
        counts = {"locked": len(run.locked), "held": len(run.held), "longer": len(longer), "faults": len(run.faults)}
        append_event("retention-drift", details=counts, now=timezone.now())
    return run


def _renew_certificates(now: dt.datetime, run: DriftRun) -> None:
    """Certificates of destruction are kept for ever, and no package names them."""
    for drawn in DisposalList.objects.filter(state=DisposalList.State.CERTIFIED):
        for sha256 in (drawn.certificate_sha256, drawn.pdf_sha256):
            for store in sites():
                try:
                    renew_lock(store, sha256, now, settings.ARCHIVE_LOCK_DAYS, run)
                except archive.Unavailable:
                    raise
                except archive.StoreError as reason:
                    run.faults[sha256] = f"{store.name}：{reason}"


@dataclasses.dataclass(frozen=True, slots=True)
class HoldRow:
    """A hold in force as lists show it: how many packages it covers, and how many objects lack its mark."""

    hold: Hold
    packages: int
    faults: int


def holds_in_force() -> list[HoldRow]:
    """The holds, newest first."""
    rows = []
    for placed in Hold.objects.filter(released_at=None).select_related("set_by").order_by("-pk"):
        periods = under_hold(placed)
        faulty = NamedObject.objects.filter(uses__period__in=periods.values("pk")).exclude(fault="").distinct()
        rows.append(HoldRow(placed, periods.count(), faulty.count()))
    return rows


def _target(scope: Hold.Scope, target: str) -> str:
    """The number by which a hold knows its target."""
    if scope == Hold.Scope.PACKAGE:
        for field in ("archive_number", "number", "case_number"):
            if found := Package.objects.filter(**{field: target}).first():
                return found.number
    elif scope == Hold.Scope.COMPANY or (
        ingest.Case.objects.filter(number=target).exists()
        or ingest.project_of(target) is not None
        or Package.objects.filter(Q(case_number=target) | Q(project_code=target)).exists()
    ):
        return target
    raise NotPossibleError("no-target", f"没有这样的{scope.label}：{target}")
