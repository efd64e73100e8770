"""`yidang case`: what a window does, from the command line."""

import json
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from catalogue import CatalogueError, parse_answers
from portal.cli import EXIT_NO, offering, parallel, repeats, setup_django, undertakings
from portal.cli.reading import show_report

out = Console()
WAIT_SECONDS = 600
_number = click.argument("number")
_as = click.option("--as", "user", default=None, help="Account to act as; by default the demonstration's for the role.")


@click.group()
def case() -> None:
    """Open a case, hand files in, check, decide, issue."""
    setup_django()
    from workers import prepare

    prepare()


@case.command(name="open")
@click.option("--item", "item_code", required=True)
@click.option("--project-code", required=True)
@click.option("--project-name", required=True)
@click.option("--works", default="", help="工程名称.")
@click.option("--applicant", required=True)
@click.option("--uscc", required=True)
@click.option("--sensitive", type=click.Choice(["否", "是"]), required=True, help="Whether the project is 涉密.")
@click.option("--answers", default="", help="What was answered about the project: land=出让,investment=企业.")
@_as
def open_(**given: str) -> None:
    """Open a case and print its number; the archive's offers for it follow."""
    from workers import NotPossibleError, on_hand, open_case

    try:
        opened = open_case(
            given["item_code"],
            project_code=given["project_code"],
            project_name=given["project_name"],
            works_name=given["works"],
            applicant_name=given["applicant"],
            applicant_uscc=given["uscc"],
            by=account(given["user"], "clerk"),
            answers={**parse_answers(given["answers"]), "sensitive": given["sensitive"]},
        )
    except (NotPossibleError, CatalogueError) as wrong:
        raise click.UsageError(f"[{wrong.code}] {wrong}") from None
    click.echo(opened.number)
    there = on_hand(opened)
    for held in there.free:
        out.print(f"档案已有：{held.name}（{held.package.archive_number}）", highlight=False)
    for ended in there.ended:
        out.print(f"不能采用：{ended.said}（{ended.held.package.archive_number}）", highlight=False, markup=False)


@case.command()
@_number
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_as
def add(number: str, files: tuple[Path, ...], user: str | None) -> None:
    """Hand FILES in for the case; workers must be running for them to be read."""
    from workers import add_files

    for path in files:
        with path.open("rb") as stream:
            [upload] = add_files(_case(number), [(path.name, stream)], by=account(user, "clerk"))
        met = upload.repeats.first()
        out.print(
            f"{path.name}：{upload.get_state_display()}{'，已有此件：' + met.why if met else ''}", highlight=False
        )


@case.command()
@_number
@click.option("--json", "as_json", is_flag=True)
def check(number: str, as_json: bool) -> int:  # noqa: FBT001
    """Wait for the workers, then print the checklist."""
    from workers import wait_until_idle

    found = _case(number)
    wait_until_idle(found, seconds=WAIT_SECONDS)
    found.refresh_from_db()
    if as_json:
        click.echo(json.dumps(found.report, ensure_ascii=False))
    else:
        show_report(found.report)
    return 0 if found.report["verdict"] == "complete" else EXIT_NO


@case.command()
@_number
@_as
def accept(number: str, user: str | None) -> int:
    """受理: on a complete list only."""
    from workers import accept as take

    return _try(lambda: take(_case(number), by=account(user, "clerk")), "已受理")


@case.command()
@_number
@click.option("--drawings", default=None, help="图纸摘要 of the version looked at: refused if it is another by now.")
@_as
def decide(number: str, user: str | None, drawings: str | None) -> int:
    """准予许可: the certificate is numbered and rendered for approval."""
    from workers import decide as grant

    return _try(lambda: grant(_case(number), by=account(user, "officer"), drawings=drawings), "已作出决定，证照生成中")


@case.command()
@_number
@_as
def issue(number: str, user: str | None) -> int:
    """Approve the rendered bytes; they are sealed, validated and archived by the workers."""
    from signing import Certificate
    from workers import approve, wait_until_idle

    found = _case(number)
    wait_until_idle(found, seconds=WAIT_SECONDS)
    certificate = Certificate.objects.filter(case_number=number).latest("version")
    return _try(
        lambda: approve(certificate, certificate.rendered_sha256, by=account(user, "officer")), "已签发，盖章归档中"
    )


def _try(action: Any, done: str) -> int:
    from workers import NotPossibleError

    try:
        action()
    except NotPossibleError as reason:
        out.print(f"{reason} [{reason.code}]", highlight=False, markup=False)
        return EXIT_NO
    out.print(done)
    return 0


def _case(number: str) -> Any:
    from ingest import Case

    found = Case.objects.filter(number=number).first()
    if found is None:
        raise click.UsageError(f"没有编号为 {number} 的办件")
    return found


def account(user: str | None, role: str) -> Any:
    """The account of that name, or the demonstration's first for a role."""
    from django.contrib.auth import get_user_model

    users = get_user_model().objects
    found = users.filter(username=user).first() if user else users.filter(groups__name=role).order_by("pk").first()
    if found is None:
        raise click.UsageError(f"没有账号 {user or role}")
    return found


parallel.register(case, account)
parallel.register_form(case, account)
parallel.register_opinion(case, account)
offering.register(case, _case, account)
undertakings.register(case, _case, account)
repeats.register(case, _case, account)
