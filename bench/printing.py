"""The figures of a run as plain tables, and as JSON for programs."""

import dataclasses
import itertools
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bench.comparing import Aim, Comparison, Standing, aims
from bench.engines import CONTENDERS
from bench.pages import SET_NAMES
from bench.scoring import Tally
from bench.seals import SealFigures
from bench.understanding import by_field, by_rotation, confusion

if TYPE_CHECKING:
    from bench.results import Result

Rows = Sequence[Sequence[str]]

MET = {True: "met", False: "NOT MET", None: "not measured"}


def as_tables(result: "Result") -> str:
    """Every table, one below the other."""
    comparison = result.comparison
    standings = comparison.standings
    head = (
        f"{comparison.pages} pages, {comparison.threads} thread(s), each engine in fresh processes, first page read "
        f"once before to warm up;\npages/s with {comparison.cores} processes of one thread each"
    )
    parts = [
        head,
        as_table(engine_rows(comparison)),
        "\n".join(f"{one.engine}: {CONTENDERS[one.engine].what} ({one.run.version})" for one in standings),
        "\n".join(f"left out: {reason}" for reason in reasons(result)),
        "Character error % by set, and texts without an error\n" + as_table(set_rows(comparison)),
        "\n".join(f"aim: {aim.what}: {aim.measured}: {MET[aim.met]}" for aim in aims(comparison)),
    ]
    if result.reads:
        parts += _ours(result)
    return "\n\n".join(part for part in parts if part)


def reasons(result: "Result") -> list[str]:
    """What was left out, and why."""
    return [*(f"{engine}: {reason}" for engine, reason in result.comparison.left_out.items()), *result.left_out]


def _ours(result: "Result") -> list[str]:
    judged = result.understanding
    right = sum(one.right for one in judged.typed)
    torn = sum(one.parts != 1 for one in judged.typed)
    confused = [f"{true} taken for {guess or 'none'}: {count}" for (true, guess), count in confused_types(result)]
    exact = sum(field.right for field in judged.fielded)
    return [
        f"Ours on all {sum(len(read.pages) for read in result.reads)} pages\n{as_table(own_rows(result))}",
        "\n".join([f"types: {right} of {len(judged.typed)} right; {torn} documents cut in parts", *confused]),
        f"upright\n{as_table(turn_rows(result))}",
        f"cells of the real form: {judged.cells[0]} of {judged.cells[1]}" if judged.cells[1] else "",
        f"seals\n{as_table(seal_rows(result))}" if result.seals.figures else "",
        f"fields: {exact} of {len(judged.fielded)} exact; those with misses\n{as_table(field_rows(result))}",
    ]


def confused_types(result: "Result") -> list[tuple[tuple[str, str], int]]:
    """True type, wrong type and how often, most frequent first."""
    counts = confusion(result.understanding.typed)
    return sorted((item for item in counts.items() if item[0][0] != item[0][1]), key=lambda item: (-item[1], item[0]))


def engine_rows(comparison: Comparison) -> list[tuple[str, ...]]:
    """The comparison: every figure, and beside it how it stands to ours."""
    header: tuple[str, ...] = (
        "engine",
        "CER %",
        "to ours",
        "exact %",
        "to ours",
        "CPU s/page",
        "to ours",
        "wall s/page",
        "to ours",
    )
    header = (*header, "pages/s", "to ours", "peak MB", "to ours", "load s", "failed")
    if not comparison.standings:
        return [header]
    ours = comparison.standings[0]
    return [
        header,
        *(
            (
                one.engine,
                *_beside(100 * one.total.cer, 100 * ours.total.cer, 2),
                *_beside(100 * one.total.exact, 100 * ours.total.exact, 1),
                *_beside(one.run.cpu, ours.run.cpu, 2),
                *_beside(one.run.wall, ours.run.wall, 2),
                *_beside(one.rate, ours.rate, 2),
                *_beside(one.run.peak_mb, ours.run.peak_mb, 0),
                f"{one.run.load:.1f}",
                str(one.failed),
            )
            for one in comparison.standings
        ),
    ]


def set_rows(comparison: Comparison) -> list[tuple[str, ...]]:
    """Error, exact texts and surplus by set."""
    header = ("engine", *(cell for name in comparison.sets for cell in (f"{name} CER %", "exact", "added %")))
    rows = ((one.engine, *_set_cells(one, comparison)) for one in comparison.standings)
    return [header, *rows]


def _set_cells(one: Standing, comparison: Comparison) -> tuple[str, ...]:
    return tuple(itertools.chain.from_iterable(_counted(one.of_set(name)) for name in comparison.sets))


def own_rows(result: "Result") -> list[tuple[str, ...]]:
    """Ours on everything, by set and wear."""
    counts: dict[tuple[str, str], Tally] = {}
    for read in result.reads:
        key = (read.subject.set, read.subject.wear)
        counts[key] = counts.get(key, Tally()) + read.tally
    rows = [("set", "wear", "CER %", "exact", "added %")]
    return [*rows, *((name, wear or "-", *_counted(count)) for (name, wear), count in sorted(counts.items()))]


