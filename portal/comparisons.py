"""What the case page shows of the cross-document check: each fact with its values side by side, tied to their pages."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ingest import AGREEMENT_NAMES


@dataclasses.dataclass(frozen=True, slots=True)
class ValueShown:
    """One material's word on a fact: `page` is our row for the page, `number` its number in its file.

    `points` is the place on the page in upright pixels, as an SVG polygon takes it.
    """

    name: str
    value: str
    file: str
    number: int
    page: int | None
    score: float
    points: str

    @property
    def mark_id(self) -> str:
        """What its place is called on the page."""
        return f"mark-compared-{self.page}-{self.points.replace(',', '-').replace(' ', '-')}"

    @property
    def corner(self) -> tuple[float, float]:
        """Where its label goes: the upper left corner."""
        corners = [tuple(map(float, point.split(","))) for point in self.points.split()]
        return min(x for x, _ in corners), min(y for _, y in corners)


@dataclasses.dataclass(frozen=True, slots=True)
class ComparisonShown:
    """A fact that several materials state: `agreement` is agree, differ or unsure, `agreement_name` in Chinese."""

    fact: str
    agreement: str
    agreement_name: str
    values: Sequence[ValueShown]


def comparisons_shown(
    report: Mapping[str, Any], page_of: Callable[[str, int | None], int | None]
) -> list[ComparisonShown]:
    """The comparisons of a report, those that differ first; none where it was written before there were any.

    `page_of` finds our row for a page by the document's reference and the page's number.
    """
    order = {"differ": 0, "unsure": 1, "agree": 2}
    listed = sorted(report.get("comparisons", ()), key=lambda said: order[said["agreement"]])
    return [
        ComparisonShown(
            said["fact"],
            said["agreement"],
            AGREEMENT_NAMES[said["agreement"]],
            [
                ValueShown(
                    value["name"],
                    value["value"],
                    value["file"],
                    value["page"],
                    page_of(value["ref"], value["page"]),
                    value["score"],
                    " ".join(f"{x:.0f},{y:.0f}" for x, y in value["box"]),
                )
                for value in said["values"]
            ],
        )
        for said in listed
    ]
