"""What becomes of a certificate after its case was archived is archived too (补充归档): one small package an act.

A package is never changed. A follow-up is a manifest of its own that names the one before it, so that the newest leads
back to the case; it holds the decision and, where there is a new version, its sealed file. Their order is that of the
acts. What is not archived yet is caught up with when the case's own package is stored.
"""

import datetime as dt
from typing import Any

from django.db.models import Q
from django.utils import timezone

import archive
import ingest
from archive.holdings import DECISION_ROLE, change_standing, index_materials
from signing import Act, Certificate, CertificateAct
from workers import zones
from workers.elements import result_elements
from workers.jobs import enqueue
from workers.made_elements import kept_json
from workers.material_rows import certificate_row
from workers.models import Job
from workers.national_records import newest_encapsulation, with_amendment
from workers.stage import Arguments, NotExpectedError, NotYetError
from workers.supplements import (
    IN_ARCHIVE,
    append_link,
    event_refs,
    first_manifest,
    newest_link,
    store_link,
    wait_for_earlier_links,
)

ARCHIVED_ACTS = (Act.SUSPEND, Act.RESTORE, Act.REVOKE, Act.CANCEL, Act.SUPERSEDE)
"""Acts that changed what an issued certificate answers; a version that was given up changed nothing."""

STANDINGS: dict[str, str] = {
    Certificate.State.VALID: archive.HeldMaterial.Standing.HOLDS,
    Certificate.State.SUSPENDED: archive.HeldMaterial.Standing.SUSPENDED,
    Certificate.State.SUPERSEDED: archive.HeldMaterial.Standing.SUPERSEDED,
    Certificate.State.REVOKED: archive.HeldMaterial.Standing.REVOKED,
    Certificate.State.CANCELLED: archive.HeldMaterial.Standing.CANCELLED,
}
"""What the register's word of a certificate means for the holdings of it."""


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
    done = package.follow_ups.filter(kind=archive.FollowUp.Kind.ACT).count()
    if _acts(package.case_number).filter(pk__lt=act.pk).count() != done:
        raise NotYetError("在它之前的变动尚未归档")
    wait_for_earlier_links(Job.objects.get(kind="follow-up", arguments__act=act.pk))
    return store_link(
        with_amendment(_manifest(act, package), _case(act), newest_encapsulation(package)), act.recorded_at
    )


def record(arguments: Arguments, result: tuple[archive.Digests, archive.Manifest, list[dict[str, str]]]) -> None:
    """It is archived and logged; what no longer holds is not offered for reuse any more, what holds now is."""
    act = _act(arguments)
    package = archive.Package.objects.select_for_update().get(case_number=act.certificate.case_number)
    title = f"{act.get_act_display()} {act.certificate.number}"
    append_link(
        package,
        result,
        {"kind": archive.FollowUp.Kind.ACT, "key": f"act:{act.pk}", "record": act.pk, "title": title},
    )
    now = timezone.now()
    index_materials(package, result[1], zones.read_derivative, now=now)
    note_standing(act.certificate, now)


def note_standing(certificate: Certificate, now: dt.datetime) -> None:
    """What the register says of a certificate holds at once for every holding of it; a draft is held nowhere."""
    standing = STANDINGS.get(certificate.state)
    if standing and certificate.sealed_sha256:
        change_standing(certificate.sealed_sha256, standing, now, certificate.valid_until)


def _acts(case_number: str) -> Any:
    return CertificateAct.objects.filter(certificate__case_number=case_number, act__in=ARCHIVED_ACTS).order_by("pk")


def _act(arguments: Arguments) -> CertificateAct:
    found: CertificateAct = CertificateAct.objects.select_related("certificate", "successor", "by").get(
        pk=arguments["act"]
    )
    return found


def _manifest(act: CertificateAct, package: archive.Package) -> archive.Manifest:
    first = first_manifest(package)
    events = archive.Event.objects.filter(case_number=package.case_number).filter(
        Q(details__record=act.pk) | Q(details__identifier=act.successor.identifier if act.successor else "-")
    )
    elements = [
        *(one for one in first.elements if one.group == "元数据" and one.sha256 == first.list_sha256),
        kept_json(21, "过程文件", DECISION_ROLE, 101, _decision(act)),
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
        events=event_refs(list(events)),
        previous=newest_link(package),
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
    """The new version, for the holdings."""
    return [certificate_row(_case(act), act.successor)] if act.successor else []


def _case(act: CertificateAct) -> ingest.Case:
    found: ingest.Case = ingest.Case.objects.select_related("project", "works").get(number=act.certificate.case_number)
    return found
