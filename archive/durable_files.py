"""Writing files so that an acknowledged write survives a killed process and a power cut."""

import contextlib
import errno
import fcntl
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from archive.store import StoreError, Unavailable

FILE_MODE = 0o440
"""Kept bytes are read-only even for their owner: a slip of another program cannot change them."""
DIRECTORY_MODE = 0o750
"""Nobody outside the group of the service can list what is kept."""
TEMPORARY_PREFIX = ".t-"

NO_SPACE = {errno.ENOSPC, errno.EDQUOT}
"""The disk, or what this user may have of it, is full."""
_PASSING = NO_SPACE | {errno.EROFS, errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM}


def full_words(name: str, folder: Path) -> str:
    """What is said of a full disk: which, how much is free, and what to do."""
    try:
        space = os.statvfs(folder)
    except OSError:  # gone altogether
        free = ""
    else:
        free = f"，剩余 {space.f_bavail * space.f_frsize / (1 << 20):.1f} MiB"
    return f"{name}：磁盘已满{free}；请清理或扩容，之后自动继续"


@contextlib.contextmanager
def file_errors(name: str, folder: Path) -> Iterator[None]:
    """Turn an operating system's refusal in a folder into `Unavailable` (wait and try again) or `StoreError`."""
    try:
        yield
    except OSError as error:
        if error.errno in NO_SPACE:
            raise Unavailable(full_words(name, folder)) from error
        if error.errno in _PASSING:
            raise Unavailable(f"{name}: {error.strerror}; repair the disk, then try again") from error
        raise StoreError(f"{name}: {error}; check the owner and the rights of the archive folder") from error


def sync_directory(directory: Path) -> None:
    """Make the names in a directory durable; without this a new file may be lost on power failure."""
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_directories(directory: Path) -> None:
    """Create a directory and its parents, each made durable in its parent."""
    if directory.is_dir():
        return
    make_directories(directory.parent)
    with contextlib.suppress(FileExistsError):
        directory.mkdir(mode=DIRECTORY_MODE)
        sync_directory(directory.parent)


def write_all(handle: int, data: bytes) -> None:
    """Write every byte: `os.write` may stop short, and a short record is a lost one."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(handle, rest) :]


def create_temporary(directory: Path) -> tuple[int, Path]:
    """Open a new read-only-to-be file for writing; the caller closes it, then renames or removes it."""
    path = directory / f"{TEMPORARY_PREFIX}{secrets.token_hex(12)}"
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE), path


def replace_file(path: Path, data: bytes) -> None:
    """Write a file so that a reader, also after a crash, sees the old bytes or the new, never a mixture."""
    handle, temporary = create_temporary(path.parent)
    try:
        try:
            write_all(handle, data)
            os.fsync(handle)
        finally:
            os.close(handle)
        temporary.rename(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_directory(path.parent)


@contextlib.contextmanager
def locked_directory(directory: Path) -> Iterator[None]:
    """Hold a directory for one writer, among threads and among processes; the lock dies with the process."""
    make_directories(directory)
    handle = os.open(directory / ".lock", os.O_RDWR | os.O_CREAT, 0o640)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def sweep_temporaries(directory: Path, *, older_than: float) -> int:
    """Remove temporary files last written before a POSIX time; a killed writer leaves them. Returns the number."""
    swept = 0
    for path in directory.glob(f"{TEMPORARY_PREFIX}*"):
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_mtime < older_than:
                path.unlink()
                swept += 1
    return swept
