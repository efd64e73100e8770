"""The figures of sealing as tables and as JSON."""

import dataclasses
import json
from collections.abc import Sequence

from bench.sealing import LEVELS, NO_LEVEL, SealingResult
from bench.sealing_ground import KINDS, PLACES
from bench.sealing_memory import SealedSize


def sealing_lines(result: SealingResult) -> list[str]:
    """A table with a line for each place, kind and level: seals a second, and ratios."""
    lines = [
        "| key | level | ours, a second | CPU, ms | place given | pyHanko | ours : pyHanko | key alone | key : ours |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for place in PLACES:
        for kind in KINDS:
            bare = result.of(place, kind, "key alone", NO_LEVEL)
            for level in LEVELS:
                ours, given = (result.of(place, kind, who, level) for who in ("ours", "ours, place given"))
                peer = result.of(place, kind, "pyHanko", level)
                if ours is None or given is None or bare is None:
                    continue
                theirs = (f"{1 / peer.wall:.1f}", f"{peer.wall / ours.wall:.2f}") if peer else ("-", "-")
                cells = (
                    f"{place} {kind}",
                    level,
                    f"{1 / ours.wall:.1f}",
                    f"{ours.cpu * 1000:.0f}",
                    f"{1 / given.wall:.1f}",
                    *theirs,
                    f"{1 / bare.wall:,.0f}",
                    f"1 : {ours.wall / bare.wall:,.0f}",
                )
                lines.append(f"| {' | '.join(cells)} |")
    return [*lines, *(f"left out: {one}" for one in result.left_out)]


def size_lines(rows: Sequence[SealedSize]) -> list[str]:
    """A table of peak memory by size of the file."""
    lines = ["| act | file, MB | peak, MB | s |", "| --- | --- | --- | --- |"]
    lines += [f"| {one.act} | {one.size_mb:.1f} | {one.peak_mb:.0f} | {one.seconds:.1f} |" for one in rows]
    return lines


def sealing_json(result: SealingResult, rows: Sequence[SealedSize]) -> str:
    """One JSON object with both."""
    found = {
        "timings": [dataclasses.asdict(one) for one in result.timings],
        "left_out": list(result.left_out),
        "sizes": [dataclasses.asdict(one) for one in rows],
    }
    return json.dumps(found, ensure_ascii=False)
