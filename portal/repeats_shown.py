"""A repeat as it is shown: a line on the case page, and two documents side by side with the differing places marked."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.auth.models import User

from ingest import Case, Page, Upload
from portal.figures import Figure, figure
from portal.repeats_sight import HIDDEN, TOLD_KINDS, comparable, told_to
from workers import Repeat, asked_of, note_compared, repeats_of

AGREEMENTS = {"agree": "一致", "differ": "不同", "unsure": "待核对"}
NEW, EARLIER = 0, 1
"""The place of the new and of the earlier document in everything that was compared."""


@dataclasses.dataclass(frozen=True, slots=True)
class Banner:
    """What the case page says of repeats: how many questions wait, sentences that ask nothing, how many in all."""

    asked: int
    told: Sequence[str]
    number: int


@dataclasses.dataclass(frozen=True, slots=True)
class Difference:
    """A place that differs: the outline of it on one page, and what it is."""

    label: str
    points: str
    agreement: str


@dataclasses.dataclass(frozen=True, slots=True)
class Side:
    """One of the two documents: what it is called, where it comes from, the page shown. No figure: no picture here."""

    name: str
    origin: str
    number: int | None
    count: int
    figure: Figure | None
    differences: Sequence[Difference]


@dataclasses.dataclass(frozen=True, slots=True)
class Line:
    """A field on both documents, each with how sure it was read."""

    name: str
    one: str
    other: str
    one_score: float | None
    other_score: float | None
    agreement: str
    agreement_name: str


@dataclasses.dataclass(frozen=True, slots=True)
class Compared:
    """Two documents side by side at one page; `elsewhere` are the places of other pages that differ."""

    row: Repeat
    earlier: Side
    new: Side
    lines: Sequence[Line]
    place: int
    pages: int
    elsewhere: Sequence[int]
    known: bool = True
    """Whether the earlier one may be shown to who looks."""

    @property
    def why(self) -> str:
        """What is said of the two."""
        return str(self.row.why) if self.known else HIDDEN

    @property
    def before(self) -> int | None:
        """The place of the page before."""
        return self.place - 1 if self.place > 0 else None

    @property
    def after(self) -> int | None:
        """The place of the page after."""
        return self.place + 1 if self.place + 1 < self.pages else None


def banner(case: Case, user: Any) -> Banner:
    """What there is to say to this user on the case page."""
    rows = told_to(repeats_of(case).filter(withdrawn_at=None), user)
    told = [row.why for row, _ in rows if row.state == Repeat.State.TOLD and row.kind in TOLD_KINDS]
    return Banner(sum(row.asks for row, _ in rows), told, len(rows))


def said_of(uploads: Sequence[Upload], user: Any) -> dict[int, str]:
    """By file, what its line among the received files says to this user of it as a repeat."""
    rows = Repeat.objects.filter(upload__in=uploads, withdrawn_at=None).select_related(
        "case", "held__package", "earlier__upload", "twin"
    )
    said: dict[int, str] = {}
    for row, known in told_to(rows, user):
        if row.kind == Repeat.Kind.BYTES and row.state != Repeat.State.UNDONE:
            said[row.upload_id] = f"已有此件：{row.why if known else HIDDEN}"
        elif row.state == Repeat.State.ACCEPTED:
            said[row.upload_id] = f"重复提交：{f'使用{origin_of(row)}' if known else HIDDEN}"
    return said


def origin_of(row: Repeat) -> str:
    """Where the earlier document lies, in words."""
    if row.held:
        return f"档案 {row.held.package.archive_number} 中的“{row.held.name}”"
    upload = row.earlier.upload if row.earlier else row.twin
    return f"先提交的“{upload.file_name}”" if upload else ""


def compared(row: Repeat, place: int, by: User) -> Compared:
    """Both documents at that page; who looks at an archived one leaves a line. Who may not see it is shown the new one.

    Then nothing is marked either: a place that differs tells what stands on the other.
    """
    if not comparable([row], by):
        return _alone(row, place)
    note_compared(row, by=by)
    new, earlier = _pages_of_new(row), _pages_of_earlier(row)
    count = max(len(new), len(earlier), 1)
    at = min(max(place, 0), count - 1)
    found = [*row.likeness.get("fields", ()), *row.likeness.get("places", ())]
    differing = [one for one in found if one["agreement"] != "agree"]
    numbers = [number for _, number in new], [number for _, number in earlier]
    return Compared(
        row=row,
        earlier=_side("已有的一份", origin_of(row), earlier, at, differing, EARLIER),
        new=_side("这次提交的", row.upload.file_name, new, at, differing, NEW),
        lines=[_line(row, one) for one in row.likeness.get("fields", ())],
        place=at,
        pages=count,
        elsewhere=sorted({at_ for one in differing for at_ in _places(one, numbers)} - {at}),
    )


def _alone(row: Repeat, place: int) -> Compared:
    """The new document by itself."""
    new = _pages_of_new(row)
    count = max(len(new), 1)
    at = min(max(place, 0), count - 1)
    return Compared(
        row=row,
        earlier=Side("已有的一份", "", None, 0, None, ()),
        new=_side("这次提交的", row.upload.file_name, new, at, (), NEW),
        lines=(),
        place=at,
        pages=count,
        elsewhere=(),
        known=False,
    )


_Pages = list[tuple[Page | None, int]]


def _pages_of_new(row: Repeat) -> _Pages:
    return _pages(Page.objects.filter(upload=row.upload_id), row.material.pages if row.material else ())


def _pages_of_earlier(row: Repeat) -> _Pages:
    """The pages of the earlier document, as far as this installation has them from the case they came with."""
    if row.earlier:
        return _pages(Page.objects.filter(upload=row.earlier.upload_id), row.earlier.pages)
    if row.held is None:
        return _pages(Page.objects.filter(upload=row.twin_id), ())
    known = Upload.objects.filter(sha256=row.held.sha256, pages__isnull=False)
    of_case = known.filter(case__number=row.held.package.case_number).first()
    upload = of_case or known.exclude(pk=row.upload_id).first()
    return _pages(Page.objects.filter(upload=upload), row.held.pages)


def _pages(rows: Any, numbers: Sequence[int]) -> _Pages:
    by_number = {page.number: page for page in rows.select_related("upload").defer("text_layer")}
    return [(by_number.get(number), number) for number in numbers or sorted(by_number)]


def _side(  # noqa: PLR0913, PLR0917 - one side of the page
    name: str, origin: str, pages: _Pages, at: int, differing: Sequence[Mapping[str, Any]], place: int
) -> Side:
    page, number = pages[at] if at < len(pages) else (None, None)
    marks = [
        Difference(one["name"] or _label(one), _points(spot["box"]), one["agreement"])
        for one in differing
        if (spot := one["boxes"][place]) and spot["page"] == number
    ]
    return Side(name, origin, number, len(pages), figure(page) if page else None, marks)


def _label(one: Mapping[str, Any]) -> str:
    return str(one["one"] or one["other"] or "")[:12]


def _points(box: Sequence[Sequence[float]]) -> str:
    return " ".join(f"{x:.0f},{y:.0f}" for x, y in box)


def _places(one: Mapping[str, Any], numbers: tuple[list[int], list[int]]) -> list[int]:
    """At which place of the two documents something that differs is seen."""
    spots = zip(one["boxes"], numbers, strict=True)
    return [known.index(spot["page"]) for spot, known in spots if spot and spot["page"] in known]


def _line(row: Repeat, one: Mapping[str, Any]) -> Line:
    return Line(
        one["name"],
        one["one"],
        one["other"],
        _score(row.material.fields if row.material else {}, one["name"]),
        _score(row.held.fields if row.held else row.earlier.fields if row.earlier else {}, one["name"]),
        one["agreement"],
        AGREEMENTS[one["agreement"]],
    )


def _score(fields: Mapping[str, Any], name: str) -> float | None:
    found = fields.get(name)
    return float(found["score"]) if found else None


def next_asked(case: Case) -> Repeat | None:
    """The question to answer next."""
    return asked_of(case).first()
