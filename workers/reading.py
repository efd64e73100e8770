"""Stages from the upload to the completeness report: inspect, paginate, read, file, check."""

import dataclasses
import functools
import tempfile
import time
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.utils import timezone

import ingest
import ocr
from archive import append_event
from ingest import resemblance
from signing import Sm2Authority, read_certificates, read_revocation_lists
from workers import promises, secrecy, teaching, zones
from workers.drawing_sets import being_read, request_sheets
from workers.groundwork import request_checks
from workers.installation import authority
from workers.jobs import enqueue
from workers.looking_again import look_again
from workers.same_bytes import take_over_pages
from workers.stage import Arguments, NotExpectedError, NotYetError

READ_BEFORE_LOOKED_AT = 8
"""Pages with the same picture whose reading is looked at: the newest is almost always by the same reader."""


def inspect(arguments: Arguments) -> ingest.Inspection:
    """What the bytes really are; refuses what cannot be taken."""
    upload = _upload(arguments, "received")
    with zones.original_file(upload.sha256) as path, tempfile.TemporaryDirectory(dir=zones.scratch()) as folder:
        found, shown = ingest.inspect_with_office(
            path, Path(folder), office=settings.OFFICE_PROGRAM, seal_roots=_seal_roots(), seal_lists=_seal_lists()
        )
        if not found.converted:
            return found
        kept = zones.keep_derivative(shown.read_bytes(), "application/pdf")
        return dataclasses.replace(found, pages_sha256=kept.sha256)


def record_inspection(arguments: Arguments, found: ingest.Inspection) -> None:
    """Note what it is and go on to its first pages; each batch asks for the next, so that reading need not wait."""
    upload = _upload(arguments, "received", lock=True)
    upload.media_type, upload.page_count, upload.signed = found.media_type, found.page_count, found.signed
    upload.inspection = found.to_json()
    upload.state = "paged" if take_over_pages(upload) else "inspected"
    upload.save()
    resume(upload)


def resume(upload: ingest.Upload) -> None:
    """Ask for what the upload needs next: on its way, or where a withdrawal stopped it."""
    case = upload.case.number
    if upload.state == "received":
        enqueue("inspect", case=case, upload=upload.pk)
    if upload.state == "inspected":
        enqueue("paginate", case=case, upload=upload.pk, first=upload.pages.count() + 1)
    for page in upload.pages.filter(reading__isnull=True):
        enqueue("read", case=case, page=page.pk)
    if upload.state == "read":
        enqueue("file", case=case, upload=upload.pk)


def paginate(arguments: Arguments) -> list[dict[str, Any]]:
    """Pictures and text layers of a batch of pages, kept under their digests."""
    upload = _upload(arguments, "inspected")
    found = ingest.Inspection.from_json(upload.inspection or {})
    rows = []
    with zones.original_file(upload.sha256) as path, tempfile.TemporaryDirectory(dir=zones.scratch()) as folder:
        shown = path
        if found.converted:
            shown = Path(folder) / "converted.pdf"
            shown.write_bytes(zones.read_derivative(found.pages_sha256))
        first = arguments["first"]
        count = ingest.FIRST_PAGES if first == 1 else ingest.PAGES_A_BATCH
        for picture in ingest.paginate(shown, found, Path(folder), first=first, count=count):
            data = (Path(folder) / picture.file).read_bytes()
            kept, thumb = (zones.keep_derivative(d, "image/jpeg").sha256 for d in (data, ingest.thumb_of(data)))
            rows.append({**picture.to_json(), "own_text": picture.own_text, "sha256": kept, "thumb": thumb})
    return rows


