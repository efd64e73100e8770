"""How the check did on piles whose defects are known: precision and recall of each code, what was taken for what.

A defect counts once for an entry and a code. One that a planted defect brings along by its nature (a lost page takes
its seal with it) is neither right nor wrong; `samples` says of each which these are.
"""

import dataclasses
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from samples import Planted

Seen = tuple[str, str]
"""The entry's material ("" for a document under no entry) and the code."""

NOTHING = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Outcome:
    """One pile judged: what was planted, what was found, and both verdicts (None: not to be told beforehand)."""

    item: str
    seed: int
    planted: tuple[Planted, ...]
    found: tuple[Seen, ...]
    verdict: str | None
    judged: str

    @property
    def right(self) -> frozenset[Seen]:
        """What was planted and found."""
        return frozenset(self.found) & self._planted()

    @property
    def missed(self) -> frozenset[Seen]:
        """What was planted and not found."""
        return self._planted() - frozenset(self.found)

    @property
    def false(self) -> frozenset[Seen]:
        """What was found, not planted, and does not follow from anything planted."""
        return frozenset(seen for seen in self.found if seen not in self._planted() and not self._follows(seen))

    def _planted(self) -> frozenset[Seen]:
        return frozenset((one.material, one.code) for one in self.planted)

    def _follows(self, seen: Seen) -> bool:
        material, code = seen
        return any(code in one.elsewhere or (one.material == material and code in one.follows) for one in self.planted)


@dataclasses.dataclass(slots=True)
class Count:
    """Of one code: how often it was planted, found where planted, and found where it was not."""

    planted: int = 0
    right: int = 0
    false: int = 0

    @property
    def precision(self) -> float | None:
        """Share of what was found that was there; None where nothing was found."""
        return self.right / (self.right + self.false) if self.right + self.false else None

    @property
    def recall(self) -> float | None:
        """Share of what was there that was found; None where nothing was there."""
        return self.right / self.planted if self.planted else None


def found_in(report: Mapping[str, Any]) -> tuple[Seen, ...]:
    """Everything that the report of a check (`yidang check --json`) says is wrong, absent entries too."""
    seen = []
    for row in report["requirements"]:
        if row["state"] in {"missing", "gap"}:
            seen.append((row["material"], row["state"]))
        seen += [(row["material"], defect["code"]) for defect in row["defects"]]
    seen += [(NOTHING, defect["code"]) for one in report["unplaced"] for defect in one["defects"]]
    return tuple(dict.fromkeys(seen))


def count(outcomes: Iterable[Outcome]) -> dict[str, Count]:
    """The figures of each code, most often planted first."""
    counts: dict[str, Count] = {}
    for one in outcomes:
        for _, code in one.right | one.missed:
            counts.setdefault(code, Count()).planted += 1
        for _, code in one.right:
            counts[code].right += 1
        for _, code in one.false:
            counts.setdefault(code, Count()).false += 1
    return dict(sorted(counts.items(), key=lambda entry: (-entry[1].planted, entry[0])))


def total(counts: Mapping[str, Count]) -> Count:
    """All codes together."""
    whole = Count()
    for one in counts.values():
        whole.planted += one.planted
        whole.right += one.right
        whole.false += one.false
    return whole


def confusion(outcomes: Iterable[Outcome]) -> Counter[tuple[str, str]]:
    """Planted and found codes side by side; "" stands for nothing planted, or nothing found.

    What was missed is set against what was found instead under the same entry, be it false or following.
    """
    table: Counter[tuple[str, str]] = Counter()
    for one in outcomes:
        table.update((code, code) for _, code in one.right)
        explained: set[Seen] = set()
        for material, code in sorted(one.missed):
            instead = sorted(other for other in one.found if other[0] == material and other not in one.right)
            table.update((code, other) for _, other in instead)
            explained |= set(instead)
            if not instead:
                table[code, NOTHING] += 1
        table.update((NOTHING, code) for material, code in one.false if (material, code) not in explained)
    return table


def verdicts(outcomes: Iterable[Outcome]) -> Counter[tuple[str, str]]:
    """True and given verdicts of the piles whose verdict is known beforehand."""
    return Counter((one.verdict, one.judged) for one in outcomes if one.verdict is not None)
