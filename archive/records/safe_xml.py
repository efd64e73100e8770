"""XML of others is read with nothing of XML's dangerous side: no DTD, no entities, no network, bounded size and depth.

What we write is in one spelling (canonical XML 1.0), so that the same record has the same bytes.
"""

import functools
import re
from importlib import resources
from typing import Any, Final

from lxml import etree

MAX_BYTES: Final = 64 * 1024 * 1024
"""An encapsulation by digest of ten thousand files has about 12 MB; no record of ours is near this."""
MAX_DEPTH: Final = 200
"""Ours are 12 deep, an amendment adds 4; libxml2 itself ends at 256."""

_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class BadRecord(ValueError):  # noqa: N818
    """The bytes are no record of the kind that was asked for; the message says what is wrong and where."""

    code = "archive-bad-record"


def parse_xml(data: bytes) -> Any:
    """The root element of XML that comes from anywhere.

    Raises:
        BadRecord: not well-formed, too large or too deep, or with a DTD (entities, external references).
    """
    if len(data) > MAX_BYTES:
        raise BadRecord(f"XML 超过 {MAX_BYTES} 字节，不予读取")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise BadRecord(f"XML 无法解析：{error}") from error
    if root.getroottree().docinfo.doctype or root.getroottree().docinfo.internalDTD is not None:
        raise BadRecord("XML 含有文档类型声明 (DTD)，不予读取")
    if _depth(root) > MAX_DEPTH:
        raise BadRecord(f"XML 嵌套超过 {MAX_DEPTH} 层，不予读取")
    return root


def check_schema(root: Any, schema: str) -> list[str]:
    """How a tree departs from one of our schemas: a sentence a fault, with its line; empty where it fits."""
    rules = _schema(schema)
    if rules.validate(root):
        return []
    return [f"第 {fault.line} 行：{fault.message}" for fault in rules.error_log]


def read_record(data: bytes, schema: str) -> Any:
    """The root of a record that fits its schema. Raises BadRecord."""
    root = parse_xml(data)
    if faults := check_schema(root, schema):
        raise BadRecord(faults[0])
    return root


def write_record(root: Any, schema: str, *, indent: bool = True) -> bytes:
    """A tree of ours in its one spelling, after it was held against its schema.

    Raises:
        BadRecord: it does not fit; our own mistake, or a value that no record may hold.
    """
    if indent:
        etree.indent(root, "  ")
    if faults := check_schema(root, schema):
        raise BadRecord(faults[0])
    return canonical_xml(root)


def canonical_xml(node: Any, *, exclusive: bool = False) -> bytes:
    """Canonical XML 1.0; exclusive (xml-exc-c14n) where the part must have the same bytes wherever it stands."""
    return bytes(etree.tostring(node, method="c14n", exclusive=exclusive, with_comments=False))


def add(parent: Any, name: str, text: str | None = None, **attributes: str) -> Any:
    """A child in the parent's namespace; text as `xml_text` has it."""
    namespace = etree.QName(parent).namespace
    child = etree.SubElement(parent, f"{{{namespace}}}{name}" if namespace else name)
    for key, value in attributes.items():
        child.set(key, xml_text(value))
    child.text = None if text is None else xml_text(text)
    return child


def xml_text(text: str) -> str:
    """A text with U+FFFD for the control characters that XML 1.0 does not have; the manifest holds it as it was.

    A value that somebody pasted must not keep a case from being archived.
    """
    return _NOT_IN_XML.sub("\ufffd", text)


@functools.cache
def _schema(name: str) -> Any:
    path = resources.files("archive.records") / "schemas" / f"{name}.xsd"
    return etree.XMLSchema(parse_xml(path.read_bytes()))


def _depth(root: Any) -> int:
    """How deep the tree is, without recursion."""
    deepest = depth = 0
    for action, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if action == "start" else -1
        deepest = max(deepest, depth)
    return deepest
