"""Same document, new version or another: what is made of documents that come again, against how they were drawn.

One half is printed as all samples are, and thresholds were chosen on it; the other with fonts, layouts and words that
nothing is tuned on, and its figures are the ones that count. Each half is one installation: every document is looked up
among all of its half by fingerprint, and held against what it was nominated with.
"""

import collections
import dataclasses
import functools
import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import cv2

from bench.duplicates_reading import family_files
from samples import Print, Relation

if TYPE_CHECKING:
    from ingest import Presented
    from ingest.resemblance import Likeness, Pictures

HALVES: tuple[Print, ...] = get_args(Print)
SWAPPED = "page"
"""The variant that is put together from scans that were read already: a page of another paper, or one missing."""
VERDICTS = ("same", "unsure", "new-version", "different")


@dataclasses.dataclass(frozen=True, slots=True)
class Read:
    """A document of the benchmark as it was read: how it was drawn, what it says, and the pictures of its pages."""

    name: str
    family: int
    variant: str
    relation: Relation
    field: str
    scanner: str
    document: "Presented"
    pictures: tuple[Path, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Pair:
    """Two documents, what they truly are to each other, what was said, and whether the look-up nominated the one."""

    one: str
    other: str
    variant: str
    truth: Relation
    said: str
    why: str
    nominated: bool


@dataclasses.dataclass(frozen=True, slots=True)
class DuplicatesResult:
    """The figures of one half."""

    printing: Print
    documents: int
    pages: int
    pairs: tuple[Pair, ...]


def measure_duplicates(folder: Path, printing: Print) -> DuplicatesResult:
    """Judge everything of a half that was read so far. Needs Django set up, with a database that may be filled."""
    documents = [read for family in _families(folder, printing) for read in (*family, *_put_together(family))]
    nominated = _nominate(documents)
    by_family: dict[int, list[Read]] = collections.defaultdict(list)
    for read in documents:
        by_family[read.family].append(read)
    pairs = tuple(pair for family in by_family.values() for pair in _judged(family, nominated))
    return DuplicatesResult(printing, len(documents), sum(len(read.pictures) for read in documents), pairs)


def _families(folder: Path, printing: Print) -> Iterator[list[Read]]:
    for path in family_files(folder, printing):
        yield [_read(row, folder) for row in json.loads(path.read_text("utf-8"))]


def _read(row: Mapping[str, Any], folder: Path) -> Read:
    """A row with what is made of its pages as of any upload: its type and its fields are those that were recognised."""
    from ingest import Presented
    from ocr import extract_fields, from_json, recognise

    pages = tuple(from_json(page) for page in row["pages"])
    kind = recognise(list(pages)).type
    document = Presented(
        file=row["name"],
        pages=tuple(page.number for page in pages),
        type=kind,
        fields=extract_fields(kind, pages) if kind else {},
        seals=tuple((page.number, seal) for page in pages for seal in page.seals),
        sha256=row["name"],
        readings=pages,
        ref=row["name"],
    )
    pictures = tuple(folder / f"{row['name']}-{page.number}.jpg" for page in pages)
    facts = {name: row[name] for name in ("name", "family", "variant", "relation", "field")}
    return Read(**facts, scanner=row["scanner"]["degrade"], document=document, pictures=pictures)


def _put_together(family: Sequence[Read]) -> Iterator[Read]:
    """Of papers with several pages: a rescan with one page of the other instance, and one without its last."""
    rescan = next((read for read in family if read.variant == "rescan"), None)
    other = next((read for read in family if read.variant == "instance"), None)
    if rescan is None or other is None or min(len(rescan.pictures), len(other.pictures)) < 2:  # noqa: PLR2004 - several
        return
    for at in range(1, min(len(rescan.pictures), len(other.pictures))):
        yield _with_pages(rescan, f"swapped-{at}", [other if n == at else rescan for n in range(len(rescan.pictures))])
    yield _with_pages(rescan, "short", [rescan] * (len(rescan.pictures) - 1))


def _with_pages(read: Read, what: str, source: Sequence[Read]) -> Read:
    from ocr import extract_fields

    name = f"{read.name}-{what}"
    pages = tuple(one.document.readings[n] for n, one in enumerate(source))
    fields = extract_fields(read.document.type, pages) if read.document.type else {}
    numbers = tuple(page.number for page in pages)
    document = dataclasses.replace(
        read.document, file=name, pages=numbers, fields=fields, sha256=name, readings=pages, ref=name
    )
    pictures = tuple(one.pictures[n] for n, one in enumerate(source))
    return dataclasses.replace(
        read, name=name, variant=SWAPPED, relation="new-version", document=document, pictures=pictures
    )


def _nominate(documents: Sequence[Read]) -> Mapping[str, frozenset[str]]:
    """For each document those that the look-up gives among all others, by name."""
    from ingest.resemblance import candidates, enter_held, fingerprint_of

    rows = dict(zip((held.pk for held in _held(len(documents))), documents, strict=True))
    from archive import HeldMaterial

    for held in HeldMaterial.objects.filter(pk__in=rows).iterator():
        enter_held(held, rows[held.pk].document)
    found = {}
    for pk, read in rows.items():
        own = dataclasses.replace(fingerprint_of(read.document), ref=f"held:{pk}")
        likely = (one.held.pk for one in candidates(own, len(VERDICTS) * 5) if one.held)
        found[read.name] = frozenset(rows[other].name for other in likely if other in rows)
    return found


def _held(count: int) -> Iterator[Any]:
    """Rows that prints can belong to."""
    import archive
    from bench.archive_ground import NOW, Invented

    package = archive.Package.objects.first()
    if package is None:
        package = Invented(0).package()
        package.save()
    facts = {"type": "M-YYZZ", "name": "材料", "subject_kind": "project", "size": 1, "held_since": NOW, "sm3": ""}
    begin = archive.HeldMaterial.objects.count()
    for number in range(begin, begin + count):
        yield archive.HeldMaterial.objects.create(
            package=package, subject=str(number), sha256=f"{number:064d}", media_type="application/pdf", **facts
        )


def _judged(family: Sequence[Read], nominated: Mapping[str, frozenset[str]]) -> Iterator[Pair]:
    """Every rescan of the first paper against every other document of its family."""
    from ingest.resemblance import compare

    for one, other in itertools.combinations(family, 2):
        if one.relation != "same":
            continue
        found: Likeness = compare(one.document, other.document, functools.partial(_pictures, one, other))
        both = other.name in nominated[one.name] or one.name in nominated[other.name]
        variant = other.variant if other.relation != "same" else "rescan"
        yield Pair(one.name, other.name, variant, other.relation, found.verdict, found.why, both)


def _pictures(one: Read, other: Read) -> "Pictures":
    first, second = ([_loaded(path) for path in read.pictures] for read in (one, other))
    return first, second


def _loaded(path: Path) -> Any:
    return cv2.imread(str(path))


def duplicates_lines(result: DuplicatesResult) -> Iterator[str]:
    """The figures as tables in Markdown: what each kind of pair was called, then precision and recall."""
    yield f"{result.printing}: {result.documents:,} documents, {result.pages:,} pages, {len(result.pairs):,} pairs"
    yield ""
    yield f"| truly | how it was made | pairs | {' | '.join(VERDICTS)} | nominated |"
    yield f"| --- | --- | --- | {' | '.join('---' for _ in VERDICTS)} | --- |"
    for (truth, variant), pairs in sorted(_grouped(result.pairs).items()):
        said = collections.Counter(pair.said for pair in pairs)
        counts = " | ".join(f"{said[verdict]:,}" for verdict in VERDICTS)
        near = sum(pair.nominated for pair in pairs) / len(pairs)
        yield f"| {truth} | {variant} | {len(pairs):,} | {counts} | {near:.3f} |"
    yield ""
    yield "| verdict | precision | recall | recall, asked counted too |"
    yield "| --- | --- | --- | --- |"
    for relation in get_args(Relation):
        yield f"| {relation} | {' | '.join(_rate(*of) for of in _rates(result.pairs, relation))} |"
    yield ""
    rescans = [pair for pair in result.pairs if pair.truth == "same"]
    shown = sum(pair.nominated and pair.said in {"same", "unsure"} for pair in rescans)
    wrong = sum(pair.said == "same" for pair in result.pairs if pair.truth != "same")
    yield f"rescans put before a person: {_rate(shown, len(rescans))}; others called the same: {wrong}"


def _rates(pairs: Sequence[Pair], relation: Relation) -> Iterator[tuple[int, int]]:
    """Right and all: of what was called so, of what is so, and of what is so with those that are asked about."""
    called = [pair for pair in pairs if pair.said == relation]
    truly = [pair for pair in pairs if pair.truth == relation]
    yield sum(pair.truth == relation for pair in called), len(called)
    yield sum(pair.said == relation for pair in truly), len(truly)
    yield sum(pair.said in {relation, "unsure"} for pair in truly), len(truly)


def _rate(right: int, known: int) -> str:
    return f"{right / known:.3f} ({right:,} of {known:,})" if known else "–"


def _grouped(pairs: Sequence[Pair]) -> Mapping[tuple[str, str], list[Pair]]:
    groups: dict[tuple[str, str], list[Pair]] = collections.defaultdict(list)
    for pair in pairs:
        groups[pair.truth, pair.variant].append(pair)
    return groups
