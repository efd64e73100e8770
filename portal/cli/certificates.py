"""`yidang certificate`: the register of certificates, and what may be done to one after it was issued."""

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from portal.cli import EXIT_NO, setup_django

out = Console()
LISTED = 50
"""Newest first; older ones are asked for by number or state."""
_named = click.argument("name", metavar="NUMBER|IDENTIFIER")
_why = click.option("--reason", required=True, help="Why (理由).")
_by = click.option("--as", "user", default=None, help="Officer to act as; by default the demonstration's.")
_when = click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="Day of the decision; today by default.")
_json = click.option("--json", "as_json", is_flag=True, help="JSON, for programs.")


@click.group()
def certificate() -> None:
    """The register: list, show, voided, change, extend, correct, reissue, suspend, restore, revoke, cancel."""
    setup_django()
    from workers import prepare

    prepare()


@certificate.command(name="list")
@click.option("--state", default="", help="Only those in this state, such as valid, suspended, revoked.")
@_json
def list_(state: str, as_json: bool) -> int:  # noqa: FBT001
    """The newest certificates of the register."""
    from signing import Certificate

    rows = Certificate.objects.select_related("seal").order_by("-pk")
    rows = rows.filter(state=state) if state else rows
    if as_json:
        click.echo(json.dumps([_facts(row) for row in rows[:LISTED]], ensure_ascii=False))
        return 0
    for row in rows[:LISTED]:
        out.print(f"{row.number} 第{row.version}版 {row.get_state_display()} {row.holder_name}", highlight=False)
    return 0


@certificate.command()
@_named
@_json
def show(name: str, as_json: bool) -> int:  # noqa: FBT001
    """Every version of a certificate and what was done to it, in order."""
    from signing import versions_of

    versions = versions_of(_find(name))
    if as_json:
        told = [_facts(row) | {"acts": [_act(act) for act in row.acts.all()]} for row in versions]
        click.echo(json.dumps(told, ensure_ascii=False))
        return 0
    for row in versions:
        until = f"，有效期至 {row.valid_until}" if row.valid_until else ""
        out.print(f"第{row.version}版 {row.get_state_display()} {row.issued_on} 发证{until}", highlight=False)
        out.print(f"  {row.identifier} {row.holder_name}", highlight=False)
        for act in row.acts.all():
            said = f"{act.reason}{f'（{act.basis}）' if act.basis else ''}"
            out.print(f"  {act.decided_on} {act.get_act_display()}：{said}", highlight=False, markup=False)
            for line, (before, after) in act.changes.items():
                out.print(f"    {line}：{before} → {after}", highlight=False, markup=False)
    return 0


@certificate.command()
@_json
def voided(as_json: bool) -> int:  # noqa: FBT001
    """Numbers whose certificate was given up before it was issued (作废号): they are never given again."""
    from workers import voided_numbers

    rows = list(voided_numbers())
    if as_json:
        click.echo(json.dumps([dict(zip(("number", "on", "by", "reason"), row, strict=True)) for row in rows]))
        return 0
    for number, day, by, why in rows:
        out.print(f"{number} {day} {by}：{why}", highlight=False, markup=False)
    return 0


