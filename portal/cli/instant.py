"""`yidang instant`: rules that decide at once (秒批秒办), their release, why a case was or was not, later checks."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import click
from rich.console import Console

from portal.cli import EXIT_NO, setup_django
from portal.cli.casework import account

out = Console()
_as = click.option("--as", "user", default=None, help="Account to act as; by default the demonstration's for the role.")
_json = click.option("--json", "as_json", is_flag=True)


@click.group()
def instant() -> None:
    """秒批秒办: rules and their release, pledges, explanations, and what is drawn for checking afterwards."""
    setup_django()
    from workers import prepare

    prepare()


@instant.command()
@_json
def rules(as_json: bool) -> None:  # noqa: FBT001
    """The rule sets there are, in words, and every release."""
    from workers import RULE_SETS

    sets = [{**one.to_json(), "sha256": one.sha256} for one in RULE_SETS.values()]
    releases = [_release_json(row) for row in _releases()]
    if as_json:
        click.echo(json.dumps({"rule_sets": sets, "releases": releases}, ensure_ascii=False))
        return
    for one in RULE_SETS.values():
        _say(f"{one.name}  SHA-256 {one.sha256}")
        for number, rule in enumerate(one.rules, 1):
            _say(f"  {number:2} {rule.sentence}（{rule.basis}）")
    for row in releases:
        what = f"{row['number']} {row['item']} 第{row['item_version']}版 {row['rule_set']}"
        who = f"{row['officer']}、{row['second'] or '待复核'}（{row['basis']}）"
        _say(f"{what} 自{row['from']} {row['state']}：{who}")


def _releases() -> Any:
    from workers import RuleRelease

    return RuleRelease.objects.select_related("proposed_by", "confirmed_by", "withdrawn_by")


def _release_json(row: Any) -> dict[str, Any]:
    state = "已撤回" if row.withdrawn_at else "有效" if row.confirmed_at else "待复核"
    return {
        "id": row.pk,
        "number": row.number,
        "item": row.item_code,
        "item_version": row.item_version,
        "rule_set": row.rule_set,
        "rule_set_sha256": row.rule_set_sha256,
        "from": row.valid_from.isoformat(),
        "basis": row.basis,
        "officer": row.proposed_by.get_username(),
        "second": row.confirmed_by.get_username() if row.confirmed_by else "",
        "seals": row.seals,
        "state": state,
        "withdrawn_why": row.withdrawn_why,
    }


@instant.command()
@click.argument("item")
@click.option("--basis", default="", help="The paper that it rests on: a document number, minutes.")
@click.option("--rules", "rule_set", default=None, help="Rule set; the newest by default.")
@click.option("--from", "valid_from", type=click.DateTime(["%Y-%m-%d"]), default=None, help="First day; today.")
@click.option("--seal", "seals", multiple=True, help="Two-person seal that both officers stand for; may be repeated.")
@click.option("--confirm", is_flag=True, help="Be the second person for what another proposed.")
@_as
def release(item: str, **given: Any) -> int:
    """Let a rule set decide ITEM: one officer proposes, another confirms with --confirm."""
    from workers import CURRENT_RULES, confirm_release, propose_release

    by = account(given["user"], "officer")
    if given["confirm"]:
        row = _releases().filter(item_code=item, withdrawn_at=None).last()
        if row is None:
            _say("没有待复核的规则发布")
            return EXIT_NO
        return _try(lambda: confirm_release(row, by=by), "已复核，规则发布生效")
    day = given["valid_from"]
    return _try(
        lambda: propose_release(
            item,
            by=by,
            basis=given["basis"],
            rule_set=given["rule_set"] or CURRENT_RULES.name,
            valid_from=day.date() if isinstance(day, dt.datetime) else None,
            seals=tuple(given["seals"]),
        ),
        "已提出，由另一名经办人以 --confirm 复核后生效",
    )


@instant.command()
@click.argument("item")
@click.option("--why", required=True)
@_as
def withdraw(item: str, why: str, user: str | None) -> int:
    """End the release for ITEM at once; cases go the ordinary way from here on."""
    from workers import withdraw_release

    row = _releases().filter(item_code=item, withdrawn_at=None).last()
    if row is None:
        _say("没有生效或待复核的规则发布")
        return EXIT_NO
    return _try(lambda: withdraw_release(row, why=why, by=account(user, "officer")), "已撤回")


@instant.command()
@click.argument("number")
@click.option("--promised-by", default="", help="Who gives his word; the applicant by default.")
@_as
def pledge(number: str, promised_by: str, user: str | None) -> int:
    """信用承诺: the applicant's word for the whole of case NUMBER, without which nothing is decided by rule."""
    from workers import give_pledge

    by = account(user, "clerk")
    return _try(lambda: give_pledge(_case(number), by=by, promised_by=promised_by), "已登记，承诺书盖章中")


