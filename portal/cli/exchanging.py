"""`yidang exchange`: rows of the national exchange standard, for the province's 前置库."""

import json
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from portal.cli import EXIT_NO, setup_django

out = Console()
_json = click.option("--json", "as_json", is_flag=True, help="JSON, for programs.")
_all = click.option("--all", "everything", is_flag=True, help="Look at every project, not only at what changed.")


@click.group()
def exchange() -> None:
    """National exchange tables (SPGL): check, export, answers of the province."""
    setup_django()
    from workers import prepare

    prepare()


@exchange.command()
@click.option("--out", "-o", "folder", type=click.Path(path_type=Path), default=Path("exchange-out"), show_default=True)
@click.option("--format", "form", type=click.Choice(["csv", "json", "sql"]), default="csv", show_default=True)
@_all
def export(folder: Path, form: str, everything: bool) -> int:  # noqa: FBT001
    """Write what may go now as a folder that a 前置库 loads; children follow when their parents are accepted."""
    from exchange import ExchangeRow
    from workers import export_exchange

    for path in export_exchange(folder, form, everything=everything):
        click.echo(str(path))
    failed = ExchangeRow.objects.filter(valid=True, state=ExchangeRow.State.NOT_PASSED).count()
    if failed:
        out.print(f"[yellow]{failed} 条数据本地校验失败，未上报；原因见 yidang exchange check[/]")
    return EXIT_NO if failed else 0


@exchange.command()
@_all
@_json
def check(everything: bool, as_json: bool) -> int:  # noqa: FBT001
    """Check every row that is not handed out, with the reasons; exit code 1 when one does not pass."""
    from workers import check_exchange

    failed = [_row(row) for row in check_exchange(everything=everything)]
    if as_json:
        click.echo(json.dumps(failed, ensure_ascii=False))
    else:
        for row in failed:
            out.print(f"[red]{row['table']}[/] {row['key']} {row['case']}：{row['failure']}", highlight=False)
        out.print(f"{len(failed)} 条数据本地校验失败" if failed else "全部通过")
    return EXIT_NO if failed else 0


@exchange.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_json
def receive(file: Path, as_json: bool) -> int:  # noqa: FBT001
    """Take in the province's answers: a CSV or JSON with LSH, SJSCZT (3 or 2) and SBYY."""
    from exchange import BadAnswers
    from workers import receive_exchange

    try:
        report = receive_exchange(file)
    except BadAnswers as wrong:
        raise click.UsageError(str(wrong)) from None
    if as_json:
        said = {"accepted": report.accepted, "refused": report.refused, "known": report.known}
        click.echo(json.dumps(said | {"strange": report.strange}, ensure_ascii=False))
    else:
        out.print(f"接收 {report.accepted} 条，退回 {report.refused} 条，此前已知 {report.known} 条")
        for serial in report.strange:
            out.print(f"[red]不是本系统上报的流水号[/] {serial}", highlight=False)
    return EXIT_NO if report.refused or report.strange else 0


@exchange.command(name="list")
@click.option("--case", "case_number", default="", help="Only the rows of this case.")
@_json
def list_rows(case_number: str, as_json: bool) -> None:  # noqa: FBT001
    """The rows, how each stands and why."""
    from exchange import ExchangeRow

    rows = ExchangeRow.objects.filter(case_number=case_number) if case_number else ExchangeRow.objects.all()
    told = [_row(row) for row in rows]
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    table = Table("流水号", "表", "主键", "办件", "有效", "状态", "原因")
    for row in told:
        valid = "有效" if row["valid"] else row["invalid_why"]
        table.add_row(row["serial"], row["table"], row["key"], row["case"], valid, row["state"], row["failure"])
    out.print(table)


@exchange.command(name="set")
@click.argument("project")
@click.argument("field")
@click.argument("value")
@click.option("--by", required=True, help="Whose account puts it in.")
def set_fact(project: str, field: str, value: str, by: str) -> None:
    """Put in a FIELD (such as SPLCBM) of a PROJECT (its code) that no document tells."""
    from django.contrib.auth import get_user_model

    from workers import BadFactError, set_exchange_fact

    account = get_user_model().objects.filter(username=by).first()
    if account is None:
        raise click.UsageError(f"没有账号 {by}")
    try:
        set_exchange_fact(project, field, value, by=account)
    except BadFactError as wrong:
        raise click.UsageError(str(wrong)) from None


@exchange.command()
@click.argument("serial")
def retry(serial: str) -> None:
    """Send a row (its 流水号) once more that the province refused, unchanged."""
    from exchange import ExchangeRow, send_again

    row = ExchangeRow.objects.filter(serial=serial).first()
    if row is None:
        raise click.UsageError(f"没有流水号 {serial}")
    try:
        send_again(row)
    except ValueError as wrong:
        raise click.UsageError(str(wrong)) from None


def _row(row: Any) -> dict[str, Any]:
    return {
        "serial": row.serial,
        "table": row.table,
        "key": row.key,
        "case": row.case_number,
        "valid": row.valid,
        "invalid_why": row.invalid_why,
        "state": "已上报，待回执" if row.under_way else row.get_state_display(),
        "failure": row.failure,
    }
