"""Elements that the system makes itself: facts as canonical JSON, sealed files, each kept under its digest."""

from typing import Any

from archive import Element, Group, canonical_json, digest_bytes, element_path
from workers import zones

JSON = "application/json"
PDF = "application/pdf"


def kept_json(element: int, group: Group, name: str, number: int, value: Any) -> Element:
    """Facts as canonical JSON, kept, as an element."""
    data = canonical_json(_exact(value))
    zones.keep_derivative(data, JSON)
    return made_element(element, group, name, number, f"{name}.json", data, JSON)


def made_element(  # noqa: PLR0913, PLR0917 - one element is these things
    element: int,
    group: Group,
    role: str,
    number: int,
    name: str,
    data: bytes,
    media_type: str,
    *,
    material_type: str = "",
) -> Element:
    """An element of bytes that lie in one of the zones already."""
    digests = digest_bytes(data)
    return Element(
        element=element,
        group=group,
        role=role,
        name=name,
        path=element_path(group, number, name),
        sha256=digests.sha256,
        sm3=digests.sm3,
        size=digests.size,
        media_type=media_type,
        source="generated",
        material_type=material_type,
    )


def _exact(value: Any) -> Any:
    """Fractions (scores, box corners) as text: canonical JSON has one spelling for text and many for a fraction."""
    if isinstance(value, float):
        return f"{value:.4f}"
    if isinstance(value, dict):
        return {key: _exact(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_exact(inner) for inner in value]
    return value
