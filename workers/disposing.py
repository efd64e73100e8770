"""鉴定销毁 as use cases: the list is drawn, appraised and approved by people, and carried out by jobs.

condemn ─ destroy (as many runs as it takes) ─ certify ─ publish. Each object is destroyed in a transaction of its own,
so a killed worker goes on with the next; the certificate of destruction is kept for ever.
"""

import dataclasses
import time
from collections.abc import Mapping
from typing import Any, Literal

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

import archive
import ingest
from archive import Package, append_event, object_key
from archive.lookup import forget_words
from archive.retention import (
    CERTIFICATE_TYPE,
    Against,
    DisposalLine,
    DisposalList,
    RetentionError,
    Ruling,
    appraise,
    approve,
    begin,
    certificate_bytes,
    certificate_words,
    conclude,
    destroy_next,
    draw_list,
    running_locks,
    withdraw_list,
)
from ingest import resemblance
from signing import Certificate, render
from workers import zones
from workers.draws import sign_head
from workers.holding import require_all_noted, sites
from workers.instant_models import AfterCheck
from workers.jobs import enqueue
from workers.locking import locked_until
from workers.models import Job
from workers.stage import Arguments, NotExpectedError

RUN_SECONDS = 240.0
"""Of one job: well below the hard limit of a task; what is left goes on in the next."""
CASE_ENDED = (ingest.Case.State.ARCHIVED, ingest.Case.State.REFUSED)
FILING_JOBS = ("package", "store", "log", "follow-up", "supplement", "feed", "renew")
"""Jobs that add something to a package, or read it to do so."""
STATE = DisposalList.State


def against(package: Package) -> list[Against]:
    """What stands against destroying a package that retention itself does not know."""
    number, found = package.case_number, []
    if own := ingest.Case.objects.filter(number=number).exclude(state__in=CASE_ENDED).first():
        found.append(Against("open-case", f"办件{own.get_state_display()}，尚未结束"))
    beside = ingest.Case.objects.filter(parallel__cases__number=number).exclude(state__in=CASE_ENDED)
    found += [Against("open-case", f"并联办件 {case.number} 尚未结束") for case in beside.exclude(number=number)]
    uses = ingest.MaterialUse.objects.filter(held__package=package, withdrawn_at=None)
    for case in ingest.Case.objects.filter(uses__in=uses).exclude(state__in=CASE_ENDED).distinct():
        found.append(Against("in-use", f"办件 {case.number} 正在使用其中的材料"))
    holds_on = Q(valid_until=None) | Q(used_in_time=True)
    in_force = Certificate.objects.filter(case_number=number, state__in=["valid", "suspended"])
    for one in in_force.filter(holds_on | Q(valid_until__gte=timezone.localdate())):
        found.append(Against("certificate", f"证照 {one.number} 仍然有效"))
    if ingest.Promise.objects.filter(case__number=number, state=ingest.Promise.State.OPEN).exists():
        found.append(Against("open-case", "承诺或容缺尚未办结"))
    if AfterCheck.objects.filter(decision__case__number=number, drawn=True, finding="").exists():
        found.append(Against("open-case", "事后核查尚未完成"))
    under_way = Job.objects.filter(case_number=number, kind__in=FILING_JOBS, state__in=["queued", "running"])
    if under_way.exists():
        found.append(Against("unfinished", "归档作业尚未完成"))
    if package.handed_over.filter(handover__state__in=["prepared", "checked", "sent"]).exists():
        found.append(Against("unfinished", "移交尚未办结"))
    return found


def draw_disposal(*, by: Any) -> DisposalList:
    """Draw the list of what is due today.

    Raises:
        RetentionError: `nothing-due`. PackagesUnreadError. Unavailable.
    """
    require_all_noted()
    return draw_list(against, by=by, now=timezone.now(), today=timezone.localdate())


def appraise_disposal(drawn: DisposalList, rulings: Mapping[int, Ruling], *, by: Any) -> DisposalList:
    """Decide for every line. Raises RetentionError as `archive.retention.appraise`."""
    require_all_noted()
    return appraise(drawn, rulings, against, by=by, now=timezone.now(), today=timezone.localdate())


