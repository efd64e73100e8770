"""Stages from the closed case to the archive: package, store, log, publish."""

import datetime as dt

from django.utils import timezone

import archive
import ingest
from archive import append_event
from archive.holdings import index_materials
from archive.rebuilding import KeptRows
from signing import Certificate
from workers import journalling, zones
from workers.closing import closed_at, is_closed, retention_of
from workers.draws import sign_head
from workers.elements import gather
from workers.exchanging import archive_exchange
from workers.findable import request_words
from workers.follow_ups import note_standing, request_follow_ups
from workers.holding import note_manifest
from workers.inspecting import request_filing_inspections
from workers.jobs import enqueue
from workers.late_times import hindering
from workers.locking import locked_until
from workers.models import Job
from workers.national_records import with_national_records
from workers.nesting import request_parent
from workers.numbering import draw_archive_number
from workers.probing import require_trusted_store
from workers.stage import Arguments, NotExpectedError, NotYetError
from workers.two_sites import request_copies


def request_package(case: ingest.Case) -> None:
    """Have a closed case packaged; one with an open gap (容缺) waits until that is closed, and the log says so.

    Call it in a transaction: 档号 (DA/T 13-2022) are drawn here, without gap or repeat.
    """
    if not is_closed(case) or archive.Package.objects.filter(case_number=case.number).exists():
        return
    if waits_for := ingest.why_not_archived(case):
        append_event("package-waits", case_number=case.number, details={"why": waits_for}, now=timezone.now())
        return
    if Job.objects.filter(kind="package", case_number=case.number).exists():
        return  # under way already; a second one would spend another 档号
    kept, year = retention_of(case), timezone.localtime(closed_at(case)).year
    number = draw_archive_number(year, kept.code)
    enqueue("package", case=case.number, case_id=case.pk, archive_number=number, package=archive.new_id())


def package_state(case: ingest.Case) -> str:
    """How far the archiving of a case is, in words; says so where an open gap holds it up."""
    row = archive.Package.objects.filter(case_number=case.number).first()
    if row:
        return str(row.get_state_display())
    return ingest.why_not_archived(case) or ("待整理" if is_closed(case) else "")


def package(arguments: Arguments) -> tuple[archive.Digests, archive.Manifest]:
    """Gather every element, write the ones we make, and build the manifest; the same case gives the same bytes."""
    case = ingest.Case.objects.select_related("project", "works", "parallel").get(pk=arguments["case_id"])
    if not is_closed(case) or archive.Package.objects.filter(case_number=case.number).exists():
        raise NotExpectedError(f"the case is {case.state}")
    if waits_for := ingest.why_not_archived(case):
        raise NotYetError(waits_for)
    unmade = case.notices.filter(sha256="").first()
    if unmade:
        raise NotYetError(f"{unmade.get_kind_display()}尚未生成，归档等待中")
    manifest = with_national_records(gather(case, arguments["package"], arguments["archive_number"]), case)
    return zones.keep_derivative(archive.manifest_bytes(manifest), "application/json"), manifest


def record_package(_: Arguments, result: tuple[archive.Digests, archive.Manifest]) -> None:
    """Write the package down and have it stored."""
    kept, manifest = result
    case = manifest.case
    row = archive.Package.objects.create(
        number=manifest.package,
        case_number=case.number,
        archive_number=manifest.archive_number,
        title=f"{case.project_name} {case.item_name}",
        project_code=case.project_code,
        retention=manifest.retention.code,
        manifest_sha256=kept.sha256,
        manifest_sm3=kept.sm3,
        element_count=len(manifest.elements),
        byte_count=sum(element.size for element in manifest.elements),
        built_at=timezone.now(),
    )
    note_manifest(row, manifest, kept.sha256)
    archive.rescore(row, zones.read_anywhere)
    enqueue("store", case=case.number, package=row.pk)


