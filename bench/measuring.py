"""Running an engine on page images in fresh processes, and what that took: CPU, wall time, memory, throughput."""

import contextlib
import dataclasses
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import psutil

from bench.engines import CONTENDERS, LeftOut, PageRead

ENGINE_SECONDS = 3600
"""One engine on all pages; beyond this it hangs."""

SAMPLE_SECONDS = 0.05
"""How often the memory of a program's processes is looked at: a page takes them seconds."""

LAST_WORDS = 2000
"""Characters of a dead process's complaint that are passed on."""

ROOT = Path(__file__).resolve().parents[1]
_MEGABYTE = 1 << 20

OnPage = Callable[[int], None]
"""Told how many pages were read since it was last told."""


class EngineFailed(RuntimeError):  # noqa: N818 - reads as the fact it states
    """An engine's process ended before its work did."""

    code = "bench.engine-failed"


@dataclasses.dataclass(frozen=True, slots=True)
class PageTaken:
    """One page as one engine read it: what, at what cost in seconds, from when to when, and why it failed if it did."""

    read: PageRead
    cpu: float
    began: float
    ended: float
    failure: str = ""

    @property
    def wall(self) -> float:
        """Seconds from begin to end."""
        return self.ended - self.began


@dataclasses.dataclass(frozen=True, slots=True)
class Run:
    """One engine on pages, in page order: version, seconds to load, peak megabytes, and the pages."""

    version: str
    load: float
    peak_mb: float
    pages: tuple[PageTaken, ...]

    @property
    def cpu(self) -> float:
        """Mean CPU seconds a page."""
        return statistics.fmean(page.cpu for page in self.pages)

    @property
    def wall(self) -> float:
        """Mean wall seconds a page."""
        return statistics.fmean(page.wall for page in self.pages)

    @property
    def rate(self) -> float:
        """Pages a second, from the first page's begin to the last one's end."""
        span = max(page.ended for page in self.pages) - min(page.began for page in self.pages)
        return len(self.pages) / span


def cores() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0))


def measure(  # noqa: PLR0913 - what runs on what, and how
    engine: str,
    images: Sequence[Path],
    weights_dir: Path,
    *,
    threads: int = 1,
    processes: int = 1,
    on_page: OnPage | None = None,
) -> Run:
    """One engine on these pages, shared between so many processes that begin together.

    Raises:
        LeftOut: The engine is not installed here.
        EngineFailed: It died or hung.
    """
    shares = [list(images[first::processes]) for first in range(min(processes, len(images)))]
    with tempfile.TemporaryDirectory(prefix="yidang-bench-") as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        workers = [
            stack.enter_context(_started(engine, share, folder / str(number), weights_dir, threads))
            for number, share in enumerate(shares)
        ]
        sampled = _watch(workers, folder / "go", on_page or (lambda _: None))
        answers = [worker.answer() for worker in workers]
    taken: list[PageTaken | None] = [None] * len(images)
    for first, answer in enumerate(answers):
        taken[first::processes] = [_taken(page) for page in answer[1:-1]]
    own = 0.0 if CONTENDERS[engine].program else sum(answer[-1]["peak_mb"] for answer in answers)
    head = answers[0][0]
    return Run(
        head["version"],
        max(answer[0]["load"] for answer in answers),
        max(own, sampled),
        tuple(page for page in taken if page is not None),
    )


def _taken(said: dict[str, Any]) -> PageTaken:
    read = PageRead(tuple((text, box) for text, box in said["lines"]), said["reading"])
    return PageTaken(read, said["cpu"], said["began"], said["ended"], said["failure"])


@dataclasses.dataclass(slots=True)
class _Worker:
    """A running engine: its process, where it writes answer and complaints, its pages and how many were seen read."""

    engine: str
    process: "subprocess.Popen[bytes]"
    written: Path
    complaints: Path
    pages: int
    seen: int = 0

    def lines(self) -> int:
        """Complete lines written so far."""
        return self.written.read_bytes().count(b"\n") if self.written.exists() else 0

    def answer(self) -> list[dict[str, Any]]:
        """Everything it said. Raises `LeftOut`, `EngineFailed`."""
        said = [json.loads(line) for line in self.written.read_text("utf-8").splitlines()]
        if said and "left_out" in said[0]:
            raise LeftOut(said[0]["left_out"])
        if self.process.returncode or not said or "peak_mb" not in said[-1]:
            complaint = self.complaints.read_text("utf-8", errors="replace")[-LAST_WORDS:]
            raise EngineFailed(f"{self.engine} ended with {self.process.returncode} after {len(said)}: {complaint}")
        return said


@contextlib.contextmanager
def _started(engine: str, images: Sequence[Path], folder: Path, weights_dir: Path, threads: int) -> Iterator[_Worker]:
    folder.mkdir()
    listed, answer, complaints = folder / "images.json", folder / "answer.jsonl", folder / "complaints.txt"
    listed.write_text(json.dumps([str(image.resolve()) for image in images]), "utf-8")
    answer.touch()
    command = [sys.executable, "-m", "bench.worker", engine, str(answer), str(weights_dir.resolve()), str(threads)]
    command += [str(listed), "--go", str(folder.parent / "go")]
    with complaints.open("wb") as errors:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors, cwd=ROOT)
    try:
        yield _Worker(engine, process, answer, complaints, len(images))
    finally:
        if process.poll() is None:
            for child in psutil.Process(process.pid).children(recursive=True):
                child.kill()
            process.kill()
        process.wait()


def _watch(workers: Sequence[_Worker], go: Path, on_page: OnPage) -> float:
    """Give the sign when all are ready, and look on until they end; the most megabytes their trees held at once.

    Of a program the tree below the worker counts, of a library the worker as well; memory that processes share counts
    once (proportional set size). Raises `EngineFailed` where they hang.
    """
    began, most = time.monotonic(), 0.0
    while any(worker.process.poll() is None for worker in workers):
        if time.monotonic() - began > ENGINE_SECONDS:
            raise EngineFailed(f"{workers[0].engine} has not ended after {ENGINE_SECONDS} s")
        lines = [worker.lines() for worker in workers]
        ready = [count > 0 or worker.process.poll() is not None for worker, count in zip(workers, lines, strict=True)]
        if all(ready) and not go.exists():
            go.touch()
        for worker, count in zip(workers, lines, strict=True):
            done = min(max(0, count - 1), worker.pages)
            on_page(done - worker.seen)
            worker.seen = done
        if CONTENDERS[workers[0].engine].program:
            most = max(most, sum(_children_mb(worker.process.pid) for worker in workers))
        time.sleep(SAMPLE_SECONDS)
    return most


def _children_mb(pid: int) -> float:
    total = 0
    with contextlib.suppress(psutil.Error):
        for child in psutil.Process(pid).children(recursive=True):
            with contextlib.suppress(psutil.Error):
                total += child.memory_full_info().pss
    return total / _MEGABYTE
