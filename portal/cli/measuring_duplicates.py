"""`yidang bench duplicates` and `yidang bench prints`: documents that come again, judged, and found among a million."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import click


@click.command()
@click.option("--kept", type=click.Path(path_type=Path), required=True, help="Where readings and pictures are kept.")
@click.option("--families", default=130, show_default=True, help="Of each half; some nine documents each.")
@click.option("--judge-only", is_flag=True, help="Only what was read before.")
@click.option("--json", "json_wanted", is_flag=True, help="One JSON object a half, for programs.")
def duplicates(**given: Any) -> None:
    """Rescans, other instances and one-field changes: precision and recall of "same", "new version", "different".

    Every page is read once, which takes hours; a run that was stopped goes on where it was.
    """
    from bench import HALVES, duplicates_lines, measure_duplicates, own_folder, own_installation, read_families

    kept: Path = given["kept"]
    kept.mkdir(parents=True, exist_ok=True)
    with own_folder() as folder:
        own_installation(Path(folder))
        from django.conf import settings

        for printing in HALVES:
            if not given["judge_only"]:
                for done in read_families(kept, printing, range(given["families"]), settings.MODELS_DIR):
                    click.echo(f"{printing}: {done} documents more", err=True)
            result = measure_duplicates(kept, printing)
            if given["json_wanted"]:
                click.echo(json.dumps(dataclasses.asdict(result), ensure_ascii=False))
                continue
            for line in duplicates_lines(result):
                click.echo(line)


@click.command()
@click.option("--sizes", multiple=True, type=int, help="Sizes: 10000, 100000 and 1000000 by default.")
@click.option("--database", default="", help="URL of an empty database to fill; SQLite of its own by default.")
@click.option("--drawing", type=click.Path(path_type=Path), help="Where the growth is drawn, as SVG.")
def prints(**given: Any) -> None:
    """How long the look-up of what is like a new document takes, and how that grows."""
    from bench import PRINT_LEVELS, draw_growth, measure_prints, own_folder, prints_lines

    with own_folder() as folder:
        vendor, found = measure_prints(
            Path(folder), given["sizes"] or PRINT_LEVELS, given["database"], lambda what: click.echo(what, err=True)
        )
    if given["drawing"]:
        lines = {
            f"{vendor}, median": [(one.prints, one.median) for one in found],
            f"{vendor}, p95": [(one.prints, one.slowest_twentieth) for one in found],
            f"{vendor}, p95 worked": [(one.prints, one.worked) for one in found],
        }
        given["drawing"].write_text(draw_growth("查找与新材料相似的材料（毫秒）", lines, limit=50), "utf-8")
    for line in prints_lines(vendor, found):
        click.echo(line)
