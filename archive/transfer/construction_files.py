"""The construction archive as files for the builder's own hand-over: folders by node, an index as CSV and as XML."""

import contextlib
import csv
import io
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from lxml import etree

from archive.digests import object_key
from archive.keys import safe_name
from archive.store import AlreadyExists, ObjectStore
from archive.transfer.construction import FilledGroup, FilledNode, Paper, Told

INDEX_CSV, INDEX_XML = "归档目录.csv", "归档目录.xml"
STATES = {"filled": "已有", "missing": "缺", "asked": "如有"}
HEAD = ("节点", "名称", "状态", "文件", "档号", "单位工程", "字节数", "SHA-256", "SM3", "形成单位", "何时需要", "依据")


def write_archive(groups: Sequence[FilledGroup], told: Sequence[Told], store: ObjectStore, target: Path) -> list[Path]:
    """Write the folders, every file that is there, and both indexes; returns the files.

    Raises:
        AlreadyExists: the folder is there and holds something.
        NotFound, BadDigest, Unavailable: as the store says.
    """
    if target.exists() and any(target.iterdir()):
        raise AlreadyExists(f"{target.name} 已有内容：请另选文件夹 (it is not empty)")
    target.mkdir(parents=True, exist_ok=True)
    written = []
    for group, one in _nodes(groups):
        folder = target / _folder(group.code, group.name) / _folder(one.node.code, one.node.name)
        folder.mkdir(parents=True)
        for name, paper in _names(one.papers):
            with contextlib.closing(store.open(object_key(paper.sha256))) as source, (folder / name).open("xb") as out:
                shutil.copyfileobj(source, out)
            written.append(folder / name)
    (target / INDEX_CSV).write_bytes(index_csv(groups))
    (target / INDEX_XML).write_bytes(index_xml(groups, told))
    return [*written, target / INDEX_CSV, target / INDEX_XML]


def index_csv(groups: Sequence[FilledGroup]) -> bytes:
    """One row a file, one for each node without any; UTF-8 with the mark that spreadsheets look for."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(HEAD)
    for group, one in _nodes(groups):
        node, last = one.node, (one.node.maker, one.node.when, f"GB/T 50328 {one.node.basis}")
        for name, paper in _names(one.papers):
            path = f"{_folder(group.code, group.name)}/{_folder(node.code, node.name)}/{name}"
            facts = (path, paper.archive_number, paper.works, paper.size, paper.sha256, paper.sm3)
            rows.writerow(_plain((node.code, node.name, STATES[one.state], *facts, *last)))
        if not one.papers:
            rows.writerow(_plain((node.code, node.name, STATES[one.state], "", "", "", "", "", "", *last)))
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def index_xml(groups: Sequence[FilledGroup], told: Sequence[Told]) -> bytes:
    """The unit works with its attributes and where each was found, and the tree with its files."""
    root = etree.Element("建设工程档案")
    unit = etree.SubElement(root, "单位工程")
    for one in told:
        element = etree.SubElement(unit, one.name)
        element.text = _xml_text(one.value) or None
        if one.origin:
            element.set("来源", _xml_text(one.origin))
    for group in groups:
        branch = etree.SubElement(root, "类", 代号=group.code, 名称=group.name)
        for filled in group.nodes:
            leaf = etree.SubElement(branch, "目", 代号=filled.node.code, 名称=filled.node.name)
            leaf.set("状态", STATES[filled.state])
            leaf.set("形成单位", filled.node.maker)
            for name, paper in _names(filled.papers):
                file = etree.SubElement(
                    leaf, "文件", 名称=_xml_text(name), 档号=paper.archive_number, 字节数=str(paper.size)
                )
                file.set("SHA-256", paper.sha256)
                file.set("SM3", paper.sm3)
    return bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True))


def _nodes(groups: Sequence[FilledGroup]) -> Iterator[tuple[FilledGroup, FilledNode]]:
    return ((group, one) for group in groups for one in group.nodes)


def _names(papers: Sequence[Paper]) -> list[tuple[str, Paper]]:
    """File names with their order before them: unique on every disk."""
    return [(f"{order:03d}_{safe_name(paper.name)}", paper) for order, paper in enumerate(papers, 1)]


def _folder(code: str, name: str) -> str:
    return safe_name(f"{code} {name}")


def _xml_text(text: str) -> str:
    """Without the control characters that XML 1.0 cannot hold."""
    return "".join(character for character in text if character >= " " or character in "\t\n")


def _plain(row: Sequence[object]) -> list[str]:
    """Text that no spreadsheet takes for a formula."""
    return [f"'{cell}" if str(cell)[:1] in {"=", "+", "-", "@", "\t", "\r"} and cell else str(cell) for cell in row]
