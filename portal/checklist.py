"""What the case page shows: the checklist with its evidence, each piece tied to the page picture it stands on.

Reads the report that the check wrote and finds pages, materials and offers for it; judges nothing itself.
"""

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from archive.holdings import Offer
from catalogue import Item, Requirement, applicable, load_catalogue
from ingest import BY_HAND, STATE_NAMES, VERDICT_NAMES, Case, Material, Page, Promise, Upload
from portal.comparisons import ComparisonShown, comparisons_shown
from portal.offers import OfferShown, offers_shown
from workers import item_of

NAMES: Mapping[str, str] = {str(state): name for state, name in STATE_NAMES.items()} | {"checking": "核对中"}
ICONS: Mapping[str, str] = {
    "satisfied": "check",
    "reused": "recycle",
    "question": "question",
    "missing": "absent",
    "defective": "warning",
    "gap": "clock",
    "promised": "handshake",
    "not-applicable": "minus",
    "awaited": "clock",
    "checking": "dots",
}


@dataclasses.dataclass(frozen=True, slots=True)
class Mark:
    """A place on a page that says something: a field read, a seal seen, a defect found. Points in upright pixels.

    `label` is written beside it, `title` shown on pointing at it.
    """

    id: str
    page: int
    entry: str
    kind: str
    label: str
    title: str
    points: str
    label_x: float
    label_y: float


@dataclasses.dataclass(frozen=True, slots=True)
class FieldShown:
    """A field of a document as it was read, with the mark that shows where; no value: it was not found.

    `read` is what was read where a person, or a check character, says otherwise; `typed` that a person does.
    """

    name: str
    value: str
    score: float
    mark: Mark | None
    read: str = ""
    typed: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class DefectShown:
    """Something wrong, what to do, and where it is seen."""

    message: str
    remedy: str
    serious: bool
    page: int | None
    mark: Mark | None


@dataclasses.dataclass(frozen=True, slots=True)
class EvidenceShown:
    """A document that stands for an entry: `pages` are the numbers in its file, `page_ids` our rows for them.

    Only a document that stands for none has `defects` of its own.
    """

    file: str
    pages: Sequence[int]
    page_ids: Sequence[int]
    why: str
    score: float
    material: int | None
    upload: int | None
    suggestion: str
    fields: Sequence[FieldShown]
    marks: Sequence[Mark]
    defects: Sequence[DefectShown] = ()

    def number_of(self, page: int) -> int | None:
        """The number in its file of a page of ours."""
        return dict(zip(self.page_ids, self.pages, strict=False)).get(page)


@dataclasses.dataclass(frozen=True, slots=True)
class SeenPage:
    """A page that looks like an entry, while the rest of its file is still being read."""

    pk: int
    file: str
    number: int


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """One entry of the list with all that is known and all that can be done about it.

    `excluded` are entries that the answers about the project have taken off the list.
    """

    entry: Requirement
    state: str
    state_name: str
    icon: str
    files: Sequence[EvidenceShown]
    defects: Sequence[DefectShown]
    offer: OfferShown | None
    promise: Promise | None
    can_promise: bool
    excluded: bool = False
    seen: Sequence[SeenPage] = ()

    @property
    def first_page(self) -> int | None:
        """The page to show first: where something is wrong, else where the document begins."""
        wrong = next((defect.page for defect in self.defects if defect.page), None)
        filed = next((page for file in self.files for page in file.page_ids), None)
        return wrong or filed or next((page.pk for page in self.seen), None)

    @property
    def waits(self) -> bool:
        """Nothing is there for it yet, so while pages are being read nobody can say that it is missing."""
        return self.state in {"missing", "gap"}


