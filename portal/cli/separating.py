"""`yidang separators`: sheets to lay between papers before they are scanned in one go."""

import datetime as dt
from pathlib import Path

import click
from rich.console import Console

from catalogue import CatalogueError, load_catalogue

out = Console()


@click.command()
@click.option("--item", "item_code", required=True, help="Code of the item, such as S3-05.")
@click.option("-o", "--out", "target", required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--material", "materials", multiple=True, help="Only this entry of the list; may be given again.")
@click.option("--patches", default=1, show_default=True, help="Sheets that begin the next document, whatever it is.")
@click.option("--region", default="", help="行政区划代码 (6 digits) of a county with a list of its own.")
def separators(item_code: str, target: Path, materials: tuple[str, ...], patches: int, region: str) -> None:
    """Print separator sheets (分隔页): one for each material of the item, with its name, a QR and a Code 128."""
    from ingest import print_sheets

    try:
        item = load_catalogue().item(item_code, region=region)
    except CatalogueError as wrong:
        raise click.UsageError(f"[{wrong.code}] {wrong}") from None
    if unknown := set(materials) - {entry.material for entry in item.materials}:
        raise click.UsageError(f"the list of {item_code} has no {', '.join(sorted(unknown))}")
    target.write_bytes(print_sheets(item, materials=materials, patches=patches, created=dt.datetime.now(dt.UTC)))
    count = len(materials) or len(item.materials)
    out.print(f"分隔页：{target}（材料 {count} 页，下一份 {patches} 页）", highlight=False)
