"""What in a sealed file could show otherwise than it did to the sealer: the ground of shadow attacks.

An attacker prepares such content before the seal and brings it forth after it (Mainka, Mladenov, Rohlmann: Shadow
Attacks, NDSS 2021: hide, replace, hide-and-replace). Bringing it forth is a change and found as one; here the
preparation itself is told. Nothing is drawn: only the structure is looked at, so a cover painted over a text on the
page is not found here but by reading the page's picture.
"""

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from typing import IO, Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader

MAX_OBJECTS = 50_000
"""A drawing of a thousand sheets has fewer; what is beyond is not looked at."""
MAX_PAGES = 1000
_HIDDEN, _NO_VIEW = 1 << 1, 1 << 5
COVERING_SHARE = 0.25
"""A seal of 42 mm takes 2 % of an A4 page, the largest visible signatures in use about 10 %."""
_PAGE = re.compile(rb"/Type\s*/(?:Pages?|Catalog)\b")
_HEADER = re.compile(rb"[\r\n](\d{1,10}) (\d{1,5}) obj\b")
_END = re.compile(rb"endobj|stream")
_STEP, _HEAD = 1024 * 1024, 4096
"""How much of a file is looked at in one piece, and how much of an object: its dictionary's beginning."""


def find_hidden(reader: PdfFileReader, file: IO[bytes]) -> Iterator[str]:
    """Codes of what was found, each once; nothing where the structure cannot be followed."""
    for code, look in _LOOKS.items():
        try:
            if look(reader, file):
                yield code
        except (PdfError, KeyError, IndexError, TypeError, ValueError, AttributeError, RecursionError):
            continue


def _layers(reader: PdfFileReader, _: IO[bytes]) -> bool:
    """Layers that are off, or that change between screen and print (ISO 32000-2, 8.11.4)."""
    if "/OCProperties" not in reader.root:
        return False
    layers = reader.root["/OCProperties"]
    first = layers.get("/D", {})
    return bool(first.get("/BaseState") == "/OFF" or len(first.get("/OFF", ())) or len(first.get("/AS", ())))


def _active(reader: PdfFileReader, _: IO[bytes]) -> bool:
    """Scripts, actions that run by themselves, XFA forms."""
    root = reader.root
    begins = root.get("/OpenAction")
    names = root.get("/Names", {})
    form = root.get("/AcroForm", {})
    runs = isinstance(begins, generic.DictionaryObject) and begins.get("/S") not in {"/GoTo", None}
    return runs or "/AA" in root or "/JavaScript" in names or "/XFA" in form


def _fillable(reader: PdfFileReader, _: IO[bytes]) -> bool:
    """Form fields other than signatures: their value and their look can differ."""
    if "/AcroForm" not in reader.root:
        return False
    fields = reader.root["/AcroForm"].get("/Fields", ())
    return any(field.get("/FT") != "/Sig" for field in _each(fields) if "/FT" in field or "/Kids" in field)


def _annotations(reader: PdfFileReader, _: IO[bytes]) -> bool:
    """Annotations with a look that the screen does not show."""
    for _page, annotation in _annotated(reader):
        flags = int(annotation.get("/F", 0))
        if flags & (_HIDDEN | _NO_VIEW) and "/AP" in annotation and annotation.get("/FT") != "/Sig":
            return True
    return False


def _covering(reader: PdfFileReader, _: IO[bytes]) -> bool:
    """A signature field that takes a good part of its page: a seal may lie over words, not over the page."""
    for page, annotation in _annotated(reader):
        if annotation.get("/FT") != "/Sig" or "/AP" not in annotation:
            continue
        box = _inherited(page, "/MediaBox")
        if box is not None and _area(annotation["/Rect"]) > COVERING_SHARE * _area(box):
            return True
    return False


def _unlisted(reader: PdfFileReader, file: IO[bytes]) -> bool:
    """Pages that no page tree holds, or objects that stand in the file more often than its tables tell."""
    listed = Counter(itertools.islice(_listed(reader), MAX_OBJECTS))
    standing: Counter[tuple[int, int]] = Counter()
    pages: set[tuple[int, int]] = set()
    for number, generation, head in _standing(file):
        standing[number, generation] += 1
        if _PAGE.search(head):
            pages.add((number, generation))
    return any(count > listed[ref] for ref, count in standing.items()) or bool(pages - _held(reader))


_LOOKS = {
    "hidden-layers": _layers,
    "hidden-objects": _unlisted,
    "hidden-annotations": _annotations,
    "active-content": _active,
    "fillable-form": _fillable,
    "seal-covers-page": _covering,
}


def _standing(file: IO[bytes]) -> Iterator[tuple[int, int, bytes]]:
    """Number, generation and first bytes of what looks like an object, piece by piece: the file may be large."""
    for place in itertools.count(0, _STEP):
        file.seek(place)
        piece = file.read(_STEP + _HEAD)
        if not piece:
            return
        for found in _HEADER.finditer(piece):
            if found.start() >= _STEP:
                break
            head = piece[found.end() : found.end() + _HEAD]
            yield int(found[1]), int(found[2]), _END.split(head, 1)[0]


def _listed(reader: PdfFileReader) -> Iterator[tuple[int, int]]:
    for revision in range(reader.xrefs.total_revisions):
        for ref in reader.xrefs.explicit_refs_in_revision(revision):
            yield ref.idnum, ref.generation


def _held(reader: PdfFileReader) -> set[tuple[int, int]]:
    """The catalogue, and everything in the page tree that it names; earlier versions bear the same numbers."""
    held = {(ref.idnum, ref.generation) for ref in [reader.root_ref]}
    waiting = [reader.root.raw_get("/Pages")]
    while waiting and len(held) < MAX_OBJECTS:
        ref = waiting.pop()
        if isinstance(ref, generic.IndirectObject):
            if (ref.idnum, ref.generation) in held:
                continue
            held.add((ref.idnum, ref.generation))
        node = generic.Reference(ref.idnum, ref.generation, reader).get_object()
        if isinstance(node, generic.DictionaryObject) and "/Kids" in node:
            kids = node["/Kids"]
            waiting.extend(kids.raw_get(place) for place in range(len(kids)))
    return held


def _annotated(reader: PdfFileReader) -> Iterator[tuple[Any, Any]]:
    waiting, seen = [reader.root["/Pages"]], 0
    while waiting and seen < MAX_PAGES:
        node = waiting.pop()
        seen += 1
        waiting.extend(_each(node.get("/Kids", ())))
        for annotation in _each(node.get("/Annots", ())):
            yield node, annotation


def _each(array: Any) -> Iterator[Any]:
    return (one for place in range(len(array)) if isinstance(one := array[place], generic.DictionaryObject))


def _inherited(page: Any, key: str) -> Any:
    for _ in range(MAX_PAGES):
        if key in page:
            return page[key]
        if "/Parent" not in page:
            break
        page = page["/Parent"]
    return None


def _area(box: Any) -> float:
    left, bottom, right, top = (float(side) for side in box)
    return abs(right - left) * abs(top - bottom)
