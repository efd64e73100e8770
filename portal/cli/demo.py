"""`yidang demo`: the main job from end to end on sample scans, with real worker processes, and where to look then."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from portal.cli import EXIT_FAILED, setup_django
from portal.cli.reading import show_report

out = Console()
# The whole run takes about a minute on two cores; a step that takes longer than this is stuck.
STEP_SECONDS = 300
ITEM = "S3-05"
PROMISED = "M-CNS"


class DemoFailedError(Exception):
    """A step did not come out as it must; the message says which."""

    code = "demo-failed"


@click.command()
@click.option("--seed", default=1, help="Another seed draws other scans of the same documents.")
def demo(seed: int) -> int:
    """The whole main job on sample scans: read, sort, check, accept, seal, archive, and ask for less the next time."""
    setup_django()
    from django.conf import settings

    from portal.processes import running, worker_command
    from workers import prepare

    started = time.monotonic()
    settings.QUICK_DECISIONS = "flag"  # nobody waits half an hour for a demonstration; the decision is flagged
    out.rule("一档 · 演示")
    accounts = prepare()
    piles = _make_samples(settings.DATA_DIR / "samples", seed)
    with running(worker_command(settings.DATA_DIR), log=settings.DATA_DIR / "demo.log"):
        first = _first_case(*piles[0])
        _issue(first)
        exported = _prove(first, settings.DATA_DIR / "export")
        second = _second_case(first, *piles[1])
    _report(first, second, exported, accounts, time.monotonic() - started)
    return 0


def _make_samples(folder: Path, seed: int) -> list[tuple[Path, Any]]:
    from samples import make_project_pile, make_second_case_pile

    with out.status("正在绘制样例扫描件…"):
        one, two = folder / f"{seed}-1号厂房", folder / f"{seed}-2号厂房"
        return [
            (one, make_project_pile(one, seed=seed)),
            (two, make_second_case_pile(two, seed=seed)),
        ]


def _first_case(_: Path, pile: Any) -> Any:
    """A pile with one sheet missing and one without its seal; then the sheets that were asked for."""
    from workers import accept, add_files, notify, promise

    out.rule("一、窗口收件")
    case = _open(pile)
    out.print(f"办件 {case.number}：{pile.project_code} {pile.works}", highlight=False)
    seconds = _timed(lambda: _hand_in(case, pile.batch("first"), add_files))
    pages, layers = _pages(case)
    out.print(
        f"收到 {len(pile.batch('first'))} 个文件，识别 {pages} 页（{layers} 页用原有文字层），用时 {seconds:.1f} 秒",
        highlight=False,
    )
    out.print("[bold]补件前的清单[/]")
    show_report(case.report)
    _must(case.report["verdict"] == "incomplete", "the planted gaps were not found")
    notify(case, by=_user("clerk"))
    out.rule("二、一次性告知后补件")
    promise(case, PROMISED, by=_user("clerk"))
    _withdraw_replaced(case, pile)
    _hand_in(case, pile.batch("second"), add_files)
    out.print("[bold]补件后的清单[/]")
    show_report(case.report)
    _must(case.report["verdict"] == "complete", "the completed pile is not complete")
    accept(case, by=_user("clerk"))
    out.print("[green]已受理[/]")
    return case


def _withdraw_replaced(case: Any, pile: Any) -> None:
    """A sheet that comes again replaces the one before: the clerk takes that back."""
    from workers import withdraw_upload

    names = {file.path.name for file in pile.batch("second")}
    for upload in case.uploads.filter(withdrawn_at=None, file_name__in=names):
        withdraw_upload(upload, by=_user("clerk"))
        out.print(f"撤回被替换的文件：{upload.file_name}", highlight=False)


def _issue(case: Any) -> None:
    from signing import Certificate
    from workers import approve, decide, wait_until_idle

    out.rule("三、决定、制证、盖章、归档")
    decide(case, by=_user("officer"))
    wait_until_idle(case, seconds=STEP_SECONDS)
    certificate = Certificate.objects.get(case_number=case.number)
    _must(certificate.state == "rendered", f"the certificate is {certificate.state}")
    approve(certificate, certificate.rendered_sha256, by=_user("officer"))
    wait_until_idle(case, seconds=STEP_SECONDS)
    certificate.refresh_from_db()
    case.refresh_from_db()
    _must(certificate.state == "valid", f"the certificate is {certificate.state}")
    _must(case.state == "archived", f"the case is {case.state}")
    for seal in (certificate.validation or {})["seals"]:
        out.print(
            f"印章：{seal['signer']}，{seal['level']}，完整 {seal['intact']}，可信 {seal['trusted']}，"
            f"时间戳 {seal['time']}",
            highlight=False,
        )
    out.print(
        f"施工许可证 {certificate.number}，证照标识 {certificate.identifier}：[green]验证有效[/]", highlight=False
    )


def _prove(case: Any, folder: Path) -> dict[str, Path]:
    """Export the package and verify it offline; then change one byte of the certificate and see it found."""
    from archive import verify_package
    from signing import Certificate, validate_pdf
    from workers import authority, export, log_public_key, read_derivative

    out.rule("四、档案与证明")
    certificate = Certificate.objects.get(case_number=case.number)
    folder.mkdir(parents=True, exist_ok=True)
    bag = export(case.number, folder)
    verdict = verify_package(bag, trusted_log_key=log_public_key().encode(), roots=authority().roots)
    passed = sum(check.state in ("ok", "note") for check in verdict.checks)
    out.print(f"导出的档案包离线验证：{verdict.verdict}，{passed}/{len(verdict.checks)} 项通过", highlight=False)
    _must(verdict.verdict == "valid", "the exported package does not verify")
    sealed = read_derivative(certificate.sealed_sha256)
    middle = len(read_derivative(certificate.rendered_sha256)) // 2  # in the page itself, not in the signature
    good, bad = folder / f"{certificate.number}.pdf", folder / f"{certificate.number}-改动一字节.pdf"
    good.write_bytes(sealed)
    bad.write_bytes(sealed[:middle] + bytes([sealed[middle] ^ 1]) + sealed[middle + 1 :])
    changed = validate_pdf(bad, authority().roots, crls=authority().crls())
    out.print(f"改动一个字节后：{changed.verdict}（{changed.reasons[0].text}）", highlight=False)
    _must(changed.verdict == "invalid", "a changed byte was not found")
    return {"bag": bag, "good": good, "bad": bad}


def _second_case(first: Any, _: Path, pile: Any) -> Any:
    """The same project's second works: what the archive holds is offered, and is not asked for again."""
    from workers import add_files, held_for, promise, reuse

    out.rule("五、同一项目的第二个办件")
    case = _open(pile)
    offered = held_for(case)
    for held in offered:
        reuse(case, held, by=_user("clerk"))
        until = f"，有效期至 {held.valid_until}" if held.valid_until else ""
        out.print(f"档案已有，无需再交：{held.name}（{held.package.archive_number}{until}）", highlight=False)
    promise(case, PROMISED, by=_user("clerk"))
    _hand_in(case, pile.batch("first"), add_files)
    show_report(case.report)
    _must(case.report["verdict"] == "complete", "the second case is not complete")
    _must(bool(offered), f"nothing of case {first.number} was offered")
    return case


