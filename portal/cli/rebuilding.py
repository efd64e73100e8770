"""`yidang archive rebuild`: the database made again from the archive, or compared with it."""

import json
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress, TextColumn, TimeElapsedColumn

from portal.cli import EXIT_NO

out = Console()


@click.command(name="rebuild")
@click.option("--from", "store", default="", help="URL of the store; the archive of the settings unless given.")
@click.option("--log-key", "key", default="", help="Public key of the log, or a file with it; log.pub unless given.")
@click.option("--check", is_flag=True, help="Compare the database that is there with the store, change nothing.")
@click.option("--json", "as_json", is_flag=True, help="JSON, for programs.")
def rebuild(store: str, key: str, check: bool, as_json: bool) -> int:  # noqa: FBT001
    """Restore everything into an empty, migrated database; exit code 1 when something could not be had.

    Broken off, it goes on where it was when it is run again. The bytes of the packages are read by
    `yidang archive fixity` afterwards.
    """
    from archive.rebuilding import DatabaseNotEmpty, NoPublishedLog
    from workers import compare_database, rebuild_database

    given = Path(key).read_text() if key and Path(key).is_file() else key
    columns = TextColumn("{task.description}"), TextColumn("{task.completed}"), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=as_json) as bar:
        line = bar.add_task("", total=None)

        def show(what: str, done: int, of: int = 0) -> None:
            bar.update(line, description=what, completed=done, total=of or None)

        try:
            if check:
                return _tell(
                    [(one.where, one.what) for one in compare_database(store, given, on_progress=show)], as_json
                )
            run = rebuild_database(store, given, on_progress=show)
        except (DatabaseNotEmpty, NoPublishedLog) as reason:
            raise click.UsageError(str(reason)) from None
    said = {"entries": run.entries, "steps": run.rows, "healed": run.healed}
    if not as_json:
        out.print(f"已恢复日志 {run.entries} 条、流水簿 {run.rows} 步；已从副本修复 {len(run.healed)} 个对象")
    return _tell([(one["where"], one["what"]) for one in run.faults], as_json, said)


def _tell(faults: list[tuple[str, str]], as_json: bool, said: dict[str, Any] | None = None) -> int:  # noqa: FBT001
    if as_json:
        told = [{"where": where, "what": what} for where, what in faults]
        click.echo(json.dumps((said or {}) | {"faults": told}, ensure_ascii=False))
    else:
        for where, what in faults:
            out.print(f"[red]不符[/] {where}：{what}", highlight=False, soft_wrap=True)
        out.print(f"{len(faults)} 处不符" if faults else "与归档存储一致")
    return EXIT_NO if faults else 0
