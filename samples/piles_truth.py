"""What a drawn pile really is: its files, what was planted in which entry, how each entry stands, and the verdict."""

import dataclasses
import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

Weight = Literal["serious", "question", "note", "reading"]
"""What it does to its entry: not met; a person must look; nothing; or not met where reading suffers so much that a
required field is lost."""

ABSENT = ("missing", "gap")
"""Planted by leaving the document out; what the entry then is depends on its rule."""


@dataclasses.dataclass(frozen=True, slots=True)
class Planted:
    """One defect that is there: its code, the entry it is found under ("" for none), the page of the file, its weight.

    `follows` are codes that it brings along under the same entry and `elsewhere` under any: true, so not false alarms,
    but not what was planted either.
    """

    code: str
    material: str
    weight: Weight = "serious"
    page: int | None = None
    follows: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class DrawnPile:
    """A pile for one item, drawn from a seed. `facts` are those of the case, by the names of `CaseFacts`.

    `answers` are those given about the project, by question. `verdict` is None where it hangs on how much of a spoiled
    page can still be read.
    """

    root: Path
    item: str
    seed: int
    world: int
    today: dt.date
    facts: Mapping[str, Any]
    files: tuple[Path, ...]
    planted: tuple[Planted, ...]
    verdict: str | None
    answers: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def write_truth(self) -> Path:
        """Write `truth.json` beside the files and say where it lies."""
        path = self.root / "truth.json"
        said = {
            "item": self.item,
            "seed": self.seed,
            "world": self.world,
            "today": self.today.isoformat(),
            "facts": dict(self.facts),
            "answers": dict(self.answers),
            "files": [file.name for file in self.files],
            "verdict": self.verdict,
            "planted": [dataclasses.asdict(defect) for defect in self.planted],
        }
        path.write_text(json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")
        return path


def verdict_of(planted: tuple[Planted, ...]) -> str | None:
    """The verdict on a pile with just these defects (国办 一次性告知: one serious defect is enough)."""
    if any(defect.code != "gap" and defect.weight == "serious" for defect in planted):
        return "incomplete"
    if any(defect.weight == "reading" for defect in planted):
        return None
    return "gap" if any(defect.code == "gap" for defect in planted) else "complete"