@instant.command()
@click.argument("number")
@_json
def explain(number: str, as_json: bool) -> int:  # noqa: FBT001
    """Why case NUMBER was or was not decided by rule: each rule, whether met, by what; computed again from the record.

    Exit code 1 where a rule was not met, or where the record does not follow from its own inputs.
    """
    from workers import RuleDecision, computed_again

    row = RuleDecision.objects.filter(case=_case(number)).select_related("release").last()
    if row is None:
        _say("该办件没有按规则判定：未受理，或事项清单未规定可即时办结")
        return EXIT_NO
    same = computed_again(row.record)
    if as_json:
        said = {"case": number, "sha256": row.sha256, "computed_again": same, "certificate": row.certificate}
        click.echo(json.dumps({**said, **row.record}, ensure_ascii=False))
    else:
        for one in row.record["results"]:
            _say(f"{'✓' if one['met'] else '✗'} {one['sentence']}：{one['evidence']}")
        how = f"按规则办结，证照 {row.certificate}" if row.met else "转一般程序"
        _say(f"{row.record['rule_set']['name']}：{how}；记录 SHA-256 {row.sha256}")
        _say("按记录的输入重新计算：" + ("一致" if same else "不一致"))
    return 0 if row.met and same else EXIT_NO


@instant.command()
@click.option("--all", "all_of_them", is_flag=True, help="Those that were not drawn as well, with their numbers.")
@_json
def draws(all_of_them: bool, as_json: bool) -> int:  # noqa: FBT001
    """What was drawn for checking afterwards (事后核查); every draw is computed again from the head it follows from.

    Exit code 1 where a draw does not follow from its head, or a check is overdue.
    """
    from django.utils import timezone

    from workers import AfterCheck, draw_number, drawn_again

    rows = AfterCheck.objects.select_related("decision__case")
    found = [row for row in rows if all_of_them or row.drawn]
    late = [row for row in found if row.late(timezone.localdate())]
    lines = [
        {
            "case": row.decision.case.number,
            "certificate": row.decision.certificate,
            "number": draw_number(row.note, row.decision.case.number),
            "percent": row.percent,
            "drawn": row.drawn,
            "follows": drawn_again(row),
            "due": row.due_on.isoformat() if row.due_on else None,
            "overdue": row in late,
            "finding": row.finding,
            "words": row.words,
        }
        for row in found
    ]
    if as_json:
        click.echo(json.dumps(lines, ensure_ascii=False))
    else:
        for row in found:
            _say(_draw_words(row, draw_number(row.note, row.decision.case.number)))
    return EXIT_NO if late or not all(drawn_again(row) for row in found) else 0


def _draw_words(row: Any, number: int) -> str:
    case, certificate = row.decision.case.number, row.decision.certificate
    if not row.drawn:
        return f"{case} {certificate} 抽签数 {number}，不小于 {row.percent}：未抽中"
    due = f"，期限 {row.due_on}" if row.due_on else ""
    return f"{case} {certificate} 抽签数 {number}，小于 {row.percent}：抽中{due}，{row.get_finding_display()}"


@instant.command()
@click.argument("number")
@click.argument("finding", type=click.Choice(["confirmed", "corrected", "revoked"]))
@click.option("--words", required=True, help="What the check found.")
@click.option("--evidence", required=True, help="Record, document number or query that shows it.")
@click.option(
    "--set", "changes", multiple=True, metavar="LINE=VALUE", help="corrected: what the certificate should say."
)
@_as
def found(number: str, finding: str, changes: tuple[str, ...], **given: Any) -> int:
    """Write down what the check of case NUMBER found; revoked ends its certificate."""
    from workers import AfterCheck, record_finding

    row = AfterCheck.objects.filter(decision__case=_case(number)).first()
    if row is None:
        _say("该办件不是按规则办结的，或尚未抽签")
        return EXIT_NO
    lines = {line: said for line, equals, said in (change.partition("=") for change in changes) if equals}
    said = {"words": given["words"], "evidence": given["evidence"], "changes": lines}
    by = account(given["user"], "supervisor")
    return _try(lambda: record_finding(row, finding, by=by, **said), "已记录核查结果")


def _say(text: str) -> None:
    out.print(text, highlight=False, markup=False, soft_wrap=True)


def _case(number: str) -> Any:
    from ingest import Case

    found = Case.objects.filter(number=number).first()
    if found is None:
        raise click.UsageError(f"没有办件 {number}")
    return found


def _try(action: Callable[[], object], done: str) -> int:
    from workers import NotPossibleError

    try:
        action()
    except NotPossibleError as reason:
        _say(f"{reason} [{reason.code}]")
        return EXIT_NO
    _say(done)
    return 0
