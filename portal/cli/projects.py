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


@project.command()
@click.argument("code")
@click.argument("new_code", required=False)
@click.option("--reason", default="", help="What says so, such as the number of the notice (赋码通知).")
@click.option("--undo", is_flag=True, help="The last change was a slip: CODE is given up again.")
@click.option("--by", required=True, help="Whose account: an officer's or a supervisor's.")
def recode(code: str, new_code: str | None, reason: str, undo: bool, by: str) -> int:  # noqa: FBT001
    """重新赋码: project CODE has NEW_CODE from now on and keeps everything that is held under CODE."""
    setup_django()
    from django.contrib.auth.models import User

    from ingest import project_of
    from workers import NotPossibleError, change_project_code, take_code_back

    found = project_of(code)
    if found is None or bool(new_code) == undo:
        raise click.UsageError(
            f"没有登记过项目 {code}" if found is None else "请给出新代码，或者用 --undo 撤销上次变更"
        )
    account = User.objects.filter(username=by, groups__name__in=("officer", "supervisor")).first()
    if account is None:
        raise click.UsageError(f"没有部门或监察岗位的账号 {by}")
    try:
        if new_code:
            found = change_project_code(found, new_code, by=account, reason=reason)
        else:
            found = take_code_back(found, by=account)
    except NotPossibleError as refused:
        out.print(f"[red]{refused}[/]", highlight=False)
        return EXIT_NO
    click.echo(f"{found.name} 现代码 {found.code}，曾用代码 {'、'.join(found.codes[1:]) or '无'}")
    return 0
