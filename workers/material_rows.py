"""Lines of 材料目录: what a later case may be offered, each with whose it is and from when until when it holds."""

import datetime as dt
from typing import Any

import ingest
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
