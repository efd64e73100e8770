"""`yidang case repeats`: what was handed in though it is here already, and what it is."""

import json
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from portal.cli import EXIT_NO

out = Console()


def register(group: click.Group, case: Any, account: Any) -> None:
    """Hang the command into `yidang case`; `case` finds a case, `account` whom to act as."""

    @group.command()
    @click.argument("number")
    @click.option("--take", type=int, default=None, help="That one is the same: use what is here.")
    @click.option("--keep", type=int, default=None, help="That one is another document: keep it.")
    @click.option("--undo", type=int, default=None, help="Take the answer to that one back.")
    @click.option("--json", "as_json", is_flag=True)
    @click.option("--as", "user", default=None, help="Account to act as; by default the demonstration's clerk.")
    def repeats(number: str, **given: Any) -> int:
        """Show what comes again for the case NUMBER, or say what one of it is."""
        from workers import NotPossibleError, keep_new, repeats_of, take_earlier, take_repeat_back

        found = case(number)
        answers = (("take", take_earlier), ("keep", keep_new), ("undo", take_repeat_back))
        for name, act in answers:
            if given[name] is None:
                continue
            row = repeats_of(found).filter(pk=given[name]).first()
            if row is None:
                raise click.UsageError(f"该办件没有编号为 {given[name]} 的重复提交")
            try:
                act(row, by=account(given["user"], "clerk"))
            except NotPossibleError as reason:
                out.print(f"{reason} [{reason.code}]", highlight=False, markup=False)
                return EXIT_NO
        _show(found, as_json=given["as_json"])
        return 0


def _show(case: Any, *, as_json: bool) -> None:
    from portal.api_repeats import repeat_json
    from workers import repeats_of

    rows = [repeat_json(row, known=True) for row in repeats_of(case)]  # who works at the machine sees all of it
    if as_json:
        click.echo(json.dumps([row.dict() for row in rows], ensure_ascii=False))
        return
    table = Table("编号", "文件", "已有的一份", "状态", "说明")
    for row in rows:
        table.add_row(str(row.id), row.file, row.earlier, row.state, row.why)
    out.print(table)
