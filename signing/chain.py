"""The chain of digests of an issued file: as issued, and after each renewal of its archive timestamp."""

import datetime as dt

from signing.lasting_models import PreservedFile
from signing.renewal import ArchiveStamp
from signing.seal_uses import FileDigests


def issued_digest(sha256: str) -> str:
    """The digest under which a file was issued, for that digest itself and for every renewal of the file."""
    found = PreservedFile.objects.filter(sha256=sha256).values_list("issued_sha256", flat=True).first()
    return found or sha256


def digests_of(issued_sha256: str) -> list[str]:
    """Every digest that an issued file has had, as issued first."""
    rows = PreservedFile.objects.filter(issued_sha256=issued_sha256).order_by("order")
    return [issued_sha256, *rows.exclude(sha256=issued_sha256).values_list("sha256", flat=True)]


def newest_digest(issued_sha256: str) -> str:
    """The digest of an issued file as it stands after its renewals."""
    rows = PreservedFile.objects.filter(issued_sha256=issued_sha256).order_by("-order")
    return rows.values_list("sha256", flat=True).first() or issued_sha256


def due_for_renewal(before: dt.datetime) -> list[PreservedFile]:
    """The files whose newest archive timestamp rests on a certificate that ends before a moment, the first first."""
    return list(PreservedFile.objects.filter(followed_at=None, ends_at__lt=before).order_by("ends_at", "pk"))


def record_renewal(
    row: PreservedFile, renewed: FileDigests, stamp: ArchiveStamp, verdict: str, *, now: dt.datetime
) -> None:
    """Put the renewed file at the end of the chain. The caller holds the row."""
    row.followed_at = now
    row.save(update_fields=["followed_at"])
    PreservedFile.objects.create(
        kind=row.kind,
        number=row.number,
        case_number=row.case_number,
        issued_sha256=row.issued_sha256,
        order=row.order + 1,
        before_sha256=row.sha256,
        sha256=renewed.sha256,
        sm3=renewed.sm3,
        stamped_at=stamp.time,
        ends_at=stamp.ends,
        verdict=verdict,
    )
