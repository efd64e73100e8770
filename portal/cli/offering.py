"""`yidang case offers` and `accept-offers`: what is held already, before anything is asked."""

import json
from collections.abc import Callable
from typing import Any

import click
from rich.console import Console

from portal.cli import EXIT_NO

out = Console()


def register(case: click.Group, find: Callable[[str], Any], account: Callable[[str | None, str], Any]) -> None:
    """Add the commands to `yidang case`; `find` looks a case up, `account` the person who acts."""

    @case.command()
    @click.argument("number")
    @click.option("--json", "as_json", is_flag=True)
    def offers(number: str, as_json: bool) -> None:  # noqa: FBT001
        """What is held and valid for the case: why it fits, how fresh, who must agree; and what was held and ended."""
        from portal.offers_json import offers_json

        found = offers_json(find(number))
        if as_json:
            click.echo(json.dumps(found, ensure_ascii=False))
            return
        for row in found["offers"]:
            agree = f"，{row['consent']}" if row["consent"] else ""
            out.print(f"{row['entry']} {row['name']}：{row['why']}（档号 {row['archive_number']}{agree}）",
                      highlight=False, markup=False)  # fmt: skip
            for other in row["others"]:
                out.print(f"  另可选 {other['held']}：{other['why']}（档号 {other['archive_number']}）",
                          highlight=False, markup=False)  # fmt: skip
        for row in found["ended"]:
            out.print(f"{row['entry']} {row['message']}，{row['remedy']}（档号 {row['archive_number']}）",
                      highlight=False, markup=False)  # fmt: skip
        would, saved = found["would_save"], found["saved"]
        out.print(f"可免交 {would['materials']} 份 {would['sheets']} 张，"
                  f"已免交 {saved['materials']} 份 {saved['sheets']} 张", highlight=False)  # fmt: skip

    @case.command(name="accept-offers")
    @click.argument("number")
    @click.option("--entry", "entries", multiple=True, help="Only this entry of the list; may be given again.")
    @click.option("--held", type=int, help="Take this one of the choices, by its number in `case offers`.")
    @click.option("--as", "user", default=None, help="Account to act as; by default the demonstration's clerk.")
    def accept_offers(number: str, entries: tuple[str, ...], held: int | None, user: str | None) -> int:
        """Take everything that is offered and needs nobody's consent, or only some entries, or one of the choices."""
        from workers import NotPossibleError, reuse_named
        from workers import accept_offers as take

        by = account(user, "clerk")
        try:
            if held is not None:
                taken = [reuse_named(find(number), held, by=by)]
            else:
                taken = take([find(number)], by=by, entries=entries)
        except NotPossibleError as reason:
            out.print(f"{reason} [{reason.code}]", highlight=False, markup=False)
            return EXIT_NO
        for use in taken:
            where = use.held.package.archive_number if use.held else ""
            out.print(f"{use.entry}：{use.get_how_display()}，{where}", highlight=False)
        return 0
