"""`yidang read` and `yidang check`: files read on their own, without a case and without a database."""

import datetime as dt
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from catalogue import CatalogueError, check_answers, load_catalogue, parse_answers
from portal.cli import EXIT_NO

out = Console()
progress_console = Console(stderr=True)
_tier = click.option("--tier", type=click.Choice(["tiny", "small"]), default=None, help="Model size; tiny is default.")
_json = click.option("--json", "as_json", is_flag=True, help="One JSON object a line, for programs.")
_files = click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))


@click.command()
@_files
@_json
@_tier
def read(files: tuple[Path, ...], as_json: bool, tier: str | None) -> int:  # noqa: FBT001 - click passes flags so
    """Text, boxes, orientation, seals, material type and fields of each FILE (a folder: everything in it)."""
    code = 0
    for path, reading, refusal in _read_all(files, tier):
        if refusal:
            code = EXIT_NO
            _say_refused(path, refusal, as_json=as_json)
        elif as_json:
            click.echo(json.dumps(reading.to_json(), ensure_ascii=False))
        else:
            _show(reading)
    return code


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("-o", "--out", "target", required=True, type=click.Path(dir_okay=False, path_type=Path))
@_tier
def copy(file: Path, target: Path, tier: str | None) -> int:
    """Write a searchable PDF/A-2b copy of FILE: its pictures unchanged, what was read invisibly over them."""
    from ingest import Refusal, copy_file

    created = dt.datetime.fromtimestamp(file.stat().st_mtime, dt.UTC)
    with _bar() as bar:
        line = bar.add_task(file.name)
        try:
            _, data = copy_file(
                file, _engine(tier), created=created, on_page=lambda n, of: bar.update(line, completed=n, total=of)
            )
        except Refusal as refusal:
            _say_refused(file, refusal.to_json(), as_json=False)
            return EXIT_NO
    target.write_bytes(data)
    out.print(f"可检索副本：{target}（{len(data)} 字节）", highlight=False)
    return 0


@click.command()
@click.option("--item", "item_code", required=True, help="Code of the item, such as S3-05.")
@_files
@_json
@_tier
@click.option("--applicant", default="", help="Name the documents must carry; from the application form if not given.")
@click.option("--uscc", default="", help="统一社会信用代码 of the applicant.")
@click.option("--project-code", default="", help="项目代码.")
@click.option("--answers", default="", help="What was answered about the project: land=出让,investment=企业.")
@click.option("--region", default="", help="行政区划代码 (6 digits) of a county with a list of its own.")
@click.option("--former-name", "former", multiple=True, help="A name that the applicant had before; repeatable.")
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), default=None, help="Judge as of this day.")
def check(  # noqa: PLR0913, PLR0917 - the options of one command
    item_code: str,
    files: tuple[Path, ...],
    as_json: bool,  # noqa: FBT001
    tier: str | None,
    applicant: str,
    uscc: str,
    project_code: str,
    answers: str,
    region: str,
    former: tuple[str, ...],
    today: dt.datetime | None,
) -> int:
    """Sort the FILES into the item's material list: complete, gap, missing, with evidence."""
    from ingest import CaseFacts, check_documents, promised_day

    catalogue = load_catalogue()
    try:
        item = catalogue.item(item_code, region=region)
        said = check_answers(item.questions, parse_answers(answers))
    except CatalogueError as wrong:
        raise click.UsageError(f"[{wrong.code}] {wrong}") from None
    documents, refused = [], []
    for path, reading, refusal in _read_all(files, tier):
        if refusal:
            refused.append({"file": str(path), **refusal})
        else:
            documents += reading.presented()
    day = today.date() if today else dt.datetime.now().astimezone().date()
    facts = CaseFacts(
        applicant_name=applicant,
        applicant_uscc=uscc,
        project_code=project_code,
        decision_due_on=promised_day(item, day),
        former_names=former,
    )
    report = check_documents(catalogue, item, documents, facts=facts, today=day, answers=said)
    data = report.to_json() | {"refused": refused}
    if as_json:
        click.echo(json.dumps(data, ensure_ascii=False))
    else:
        show_report(data)
        for row in refused:
            out.print(f"[red]退回[/] {row['file']}：{row['message']}{row['remedy']}", highlight=False)
    return 0 if report.verdict == "complete" else EXIT_NO