def turn_rows(result: "Result") -> list[tuple[str, ...]]:
    """Pages that came to stand upright, by how they were laid."""
    counts = sorted(by_rotation(result.understanding.turned).items())
    return [("laid", "upright"), *((f"{laid}°", f"{right} of {known}") for laid, (right, known) in counts)]


def field_rows(result: "Result") -> list[tuple[str, ...]]:
    """Fields that were missed, by name, the worst first."""
    counts = by_field(result.understanding.fielded).items()
    missed = ((name, f"{right} of {known}") for name, (right, known) in counts if right < known)
    return [("field", "exact"), *missed]


def seal_rows(result: "Result") -> list[tuple[str, ...]]:
    """Seals by kind and scan, and in all: found, precision and recall, ring texts without an error."""
    header = (
        "kind",
        "scan",
        "pages",
        "drawn",
        "found",
        "false",
        "recall %",
        "precision %",
        "exact",
        "CER %",
        "captions",
        "codes",
    )
    figures = result.seals.figures
    whole = SealFigures()
    for one in figures.values():
        for field in dataclasses.fields(SealFigures):
            setattr(whole, field.name, getattr(whole, field.name) + getattr(one, field.name))
    return [header, *(_seal_row(*key, one) for key, one in sorted(figures.items())), _seal_row("all", "-", whole)]


def _seal_row(kind: str, scan: str, of: SealFigures) -> tuple[str, ...]:
    counts = (str(count) for count in (of.pages, of.drawn, of.found, of.false))
    recall, precision = of.found / max(1, of.drawn), of.found / max(1, of.found + of.false)
    shares = (f"{100 * recall:.1f}", f"{100 * precision:.1f}") if of.drawn else ("-", "-")
    said = (f"{of.captions_exact} of {of.captions}", f"{of.numbers_exact} of {of.numbers}")
    return kind, scan, *counts, *shares, str(of.exact), f"{100 * of.wrong / max(1, of.characters):.1f}", *said


def _counted(count: Tally) -> tuple[str, str, str]:
    added = f"{100 * count.added:.2f}" if count.whole else "-"
    return f"{100 * count.cer:.2f}", f"{count.right} of {count.known}", added


def _beside(figure: float, ours: float, digits: int) -> tuple[str, str]:
    return f"{figure:.{digits}f}", f"{figure / ours:.2f}x" if ours else "-"


def as_table(rows: Rows) -> str:
    """Rows as plain text, columns in line; the first row is the heading."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        padded = zip(row, widths, strict=True)
        lines.append("  ".join(cell.rjust(width) if n else cell.ljust(width) for n, (cell, width) in enumerate(padded)))
    return "\n".join(lines)


def as_json(result: "Result") -> str:
    """The same figures for programs."""
    comparison, judged, by_set = result.comparison, result.understanding, own_rows(result)[1:]
    seals = seal_rows(result)
    said: dict[str, Any] = {
        "pages": comparison.pages,
        "threads": comparison.threads,
        "cores": comparison.cores,
        "sets": {name: SET_NAMES[name] for name in comparison.sets},
        "engines": {one.engine: _engine(one, comparison) for one in comparison.standings},
        "left_out": reasons(result),
        "aims": [_aim(aim) for aim in aims(comparison)],
        "ours": {
            "pages": sum(len(read.pages) for read in result.reads),
            "by_set": [dict(zip(("set", "wear", "cer", "exact", "added"), row, strict=True)) for row in by_set],
            "types": {"right": sum(one.right for one in judged.typed), "known": len(judged.typed)},
            "torn": sum(one.parts != 1 for one in judged.typed),
            "confused": [[true, guess, count] for (true, guess), count in confused_types(result)],
            "upright": {str(laid): list(counts) for laid, counts in by_rotation(judged.turned).items()},
            "cells": list(judged.cells),
            "seals": [dict(zip(seals[0], row, strict=True)) for row in seals[1:]],
            "fields": {name: list(counts) for name, counts in by_field(judged.fielded).items()},
        },
    }
    return json.dumps(said, ensure_ascii=False, indent=1)


def _engine(one: Standing, comparison: Comparison) -> dict[str, Any]:
    ours = comparison.standings[0]
    figures = {
        "cer": one.total.cer,
        "exact": one.total.exact,
        "cpu": one.run.cpu,
        "wall": one.run.wall,
        "rate": one.rate,
        "peak_mb": one.run.peak_mb,
    }
    base = (ours.total.cer, ours.total.exact, ours.run.cpu, ours.run.wall, ours.rate, ours.run.peak_mb)
    pairs = zip(figures.items(), base, strict=True)
    return {
        "version": one.run.version,
        **figures,
        "to_ours": {name: figure / mine if mine else None for (name, figure), mine in pairs},
        "load": one.run.load,
        "failed": one.failed,
        "differing": one.differing,
        "by_set": {
            name: {"cer": one.of_set(name).cer, "exact": one.of_set(name).exact, "added": one.of_set(name).added}
            for name in comparison.sets
        },
    }


def _aim(aim: Aim) -> dict[str, Any]:
    return {"aim": aim.what, "measured": aim.measured, "met": aim.met}
