"""`yidang case open-parallel`, `parallel` and `form`: several items of one stage together, and their one form."""

import json
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from catalogue import CatalogueError, parse_answers
from portal.cli import EXIT_NO

out = Console()
FORM_NAMES = {"original": "原件", "copy": "复印件", "electronic": "电子件"}
POLICY_NAMES = {"none": "不可容缺", "later": "容缺", "commit": "承诺"}


def register(group: click.Group, account: Any) -> None:
    """Hang the commands into `yidang case`; `account` finds whom to act as."""

    @group.command(name="open-parallel")
    @click.option("--items", "item_codes", required=True, help="Items of one stage: S3-02,S3-03,S3-05.")
    @click.option("--project", "project_code", required=True, help="项目代码.")
    @click.option("--project-name", required=True)
    @click.option("--works", default="", help="工程名称.")
    @click.option("--applicant", required=True)
    @click.option("--uscc", required=True)
    @click.option("--sensitive", type=click.Choice(["否", "是"]), required=True, help="Whether the project is 涉密.")
    @click.option("--answers", default="", help="Asked once for all items: land=出让,investment=企业.")
    @click.option("--section", default="", help="分段联合验收: the part that is accepted.")
    @click.option("--as", "user", default=None, help="Account to act as.")
    def open_parallel(**given: str) -> None:
        """Open one case an item under one parent; print the parent's number and those of the cases."""
        from workers import NotPossibleError
        from workers import open_parallel as open_all

        try:
            parallel = open_all(
                [code.strip() for code in given["item_codes"].replace("，", ",").split(",") if code.strip()],
                project_code=given["project_code"],
                project_name=given["project_name"],
                works_name=given["works"],
                applicant_name=given["applicant"],
                applicant_uscc=given["uscc"],
                by=account(given["user"], "clerk"),
                answers={**parse_answers(given["answers"]), "sensitive": given["sensitive"]},
                section=given["section"],
            )
        except (NotPossibleError, CatalogueError) as wrong:
            raise click.UsageError(f"[{wrong.code}] {wrong}") from None
        click.echo(parallel.number)
        for case in parallel.cases.order_by("item_code"):
            click.echo(f"{case.item_code} {case.number}")

    @group.command()
    @click.argument("number")
    @click.option("--json", "as_json", is_flag=True)
    def parallel(number: str, as_json: bool) -> int:  # noqa: FBT001
        """Show the union list of parallel case NUMBER: each material once, and how it stands for every item."""
        from ingest import union_report

        report = union_report(_parallel(number)).to_json()
        if as_json:
            click.echo(json.dumps(report, ensure_ascii=False))
        else:
            _show(report)
        return 0 if report["verdict"] == "complete" else EXIT_NO


def _show(report: dict[str, Any]) -> None:
    from ingest import STATE_NAMES

    names: dict[str, str] = {str(state): name for state, name in STATE_NAMES.items()} | {"checking": "核对中"}
    codes = [case["item"] for case in report["cases"]]
    table = Table("材料", "形式", "缺件办法", *codes)
    for row in report["union"]:
        policy = POLICY_NAMES[row["deficiency"]["value"]] + (f" {row['deficiency_days'] or ''}")
        table.add_row(
            row["name"],
            FORM_NAMES[row["form"]["value"]],
            policy.strip(),
            *(names[row["states"][code]] if code in row["states"] else "" for code in codes),
        )
    out.print(table)
    for case in report["cases"]:
        out.print(f"{case['item']} {case['name']}：{case['number']} {case['verdict']}", highlight=False)


def _parallel(number: str) -> Any:
    from ingest import ParallelCase

    found = ParallelCase.objects.filter(number=number).first()
    if found is None:
        raise click.UsageError(f"没有编号为 {number} 的并联办件")
    return found


def register_form(group: click.Group, account: Any) -> None:
    """Hang `yidang case form` in."""

    @group.command()
    @click.argument("number")
    @click.option("--set", "edits", multiple=True, help="字段=值: put a value right or confirm it; may be repeated.")
    @click.option("--confirm", is_flag=True, help="Confirm everything that nothing contradicts.")
    @click.option("--undo", default="", help="Take back what was typed last for this field.")
    @click.option("--pdf", type=click.Path(dir_okay=False, path_type=Path), help="Write the form there as PDF/A.")
    @click.option("--json", "as_json", is_flag=True)
    @click.option("--as", "user", default=None, help="Account to act as.")
    def form(number: str, edits: tuple[str, ...], **given: Any) -> int:
        """Show the stage form (一张表单) of case or parallel case NUMBER, filled in; exit code 1 while values lack."""
        from workers import NotPossibleError, confirm_form, form_json, print_form, set_form_value, undo_form_value

        case = _any_case(number)
        by = account(given["user"], "clerk")
        try:
            for edit in edits:
                name, _, value = edit.partition("=")
                set_form_value(case, name.strip(), value, by=by)
            if given["undo"]:
                undo_form_value(case, given["undo"], by=by)
            if given["confirm"]:
                confirm_form(case, by=by)
        except NotPossibleError as reason:
            out.print(f"{reason} [{reason.code}]", highlight=False, markup=False)
            return EXIT_NO
        if given["pdf"]:
            given["pdf"].write_bytes(print_form(case, by=by)[1])
        found = form_json(case)
        if given["as_json"]:
            click.echo(json.dumps(found, ensure_ascii=False))
        else:
            _show_form(found)
        return EXIT_NO if found["open"] else 0


def _show_form(found: dict[str, Any]) -> None:
    from ingest import FORM_STATES, ORIGINS

    origins = {str(origin): name for origin, name in ORIGINS.items()}
    table = Table("项目", "内容", "状态", "来源", title=f"{found['stage']}阶段申请表")
    for line in found["fields"]:
        origin, place = line["origin"], line["evidence"] or line["origin"] or {}
        where = f"{origins[origin['origin']]} {place.get('file', '')}" if origin else ""
        page = f" 第{place['page']}页" if place.get("page") else ""
        table.add_row(line["field"], line["value"], FORM_STATES[line["state"]], where + page)
    out.print(table)


def _any_case(number: str) -> Any:
    """The case with that number, or the first of the parallel case with it."""
    from ingest import Case

    found = Case.objects.filter(number=number).first() or Case.objects.filter(parallel__number=number).first()
    if found is None:
        raise click.UsageError(f"没有编号为 {number} 的办件")
    return found


def register_opinion(group: click.Group, account: Any) -> None:
    """Hang `yidang case opinion` in."""

    @group.command()
    @click.argument("number")
    @click.argument("text")
    @click.option("--failed", is_flag=True, help="不合格: what is wrong must be put right and accepted anew.")
    @click.option("--drawings", default=None, help="图纸摘要 of the version looked at, as `drawings list` prints it.")
    @click.option("--as", "user", default=None, help="Account to act as.")
    def opinion(number: str, text: str, user: str | None, **given: Any) -> int:
        """Record the department's opinion TEXT on a case whose result is no certificate of ours (单项验收意见)."""
        from workers import NotPossibleError, give_opinion

        try:
            by, passed = account(user, "officer"), not given["failed"]
            give_opinion(_any_case(number), passed=passed, text=text, by=by, drawings=given["drawings"])
        except NotPossibleError as reason:
            out.print(f"{reason} [{reason.code}]", highlight=False, markup=False)
            return EXIT_NO
        out.print("已记录意见")
        return 0
