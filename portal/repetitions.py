"""What the catalogue itself asks for more than once: what the linter finds, and what several items of a list ask."""

import dataclasses
import functools

from catalogue import is_application, lint, load_catalogue

PRODUCED_EARLIER = "produced-earlier"
"""Code of the linter's finding that an item demands what an earlier one issues."""


@dataclasses.dataclass(frozen=True, slots=True)
class Repetitions:
    """`demanded` are the linter's findings (item, message); `several` the types that several items ask for.

    What several items ask for is asked of the applicant once: after that it is on offer.
    """

    demanded: tuple[tuple[str, str], ...]
    several: tuple[tuple[str, str, tuple[str, ...]], ...]

    @property
    def spared(self) -> int:
        """Sheets of a project that goes through all items, which reuse spares it."""
        return sum(len(items) - 1 for _, _, items in self.several)


@functools.cache
def repetitions() -> Repetitions:
    """Of the catalogue of this installation, which does not change while the program runs."""
    catalogue = load_catalogue()
    asking: dict[str, list[str]] = {}
    for item in catalogue.items():
        for entry in item.materials:
            if entry.demanded and not is_application(catalogue.material_type(entry.material)):
                asking.setdefault(entry.material, []).append(item.code)
    several = [(code, items) for code, items in asking.items() if len(items) > 1]
    return Repetitions(
        tuple((one.item, one.message) for one in lint(catalogue) if one.code == PRODUCED_EARLIER and not one.explained),
        tuple(
            (code, catalogue.material_type(code).name, tuple(items))
            for code, items in sorted(several, key=lambda row: (-len(row[1]), row[0]))
        ),
    )
