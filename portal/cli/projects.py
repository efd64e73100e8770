"""`yidang project`: what is known of a project over all its cases."""

import json

import click
from rich.console import Console

from portal.cli import EXIT_NO, setup_django

out = Console()


@click.group()
def project() -> None:
    """A project over all its stages."""


@project.command()
@click.argument("code")
@click.option("--json", "as_json", is_flag=True, help="JSON, for programs.")
def ledger(code: str, as_json: bool) -> int:  # noqa: FBT001
    """提交账: sheet by sheet how the lists of project CODE were met; exit code 1: something was handed in twice."""
    setup_django()
    from workers import NotPossibleError, project_ledger

    try:
        found = project_ledger(code)
    except NotPossibleError as unknown:
        raise click.UsageError(str(unknown)) from None
    if as_json:
        click.echo(json.dumps(found.to_json(), ensure_ascii=False))
        return 0 if found.once else EXIT_NO
    for stage, cases in found.stages:
        out.print(f"[bold]{stage}[/]", highlight=False)
        for case in cases:
            out.print(f"  {case.item_name} {case.number}", highlight=False)
            for sheet in case.sheets:
                mark = "[red]重复[/] " if sheet.twice else ""
                where = sheet.before.where if sheet.before else sheet.note or sheet.where
                out.print(f"    {mark}{sheet.name}：{sheet.how_name}{f'（{where}）' if where else ''}", highlight=False)
    out.print(
        f"{found.verdict}；提交 {found.handed_in} 份，少交 {found.spared} 份 {found.spared_pages} 页", highlight=False
    )
    return 0 if found.once else EXIT_NO