def record_pages(arguments: Arguments, rows: list[dict[str, Any]]) -> None:
    """Write the pages down and have each read, and the next ones paged."""
    upload = _upload(arguments, "inspected", lock=True)
    for row in rows:
        page, _ = ingest.Page.objects.get_or_create(
            upload=upload,
            number=row["number"],
            defaults={
                "picture_sha256": row["sha256"],
                "thumb_sha256": row["thumb"],
                "width": row["width"],
                "height": row["height"],
                "dpi": row["dpi"],
                "text_layer": row["own_text"] or None,
            },
        )
        enqueue("read", case=upload.case.number, page=page.pk)
    paged = upload.pages.count()
    if paged == upload.page_count:
        upload.state = "paged"
        upload.save()
    else:
        enqueue("paginate", case=upload.case.number, upload=upload.pk, first=paged + 1)


def read(arguments: Arguments) -> tuple[dict[str, Any], float, str]:
    """One page through the recogniser, or as the same picture was read before; with what it looks like by itself."""
    page = ingest.Page.objects.select_related("upload").get(pk=arguments["page"])
    if page.reading is not None or page.upload.withdrawn_at or page.upload.state == "confidential":
        raise NotExpectedError("the page is read already, withdrawn or sealed off")
    started = time.process_time()
    if (before := _read_before(page)) is not None:
        again = {**before, "number": page.number}
        return again, time.process_time() - started, ocr.recognise([ocr.from_json(again)]).type
    image = ingest.load_picture(zones.read_derivative(page.picture_sha256))
    layer = [ocr.Line(**line) for line in page.text_layer] if page.text_layer else None
    reading = ocr.read_page(image, number=page.number, dpi=page.dpi, engine=engine(), text_layer=layer)
    reading = dataclasses.replace(reading, reader=_reader())
    return ocr.to_json(reading), time.process_time() - started, ocr.recognise([reading]).type


def _read_before(page: ingest.Page) -> dict[str, Any] | None:
    """What the same reader read from the very same picture, handed in again with another file or for another case.

    Everything a reading hangs on has to be the same: the picture, its resolution, its text layer, the engine with its
    weights, and our own program. Two pages read at the same moment are both read, and alike.
    """
    same = ingest.Page.objects.filter(picture_sha256=page.picture_sha256, dpi=page.dpi, reading__isnull=False)
    for other in same.exclude(pk=page.pk).order_by("-pk")[:READ_BEFORE_LOOKED_AT]:
        reading: dict[str, Any] = other.reading or {}
        if reading.get("reader") == _reader() and other.text_layer == page.text_layer:
            return reading
    return None


def record_reading(arguments: Arguments, result: tuple[dict[str, Any], float, str]) -> None:
    """Keep the reading; the last page of an upload starts the filing."""
    page = ingest.Page.objects.select_related("upload__case").get(pk=arguments["page"])
    if page.upload.state == "confidential":
        return  # another page of the file was found marked meanwhile
    if marked := ingest.find_mark(ocr.from_json(result[0])):
        secrecy.seal_off(page, marked[0])
        return
    page.reading, page.seconds, page.guess = result
    page.save(update_fields=["reading", "seconds", "guess"])
    ingest.index_page(page)
    upload = ingest.Upload.objects.select_for_update().get(pk=page.upload_id)
    if upload.pages.filter(reading__isnull=False).count() == upload.page_count:
        upload.state = "read"
        upload.save()
        enqueue("file", case=page.upload.case.number, upload=upload.pk)


def sort_pages(arguments: Arguments) -> list[ingest.SortedDocument]:
    """The documents in an upload: which pages belong together, what each is, and its fields."""
    teaching.use_current()
    upload = _upload(arguments, "read")
    return ingest.sort_documents([ocr.from_json(page.reading) for page in upload.pages.all() if page.reading])


def record_documents(arguments: Arguments, documents: list[ingest.SortedDocument]) -> None:
    """File each document under its entry of the list and have the case checked anew."""
    upload = _upload(arguments, "read", lock=True)
    for material in ingest.file_documents(upload, documents, now=timezone.now()):
        resemblance.enter_material(material)
    for case in sorted({upload.case, *ingest.users_of(upload)}, key=lambda each: each.pk):
        append_event(
            "documents-filed",
            case_number=case.number,
            object_sha256=upload.sha256,
            details={"upload": upload.number, "documents": [[d.type, d.pages] for d in documents]},
            now=timezone.now(),
        )
    enqueue("copy", upload=upload.pk)
    request_sheets(upload)
    request_checks(upload.case)
    look_again(upload)


