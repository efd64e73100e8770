"""Every day a timestamp over the log's head, every hour what the witnesses say of it; another log than ours is told."""

import datetime as dt
import hashlib
import urllib.error
import urllib.request
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

import archive
from archive import BadCheckpoint, LogKey, SplitView, WitnessKey, append_event
from signing import check_token
from workers import zones
from workers.exporting import log_public_key
from workers.installation import timestamps
from workers.locking import locked_until

FETCH_SECONDS = 20.0
"""A witness that needs longer is asked again in an hour."""
MOST_NOTE_BYTES = 64 << 10
"""As large as a note may be (archive.checkpoint)."""
WITNESS_SILENT = dt.timedelta(hours=26)
"""A day and two hours: a witness runs every hour, and its machine may be off for a night."""


def stamp_head() -> bool:
    """Have the newest published head timestamped (RFC 3161) and kept; False where that one has been.

    Raises:
        TimestampUnavailable, Unavailable: the authority or the store cannot now; the next run asks again.
    """
    head = archive.LogHead.objects.filter(pk=archive.HEAD).first()
    size = head.published if head else 0
    stamped = archive.HeadAttestation.objects.filter(size=size, kind=archive.HeadAttestation.Kind.TIMESTAMP)
    if not size or stamped.exists():
        return False
    store = zones.zone("archive")
    digest = hashlib.sha256(store.read(archive.checkpoint_key(size))).digest()
    token = timestamps().token(digest, "sha256")
    check_token(token, digest, "sha256")
    now = timezone.now()
    with transaction.atomic():
        archive.keep_timestamp(store, size, token, locked_until(now), now)
        details = {"size": size}
        append_event("head-timestamped", object_sha256=hashlib.sha256(token).hexdigest(), details=details, now=now)
    return True


def collect_cosignatures() -> dict[str, str]:
    """Ask every witness of the settings for the newest head it signed; returns what came of it, by name.

    What a witness saw and is none of ours is kept in the store and told by an event, once.
    """
    log = LogKey.parse(log_public_key())
    return {witness.name: _collect(log, witness, place) for witness, place in witnesses()}


def witnesses() -> list[tuple[WitnessKey, str]]:
    """The witnesses of the settings' file: on each line the key (`name+id+base64`) and where its note lies.

    Raises:
        BadCheckpoint: a line holds no key.
    """
    path: Path | None = settings.WITNESSES
    lines = path.read_text().splitlines() if path and path.exists() else []
    pairs = (line.partition(" ") for line in lines if line.strip() and not line.startswith("#"))
    return [(WitnessKey.parse(key), place.strip()) for key, _, place in pairs]


def silent_witnesses(now: dt.datetime) -> list[str]:
    """Names of the witnesses that have not signed for a day and more, or never."""
    rows = archive.HeadAttestation.objects.filter(kind=archive.HeadAttestation.Kind.COSIGNATURE)
    heard = set(rows.filter(at__gt=now - WITNESS_SILENT).values_list("by", flat=True))
    return [witness.name for witness, _ in witnesses() if witness.name not in heard]


def _collect(log: LogKey, witness: WitnessKey, place: str) -> str:
    now = timezone.now()
    try:
        note = _fetch(place)
        with transaction.atomic():
            row = archive.keep_cosigned(zones.zone("archive"), note, log, witness, locked_until(now))
    except (urllib.error.URLError, OSError) as reason:
        return f"不能取得：{reason}"
    except BadCheckpoint as reason:
        return f"签名无效：{reason}"
    except SplitView as reason:
        _tell_split(reason, witness.name, now)
        return f"日志分叉：{reason}；证据已保存为 {reason.key}"
    return f"见证到第 {row.size} 条"


def _fetch(place: str) -> bytes:
    if place.startswith(("https://", "http://")):
        with urllib.request.urlopen(place, timeout=FETCH_SECONDS) as answer:  # noqa: S310 - named in the settings
            found: bytes = answer.read(MOST_NOTE_BYTES)
            return found
    with Path(place).open("rb") as file:
        return file.read(MOST_NOTE_BYTES)


def _tell_split(reason: SplitView, witness: str, now: dt.datetime) -> None:
    details = {"witness": witness, "key": reason.key, "what": str(reason)}
    if not archive.Event.objects.filter(kind="log-split-view", details__key=reason.key).exists():
        append_event("log-split-view", details=details, now=now)
