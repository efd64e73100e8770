"""`yidang case gap, promise, recheck, pause, resume, clock, notice, refuse, credit`: what stays open; time; paper."""

import csv
import json
import sys
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from portal.cli import EXIT_NO

out = Console()
PAUSE_KINDS = ("special", "correction", "1+X")
ASKED_FOR = ("receipt", "one-time")
"""Notices that are asked for; the others come with the act that they tell of."""
_number = click.argument("number")
_as = click.option("--as", "user", default=None, help="Account to act as; by default the demonstration's for the role.")


def register(group: click.Group, case: Any, account: Any) -> None:
    """Hang the commands into `yidang case`; `case` finds a case, `account` whom to act as."""
    _promises(group, case, account)
    _rechecks(group, case, account)
    _clock(group, case, account)
    _notices(group, case, account)
    _credit(group, account)


def _promises(group: click.Group, case: Any, account: Any) -> None:
    def give(number: str, entry: str, kind: str, given: dict[str, Any]) -> int:
        from workers import promise, undo_promise

        found, by = case(number), account(given["user"], "clerk")
        if given["undo"]:
            return _try(lambda: undo_promise(_promise(found, entry), by=by), "已撤销")
        made: list[Any] = []
        facts = {"kind": kind, "reason": given["reason"], "promised_by": given["promised_by"]}
        code = _try(lambda: made.append(promise(found, entry, by=by, **facts)), "已登记，承诺书生成中")
        for one in made:
            out.print(f"{one.text}（{one.due_why}）", highlight=False)
        return code

    for name, kind, words in (
        ("gap", "gap", "容缺: the material of a list ENTRY comes later, by the day that is printed."),
        ("promise", "promise", "告知承诺: the applicant's written promise for a list ENTRY."),
    ):

        def command(number: str, entry: str, kind: str = kind, **given: Any) -> int:
            return give(number, entry, kind, given)

        command.__doc__ = words
        command = _as(command)
        command = click.option("--undo", is_flag=True, help="Take it back, while the case is open.")(command)
        command = click.option("--promised-by", default="", help="Who gives his word; the applicant by default.")(
            command
        )
        command = click.option("--reason", default="", help="Why the material is not there.")(command)
        group.command(name=name)(_number(click.argument("entry")(command)))


def _rechecks(group: click.Group, case: Any, account: Any) -> None:
    @group.command()
    @_number
    @click.argument("entry")
    @click.option("--kept/--broken", required=True, help="What the re-check found.")
    @click.option("--evidence", required=True, help="Record, document number or query that shows it.")
    @_as
    def recheck(number: str, entry: str, kept: bool, evidence: str, user: str | None) -> int:  # noqa: FBT001
        """核查: record whether the promise for ENTRY was kept; broken, it goes on the credit record."""
        from workers import recheck as record

        given = _promise(case(number), entry)
        done = "已记录：已兑现" if kept else "已记录：未兑现，已记入信用记录"
        return _try(lambda: record(given, kept=kept, evidence=evidence, by=account(user, "officer")), done)


def _clock(group: click.Group, case: Any, account: Any) -> None:
    @group.command()
    @_number
    @click.option("--kind", type=click.Choice(PAUSE_KINDS), required=True, help="特别程序, 补正 or 1+X机制.")
    @click.option("--reason", required=True)
    @click.option("--evidence", required=True, help="Number of the approval, notice or record.")
    @_as
    def pause(number: str, kind: str, reason: str, evidence: str, user: str | None) -> int:
        """Stop the clock of the case, on this account's approval."""
        from workers import pause as stop

        found, by = case(number), account(user, "officer")
        return _try(lambda: stop(found, kind, reason=reason, evidence=evidence, by=by), "计时已暂停")

    @group.command()
    @_number
    @click.option("--evidence", required=True, help="What the pause ended with.")
    @_as
    def resume(number: str, evidence: str, user: str | None) -> int:
        """Let the clock go on; the promised day is counted anew and explained."""
        from workers import resume as go_on

        found = case(number)
        code = _try(lambda: go_on(found, evidence=evidence, by=account(user, "officer")), "计时已恢复")
        found.refresh_from_db()
        out.print("；".join(found.due_why), highlight=False)
        return code

    @group.command()
    @_number
    @click.option("--json", "as_json", is_flag=True)
    def clock(number: str, as_json: bool) -> None:  # noqa: FBT001
        """When the case is due and why; its pauses, gaps and promises."""
        found = case(number)
        said = _clock_of(found)
        if as_json:
            click.echo(json.dumps(said, ensure_ascii=False))
            return
        out.print(f"承诺办结日：{said['due_on'] or '—'}", highlight=False)
        for line in [*said["due_why"], *(f"{p['name']}：{p['state']}，{p['due_why']}" for p in said["promises"])]:
            out.print(f"  {line}", highlight=False, markup=False)