def approve_disposal(drawn: DisposalList, role: Literal["archivist", "supervisor"], *, by: Any) -> DisposalList:
    """One of the two approvals. Raises RetentionError as `archive.retention.approve`."""
    return approve(drawn, role, by=by, now=timezone.now())


def withdraw_disposal(drawn: DisposalList, *, why: str, by: Any) -> DisposalList:
    """Stop a list. Raises RetentionError as `archive.retention.withdraw_list`."""
    return withdraw_list(drawn, why=why, by=by, now=timezone.now())


def carry_out() -> int:
    """Have every list carried out whose waiting time is over; returns how many. Asking again does nothing twice."""
    ready = DisposalList.objects.filter(state=STATE.APPROVED, not_before__lte=timezone.now())
    for drawn in ready:
        with transaction.atomic():
            enqueue("condemn", disposal=drawn.pk)
    return len(ready)


def condemn(arguments: Arguments) -> dict[int, str]:
    """Which packages have an object whose lock in a store runs on: those are refused."""
    drawn = _list(arguments, STATE.APPROVED)
    require_all_noted()
    return running_locks(drawn, sites(), timezone.now())


def record_condemned(arguments: Arguments, locks: dict[int, str]) -> None:
    """Everything is asked once more, and what goes is written down object by object."""
    drawn = _list(arguments, STATE.APPROVED)
    try:
        begin(drawn, locks, against, now=timezone.now(), today=timezone.localdate())
    except RetentionError as reason:
        raise NotExpectedError(str(reason)) from reason
    enqueue("destroy", disposal=drawn.pk, run=1)


def destroy(arguments: Arguments) -> bool:
    """Destroy object by object until none waits or the time is used up; True when none waits."""
    drawn = _list(arguments, STATE.BEGUN)
    going = list(_lines(drawn, "").values_list("period__package__case_number", flat=True))
    end = time.monotonic() + RUN_SECONDS
    while time.monotonic() < end:
        if not destroy_next(drawn, sites(), timezone.now, elsewhere=lambda sha256: _remove_copies(sha256, going)):
            return True
    return False


def record_destroyed(arguments: Arguments, done: bool) -> None:  # noqa: FBT001 - the result of the work
    """Go on, or make what is gone a tombstone and have the certificate made."""
    drawn = _list(arguments, STATE.BEGUN)
    if not done:
        enqueue("destroy", disposal=drawn.pk, run=arguments["run"] + 1)
        return
    drawn = conclude(drawn, now=timezone.now())
    for line in _lines(drawn, DisposalLine.Outcome.DESTROYED):
        _forget(line.period.package)
    enqueue("certify", disposal=drawn.pk)


def certify(arguments: Arguments) -> tuple[archive.Digests, archive.Digests]:
    """Make the certificate of destruction, as data and as a page, and put both into the archive under lock."""
    drawn = _list(arguments, STATE.DESTROYED)
    if drawn.destroyed_at is None:
        raise NotExpectedError("nothing was destroyed")
    for line in _lines(drawn, DisposalLine.Outcome.DESTROYED):
        _remove_pictures(line.period.package.case_number)
    data = zones.keep_derivative(certificate_bytes(drawn), CERTIFICATE_TYPE)
    page = render("notice", certificate_words(drawn, settings.FONDS), created=drawn.destroyed_at)
    printed = zones.keep_derivative(page, "application/pdf")
    until = locked_until(drawn.destroyed_at)
    for store in sites():
        archive.keep_locked(store, data.sha256, CERTIFICATE_TYPE, until, zones.open_anywhere)
        archive.keep_locked(store, printed.sha256, "application/pdf", until, zones.open_anywhere)
    return data, printed


def record_certified(arguments: Arguments, made: tuple[archive.Digests, archive.Digests]) -> None:
    """The certificate is kept, read with everything else, and its digest goes to the log."""
    drawn, now = _list(arguments, STATE.DESTROYED), timezone.now()
    data, printed = made
    for one in made:
        archive.KeptObject.objects.get_or_create(sha256=one.sha256, defaults={"size": one.size, "kept_since": now})
    drawn.certificate_sha256, drawn.pdf_sha256, drawn.state = data.sha256, printed.sha256, STATE.CERTIFIED
    drawn.save(update_fields=["certificate_sha256", "pdf_sha256", "state"])
    details = {"list": drawn.number, "pdf": printed.sha256, "approved_by": [drawn.archivist_id, drawn.supervisor_id]}
    append_event("disposal-certified", object_sha256=data.sha256, details=details, now=now)
    enqueue("publish", size=sign_head().size)