def show_report(report: dict[str, Any]) -> None:
    """The checklist as a table."""
    from ingest import AGREEMENT_NAMES, STATE_NAMES, VERDICT_NAMES

    colours = {
        "satisfied": "green",
        "reused": "cyan",
        "missing": "red",
        "defective": "red",
        "gap": "yellow",
        "question": "yellow",
    }
    asked = f"，待核对 {report['questions']} 处" if report["questions"] else ""
    table = Table(title=f"{report['item']} 第{report['version']}版 — {VERDICT_NAMES[report['verdict']]}{asked}")
    for heading in ("材料", "情况", "文件与页", "问题与办法"):
        table.add_column(heading, overflow="fold")
    for row in report["requirements"]:
        colour = colours.get(row["state"], "white")
        where = "\n".join(f"{Path(f['file']).name} 第{'、'.join(map(str, f['pages']))}页" for f in row["files"][:1])
        defects = "\n".join(f"{d['message']}；{d['remedy']}" for d in row["defects"])
        table.add_row(row["name"], f"[{colour}]{STATE_NAMES[row['state']]}[/]", where, defects)
    for row in report["unplaced"]:
        where = f"{Path(row['file']).name} 第{'、'.join(map(str, row['pages']))}页"
        table.add_row("（未归类）", "", where, "\n".join(f"{d['message']}；{d['remedy']}" for d in row["defects"]))
    out.print(table)
    for fact in report["comparisons"]:
        if fact["agreement"] != "agree":
            said = "；".join(f"《{v['name']}》{v['value']}（第{v['page']}页）" for v in fact["values"])
            out.print(f"[yellow]{AGREEMENT_NAMES[fact['agreement']]}[/] {fact['fact']}：{said}", highlight=False)


def _read_all(files: tuple[Path, ...], tier: str | None) -> Iterator[tuple[Path, Any, dict[str, Any] | None]]:
    """Each file with its reading, or with the reason why it was refused."""
    from django.conf import settings

    from ingest import Refusal, read_file

    engine = _engine(tier)
    with _bar() as bar:
        for path in _expand(files):
            line = bar.add_task(path.name)
            try:
                reading = read_file(
                    path,
                    engine,
                    office=settings.OFFICE_PROGRAM,
                    on_page=lambda n, of, t=line: bar.update(t, completed=n, total=of),  # type: ignore[misc]
                )
                yield path, reading, None
            except Refusal as refusal:
                yield path, None, refusal.to_json()
            bar.remove_task(line)


def _engine(tier: str | None) -> Any:
    from django.conf import settings

    from ocr import load_engine

    return load_engine(
        settings.OCR_ENGINE, tier=tier or settings.OCR_TIER, weights_dir=settings.MODELS_DIR, device=settings.OCR_DEVICE
    )


def _bar() -> Progress:
    return Progress(console=progress_console, transient=True, disable=not sys.stderr.isatty())


def _expand(files: tuple[Path, ...]) -> Iterator[Path]:
    for path in files:
        if path.is_dir():
            yield from sorted(p for p in path.rglob("*") if p.is_file() and not p.name.startswith("."))
        else:
            yield path


def _say_refused(path: Path, refusal: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"file": str(path), "refused": refusal}, ensure_ascii=False))
    else:
        out.print(f"[red]退回[/] {path}：{refusal['message']}{refusal['remedy']} [{refusal['code']}]", highlight=False)


def _show(reading: Any) -> None:
    out.rule(reading.file)
    for page in reading.pages:
        out.print(f"[bold]第{page.number}页[/] {page.source}，转正 {page.rotation}°，印章 {len(page.seals)} 枚")
        out.print(page.text, markup=False, highlight=False)
        if written := [line.text for line in page.lines if line.hand]:
            out.print(f"手写：{'　'.join(written)}", markup=False, highlight=False)
        if page.marks:
            options = "　".join(f"{'☑' if mark.ticked else '☐'}{mark.text}" for mark in page.marks)
            out.print(f"勾选：{options}", markup=False, highlight=False)
    catalogue = load_catalogue()
    for document in reading.documents:
        name = catalogue.material_type(document.type).name if document.type else "未识别的材料"
        out.print(f"[bold green]{name}[/] 第{'、'.join(map(str, document.pages))}页（{document.why}）", highlight=False)
        for label, value in document.fields.items():
            out.print(f"  {label}：{value.value}  [dim]第{value.page}页 {value.score:.2f}[/]", highlight=False)
