"""What the linter says: one thing to look at, where it is, and how bad it is."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at.

    Attributes:
        code: Stable name of the finding, such as ``produced-earlier``; `docs/catalogue-lint.md` lists them.
        item: Code of the item (or name of the file that did not load), empty when it concerns the whole catalogue.
        field: Place in the item, such as ``materials[3].material``.
        message: What is the matter and what to do.
        level: An ``error`` makes a list wrong; a ``notice`` is for whoever keeps it to look at.
        explained: The reason that the data gives why it is right here; empty: none is given.
        region: The region whose override it is in; empty: the city's list.
    """

    code: str
    item: str
    field: str
    message: str
    level: Literal["error", "notice"] = "error"
    explained: str = ""
    region: str = ""

    @property
    def wrong(self) -> bool:
        """Whether somebody must do something: an error that nobody explained."""
        return self.level == "error" and not self.explained
