"""What the fresh process of one engine does: load, read the first page unmeasured, then every page, measured.

It writes one JSON object a line: first how it loaded, then one for each page as soon as it is read, at last its peak
memory. Between the two it waits for the file named by `--go`, so that several can start together.
"""

import argparse
import dataclasses
import json
import os
import resource
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bench.engines import CONTENDERS, LeftOut, PageRead, Reader
from bench.memory import peak_mb

POLL_SECONDS = 0.01
LONGEST_REASON = 300


def main(arguments: Sequence[str]) -> None:
    """Run one engine as the arguments say."""
    parser = argparse.ArgumentParser()
    parser.add_argument("engine", choices=list(CONTENDERS))
    parser.add_argument("answer", type=Path)
    parser.add_argument("weights_dir", type=Path)
    parser.add_argument("threads", type=int)
    parser.add_argument("images", type=Path, help="a JSON list of paths")
    parser.add_argument("--go", type=Path)
    given = parser.parse_args(arguments)
    images = [Path(name) for name in json.loads(given.images.read_text("utf-8"))]
    with given.answer.open("w", encoding="utf-8") as answer:

        def say(**facts: Any) -> None:
            answer.write(json.dumps(facts, ensure_ascii=False) + "\n")
            answer.flush()

        started, parent = time.perf_counter(), os.getppid()
        try:
            read, version = CONTENDERS[given.engine].open(given.weights_dir, given.threads)
        except LeftOut as reason:
            say(left_out=str(reason))
            return
        load = time.perf_counter() - started
        _page(read, images[0])
        say(version=version, load=load)
        while given.go is not None and not given.go.exists() and os.getppid() == parent:
            time.sleep(POLL_SECONDS)
        _read_all(read, images, say)
        say(peak_mb=peak_mb())


def _read_all(read: Reader, images: Sequence[Path], say: Callable[..., None]) -> None:
    parent = os.getppid()
    for image in images:
        if os.getppid() != parent:
            raise SystemExit("whoever asked is gone")
        cpu_before, before = _cpu(), time.monotonic()
        page, failure = _page(read, image)
        cpu, now = _cpu() - cpu_before, time.monotonic()
        say(**dataclasses.asdict(page), failure=failure, cpu=cpu, began=before, ended=now)


def _page(read: Reader, image: Path) -> tuple[PageRead, str]:
    """The page, or nothing and why: one bad page of one engine must not end the comparison."""
    try:
        return read(image), ""
    except Exception as failure:  # noqa: BLE001 - whatever a peer raises is its result on this page
        return PageRead(()), f"{type(failure).__name__}: {failure}"[:LONGEST_REASON]


def _cpu() -> float:
    """User and system seconds of this process and of its children that ended."""
    parts = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(part.ru_utime + part.ru_stime for part in parts)


if __name__ == "__main__":
    main(sys.argv[1:])
