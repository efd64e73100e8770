"""Making a package findable from its objects alone: its manifest, its list of materials, and what was read of it.

Reading and cutting a thick package takes seconds, writing it down does not: `read_words` is the slow part and writes
nothing, `record_words` belongs into a transaction. Both again give the same rows.
"""

import dataclasses
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from archive.filing import MATERIALS_ROLE
from archive.full_elements import held_elements, score_of
from archive.lookup.bigrams import bigram_text
from archive.lookup.models import ArchivedText, PackageEntry, Retrieval
from archive.lookup.pdf_text import pdf_pages
from archive.lookup.readings import READINGS_ELEMENT, element_readings
from archive.manifest import Element, Manifest
from archive.models import Package

MAX_TEXT_CHARACTERS = 100_000
"""Ten times the densest page there is. A tsvector holds 1 MB, which so many characters cannot fill."""
MAX_TEXT_BYTES = 4 << 20
"""A text of ours that is larger is a list for machines, which nobody looks for by a word."""
DECISION_ELEMENT = 21
"""Decisions: their reasons and opinions are words that people look for."""
CERTIFICATE_ELEMENT, SEAL_ELEMENT = 23, 24
ROWS_AT_ONCE = 500

Read = Callable[[str], bytes]
"""Gives the bytes of the object with this SHA-256."""


@dataclasses.dataclass(frozen=True, slots=True)
class FoundText:
    """A text with its place in the package; `path` is empty for the words of the manifest, `page` 0 for no page."""

    path: str
    name: str
    role: str
    sha256: str
    page: int
    text: str
    bigrams: str


@dataclasses.dataclass(frozen=True, slots=True)
class Words:
    """What one manifest is found by. `unread`: paths of texts of ours that could not be made out."""

    manifest: Manifest
    numbers: tuple[str, ...]
    texts: tuple[FoundText, ...]
    unread: tuple[str, ...]


class NotIndexedError(Exception):
    """A follow-up came before the package's own manifest; the message names the package."""

    code = "package-not-indexed"


def index_package(package: Package, manifest: Manifest, read: Read) -> Words:
    """Make a package findable by its own manifest or one of its follow-ups'; doing it again changes nothing.

    Raises:
        NotIndexedError: the manifest follows another, and the package's own was not indexed yet.
        NotFound: an element that is read for its words is not there; other errors of `read` likewise.
    """
    words = read_words(manifest, read)
    with transaction.atomic():
        record_words(package, words)
    return words


def read_words(manifest: Manifest, read: Read) -> Words:
    """All that a manifest and its elements can be found by."""
    numbers = tuple(dict.fromkeys(_numbers(manifest, read)))
    texts, unread = [_found(None, 0, "\n".join(_description(manifest, numbers)))], []
    for element in manifest.elements:
        try:
            texts += _element_texts(manifest, element, read)
        except (ValueError, KeyError, TypeError):  # not in the shape that this program writes
            unread.append(element.path)
    seen: dict[tuple[str, int], FoundText] = {}
    for text in texts:
        seen.setdefault((text.path, text.page), text)
    return Words(manifest, numbers, tuple(seen.values()), tuple(unread))


def record_words(package: Package, words: Words) -> None:
    """Write down what a package is found by; call it in a transaction. What this manifest gave before is replaced."""
    manifest = words.manifest
    ArchivedText.objects.filter(package=package, source=manifest.package).delete()
    rows = (ArchivedText(package=package, source=manifest.package, **dataclasses.asdict(text)) for text in words.texts)
    ArchivedText.objects.bulk_create(rows, batch_size=ROWS_AT_ONCE)
    entry = PackageEntry.objects.filter(package=package).first()
    numbers = list(dict.fromkeys([*(entry.numbers if entry else ()), *words.numbers]))
    facts = {"numbers": sorted(numbers), "certificates": bigram_text("\n".join(sorted(numbers)))}
    if not manifest.previous_package:
        facts |= _facts(package, manifest)
    elif entry is None:
        raise NotIndexedError(f"{package.archive_number} is indexed by its own manifest before those that follow it")
    PackageEntry.objects.update_or_create(package=package, defaults=facts)


