"""A package held against itself and against the log: each check one line with a code that the manual explains."""

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from archive.offline.bags import (
    DATA,
    DECLARATION,
    PAYLOAD_LISTS,
    TAG_LISTS,
    TAGS,
    Bag,
    Digests,
    listed_digests,
    open_bag,
)
from archive.offline.cms import Unsupported
from archive.offline.der import Damaged
from archive.offline.lines import LISTS, MANIFEST, PROOFS, README, Given, Line, Package
from archive.offline.log_checks import check_log
from archive.offline.seals import Asked, judge_pdf, looks_signed
from archive.offline.spelling import canonical, parse_canonical
from archive.offline.trust import Trust, load_lists

RECORD_OF_SEALS, PROCESS = 24, 15
NESTED_IN = f"{DATA}并联办件/"
"""Where a package of a parallel case (并联) holds the packages of its cases."""
_SAFE = (ValueError, TypeError, KeyError, IndexError, RecursionError, OverflowError, AttributeError, OSError)


def judge_package(folder: Path, given: Given) -> Package:
    """Judge a folder, and the packages that lie in it. Whatever it holds, the answer is a list of lines."""
    found = Package(folder.name)
    if folder.is_symlink() or not folder.is_dir():
        found.lines.append(Line("folder", "failed", folder.name, "没有这个文件夹 (no such folder)"))
        return found
    try:
        bag = open_bag(folder)
    except (OSError, ValueError, RecursionError) as error:
        found.lines.append(Line("folder", "failed", folder.name, f"文件夹不能读出 (cannot be read): {error}"))
        return found
    checks: tuple[tuple[Callable[..., Iterator[Line]], tuple[Any, ...]], ...] = (
        (_strays, (bag,)),
        (_tags, (bag,)),
        (_payload, (bag,)),
        (_manifest, (bag, found)),
        (_elements, (bag, found)),
        (_nested, (bag, found, given)),
        (_events, (bag, found)),
        (_seals, (bag, found, given)),
        (check_log, (bag, found, given)),
    )
    for check, arguments in checks:
        try:
            found.lines.extend(check(*arguments))
        except (Damaged, Unsupported) as error:
            found.lines.append(Line("stopped", "failed", folder.name, f"{check.__name__}: {error}"))
        except (*_SAFE, MemoryError) as error:  # hostile bytes: a check that cannot end has not been passed
            found.lines.append(Line("stopped", "failed", folder.name, f"{check.__name__}: {type(error).__name__}"))
    return found


def _strays(bag: Bag) -> Iterator[Line]:
    for path in bag.foreign:
        yield Line("stray", "failed", path, "不是普通文件，或重名 (a link, a device or a doubled name)")
    for path, why in bag.unread.items():
        yield Line("readable", "failed", path, f"不能读出 (cannot be read): {why}")
    for path in sorted(set(bag.files) - bag.payload - {*TAGS, *TAG_LISTS.values()}):
        yield Line("stray", "failed", path, "包中多余的文件 (does not belong)")


def _tags(bag: Bag) -> Iterator[Line]:
    for algorithm, name in TAG_LISTS.items():
        try:
            listed = listed_digests(bag.read(name), name)
        except Damaged as error:
            yield Line("tags", "failed", name, str(error))
            continue
        if set(listed) != set(TAGS):
            yield Line("tags", "failed", name, "应列出且只列出 (must list) " + ", ".join(TAGS))
        wrong = [
            tag for tag in TAGS if tag not in bag.digests or getattr(bag.digests[tag], algorithm) != listed.get(tag)
        ]
        for tag in wrong:
            yield Line("tags", "failed", tag, f"与 {name} 所记摘要不符，或缺失 (digest differs, or missing)")
        if not wrong:
            yield Line("tags", "ok", name, f"{len(listed)} 个标签文件的 {algorithm.upper()} 一致 (digests agree)")
    if "bagit.txt" in bag.files and bag.read("bagit.txt") != DECLARATION:
        yield Line("tags", "failed", "bagit.txt", "不是 BagIt 1.0 的声明 (no declaration of BagIt 1.0)")


