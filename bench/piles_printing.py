"""The figures of a run over piles as tables, as JSON, and as a page."""

import json
from pathlib import Path
from typing import Any

from django.template import Context, Engine

from bench.piles import PilesResult, failures
from bench.piles_scoring import Count, confusion, count, total, verdicts
from bench.printing import MET, Rows, as_table

PRECISION_AIM, RECALL_AIM = 0.98, 0.95
"""Of each code and of all together (issue 4)."""

_TEMPLATES = Path(__file__).parent / "templates"
_NOTHING = "—"


def piles_as_tables(result: PilesResult) -> str:
    """Every table, one below the other."""
    counts = count(result.outcomes)
    parts = [
        f"{len(result.outcomes)} piles of {', '.join(result.items)}; {result.pages} pages read now",
        as_table(code_rows(counts)),
        f"verdict\n{as_table(verdict_rows(result))}",
        f"planted and found, where they differ\n{as_table(confusion_rows(result))}",
        "\n".join(f"aim: {what}: {measured}: {MET[met]}" for what, measured, met in piles_aims(counts)),
        "\n".join(_told(result)),
    ]
    return "\n\n".join(part for part in parts if part)


def code_rows(counts: dict[str, Count]) -> Rows:
    """Each code with its figures, and all together."""
    rows = [("code", "planted", "found", "false", "precision %", "recall %")]
    for code, one in [*counts.items(), ("all", total(counts))]:
        rows.append(
            (code, str(one.planted), str(one.right), str(one.false), _percent(one.precision), _percent(one.recall))
        )
    return rows


def confusion_rows(result: PilesResult) -> Rows:
    """Planted codes against what was found instead; only where they differ."""
    table = sorted(confusion(result.outcomes).items(), key=lambda entry: (-entry[1], entry[0]))
    rows = ((planted or _NOTHING, found or _NOTHING, str(n)) for (planted, found), n in table if planted != found)
    return [("planted", "found", "times"), *rows]


def verdict_rows(result: PilesResult) -> Rows:
    """True verdicts against given ones."""
    table = sorted(verdicts(result.outcomes).items())
    right, known = sum(n for (true, given), n in table if true == given), sum(n for _, n in table)
    return [
        ("true", "given", "piles"),
        *((true, given, str(n)) for (true, given), n in table),
        ("right", "", f"{right} of {known}"),
    ]


def piles_aims(counts: dict[str, Count]) -> list[tuple[str, str, bool | None]]:
    """The aims, what was measured, and whether they are met; then the codes that fall short."""
    whole = total(counts)
    aims = [
        _aim("precision of all codes", whole.precision, PRECISION_AIM),
        _aim("recall of all codes", whole.recall, RECALL_AIM),
    ]
    for code, one in counts.items():
        for what, figure, aim in (("precision", one.precision, PRECISION_AIM), ("recall", one.recall, RECALL_AIM)):
            if figure is not None and figure < aim:
                aims.append(_aim(f"{what} of {code}", figure, aim))
    return aims


def piles_as_json(result: PilesResult) -> str:
    """The same figures for programs."""
    counts = count(result.outcomes)
    said: dict[str, Any] = {
        "piles": len(result.outcomes),
        "items": list(result.items),
        "pages_read": result.pages,
        "codes": {code: _figures(one) for code, one in counts.items()},
        "all": _figures(total(counts)),
        "confusion": [list(row) for row in confusion_rows(result)[1:]],
        "verdicts": [list(row) for row in verdict_rows(result)[1:]],
        "aims": [{"aim": what, "measured": measured, "met": met} for what, measured, met in piles_aims(counts)],
        "failures": _told(result),
    }
    return json.dumps(said, ensure_ascii=False, indent=1)


def write_piles_report(result: PilesResult, folder: Path) -> Path:
    """The page, written into the folder; says where it lies."""
    counts = count(result.outcomes)
    shown = {
        "piles": len(result.outcomes),
        "items": result.items,
        "aims": piles_aims(counts),
        "codes": code_rows(counts),
        "verdicts": verdict_rows(result),
        "confusion": confusion_rows(result),
        "failures": _told(result),
    }
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "piles.html"
    engine = Engine(dirs=[str(_TEMPLATES)])
    path.write_text(engine.get_template("piles.html").render(Context(shown, use_l10n=False)), "utf-8")
    return path


def _told(result: PilesResult) -> list[str]:
    """Each pile that was not judged as it should be, in a line."""
    return [
        f"{one.item} seed {one.seed}: missed {_pairs(one.missed)}; false {_pairs(one.false)}; "
        f"verdict {one.judged}{'' if one.verdict in {None, one.judged} else f' for {one.verdict}'}; "
        f"planted {_pairs((defect.material, defect.code) for defect in one.planted)}"
        for one in failures(result.outcomes)
    ]


def _pairs(seen: Any) -> str:
    return ", ".join(f"{material or '-'}:{code}" for material, code in sorted(seen)) or "nothing"


def _figures(one: Count) -> dict[str, Any]:
    return {
        "planted": one.planted, "found": one.right, "false": one.false,
        "precision": one.precision, "recall": one.recall,
    }  # fmt: skip


def _aim(what: str, figure: float | None, aim: float) -> tuple[str, str, bool | None]:
    return f"{what} ≥ {100 * aim:.0f} %", _percent(figure), None if figure is None else figure >= aim


def _percent(figure: float | None) -> str:
    return "-" if figure is None else f"{100 * figure:.1f}"
