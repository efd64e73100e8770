"""`yidang catalogue`: the material lists as they stand."""

import dataclasses
import json

import click
from rich.console import Console
from rich.table import Table

from catalogue import lint as lint_catalogue
from catalogue import load_catalogue
from portal.cli import EXIT_NO

out = Console()
# Findings that make a list wrong; the others are for whoever keeps it to look at.
ERRORS = {"prerequisite-cycle", "withdrawn-demanded"}
_json = click.option("--json", "as_json", is_flag=True, help="JSON, for programs.")


@click.group()
def catalogue() -> None:
    """Items, their material lists, and what is wrong with them."""


@catalogue.command(name="list")
@_json
def list_items(as_json: bool) -> None:  # noqa: FBT001
    """Every item with its version."""
    items = list(load_catalogue().items())
    if as_json:
        click.echo(json.dumps([item.model_dump(mode="json") for item in items], ensure_ascii=False))
        return
    table = Table("事项", "名称", "版本", "阶段", "材料数", "已核实")
    for item in items:
        verified = "是" if item.verified else "否"
        table.add_row(item.code, item.name, str(item.version), item.stage, str(len(item.materials)), verified)
    out.print(table)


@catalogue.command()
@click.argument("code")
@_json
def show(code: str, as_json: bool) -> None:  # noqa: FBT001
    """The material list of one item."""
    item = load_catalogue().item(code)
    if as_json:
        click.echo(item.model_dump_json())
        return
    table = Table("材料", "形式", "来源", "可共享", "容缺/承诺", title=f"{item.code} {item.name} 第{item.version}版")
    policy = {"none": "不可", "later": "容缺", "commit": "承诺"}
    for row in item.materials:
        days = f" {row.deficiency_days}工作日" if row.deficiency_days else ""
        table.add_row(row.name, row.form, row.source_dept, "、".join(row.share_from), policy[row.deficiency] + days)
    out.print(table)
    for reason in item.withdrawn:
        out.print(f"已取消：{reason}", highlight=False)


@catalogue.command()
@_json
def lint(as_json: bool) -> int:  # noqa: FBT001
    """What is wrong with the lists; exit code 1 when a finding is an error."""
    findings = lint_catalogue(load_catalogue())
    for finding in findings:
        row = dataclasses.asdict(finding)
        click.echo(
            json.dumps(row, ensure_ascii=False) if as_json else "[{code}] {item} {field} {message}".format(**row)
        )
    return EXIT_NO if any(finding.code in ERRORS for finding in findings) else 0