def _payload(bag: Bag) -> Iterator[Line]:
    for algorithm, name in PAYLOAD_LISTS.items():
        try:
            listed = listed_digests(bag.read(name), name)
        except Damaged as error:
            yield Line("payload", "failed", name, str(error))
            continue
        fine = True
        for path in sorted(set(listed) | bag.payload):
            fault = ""
            if path not in bag.payload:
                fault = f"{name} 列有，包中没有 (listed and missing)"
            elif path not in listed:
                fault = f"{name} 未列 (not listed)"
            elif getattr(bag.digests[path], algorithm) != listed[path]:
                fault = f"{algorithm.upper()} 与 {name} 所记不符：内容被改动 (changed)"
            if fault:
                fine = False
                yield Line("payload", "failed", path, fault)
        if fine:
            yield Line("payload", "ok", name, f"{len(listed)} 个文件的 {algorithm.upper()} 一致 (digests agree)")
    total = f"{sum(bag.digests[path].size for path in bag.payload)}.{len(bag.payload)}"
    told = f"\nPayload-Oxum: {total}\n".encode() in b"\n" + bag.read("bag-info.txt")
    yield Line(
        "total", "ok" if told else "failed", "bag-info.txt", f"实为 (is) {total}{'' if told else '，与所记不符'}"
    )


def _manifest(bag: Bag, found: Package) -> Iterator[Line]:
    try:
        raw = bag.read(MANIFEST)
        manifest = parse_canonical(raw)
        _check_form(manifest)
    except Damaged as error:
        yield Line("manifest", "failed", MANIFEST, str(error))
        return
    found.manifest, found.sha256 = manifest, hashlib.sha256(raw).hexdigest()
    yield Line("manifest", "ok", MANIFEST, f"{manifest['package']} SHA-256 {found.sha256}")
    filing, number = manifest.get("filing"), manifest.get("archive_number", "")
    if isinstance(filing, dict):
        parts = "{fonds}-{category}·{year}-{kept}-{organ}-{item:04d}"
        if number != parts.format(kept=manifest["retention"]["code"], **filing):
            yield Line("manifest", "failed", MANIFEST, f"档号 {number} 与其各部分不符 (is not its parts)")


def _check_form(manifest: Any) -> None:
    """That a manifest has what is judged here, in the kinds that are expected. Raises Damaged."""
    try:
        fine = manifest["schema_version"] in {1, 2} and all(
            isinstance(manifest[key], kind)
            for key, kind in (
                ("package", str),
                ("case", dict),
                ("elements", list),
                ("events", list),
                ("retention", dict),
            )
        )
        paths = [element["path"].casefold() for element in manifest["elements"]]
        for element in manifest["elements"]:
            parts = element["path"].split("/")
            fine = fine and parts[0] == element["group"] and not {"", ".", ".."} & set(parts)
            fine = fine and all(isinstance(element[key], str) for key in ("sha256", "sm3", "media_type"))
            fine = fine and type(element["size"]) is int and type(element["element"]) is int
    except (KeyError, TypeError, AttributeError, IndexError):
        fine, paths = False, []
    if not fine or len(set(paths)) != len(paths) or MANIFEST.removeprefix(DATA) in paths:
        raise Damaged("清单缺少应有的内容，或版本未知 (lacks parts, or is of an unknown version)")


def _elements(bag: Bag, found: Package) -> Iterator[Line]:
    if not found.manifest:
        return
    expected = {DATA + element["path"]: element for element in found.manifest["elements"]}
    faults = [
        (path, "清单中没有 (not in the manifest)")
        for path in bag.payload - set(expected) - {MANIFEST, README}
        if not path.startswith((PROOFS, NESTED_IN) if found.manifest.get("children") else PROOFS)
    ]
    for path, element in expected.items():
        if path not in bag.digests:
            faults.append((path, "清单列有，包中没有 (missing)"))
        elif bag.digests[path] != Digests(element["sha256"], element["sm3"], element["size"]):
            faults.append((path, "摘要或大小与清单不符：内容被改动 (changed)"))
    yield from (Line("elements", "failed", path, what) for path, what in sorted(faults))
    if not faults:
        yield Line("elements", "ok", MANIFEST, f"{len(expected)} 个要素与清单一致 (elements agree)")


