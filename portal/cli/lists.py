"""`yidang catalogue`: the material lists as they stand, what changed in them, and what is wrong with them."""

import dataclasses
import datetime as dt
import json
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from catalogue import (
    VALUE_NAMES,
    CatalogueError,
    Item,
    Limit,
    Pause,
    PersonalList,
    compare_items,
    explain_deadline,
    lint_folder,
    load_catalogue,
    parse_answers,
    personal_list,
)
from portal.cli import EXIT_NO
from portal.personal_sheet import LIMITS, form_words, limit_words, policy_words, sheet, spared, to_json, way_words

out = Console()
notes = Console(stderr=True)
_json = click.option("--json", "as_json", is_flag=True, help="JSON, for programs.")
_region = click.option("--region", default="", help="行政区划代码 (6 digits) of a county with a list of its own.")


@click.group()
def catalogue() -> None:
    """Items, their material lists, and what is wrong with them."""


@catalogue.command(name="list")
@click.option("--project-class", default="", help="项目类别: one of the eight, such as 社会小型.")
@click.option("--answers", default="", help="What was answered about the project: land=出让,investment=企业.")
@click.option("--project", "project_code", default="", help="项目代码: what the archive holds is not asked again.")
@click.option("--uscc", default="", help="统一社会信用代码: the company whose archived material counts.")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), default=None, help="The lists in force on this day; today.")
@click.option("--pdf", "target", type=click.Path(dir_okay=False, path_type=Path), default=None, help="Print it here.")
@_region
@_json
def list_items(as_json: bool, target: Path | None, on: dt.datetime | None, region: str, **given: str) -> None:  # noqa: FBT001
    """Every item with its version; with a class, answers or a project: the personal list (私人订制清单)."""
    day = on.date() if on else dt.datetime.now().astimezone().date()
    if not any(given.values()) and target is None:
        _list_all(load_catalogue().items(on=day, region=region), as_json=as_json)
        return
    from portal.cli.held import held_of

    whose = held_of(given["project_code"], given["uscc"], day)
    if whose.note:
        notes.print(whose.note, style="yellow", highlight=False)
    try:
        found = personal_list(
            load_catalogue(),
            given["project_class"],
            parse_answers(given["answers"]),
            region=region or whose.region,
            on=day,
            held=whose.held,
        )
    except CatalogueError as wrong:
        raise click.UsageError(f"[{wrong.code}] {wrong}") from None
    saved = spared(found, whose.sheets)
    if target:
        _print(found, target, whose.name or given["project_code"], day, saved)
    if as_json:
        click.echo(json.dumps(to_json(found, load_catalogue()), ensure_ascii=False))
    else:
        _show_personal(found)
        out.print(saved, highlight=False)


@catalogue.command()
@click.argument("code")
@click.option("--version", type=int, default=None, help="Another version than the newest.")
@_region
@_json
def show(code: str, version: int | None, region: str, as_json: bool) -> None:  # noqa: FBT001
    """The material list of one item."""
    item = _item(code, version, region)
    if as_json:
        click.echo(item.model_dump_json())
        return
    table = Table("材料", "形式", "来源", "可共享", "容缺/承诺", "适用情形", title=_title(item))
    for row in item.materials:
        days = f" {row.deficiency_days}工作日" if row.deficiency_days else ""
        when = "；".join(f"{key}={'|'.join(wanted)}" for key, wanted in row.when.items())
        policy = VALUE_NAMES["deficiency"][row.deficiency] + days
        form = VALUE_NAMES["form"][row.form]
        table.add_row(row.name, form, row.source_dept, "、".join(row.share_from), policy, when)
    out.print(table)
    out.print(f"时限：{limit_words(item)}", highlight=False)
    for question in item.questions:
        options = "／".join(f"{option.key}" for option in question.options)
        out.print(f"情形 {question.key}：{question.text}（{options}）", highlight=False, markup=False)
    for place in item.overrides:
        out.print(f"{item.region} 与市级清单不同：{place}", highlight=False, markup=False)
    for reason in item.withdrawn:
        out.print(f"已取消：{reason}", highlight=False)


@catalogue.command()
@click.argument("code")
@click.argument("old", type=int)
@click.argument("new", type=int, required=False)
@_region
@_json
def diff(code: str, old: int, new: int | None, region: str, as_json: bool) -> None:  # noqa: FBT001
    """What changed from version OLD to version NEW; without NEW, what the region does differently from the city."""
    if new is None and not region:
        raise click.UsageError("请给出两个版本，或用 --region 与市级清单比较")
    before = _item(code, old, region if new is not None else "")
    after = _item(code, old if new is None else new, region)
    changes = compare_items(before, after)
    if as_json:
        rows = [dataclasses.asdict(change) | {"text": change.text} for change in changes]
        sides = [{"version": side.version, "region": side.region} for side in (before, after)]
        click.echo(json.dumps({"item": code, "from": sides[0], "to": sides[1], "changes": rows}, ensure_ascii=False))
        return
    out.print(f"{_title(before)} → {_title(after)}", highlight=False, markup=False)
    for change in changes:
        out.print(change.text, highlight=False, markup=False)
    if not changes:
        out.print("内容相同")