def forget_words(package: Package) -> None:
    """What stood in a package that was destroyed is found no more, nor fetched; that it was here is found."""
    ArchivedText.objects.filter(package=package).delete()
    waits = (Retrieval.State.ASKED, Retrieval.State.READY)
    Retrieval.objects.filter(access__package=package, state__in=waits).update(state=Retrieval.State.CLEANED)


def _facts(package: Package, manifest: Manifest) -> dict[str, Any]:
    case = manifest.case
    held = held_elements(manifest)
    closed = case.delivered_at or case.decided_at or manifest.created_at
    return {
        "item_code": case.item_code,
        "item_name": case.item_name,
        "project_name": case.project_name,
        "works_name": case.works_name,
        "applicant_name": case.applicant_name,
        "applicant_uscc": case.applicant_uscc,
        "year": timezone.localtime(closed).year,
        "filed_at": manifest.created_at,
        "projects": bigram_text(f"{case.project_code} · {case.project_name} · {case.works_name}"),
        "companies": bigram_text(f"{case.applicant_uscc} · {case.applicant_name}"),
        "archive_numbers": bigram_text(package.archive_number),
        "certifiable": CERTIFICATE_ELEMENT in score_of([manifest]).applicable,
        "certified": CERTIFICATE_ELEMENT in held,
        "sealed": {CERTIFICATE_ELEMENT, SEAL_ELEMENT} <= held,
    }


def _description(manifest: Manifest, numbers: tuple[str, ...]) -> Iterator[str]:
    """The words of the manifest itself, each with a sign behind it, so that no phrase goes from one into the next."""
    case = manifest.case
    facts = (
        manifest.archive_number,
        case.number,
        case.parallel_case,
        case.project_code,
        case.project_name,
        case.works_name,
        case.applicant_name,
        case.applicant_uscc,
        case.item_name,
        *numbers,
        *(f"{element.role} · {element.name}" for element in manifest.elements),
    )
    yield from (f"{fact} ·" for fact in facts if fact)


def _numbers(manifest: Manifest, read: Read) -> Iterator[str]:
    """The numbers of certificates and other materials that the package lists for later cases."""
    for element in manifest.elements:
        if element.role == MATERIALS_ROLE:
            yield from (row["number"] for row in json.loads(read(element.sha256)) if row.get("number"))


def _element_texts(manifest: Manifest, element: Element, read: Read) -> Iterator[FoundText]:
    if element.element == READINGS_ELEMENT and element.media_type == "application/json":
        yield from _read_pages(manifest, element, read)
    elif element.source != "generated" or element.size > MAX_TEXT_BYTES:
        return
    elif element.media_type == "application/pdf":
        for number, text in pdf_pages(read(element.sha256)):
            yield _found(element, number, text)
    elif element.media_type.startswith("text/"):
        yield _found(element, 0, read(element.sha256).decode())
    elif element.element == DECISION_ELEMENT and element.media_type == "application/json":
        yield _found(element, 0, "\n".join(_strings(json.loads(read(element.sha256)))))


def _read_pages(manifest: Manifest, element: Element, read: Read) -> Iterator[FoundText]:
    """What was read of the files that were handed in, each page under the file it is of."""
    files = {one.sha256: one for one in manifest.elements if one.sha256 != element.sha256}
    for sha256, number, reading in element_readings(read(element.sha256)):
        yield _found(files.get(sha256, element), number, reading.text)


def _found(element: Element | None, page: int, text: str) -> FoundText:
    text = text[:MAX_TEXT_CHARACTERS].replace("\x00", "")
    path, name, role, sha256 = ("", "", "", "")
    if element is not None:
        path, name, role, sha256 = element.path, element.name, element.role, element.sha256
    return FoundText(path, name, role, sha256, page, text, bigram_text(text))


def _strings(value: Any) -> Iterator[str]:
    """Every text in JSON, in its order."""
    if isinstance(value, str):
        yield f"{value} ·"
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)
