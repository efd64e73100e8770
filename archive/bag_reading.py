"""Reading the bags of others (RFC 8493 and versions 0.93 to 0.97): complete, unchanged, and nothing outside is touched.

Our own packages are read more strictly (`archive.verifier`); this is for what is handed over to us. Files are hashed
one after the other in this process, nothing is fetched, and no link is followed.
"""

import dataclasses
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

from archive.bag import PAYLOAD_FOLDER, list_bag
from archive.bag_digests import digests_of, known_digest
from archive.bag_findings import BagFinding
from archive.bag_tags import Declaration, Listed, TagError, parse_fetch, parse_info, parse_listing, read_declaration

SYSTEM_FILES = frozenset({"thumbs.db", "desktop.ini", ".ds_store"})
_MANIFEST = re.compile(r"(tag)?manifest-([a-z0-9-]+)\.txt")


@dataclasses.dataclass(frozen=True, slots=True)
class BagReport:
    """What came of a bag. `payload`: path as the bag spells it → file, of a bag that stands."""

    version: str
    findings: tuple[BagFinding, ...]
    payload: Mapping[str, Path]
    info: tuple[tuple[str, str], ...] = ()

    @property
    def verdict(self) -> Literal["valid", "invalid"]:
        """Valid where nothing but warnings was found."""
        return "invalid" if any(one.severity == "error" for one in self.findings) else "valid"


def read_bag(folder: Path) -> BagReport:
    """Judge a bag of any version. Whatever the folder holds, the answer is a report."""
    files = list_bag(folder)
    foreign = [BagFinding("bag-not-plain", path) for path in files.foreign]
    try:
        declaration = read_declaration(files.regular.get("bagit.txt"))
        reading = _Reading(dict(files.regular), declaration)
        found = [*foreign, *reading.findings()]
        return BagReport(declaration.version, tuple(found), reading.payload(), reading.info)
    except TagError as error:
        return BagReport("", (*foreign, error.finding), {})


