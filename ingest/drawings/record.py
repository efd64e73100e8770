"""A version as the archive keeps it: enough to find every sheet, and compute the digest again."""

from typing import Any

from ingest.drawings.models import SetVersion


def record_of(version: SetVersion) -> dict[str, Any]:
    """The version with its review and every sheet, JSON-ready; of no person anything but who reviewed, by case."""
    return {
        "project": version.set.project.code,
        "works": version.set.works.name if version.set.works else "",
        "version": version.number,
        "kind": version.kind,
        "state": version.state,
        "supersedes": version.supersedes,
        "digest": version.digest,
        "submitted_with": version.case.number,
        "review": version.review,
        "sheets": [
            {
                "number": sheet.number,
                "title": sheet.title,
                "discipline": sheet.discipline,
                "revision": sheet.revision,
                "date": sheet.date,
                "review_seal": sheet.review_seal,
                "original": sheet.original,
                "page": sheet.page,
                "picture": sheet.picture_sha256,
                "carried": sheet.carried,
            }
            for sheet in version.present
        ],
    }
