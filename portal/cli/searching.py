"""`yidang search`: the pages that hold some words."""

import json
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from portal.cli import EXIT_NO, setup_django

out = Console()


@click.command()
@click.argument("query")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 1000), help="How many pages at most.")
@click.option("--json", "as_json", is_flag=True, help="JSON, for programs.")
def search(query: str, limit: int, as_json: bool) -> int:  # noqa: FBT001
    """Pages that hold every word of QUERY, the newest first; exit code 1 when there is none.

    A word has at least two characters; words are separated by spaces. Files that were withdrawn are left out.
    """
    setup_django()
    from archive.lookup import SearchQueryError
    from ingest import Hit, search_pages

    def facts(hit: Hit) -> dict[str, Any]:
        return {
            "case": hit.case_number,
            "upload": hit.upload.number,
            "file": hit.upload.file_name,
            "page": hit.page.number,
            "material": hit.material_type,
            "snippet": hit.snippet.text,
            "hit": hit.snippet.hit,
            "boxes": hit.boxes,
        }

    try:
        hits = search_pages(query, limit=limit)
    except SearchQueryError as reason:
        raise click.UsageError(str(reason)) from None
    if as_json:
        click.echo(json.dumps([facts(hit) for hit in hits], ensure_ascii=False))
        return 0 if hits else EXIT_NO
    table = Table("办件", "文件", "页", "材料", "内容")
    for hit in hits:
        words = Text.assemble(hit.snippet.before, (hit.snippet.hit, "bold reverse"), hit.snippet.after)
        table.add_row(hit.case_number, Text(hit.upload.file_name), str(hit.page.number), hit.material_type, words)
    out.print(table if hits else "没有找到")
    return 0 if hits else EXIT_NO