@dataclasses.dataclass(frozen=True, slots=True)
class Checklist:
    """The whole list of a case as it stands."""

    item: Item
    rows: Sequence[Row]
    unplaced: Sequence[EvidenceShown]
    verdict: str
    verdict_name: str
    current: bool
    counts: Sequence[tuple[str, str, int]]
    comparisons: Sequence[ComparisonShown] = ()
    questions: int = 0

    @property
    def offered(self) -> int:
        """How many entries the archive can fill."""
        return sum(row.offer is not None for row in self.rows)

    @property
    def differing(self) -> list[ComparisonShown]:
        """Facts on which the materials do not agree, or may not."""
        return [one for one in self.comparisons if one.agreement != "agree"]

    def document_of(self, page: int) -> EvidenceShown | None:
        """The document that a page belongs to, whether it stands for an entry or not."""
        documents = [*(file for row in self.rows for file in row.files), *self.unplaced]
        return next((file for file in documents if page in file.page_ids), None)

    def marks_on(self, page: int) -> list[Mark]:
        """Every mark on a page, whatever entry it speaks for."""
        rows = [mark for row in self.rows for file in row.files for mark in file.marks if mark.page == page]
        loose = [mark for file in self.unplaced for mark in file.marks if mark.page == page]
        said = [*(d for row in self.rows for d in row.defects), *(d for file in self.unplaced for d in file.defects)]
        compared = [
            Mark(value.mark_id, page, "", "compared", one.fact, value.value, value.points, *value.corner)
            for one in self.differing
            for value in one.values
            if value.page == page and value.points
        ]
        return rows + loose + [d.mark for d in said if d.mark and d.mark.page == page] + compared

    @property
    def entries(self) -> dict[int, str]:
        """For each page that stands for an entry, or looks like it while its file is being read: which."""
        seen = {page.pk: row.entry.material for row in self.rows for page in row.seen}
        return seen | {
            page: row.entry.material for row in reversed(self.rows) for file in row.files for page in file.page_ids
        }

    def entry_of(self, page: int) -> str:
        """The entry that a page stands for, empty when none."""
        return self.entries.get(page, "")


class PageFinder:
    """Finds our row for a page that the report names by document (`ref`, such as material:12) and number."""

    def __init__(self, case: Case) -> None:
        uploads = case.pile.filter(withdrawn_at=None)
        self._materials = {m.pk: m for m in Material.objects.filter(upload__in=uploads).defer("fields")}
        rows = Page.objects.filter(upload__in=uploads).values_list("pk", "upload_id", "number")
        self._pages = {(upload, number): pk for pk, upload, number in rows}
        self._held = {
            use.held.pk: use.held for use in case.uses.filter(held__isnull=False).select_related("held") if use.held
        }

    def material(self, ref: str) -> Material | None:
        """The document, where it was handed in and not taken from the archive."""
        kind, _, number = ref.partition(":")
        return self._materials.get(int(number)) if kind == "material" else None

    def page(self, ref: str, number: int | None) -> int | None:
        """The page with that number in the document's file."""
        if number is None:
            return None
        kind, _, pk = ref.partition(":")
        if kind == "held":
            return self._held_page(int(pk), number)
        material = self.material(ref)
        return self._pages.get((material.upload_id, number)) if material else None

    def _held_page(self, pk: int, number: int) -> int | None:
        """The picture of an archived page, if this installation still has it from the case it came with."""
        held = self._held.get(pk)
        pages = Page.objects.filter(upload__sha256=held.sha256, number=number) if held else Page.objects.none()
        return pages.values_list("pk", flat=True).first()


def build_checklist(case: Case, offered: Sequence[Offer] = ()) -> Checklist:
    """The checklist of a case, from its last report, with what is offered; before there is one, the bare list."""
    item = item_of(case)
    report: Mapping[str, Any] = case.report or {"requirements": [], "unplaced": [], "verdict": ""}
    found = {row["material"]: row for row in report["requirements"]}
    offers = offers_shown(offered)
    pages = PageFinder(case)
    promises = {promise.entry: promise for promise in case.promises.all()}
    seen = _seen(case)
    wanted = {entry.material for entry in applicable(item, case.answers)}
    rows = [
        dataclasses.replace(
            _row(entry, found.get(entry.material), pages, offers.get(entry.material), promises.get(entry.material)),
            seen=seen.get(entry.material, ()),
            excluded=entry.material not in wanted,
        )
        for entry in item.materials
    ]
    counted = Counter(row.state for row in rows)
    return Checklist(
        item=item,
        rows=rows,
        unplaced=[_evidence(document, "", pages) for document in report["unplaced"]],
        verdict=report["verdict"] or "checking",
        verdict_name=VERDICT_NAMES.get(report["verdict"], "正在核对"),
        current=case.report_revision == case.revision,
        counts=[(state, name, counted[state]) for state, name in STATE_NAMES.items() if counted[state]],
        comparisons=comparisons_shown(report, pages.page),
        questions=report.get("questions", 0),
    )


