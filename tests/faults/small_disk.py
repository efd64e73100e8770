"""A really small file system, so that a disk is full as disks are: in the middle of a write."""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

KIB = 1 << 10
UNLIMITED_KIB = 256 * KIB


class SmallDisk:
    """A file system in memory, mounted on a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def take(self, what: Path) -> None:
        """Move what lies in a folder here, if it was made yet."""
        if not what.exists():
            return
        shutil.copytree(what, self.folder, dirs_exist_ok=True)
        shutil.rmtree(what)

    def leave_free(self, kib: int) -> None:
        """Make it so small that so much is free; zero free is as full as a disk gets."""
        space = os.statvfs(self.folder)
        used = (space.f_blocks - space.f_bfree) * space.f_frsize
        _run("mount", "-o", f"remount,size={used // KIB + kib}k", str(self.folder))

    def make_room(self) -> None:
        """What the person does who reads that it is full."""
        _run("mount", "-o", f"remount,size={UNLIMITED_KIB}k", str(self.folder))


@contextlib.contextmanager
def small_disk(folder: Path) -> Iterator[SmallDisk]:
    """Mount one; the test is skipped where that is not allowed."""
    folder.mkdir(parents=True)
    try:
        _run("mount", "-t", "tmpfs", "-o", f"size={UNLIMITED_KIB}k", "yidang-test", str(folder))
    except (OSError, subprocess.CalledProcessError) as refused:
        pytest.skip(f"a small file system cannot be mounted here: {refused}")
    (folder / "others").write_bytes(b"x")  # a size of nothing would mean no limit
    try:
        yield SmallDisk(folder)
    finally:
        _run("umount", "--lazy", str(folder))


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
