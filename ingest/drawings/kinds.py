"""Which materials make a set of drawings, and which items rest on a reviewed one: read from the catalogue."""

from functools import lru_cache

from catalogue import Catalogue, Item, MaterialType, is_drawing_type, load_catalogue
from ingest.drawings.states import Kind

REVIEW_RESULT = "OUT-ST"
"""施工图设计文件审查合格书: what an item has to issue to be a review, and to ask for to rest on one."""
AS_BUILT_NAME = "竣工图"
"""How the type of the as-built drawings is called in the catalogue."""
PERMIT_RESULT = "OUT-SGXK"
"""施工许可证: the item that issues it is the middle one of the three-way check."""


def is_review(item: Item) -> bool:
    """Whether the item's result is that drawings were reviewed (联合审图)."""
    return any(output.material == REVIEW_RESULT for output in item.outputs)


def is_permit(item: Item) -> bool:
    """Whether the item's result is the construction permit."""
    return any(output.material == PERMIT_RESULT for output in item.outputs)


def rests_on_review(item: Item) -> bool:
    """Whether the item's list asks for the result of a review."""
    return any(entry.material == REVIEW_RESULT for entry in item.materials)


def is_checked(item: Item) -> bool:
    """Whether a decision on the item is held against the reviewed drawings: it rests on them, or on as-built ones."""
    kinds = kinds_of_types()
    return rests_on_review(item) or any(kinds.get(entry.material) == Kind.AS_BUILT for entry in item.materials)


def kinds_of_types() -> dict[str, Kind]:
    """Code of a material type to the line of versions that it belongs to."""
    return _kinds(load_catalogue())


@lru_cache(maxsize=4)
def _kinds(catalogue: Catalogue) -> dict[str, Kind]:
    kinds: dict[str, Kind] = {}
    for item in catalogue.items():
        for entry in item.materials:
            kind = catalogue.material_type(entry.material)
            drawn = (is_review(item) and is_drawing_type(kind)) or (rests_on_review(item) and _is_design(kind))
            if kind.name == AS_BUILT_NAME:
                kinds[kind.code] = Kind.AS_BUILT
            elif drawn:
                kinds[kind.code] = Kind.DESIGN
    return kinds


def _is_design(kind: MaterialType) -> bool:
    """Design documents that an item takes from the reviewed set, such as 消防设计文件."""
    return kind.name.endswith("设计文件")


def gathers(item: Item, kind: Kind) -> bool:
    """Whether drawings handed in for the item belong to the set: as-built ones always, others where reviews count."""
    return kind == Kind.AS_BUILT or is_review(item) or rests_on_review(item)
