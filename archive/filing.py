"""Putting the objects of a package into the archive store."""

import contextlib
import datetime as dt
from collections.abc import Callable
from typing import BinaryIO

from archive.digests import object_key
from archive.store import AlreadyExists, Lock, ObjectStore

MATERIALS_ROLE = "材料目录"
"""The element that lists what a later case may use again; `archive.holdings` is filled from it alone."""


def keep_locked(
    vault: ObjectStore, sha256: str, media_type: str, until: dt.datetime, source: Callable[[str], BinaryIO]
) -> None:
    """Have the object of this digest in the archive, locked at least until then.

    Bytes that are there already are not written again; their lock is lengthened if it ends sooner.
    """
    key = object_key(sha256)
    with contextlib.suppress(AlreadyExists), contextlib.closing(source(sha256)) as stream:
        vault.put(key, stream, sha256=sha256, content_type=media_type, lock=Lock(until), if_absent=True)
        return
    kept = vault.stat(key)
    if kept.retain_until is None or kept.retain_until < until:
        vault.extend_retention(key, kept.version, Lock(until))
