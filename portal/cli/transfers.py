"""`yidang archive transfer`, `receive` and `as-received`: handing over to another archive, and taking in."""

import json
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from portal.cli import EXIT_NO

out = Console()
_batch = click.argument("number")
_folder = click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
_out = click.option(
    "--out", "-o", "target", type=click.Path(path_type=Path), default=Path(), help="Below which folder."
)


@click.group()
def transfer() -> None:
    """Hand packages over: card, partner, prepare, resume, send, receipt, correct, list."""


@transfer.command()
def card() -> None:
    """Our card, for the other archive: public keys and roots. Compare it by another way before it is registered."""
    from workers import own_card

    click.echo(json.dumps(own_card(), ensure_ascii=False, indent=1))


@transfer.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def partner(file: Path) -> None:
    """Register the card of another archive."""
    from workers import NotPossibleError, register_partner

    try:
        row = register_partner(json.loads(file.read_bytes()))
    except (NotPossibleError, ValueError) as wrong:
        raise click.UsageError(str(wrong)) from None
    out.print(f"已登记 {row.name}，签名公钥 {row.key}", highlight=False, soft_wrap=True)


@transfer.command()
@click.option("--to", "name", required=True, help="A registered partner.")
@click.option("--project", default="", help="All packages of a project that are not handed over yet.")
@click.argument("numbers", nargs=-1)
def prepare(name: str, project: str, numbers: tuple[str, ...]) -> int:
    """Open a batch of packages (档号 or case numbers) and write, check and list its bags."""
    from archive.transfer import Partner
    from workers import NotPossibleError, not_handed_over, prepare_handover

    to = Partner.objects.filter(name=name).first()
    if to is None:
        raise click.UsageError(f"没有登记对方“{name}”：请先运行 yidang archive transfer partner")
    packages = [*map(_package, numbers), *(not_handed_over(project, to) if project else ())]
    try:
        batch = prepare_handover(packages, to)
    except NotPossibleError as wrong:
        raise click.UsageError(str(wrong)) from None
    return _go_on(batch)


@transfer.command()
@_batch
def resume(number: str) -> int:
    """Go on with a batch that was stopped."""
    return _go_on(_handover(number))


@transfer.command()
@_batch
@click.option("--how", required=True, help="Carrier or line, and who took it.")
def send(number: str, how: str) -> None:
    """Note that the folder of a batch was given out."""
    from workers import NotPossibleError, folder_of, send_handover

    try:
        batch = send_handover(_handover(number), how)
    except NotPossibleError as wrong:
        raise click.UsageError(str(wrong)) from None
    out.print(f"{folder_of(batch)}", highlight=False, soft_wrap=True)


@transfer.command()
@_folder
def receipt(folder: Path) -> int:
    """Take in a receipt: exit code 1 when it is refused, or tells of refused packages."""
    from archive.transfer import BadReceipt, HandoverItem
    from workers import take_receipt

    try:
        batch = take_receipt(folder)
    except BadReceipt as wrong:
        out.print(f"[red]回执不受理[/] {wrong.code}：{wrong}", highlight=False)
        return EXIT_NO
    refused = list(batch.items.filter(state=HandoverItem.State.REFUSED).select_related("package"))
    out.print(f"批次 {batch} {batch.get_state_display()}", highlight=False)
    for item in refused:
        _show_faults(str(item.package), item.faults)
    return EXIT_NO if refused else 0


@transfer.command()
@_batch
def correct(number: str) -> int:
    """Close a batch of which something was refused, and open one with the refused packages."""
    from workers import NotPossibleError, close_handover

    try:
        again = close_handover(_handover(number))
    except NotPossibleError as wrong:
        raise click.UsageError(str(wrong)) from None
    return _go_on(again)


