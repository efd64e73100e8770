"""Where a held material comes from, back to its bytes and to the entry of the log that vouches for them."""

import dataclasses
from collections.abc import Callable

from archive.digests import digest_bytes
from archive.models import Event, HeldMaterial
from archive.package_scores import manifests_of

STORED = ("package-stored", "follow-up-stored")
"""Events that say that a manifest, and with it all its elements, lies in the archive."""


@dataclasses.dataclass(frozen=True, slots=True)
class Provenance:
    """The chain of a material: its package, the manifest that lists it and where in it, and the event that names that.

    `leaf_index` and `leaf_hash` are the event's place in the log: None and empty until it was taken in, minutes later.
    """

    archive_number: str
    case_number: str
    manifest_sha256: str
    path: str
    sha256: str
    event: str
    leaf_index: int | None
    leaf_hash: str


class BrokenChain(Exception):  # noqa: N818 - reads as the fact it states
    """A link of the chain is missing or does not fit; the message names it."""

    code = "broken-chain"


def provenance_of_held(held: HeldMaterial, read: Callable[[str], bytes]) -> Provenance:
    """Follow a material from its row to its manifest, its bytes and the log; `read` gives an object by its SHA-256.

    Raises:
        BrokenChain: no manifest of its package lists it, its bytes are others, or no event names the manifest.
    """
    package = held.package
    links = [package.manifest_sha256, *package.follow_ups.order_by("order").values_list("manifest_sha256", flat=True)]
    for link, manifest in zip(links, manifests_of(package, read), strict=True):
        element = next((one for one in manifest.elements if one.sha256 == held.sha256), None)
        if element is None:
            continue
        if digest_bytes(read(held.sha256)).sha256 != held.sha256:
            raise BrokenChain(f"{element.path}的内容与其摘要不符")
        event = Event.objects.filter(kind__in=STORED, object_sha256=link).order_by("pk").first()
        if event is None:
            raise BrokenChain(f"没有事件记载档案 {package.archive_number} 的清单 {link}")
        return Provenance(
            package.archive_number,
            package.case_number,
            link,
            element.path,
            held.sha256,
            event.number,
            event.leaf_index,
            event.leaf_hash,
        )
    raise BrokenChain(f"档案 {package.archive_number} 的清单都没有列出 {held.name}")