def _clock_of(case: Any) -> dict[str, Any]:
    from workers import package_state

    return {
        "due_on": case.due_on.isoformat() if case.due_on else None,
        "due_why": case.due_why,
        "archive": package_state(case),
        "pauses": [
            {
                "kind": one.get_kind_display(),
                "reason": one.reason,
                "evidence": one.evidence,
                "started": one.started_at.isoformat(),
                "ended": one.ended_at.isoformat() if one.ended_at else None,
            }
            for one in case.pauses.all()
        ],
        "promises": [
            {
                "entry": one.entry,
                "name": one.entry_name,
                "kind": one.kind,
                "state": one.get_state_display(),
                "due_on": one.due_on.isoformat() if one.due_on else None,
                "due_why": one.due_why,
                "recheck_on": one.recheck_on.isoformat() if one.recheck_on else None,
            }
            for one in case.promises.all()
        ],
    }


def _notices(group: click.Group, case: Any, account: Any) -> None:
    @group.command()
    @_number
    @click.argument("kind", required=False, type=click.Choice(ASKED_FOR))
    @click.option(
        "-o", "--output", type=click.Path(path_type=Path, file_okay=False), help="Folder for the sealed PDFs."
    )
    @_as
    def notice(number: str, kind: str | None, output: Path | None, user: str | None) -> int:
        """Ask for a notice of KIND, or list those there are; -o writes the sealed files, the same every time."""
        from workers import notify, read_derivative, request_notice

        found, by = case(number), account(user, "clerk")
        code = 0
        if kind == "one-time":
            code = _try(lambda: notify(found, by=by), "一次性告知书生成中")
        elif kind:
            code = _try(lambda: request_notice(found, kind, by=by), "生成中")
        for one in found.notices.all():
            late = f"，其中 {len(one.repeats)} 项首次可告知而未告知" if one.repeats else ""
            out.print(f"{one.number} {one.get_kind_display()} {one.sha256[:16] or '待盖章'}{late}", highlight=False)
            if output and one.ready:
                output.mkdir(parents=True, exist_ok=True)
                (output / f"{one.number}{one.get_kind_display()}.pdf").write_bytes(read_derivative(one.sha256))
        return code

    @group.command()
    @_number
    @click.option("--ground", required=True, help="not-needed, not-ours, false-papers or barred.")
    @click.option("--reason", required=True, help="In words; it stands in the decision.")
    @_as
    def refuse(number: str, ground: str, reason: str, user: str | None) -> int:
        """不予受理: a sealed decision with its ground in the law and the applicant's remedies."""
        from workers import refuse as turn_away

        found, by = case(number), account(user, "clerk")
        return _try(lambda: turn_away(found, ground, reason=reason, by=by), "不予受理决定书生成中")


def _credit(group: click.Group, account: Any) -> None:
    @group.command()
    @click.option("--csv", "as_csv", is_flag=True, help="As CSV, for the credit platform.")
    @click.option("--settle", type=int, default=None, help="信用修复: number of the record that is repaired.")
    @click.option("--why", default="", help="On what ground it is repaired.")
    @_as
    def credit(as_csv: bool, settle: int | None, why: str, user: str | None) -> int:  # noqa: FBT001
        """Broken promises on record: list, export, repair."""
        from ingest import CreditRecord
        from workers import settle_credit

        if settle is not None:
            found = CreditRecord.objects.filter(pk=settle).first()
            if found is None:
                raise click.UsageError(f"没有编号为 {settle} 的信用记录")
            return _try(lambda: settle_credit(found, why=why, by=account(user, "officer")), "已修复")
        rows = [_credit_row(one) for one in CreditRecord.objects.select_related("promise__case__project")]
        if as_csv:
            writer = csv.writer(sys.stdout)
            writer.writerows([CREDIT_HEAD, *rows])
            return 0
        table = Table(*CREDIT_HEAD)
        for row in rows:
            table.add_row(*row)
        out.print(table)
        return 0


CREDIT_HEAD = ("编号", "单位", "统一社会信用代码", "办件", "项目代码", "事实", "记录时间", "修复时间", "修复依据")


def _credit_row(record: Any) -> tuple[str, ...]:
    settled = record.settled_at.isoformat(timespec="seconds") if record.settled_at else ""
    case = record.promise.case
    return (
        str(record.pk), record.party_name, record.party_uscc, case.number, case.project.code, record.what,
        record.written_at.isoformat(timespec="seconds"), settled, record.settled_why,
    )  # fmt: skip


def _promise(case: Any, entry: str) -> Any:
    found = case.promises.filter(entry=entry).exclude(state="void").first()
    if found is None:
        raise click.UsageError(f"该办件没有登记 {entry} 的容缺或承诺")
    return found


def _try(action: Any, done: str) -> int:
    from workers import NotPossibleError

    try:
        action()
    except NotPossibleError as reason:
        out.print(f"{reason} [{reason.code}]", highlight=False, markup=False)
        return EXIT_NO
    out.print(done)
    return 0
