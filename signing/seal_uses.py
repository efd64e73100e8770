"""Every use of a seal, written down before its key is used and brought to its end afterwards."""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from django.db.models import QuerySet

from signing.models import Certificate
from signing.seal_models import Seal, SealUse


class FileDigests(Protocol):
    """Both digests of a file, hex."""

    @property
    def sha256(self) -> str:
        """SHA-256."""

    @property
    def sm3(self) -> str:
        """SM3 (GB/T 32905)."""


@dataclasses.dataclass(frozen=True)
class IntendedUse:
    """A use that is to be: which seal on which paper, in which bytes, for which item, on whose word."""

    seal: Seal
    kind: SealUse.Kind
    number: str
    item: str
    before: FileDigests
    case_number: str = ""
    certificate: Certificate | None = None
    by: Any = None
    released_by: Any = None

    @property
    def people(self) -> tuple[Any, ...]:
        """Who answers for it."""
        return tuple(one for one in (self.by, self.released_by) if one is not None)


def begin_use(use: IntendedUse, now: dt.datetime) -> SealUse:
    """Note that the key is about to be used; tried again on the same bytes, it is the same use."""
    row = _row(use, now)
    row.used_at, row.tries, row.result = now, row.tries + 1, SealUse.Result.BEGUN
    row.by, row.released_by = use.by, use.released_by
    row.save(update_fields=["used_at", "tries", "result", "by", "released_by"])
    return row


def note_failed_use(use: IntendedUse, code: str, text: str, now: dt.datetime) -> SealUse:
    """Note that nothing was sealed, and why. The same reason again is counted, so that waiting fills no table."""
    row = _row(use, now)
    at = now.isoformat()
    if row.failures and row.failures[-1]["code"] == code:
        row.failures[-1] |= {"text": text, "last": at, "times": row.failures[-1]["times"] + 1}
    else:
        row.failures.append({"code": code, "text": text, "first": at, "last": at, "times": 1})
    row.result = SealUse.Result.FAILED
    row.save(update_fields=["failures", "result"])
    return row


def finish_use(use: IntendedUse, after: FileDigests, now: dt.datetime) -> SealUse:
    """The sealed file is there; whether the seal counts is for its validation to say."""
    row = _row(use, now)
    row.used_at, row.result = now, SealUse.Result.SEALED
    row.after_sha256, row.after_sm3 = after.sha256, after.sm3
    row.save(update_fields=["used_at", "result", "after_sha256", "after_sm3"])
    return row


def note_verdict(uses: Iterable[SealUse], validation: Mapping[str, Any]) -> None:
    """What the validation found: of the whole file, since a seal is worth no more than the file it stands on."""
    for use in uses:
        use.result = validation["verdict"]
        use.reasons = [{"code": reason["code"], "text": reason["text"]} for reason in validation["reasons"]]
        use.save(update_fields=["result", "reasons"])


def uses_of_file(sha256: str) -> QuerySet[SealUse]:
    """The uses that made the file of this digest."""
    return SealUse.objects.filter(after_sha256=sha256).order_by("pk")


def _row(use: IntendedUse, now: dt.datetime) -> SealUse:
    """The row of the use, made at its first call. A file of no case may be sealed again, as another use."""
    facts = {
        "seal": use.seal,
        "kind": use.kind,
        "number": use.number,
        "before_sha256": use.before.sha256,
    }
    open_ones = SealUse.objects.filter(**facts)
    if use.kind == SealUse.Kind.FILE:
        open_ones = open_ones.filter(result=SealUse.Result.BEGUN)
    found = open_ones.first()
    return found or SealUse.objects.create(
        **facts,
        case_number=use.case_number,
        item=use.item,
        certificate=use.certificate,
        by=use.by,
        released_by=use.released_by,
        used_at=now,
        before_sm3=use.before.sm3,
    )
