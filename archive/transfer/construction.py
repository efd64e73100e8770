"""The construction archive of a project, pre-filled from its packages: what is there, what is missing, who makes it.

Pure: manifests in, the filled tree out. What a package holds counts by the material types of its elements; one file
that came into several packages stands once.
"""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from archive.manifest import Manifest
from catalogue import (
    ArchiveNode,
    ArchiveTree,
    CalendarUnknown,
    add_months,
    is_provisional,
    is_working_day,
    provisional_note,
)

LONGEST_HOLIDAY = 31
"""Days; no holiday of the State Council's calendar is nearly as long."""


@dataclasses.dataclass(frozen=True, slots=True)
class Paper:
    """A file of a package that fills a node."""

    type: str
    name: str
    package: str
    archive_number: str
    path: str
    sha256: str
    sm3: str
    size: int
    works: str


@dataclasses.dataclass(frozen=True, slots=True)
class FilledNode:
    """A node with what fills it. "asked": nothing is there, and whether it applies only the builder knows."""

    node: ArchiveNode
    papers: tuple[Paper, ...]

    @property
    def state(self) -> str:
        """filled, missing or asked."""
        if self.papers:
            return "filled"
        return "asked" if self.node.when else "missing"


@dataclasses.dataclass(frozen=True, slots=True)
class Told:
    """A value with where it was found: the place of the catalogue, and the certificate or file in words."""

    name: str
    value: str = ""
    place: str = ""
    origin: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class FilledGroup:
    """A group with its nodes."""

    code: str
    name: str
    nodes: tuple[FilledNode, ...]

    def count(self, state: str) -> int:
        """How many of its nodes are in a state."""
        return sum(one.state == state for one in self.nodes)


def fill_tree(tree: ArchiveTree, manifests: Iterable[Manifest]) -> tuple[FilledGroup, ...]:
    """The tree with every paper of the manifests at its node; manifests in the order in which they were archived."""
    by_type: dict[str, list[Paper]] = {}
    seen: set[tuple[str, str]] = set()
    for manifest in manifests:
        for element in manifest.elements:
            for kind in element.material_type.split("、"):
                if kind and (kind, element.sha256) not in seen:
                    seen.add((kind, element.sha256))
                    by_type.setdefault(kind, []).append(
                        Paper(
                            type=kind,
                            name=element.name,
                            package=manifest.package,
                            archive_number=manifest.archive_number,
                            path=element.path,
                            sha256=element.sha256,
                            sm3=element.sm3,
                            size=element.size,
                            works=manifest.case.works_name,
                        )
                    )
    return tuple(
        FilledGroup(
            group.code,
            group.name,
            tuple(
                FilledNode(node, tuple(paper for kind in node.filled_by for paper in by_type.get(kind, ())))
                for node in group.nodes
            ),
        )
        for group in tree.groups
    )


def fill_attributes(tree: ArchiveTree, found: Mapping[str, Sequence[tuple[str, str]]]) -> tuple[Told, ...]:
    """Every attribute of the unit works with its value and origin; empty where none is known.

    `found`: place of the catalogue → (value, origin in words), the newest last.
    """
    told = []
    for attribute in tree.attributes:
        for place in attribute.places:
            values = [one for one in found.get(place, ()) if one[0]]
            if values:
                told.append(Told(attribute.name, values[-1][0], place, values[-1][1]))
                break
        else:
            told.append(Told(attribute.name))
    return tuple(told)


def hand_over_due(tree: ArchiveTree, accepted_on: dt.date | None) -> tuple[dt.date | None, str]:
    """The last day for the builder to hand over, and how it was counted; none before acceptance.

    A last day that is no working day moves to the next one (民法典 art. 203); where that year's calendar is not known,
    the day is given as counted, and said to be so, as is one that was counted provisionally.
    """
    limit = tree.hand_over
    if accepted_on is None:
        return None, f"竣工验收后{limit.months}个月内移交；尚无竣工验收日期"
    counted = add_months(accepted_on, limit.months)
    day, how = counted, f"{accepted_on.isoformat()} 竣工验收，{limit.months}个月内移交（{limit.source}）"
    try:
        for _ in range(LONGEST_HOLIDAY):
            if is_working_day(day):
                break
            day += dt.timedelta(days=1)
    except CalendarUnknown as unknown:
        return counted, f"{how}；{unknown.year}年放假安排未录入，末日逢休息日的顺延待算"
    if day != counted:
        how += f"；{counted.isoformat()} 为休息日，顺延"
    return day, f"{how}；{provisional_note(day.year)}" if is_provisional(day.year) else how
