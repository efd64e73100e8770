"""One set of drawings (一套图纸): sheets are read from what was handed in, and every decision is held against them.

Reading is a job of its own after the filing. It hangs on the file and on what is filed in it, so it may run twice: what
is entered already changes nothing. Noting which version a decision was taken on happens in the transaction of the
decision; approving one is in `drawing_reviews`.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

import ingest
import ocr
from archive import append_event
from ingest import drawings
from ingest.drawings import Kind, ReadSheet, SetVersion, VersionUse
from ingest.sheets import Sheet, read_list, read_sheets
from workers.groundwork import NotPossibleError, item_of, lock_beside, tell
from workers.jobs import again, enqueue
from workers.models import Job
from workers.stage import Arguments, NotYetError

Moment = VersionUse.Moment
READ = ("number", "title", "discipline", "revision", "date", "review_seal")
"""What is taken over of a title block under its own name."""
STOPPED = (Job.State.REFUSED, Job.State.QUARANTINED)
A4_MM = (212, 299)
"""Sides of a page up to which it is no drawing of its own, with two millimetres for the edge of a scan."""
MM_AN_INCH = 25.4

Found = Mapping[str, tuple[Sequence[int], Sequence[ReadSheet]]]
"""By the line of versions: the pages of a file that were looked at, and the sheets on them."""


def request_sheets(upload: ingest.Upload) -> None:
    """Have the sheets of a file read anew; call it in the transaction that filed something in it, or took it back."""
    if _drawn(upload) or drawings.Submission.objects.filter(upload=upload.number, withdrawn_at=None).exists():
        again(enqueue("sheets", case=upload.case.number, upload=upload.pk))


@transaction.atomic
def read_again(upload: ingest.Upload, *, by: Any) -> None:
    """A person has the sheets of a file read anew where that stopped for good.

    Raises:
        NotPossibleError: `not-stopped`.
    """
    lock_beside(upload.case)
    if upload.pk not in {one.pk for one in unread_files(upload.case.beside)}:
        raise NotPossibleError("not-stopped", "这份文件的图纸已在识别或已识别，无需重新识别")
    request_sheets(upload)
    tell("drawings-read-again", upload.case, by, object_sha256=upload.sha256, upload=upload.number)


def read(arguments: Arguments) -> Found:
    """The sheets of a file as things stand; `record` compares what was looked at."""
    upload = ingest.Upload.objects.select_related("case").get(pk=arguments["upload"])
    return {kind.value: (pages, _sheets(upload, pages)) for kind, pages in _drawn(upload).items()}


def record(arguments: Arguments, found: Found) -> None:
    """Enter them into the set of their works; a file that was taken back is taken out of it.

    Under the lock of the cases, which whoever files something otherwise holds while they ask for it to be read: there
    is one job a file, and it ends on what is filed in it now.
    """
    lock_beside(ingest.Case.objects.get(uploads=arguments["upload"]))
    upload = ingest.Upload.objects.select_for_update(of=("self",)).select_related("case").get(pk=arguments["upload"])
    if {kind: pages for kind, (pages, _) in found.items()} != {kind.value: at for kind, at in _drawn(upload).items()}:
        raise NotYetError("识别期间文件的归类有变动，将按现在的归类重新识别图纸")
    now = timezone.now()
    for kind in Kind:
        _, sheets = found.get(kind.value, ((), ()))
        entered = _enter(upload, kind, sheets, now)
        if entered:
            append_event(
                "drawings-entered",
                case_number=upload.case.number,
                object_sha256=upload.sha256,
                details={"upload": upload.number, "sheets": len(sheets), **reference_to(entered)},
                now=now,
            )
    _read_beside(upload, now)


def _read_beside(upload: ingest.Upload, now: Any) -> None:
    """Files that are of a version by sheets of this one, which just went with it, are read anew and bring their own."""
    lost = SetVersion.objects.filter(sheets__upload=upload.number, sheets__taken_out_at=now)
    there = drawings.Submission.objects.filter(version__in=lost, withdrawn_at=None).exclude(upload=upload.number)
    for other in ingest.Upload.objects.filter(number__in=there.values("upload")).select_related("case"):
        request_sheets(other)


def give_up(arguments: Arguments, error: dict[str, Any]) -> None:
    """The job's row on the board says why; nothing is decided before its sheets are in the set (`require_reviewed`)."""


def _enter(upload: ingest.Upload, kind: Kind, sheets: Sequence[ReadSheet], now: Any) -> SetVersion | None:
    if sheets:
        return drawings.enter(upload, kind, sheets, now=now)
    entered = drawings.set_of(upload.case, lock=True)
    if entered:
        drawings.take_out(entered, upload, now=now, kind=kind)
    return None


def _drawn(upload: ingest.Upload) -> dict[Kind, list[int]]:
    """The pages of a file that are sheets of a set, by the line they belong to; none of one that does not count."""
    if upload.withdrawn_at or upload.state != ingest.Upload.State.FILED:
        return {}
    kinds = drawings.kinds_of_types()
    found: dict[Kind, list[int]] = {}
    items = [item_of(case) for case in upload.case.beside]
    for material in upload.materials.filter(withdrawn_at=None):
        kind = kinds.get(material.type)
        if kind and any(drawings.gathers(item, kind) for item in items):
            found.setdefault(kind, []).extend(material.pages)
    return {kind: sorted(set(pages)) for kind, pages in found.items()}


