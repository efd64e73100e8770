"""What was done to a file after a seal: nothing may follow but validation data, timestamps and further seals.

Each object that a later revision writes anew is compared with what it was, and each that it adds must be reached from
the validation data or from the one new signature. Everything else is a change (ISO 32000-2, 12.8.2.2; ETSI EN 319
142-1, 5.4).
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from archive.offline.der import Damaged
from archive.offline.pdf_reading import MOST_OBJECTS, Document, Name, Ref, Stream

_CATALOG_MAY = frozenset({b"DSS", b"AcroForm", b"Extensions"})
_FORM_MAY = frozenset({b"Fields", b"SigFlags"})
_FIELD_MAY = frozenset({b"V", b"AP"})
_ABOUT_MAY = frozenset({b"ModDate", b"Producer"})
_PROGRAM_OR_TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:.+Z-]*|[\w.-]+ \d+(\.\d+)*")
"""What a program that adds a revision writes of itself into the file's description."""
_TRAILER_KEPT = (b"Root", b"Info", b"Encrypt")
_POINTS_AT = re.compile(rb"(?<!\d)(\d{1,10})[\0\t\n\f\r ]+\d{1,5}[\0\t\n\f\r ]+R(?![0-9A-Za-z])")


def signature_fields(document: Document) -> Iterator[tuple[int, dict[bytes, Any]]]:
    """Number and dictionary of every signature field, in the order of the form; 0 for one that has no number."""
    form = document.dictionary(_root(document).get(b"AcroForm"))
    waiting = list(reversed(document.items(form.get(b"Fields"))))
    seen: set[int] = set()
    while waiting and len(seen) < MOST_OBJECTS:
        one = waiting.pop()
        if isinstance(one, Ref):
            if one.number in seen:
                continue
            seen.add(one.number)
        field = document.dictionary(one)
        if field.get(b"FT") == b"Sig":
            yield one.number if isinstance(one, Ref) else 0, field
        elif b"FT" not in field:
            waiting.extend(reversed(document.items(field.get(b"Kids"))))


def has_loose_pages(document: Document) -> bool:
    """Whether there are pages, or trees of pages, that the file's catalogue does not lead to."""
    held = {_number(document.trailer.get(b"Root")), *_pages(document)[0]}
    kinds = {b"Page", b"Pages", b"Catalog"}
    loose = (number for number, entry in document.places.items() if entry[0] and number not in held)
    return any(document.dictionary(Ref(number, 0)).get(b"Type") in kinds for number in loose)


def changes(old: Document, new: Document, signed: int) -> list[str]:
    """What was changed between two revisions and may not be, as sentences; `signed`: number of the field now filled."""
    return [*_changed(old, new, signed), *_added(old, new, signed)]


def _changed(old: Document, new: Document, signed: int) -> Iterator[str]:
    for key in _TRAILER_KEPT:
        if old.trailer.get(key) != new.trailer.get(key):
            yield f"the trailer's {key.decode()}"
    if new.hybrid and not old.hybrid:
        yield "a second table of objects"
    may = _what_may_change(old, new, signed)
    for number, entry in old.places.items():
        if new.places.get(number) == entry or not entry[0]:
            continue
        was, now = old.object(number), new.object(number)
        if was != now and not (number in may and may[number](was, now)):
            yield f"object {number}"


def _what_may_change(old: Document, new: Document, signed: int) -> dict[int, Callable[[Any, Any], bool]]:
    """By number of an object: whether it may be written anew as it was. Objects that are not here may not."""
    form = old.dictionary(_root(old).get(b"AcroForm"))
    pages, lists = _pages(old)
    may: dict[int, Callable[[Any, Any], bool]] = {
        signed: lambda was, now: b"V" not in was and _differ(was, now) <= _FIELD_MAY,
        _number(old.trailer.get(b"Info")): lambda was, now: _differ(was, now) <= _ABOUT_MAY,
        _number(_root(old).get(b"Metadata")): _same_description,
    }
    may |= dict.fromkeys(pages, lambda was, now: _page_grew(old, new, was, now, signed))
    may |= dict.fromkeys(_numbers_below(old, _root(old).get(b"DSS"), streams=False), _grew)
    fields = {*lists, _number(form.get(b"Fields"))}
    may |= dict.fromkeys(fields, lambda was, now: _list_grew(was, now, signed))
    may[_number(_root(old).get(b"AcroForm"))] = lambda was, now: _form_grew(old, new, was, now, signed)
    may[_number(old.trailer.get(b"Root"))] = lambda was, now: _catalog_grew(old, new, was, now, signed)
    may.pop(0, None)
    return may


def _added(old: Document, new: Document, signed: int) -> Iterator[str]:
    """Objects that are new and not part of what may follow, or that the old revision already pointed at."""
    added = {number for number, entry in new.places.items() if entry[0] and not old.places.get(number, (0,))[0]}
    added -= {number for number in added if _is_table(new, number)}
    reached = set(_numbers_below(new, _root(new).get(b"DSS"), streams=True))
    if signed:
        reached |= {signed, *_numbers_below(new, new.object(signed), streams=True)}
    root, form = _root(new), new.dictionary(_root(new).get(b"AcroForm"))
    reached |= {_number(root.get(b"AcroForm")), _number(form.get(b"Fields")), _number(root.get(b"DSS"))}
    reached |= {_number(root.get(b"Extensions"))}
    reached |= _pages(new)[1]
    for number in sorted(added - reached):
        yield f"object {number} was added"
    before = {int(match[1]) for match in _POINTS_AT.finditer(old.data, 0, old.end)}
    packed = [stream.unpacked() for stream in map(old.object, _object_streams(old)) if isinstance(stream, Stream)]
    before |= {int(match[1]) for data in packed for match in _POINTS_AT.finditer(data)}
    for number in sorted(added & before):
        yield f"object {number} was awaited before it was added"


