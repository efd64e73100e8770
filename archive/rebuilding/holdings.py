"""Packages against their manifests: what the rows say is held to what the objects are and the log has named."""

import contextlib
import datetime as dt
from collections.abc import Iterator

from django.db.models import QuerySet

from archive.fixity import enrol
from archive.holdings import index_materials, refill_materials
from archive.manifest import BadManifest, Manifest, parse_manifest
from archive.models import Event, FollowUp, HeldMaterial, KeptObject, Package
from archive.package_scores import rescore
from archive.rebuilding.reading import Source

STORED_EVENTS = ("package-stored", "follow-up-stored")


class _MissingElementError(Exception):
    """An element of a manifest could not be read; it is named already."""


def restore_lost_packages(source: Source) -> None:
    """Make the row of every package that the log names and no row tells of, from its manifest alone."""
    known = Package.objects.values("manifest_sha256")
    lost = Event.objects.filter(kind="package-stored").exclude(leaf_index=None).exclude(object_sha256__in=known)
    lost = lost.exclude(object_sha256__in=_logged("package-destroyed").values("object_sha256"))
    for event in lost.order_by("leaf_index"):
        manifest = read_manifest(source, event.object_sha256)
        if manifest is None:
            continue
        source.fault(f"package {manifest.archive_number}", "no row of the journal tells of it: made from its manifest")
        Package.objects.create(
            number=manifest.package,
            case_number=manifest.case.number,
            archive_number=manifest.archive_number,
            title=f"{manifest.case.project_name} {manifest.case.item_name}",
            project_code=manifest.case.project_code,
            retention=manifest.retention.code,
            state=Package.State.LOGGED,
            manifest_sha256=event.object_sha256,
            element_count=len(manifest.elements),
            byte_count=sum(element.size for element in manifest.elements),
            built_at=manifest.created_at,
            stored_at=event.happened_at,
        )


def note_destroyed() -> None:
    """Packages that the log says were destroyed have only their rows left; the certificates that say so are kept."""
    gone = _logged("package-destroyed").values("object_sha256")
    Package.objects.filter(manifest_sha256__in=gone).update(state=Package.State.DESTROYED)
    for event in _logged("disposal-certified"):
        for sha256 in filter(None, (event.object_sha256, event.details.get("pdf"))):
            enrol_missing(sha256, event.happened_at)


def restore_holdings(source: Source, package: Package) -> None:
    """Note every object of a package and of what came after it, and hold its rows against them.

    Where no row of the journal tells of its materials, they are put on offer as its manifests list them.
    """
    told = HeldMaterial.objects.filter(package=package).exists()
    for sha256, stored_at in _links(package):
        manifest = read_manifest(source, sha256)
        if manifest is None:
            enrol_missing(sha256, stored_at)
            continue
        enrol(manifest, sha256, len(source.read_object(sha256) or b""), stored_at)
        with contextlib.suppress(_MissingElementError):
            if told:
                refill_materials(package, manifest, lambda wanted: _element(source, wanted))
                continue
            index_materials(package, manifest, lambda wanted: _element(source, wanted), now=stored_at)
    with contextlib.suppress(_MissingElementError, BadManifest):  # named above
        rescore(package, lambda wanted: _element(source, wanted))
    check_package(source, package)


def check_package(source: Source, package: Package) -> None:
    """Name what the rows of a package say otherwise than its manifest and the log."""
    where = f"package {package.archive_number}"
    named = Event.objects.filter(kind__in=STORED_EVENTS, case_number=package.case_number).exclude(leaf_index=None)
    logged = set(named.values_list("object_sha256", flat=True))
    for sha256, _ in _links(package):
        if sha256 not in logged:
            source.fault(where, f"the log does not name its manifest {sha256}")
    manifest = read_manifest(source, package.manifest_sha256)
    if manifest is None:
        return
    facts = {
        "number": manifest.package,
        "case_number": manifest.case.number,
        "archive_number": manifest.archive_number,
        "project_code": manifest.case.project_code,
        "retention": manifest.retention.code,
        "element_count": len(manifest.elements),
        "byte_count": sum(element.size for element in manifest.elements),
    }
    for name, value in facts.items():
        if getattr(package, name) != value:
            source.fault(where, f"{name} is {getattr(package, name)!r}, in the manifest {value!r}")


def check_materials(source: Source, package: Package) -> None:
    """Name materials that are on offer and in no manifest of the package."""
    elements: set[str] = set()
    for sha256, _ in _links(package):
        manifest = read_manifest(source, sha256)
        elements |= {element.sha256 for element in manifest.elements} if manifest else set()
    for held in HeldMaterial.objects.filter(package=package).exclude(sha256__in=elements):
        source.fault(f"material {held.pk} {held.name}", "is on offer, and in no manifest of its package")


def read_manifest(source: Source, sha256: str) -> Manifest | None:
    """The manifest of this digest; None, and a fault, where it cannot be had."""
    data = source.read_object(sha256)
    if data is None:
        return None
    try:
        return parse_manifest(data)
    except BadManifest as error:
        source.fault(f"manifest {sha256}", str(error))
        return None


def enrol_missing(sha256: str, since: dt.datetime) -> None:
    """Note an object whose size is not known, since it could not be read."""
    KeptObject.objects.get_or_create(sha256=sha256, defaults={"size": 0, "kept_since": since})


def _logged(kind: str) -> QuerySet[Event]:
    return Event.objects.filter(kind=kind).exclude(leaf_index=None)


def _links(package: Package) -> Iterator[tuple[str, dt.datetime]]:
    yield package.manifest_sha256, package.stored_at or package.built_at
    for row in FollowUp.objects.filter(package=package).order_by("order"):
        yield row.manifest_sha256, row.stored_at


def _element(source: Source, sha256: str) -> bytes:
    data = source.read_object(sha256)
    if data is None:
        raise _MissingElementError
    return data
