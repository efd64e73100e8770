"""Word and Excel files to PDF through LibreOffice, where it is installed: derived pages to read; the original is kept.

LibreOffice runs behind walls like every parser here, with a profile of its own that is thrown away: no network, no
macros, no links followed, limits on memory, time and output. The Chinese fonts that we bring along are shown to it, so
that text has a shape on every machine.
"""

import contextlib
import dataclasses
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from xml.sax.saxutils import escape

from ingest.inspection import inspect
from ingest.inspection_types import Inspection
from ingest.refusals import Refusal
from ingest.sandbox import MEBI, Limits, run_sandboxed

OFFICE_LIMITS = Limits(
    memory_bytes=4096 * MEBI,
    cpu_seconds=120,
    wall_seconds=150.0,
    output_bytes=300 * MEBI,
    open_files=512,
)
"""LibreOffice maps 1.5 GB of address space before it does anything and opens 150 files; a first start takes 2 s of
processor time, a text of 300 pages 20 s."""

_PACKAGE_ROOT = Path(__file__).resolve().parents[1]
_TAIL_BYTES = 16 * 1024
_MOMENTS = (
    re.compile(rb"(/CreationDate\(D:\d{8})(\d{6})"),
    re.compile(rb"(/CreationDate\(D:)(\d{8})"),
    re.compile(rb"(/ID \[ <)([0-9A-F]{32})"),
    re.compile(rb"(/ID \[ <0{32}>\s*<)([0-9A-F]{32})"),
    re.compile(rb"(/DocChecksum /)([0-9A-F]{32})"),
)
"""What differs between two conversions of one file."""

_FILTERS = {
    "docx": "MS Word 2007 XML",
    "xlsx": "Calc MS Excel 2007 XML",
    "doc": "MS Word 97",
    "xls": "MS Excel 97",
}
"""How each kind is to be read: left to itself, LibreOffice shows what it cannot read as pages of signs."""

_SETTINGS = {
    "/org.openoffice.Office.Common/Security/Scripting": {
        "MacroSecurityLevel": "3",
        "DisableMacrosExecution": "true",
        "DisableActiveContent": "true",
        "BlockUntrustedRefererLinks": "true",
        "DisablePythonRuntime": "true",
    },
    "/org.openoffice.Office.Writer/Content/Update": {"Link": "0"},
    "/org.openoffice.Office.Calc/Content/Update": {"Link": "2"},
    "/org.openoffice.Office.Common/Misc": {"UseLocking": "false"},
}
"""Macros never run, links are never followed, whatever the document says."""


def inspect_with_office(
    path: Path, folder: Path, *, office: str = "", seal_roots: Iterable[bytes] = (), seal_lists: Iterable[bytes] = ()
) -> tuple[Inspection, Path]:
    """Inspect a file, and where it is an Office file and there is LibreOffice, turn it into a PDF in `folder` first.

    Args:
        path: the file as it came.
        folder: where the PDF is written.
        office: LibreOffice's program (`soffice`), by name or path; empty: there is none.
        seal_roots: as for `inspect`.
        seal_lists: as for `inspect`.

    Returns:
        The inspection and the file whose pages are to be shown: `path` itself, or the PDF where it was `converted`.

    Raises:
        Refusal: as `inspect`; for Office files `office-encrypted`, `office-macros`, `office-links`,
            `office-not-converted` and the ends of the sandbox; `office-not-paged` where there is no LibreOffice.
    """
    try:
        return inspect(path, seal_roots=seal_roots, seal_lists=seal_lists), path
    except Refusal as refusal:
        program = shutil.which(office) if office else None
        if refusal.code != "office-not-paged" or program is None:
            raise
    kind = run_sandboxed("inspect-office", {"path": str(path.resolve())})
    pdf = convert_to_pdf(path, folder, program=program, ending=kind["ending"])
    found = inspect(pdf)
    size = path.stat().st_size
    return dataclasses.replace(found, media_type=kind["media_type"], size=size, converted=True), pdf


