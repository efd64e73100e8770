"""`yidang bench holdings`: how long a new case waits for what is held for it, and how that grows."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import click


@click.command()
@click.option("--materials", multiple=True, type=int, help="Sizes: 10000, 100000 and 1000000 by default.")
@click.option("--database", default="", help="URL of an empty database to fill; SQLite of its own by default.")
@click.option("--drawing", type=click.Path(path_type=Path), help="Where the growth is drawn, as SVG.")
@click.option("--json", "json_wanted", is_flag=True, help="One JSON object, for programs.")
def holdings(**given: Any) -> None:
    """Invented materials of real lists, a few large developers among many; cases are opened at each size."""
    from bench import HOLDING_LEVELS, draw_growth, holdings_lines, measure_holdings, own_folder

    with own_folder() as folder:
        vendor, found = measure_holdings(
            Path(folder),
            given["materials"] or HOLDING_LEVELS,
            given["database"],
            lambda what: click.echo(what, err=True),
        )
    if given["drawing"]:
        lines = {
            f"{vendor}, median": [(one.materials, one.median) for one in found],
            f"{vendor}, p95": [(one.materials, one.slowest_twentieth) for one in found],
            f"{vendor}, p95, quickest of three": [(one.materials, one.again) for one in found],
        }
        given["drawing"].write_text(draw_growth("查找新办件可用的在库材料（毫秒）", lines, limit=50), "utf-8")
    if given["json_wanted"]:
        click.echo(json.dumps([dataclasses.asdict(one) for one in found]))
        return
    for line in holdings_lines(vendor, found):
        click.echo(line)