def _catalog_grew(old: Document, new: Document, was: Any, now: Any, signed: int) -> bool:
    if not _differ(was, now) <= _CATALOG_MAY:
        return False
    forms = old.get(was.get(b"AcroForm")), new.get(now.get(b"AcroForm"))
    stores = old.get(was.get(b"DSS")), new.get(now.get(b"DSS"))
    if forms[0] is not None and not (forms[0] == forms[1] or _form_grew(old, new, *forms, signed)):
        return False
    return stores[0] is None or _grew(*stores)


def _form_grew(old: Document, new: Document, was: Any, now: Any, signed: int) -> bool:
    if not _differ(was, now) <= _FORM_MAY:
        return False
    before, after = old.items(was.get(b"Fields")), new.items(now.get(b"Fields"))
    return before == after or _list_grew(before, after, signed)


def _page_grew(old: Document, new: Document, was: Any, now: Any, signed: int) -> bool:
    if not _differ(was, now) <= {b"Annots"}:
        return False
    before, after = old.items(was.get(b"Annots")), new.items(now.get(b"Annots"))
    return before == after or _list_grew(before, after, signed)


def _list_grew(was: Any, now: Any, signed: int) -> bool:
    """Whether a list got nothing but the new signature's field at its end."""
    if not isinstance(was, list) or not isinstance(now, list):
        return False
    return now[: len(was)] == was and all(_number(one) == signed for one in now[len(was) :])


def _grew(was: Any, now: Any) -> bool:
    """Whether a value of the validation data kept all that it held."""
    if isinstance(was, dict) and isinstance(now, dict):
        return all(key in now and _grew(value, now[key]) for key, value in was.items())
    if isinstance(was, list) and isinstance(now, list):
        return all(one in now for one in was)
    return bool(was == now)


def _same_description(was: Any, now: Any) -> bool:
    """Whether the file's description (XMP) tells nothing new but when and by what program it was last written."""
    if not isinstance(was, Stream) or not isinstance(now, Stream):
        return False
    return all(_PROGRAM_OR_TIME.fullmatch(one) for one in _told(now) - _told(was))


def _told(stream: Stream) -> set[str]:
    text = stream.unpacked()
    if b"<!" in text:
        raise Damaged("the file's description declares something of its own")
    try:
        found = ET.fromstring(text)  # noqa: S314 - no declarations, so no entities
    except ET.ParseError:
        raise Damaged("the file's description cannot be read") from None
    told = {one for element in found.iter() for one in (element.text or "", *element.attrib.values())}
    return {one.strip() for one in told} - {""}


def _differ(was: Any, now: Any) -> set[bytes]:
    """Keys of two dictionaries whose values differ; of anything else, a key that may never."""
    if not isinstance(was, dict) or not isinstance(now, dict):
        return {b""}
    return {key for key in was.keys() | now.keys() if was.get(key) != now.get(key)}


def _root(document: Document) -> dict[bytes, Any]:
    return document.dictionary(document.trailer.get(b"Root"))


def _number(value: Any) -> int:
    return value.number if isinstance(value, Ref) else 0


def _numbers_below(document: Document, value: Any, *, streams: bool) -> Iterator[int]:
    """Numbers of all objects reached from a value, not back to a page or a parent."""
    waiting: list[Any] = [value]
    seen: set[int] = set()
    while waiting and len(seen) < MOST_OBJECTS:
        one = waiting.pop()
        if isinstance(one, Ref):
            found = document.object(one.number)
            if one.number in seen or (isinstance(found, Stream) and not streams):
                continue
            seen.add(one.number)
            yield one.number
            waiting.append(found)
        else:
            waiting.extend(_inside(one))


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, Stream):
        value = value.facts
    if isinstance(value, dict):
        return [one for key, one in value.items() if key not in {b"P", b"Parent"}]
    return value if isinstance(value, list) else ()


def _pages(document: Document) -> tuple[set[int], set[int]]:
    """Numbers of the pages, and of the lists of annotations that stand by themselves."""
    waiting = [_root(document).get(b"Pages")]
    pages: set[int] = set()
    lists: set[int] = set()
    while waiting and len(pages) < MOST_OBJECTS:
        one = waiting.pop()
        if not isinstance(one, Ref) or one.number in pages:
            continue
        pages.add(one.number)
        node = document.dictionary(one)
        waiting.extend(document.items(node.get(b"Kids")))
        lists.add(_number(node.get(b"Annots")))
    return pages, lists - {0}


def _is_table(document: Document, number: int) -> bool:
    found = document.object(number)
    return isinstance(found, Stream) and found.facts.get(b"Type") in {Name(b"XRef"), Name(b"ObjStm")}


def _object_streams(document: Document) -> set[int]:
    return {place for kind, place, _ in document.places.values() if kind == 2}  # noqa: PLR2004