def convert_to_pdf(path: Path, folder: Path, *, program: str, ending: str, limits: Limits = OFFICE_LIMITS) -> Path:
    """The PDF that LibreOffice makes of a file, in `folder`. `ending` is what the content is (docx, xlsx, doc, xls).

    Raises:
        Refusal: `office-not-converted`, `took-too-long`.
    """
    with tempfile.TemporaryDirectory(prefix="yidang-office-") as name:
        room = Path(name)
        source = room / f"document.{ending}"
        shutil.copyfile(path, source)
        _write_profile(room)
        command = [
            program,
            f"-env:UserInstallation=file://{room}/profile",
            *("--headless", "--norestore", "--nolockcheck", "--nodefault", "--nofirststartwizard"),
            *([f"--infilter={_FILTERS[ending]}"] if ending in _FILTERS else []),
            *("--convert-to", "pdf", "--outdir", str(room / "out"), str(source)),
        ]
        _run(command, room, limits)
        made = room / "out" / "document.pdf"
        if not made.is_file() or made.stat().st_size == 0:
            raise Refusal("office-not-converted")
        _forget_the_moment(made)
        target = folder / "converted.pdf"
        shutil.move(made, target)
    return target


def _forget_the_moment(pdf: Path) -> None:
    """Overwrite, byte for byte, the time and the numbers drawn from it, so that one file always gives one PDF.

    LibreOffice writes them into the last objects of the file (before version 24.2 it knows no SOURCE_DATE_EPOCH).
    """
    with pdf.open("r+b") as file:
        start = max(0, file.seek(0, os.SEEK_END) - _TAIL_BYTES)
        file.seek(start)
        tail = file.read()
        for pattern in _MOMENTS:
            tail = pattern.sub(lambda found: found[1] + b"0" * len(found[2]), tail)
        file.seek(start)
        file.write(tail)


def _run(command: list[str], room: Path, limits: Limits) -> None:
    order = {
        "walls": {
            "memory_bytes": limits.memory_bytes,
            "cpu_seconds": limits.cpu_seconds,
            "output_bytes": limits.output_bytes,
            "open_files": limits.open_files,
        },
        "command": command,
        "environment": {
            "HOME": str(room),
            "TMPDIR": str(room),
            "PATH": "/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "SAL_USE_VCLPLUGIN": "svp",
            "FONTCONFIG_FILE": str(room / "fonts.conf"),
        },
    }
    with (room / "log").open("w+b") as log:
        child = subprocess.Popen(
            [sys.executable, "-P", "-s", "-m", "ingest.office_child"],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            cwd=room,
            env={"PYTHONPATH": str(_PACKAGE_ROOT), "LANG": "C.UTF-8"},
            start_new_session=True,
        )
        try:
            child.communicate(json.dumps(order).encode(), timeout=limits.wall_seconds)
        except subprocess.TimeoutExpired:
            raise Refusal("took-too-long", limit=round(limits.wall_seconds)) from None
        finally:
            # The starter and what it started are one group.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
    if child.returncode == -signal.SIGXCPU:
        raise Refusal("took-too-long", limit=limits.cpu_seconds)


def _write_profile(room: Path) -> None:
    import pylopdf_fonts_zh_cn

    items = "".join(
        f'<item oor:path="{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
        for path, properties in _SETTINGS.items()
        for name, value in properties.items()
    )
    user = room / "profile" / "user"
    user.mkdir(parents=True)
    (user / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry" '
        f'xmlns:xs="http://www.w3.org/2001/XMLSchema">{items}</oor:items>'
    )
    ours = escape(str(Path(pylopdf_fonts_zh_cn.__file__).parent))
    (room / "fonts.conf").write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f"<dir>{ours}</dir><dir>/usr/share/fonts</dir><dir>/usr/local/share/fonts</dir>"
        f"<cachedir>{escape(str(room))}/fontcache</cachedir></fontconfig>"
    )
