"""What becomes of a certificate after its case was archived is archived too (补充归档): one small package an act.

A package is never changed. A follow-up is a manifest of its own that names the one before it, so that the newest leads
back to the case; it holds the decision and, where there is a new version, its sealed file. Their order is that of the
acts. What is not archived yet is caught up with when the case's own package is stored.
"""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

import archive
import ingest
from archive import append_event
from catalogue import load_catalogue
from signing import Act, CertificateAct
from workers import zones
from workers.draws import sign_head
from workers.elements import kept_json, material_row, result_elements
from workers.jobs import enqueue
from workers.stage import Arguments, NotExpectedError, NotYetError

ARCHIVED_ACTS = (Act.SUSPEND, Act.RESTORE, Act.REVOKE, Act.CANCEL, Act.SUPERSEDE)
"""Acts that changed what an issued certificate answers; a version that was given up changed nothing."""
IN_ARCHIVE = (archive.Package.State.STORED, archive.Package.State.LOGGED)


def request_follow_ups(case_number: str) -> None:
    """Have archived what is not yet; a case that is not archived itself waits. Call it in the act's transaction."""
    if not archive.Package.objects.filter(case_number=case_number, state__in=IN_ARCHIVE).exists():
        return
    for act in _acts(case_number).exclude(pk__in=archive.FollowUp.objects.values("record")):
        enqueue("follow-up", case=case_number, act=act.pk)


def build(arguments: Arguments) -> tuple[archive.Digests, archive.Manifest, list[dict[str, str]]]:
    """Build the manifest of one act, put it and its elements into the archive under lock, and check what lies there."""
    act = _act(arguments)
    if archive.FollowUp.objects.filter(record=act.pk).exists():
        raise NotExpectedError("it is archived")
    package = archive.Package.objects.get(case_number=act.certificate.case_number)
    done = archive.FollowUp.objects.filter(package=package).count()
    if _acts(package.case_number).filter(pk__lt=act.pk).count() != done:
        raise NotYetError("在它之前的变动尚未归档")
    manifest = _manifest(act, package)
    kept = zones.keep_derivative(archive.manifest_bytes(manifest), "application/json")
    vault = zones.zone("archive")
    until = act.recorded_at + dt.timedelta(days=settings.ARCHIVE_LOCK_DAYS)
    for element in manifest.elements:
        archive.keep_locked(vault, element.sha256, element.media_type, until, zones.open_anywhere)
    archive.keep_locked(vault, kept.sha256, "application/json", until, zones.open_anywhere)
    results = archive.check_manifest(manifest, vault)
    if faults := [f"{line.code} {line.object} {line.remark}" for line in results if not line.passed]:
        raise FollowUpFaultyError("；".join(faults[:5]))
    return kept, manifest, [line.to_json() for line in results]


class FollowUpFaultyError(Exception):
    """A follow-up did not pass its check on the way into the archive; the message names the faults."""

    code = "follow-up-faulty"


def record(arguments: Arguments, result: tuple[archive.Digests, archive.Manifest, list[dict[str, str]]]) -> None:
    """It is archived and logged; what no longer holds is not offered for reuse any more, what holds now is."""
    kept, manifest, checks = result
    act, now = _act(arguments), timezone.now()
    package = archive.Package.objects.select_for_update().get(case_number=act.certificate.case_number)
    archive.FollowUp.objects.create(
        package=package,
        order=archive.FollowUp.objects.filter(package=package).count() + 1,
        number=manifest.package,
        record=act.pk,
        title=f"{act.get_act_display()} {act.certificate.number}",
        manifest_sha256=kept.sha256,
        manifest_sm3=kept.sm3,
        checks=checks,
        stored_at=now,
    )
    archive.end_offer(act.certificate.sealed_sha256, _offered_until(act))
    archive.index_materials(package, manifest, zones.read_derivative, now=now)
    append_event(
        "follow-up-stored",
        case_number=package.case_number,
        object_sha256=kept.sha256,
        details={"package": package.number, "follow_up": manifest.package},
        now=now,
    )
    head = sign_head()
    enqueue("publish", case=package.case_number, size=head.size)


def _acts(case_number: str) -> Any:
    return CertificateAct.objects.filter(certificate__case_number=case_number, act__in=ARCHIVED_ACTS).order_by("pk")


def _act(arguments: Arguments) -> CertificateAct:
    found: CertificateAct = CertificateAct.objects.select_related("certificate", "successor", "by").get(
        pk=arguments["act"]
    )
    return found


def _offered_until(act: CertificateAct) -> dt.date | None:
    return act.certificate.valid_until if act.after == "valid" else act.decided_on


def _manifest(act: CertificateAct, package: archive.Package) -> archive.Manifest:
    with zones.open_anywhere(package.manifest_sha256) as stream:
        first = archive.parse_manifest(stream.read())
    previous = archive.FollowUp.objects.filter(package=package).order_by("order").last()
    events = archive.Event.objects.filter(case_number=package.case_number).filter(
        Q(details__record=act.pk) | Q(details__identifier=act.successor.identifier if act.successor else "-")
    )
    elements = [
        *(one for one in first.elements if one.group == "元数据" and one.sha256 == first.list_sha256),
        kept_json(21, "过程文件", "变动决定", 101, _decision(act)),
        *(result_elements(act.successor) if act.successor else ()),
        kept_json(9, "元数据", archive.MATERIALS_ROLE, 2, list(_materials(act))),
    ]
    return archive.build_manifest(
        package=events.get(details__record=act.pk).number,
        archive_number=package.archive_number,
        created_at=act.recorded_at,
        case=first.case,
        list_sha256=first.list_sha256,
        retention=first.retention,
        elements=elements,
        events=[
            archive.EventRef(
                kind=event.kind,
                at=event.happened_at,
                sha256=archive.digest_bytes(archive.leaf_bytes(event)).sha256,
                log_index=event.leaf_index,
            )
            for event in events
        ],
        previous=(previous.number, previous.manifest_sha256) if previous else (package.number, package.manifest_sha256),
    )


def _decision(act: CertificateAct) -> dict[str, Any]:
    """The act in full, and for a new version the act that drafted it."""
    drafted = CertificateAct.objects.filter(successor=act.successor).exclude(act=Act.SUPERSEDE).first()
    told = [one for one in (drafted if act.successor else None, act) if one]
    return {
        "number": act.certificate.number,
        "identifier": act.certificate.identifier,
        "version": act.certificate.version,
        "sealed_sha256": act.certificate.sealed_sha256,
        "superseded_by": act.successor.identifier if act.successor else "",
        "acts": [
            {
                "act": one.act,
                "name": one.get_act_display(),
                "before": one.before,
                "after": one.after,
                "reason": one.reason,
                "basis": one.basis,
                "decided_on": one.decided_on.isoformat(),
                "officer": one.by.get_username() if one.by else "",
                "recorded_at": one.recorded_at.isoformat(),
                "changes": one.changes,
            }
            for one in told
        ],
    }


def _materials(act: CertificateAct) -> list[dict[str, Any]]:
    """The new version, for the reuse index."""
    made = act.successor
    if made is None:
        return []
    case = ingest.Case.objects.select_related("project", "works").get(number=made.case_number)
    kind = load_catalogue().material_type(made.type)
    return [material_row(case, kind, made.sealed_sha256, [1], {}, made.number, made.valid_until)]
