"""A page as a picture: turned upright, with the neighbours to leaf to."""

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypedDict

from django.db.models import F, Q

from archive.lookup import SearchQueryError
from ingest import Case, Page, Upload, find_on_page
from workers import Job


class _Brief(TypedDict):
    """What a list of pages needs of their readings."""

    rotation: int | None
    is_read: bool


if TYPE_CHECKING:  # only the type checker knows what annotating adds
    from django_stubs_ext import WithAnnotations

    ListedPage = WithAnnotations[Page, _Brief]
else:
    ListedPage = Page

# As many labels as would fit under each other on a page.
LABELS_A_PAGE = 50


@dataclasses.dataclass(frozen=True, slots=True)
class Figure:
    """A page picture laid into its upright frame: `width` and `height` are the frame's, `turn` an SVG transform."""

    page: Page
    width: int
    height: int
    rotation: int
    turn: str
    before: int | None = None
    after: int | None = None

    @property
    def label_size(self) -> int:
        """Height of a label, so that it can be read when the page fills the screen."""
        return self.height // LABELS_A_PAGE

    @property
    def label_gap(self) -> int:
        """Room between a label and its box."""
        return self.label_size // 4


def figure(page: Page, order: Sequence[int] = (), *, rotation: int | None = None) -> Figure:
    """The page with its picture turned as far clockwise as the reader found necessary.

    `rotation` is that turn where the caller knows it, so that the reading need not be fetched for it.
    """
    if rotation is None:
        rotation = page.reading["rotation"] if page.reading else 0
    width, height = (page.width, page.height) if rotation in {0, 180} else (page.height, page.width)
    turn = {
        0: "",
        90: f"translate({width} 0) rotate(90)",
        180: f"translate({width} {height}) rotate(180)",
        270: f"translate(0 {height}) rotate(270)",
    }[rotation]
    place = order.index(page.pk) if page.pk in order else -1
    return Figure(
        page=page,
        width=width,
        height=height,
        rotation=rotation,
        turn=turn,
        before=order[place - 1] if place > 0 else None,
        after=order[place + 1] if 0 <= place < len(order) - 1 else None,
    )


def found_on(page: Page, query: str) -> list[str]:
    """Polygons around the lines of the page that hold what was looked for; none for a query that is none."""
    try:
        passage = find_on_page(page, query)
    except SearchQueryError:
        return []
    boxes = passage.boxes if passage else ()
    return [" ".join(f"{x:.0f},{y:.0f}" for x, y in box) for box in boxes]


def pages_of(case: Case) -> list[ListedPage]:
    """All pages that count for a case, file by file, without what was read on them: that is much, and asked for often.

    `rotation` and `is_read` stand on each instead.
    """
    return list(
        Page.objects.filter(upload__in=case.pile, upload__withdrawn_at=None)
        .exclude(upload__state=Upload.State.CONFIDENTIAL)
        .select_related("upload")
        .defer("reading", "text_layer", "upload__inspection")
        .annotate(rotation=F("reading__rotation"), is_read=Q(reading__isnull=False))
        .order_by("upload_id", "number")
    )


@dataclasses.dataclass(frozen=True, slots=True)
class Progress:
    """How far a case's files are: pages read of all pages there will be, and the work that is still to come."""

    read: int
    pages: int
    waiting: int
    running: int

    @property
    def busy(self) -> bool:
        """Something is still to come, so the page looks again."""
        return bool(self.waiting or self.running)


def progress_of(pages: Sequence[ListedPage], jobs: Sequence[Job]) -> Progress:
    """Count what there is to count."""
    running = sum(job.state == Job.State.RUNNING for job in jobs)
    known = {page.upload_id: page.upload.page_count or 0 for page in pages}
    total = max(len(pages), sum(known.values()))
    return Progress(sum(page.is_read for page in pages), total, len(jobs) - running, running)