@catalogue.command()
@click.argument("code")
@click.option(
    "--from", "start", required=True, type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"]), help="Accepted at."
)
@click.option("--pause", "pauses", multiple=True, help="START/END/WHY, END empty while it lasts.")
@_region
@_json
def due(code: str, start: dt.datetime, pauses: tuple[str, ...], region: str, as_json: bool) -> None:  # noqa: FBT001
    """When each limit of an item ends, and how that is counted."""
    item = _item(code, None, region)
    left_out = [_pause(words) for words in pauses]
    rows = {}
    for name, title in LIMITS:
        limit: Limit | None = getattr(item.limits, name)
        if limit:
            found = explain_deadline(start, limit, left_out, permit=item.kind == "行政许可")
            moment = found.at or found.on
            rows[name] = {"title": title, "due": moment.isoformat() if moment else None, "why": list(found.why)}
            if not as_json:
                out.print(f"{title}：{found.text}", highlight=False, markup=False)
    if as_json:
        click.echo(json.dumps({"item": code, "version": item.version, "limits": rows}, ensure_ascii=False))
    elif not rows:
        out.print("清单未规定时限")


def _pause(words: str) -> Pause:
    first, _, rest = words.partition("/")
    last, _, why = rest.partition("/")
    try:
        end = dt.datetime.fromisoformat(last) if last else None
        pause = Pause(dt.datetime.fromisoformat(first), end, why)
    except ValueError as wrong:
        raise click.UsageError(f"暂停应写成 起/止/原因，如 2026-10-09/2026-10-12/专家评审：{words}") from wrong
    if pause.end and pause.end < pause.start:
        raise click.UsageError(f"暂停的结束早于开始：{words}")
    return pause


@catalogue.command()
@click.option("--data", "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default=None,
              help="Folder of a draft catalogue; by default the one that ships.")  # fmt: skip
@_json
def lint(folder: Path | None, as_json: bool) -> int:  # noqa: FBT001
    """What is wrong with the lists; exit code 1 when a finding is an error that the data does not explain."""
    findings = lint_folder(folder)
    for finding in findings:
        if as_json:
            click.echo(json.dumps(dataclasses.asdict(finding), ensure_ascii=False))
            continue
        place = " ".join(part for part in (finding.item, finding.region, finding.field) if part)
        level = f"explained ({finding.explained})" if finding.explained else finding.level
        click.echo(f"[{finding.code}] {level}: {place} {finding.message}")
    return EXIT_NO if any(finding.wrong for finding in findings) else 0


def _item(code: str, version: int | None, region: str) -> Item:
    try:
        return load_catalogue().item(code, version, region)
    except CatalogueError as wrong:
        raise click.UsageError(f"[{wrong.code}] {wrong}") from None


def _title(item: Item) -> str:
    return f"{item.code} {item.name} 第{item.version}版" + (f"（{item.region}）" if item.region else "")


def _list_all(items: tuple[Item, ...], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps([item.model_dump(mode="json") for item in items], ensure_ascii=False))
        return
    table = Table("事项", "名称", "版本", "阶段", "材料数", "已核实", "地区")
    for item in items:
        verified = "是" if item.verified else "否"
        where = f"{item.region}（{len(item.overrides)}处不同）" if item.region else "市级"
        table.add_row(item.code, item.name, str(item.version), item.stage, str(len(item.materials)), verified, where)
    out.print(table)


def _show_personal(found: PersonalList) -> None:
    if found.refusal:
        out.print(f"[red]不能在本系统办理[/]：{found.refusal}", highlight=False)
    for entry in found.items:
        table = Table(
            "材料", "形式", "出具单位", "如何取得", "容缺与承诺", title=f"第{entry.step}步 {_title(entry.item)}"
        )
        for row in entry.materials:
            table.add_row(row.need.name, form_words(row), row.need.source_dept, way_words(row), policy_words(row))
        out.print(table)
        after = f"；前置：{'、'.join(entry.after)}" if entry.after else ""
        out.print(f"{entry.item.lead_dept}；{limit_words(entry.item)}{after}", highlight=False, markup=False)
    out.print(f"共{len(found.items)}个事项，需提交{len(found.submitted)}种材料", highlight=False)
    for question in found.open_questions:
        options = "／".join(option.key for option in question.options)
        out.print(f"待回答 {question.key}：{question.text}（{options}）", highlight=False, markup=False)


def _print(found: PersonalList, target: Path, project: str, day: dt.date, saved: str) -> None:
    from signing import render

    data: dict[str, Any] = sheet(found, load_catalogue(), project=project, day=f"{day:%Y年%m月%d日}", saved=saved)
    created = dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC)
    target.write_bytes(render("personal_list", data, created=created))
    notes.print(f"清单已打印到 {target}", highlight=False)
