"""What a key of an object and a name of a file may look like, so that every store and every disk keeps it."""

import re
import unicodedata

from archive.store import StoreError

MAX_KEY_BYTES = 1024
"""S3 refuses longer keys."""
MAX_SEGMENT_BYTES = 255
"""MinIO and SeaweedFS keep a segment as a file name; Linux file systems end at 255 bytes."""
MAX_NAME_BYTES = 180
"""A file name in a package: leaves room for a number before it and stays within Windows' path limit."""

_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}
_FULL_WIDTH = 0xFEE0
_UNSAFE = {ord(c): ord(c) + _FULL_WIDTH for c in '/\\:*?"<>|%'}
_NOT_SHOWN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


class BadKey(StoreError):  # noqa: N818
    """The key cannot be kept alike by every store."""

    code = "store-bad-key"


class BadName(StoreError):  # noqa: N818
    """A name in a package that some disk could not keep, or that would leave the package."""

    code = "archive-bad-name"


def check_key(key: str) -> None:
    """Raise BadKey unless the key is 1 to 1024 UTF-8 bytes of plain segments parted by "/"."""
    try:
        raw = key.encode()
    except UnicodeEncodeError as error:
        raise BadKey(f"key {key!r} is not valid Unicode; give plain text") from error
    if not 0 < len(raw) <= MAX_KEY_BYTES:
        raise BadKey(f"key of {len(raw)} bytes; give 1 to {MAX_KEY_BYTES}")
    if any(unicodedata.category(c) == "Cc" for c in key):
        raise BadKey(f"key {key!r} holds a control character; remove it")
    for segment in key.split("/"):
        if segment in {"", ".", ".."} or len(segment.encode()) > MAX_SEGMENT_BYTES:
            raise BadKey(f"key {key!r}: each part between slashes needs 1 to {MAX_SEGMENT_BYTES} bytes, not . or ..")


def safe_name(name: str) -> str:
    """The nearest file name that Linux, Windows and macOS all keep: NFC, no separators, bounded, never empty."""
    text = unicodedata.normalize("NFC", name).translate(_UNSAFE)
    text = "".join(c for c in text if unicodedata.category(c) not in _NOT_SHOWN)
    text = re.sub(r"\s+", " ", text).strip(" .")
    stem, dot, suffix = text.rpartition(".")
    if not dot or len(suffix.encode()) > 12:  # noqa: PLR2004 - longer is no file type
        stem, dot, suffix = text, "", ""
    if stem.split(".")[0].strip().lower() in _RESERVED:
        stem = f"_{stem}"
    room = MAX_NAME_BYTES - len((dot + suffix).encode())
    stem = stem.encode()[:room].decode(errors="ignore").rstrip(" .") or "_"
    return unicodedata.normalize("NFC", stem + dot + suffix)


def check_path(path: str) -> None:
    """Raise BadName unless every part of a package path is already its own safe name."""
    for part in path.split("/"):
        if safe_name(part) != part:
            raise BadName(f"path {path!r}: {part!r} is no safe file name; use {safe_name(part)!r}")
