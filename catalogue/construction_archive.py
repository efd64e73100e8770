"""建设工程档案: the six groups that a builder hands over after acceptance, node by node, and what of ours fills them.

Data with sources: what was found in a real city's catalogue and what stands from memory is marked node by node.
"""

import functools
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import Field, ValidationError

from catalogue.certificates import certificate_form, has_form
from catalogue.errors import CatalogueError
from catalogue.loading import DATA, load_catalogue
from catalogue.questions import Entry

FILE = "construction-archive.yaml"
FACTS = ("works_name", "project_name", "applicant_name", "retention")
"""Facts of a project that an attribute may name."""


class ArchiveNode(Entry):
    """A kind of paper: who makes it, which material types are it, and `when` it is asked for at all."""

    code: str
    name: str
    mark: Literal["found", "memory"]
    basis: str
    maker: str
    filled_by: tuple[str, ...] = ()
    when: str = ""


class ArchiveGroup(Entry):
    """One of the six groups."""

    code: str
    name: str
    nodes: tuple[ArchiveNode, ...] = Field(min_length=1)


class UnitAttribute(Entry):
    """What is said of a unit works: its name in the XML, and where its value is found, best place first."""

    name: str
    places: tuple[str, ...] = ()


class HandOverLimit(Entry):
    """How long after acceptance the builder hands over."""

    months: int = Field(gt=0)
    source: str


class ArchiveTree(Entry):
    """The whole catalogue of a construction archive."""

    source: str
    hand_over: HandOverLimit
    groups: tuple[ArchiveGroup, ...]
    attributes: tuple[UnitAttribute, ...]

    @property
    def nodes(self) -> tuple[ArchiveNode, ...]:
        """All nodes in order."""
        return tuple(node for group in self.groups for node in group.nodes)


@functools.cache
def construction_archive(file: Path = DATA / FILE) -> ArchiveTree:
    """The tree that ships, or that of a file.

    Raises:
        CatalogueError: `wrong-shape`, `unknown-material`, `unknown-field` or `duplicate`.
    """
    try:
        tree = ArchiveTree.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError) as error:
        raise CatalogueError("not-yaml", str(error), file=file.name) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise CatalogueError("wrong-shape", first["msg"], file=file.name, field=place) from error
    _check(tree, file.name)
    return tree


def _check(tree: ArchiveTree, file: str) -> None:
    codes = [node.code for node in tree.nodes]
    if len(set(codes)) != len(codes):
        raise CatalogueError("duplicate", "Two nodes have one code.", file=file, field="groups")
    for group in tree.groups:
        for node in group.nodes:
            if not node.code.startswith(f"{group.code}-"):
                raise CatalogueError("wrong-shape", f"{node.code} is not of group {group.code}.", file=file)
            for code in node.filled_by:
                load_catalogue().material_type(code)
    for attribute in tree.attributes:
        for place in attribute.places:
            _check_place(place, file, attribute.name)


def _check_place(place: str, file: str, attribute: str) -> None:
    where, _, name = place.partition(".")
    if where == "fact":
        known: Any = FACTS
    else:
        known = {"number", *(field.name for field in load_catalogue().material_type(where).fields)}
        if has_form(where):
            known |= {line.name for line in certificate_form(where).lines}
    if name not in known:
        raise CatalogueError("unknown-field", f"Nothing is called {place!r}.", file=file, field=attribute)
