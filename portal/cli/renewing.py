"""`yidang renew`: archive timestamps that end."""

import datetime as dt

import click
from rich.console import Console

from portal.cli import setup_django

out = Console()
DAYS_A_MONTH = 30.44


@click.command()
@click.option("--months", type=click.IntRange(1, 240), default=12, show_default=True, help="What ends within so many.")
@click.option("--list", "only_list", is_flag=True, help="Say what is due, and ask for nothing.")
def renew(months: int, only_list: bool) -> int:  # noqa: FBT001
    """Renew the archive timestamps of issued files before the certificate behind them ends; workers do the work."""
    setup_django()
    from django.utils import timezone

    from signing import due_for_renewal
    from workers import look_for_renewals, note_stamps, prepare

    prepare()
    note_stamps()
    before = timezone.now() + dt.timedelta(days=months * DAYS_A_MONTH)
    due = due_for_renewal(before)
    for row in due:
        ends = f"{timezone.localtime(row.ends_at):%Y-%m-%d}" if row.ends_at else ""
        out.print(f"{ends} {row.get_kind_display()} {row.number} 第{row.order}次续期后", highlight=False, markup=False)
    if not due:
        out.print(f"{months} 个月内没有到期的存档时间戳")
    elif not only_list:
        look_for_renewals(before)
        out.print(f"已安排续期 {len(due)} 份", highlight=False)
    return 0