def _nested(bag: Bag, found: Package, given: Given) -> Iterator[Line]:
    """The packages of the cases of a parallel case: those that the manifest names, each judged by itself; all or none.

    A package that is inside another names none itself, so that the judging ends.
    """
    children = found.manifest.get("children", []) if found.manifest else []
    inside = {path for path in bag.payload if children and path.startswith(NESTED_IN)}
    if not inside:
        return  # `check_beside` looks for them among the packages given
    for number, child in enumerate(children, start=1):
        place = f"{NESTED_IN}{number:03d}_{child['package']}/"
        own, files = place + MANIFEST, {path for path in inside if path.startswith(place)}
        inside -= files
        sha256 = bag.digests[own].sha256 if own in files else ""
        if sha256 != child["manifest_sha256"] or parse_canonical(bag.read(own)).get("children"):
            yield Line("children", "failed", place, "缺少该办件的档案，或其清单不是所记的那一份 (another, or missing)")
            continue
        found.inside.add(sha256)
        judged = judge_package(bag.folder / place, given)
        yield from (Line(one.code, one.state, f"{place}{one.object}", one.what) for one in judged.lines)
        yield Line("children", "ok", place, f"是清单所列的子档案 {child['archive_number']} (the child it names)")
    for path in sorted(inside):
        yield Line("children", "failed", path, "清单中没有 (not in the manifest)")


def _sound(bag: Bag, found: Package, number: int) -> Iterator[bytes]:
    """The JSON of elements of a number whose bytes are as the manifest says."""
    for element in found.manifest.get("elements", []):
        if element["media_type"] != "application/json":
            continue
        path = DATA + element["path"]
        if element["element"] == number and path in bag.digests and bag.digests[path].sha256 == element["sha256"]:
            yield bag.read(path)


def _events(bag: Bag, found: Package) -> Iterator[Line]:
    """Each event told in the package gives, salted with its own number, the digest that went to the log."""
    named = {event["sha256"] for event in found.manifest.get("events", [])}
    shown: set[str] = set()
    for data in _sound(bag, found, PROCESS):
        try:
            rows = json.loads(data)
        except ValueError:  # the same course as XML, for other systems
            continue
        for row in rows if isinstance(rows, list) else ():
            if not isinstance(row, dict) or "number" not in row:
                continue
            leaf = _event_leaf(row, found.manifest["case"]["number"])
            digest = hashlib.sha256(leaf).hexdigest()
            shown.add(digest)
            if digest not in named:
                about = f"{row['number']} {row.get('kind')}"
                yield Line("events", "failed", MANIFEST, f"事件 {about} 与清单所记的日志摘要不符 (not as in the log)")
    if named:
        told, rest = len(named & shown), len(named - shown)
        what = f"{told} 个事件与日志摘要一致 (agree)" + (f"，{rest} 个只列摘要 (by digest only)" if rest else "")
        yield Line("events", "ok" if told else "note", MANIFEST, what)


def _event_leaf(row: dict[str, Any], case: str) -> bytes:
    private = canonical({"actor": row["actor"], "details": row["details"], "salt": row["number"]})
    time = dt.datetime.fromisoformat(row["time"]).astimezone(dt.UTC).isoformat(timespec="microseconds")
    return canonical(
        {
            "number": row["number"],
            "kind": row["kind"],
            "case": case,
            "time": time,
            "object": row["object_sha256"],
            "private": hashlib.sha256(private).hexdigest(),
        }
    )


def _seals(bag: Bag, found: Package, given: Given) -> Iterator[Line]:
    on_record: list[str] = []
    for data in _sound(bag, found, RECORD_OF_SEALS):
        try:
            on_record += [str(seal["fingerprint"]) for seal in json.loads(data)["validation"]["seals"]]
        except (ValueError, TypeError, KeyError):  # a record of another system
            continue
    carried = [bag.read(path) for path in bag.files if path.startswith(LISTS)]
    trust = Trust(given.roots, (), load_lists([*given.lists, *carried]))
    for element in found.manifest.get("elements", []):
        path, issued = DATA + element["path"], element["group"] == "结果文件"
        if path not in bag.digests or bag.digests[path].sha256 != element["sha256"]:
            continue
        if element["media_type"] == "application/ofd":
            yield Line("seal", "note", path, "OFD 的印章不在此验证 (seals in OFD are not judged here)")
        if element["media_type"] != "application/pdf":
            continue
        data = bag.files[path].read_bytes()
        if not issued and not looks_signed(data):
            continue
        judged = judge_pdf(data, trust, given.at, Asked(frozenset(on_record if issued else ())))
        what = "; ".join([*judged.seals, *judged.reasons]) or "没有印章 (no seal)"
        yield Line("seal", judged.state if issued else "note", path, what)
