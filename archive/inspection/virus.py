"""Virus scans by ClamAV where a machine has it: the daemon's client, else the program that loads its signatures itself.

Where there is none, the answer says so; nothing is ever called clean that no scanner has read.
"""

import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from archive.inspection.evidence import VirusFacts

AUTOMATIC: Final = "auto"
CLIENTS: Final = ("clamdscan", "clamscan")
"""The first answers in milliseconds, as its daemon has the signatures loaded; the second loads a gigabyte each time."""
VERSION_SECONDS: Final = 20
SCAN_SECONDS: Final = 300
"""Loading the signatures takes 20 s on a slow disk, scanning some MB/s; half of what a job may take at all."""

_VERSION = re.compile(r"(ClamAV [\w.\-]+)/(\d+)/(.+)")
_FOUND = re.compile(r"(?P<path>.+): (?P<name>\S+) FOUND")
_CLEAN, _INFECTED = 0, 1


def scan_files(files: Mapping[str, Path], *, program: str = AUTOMATIC) -> VirusFacts:
    """Scan files by key with the scanner of this machine.

    `program` is a name or path of a ClamAV client, `auto` for the one that is there, empty for none.
    """
    command = _command(program)
    if command is None:
        return VirusFacts(why="本机没有杀毒软件（ClamAV），未检测病毒")
    version = _version(command)
    if version is None:
        return VirusFacts(why=f"杀毒软件 {Path(command).name} 没有病毒库或没有应答，未检测病毒")
    if not files:
        return VirusFacts(*version)
    return _scan(command, files, version)


def _command(program: str) -> str | None:
    if program != AUTOMATIC:
        return shutil.which(program) if program else None
    return next((found for name in CLIENTS if (found := shutil.which(name))), None)


def _version(command: str) -> tuple[str, str] | None:
    """Program with version, and number and date of its signatures; `ClamAV 1.0.7/27500/Sun Nov 29 08:30:00 2026`."""
    try:
        said = subprocess.run(  # noqa: S603 - the program that the settings name
            [command, "--version"], capture_output=True, text=True, timeout=VERSION_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = _VERSION.search(said.stdout)
    return (found[1], f"{found[2]}（{found[3].strip()}）") if found else None


def _scan(command: str, files: Mapping[str, Path], version: tuple[str, str]) -> VirusFacts:
    keys = {str(path): key for key, path in files.items()}
    descriptors = ["--fdpass"] if Path(command).name == "clamdscan" else []  # the daemon may not read our folder
    order = [command, *descriptors, "--no-summary", "--infected", "--", *keys]
    try:
        said = subprocess.run(  # noqa: S603 - the program that the settings name; files follow "--"
            order, capture_output=True, text=True, timeout=SCAN_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return VirusFacts(*version, why="病毒扫描没有完成（超时或中断）")
    lines = (_FOUND.fullmatch(line) for line in said.stdout.splitlines())
    infected = {keys[line["path"]]: line["name"] for line in lines if line and line["path"] in keys}
    if said.returncode not in {_CLEAN, _INFECTED} or bool(infected) is not (said.returncode == _INFECTED):
        return VirusFacts(*version, infected=infected, why="" if infected else "病毒扫描没有完成，见杀毒软件日志")
    return VirusFacts(*version, infected=infected)
