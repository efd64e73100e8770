"""`yidang drawings`: the sets of drawings of a project, and what differs between two versions."""

import json
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from portal.cli import EXIT_NO, setup_django

out = Console()


@click.group()
def drawings() -> None:
    """Sets of drawings (一套图纸): versions, the current approved one, what was decided on which, differences."""
    setup_django()


@drawings.command(name="list")
@click.option("--project", "code", required=True, help="项目代码.")
@click.option("--works", default="", help="单位工程; may be left out where there is one set.")
@click.option("--sheets", is_flag=True, help="Every sheet of the version that counts.")
@click.option("--json", "as_json", is_flag=True, help="JSON, for programs.")
def list_versions(code: str, works: str, sheets: bool, as_json: bool) -> int:  # noqa: FBT001
    """The versions of a set; exit code 1 while an undecided case rests on other drawings than the reviewed ones."""
    from portal import drawing_views as views

    found = views.set_json(_set(code, works))
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
    else:
        _show(found, sheets=sheets)
    return EXIT_NO if found["stopped"] else 0


def _show(found: dict[str, Any], *, sheets: bool) -> None:
    from workers import NAMED_BY

    table = Table(
        "版", "类别", "状态", "接续", "张数", "摘要", "依据本版作出的决定", title=found["works"] or found["project"]
    )
    for one in found["versions"]:
        mark = "★ " if one["version"] == found["current"] else ""
        told = "、".join(f"{use['item']} {use['case']}" for use in one["decisions"] if use["moment"] == "decided")
        follows = str(one["supersedes"] or "")
        table.add_row(
            f"{mark}{one['version']}",
            one["kind_name"],
            one["state_name"],
            follows,
            str(len(one["sheets"])),
            one["digest"][:NAMED_BY],
            told,
        )
    out.print(table)
    shown = [one for one in found["versions"] if one["version"] == found["current"]] or found["versions"][-1:]
    for sheet in shown[0]["sheets"] if sheets and shown else ():
        out.print(f"  {sheet['number'] or '—'} {sheet['title']} {sheet['revision']} {sheet['date']}", highlight=False)
    for case in found["stopped"]:
        for one in case["findings"]:
            out.print(f"{case['item']} {case['case']}：{one['message']} \\[{one['code']}]", highlight=False)


@drawings.command()
@click.option("--project", "code", required=True, help="项目代码.")
@click.option("--works", default="", help="单位工程; may be left out where there is one set.")
@click.option("--pictures", type=click.Path(file_okay=False, path_type=Path), help="Write the overlays there as PNG.")
@click.option("--json", "as_json", is_flag=True, help="JSON, for programs.")
@click.argument("before", type=int)
@click.argument("after", type=int)
def diff(code: str, works: str, pictures: Path | None, before: int, after: int, as_json: bool) -> int:  # noqa: FBT001, PLR0913, PLR0917
    """What differs between versions BEFORE and AFTER, sheet by sheet; exit code 1 if anything does."""
    from portal import drawing_views as views

    found = _set(code, works)
    versions = [found.versions.filter(number=number).first() for number in (before, after)]
    if versions[0] is None or versions[1] is None:
        raise click.UsageError("没有这一版图纸")
    said = views.comparison_json(versions[0], versions[1])
    if pictures:
        _write(views.pairs_of(versions[0], versions[1]), pictures)
    if as_json:
        click.echo(json.dumps(said, ensure_ascii=False))
    else:
        for one in said["sheets"]:
            sheet = one["after"] or one["before"]
            out.print(f"{sheet['number'] or '—'} {sheet['title']}：{'、'.join(one['why'])}", highlight=False)
        if said["alike"]:
            out.print("两版图纸相同")
    return 0 if said["alike"] else EXIT_NO


def _write(pairs: list[Any], folder: Path) -> None:
    """The overlays of all sheets that changed; made here where no worker made them yet."""
    from workers import overlay_of

    folder.mkdir(parents=True, exist_ok=True)
    for pair in pairs:
        data = overlay_of(pair.before, pair.after) if pair.before and pair.after else b""
        if data:
            (folder / f"{pair.after.key.replace('/', '_')}.png").write_bytes(data)


def _set(code: str, works: str) -> Any:
    from ingest import Project
    from portal import drawing_views as views

    project = Project.objects.filter(code=code).first()
    found = views.set_named(project, works) if project else None
    if found is None:
        raise click.UsageError("没有这一套图纸：项目或单位工程没有送审过图纸")
    return found
