"""`yidang archive compare-sites`: both sites of the archive held against each other."""

import json

import click
from rich.console import Console
from rich.progress import Progress, TextColumn, TimeElapsedColumn

from portal.cli import EXIT_NO

out = Console()
WHOLE = 10.0**9
"""Seconds: no bound."""


@click.command(name="compare-sites")
@click.option("--seconds", default=WHOLE, help="Stop after so long; the next run goes on there. Unless given, never.")
@click.option("--json", "as_json", is_flag=True, help="JSON, for programs.")
def compare(seconds: float, as_json: bool) -> int:  # noqa: FBT001
    """Compare both sites, and heal what is provably wrong at one; exit code 1 where they still differ.

    What one site lacks is copied, so this also fills a new or returning site.
    """
    from workers import NoSecondSiteError, compare_archive_sites

    columns = TextColumn("比对"), TextColumn("{task.completed} 个"), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=as_json) as bar:
        line = bar.add_task("", total=None)
        try:
            run = compare_archive_sites(seconds=seconds, on_progress=lambda done, _: bar.update(line, completed=done))
        except NoSecondSiteError as reason:
            raise click.UsageError(str(reason)) from None
    if as_json:
        said = {"compared": run.compared, "found": run.found, "healed": run.healed, "whole": bool(run.finished_at)}
        click.echo(json.dumps(said | {"differences": run.differences}))
        return EXIT_NO if run.found > run.healed else 0
    for one in run.differences:
        mark = "[green]已修复[/]" if one["healed"] else "[red]不符[/]"
        out.print(f"{mark} {one['key']}：{one['what']}", highlight=False, soft_wrap=True)
    out.print(f"比对 {run.compared} 个对象，{run.found} 处不符，已修复 {run.healed} 处")
    if not run.finished_at:
        out.print("时间已到，尚未比对完；再次运行时继续")
    return EXIT_NO if run.found > run.healed else 0
