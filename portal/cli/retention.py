"""`yidang archive schedule, due, dispose, hold, release, shorten, drift, destroyed`: how long packages are kept."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any, Literal

import click
from rich.console import Console
from rich.table import Table

from catalogue import RetentionCode
from portal.cli import EXIT_NO

out = Console()
_json = click.option("--json", "as_json", is_flag=True, help="JSON, for programs.")
_as = click.option("--as", "user", required=True, help="Account to act as.")
MARKS = {"found": "有据", "memory": "凭记忆，待核", "city": "待当地确定"}


@click.command()
@_json
def schedule(as_json: bool) -> None:  # noqa: FBT001
    """The retention schedule in force (保管期限表), rule by rule."""
    from django.utils import timezone

    from catalogue import RESULT_NAMES, retention_schedule

    version = retention_schedule().on(timezone.localdate())
    if as_json:
        click.echo(version.model_dump_json())
        return
    table = Table(
        "条款", "范围", "办理结果", "期限", "依据", "可靠程度", title=f"第{version.version}版，{version.valid_from}起"
    )
    for rule in version.rules:
        results = "、".join(RESULT_NAMES[result] for result in rule.results)
        keep = "见事项清单" if rule.keep == "list" else rule.keep
        table.add_row(rule.number, rule.name, results, keep, rule.basis, MARKS[rule.mark])
    out.print(table)


@click.command()
@_json
def due(as_json: bool) -> None:  # noqa: FBT001
    """What is due and on no list yet, and what stands against destroying each."""
    from django.utils import timezone

    from archive.retention import due_periods, stands_against
    from workers import against

    today = timezone.localdate()
    rows = [
        {
            "archive_number": period.package.archive_number,
            "title": period.package.title,
            "due_on": str(period.until),
            "against": [one.words for one in stands_against(period, today, against)],
        }
        for period in due_periods(today)
    ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    table = Table("档号", "题名", "到期", "不能销毁的原因", title=f"到期 {len(rows)} 件")
    for row in rows:
        table.add_row(row["archive_number"], row["title"], row["due_on"], "；".join(row["against"]))
    out.print(table)


@click.command()
@click.argument("scope", type=click.Choice(["package", "case", "project", "company"]))
@click.argument("target")
@click.option("--reason", required=True, help="Why (事由).")
@click.option("--authority", required=True, help="The document it rests on (依据文书).")
@_as
def hold(scope: str, target: str, **given: str) -> int:
    """Put a hold on a package (档号), a case, a project or a company; it wins over every other rule at once."""
    from workers import hold as place

    words = {"reason": given["reason"], "authority": given["authority"], "by": _account(given["user"])}
    return _try(lambda: out.print(f"已冻结：{place(scope, target, **words).number}", highlight=False))


@click.command()
@click.argument("number")
@click.option("--reason", required=True, help="Why it may end.")
@_as
def release(number: str, reason: str, user: str) -> int:
    """Release the hold of that NUMBER; whoever approved a destruction under it may not."""
    from archive.retention import Hold
    from workers import lift_hold

    found = Hold.objects.filter(number=number).first()
    if found is None:
        raise click.UsageError(f"没有编号为 {number} 的冻结")
    return _try(
        lambda: out.print(f"已解除：{lift_hold(found, reason=reason, by=_account(user)).number}", highlight=False)
    )


@click.group()
def shorten() -> None:
    """Keep a package shorter than it was (缩短保管期限): one person proposes with a document, another confirms."""


@shorten.command()
@click.argument("archive_number")
@click.argument("code", type=click.Choice(["D30", "D10"]))
@click.option("--reason", required=True, help="Why (理由).")
@click.option("--authority", required=True, help="The document that approves it (批准文件).")
@_as
def propose(archive_number: str, code: RetentionCode, **given: str) -> int:
    """Propose the period CODE for the package of that 档号, from the end of the year in which its case was closed."""
    from django.utils import timezone

    from archive.retention import RetentionError, change_period
    from catalogue import period_end

    period, by = _period(archive_number), _keeper(given["user"])
    until = period_end(code, period.closed_on)

    def act() -> None:
        if period.until and until and until >= period.until:
            raise RetentionError("not-shorter", "新的保管期限并不更短")
        words = {"reason": given["reason"], "authority": given["authority"]}
        change = change_period(period, code, until, **words, by=by, now=timezone.now())
        out.print(f"已提出：{archive_number} {change.before_until or '永久'} → {until}，待另一人批准", highlight=False)

    return _try(act)


@shorten.command()
@click.argument("archive_number")
@_as
def confirm(archive_number: str, user: str) -> int:
    """Confirm the newest proposal for the package of that 档号; whoever proposed it may not."""
    from django.utils import timezone

    from archive.retention import confirm_change

    change, by = _period(archive_number).changes.filter(confirmed_at=None).order_by("-pk").first(), _keeper(user)
    if change is None:
        raise click.UsageError(f"{archive_number} 没有待批准的缩短")

    def act() -> None:
        confirm_change(change, by=by, now=timezone.now())
        out.print(f"已批准：{archive_number} 保管至 {change.until}", highlight=False)

    return _try(act)


@click.command()
@_json
def drift(as_json: bool) -> int:  # noqa: FBT001
    """Compare schedule, holds and locks in the stores now; exit code 1 where something could not be put right."""
    from workers import compare_retention

    run = compare_retention()
    if as_json:
        counts = {"looked_at": run.looked_at, "locked": len(run.locked), "held": len(run.held), "whole": run.whole}
        click.echo(json.dumps(counts | {"faults": run.faults}, ensure_ascii=False))
    else:
        out.print(f"比对 {run.looked_at} 个对象，续期 {len(run.locked)} 个，补冻结标记 {len(run.held)} 个")
        for sha256, fault in run.faults.items():
            out.print(f"[red]不符[/] {sha256}：{fault}", highlight=False)
    return EXIT_NO if run.faults else 0


@click.command()
@click.argument("number")
@_json
def destroyed(number: str, as_json: bool) -> int:  # noqa: FBT001
    """What became of a package: NUMBER is its 档号, its case's number, or the SHA-256 of an old export's manifest."""
    import dataclasses

    from workers import tombstone

    found = tombstone(number)
    if found is None:
        click.echo("{}" if as_json else "没有销毁记录")
        return EXIT_NO
    if as_json:
        click.echo(json.dumps(dataclasses.asdict(found), ensure_ascii=False))
        return 0
    out.print(f"{found.archive_number} {found.title}", highlight=False)
    out.print(f"已于 {found.destroyed_at} 依法销毁，销毁清册 {found.certificate}", highlight=False)
    out.print(f"清册摘要 {found.certificate_sha256}，{'已' if found.logged else '尚未'}记入存证日志", highlight=False)
    for line in found.approvals:
        out.print(f"批准：{line}", highlight=False)
    return 0


@click.group()
def dispose() -> None:
    """鉴定销毁: draw, show, appraise, approve, withdraw, run."""


@dispose.command()
@_as
def draw(user: str) -> int:
    """Draw the list of what is due today."""
    from workers import draw_disposal

    return _try(lambda: _show(draw_disposal(by=_account(user))))


@dispose.command()
@click.argument("number", required=False)
def show(number: str | None) -> None:
    """One list with its lines, or all lists."""
    from archive.retention import DisposalList

    if number:
        _show(_list(number))
        return
    table = Table("编号", "截止", "状态", "件数", "可执行日")
    for row in DisposalList.objects.all():
        ready = f"{row.not_before:%Y-%m-%d}" if row.not_before else ""
        table.add_row(row.number, str(row.due_on), row.get_state_display(), str(row.lines.count()), ready)
    out.print(table)


@dispose.command()
@click.argument("number")
@click.option("--rule", "rules", multiple=True, nargs=3, help="档号, keep|destroy|YYYY-MM-DD (extend to), reason.")
@_as
def appraise(number: str, rules: tuple[tuple[str, str, str], ...], user: str) -> int:
    """Decide for every package of a list (鉴定)."""
    from archive.retention import DisposalLine, Ruling
    from workers import appraise_disposal

    found = _list(number)
    keys = {line.period.package.archive_number: line.pk for line in found.lines.select_related("period__package")}
    said = {}
    for archive_number, decision, reason in rules:
        if archive_number not in keys:
            raise click.UsageError(f"清单中没有 {archive_number}")
        if decision in ("keep", "destroy"):
            said[keys[archive_number]] = Ruling(DisposalLine.Decision(decision), reason)
        else:
            said[keys[archive_number]] = Ruling(DisposalLine.Decision.EXTEND, reason, _day(decision))
    return _try(lambda: _show(appraise_disposal(found, said, by=_account(user))))


@dispose.command()
@click.argument("number")
@click.option("--role", type=click.Choice(["archivist", "supervisor"]), required=True, help="For whom you approve.")
@_as
def approve(number: str, role: Literal["archivist", "supervisor"], user: str) -> int:
    """One of the two approvals; they are two persons."""
    from workers import approve_disposal

    by = _account(user)
    if not (by.is_superuser or by.groups.filter(name=role).exists()):
        raise click.UsageError(f"{user} 不是{'档案人员' if role == 'archivist' else '监察人员'}")
    return _try(lambda: _show(approve_disposal(_list(number), role, by=by)))


@dispose.command()
@click.argument("number")
@click.option("--why", required=True, help="Why it is stopped.")
@_as
def withdraw(number: str, why: str, user: str) -> int:
    """Stop a list that was not begun."""
    from workers import withdraw_disposal

    return _try(lambda: _show(withdraw_disposal(_list(number), why=why, by=_account(user))))


@dispose.command()
def run() -> None:
    """Have every approved list carried out whose waiting time is over; the night does it by itself."""
    from workers import carry_out

    out.print(f"{carry_out()} 份清单开始执行")


COMMANDS = (schedule, due, hold, release, shorten, drift, destroyed, dispose)


def _show(drawn: Any) -> None:
    title = f"{drawn.number} {drawn.get_state_display()}"
    table = Table("档号", "到期", "反对销毁的情形", "鉴定", "意见", "结果", title=title)
    for line in drawn.lines.select_related("period__package"):
        said = "；".join(one["words"] for one in line.against)
        ruling = line.get_decision_display() + (f" {line.extend_to}" if line.extend_to else "")
        outcome = f"{line.get_outcome_display()} {line.outcome_why}"
        table.add_row(line.period.package.archive_number, str(line.due_on), said, ruling, line.reason, outcome)
    out.print(table)
    if drawn.not_before:
        out.print(f"异议期至 {drawn.not_before:%Y-%m-%d %H:%M}，之后由夜间任务执行", highlight=False)


def _try(act: Callable[[], object]) -> int:
    from archive.retention import RetentionError
    from workers import NotPossibleError, PackagesUnreadError

    try:
        act()
    except (RetentionError, NotPossibleError, PackagesUnreadError) as reason:
        out.print(f"[red]不能办理[/] [{reason.code}] {reason}", highlight=False, soft_wrap=True)
        return EXIT_NO
    return 0


def _list(number: str) -> Any:
    from archive.retention import DisposalList

    found = DisposalList.objects.filter(number=number).first()
    if found is None:
        raise click.UsageError(f"没有编号为 {number} 的清单")
    return found


def _period(archive_number: str) -> Any:
    from archive.retention import KeptPeriod

    found = KeptPeriod.objects.filter(package__archive_number=archive_number).first()
    if found is None:
        raise click.UsageError(f"没有档号为 {archive_number} 的档案")
    return found


def _keeper(name: str) -> Any:
    """An account that answers for what is kept how long."""
    by = _account(name)
    if not (by.is_superuser or by.groups.filter(name__in=("archivist", "supervisor")).exists()):
        raise click.UsageError(f"{name} 不是档案人员或监察人员")
    return by


def _account(name: str) -> Any:
    from django.contrib.auth import get_user_model

    found = get_user_model().objects.filter(username=name).first()
    if found is None:
        raise click.UsageError(f"没有账号 {name}")
    return found


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise click.UsageError(f"{text}：请写 keep、destroy 或日期 2040-12-31") from None
