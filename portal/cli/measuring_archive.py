"""`yidang bench archive`: how fast the archive is filed, read again and proved, and how that grows."""

import dataclasses
import json
from typing import Any

import click


@click.command()
@click.option("--size", default=256, show_default=True, help="Mebibytes to file, read and verify; 0 leaves it out.")
@click.option("--packages", multiple=True, type=int, help="Sizes of the database: 1000, 10000 and 100000 by default.")
@click.option("--no-growth", is_flag=True, help="Leave the growth of the database out.")
@click.option("--leaves", default=0, help="Entries of the log, such as 10000000; 0 leaves it out.")
@click.option("--database", default="", help="URL of an empty database to fill; SQLite of its own by default.")
@click.option("--json", "json_wanted", is_flag=True, help="One JSON object, for programs.")
def archive(**given: Any) -> None:
    """Beside `sha256sum` on the same bytes; growth to 100,000 packages; proofs in a log of so many entries."""
    from bench import archive_lines, run_archive

    found = run_archive(
        size=given["size"],
        levels=() if given["no_growth"] else given["packages"] or None,
        leaves=given["leaves"],
        database=given["database"],
        step=lambda what: click.echo(what, err=True),
    )
    if given["json_wanted"]:
        click.echo(json.dumps(dataclasses.asdict(found), ensure_ascii=False, default=str))
        return
    for line in archive_lines(found):
        click.echo(line)
