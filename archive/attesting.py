"""旁证: what others say of the log's signed heads, kept beside it: RFC 3161 timestamps, and witnesses' cosignatures.

A timestamp shows that a head was there on that day. A cosignature shows that a second office saw this head and no
other; where it saw another one of the same size, the log was shown to it and to us in two versions (split view).
"""

import datetime as dt
import hashlib
import re

from archive.checkpoint import LogKey
from archive.cosignature import Cosigned, WitnessKey, open_cosigned
from archive.keys import safe_name
from archive.log import HEAD
from archive.models import HeadAttestation, LogHead
from archive.publishing import LOG_PREFIX, checkpoint_key, put_once, tile_tree
from archive.store import ObjectStore

TOKEN_TYPE = "application/timestamp-reply"  # noqa: S105 - a media type
NOTE_TYPE = "text/plain; charset=utf-8"


class SplitView(ValueError):  # noqa: N818
    """A witness saw a head, signed by our key, that is none of ours: somebody was shown another log."""

    code = "log-split-view"

    def __init__(self, what: str, key: str) -> None:
        super().__init__(what)
        self.key = key
        """Where the head that was seen is kept."""


def timestamp_key(size: int) -> str:
    """Where the timestamp of a head lies."""
    return f"{LOG_PREFIX}timestamp/{size:012d}.tsr"


def cosigned_key(size: int, witness: str) -> str:
    """Where a head lies as a witness signed it."""
    return f"{LOG_PREFIX}cosigned/{size:012d}/{safe_name(witness.replace('/', '-'))}"


def stamped_size(key: str) -> int:
    """The size of the head that a key's timestamp is over; 0 where it is no key of one."""
    found = re.fullmatch(rf"{LOG_PREFIX}timestamp/(\d{{12}})\.tsr", key)
    return int(found[1]) if found else 0


def cosigned_size(key: str) -> int:
    """The size of the head that lies there as a witness signed it; 0 where it is no key of one."""
    found = re.fullmatch(rf"{LOG_PREFIX}cosigned/(\d{{12}})/[^/]+", key)
    return int(found[1]) if found else 0


def keep_timestamp(store: ObjectStore, size: int, token: bytes, until: dt.datetime, now: dt.datetime) -> None:
    """Keep the token over the published checkpoint of a size; the caller has checked it. The first one stands."""
    put_once(store, timestamp_key(size), token, until, TOKEN_TYPE)
    HeadAttestation.objects.get_or_create(
        size=size,
        kind=HeadAttestation.Kind.TIMESTAMP,
        by="RFC 3161",
        defaults={"at": now, "sha256": hashlib.sha256(token).hexdigest()},
    )


def keep_cosigned(
    store: ObjectStore, note: bytes, log: LogKey, witness: WitnessKey, until: dt.datetime
) -> HeadAttestation:
    """Take in a head as a witness signed it, after it was compared with our own tree.

    Raises:
        BadCheckpoint: one of the two did not sign it.
        SplitView: both did, and the head is none of ours; it is kept as evidence.
    """
    seen = open_cosigned(note, log, witness)
    if what := _not_ours(store, seen):
        key = f"{LOG_PREFIX}split/{seen.checkpoint.size:012d}/{hashlib.sha256(note).hexdigest()}"
        put_once(store, key, note, until, NOTE_TYPE)
        raise SplitView(what, key)
    size = seen.checkpoint.size
    found = HeadAttestation.objects.filter(size=size, kind=HeadAttestation.Kind.COSIGNATURE, by=seen.witness).first()
    if found:  # it looked again and nothing was new: the first word on a head is kept
        found.at = max(found.at, seen.at)
        found.save(update_fields=["at"])
        return found
    put_once(store, cosigned_key(size, seen.witness), note, until, NOTE_TYPE)
    return HeadAttestation.objects.create(
        size=size,
        kind=HeadAttestation.Kind.COSIGNATURE,
        by=seen.witness,
        at=seen.at,
        sha256=hashlib.sha256(note).hexdigest(),
    )


def attested_size(index: int) -> int:
    """The head to prove an entry for: the newest timestamped one that holds it, else the newest; 0 before the first."""
    head = LogHead.objects.filter(pk=HEAD).first()
    stamped = (
        HeadAttestation.objects.filter(kind=HeadAttestation.Kind.TIMESTAMP, size__gt=index)
        .order_by("-size")
        .values_list("size", flat=True)
        .first()
    )
    return stamped or (head.published if head else 0)


def attested_checkpoint(store: ObjectStore, size: int) -> tuple[bytes, bytes | None]:
    """The checkpoint of a size with the lines of its witnesses below, and the timestamp over it as it was published."""
    note = store.read(checkpoint_key(size))
    rows = HeadAttestation.objects.filter(size=size).order_by("by")
    for row in rows.filter(kind=HeadAttestation.Kind.COSIGNATURE):
        lines = store.read(cosigned_key(size, row.by)).decode().rpartition("\n\n")[2]
        note += "".join(f"{one}\n" for one in lines.splitlines() if one.startswith(f"— {row.by} ")).encode()
    stamped = rows.filter(kind=HeadAttestation.Kind.TIMESTAMP).exists()
    return note, store.read(timestamp_key(size)) if stamped else None


def _not_ours(store: ObjectStore, seen: Cosigned) -> str:
    """Why a head that our key signed is none of ours; "" for one that is."""
    size, head = seen.checkpoint.size, LogHead.objects.filter(pk=HEAD).first()
    known = head.published if head else 0
    if size > known:
        return f"{seen.witness} saw a log of {size} entries, and we know {known}: ours was set back, or is another"
    if tile_tree(store, known).root(size) != seen.checkpoint.root:
        return f"{seen.witness} saw another log of {size} entries than ours"
    return ""
