"""Archive timestamps of everything issued, renewed in time: what is due is found every night, and each file is one job.

The renewed file is a new object; the one before stays, and its digest answers as ours for ever (`signing.chain`).
"""

import datetime as dt
import logging
from typing import Any

from django.utils import timezone

import ingest
from archive import NotFound, append_event, digest_bytes
from signing import (
    ArchiveStamp,
    Certificate,
    PreservedFile,
    due_for_renewal,
    newest_stamp,
    record_renewal,
    renew_pdf,
)
from workers import installation, zones
from workers.jobs import enqueue
from workers.stage import Arguments, NotExpectedError

log = logging.getLogger(__name__)
RENEW_BEFORE = dt.timedelta(days=365)
"""How long before the end a stamp is renewed: a year, so that a timestamp service can be contracted anew and an outage
of months does no harm. The services' own certificates last three years and more."""
NOTED_AT_ONCE = 2000
"""Files looked at in one night for the date of their stamp: about a minute; the next night goes on."""
NOT_ISSUED = (
    Certificate.State.DRAFT,
    Certificate.State.RENDERED,
    Certificate.State.APPROVED,
    Certificate.State.SEALED,
    Certificate.State.DISCARDED,
)


def look_for_renewals(before: dt.datetime | None = None) -> int:
    """Note the stamps of what was issued since, and ask for the renewal of every file that is due; how many are."""
    now = timezone.now()
    note_stamps()
    due = due_for_renewal(before or now + RENEW_BEFORE)
    for row in due:
        # one that was refused is asked for anew in the next month: by then its authority may have a new certificate
        enqueue("renew", case=row.case_number, preserved=row.pk, month=f"{now:%Y-%m}")
    return len(due)


def note_stamps(most: int = NOTED_AT_ONCE) -> int:
    """Write down until when the archive timestamp of each newly issued file holds; how many were new."""
    noted = PreservedFile.objects.values("issued_sha256")
    certificates = Certificate.objects.exclude(state__in=NOT_ISSUED).exclude(sealed_sha256__in=noted)
    notices = ingest.Notice.objects.exclude(sha256="").exclude(sha256__in=noted).select_related("case")
    found = [
        *(("certificate", one.number, one.case_number, one.sealed_sha256) for one in certificates[:most]),
        *(("notice", one.number, one.case.number, one.sha256) for one in notices[:most]),
    ][:most]
    for kind, number, case_number, sha256 in found:
        try:
            file = _bytes(sha256)
            stamp = newest_stamp(file)
        except NotFound:  # the others shall not wait for it; the nightly look says it again
            log.exception("the file of %s %s is missing", kind, number)
            continue
        if stamp is None:
            log.warning("%s %s has no archive timestamp", kind, number)
        PreservedFile.objects.get_or_create(
            sha256=sha256,
            defaults={
                "kind": kind,
                "number": number,
                "case_number": case_number,
                "issued_sha256": sha256,
                "sm3": digest_bytes(file).sm3,
                "stamped_at": stamp.time if stamp else None,
                "ends_at": stamp.ends if stamp else None,
            },
        )
    return len(found)


def renew(arguments: Arguments) -> dict[str, Any]:
    """Add the validation data of today and a new timestamp. Run twice, it leaves an object that nobody names."""
    row = _row(arguments)
    trust, now = installation.authority(), timezone.now()
    made = renew_pdf(_bytes(row.sha256), trust.roots, trust.crls(now), tsa=installation.timestamps(), now=now)
    kept = zones.keep_derivative(made.pdf, "application/pdf")
    return {"kept": kept, "stamp": made.after, "verdict": made.validation.verdict}


def record(arguments: Arguments, result: dict[str, Any]) -> None:
    """The renewed file takes the place of the one before, and the log says so."""
    row, kept, stamp = _row(arguments, locked=True), result["kept"], result["stamp"]
    assert isinstance(stamp, ArchiveStamp)  # noqa: S101 - what `renew` returns
    record_renewal(row, kept, stamp, result["verdict"], now=timezone.now())
    append_event(
        "archive-stamp-renewed",
        case_number=row.case_number,
        object_sha256=kept.sha256,
        details={
            "number": row.number,
            "issued": row.issued_sha256,
            "before": row.sha256,
            "until": stamp.ends.date().isoformat(),
            "verdict": result["verdict"],
        },
        now=timezone.now(),
    )


def _row(arguments: Arguments, *, locked: bool = False) -> PreservedFile:
    rows = PreservedFile.objects.select_for_update() if locked else PreservedFile.objects
    row = rows.get(pk=arguments["preserved"])
    if row.followed_at:
        raise NotExpectedError("the timestamp was renewed already")
    return row


def _bytes(sha256: str) -> bytes:
    with zones.open_anywhere(sha256) as stream:
        return stream.read()
