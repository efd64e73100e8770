"""Runs one parsing task in a short-lived child process, so that a bad file costs a child and never a worker.

Every end is typed: the task's result, or a `Refusal` with its code. The child is a fresh interpreter without Django,
with an emptied environment, in a process group of its own that is killed as a whole.
"""

import contextlib
import dataclasses
import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO, Any

from ingest.refusals import Refusal

_log = logging.getLogger(__name__)

MEBI = 1024 * 1024

MEMORY_BYTES = 1536 * MEBI
"""Decoding the largest image we take (150 million pixels in four channels) needs 600 MB and its reduction 130 MB more;
pdfium keeps a decoded image twice. Two workers side by side stay under 3 GB."""

CPU_SECONDS = 40
"""A dense A0 drawing renders in about 10 s on one slow core; a child does four pages."""

WALL_SECONDS = 60.0
"""Longer than the processor time, for a machine shared with recognition."""

OUTPUT_BYTES = 64 * MEBI
"""For any one file the child writes: a picture of 32 million pixels at JPEG quality 90 takes 20 MB at the worst."""

OPEN_FILES = 64
"""The original, one picture and the interpreter's modules are open at a time: about a dozen."""

_ANSWER_TAIL_BYTES = 2000
"""How much of what a child said on stderr goes to the log."""

_PACKAGE_ROOT = Path(__file__).resolve().parents[1]


@dataclasses.dataclass(frozen=True, slots=True)
class Limits:
    """What one child may use: address space and one written file in bytes, processor and wall time in seconds."""

    memory_bytes: int = MEMORY_BYTES
    cpu_seconds: int = CPU_SECONDS
    wall_seconds: float = WALL_SECONDS
    output_bytes: int = OUTPUT_BYTES
    open_files: int = OPEN_FILES


DEFAULT_LIMITS = Limits()


def run_sandboxed(task: str, arguments: dict[str, Any], *, limits: Limits = DEFAULT_LIMITS) -> Any:
    """Do a task of `ingest.sandboxed.TASKS` in a child and give its JSON result.

    Raises:
        Refusal: what the task refused, or `too-much-memory`, `took-too-long`, `output-too-large`, `parser-crashed`,
            `parser-failed`, with the page that was begun last where there is one.
    """
    order = {
        "task": task,
        "arguments": arguments,
        "walls": {
            "memory_bytes": limits.memory_bytes,
            "cpu_seconds": limits.cpu_seconds,
            "output_bytes": limits.output_bytes,
            "open_files": limits.open_files,
        },
    }
    # The answer goes to files, which the child's limit on output bounds; a pipe would fill the parent's memory.
    with (
        tempfile.TemporaryDirectory(prefix="yidang-sandbox-") as room,
        (Path(room) / "answer").open("w+b") as answer,
        (Path(room) / "log").open("w+b") as log,
    ):
        ended = _run_child(order, Path(room), answer, log, limits.wall_seconds)
        answer.seek(0)
        return _read_answer(answer, log, ended, limits)


def _run_child(order: dict[str, Any], room: Path, answer: IO[bytes], log: IO[bytes], wall: float) -> int | None:
    """Start the child, hand over the order and wait. Gives its return code, None when it was killed for its time."""
    environment = {"PYTHONPATH": str(_PACKAGE_ROOT), "LANG": "C.UTF-8", "TMPDIR": str(room)}
    child = subprocess.Popen(
        [sys.executable, "-P", "-s", "-m", "ingest.sandboxed"],
        stdin=subprocess.PIPE,
        stdout=answer,
        stderr=log,
        cwd=room,
        env=environment,
        start_new_session=True,
    )
    try:
        child.communicate(json.dumps(order).encode(), timeout=wall)
    except subprocess.TimeoutExpired:
        return None
    finally:
        # Also when the worker itself is interrupted while it waits. The child's session is its group.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    return child.returncode


def _read_answer(answer: IO[bytes], log: IO[bytes], ended: int | None, limits: Limits) -> Any:
    page = None
    for line in answer:
        try:
            said = json.loads(line)
        except ValueError:  # cut off in the middle by the end of the child
            break
        if "result" in said:
            return said["result"]
        if "refusal" in said:
            _note(log, said["refusal"]["code"])
            raise _with_figures(Refusal.from_json(said["refusal"]), page, limits)
        page = said["page"]
    refusal = _refusal_of_death(ended)
    _note(log, f"{refusal.code} at page {page}")
    raise _with_figures(refusal, page, limits)


def _refusal_of_death(ended: int | None) -> Refusal:
    """Why a child that gave no answer ended."""
    if ended is None or ended == -signal.SIGXCPU:
        return Refusal("took-too-long")
    # pdfium ends itself on a trap when it is refused memory; a SIGKILL not of ours is the kernel short of it.
    if ended in {-signal.SIGKILL, *_OUT_OF_MEMORY_SIGNALS}:
        return Refusal("too-much-memory")
    if ended < 0:
        return Refusal("parser-crashed", signal=signal.Signals(-ended).name)
    return Refusal("parser-failed", error=f"exit {ended}")


_OUT_OF_MEMORY_SIGNALS = (-signal.SIGTRAP, -signal.SIGILL)


def _with_figures(refusal: Refusal, page: int | None, limits: Limits) -> Refusal:
    """The refusal with the page it happened at and the limit that was met, so that the message can name both."""
    met = {
        "too-much-memory": limits.memory_bytes // MEBI,
        "took-too-long": round(limits.wall_seconds),
        "output-too-large": limits.output_bytes // MEBI,
    }.get(refusal.code)
    figures = {} if met is None else {"limit": met}
    return Refusal(refusal.code, page=refusal.page or page, **{**figures, **refusal.details})


def _note(log: IO[bytes], end: str) -> None:
    log.seek(0)
    said = log.read(_ANSWER_TAIL_BYTES).decode(errors="replace").strip()
    _log.info("sandbox ended with %s%s", end, f": {said}" if said else "")
