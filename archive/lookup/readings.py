"""What the recogniser read of a case's files, as the package holds it (element 12, 识别结果)."""

import dataclasses
import json
from collections.abc import Iterator, Mapping
from typing import Any

from archive.lookup.passages import reading_parts
from ocr import Quad

READINGS_ELEMENT = 12


@dataclasses.dataclass(frozen=True, slots=True)
class ArchivedReading:
    """A page as it was read: size in pixels and turn of the upright page, and each line, seal and code with its box."""

    width: int
    height: int
    rotation: int
    flat: tuple[float, ...]
    parts: tuple[tuple[str, Quad], ...]

    @property
    def text(self) -> str:
        """All of it in reading order."""
        return "\n".join(text for text, _ in self.parts)


def element_readings(data: bytes) -> Iterator[tuple[str, int, ArchivedReading]]:
    """Each page that was read: the SHA-256 of its file, its number from 1, and the reading.

    Raises:
        ValueError, KeyError, TypeError: the bytes are not what `workers` writes as element 12.
    """
    for upload in json.loads(data):
        for place, reading in enumerate(upload["pages"], 1):
            if reading:
                yield upload["upload"], int(reading.get("number", place)), _reading(reading)


def _reading(reading: Mapping[str, Any]) -> ArchivedReading:
    return ArchivedReading(
        width=int(reading.get("width", 0)),
        height=int(reading.get("height", 0)),
        rotation=int(reading.get("rotation", 0)),
        flat=tuple(float(value) for value in reading.get("flat", ())),
        parts=tuple(reading_parts(reading)),
    )