def check(arguments: Arguments) -> ingest.Report:
    """Hold what was handed in against the list, once its drawings are read: nothing is accepted before."""
    case = ingest.Case.objects.get(pk=arguments["case_id"])
    if case.revision != arguments["revision"]:
        raise NotExpectedError("a newer check is on its way")
    if being_read(case):
        raise NotYetError("图纸正在识别")
    return ingest.check_case(case, today=timezone.localdate())


def record_report(arguments: Arguments, report: ingest.Report) -> None:
    """Show the report."""
    case = ingest.Case.objects.get(pk=arguments["case_id"])
    if case.revision != arguments["revision"]:
        return  # overtaken between the two; the newer check writes its own
    case.report, case.report_revision = report.to_json(), case.revision
    case.save(update_fields=["report", "report_revision"])
    promises.close_met(case, report)


def give_up_upload(arguments: Arguments, error: dict[str, Any]) -> None:
    """Say on the upload why it went no further; the original stays, and the rest of the pile goes on."""
    if "upload" in arguments:
        upload = ingest.Upload.objects.get(pk=arguments["upload"])
    else:
        page = ingest.Page.objects.select_related("upload").get(pk=arguments["page"])
        upload, error = page.upload, {**error, "page": page.number}
    upload.state = "quarantined" if error["code"] == "quarantined" else "refused"
    upload.refusal = {key: error[key] for key in ("code", "message", "remedy", "page", "details") if key in error}
    upload.save()
    zones.set_aside_refused(upload.sha256)
    append_event(
        f"upload-{upload.state}",
        case_number=upload.case.number,
        object_sha256=upload.sha256,
        details={"upload": upload.number, "code": error["code"]},
        now=timezone.now(),
    )
    request_checks(upload.case)


def give_up_check(arguments: Arguments, error: dict[str, Any]) -> None:
    """A check that fails three times is a fault of ours: the board shows the job, the case stays as it was."""


@functools.cache
def engine() -> ocr.Engine:
    """The recogniser of this installation, loaded once a process."""
    return ocr.load_engine(
        settings.OCR_ENGINE, tier=settings.OCR_TIER, weights_dir=settings.MODELS_DIR, device=settings.OCR_DEVICE
    )


def _seal_roots() -> tuple[bytes, ...]:
    """Ours first: certificates that we issued come back as materials of the next case.

    Read for each file: the first OFD edition brings a root, and so may the operator, while workers run.
    """
    own = (*authority().roots, *read_certificates(Sm2Authority(settings.KEYS_DIR).roots_folder))
    roots = (*own, *read_certificates(settings.SEAL_ROOTS_DIR))
    return tuple(root.public_bytes(Encoding.DER) for root in roots)


def _seal_lists() -> tuple[bytes, ...]:
    return (*authority().crls(timezone.now()), *read_revocation_lists(settings.SEAL_ROOTS_DIR))


@functools.cache
def _reader() -> str:
    """What a reading hangs on besides its picture: the engine with its weights, and our own rules and code."""
    return f"{engine().name} {ocr.program_digest()}"


def _upload(arguments: Arguments, expected: str, *, lock: bool = False) -> ingest.Upload:
    """The upload in the expected state; `lock` for the transaction that changes it, against a withdrawal meanwhile."""
    rows = ingest.Upload.objects.select_related("case")
    rows = rows.select_for_update(of=("self",)) if lock else rows
    upload = rows.get(pk=arguments["upload"])
    if upload.state != expected or upload.withdrawn_at:
        raise NotExpectedError(f"upload is {upload.state}, not {expected}")
    return upload