def _seen(case: Case) -> Mapping[str, Sequence[SeenPage]]:
    """For each entry the pages that look like it in files that are not read to their end."""
    under_way = (Upload.State.PAGED, Upload.State.INSPECTED, Upload.State.READ)
    pages = Page.objects.filter(upload__in=case.pile, upload__withdrawn_at=None, upload__state__in=under_way)
    seen: dict[str, list[SeenPage]] = {}
    for guess, pk, file, number in pages.exclude(guess="").values_list("guess", "pk", "upload__file_name", "number"):
        seen.setdefault(guess, []).append(SeenPage(pk, file, number))
    return seen


def _row(
    entry: Requirement,
    said: Mapping[str, Any] | None,
    pages: PageFinder,
    offer: OfferShown | None,
    promise: Promise | None,
) -> Row:
    state = said["state"] if said else "checking"
    files = [_evidence(file, entry.material, pages) for file in said["files"]] if said else []
    ref = said["files"][0]["ref"] if said and said["files"] else ""
    defects = [_defect(d, n, entry.material, ref, pages) for n, d in enumerate(said["defects"])] if said else []
    return Row(
        entry=entry,
        state=state,
        state_name=NAMES[state],
        icon=ICONS[state],
        files=files,
        defects=defects,
        offer=offer if state not in {"satisfied", "question", "reused"} else None,
        promise=promise,
        can_promise=state == "gap",
    )


def _evidence(said: Mapping[str, Any], entry: str, pages: PageFinder) -> EvidenceShown:
    ref = said["ref"]
    fields = []
    for name, value in said.get("fields", {}).items():
        page = pages.page(ref, value["page"])
        mark = mark_of(f"{ref}-{name}", page, entry, "field", (name, value["value"]), value["box"])
        typed = value.get("rule") == BY_HAND
        fields.append(FieldShown(name, value["value"], value["score"], mark, value.get("read", ""), typed))
    known = load_catalogue().material_type(entry).fields if entry else ()
    fields += [FieldShown(spec.name, "", 0.0, None) for spec in known if spec.name not in said.get("fields", {})]
    seals = [
        mark_of(f"{ref}-seal-{n}", pages.page(ref, seal["page"]), entry, "seal", ("印章", seal["text"]), seal["box"])
        for n, seal in enumerate(said.get("seals", []))
    ]
    codes = [
        mark_of(f"{ref}-code-{n}", pages.page(ref, code["page"]), entry, "code", ("二维码", code["text"]), code["box"])
        for n, code in enumerate(said.get("codes", []))
    ]
    found = (pages.page(ref, number) for number in said["pages"])
    material = pages.material(ref)
    return EvidenceShown(
        file=said["file"],
        pages=said["pages"],
        page_ids=[page for page in found if page],
        why=said["why"],
        score=said.get("score", 0.0),
        material=material.pk if material else None,
        upload=material.upload_id if material else None,
        suggestion=material.suggestion if material else "",
        fields=fields,
        marks=[mark for mark in [*(field.mark for field in fields), *seals, *codes] if mark],
        defects=[_defect(d, n, entry, ref, pages) for n, d in enumerate(said.get("defects", []))],
    )


def _defect(said: Mapping[str, Any], number: int, entry: str, ref: str, pages: PageFinder) -> DefectShown:
    ref = said.get("ref") or ref  # seen on another document than the one that stands for the entry
    page = pages.page(ref, said["page"])
    mark = mark_of(
        f"{ref}-{entry}-defect-{number}", page, entry, "defect", (said["message"], said["remedy"]), said["box"]
    )
    return DefectShown(said["message"], said["remedy"], said["serious"], page, mark)


def mark_of(  # noqa: PLR0913, PLR0917 - the parts of a mark
    name: str, page: int | None, entry: str, kind: str, words: tuple[str, str], box: Sequence[Sequence[float]] | None
) -> Mark | None:
    """The mark of a place on a page of ours; None where the page or the place is not known."""
    if page is None or not box:
        return None
    points = " ".join(f"{x:.0f},{y:.0f}" for x, y in box)
    return Mark(
        id="mark-" + name.replace(":", "-"),
        page=page,
        entry=entry,
        kind=kind,
        label=words[0],
        title=words[1],
        points=points,
        label_x=min(x for x, _ in box),
        label_y=min(y for _, y in box),
    )
