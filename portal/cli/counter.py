"""`yidang bench counter`: how long a clerk waits for a pile, with real worker processes on this machine."""

import itertools
import time
from collections.abc import Callable
from typing import Any, Literal

import click

from portal.cli import setup_django

ITEM = "S3-05"
TYPES = ("M-SQB", "M-SGHT", "OUT-YDGH", "OUT-GCGH", "OUT-ZB", "M-SQWT", "OUT-ST", "M-CNS", "M-YYZZ", "OUT-LX")
"""Papers of a construction permit, in the order in which they lie in the pile."""

TURNS: tuple[Literal[0, 90, 180, 270], ...] = (0, 0, 180, 0, 90)
"""How the sheets lie, in turn."""

WARM_SECONDS = 20
"""Workers load the recogniser when they start, before the office opens; the clerk does not wait for that."""

STUCK_SECONDS = 600
POLL_SECONDS = 0.1


@click.command()
@click.option("--pages", default=40, show_default=True, help="Sheets in the pile, one PDF.")
@click.option("--seed", default=1, show_default=True, help="What the sheets say and how they are worn.")
def counter(pages: int, seed: int) -> None:
    """A pile of scanned sheets in one PDF: seconds to the first page read, to all pages, and to the finished list.

    The page of the case asks once a second, so a clerk sees each of these up to a second later.
    """
    setup_django()
    from django.conf import settings

    from portal.processes import running, worker_command
    from samples import save_sheets
    from workers import add_files, prepare

    prepare()
    sheets = _pile(pages, seed)
    case, clerk = _case(sheets[0].document)
    pile = save_sheets(settings.DATA_DIR / "counter.pdf", sheets)
    known = sum(len(sheet.images) for sheet in sheets)
    with running(worker_command(settings.DATA_DIR), log=settings.DATA_DIR / "counter.log"):
        time.sleep(WARM_SECONDS)
        began = time.monotonic()
        with pile.open("rb") as stream:
            add_files(case, [(pile.name, stream)], by=clerk)
        for what, is_there in _milestones(case, known):
            _wait(is_there, began)
            click.echo(f"{what}\t{time.monotonic() - began:.1f} s")


def _milestones(case: Any, pages: int) -> tuple[tuple[str, Callable[[], bool]], ...]:
    from workers import pages_read

    def is_checked() -> bool:
        case.refresh_from_db()
        filed = not case.uploads.exclude(state="filed").exists()
        return filed and case.report_revision == case.revision

    return (
        ("first page read", lambda: pages_read(case)[0] >= 1),
        (f"all {pages} pages read", lambda: pages_read(case)[0] >= pages),
        ("filed and checked", is_checked),
    )


def _wait(is_there: Callable[[], bool], began: float) -> None:
    while not is_there():
        if time.monotonic() - began > STUCK_SECONDS:
            raise click.ClickException(f"nothing more came within {STUCK_SECONDS} s: see counter.log")
        time.sleep(POLL_SECONDS)


def _pile(pages: int, seed: int) -> list[Any]:
    """Scanned papers of one project, of so many pages together."""
    from samples import make_document

    drawn: list[Any] = []
    for number, kind in enumerate(itertools.cycle(TYPES)):
        sheet = make_document(kind, seed=seed + number // len(TYPES), rotate=TURNS[number % len(TURNS)])
        if sum(len(one.images) for one in (*drawn, sheet)) > pages:
            return drawn
        drawn.append(sheet)
    raise AssertionError("a cycle does not end")


def _case(form: Any) -> tuple[Any, Any]:
    """A case of the project that the application form names, and the clerk who opens it."""
    from django.contrib.auth import get_user_model

    from workers import open_case

    said = {name: form.fields[name].normalised for name in ("项目代码", "项目名称", "建设单位", "统一社会信用代码")}
    clerk = get_user_model().objects.filter(groups__name="clerk").order_by("pk").first()
    case = open_case(
        ITEM,
        project_code=said["项目代码"],
        project_name=said["项目名称"],
        works_name="",
        applicant_name=said["建设单位"],
        applicant_uscc=said["统一社会信用代码"],
        by=clerk,
    )
    return case, clerk
