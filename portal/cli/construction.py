"""`yidang archive tree`: a project's construction archive, pre-filled, and its export for the builder."""

import dataclasses
import json
from pathlib import Path

import click
from rich.console import Console

out = Console()
MARKS = {"filled": "[green]✓[/]", "missing": "[red]缺[/]", "asked": "[yellow]如有[/]"}


@click.command()
@click.option("--project", "code", required=True, help="项目代码.")
@click.option("--works", default="", help="One works of it, with what belongs to the whole project.")
@click.option("--out", "-o", "target", type=click.Path(path_type=Path), help="Write folders and indexes here.")
@click.option("--json", "as_json", is_flag=True, help="JSON, for programs.")
def tree(code: str, works: str, target: Path | None, as_json: bool) -> None:  # noqa: FBT001
    """What of a project's construction archive is there, what is missing and who makes it, and when it is due."""
    from archive import AlreadyExists
    from workers import NotPossibleError, project_archive, write_project_archive

    try:
        found = project_archive(code, works)
        if target:
            write_project_archive(found, target)
    except (NotPossibleError, AlreadyExists) as wrong:
        raise click.UsageError(str(wrong)) from None
    if as_json:
        click.echo(json.dumps(dataclasses.asdict(found), ensure_ascii=False, default=_plain))
        return
    for group in found.groups:
        out.print(f"[bold]（{group.code}）{group.name}[/] {group.count('filled')}/{len(group.nodes)}", highlight=False)
        for one in group.nodes:
            told = "、".join(dict.fromkeys(paper.archive_number for paper in one.papers)) or one.node.maker
            out.print(f"  {MARKS[one.state]} {one.node.code} {one.node.name}：{told}", highlight=False)
    for fact in found.attributes:
        out.print(f"  {fact.name}：{fact.value or '—'} {f'（{fact.origin}）' if fact.origin else ''}", highlight=False)
    out.print(f"移交期限：{found.due_on or '—'}（{found.due_how}）", highlight=False)


def _plain(value: object) -> object:
    """Catalogue entries and days as JSON has them."""
    dump = getattr(value, "model_dump", None)
    return dump() if dump else str(value)
