"""The stage that makes the searchable copy of an upload, once all of it is read and filed. Nothing waits for it."""

import tempfile
from pathlib import Path
from typing import Any

import ingest
import ocr
from workers import zones
from workers.stage import Arguments, NotExpectedError

PDF = "application/pdf"


def make(arguments: Arguments) -> str:
    """The copy, kept among the derivatives; its digest."""
    upload = _upload(arguments)
    readings = {page.number: page.reading for page in upload.pages.all() if page.reading}
    with zones.original_file(upload.sha256) as path, tempfile.TemporaryDirectory(dir=zones.scratch()) as folder:
        pictures = {}
        for page in upload.pages.all():
            pictures[page.number] = Path(folder) / f"{page.number:06d}.jpg"
            pictures[page.number].write_bytes(zones.read_derivative(page.picture_sha256))
        copy = ingest.searchable_copy(
            path,
            ingest.Inspection.from_json(upload.inspection or {}),
            pictures,
            [ocr.from_json(readings[number]) for number in sorted(readings)],
            name=upload.file_name,
            sha256=upload.sha256,
            created=upload.uploaded_at,
        )
    return zones.keep_derivative(copy, PDF).sha256


def record(arguments: Arguments, sha256: str) -> None:
    """Offer the copy beside the original."""
    upload = _upload(arguments)
    upload.copy_sha256 = sha256
    upload.save(update_fields=["copy_sha256"])


def give_up(arguments: Arguments, error: dict[str, Any]) -> None:
    """The upload then has no copy, which the board shows; the original and what was read are as they were."""


def _upload(arguments: Arguments) -> ingest.Upload:
    upload = ingest.Upload.objects.get(pk=arguments["upload"])
    if upload.state != ingest.Upload.State.FILED or upload.withdrawn_at or upload.copy_sha256:
        raise NotExpectedError("the upload is not filed, withdrawn, or has its copy")
    return upload