def store(arguments: Arguments) -> list[dict[str, str]]:
    """Put every element and the manifest into the archive under lock, read all of it back, and check it."""
    row = _package(arguments, archive.Package.State.BUILT)
    require_trusted_store()
    vault = zones.zone("archive")
    manifest_json = zones.read_derivative(row.manifest_sha256)
    manifest = archive.parse_manifest(manifest_json)
    until = locked_until(row.built_at, manifest.retention.until)
    for element in manifest.elements:
        archive.keep_locked(vault, element.sha256, element.media_type, until, zones.open_anywhere)
    archive.keep_locked(vault, row.manifest_sha256, "application/json", until, zones.open_anywhere)
    results = archive.check_manifest(manifest, vault)
    if faults := hindering(results, row.case_number):
        raise PackageFaultyError("；".join(faults[:5]))
    return [result.to_json() for result in results]


class PackageFaultyError(Exception):
    """The package did not pass its check on the way into the archive; the message names the faults."""

    code = "package-faulty"


def record_stored(arguments: Arguments, checks: list[dict[str, str]]) -> None:
    """The case is archived: its materials are on offer from now on, and the event goes to the log."""
    row = _package(arguments, archive.Package.State.BUILT)
    now = timezone.now()
    row.state, row.checks, row.stored_at = archive.Package.State.STORED, checks, now
    row.save()
    manifest = archive.parse_manifest(zones.read_derivative(row.manifest_sha256))
    index_materials(row, manifest, zones.read_derivative, now=now)
    for certificate in Certificate.objects.filter(case_number=row.case_number):
        note_standing(certificate, now)
    archive.enrol(manifest, row.manifest_sha256, len(archive.manifest_bytes(manifest)), now)
    case = ingest.Case.objects.select_for_update().filter(number=row.case_number).first()
    if case:
        _archived(case, now)
    event = append_event(
        "package-stored",
        case_number=row.case_number,
        object_sha256=row.manifest_sha256,
        details={"package": row.number, "archive_number": row.archive_number},
        now=now,
    )
    request_words(row, row.manifest_sha256)
    enqueue("log", case=row.case_number, package=row.pk, event=event.pk)
    request_follow_ups(row.case_number)
    archive_exchange(row.case_number)


def _archived(case: ingest.Case, now: dt.datetime) -> None:
    """Its file is in the archive; its result goes to the cases beside, and the parallel case is filed with the last."""
    case.archived_at = now
    if case.state != ingest.Case.State.REFUSED:  # how it ended stays on its face
        case.state = ingest.Case.State.ARCHIVED
    case.save()
    if case.state == ingest.Case.State.ARCHIVED:
        enqueue("feed", case=case.number, case_id=case.pk)
    if case.parallel:
        request_parent(case.parallel)


def integrate(arguments: Arguments) -> KeptRows | None:
    """Journal what changed; the order of the log is decided in the transaction that records it."""
    _package(arguments, archive.Package.State.STORED)
    return journalling.prepare()


def record_integrated(arguments: Arguments, kept: KeptRows | None) -> None:
    """Take all waiting events into the log, sign its head, and have that published."""
    row = _package(arguments, archive.Package.State.STORED)
    journalling.record_prepared(kept)
    head = sign_head()
    row.state = archive.Package.State.LOGGED
    row.save(update_fields=["state"])
    enqueue("publish", case=row.case_number, size=head.size)


def publish(arguments: Arguments) -> int:
    """Put the log and its signed head into the archive, where they can be read without the database."""
    if archive.LogHead.objects.get(pk=archive.HEAD).published >= arguments["size"]:
        raise NotExpectedError("that head is published already")
    size = archive.publish_log(zones.zone("archive"), locked_until(timezone.now()))
    journalling.keep_private_parts(size)
    return size


def record_published(_: Arguments, size: int) -> None:
    """From here on proofs are for this head; what is proved for the first time is inspected."""
    archive.record_publication(size)
    journalling.record_published(size)
    request_filing_inspections(size)
    request_copies()


def _package(arguments: Arguments, expected: archive.Package.State) -> archive.Package:
    row = archive.Package.objects.get(pk=arguments["package"])
    if row.state != expected:
        raise NotExpectedError(f"the package is {row.state}, not {expected}")
    return row
