"""`yidang catalogue`: the material lists as they stand."""

import dataclasses
import json
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from catalogue import lint_folder, load_catalogue
from portal.cli import EXIT_NO

out = Console()
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
@click.option("--data", "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default=None,
              help="Folder of a draft catalogue; by default the one that ships.")  # fmt: skip
@_json
def lint(folder: Path | None, as_json: bool) -> int:  # noqa: FBT001
    """What is wrong with the lists; exit code 1 when a finding is an error that the data does not explain."""
    findings = lint_folder(folder)
    for finding in findings:
        if as_json:
            click.echo(json.dumps(dataclasses.asdict(finding), ensure_ascii=False))
            continue
        place = " ".join(part for part in (finding.item, finding.region, finding.field) if part)
        reason = f" (explained: {finding.explained})" if finding.explained else ""
        click.echo(f"[{finding.code}] {finding.level}: {place} {finding.message}{reason}")
    return EXIT_NO if any(finding.wrong for finding in findings) else 0
