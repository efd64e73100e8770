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
PIECE = 4 * 1024 * 1024
LONGEST_HEADER = 24
"""Bytes from the line end before it to the end of `obj`."""
_HIDDEN, _NO_VIEW = 1 << 1, 1 << 5
COVERING_SHARE = 0.25
"""A seal of 42 mm takes 2 % of an A4 page, the largest visible signatures in use about 10 %."""
_PAGES = frozenset({"/Page", "/Pages", "/Catalog"})
_HEADER = re.compile(rb"[\r\n](\d{1,10}) (\d{1,5}) obj\b")


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
    for number, generation in listed.keys() - _reachable(reader):
        found = generic.Reference(number, generation, reader).get_object()
        if isinstance(found, generic.DictionaryObject) and found.get("/Type") in _PAGES:
            return True
    standing = Counter(_standing(file))
    return any(count > listed[ref] for ref, count in standing.items())


_LOOKS = {
    "hidden-layers": _layers,
    "hidden-objects": _unlisted,
    "hidden-annotations": _annotations,
    "active-content": _active,
    "fillable-form": _fillable,
    "seal-covers-page": _covering,
}


def _standing(file: IO[bytes]) -> Iterator[tuple[int, int]]:
    """The objects that begin in the file, as their numbers stand there; read in pieces, for a file may be large."""
    file.seek(0)
    kept = b"\n"  # so that the beginning of the file is the beginning of a line
    ended = False
    while not ended:
        piece = file.read(PIECE)
        ended = not piece
        text = kept + piece
        whole = len(text) if ended else len(text) - LONGEST_HEADER
        begun = 0
        for found in _HEADER.finditer(text):
            if found.start() >= whole:
                break
            begun = found.end()
            yield int(found[1]), int(found[2])
        # a header cut in two stands whole at the beginning of the next piece; one that was seen does not come again
        kept = text[max(whole, begun, 0) :]


def _listed(reader: PdfFileReader) -> Iterator[tuple[int, int]]:
    for revision in range(reader.xrefs.total_revisions):
        for ref in reader.xrefs.explicit_refs_in_revision(revision):
            yield ref.idnum, ref.generation


def _reachable(reader: PdfFileReader) -> set[tuple[int, int]]:
    seen: set[tuple[int, int]] = set()
    waiting: list[Any] = [reader.trailer.raw_get(key) for key in ("/Root", "/Info") if key in reader.trailer]
    while waiting and len(seen) < MAX_OBJECTS:
        one = waiting.pop()
        if isinstance(one, generic.IndirectObject):
            if (one.idnum, one.generation) in seen:
                continue
            seen.add((one.idnum, one.generation))
            reference, one = one, generic.Reference(one.idnum, one.generation, reader).get_object()
            if isinstance(one, generic.StreamObject):  # pictures of 250 MB in all would stay in memory
                reader.resolved_objects.pop((reference.generation, reference.idnum), None)
        if isinstance(one, generic.DictionaryObject):
            waiting.extend(one.raw_get(key) for key in one)
        elif isinstance(one, generic.ArrayObject):
            waiting.extend(one.raw_get(place) for place in range(len(one)))
    return seen


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
