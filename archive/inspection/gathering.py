"""Reading a package for its inspection: each file once, into a folder of its own for the time of the inspection."""

import contextlib
import dataclasses
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from archive import bag
from archive.digests import object_key
from archive.inspection.evidence import FileFacts
from archive.inspection.formats import RECORDS
from archive.manifest import Element, Manifest
from archive.records import BadRecord, parse_xml
from archive.store import BadDigest, NotFound, ObjectStore

JSON = "application/json"
HEAD_BYTES = 1024
"""Readers look for the header of a PDF that far (ISO 32000-1, annex H.3)."""
MAX_RECORD_BYTES = 64 << 20
"""识别结果 of a thousand pages has some 20 MB; a larger record is an attack on memory."""

Open = Callable[[Element], BinaryIO]


@dataclasses.dataclass(frozen=True, slots=True)
class Gathered:
    """What was read: facts by the element's path, local copies by path, parsed JSON by role, and why one is not."""

    files: Mapping[str, FileFacts]
    copies: Mapping[str, Path]
    documents: Mapping[str, Any]
    unreadable: Mapping[str, str]

    def to_open(self, manifest: Manifest) -> dict[str, Path]:
        """One copy for each digest of what is looked into; records are parsed here and not opened again."""
        wanted = (e for e in manifest.elements if e.path in self.copies and e.media_type not in RECORDS)
        return {e.sha256: self.copies[e.path] for e in wanted}


@contextlib.contextmanager
def gather(manifest: Manifest, open_element: Open, scratch: Path) -> Iterator[Gathered]:
    """Read every element; the copies are gone when the body ends. Raises Unavailable: that is no result."""
    with tempfile.TemporaryDirectory(dir=scratch, prefix="inspect-") as room:
        files, copies = _read_all(manifest, open_element, Path(room))
        documents: dict[str, Any] = {}
        unreadable: dict[str, str] = {}
        for element in manifest.elements:
            if element.media_type in RECORDS and element.path in copies:
                try:
                    parsed = _parse(element, copies[element.path])
                except (ValueError, RecursionError) as error:
                    unreadable[element.path] = f"不能解析：{str(error)[:200]}"
                else:
                    documents |= {element.role: parsed} if element.media_type == JSON else {}
        yield Gathered(files, copies, documents, unreadable)


def from_store(store: ObjectStore) -> Open:
    """Elements out of an object store."""
    return lambda element: store.open(object_key(element.sha256))


def from_bag(folder: Path) -> Open:
    """Elements out of an exported package; links and what lies outside the folder are not followed."""
    regular = bag.list_bag(folder).regular

    def open_element(element: Element) -> BinaryIO:
        path = regular.get(f"{bag.PAYLOAD_FOLDER}/{element.path}")
        if path is None:
            raise NotFound(f"包中没有 {element.path}")
        return path.open("rb")

    return open_element


def _read_all(manifest: Manifest, open_element: Open, room: Path) -> tuple[dict[str, FileFacts], dict[str, Path]]:
    files: dict[str, FileFacts] = {}
    copies: dict[str, Path] = {}
    seen: dict[str, str] = {}
    for number, element in enumerate(manifest.elements):
        twin = seen.setdefault(element.sha256, element.path)
        if twin in files and twin in copies and files[twin].digests:
            files[element.path], copies[element.path] = files[twin], copies[twin]
            continue
        copy = room / str(number)
        files[element.path] = _read(element, open_element, copy)
        if files[element.path].digests is not None:
            copies[element.path] = copy
    return files, copies


def _read(element: Element, open_element: Open, copy: Path) -> FileFacts:
    try:
        with contextlib.closing(open_element(element)) as source, copy.open("wb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
    except NotFound:
        return FileFacts(None, fault=f"找不到文件（{object_key(element.sha256)}）", absent=True)
    except BadDigest as error:
        return FileFacts(None, fault=f"文件已损坏：{error}")
    except OSError as error:
        return FileFacts(None, fault=f"文件不能读出：{error.strerror}")
    with copy.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    return FileFacts(bag.digest_file(copy), head)


def _parse(element: Element, copy: Path) -> Any:
    if copy.stat().st_size > MAX_RECORD_BYTES:
        raise ValueError(f"超过 {MAX_RECORD_BYTES >> 20} MiB")
    data = copy.read_bytes()
    if element.media_type == JSON:
        return json.loads(data)
    try:
        return parse_xml(data)
    except BadRecord as error:
        raise ValueError(str(error)) from error
