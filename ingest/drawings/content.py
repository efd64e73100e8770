"""What a version consists of: its sheets by number, its digest, and how two versions differ. Pure."""

import dataclasses
import hashlib
import json
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence

_NUMBER = re.compile(r"^(?P<prefix>.*?)-?0*(?P<number>\d+)(?P<part>[A-Z]?)$")
_DASHES = str.maketrans(dict.fromkeys("－—–‐−_ー", "-"))


@dataclasses.dataclass(frozen=True, slots=True)
class SheetFacts:
    """A sheet of a version as it is compared: what its title block says, and what it looks like.

    `original` is the SHA-256 of the file it came in and `page` its page there; `picture` that of the page's picture.
    """

    number: str
    original: str
    page: int
    picture: str
    title: str = ""
    discipline: str = ""
    revision: str = ""
    date: str = ""
    review_seal: str = ""

    @property
    def key(self) -> str:
        """What the sheet is known by among all versions; one without a number that can be read stands for itself."""
        return sheet_key(self.number) or f"?{self.original[:16]}-{self.page}"


def sheet_key(number: str) -> str:
    """The number in one spelling: 结施－012 and 结施12 are the same sheet; so is its as-built drawing 结竣-12."""
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", number)).translate(_DASHES).upper().replace("竣", "施")
    found = _NUMBER.match(text)
    return f"{found['prefix'].strip('-')}-{found['number']}{found['part']}" if found else text


def sort_key(sheet: SheetFacts) -> tuple[str, int, str]:
    """The order of a drawing list: by prefix, then by count."""
    found = _NUMBER.match(sheet.key)
    return (found["prefix"], int(found["number"]), found["part"]) if found else (sheet.key, 0, "")


def set_digest(sheets: Iterable[SheetFacts]) -> str:
    """The digest of a version: SHA-256 over its sheets in canonical order, each by its original's digest and page.

    It hangs on the bytes alone: who corrects what was read changes no digest, and anybody with the originals of a
    package can compute it again.
    """
    rows = sorted({(sheet.original, sheet.page) for sheet in sheets})
    return hashlib.sha256(json.dumps(rows, separators=(",", ":")).encode()).hexdigest()


@dataclasses.dataclass(frozen=True, slots=True)
class Change:
    """A sheet that stands in both versions and is not the same; `why` says by what: revision, date, title, picture."""

    before: SheetFacts
    after: SheetFacts
    why: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Comparison:
    """How a version differs from the one before: sheets alike, changed, no longer there, and new."""

    same: tuple[SheetFacts, ...]
    changed: tuple[Change, ...]
    missing: tuple[SheetFacts, ...]
    extra: tuple[SheetFacts, ...]

    @property
    def alike(self) -> bool:
        """Whether it is the same set."""
        return not (self.changed or self.missing or self.extra)


WHY_NAMES = {"revision": "版次", "date": "日期", "title": "图名", "picture": "图面"}


def compare(
    before: Sequence[SheetFacts], after: Sequence[SheetFacts], confirmed: Collection[tuple[str, str]] = ()
) -> Comparison:
    """Hold two versions against each other, sheet by sheet.

    Args:
        before: The sheets of the one that counts.
        after: The sheets of the other.
        confirmed: Pairs of pictures (before, after) that a person looked at and found to show the same.
    """
    old, new = _by_key(before), _by_key(after)
    same, changed = [], []
    for key in sorted(old.keys() & new.keys()):
        why = _why(old[key], new[key], confirmed)
        if why:
            changed.append(Change(old[key], new[key], why))
        else:
            same.append(new[key])
    return Comparison(
        tuple(sorted(same, key=sort_key)),
        tuple(sorted(changed, key=lambda one: sort_key(one.after))),
        tuple(sorted((old[key] for key in old.keys() - new.keys()), key=sort_key)),
        tuple(sorted((new[key] for key in new.keys() - old.keys()), key=sort_key)),
    )


def _why(before: SheetFacts, after: SheetFacts, confirmed: Collection[tuple[str, str]]) -> tuple[str, ...]:
    if before.picture == after.picture or (before.picture, after.picture) in confirmed:
        return ()
    said = [name for name in ("revision", "date", "title") if _said(before, name) != _said(after, name)]
    return (*said, "picture")


def _said(sheet: SheetFacts, name: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", str(getattr(sheet, name)))).upper()


def _by_key(sheets: Iterable[SheetFacts]) -> Mapping[str, SheetFacts]:
    return {sheet.key: sheet for sheet in sheets}


def within(brought: Sequence[SheetFacts], content: Sequence[SheetFacts]) -> bool:
    """Whether every sheet brought is in the version already, looking the same."""
    there = _by_key(content)
    return all(sheet.key in there and there[sheet.key].picture == sheet.picture for sheet in brought)


def replaces(brought: Sequence[SheetFacts], content: Sequence[SheetFacts]) -> bool:
    """Whether a sheet brought stands in the version already and looks otherwise: it would change that version."""
    there = _by_key(content)
    return any(sheet.key in there and there[sheet.key].picture != sheet.picture for sheet in brought)
