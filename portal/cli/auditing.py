"""`yidang archive audit`: everything is read, and whatever is not as it should be is named with its place."""

import dataclasses
import json

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from portal.cli import EXIT_NO

out = Console()
SHOWN = 50
"""Findings on the screen; `--json` has all of them."""
CHECKS = {"fixity": "固化性", "log": "日志对账", "comparison": "库与存储比对"}


def register(group: click.Group) -> None:
    """Put the command into `yidang archive`."""
    group.add_command(audit)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="JSON, for programs.")
def audit(as_json: bool) -> int:  # noqa: FBT001 - click passes flags so
    """Read every object, the whole log and every row, and name what differs; exit code 1 where something does."""
    from workers import audit_archive

    columns = SpinnerColumn(), TextColumn("审计 {task.description} {task.completed}"), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("")
        report = audit_archive(lambda what, done: progress.update(task, description=what, completed=done))
    if as_json:
        click.echo(json.dumps(dataclasses.asdict(report), ensure_ascii=False, default=str))
        return EXIT_NO if report.findings else 0
    table = Table("检查", "位置", "发现")
    for one in report.findings[:SHOWN]:
        table.add_row(CHECKS[one.check], one.where, one.what)
    if report.findings:
        out.print(table)
    read = f"已读 {report.objects} 个对象、{report.entries} 条日志、{report.packages} 份档案"
    found = f"{len(report.findings)} 处不符" if report.findings else "全部相符"
    out.print(f"{read}：{found}", highlight=False)
    return EXIT_NO if report.findings else 0
