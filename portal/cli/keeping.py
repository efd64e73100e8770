"""`yidang archive`: what an archivist asks for."""

import json
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from portal.cli import EXIT_NO, auditing, construction, setup_django, transfers
from portal.cli.accounts import account
from portal.cli.inspecting import inspect_command
from portal.cli.rebuilding import rebuild
from portal.cli.retention import COMMANDS
from portal.cli.two_sites import compare

out = Console()
_json = click.option("--json", "as_json", is_flag=True, help="JSON, for programs.")


@click.group()
@click.pass_context
def archive(context: click.Context) -> None:
    """Packages: list, check, export; and whether the store may be trusted."""
    setup_django()
    from workers import prepare

    if context.invoked_subcommand != rebuild.name:  # which needs a database where nothing is yet
        prepare()


archive.add_command(rebuild)
archive.add_command(compare)
archive.add_command(inspect_command)
archive.add_command(transfers.transfer)
archive.add_command(transfers.receive)
archive.add_command(transfers.as_received)
archive.add_command(construction.tree)
archive.add_command(account)
for command in COMMANDS:
    archive.add_command(command)


@archive.command(name="list")
@_json
def list_packages(as_json: bool) -> None:  # noqa: FBT001
    """Every package."""
    from archive import Package

    rows = [
        {
            "archive_number": p.archive_number,
            "case": p.case_number,
            "title": p.title,
            "state": p.get_state_display(),
            "elements": p.element_count,
        }
        for p in Package.objects.order_by("pk")
    ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    table = Table("档号", "办件", "题名", "状态", "要素")
    for row in rows:
        table.add_row(*(str(value) for value in row.values()))
    out.print(table)


@archive.command()
@click.option("--seconds", default=600.0, show_default=True, help="Stop after so long; the next run goes on there.")
@_json
def fixity(seconds: float, as_json: bool) -> int:  # noqa: FBT001
    """Read the archive's bytes again, the longest unchecked first; exit code 1 when something is damaged."""
    from archive import KeptObject, fixity_figures
    from workers import check_archive

    columns = TextColumn("核验"), BarColumn(), TextColumn("{task.completed}/{task.total} 个"), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=as_json) as bar:
        line = bar.add_task("", total=fixity_figures().objects or None)
        run = check_archive(seconds=seconds, on_progress=lambda done, _: bar.update(line, completed=done))
    figures, faulty = fixity_figures(), KeptObject.objects.exclude(state=KeptObject.State.SOUND)
    if as_json:
        rows = list(faulty.values("sha256", "state", "fault"))
        said = {"checked": run.checked, "bytes": run.read, "damaged": run.damaged, "healed": run.healed}
        click.echo(json.dumps(said | {"whole": run.whole, "objects": figures.objects, "faulty": rows}))
    else:
        out.print(f"核验 {run.checked} 个对象（共 {figures.objects} 个）")
        out.print(f"损坏或缺失 {len(run.damaged)} 个，已修复 {len(run.healed)} 个")
        for row in faulty:
            out.print(f"[red]{row.get_state_display()}[/] {row.sha256}：{row.fault}", highlight=False)
        if not run.whole:
            out.print("时间已到，尚未核验完；再次运行时从最久未核验的继续")
    return EXIT_NO if faulty.exists() else 0


@archive.command(name="read-bag")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@_json
def read_foreign_bag(folder: Path, as_json: bool) -> int:  # noqa: FBT001
    """Judge a bag that another office hands over (BagIt 1.0, and the versions before)."""
    from archive import read_bag

    report = read_bag(folder)
    found = [
        {"code": one.code, "severity": one.severity, "where": one.where, "seen": one.seen, "words": one.words}
        for one in report.findings
    ]
    if as_json:
        said = {"verdict": report.verdict, "version": report.version, "info": report.info, "findings": found}
        click.echo(json.dumps(said | {"payload": sorted(report.payload)}, ensure_ascii=False))
    else:
        for one in found:
            mark = "[red]错误[/]" if one["severity"] == "error" else "[yellow]提示[/]"
            out.print(f"{mark} {one['code']} {one['where']} {one['seen']}：{one['words']}")
        out.print(f"{len(report.payload)} 个文件，{'可以接收' if report.verdict == 'valid' else '不能接收'}")
    return 0 if report.verdict == "valid" else EXIT_NO


@archive.command(name="probe-store")
@_json
def probe(as_json: bool) -> int:  # noqa: FBT001
    """Try to break the lock of the archive store; exit code 1 when it can be broken."""
    from workers import probe_archive, zone

    report = probe_archive()
    if as_json:
        tries = [{"try": one["name"], "held": one["held"], "what": one["what"]} for one in report.tries]
        click.echo(json.dumps({"store": report.store, "trusted": report.trusted, "tries": tries}, ensure_ascii=False))
    else:
        for one in report.tries:
            mark = "[green]守住[/]" if one["held"] else "[red]失守[/]"
            out.print(f"{mark} {one['name']}：{one['what']}", highlight=False)
        if not zone("archive").hardware_lock:
            out.print("[yellow]此库的锁只由本软件保证；系统管理员仍可删除文件[/]")
    return 0 if report.trusted else EXIT_NO


@archive.command()
@click.argument("number")
@_json
def check(number: str, as_json: bool) -> int:  # noqa: FBT001
    """Read a package back and check it: NUMBER is 档号 or case number."""
    from archive import check_manifest, object_key, parse_manifest
    from workers import zone

    row = _package(number)
    vault = zone("archive")
    results = check_manifest(parse_manifest(vault.read(object_key(row.manifest_sha256))), vault)
    if as_json:
        click.echo(json.dumps([result.to_json() for result in results], ensure_ascii=False))
    else:
        for result in results:
            mark = "[green]合格[/]" if result.passed else "[red]不合格[/]"
            out.print(f"{mark} {result.code} {result.name} {result.object} {result.remark}", highlight=False)
    return 0 if all(result.passed for result in results) else EXIT_NO


@archive.command(name="export")
@click.argument("number")
@click.option(
    "--out", "-o", "folder", type=click.Path(path_type=Path), default=Path("export"), help="Below which folder."
)
@click.option(
    "--since",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A checkpoint that the receiver kept: the proof that the log grew from it is put into each.",
)
def export_(number: str, folder: Path, since: Path | None) -> None:
    """Write a package, and its follow-ups, as folders that can be verified offline: NUMBER is 档号 or case number."""
    from workers import export, export_follow_ups

    case_number, kept = _package(number).case_number, since.read_bytes() if since else b""
    for path in (export(case_number, folder, kept), *export_follow_ups(case_number, folder, kept)):
        out.print(f"{path}", highlight=False, soft_wrap=True)


def _package(number: str) -> Any:
    from archive import Package

    found = Package.objects.filter(archive_number=number).first() or Package.objects.filter(case_number=number).first()
    if found is None:
        raise click.UsageError(f"没有档号或办件编号为 {number} 的档案")
    return found


auditing.register(archive)
