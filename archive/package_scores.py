"""How full a package is (全要素), kept beside its row: computed from its manifests whenever one is added."""

from collections.abc import Callable

from archive.full_elements import ElementScore, score_of
from archive.manifest import Manifest, parse_manifest
from archive.models import Package


def manifests_of(package: Package, read: Callable[[str], bytes]) -> list[Manifest]:
    """The package's own manifest and those of its follow-ups in their order; `read` gives an object by its SHA-256."""
    digests = [package.manifest_sha256, *package.follow_ups.order_by("order").values_list("manifest_sha256", flat=True)]
    return [parse_manifest(read(digest)) for digest in digests]


def rescore(package: Package, read: Callable[[str], bytes]) -> ElementScore:
    """Score the package anew from its manifests and write that down; after a rebuild it comes out the same."""
    score = score_of(manifests_of(package, read))
    package.score, package.full_elements = score.to_json(), score.full
    package.save(update_fields=["score", "full_elements"])
    return score
