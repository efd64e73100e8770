"""The ToUnicode table of a PDF font: which text stands for each of its character numbers (ISO 32000-1, 9.10.3)."""

from collections.abc import Iterable

MAX_UNITS_A_MAP = 100
"""Entries of one block of the table (Adobe technical note 5014)."""


def to_unicode_map(name: str, entries: Iterable[tuple[int, str]]) -> bytes:
    """The table under the given name; an entry is a number of two bytes and its text, at least one character."""
    lines = [f"<{number:04x}> <{text.encode('utf-16-be', 'surrogatepass').hex()}>" for number, text in entries]
    blocks = [lines[at : at + MAX_UNITS_A_MAP] for at in range(0, len(lines), MAX_UNITS_A_MAP)]
    body = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        f"/CMapName /{name} def\n/CMapType 2 def\n"
        f"1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n{body}\n"
        "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
    ).encode("ascii")
