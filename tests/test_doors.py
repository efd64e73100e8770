"""A folder is a room with one door that nobody reaches past, and only the settings read the environment."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("archive", "bench", "catalogue", "exchange", "ingest", "ocr", "portal", "samples", "signing", "workers")
INNER_ROOMS = {
    "archive": (
        "holdings",
        "inspection",
        "lookup",
        "offline",
        "rebuilding",
        "records",
        "retention",
        "sharing",
        "transfer",
    ),
    "ingest": ("drawings", "resemblance", "sheets"),
}
"""Rooms inside rooms, each with a door of its own."""
MOST_LINES = 400
SETS_OR_PASSES_ON = re.compile(r"os\.environ(\.setdefault|\[[^]]+\] = )|\*\*os\.environ")
VAGUE = {"utils", "util", "common", "helpers", "manager", "misc"}


def modules() -> list[Path]:
    rooms = (*ROOMS, "config")
    return sorted(p for room in rooms for p in (ROOT / room).rglob("*.py") if "migrations" not in p.parts)


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(ROOT)))
def test_a_module_uses_other_rooms_by_their_door_only(path: Path):
    own = path.relative_to(ROOT).parts[0]
    for name in imported(ast.parse(path.read_text())):
        room, _, inside = name.partition(".")
        if inside in INNER_ROOMS.get(room, ()):
            continue
        assert not (room in ROOMS and room != own and inside), f"{path.name} reaches past the door of {room}: {name}"
        inner = inside.split(".")
        if room == own and inner[0] in INNER_ROOMS.get(room, ()) and len(inner) > 1:
            assert inner[0] in path.parts, f"{path.name} reaches past the door of {room}.{inner[0]}: {name}"


@pytest.mark.parametrize("room", [*ROOMS, *(f"{room}/{inner}" for room in INNER_ROOMS for inner in INNER_ROOMS[room])])
def test_a_room_says_in_one_sentence_what_it_is_for(room: str):
    sentence = ast.get_docstring(ast.parse((ROOT / room / "__init__.py").read_text()))
    assert sentence, f"{room} does not say what it is for"
    assert sentence.splitlines()[0].endswith(".")


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(ROOT)))
def test_a_file_tells_one_story_under_a_name_that_says_which(path: Path):
    assert len(path.read_text().splitlines()) <= MOST_LINES
    assert path.stem not in VAGUE


def test_only_the_settings_read_the_environment():
    """Setting a default for Django's own variable, and passing the environment on to a child, are not reading."""
    for path in modules():
        if path.is_relative_to(ROOT / "config") or path.is_relative_to(ROOT / "bench"):
            continue
        text = path.read_text()
        assert "os.getenv" not in text, path
        for line in text.splitlines():
            if "os.environ" in line:
                assert SETS_OR_PASSES_ON.search(line), f"{path}: {line.strip()}"
