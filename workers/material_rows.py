"""Lines of 材料目录: what a later case may be offered, each with whose it is and from when until when it holds."""

import dataclasses
import datetime as dt
from typing import Any

import ingest
import ocr
from catalogue import MaterialType, load_catalogue
from signing import Certificate


def handed_in_row(case: ingest.Case, entry: str, material: ingest.Material) -> dict[str, Any]:
    """The line for what was handed in."""
    kind = load_catalogue().material_type(entry)
    return {
        **_line(case, kind, material.number, material.valid_until),
        "sha256": material.upload.sha256,
        "pages": material.pages,
        "fields": material.fields,
    }


def certificate_row(case: ingest.Case, certificate: Certificate) -> dict[str, Any]:
    """The line for what was issued here."""
    kind = load_catalogue().material_type(certificate.type)
    return {
        **_line(case, kind, certificate.number, certificate.valid_until),
        "sha256": certificate.sealed_sha256,
        "pages": [1],
        "fields": {},
        "version": str(certificate.version),
        "dated": _day(certificate.issued_on),
    }


def joint_row(  # noqa: PLR0913 - one row of the index
    case: ingest.Case, kind: MaterialType, *, sha256: str, number: str, version: str, on: dt.date, said: dict[str, str]
) -> dict[str, Any]:
    """The line for a result that serves all items (联合成果), in a paper of our own making; `said` by field."""
    return {
        **_line(case, kind, number, None),
        "sha256": sha256,
        "pages": [1],
        "fields": {name: dataclasses.asdict(own_value(value)) for name, value in said.items() if value},
        "version": version,
        "dated": _day(on),
    }


def own_value(value: str) -> ocr.FieldValue:
    """A value that was not read from anywhere: we wrote it on the first page, wherever that is."""
    return ocr.FieldValue(value, 1, ocr.quad(0, 0, 0, 0), 1.0, "own")


def _line(case: ingest.Case, kind: MaterialType, number: str, valid_until: dt.date | None) -> dict[str, Any]:
    subject = ingest.subject_of(
        kind, uscc=case.applicant_uscc, project_code=case.project.code, works=case.works.name if case.works else ""
    )
    return {
        "type": kind.code,
        "name": kind.name,
        "subject_kind": kind.subject,
        "subject": subject,
        "number": number,
        "valid_until": _day(valid_until),
    }


def _day(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None