def _list(arguments: Arguments, expected: DisposalList.State) -> DisposalList:
    found = DisposalList.objects.get(pk=arguments["disposal"])
    if found.state != expected:
        raise NotExpectedError(f"the list is {found.state}, not {expected}")
    return found


def _lines(drawn: DisposalList, outcome: str) -> Any:
    return drawn.lines.filter(decision="destroy", outcome=outcome).select_related("period__package")


def _remove_copies(sha256: str, going: list[str]) -> None:
    """The working copies go with the archived object, unless a case that stays handed in the same bytes."""
    if not ingest.Upload.objects.filter(sha256=sha256).exclude(case__number__in=going).exists():
        _remove(sha256, "inbox", "working", "refused")


def _remove_pictures(case_number: str) -> None:
    """The pictures and searchable copies of its pages lie in no package, only beside it."""
    uploads = ingest.Upload.objects.filter(case__number=case_number)
    pages = ingest.Page.objects.filter(upload__in=uploads)
    made = {sha256 for row in pages.values_list("picture_sha256", "thumb_sha256") for sha256 in row}
    others = ingest.Page.objects.exclude(upload__in=uploads).filter(picture_sha256__in=made)
    shared = {sha256 for row in others.values_list("picture_sha256", "thumb_sha256") for sha256 in row}
    for sha256 in (made | set(uploads.values_list("copy_sha256", flat=True))) - shared - {""}:
        _remove(sha256, "working")


def _remove(sha256: str, *names: str) -> None:
    key = object_key(sha256)
    for name in names:
        store = zones.zone(name)
        for version in store.versions(key):
            store.delete_version(key, version.version)


def _forget(package: Package) -> None:
    """What was read from its papers goes with them; that it was here stays."""
    forget_words(package)
    resemblance.forget_package(package)
    uploads = ingest.Upload.objects.filter(case__number=package.case_number)
    ingest.PageText.objects.filter(page__upload__in=uploads).delete()
    ingest.Page.objects.filter(upload__in=uploads).update(reading=None, text_layer=None)
    for material in ingest.Material.objects.filter(upload__in=uploads):
        material.fields, material.number = {}, ""
        material.save(update_fields=["fields", "number"])


@dataclasses.dataclass(frozen=True, slots=True)
class Tombstone:
    """What is said of a package that was destroyed: out of the certificate in the archive store, not out of rows.

    `logged` where the certificate's digest is in the log.
    """

    archive_number: str
    title: str
    destroyed_at: str
    certificate: str
    certificate_sha256: str
    approvals: tuple[str, ...]
    reason: str
    logged: bool


def tombstone(number: str) -> Tombstone | None:
    """What became of a package that was destroyed, by its 档号, its number, its case's, or its manifest's digest.

    Raises:
        Unavailable: the store cannot be reached. NotFound, BadDigest: the certificate is lost or damaged there.
    """
    known = Q(archive_number=number) | Q(number=number) | Q(case_number=number) | Q(manifest_sha256=number)
    package = Package.objects.filter(known, state=Package.State.DESTROYED).select_related("period").first()
    if package is None:
        return None
    drawn = DisposalList.objects.get(number=package.period.certificate)
    if not drawn.certificate_sha256:
        return None  # destroyed a moment ago; its certificate is being made
    said = archive.parse_canonical(zones.zone("archive").read(object_key(drawn.certificate_sha256)))
    [row] = [one for one in said["packages"] if one["package"] == package.number]
    event = archive.Event.objects.filter(kind="disposal-certified", object_sha256=drawn.certificate_sha256).first()
    return Tombstone(
        archive_number=row["archive_number"],
        title=row["title"],
        destroyed_at=said["destroyed_at"],
        certificate=said["number"],
        certificate_sha256=drawn.certificate_sha256,
        approvals=tuple(f"{one['role']} {one['person']} {one['at']}" for one in said["approvals"]),
        reason=row["reason"],
        logged=event is not None and event.leaf_index is not None,
    )
