"""`yidang staff`: in which department the person of an account works."""

from typing import Any

import click
from rich.console import Console
from rich.table import Table

from portal.cli import setup_django

out = Console()


@click.command()
@click.argument("user", required=False)
@click.option("--department", default="", help="Put USER into this department, by its name in the lists of items.")
@click.option("--leave", is_flag=True, help="USER works in no department any more.")
def staff(user: str | None, department: str, *, leave: bool) -> None:
    """Every account with its roles and department, or only that of USER; with an option, change it.

    An officer decides the cases of the department's items, and sees its closed ones.
    """
    setup_django()
    from django.contrib.auth.models import User

    from archive.sharing import SharingError
    from workers import place_in_department, take_out_of_department

    if ((department or leave) and not user) or (department and leave):
        raise click.UsageError("请写明账号，以及 --department 部门 或者 --leave 之一")
    accounts = User.objects.filter(username=user) if user else User.objects.filter(is_active=True).order_by("username")
    if user and not accounts:
        raise click.UsageError(f"没有账号 {user}")
    try:
        for account in accounts if department or leave else ():
            place_in_department(account, department) if department else take_out_of_department(account)
    except SharingError as reason:
        raise click.UsageError(str(reason)) from None
    out.print(_table(accounts))


def _table(accounts: Any) -> Table:
    from archive.sharing import department_of

    table = Table("账号", "岗位", "所在部门")
    for account in accounts:
        roles = "、".join(account.groups.order_by("name").values_list("name", flat=True))
        table.add_row(account.get_username(), roles, department_of(account) or "未登记")
    return table
