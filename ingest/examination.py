"""A file that somebody wants verified is looked at in a child of its own; so is a certificate, for its picture."""

import dataclasses
import datetime as dt
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ingest.refusals import Refusal
from ingest.sandbox import MEBI, Limits, run_sandboxed
from signing import not_judged

EXAMINE_LIMITS = Limits(memory_bytes=1024 * MEBI, cpu_seconds=20, wall_seconds=40.0, output_bytes=4 * MEBI)
"""A certificate takes about two seconds. Anybody may ask, so a file that needs much more is left unjudged."""
FACE_LIMITS = Limits(memory_bytes=1024 * MEBI, cpu_seconds=20, wall_seconds=60.0, output_bytes=8 * MEBI)


@dataclasses.dataclass(frozen=True, slots=True)
class Examination:
    """What a file shows: the judgement of its seals (`Validation.to_json`), its codes, its lines of text by page.

    `edition`: of an OFD whose seals hold, the SHA-256 of the PDF that it is an edition of.
    A page that is one scan has no lines: what lies under it was recognised, not printed.
    """

    validation: dict[str, Any]
    codes: tuple[str, ...] = ()
    lines: tuple[tuple[str, ...], ...] = ()
    edition: str = ""


def examine(
    path: Path,
    *,
    roots: Iterable[bytes] = (),
    lists: Iterable[bytes] = (),
    ofd_roots: Iterable[bytes] = (),
    at: dt.datetime,
) -> Examination:
    """Judge a file by these roots and revocation lists (DER). Whatever it holds, there is an answer."""
    arguments = {
        "path": str(path.resolve()),
        "roots": [one.hex() for one in roots],
        "lists": [one.hex() for one in lists],
        "ofd_roots": [one.hex() for one in ofd_roots],
        "at": at.isoformat(),
    }
    try:
        found = run_sandboxed("examine", arguments, limits=EXAMINE_LIMITS)
    except Refusal:
        return Examination(not_judged())
    return Examination(found["validation"], tuple(found["codes"]), tuple(map(tuple, found["lines"])), found["edition"])


def faces(path: Path) -> list[bytes]:
    """The pages of a certificate as small marked pictures (JPEG).

    Raises:
        Refusal: it is no PDF that can be drawn, or an end of the sandbox.
    """
    with tempfile.TemporaryDirectory(prefix="yidang-faces-") as folder:
        arguments = {"path": str(path.resolve()), "out_dir": folder}
        names: list[str] = run_sandboxed("faces", arguments, limits=FACE_LIMITS)
        return [(Path(folder) / name).read_bytes() for name in names]
