"""Putting a package into the archive store, and its materials into the reuse index."""

import contextlib
import datetime as dt
import json
from collections.abc import Callable
from typing import Any, BinaryIO

from archive.digests import object_key
from archive.manifest import Manifest
from archive.models import HeldMaterial, Package
from archive.store import AlreadyExists, Lock, ObjectStore

MATERIALS_ROLE = "材料目录"
"""The element that lists what a later case may use again; the reuse index is made from it alone."""


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


def index_materials(
    package: Package, manifest: Manifest, read: Callable[[str], bytes], *, now: dt.datetime
) -> list[HeldMaterial]:
    """Enter the materials that a package lists into the reuse index; doing it again changes nothing."""
    sizes = {element.sha256: element for element in manifest.elements}
    held = []
    for row in _listed(manifest, read):
        element = sizes[row["sha256"]]
        entry, _ = HeldMaterial.objects.get_or_create(
            package=package,
            type=row["type"],
            sha256=row["sha256"],
            subject=row["subject"],
            defaults={
                "name": row["name"],
                "subject_kind": row["subject_kind"],
                "number": row["number"],
                "valid_until": row["valid_until"],
                "sm3": element.sm3,
                "size": element.size,
                "media_type": element.media_type,
                "pages": row["pages"],
                "fields": _fields(row),
                "held_since": now,
            },
        )
        held.append(entry)
    return held


def refill_materials(package: Package, manifest: Manifest, read: Callable[[str], bytes]) -> None:
    """Give materials that came back without them the number and the fields that the package's own list has."""
    for row in _listed(manifest, read):
        same = {"type": row["type"], "sha256": row["sha256"], "subject": row["subject"]}
        told = {"number": row["number"], "fields": _fields(row)}
        HeldMaterial.objects.filter(package=package, number="", fields={}, **same).update(**told)


def _listed(manifest: Manifest, read: Callable[[str], bytes]) -> list[dict[str, Any]]:
    listed = next((e for e in manifest.elements if e.role == MATERIALS_ROLE), None)
    rows: list[dict[str, Any]] = json.loads(read(listed.sha256)) if listed else []
    return rows


def _fields(row: dict[str, Any]) -> dict[str, Any]:
    return {name: _numbers(value) for name, value in row["fields"].items()}


def _numbers(value: dict[str, Any]) -> dict[str, Any]:
    """A field as the case had it: scores and corners are text in the package and numbers again here."""
    return {**value, "score": float(value["score"]), "box": [[float(x), float(y)] for x, y in value["box"]]}
