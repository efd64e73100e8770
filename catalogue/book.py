"""The catalogue as the other rooms ask it: items in all their versions and regions, material types, questions."""

import datetime as dt
from collections.abc import Mapping, Sequence

from catalogue.errors import CatalogueError
from catalogue.items import Item, MaterialType
from catalogue.questions import ProjectClass, Question


class Catalogue:
    """Everything that is listed: items in all their versions, and the material types they name.

    The list is closed: what is not in it may not be asked for (清单之外无审批).

    Attributes:
        questions: The questions that many items share, by key, in the order of their file.
        classes: The classes of projects, by key, in the order of their file.
    """

    def __init__(
        self,
        items: Sequence[Item],
        material_types: Sequence[MaterialType],
        questions: Sequence[Question] = (),
        classes: Sequence[ProjectClass] = (),
    ) -> None:
        self._versions: dict[str, list[Item]] = {}
        self._regional: dict[tuple[str, int, str], Item] = {}
        for item in sorted(items, key=lambda i: (i.code, i.version, i.region)):
            if item.region:
                self._regional[item.code, item.version, item.region] = item
            else:
                self._versions.setdefault(item.code, []).append(item)
        self._types = {t.code: t for t in material_types}
        self.questions: Mapping[str, Question] = {q.key: q for q in questions}
        self.classes: Mapping[str, ProjectClass] = {c.key: c for c in classes}

    def item(self, code: str, version: int | None = None, region: str = "", on: dt.date | None = None) -> Item:
        """One item.

        Args:
            code: The item's code, such as ``S3-05``.
            version: This version exactly; a case keeps the version it was opened with.
            region: The county or zone whose list is wanted (6 digits); where it has none of its own, the city's.
            on: Without a version, the newest one valid on this date; without a date, the newest there is.

        Raises:
            CatalogueError: ``unknown-item``, ``unknown-version`` or ``not-yet-valid``.
        """
        city = self._city_item(code, version, on)
        return self._regional.get((code, city.version, region), city)

    def _city_item(self, code: str, version: int | None, on: dt.date | None) -> Item:
        versions = self._versions.get(code)
        if not versions:
            raise CatalogueError("unknown-item", f"There is no item {code!r}; known are {', '.join(self._versions)}.")
        if version is not None:
            found = next((i for i in versions if i.version == version), None)
            if found is None:
                known = ", ".join(str(i.version) for i in versions)
                raise CatalogueError("unknown-version", f"Item {code} has no version {version}; it has {known}.")
            return found
        valid = [i for i in versions if on is None or i.valid_from <= on]
        if not valid:
            raise CatalogueError("not-yet-valid", f"Item {code} is valid only from {versions[0].valid_from}.")
        return valid[-1]

    def items(self, on: dt.date | None = None, region: str = "") -> tuple[Item, ...]:
        """All items by code, each in the newest version valid on the date (or the newest there is)."""
        codes = [c for c, versions in self._versions.items() if on is None or versions[0].valid_from <= on]
        return tuple(self.item(code, on=on, region=region) for code in codes)

    def versions(self, code: str) -> tuple[Item, ...]:
        """All versions of the city's item, oldest first; empty if there is no such item."""
        return tuple(self._versions.get(code, ()))

    def regions(self, code: str, version: int) -> tuple[Item, ...]:
        """The regional overrides of one version of an item, by region."""
        return tuple(i for (c, v, _), i in sorted(self._regional.items()) if (c, v) == (code, version))

    def material_type(self, code: str) -> MaterialType:
        """One material type.

        Raises:
            CatalogueError: ``unknown-material``.
        """
        found = self._types.get(code)
        if found is None:
            raise CatalogueError("unknown-material", f"There is no material type {code!r} in types-*.yaml.")
        return found

    def material_types(self) -> tuple[MaterialType, ...]:
        """All material types in the order of the files."""
        return tuple(self._types.values())