class _Reading:
    """One bag while it is judged: its files by NFC path, and what its tag files say."""

    def __init__(self, files: dict[str, Path], declaration: Declaration) -> None:
        self.files, self.declaration = files, declaration
        names = [match for name in sorted(files) if (match := _MANIFEST.fullmatch(name))]
        self.listings = {match[0]: self._listing(match[0]) for match in names}
        self.manifests = [match[0] for match in names if not match[1]]
        self.tag_manifests = [match[0] for match in names if match[1]]
        self.fetched = parse_fetch(files["fetch.txt"], declaration) if "fetch.txt" in files else []
        self.info = tuple(parse_info(files["bag-info.txt"], declaration)) if "bag-info.txt" in files else ()
        self.found = {path: self._resolve(path) for path in self._listed(self.manifests + self.tag_manifests)}

    def payload(self) -> dict[str, Path]:
        """Payload files by the path in the bag's own spelling."""
        return {path: self.files[real] for path in self._listed(self.manifests) if (real := self.found[path])}

    def findings(self) -> Iterator[BagFinding]:
        if not self.manifests:
            yield BagFinding("bag-no-manifest", "")
        for name, rows in self.listings.items():
            yield from self._spelling(name, rows)
        yield from self._outside()
        yield from self._complete()
        yield from self._unchanged()
        yield from self._oxum()

    def _listing(self, name: str) -> list[Listed]:
        return parse_listing(self.files[name], self.declaration)

    def _listed(self, names: list[str]) -> list[str]:
        return list(dict.fromkeys(row.path for name in names for row in self.listings[name]))

    def _resolve(self, path: str) -> str:
        """The file a listed path means, as `files` has it; empty where there is none, or it lies outside."""
        if _is_outside(path):
            return ""
        plain = unicodedata.normalize("NFC", path)
        if plain in self.files:
            return plain
        alike = [name for name in self.files if name.casefold() == plain.casefold()]
        return alike[0] if len(alike) == 1 and self.declaration.is_old else ""

    def _spelling(self, name: str, rows: list[Listed]) -> Iterator[BagFinding]:
        """A line that is told though its file is found, and a file that is listed twice."""
        by_path: dict[str, Listed] = {}
        by_file: dict[str, str] = {}
        for row in rows:
            if row.marked:
                yield BagFinding("bag-md5sum-mark", name, row.path)
            if row.relative:
                yield BagFinding("bag-relative-path", name, row.path)
            if row.path.rsplit("/", 1)[-1].casefold() in SYSTEM_FILES:
                yield BagFinding("bag-system-file", name, row.path)
            if before := by_path.get(row.path):
                same = before.digest == row.digest and self.declaration.is_old
                yield BagFinding("bag-listed-again" if same else "bag-listed-twice", name, row.path)
                continue
            by_path[row.path] = row
            real = self.found[row.path]
            other = by_file.setdefault(real, row.path) if real else row.path
            if other != row.path:
                alike = unicodedata.normalize("NFC", other) == unicodedata.normalize("NFC", row.path)
                yield BagFinding("bag-normalization-differs" if alike else "bag-case-differs", name, row.path)

    def _outside(self) -> Iterator[BagFinding]:
        for name in (*self.manifests, *self.tag_manifests):
            payload = name in self.manifests
            for row in self.listings[name]:
                if _is_outside(row.path) or row.path.startswith(f"{PAYLOAD_FOLDER}/") != payload:
                    yield BagFinding("bag-path-outside", name, row.path)
        for path in self.fetched:
            if _is_outside(path) or not path.startswith(f"{PAYLOAD_FOLDER}/"):
                yield BagFinding("bag-path-outside", "fetch.txt", path)

    def _complete(self) -> Iterator[BagFinding]:
        for path, real in self.found.items():
            if not real and not _is_outside(path):
                yield BagFinding("bag-not-fetched" if path in self.fetched else "bag-file-missing", path)
        listed = {self.found[path] for path in self._listed(self.manifests)}
        for path in self.files:
            if path.startswith(f"{PAYLOAD_FOLDER}/") and path not in listed:
                yield BagFinding("bag-file-extra", path)
        sets = {name: {self.found[row.path] for row in self.listings[name]} for name in self.manifests}
        for name, paths in sets.items():
            if not self.declaration.is_old and paths != listed:
                yield BagFinding("bag-manifest-incomplete", name)

    def _unchanged(self) -> Iterator[BagFinding]:
        """Every file is read once, for all the digests that any list gives of it."""
        wanted: dict[str, list[tuple[str, Listed]]] = {}
        for name in (*self.manifests, *self.tag_manifests):
            algorithm = known_digest(name)
            if algorithm is None:
                yield BagFinding("bag-digest-unknown", name)
                continue
            for row in self.listings[name]:
                if real := self.found[row.path]:
                    wanted.setdefault(real, []).append((algorithm, row))
        for real, rows in wanted.items():
            try:
                digests = digests_of(self.files[real], {algorithm for algorithm, _ in rows})
            except OSError as error:
                yield BagFinding("bag-unreadable", real, error.strerror or "")
                continue
            for algorithm, row in rows:
                if digests[algorithm] != row.digest.lower():
                    yield BagFinding("bag-digest-differs", row.path, algorithm)

    def _oxum(self) -> Iterator[BagFinding]:
        sizes = [file.stat().st_size for path, file in self.files.items() if path.startswith(f"{PAYLOAD_FOLDER}/")]
        labels = Counter(label.casefold() for label, _ in self.info)
        for label, value in self.info:
            if label.casefold() == "payload-oxum" and labels["payload-oxum"] == 1:
                counted = f"{sum(sizes)}.{len(sizes)}"
                if value != counted and not self.fetched:
                    yield BagFinding("bag-oxum-differs", "bag-info.txt", f"{value} / {counted}")


def _is_outside(path: str) -> bool:
    """Whether a path could mean a file outside the bag on any system: absolute, home, drive, variable, or `..`."""
    steps = re.split(r"[/\\]", path)
    return ".." in steps or path.startswith(("/", "\\", "~")) or bool(re.match(r"[A-Za-z]:|%\w+%", path))