def _open(pile: Any) -> Any:
    from workers import open_case

    form = next(d for f in pile.files for d in f.documents if d.type == "M-SQB")
    return open_case(
        ITEM,
        project_code=pile.project_code,
        project_name=form.fields["项目名称"].normalised,
        works_name=pile.works,
        applicant_name=form.fields["建设单位"].normalised,
        applicant_uscc=form.fields["统一社会信用代码"].normalised,
        answers=pile.answers,
        by=_user("clerk"),
    )


def _hand_in(case: Any, files: Any, add: Callable[..., Any]) -> None:
    from workers import wait_until_idle

    for file in files:
        with file.path.open("rb") as stream:
            add(case, [(file.path.name, stream)], by=_user("clerk"))
    columns = TextColumn("识别"), BarColumn(), TextColumn("{task.completed}/{task.total} 页"), TimeElapsedColumn()
    with Progress(*columns, console=out, transient=True) as bar:
        line = bar.add_task("", total=None)
        wait_until_idle(
            case,
            seconds=STEP_SECONDS,
            on_change=lambda done, known: bar.update(line, completed=done, total=known or None),
        )
    case.refresh_from_db()


def _report(first: Any, second: Any, exported: dict[str, Path], accounts: Path, seconds: float) -> None:
    from django.conf import settings

    from archive import Package
    from ingest import Page

    pages = Page.objects.filter(upload__case__in=[first, second], seconds__isnull=False)
    average = sum(p.seconds or 0 for p in pages) / max(1, pages.count())
    package = Package.objects.get(case_number=first.number)
    spared = second.uses.filter(held__isnull=False, withdrawn_at=None).count()
    asked = second.uses.filter(how="uploaded", withdrawn_at=None).count()
    out.rule("结果")
    for line in (
        f"识别 {pages.count()} 页，平均每页 {average:.2f} CPU 秒",
        f"档案 {package.archive_number}：{package.element_count} 个要素，{len(package.checks)} 项检测通过",
        f"第二个办件：复用 {spared} 份，只需新交 {asked} 份",
        f"全程 {seconds:.0f} 秒",
        "",
        f"已盖章的许可证   {exported['good']}",
        f"导出的档案包     {exported['bag']}",
        f"门户账号         {accounts}",
        "",
        "继续查看：",
        "  .venv/bin/yidang serve                       打开门户 http://127.0.0.1:8000",
        f"  .venv/bin/yidang verify {_short(exported['good'])}",
        f"  .venv/bin/yidang verify {_short(exported['bag'])}",
        f"  .venv/bin/yidang read {_short(settings.DATA_DIR / 'samples')}",
    ):
        out.print(line, highlight=False, soft_wrap=True)


def _short(path: Path) -> str:
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


def _pages(case: Any) -> tuple[int, int]:
    """Pages of the case, and how many of them came with a text layer that was used."""
    from ingest import Page

    pages = list(Page.objects.filter(upload__case=case))
    return len(pages), sum(1 for p in pages if p.reading and p.reading["source"] == "text-layer")


def _user(role: str) -> Any:
    from django.contrib.auth import get_user_model

    return get_user_model().objects.filter(groups__name=role).order_by("pk").first()


def _timed(action: Callable[[], object]) -> float:
    started = time.monotonic()
    action()
    return time.monotonic() - started


def _must(truth: bool, otherwise: str) -> None:  # noqa: FBT001 - reads as a sentence
    if not truth:
        raise DemoFailedError(f"{otherwise} (exit code {EXIT_FAILED})")
