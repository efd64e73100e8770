"""A secret that is made at first start and kept: whole or not there, and the same for all who ask at once."""

import contextlib
import os
import secrets
from collections.abc import Callable
from pathlib import Path

OWNER_ONLY = 0o600


def made_once(path: Path, make: Callable[[], bytes]) -> bytes:
    """What a file holds, made at the first call and readable by its owner only.

    Portal, workers and clock of an installation start beside each other: of several that find nothing, one puts its
    secret there and the others take that one. The file gets its name when it is written and synced, so nobody reads
    an empty one.

    Raises:
        OSError: the folder cannot be written, or the file not read.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        try:
            _write(draft, make())
            with contextlib.suppress(FileExistsError):  # another was first
                os.link(draft, path)
        finally:
            draft.unlink(missing_ok=True)
    return path.read_bytes()


def _write(path: Path, data: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