@transfer.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="JSON, for programs.")
def list_batches(as_json: bool) -> None:  # noqa: FBT001
    """Every batch, handed over or received."""
    from archive.transfer import Accession, Handover

    rows = [("移交", one.number, str(one.partner), one.get_state_display()) for one in Handover.objects.order_by("pk")]
    rows += [
        ("接收", one.batch, str(one.partner), "已出回执" if one.receipt_sha256 else "接收中")
        for one in Accession.objects.order_by("pk")
    ]
    if as_json:
        names = ("way", "batch", "partner", "state")
        click.echo(json.dumps([dict(zip(names, row, strict=True)) for row in rows], ensure_ascii=False))
        return
    table = Table("", "批次号", "对方", "状态")
    for row in rows:
        table.add_row(*row)
    out.print(table)


@click.command()
@_folder
@_out
def receive(folder: Path, target: Path) -> int:
    """Take in a delivery of another archive; the receipt is written below --out. Run again, it goes on."""
    from archive.transfer import AccessionItem, BadHandover, BadStatement
    from workers import NotPossibleError, receive, write_receipt

    columns = TextColumn("接收"), BarColumn(), TextColumn("{task.completed}/{task.total} 件"), TimeElapsedColumn()
    try:
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            line = bar.add_task("", total=None)
            accession = receive(folder, on_progress=lambda done, all_: bar.update(line, completed=done, total=all_))
    except (NotPossibleError, BadStatement, BadHandover) as wrong:
        out.print(f"[red]不予接收[/] {wrong.code}：{wrong}", highlight=False)
        return EXIT_NO
    refused = list(accession.items.filter(state=AccessionItem.State.REFUSED))
    out.print(f"接收 {accession.items.count() - len(refused)} 件，退回 {len(refused)} 件", highlight=False)
    for item in refused:
        _show_faults(item.title, item.faults)
    out.print(f"{write_receipt(accession, target)}", highlight=False, soft_wrap=True)
    return EXIT_NO if refused else 0


@click.command(name="as-received")
@_batch
@_out
def as_received(number: str, target: Path) -> None:
    """Write the bags of a received package (档号 or case number) byte for byte as they were handed to us."""
    from archive import object_key, parse_manifest
    from archive.transfer import restore_bags
    from workers import zone

    vault = zone("archive")
    manifest = parse_manifest(vault.read(object_key(_package(number).manifest_sha256)))
    try:
        for path in restore_bags(manifest, vault, target):
            out.print(f"{path}", highlight=False, soft_wrap=True)
    except ValueError as wrong:
        raise click.UsageError(str(wrong)) from None


def _go_on(batch: Any) -> int:
    """Do what is left of a batch here, beside whatever workers there are."""
    from archive.transfer import Handover, HandoverItem
    from workers import folder_of, go_on

    columns = TextColumn("组包"), BarColumn(), TextColumn("{task.completed}/{task.total} 件"), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        line = bar.add_task("", total=None)
        batch = go_on(batch, on_progress=lambda done, all_: bar.update(line, completed=done, total=all_))
    out.print(f"批次 {batch} {batch.get_state_display()}", highlight=False)
    for item in batch.items.filter(state=HandoverItem.State.FAULTY).select_related("package"):
        _show_faults(str(item.package), item.faults)
    if batch.state != Handover.State.CHECKED:
        return EXIT_NO
    out.print(f"{folder_of(batch)}", highlight=False, soft_wrap=True)
    return 0


def _show_faults(title: str, faults: list[dict[str, str]]) -> None:
    out.print(f"[red]{title}[/]", highlight=False)
    for fault in faults:
        out.print(f"  {fault['code']} {fault['object']}：{fault['what']}", highlight=False)


def _handover(number: str) -> Any:
    from archive.transfer import Handover

    found = Handover.objects.filter(number=number).first()
    if found is None:
        raise click.UsageError(f"没有批次 {number}")
    return found


def _package(number: str) -> Any:
    from archive import Package

    found = Package.objects.filter(archive_number=number).first() or Package.objects.filter(case_number=number).first()
    if found is None:
        raise click.UsageError(f"没有档号或办件编号为 {number} 的档案")
    return found