def _sheets(upload: ingest.Upload, numbers: Sequence[int]) -> list[ReadSheet]:
    pages = {page.number: page for page in upload.pages.filter(number__in=numbers, reading__isnull=False)}
    readings = {number: ocr.from_json(pages[number].reading or {}) for number in sorted(pages)}
    found = {sheet.page: sheet for sheet in read_sheets(list(readings.values()))}
    large = {number: Sheet(number, "drawing") for number in pages if not _is_small(pages[number])}
    return [
        ReadSheet(
            page=sheet.page,
            picture=pages[sheet.page].picture_sha256,
            values={name: getattr(sheet, name) for name in READ} | {"project_name": sheet.works or sheet.project},
            scores=dict(sheet.scores),
            boxes=dict(sheet.boxes),
            listed=_listed(sheet, readings[sheet.page]),
        )
        for _, sheet in sorted((large | found).items())
    ]


def _is_small(page: ingest.Page) -> bool:
    """Whether a page is known to be of A4: a letter, a calculation.

    Any other without a title block may be a drawing whose title block cannot be read: a sheet without a number.
    """
    if not page.dpi:
        return False
    sides = sorted(side / page.dpi * MM_AN_INCH for side in (page.width, page.height))
    return all(side <= most for side, most in zip(sides, A4_MM, strict=True))


def _listed(sheet: Sheet, reading: ocr.PageReading) -> tuple[dict[str, Any], ...]:
    """The rows of a drawing list, but for its own number in its title block."""
    if sheet.kind != "list":
        return ()
    own = drawings.sheet_key(sheet.number)
    rows = (row for row in read_list(reading) if drawings.sheet_key(row.number) != own)
    return tuple({**dataclasses.asdict(row), "box": list(ocr.bounds(row.box))} for row in rows)


def require_reviewed(case: ingest.Case) -> None:
    """See that the case rests on the drawings that were reviewed; call it where it is accepted and where it is decided.

    Raises:
        NotPossibleError: `still-checking`, sheets are being read; `drawings-unread`, a file's could not be; or the code
            of the first finding (`ingest.drawings.NAMES`), with its sheets and the way out.
    """
    drawings.set_of(case, lock=True)  # no other version is approved between the check and what is noted of it
    if being_read(case):
        raise NotPossibleError("still-checking", "图纸正在识别并与审查合格的版本核对，请稍候")
    for upload in unread_files(case.beside):
        raise NotPossibleError(
            "drawings-unread",
            f"“{upload.file_name}”中的图纸没有识别成功，还不能核对。请在“一套图纸”页点“重新识别”；仍不成功的，"
            "请撤回该文件，换一份清晰的重新提交",
        )
    for finding in drawings.check_decision(case):
        raise NotPossibleError(finding.code, f"{finding.message}。{finding.remedy}")


def being_read(case: ingest.Case) -> bool:
    """Whether sheets of the case, or of one beside it, are being read."""
    numbers = case.beside.values("number")
    return Job.objects.filter(kind="sheets", case_number__in=numbers, state__in=Job.UNDER_WAY).exists()


def unread_files(cases: QuerySet[ingest.Case]) -> list[ingest.Upload]:
    """Files with drawings in which reading the sheets stopped for good."""
    jobs = Job.objects.filter(kind="sheets", case_number__in=cases.values("number")).order_by("pk")
    last = {job.arguments["upload"]: job.state for job in jobs}
    stopped = [upload for upload, state in last.items() if state in STOPPED]
    return [one for one in ingest.Upload.objects.filter(pk__in=stopped).select_related("case") if _drawn(one)]


def note_use(case: ingest.Case, moment: Moment) -> dict[str, Any]:
    """Note which version the case is accepted or decided on; what the event of it says of the drawings, {} for none.

    A case that rests on a review takes the current approved version, or the same brought by itself; as-built drawings
    handed in with it are noted beside it. Decided once more, after an unfavourable opinion, it is noted as it is then.
    """
    versions = resting_on(case)
    for version in versions:
        VersionUse.objects.update_or_create(
            version=version,
            case=case,
            moment=moment,
            digest=version.digest,
            defaults={"at": timezone.now(), "record": drawings.record_of(version)},
        )
    return {"drawings": [reference_to(version) for version in versions]} if versions else {}


def decision_record(case: ingest.Case) -> list[dict[str, Any]]:
    """19: the drawings that the case was accepted and decided on, sheet by sheet, as they were then."""
    return [{"moment": use.moment, "at": use.at.isoformat(), **use.record} for use in case.drawing_uses.order_by("pk")]


def resting_on(case: ingest.Case) -> list[SetVersion]:
    """The versions that the case is accepted and decided on, as things stand; none where none count."""
    found, item = drawings.set_of(case), item_of(case)
    if found is None or not (drawings.is_review(item) or drawings.is_checked(item)):
        return []
    design = drawings.presented(case, Kind.DESIGN)
    if not drawings.is_review(item):
        design = drawings.current_reviewed(found.project_id, found.works_id) or design
    return [version for version in (design, drawings.presented(case, Kind.AS_BUILT)) if version]


def reference_to(version: SetVersion) -> dict[str, Any]:
    """What an event says of a version."""
    return {"set": version.set_id, "version": version.number, "digest": version.digest}
