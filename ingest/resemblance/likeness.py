"""What comparing two documents gives."""

import dataclasses
from typing import Any, Literal

from ingest.report import Agreement
from ocr import Quad

Verdict = Literal["same-bytes", "same", "new-version", "different", "unsure"]
"""same-bytes: one file; same: one paper scanned twice, for a person to confirm; new-version: the same number and
subject, but another date, content or seal; different: another document of that form; unsure: a person must look."""


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    """Where on which page, numbered as in its file; boxes in pixels of the upright page."""

    page: int
    box: Quad


@dataclasses.dataclass(frozen=True, slots=True)
class FieldLikeness:
    """One thing that both documents state, or only one of them, and whether they agree.

    `name` is the key field; empty for a place in the rest of the text, a seal or a picture. `boxes` is where it stands
    on the one and on the other document, None where it does not.
    """

    name: str
    one: str
    other: str
    agreement: Agreement
    boxes: tuple[Place | None, Place | None] = (None, None)


@dataclasses.dataclass(frozen=True, slots=True)
class Likeness:
    """How two documents stand to each other: the key fields side by side, every other differing place, and why.

    `why` is a sentence for the counter that names what decided. A verdict "same" is a proposal, never a decision.
    """

    verdict: Verdict
    fields: tuple[FieldLikeness, ...] = ()
    places: tuple[FieldLikeness, ...] = ()
    why: str = ""

    @property
    def proposed(self) -> bool:
        """Whether a person is shown the two as perhaps one document."""
        return self.verdict in {"same-bytes", "same", "unsure"}

    @property
    def differing(self) -> tuple[FieldLikeness, ...]:
        """Everything that does not agree, key fields first."""
        return tuple(found for found in (*self.fields, *self.places) if found.agreement != "agree")

    def to_json(self) -> dict[str, Any]:
        """JSON-ready data."""
        return dataclasses.asdict(self)