def _drafting(act: str, words: str, *, lines: bool = False, until: bool = False) -> None:
    """A command that drafts a new version, to be approved like the first."""

    def run(name: str, **given: Any) -> int:
        from signing import Act
        from workers import new_version

        changes = dict(_pair(one) for one in given.get("lines") or ())
        end = given.get("until")
        return _try(
            lambda: new_version(
                _find(name),
                Act(act),
                _decision(given),
                by=_officer(given["user"]),
                changes=changes,
                valid_until=end.date() if end else None,
            ),
            lambda made: f"第{made.version}版已起草，生成后请签发：{made.identifier}",
        )

    if lines:
        run = click.option("--set", "lines", multiple=True, metavar="LINE=VALUE", help="New content of a line.")(run)
    if until:
        run = click.option("--until", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The new last day.")(run)
    run = click.option("--basis", default="", help="Article or number of the decision (依据).")(run)
    certificate.command(name=act, help=words)(_named(_why(_when(_by(run)))))


def _deciding(act: str, words: str, *, basis: bool) -> None:
    """A command for a decision that holds at once."""

    def run(name: str, **given: Any) -> int:
        from signing import Act
        from workers import decide_on

        return _try(
            lambda: decide_on(_find(name), Act(act), _decision(given), by=_officer(given["user"])),
            lambda row: f"{row.number} 第{row.version}版：{row.get_state_display()}",
        )

    run = click.option("--basis", required=basis, help="Article or number (依据).")(run)
    certificate.command(name=act, help=words)(_named(_why(_when(_by(run)))))


_drafting("change", "变更: a new version with other content; approve it with `certificate approve`.", lines=True)
_drafting("extend", "延续: a new version that holds longer.", until=True)
_drafting("correct", "更正: a new version with what should have stood there from the first day.", lines=True)
_drafting("reissue", "换发: a new version with the same content.")
_deciding("suspend", "暂停: no force until it is restored.", basis=True)
_deciding("restore", "恢复: a suspended one is in force again.", basis=False)
_deciding("revoke", "撤销（吊销）: never in force again; the basis says which of the two.", basis=True)
_deciding("cancel", "注销: the end of it, also after a revocation or its last day.", basis=True)


@certificate.command()
@_named
@_by
def approve(name: str, user: str | None) -> int:
    """签发: approve the newest version that was rendered; the workers seal and validate it."""
    from workers import approve as take

    row = _find(name, newest=True)
    return _try(
        lambda: take(row, row.rendered_sha256, by=_officer(user)), lambda _: f"第{row.version}版已签发，盖章验证中"
    )


@certificate.command()
@_named
@_why
@_by
def discard(name: str, reason: str, user: str | None) -> int:
    """放弃新版: a version that was not issued; the one in force stays."""
    from signing import Decision
    from workers import discard as give_up

    row = _find(name, newest=True)
    return _try(
        lambda: give_up(row, Decision(reason), by=_officer(user)), lambda _: f"第{row.version}版已放弃，原证照不变"
    )


@certificate.command()
@click.argument("project_code")
@click.option("--out", "-o", "target", required=True, type=click.Path(path_type=Path), help="Where the PDF goes.")
def board(project_code: str, target: Path) -> int:
    """扫码亮证: the sheet with a project's code, for the board at the site."""
    from ingest import Project
    from portal.pages.project import board_address
    from workers import print_board

    project = Project.objects.filter(code=project_code).first()
    if project is None:
        raise click.UsageError(f"没有项目代码为 {project_code} 的项目")
    target.write_bytes(print_board(project, board_address(project)))
    out.print(f"已生成 {target}", highlight=False)
    return 0


@certificate.command()
@_named
@click.option("--out", "-o", "target", required=True, type=click.Path(dir_okay=False, path_type=Path))
@_by
def ofd(name: str, target: Path, user: str | None) -> int:
    """导出 OFD 版（试验性）: the pages of the certificate sealed with SM2. An experimental export; the PDF counts."""
    from workers import NotPossibleError, ofd_digest, read_derivative, request_ofd_edition, run_job

    row = _find(name)
    try:
        job = request_ofd_edition(row, by=_officer(user))
    except NotPossibleError as reason:
        out.print(f"{reason} [{reason.code}]", highlight=False, markup=False)
        return EXIT_NO
    run_job(job.pk)  # here, if no worker has it
    job.refresh_from_db()
    made = ofd_digest(row)
    if not made:
        waits = (job.error or {}).get("message") or "正在生成，请稍后再取"
        out.print(f"尚无 OFD 版：{waits}", highlight=False, markup=False)
        return EXIT_NO
    target.write_bytes(read_derivative(made))
    out.print(f"已导出（试验性导出，以 PDF 版证照为准）：{target}", highlight=False, markup=False)
    return 0


def _find(name: str, *, newest: bool = False) -> Any:
    """The version of that identifier; for a number the one in line, or the newest there is."""
    from signing import Certificate, current_version

    rows = Certificate.objects.exclude(state=Certificate.State.DISCARDED)
    exact = rows.filter(identifier=name).first()
    versions = list(rows.filter(number=name).order_by("version"))
    found = exact or (None if newest else current_version(versions)) or (versions[-1] if versions else None)
    if found is None:
        raise click.UsageError(f"没有编号或标识为 {name} 的证照")
    return found


def _decision(given: dict[str, Any]) -> Any:
    from signing import Decision

    day = given.get("day")
    return Decision(given["reason"], given.get("basis") or "", day.date() if day else None)


def _pair(text: str) -> tuple[str, str]:
    line, mark, value = text.partition("=")
    if not mark or not line.strip():
        raise click.UsageError(f"“{text}”应写作 栏目=新内容")
    return line.strip(), value.strip()


def _officer(user: str | None) -> Any:
    from django.contrib.auth import get_user_model

    officers = get_user_model().objects.filter(groups__name="officer")
    found = officers.filter(username=user).first() if user else officers.order_by("pk").first()
    if found is None:
        raise click.UsageError(f"没有部门账号 {user or ''}")
    return found


def _try(work: Callable[[], Any], said: Callable[[Any], str]) -> int:
    from workers import NotPossibleError

    try:
        result = work()
    except NotPossibleError as reason:
        out.print(f"{reason} [{reason.code}]", highlight=False, markup=False)
        return EXIT_NO
    out.print(said(result), highlight=False, markup=False)
    return 0


def _facts(row: Any) -> dict[str, Any]:
    from django.utils import timezone

    from signing import answer_of

    newer = row.superseded_by
    return {
        "number": row.number,
        "identifier": row.identifier,
        "version": row.version,
        "state": row.state,
        "answer": answer_of(row, today=timezone.localdate()).state,
        "holder": row.holder_name,
        "issued_on": _day(row.issued_on),
        "valid_until": _day(row.valid_until),
        "sha256": row.sealed_sha256,
        "superseded_by": newer.identifier if newer else "",
    }


def _act(act: Any) -> dict[str, Any]:
    names = ("act", "before", "after", "reason", "basis", "changes")
    who = act.by.get_username() if act.by else ""
    return {name: getattr(act, name) for name in names} | {"decided_on": _day(act.decided_on), "officer": who}


def _day(day: dt.date | None) -> str:
    return day.isoformat() if day else ""
