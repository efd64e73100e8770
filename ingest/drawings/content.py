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
        """What the sheet is known by among all versions; one whose number cannot be read is known by its picture."""
        return sheet_key(self.number) or f"?{self.picture[:32]}"


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

    Where several sheets bear one number, each has to look like one of the other version's sheets of that number.

    Args:
        before: The sheets of the one that counts.
        after: The sheets of the other.
        confirmed: Pairs of pictures (before, after) that a person looked at and found to show the same.
    """
    old, new = _by_key(before), _by_key(after)
    same, changed = [], []
    for key in sorted(old.keys() & new.keys()):
        apart = _changes(old[key], new[key], confirmed)
        changed += apart
        same += [sheet for sheet in new[key] if all(change.after != sheet for change in apart)]
    return Comparison(
        tuple(sorted(same, key=sort_key)),
        tuple(sorted(changed, key=lambda one: sort_key(one.after))),
        tuple(sorted((sheet for key in old.keys() - new.keys() for sheet in old[key]), key=sort_key)),
        tuple(sorted((sheet for key in new.keys() - old.keys() for sheet in new[key]), key=sort_key)),
    )


def unlike(
    sheets: Iterable[SheetFacts], approved: Iterable[SheetFacts], confirmed: Collection[tuple[str, str]] = ()
) -> tuple[SheetFacts, ...]:
    """Those of the sheets that look like no approved one of their number, or whose number none of them bears."""
    there = _by_key(approved)
    apart = [sheet for sheet in sheets if all(_why(one, sheet, confirmed) for one in there.get(sheet.key, ()))]
    return tuple(sorted(dict.fromkeys(apart), key=sort_key))


def _changes(
    old: Sequence[SheetFacts], new: Sequence[SheetFacts], confirmed: Collection[tuple[str, str]]
) -> list[Change]:
    """What is not alike among the sheets of one number: each that has none like it, beside the nearest to it."""
    why = {(one, other): _why(one, other, confirmed) for one in old for other in new}
    rows = (*([(one, other) for one in old] for other in new), *([(one, other) for other in new] for one in old))
    apart = [min(row, key=lambda pair: len(why[pair])) for row in rows if all(why[pair] for pair in row)]
    return [Change(*pair, why[pair]) for pair in dict.fromkeys(apart)]


def _why(before: SheetFacts, after: SheetFacts, confirmed: Collection[tuple[str, str]]) -> tuple[str, ...]:
    if before.picture == after.picture or (before.picture, after.picture) in confirmed:
        return ()
    apart = [name for name in ("revision", "date", "title") if said(before, name) != said(after, name)]
    return (*apart, "picture")


def said(sheet: SheetFacts, name: str) -> str:
    """What the title block says of it, however it is spaced and wide."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", str(getattr(sheet, name)))).upper()


def _by_key(sheets: Iterable[SheetFacts]) -> Mapping[str, Sequence[SheetFacts]]:
    """The sheets of each number: two that bear the same are both there."""
    found: dict[str, list[SheetFacts]] = {}
    for sheet in sheets:
        found.setdefault(sheet.key, []).append(sheet)
    return found


def within(brought: Sequence[SheetFacts], content: Sequence[SheetFacts]) -> bool:
    """Whether every sheet brought is in the version already, looking the same."""
    there = {(sheet.key, sheet.picture) for sheet in content}
    return all((sheet.key, sheet.picture) in there for sheet in brought)


def replaces(brought: Sequence[SheetFacts], content: Sequence[SheetFacts]) -> bool:
    """Whether a sheet brought stands in the version already and looks otherwise: it would change that version."""
    keys, there = {sheet.key for sheet in content}, {(sheet.key, sheet.picture) for sheet in content}
    return any(sheet.key in keys and (sheet.key, sheet.picture) not in there for sheet in brought)
