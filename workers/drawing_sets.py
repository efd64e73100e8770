"""One set of drawings (一套图纸): sheets are read from what was handed in, and every decision is held against them.

Reading is a job of its own after the filing. It hangs on the file and on what is filed in it, so it may run twice: what
is entered already changes nothing. Noting which version a decision was taken on happens in the transaction of the
decision; approving one is in `drawing_reviews`.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone

import ingest
import ocr
from archive import append_event
from ingest import drawings
from ingest.drawings import Kind, ReadSheet, SetVersion, VersionUse
from ingest.sheets import Sheet, read_list, read_sheets
from workers.groundwork import NotPossibleError, item_of
from workers.jobs import enqueue
from workers.stage import Arguments, NotExpectedError

Moment = VersionUse.Moment
READ = ("number", "title", "discipline", "revision", "date", "review_seal")
"""What is taken over of a title block under its own name."""


def request_sheets(upload: ingest.Upload) -> None:
    """Have the sheets of a file read anew; call it in the transaction that filed something in it, or took it back."""
    if _drawn(upload) or drawings.Submission.objects.filter(upload=upload.number, withdrawn_at=None).exists():
        enqueue("sheets", case=upload.case.number, upload=upload.pk, revision=upload.case.revision)


def read(arguments: Arguments) -> dict[str, list[ReadSheet]]:
    """The sheets of a file, by the line of versions they belong to."""
    upload = ingest.Upload.objects.select_related("case").get(pk=arguments["upload"])
    return {kind.value: _sheets(upload, pages) for kind, pages in _drawn(upload).items()}


def record(arguments: Arguments, found: Mapping[str, Sequence[ReadSheet]]) -> None:
    """Enter them into the set of their works; a file that was taken back meanwhile is taken out of it."""
    upload = ingest.Upload.objects.select_for_update(of=("self",)).select_related("case").get(pk=arguments["upload"])
    if set(found) != {kind.value for kind in _drawn(upload)}:
        raise NotExpectedError("what is filed in the file changed while its sheets were read")
    now = timezone.now()
    for kind in Kind:
        entered = _enter(upload, kind, found.get(kind.value, ()), now)
        if entered:
            append_event(
                "drawings-entered",
                case_number=upload.case.number,
                object_sha256=upload.sha256,
                details={"upload": upload.number, "sheets": len(found[kind.value]), **reference_to(entered)},
                now=now,
            )


def give_up(arguments: Arguments, error: dict[str, Any]) -> None:
    """The job's row on the board says why; the file stays filed, its sheets are not in the set."""


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
    return [
        ReadSheet(
            page=sheet.page,
            picture=pages[sheet.page].picture_sha256,
            values={name: getattr(sheet, name) for name in READ} | {"project_name": sheet.works or sheet.project},
            scores=dict(sheet.scores),
            boxes=dict(sheet.boxes),
            listed=_listed(sheet, readings[sheet.page]),
        )
        for sheet in read_sheets(list(readings.values()))
    ]


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
        NotPossibleError: with the code of the first finding (`ingest.drawings.NAMES`), its sheets and the way out.
    """
    for finding in drawings.check_decision(case):
        raise NotPossibleError(finding.code, f"{finding.message}。{finding.remedy}")


def note_use(case: ingest.Case, moment: Moment) -> dict[str, Any]:
    """Note which version the case is accepted or decided on; what the event of it says of the drawings, {} for none.

    A case that rests on a review takes the current approved version, or the same brought by itself; as-built drawings
    handed in with it are noted beside it.
    """
    versions = resting_on(case)
    for version in versions:
        VersionUse.objects.get_or_create(
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
