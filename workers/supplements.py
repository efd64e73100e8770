"""补充归档: what belongs to a package and comes after its manifest, each as a small package naming the one before it.

A package is never changed. Acts on its certificate, reports of its inspection, receipts of its transfer: each is a
manifest of its own, linked to the newest before it, so that the newest leads back to the case. Links are added one at
a time and in the order in which they were asked for.
"""

import datetime as dt
from collections.abc import Sequence

from django.utils import timezone

import archive
from archive import Element, FollowUp, Manifest, Package, append_event
from workers import zones
from workers.draws import sign_head
from workers.findable import request_words
from workers.holding import note_manifest
from workers.jobs import enqueue
from workers.late_times import hindering
from workers.locking import locked_until
from workers.models import Job
from workers.stage import Arguments, NotExpectedError, NotYetError

IN_ARCHIVE = (Package.State.STORED, Package.State.LOGGED)
LINK_JOBS = ("follow-up", "supplement")
"""Jobs that add a link to a package's chain."""


class SupplementFaultyError(Exception):
    """A supplement did not pass its check on the way into the archive; the message names the faults."""

    code = "supplement-faulty"


def add_supplement(  # noqa: PLR0913 - one line of the account
    package: Package,
    *,
    kind: FollowUp.Kind,
    title: str,
    elements: Sequence[Element],
    key: str,
    now: dt.datetime,
) -> Job | None:
    """Have elements archived that belong to a package and came after it; call it in the transaction of their fact.

    `key` is what the supplement is, unique within the package: asking again for what is there, or under way, does
    nothing and returns None. The bytes of the elements lie in one of the zones already (`zones.keep_derivative`).
    """
    asked = Job.objects.filter(kind="supplement", arguments__package=package.pk, arguments__key=key)
    if asked.exists() or package.follow_ups.filter(key=key).exists():
        return None
    listed = archive.canonical_json([element.model_dump(mode="json") for element in elements])
    number = archive.new_id()
    append_event(
        "supplement-added",
        case_number=package.case_number,
        object_sha256=elements[0].sha256,
        details={"supplement": number, "kind": kind.value, "key": key},
        now=now,
    )
    return enqueue(
        "supplement",
        case=package.case_number,
        package=package.pk,
        number=number,
        what=kind.value,
        key=key,
        title=title,
        elements=zones.keep_derivative(listed, "application/json").sha256,
        created_at=now.isoformat(),
    )


def build(arguments: Arguments) -> tuple[archive.Digests, Manifest, list[dict[str, str]]]:
    """Build the manifest, put it and its elements into the archive under lock, and check what lies there."""
    package = Package.objects.get(pk=arguments["package"])
    if package.follow_ups.filter(key=arguments["key"]).exists():
        raise NotExpectedError("it is archived")
    if package.state not in IN_ARCHIVE:
        raise NotYetError("档案尚未入库")
    wait_for_earlier_links(Job.objects.get(kind="supplement", arguments__number=arguments["number"]))
    return store_link(_manifest(arguments, package), dt.datetime.fromisoformat(arguments["created_at"]))


def record(arguments: Arguments, result: tuple[archive.Digests, Manifest, list[dict[str, str]]]) -> None:
    """It is archived, and goes to the log."""
    package = Package.objects.select_for_update().get(pk=arguments["package"])
    link = {"kind": arguments["what"], "key": arguments["key"], "title": arguments["title"]}
    append_link(package, result, link)


def wait_for_earlier_links(job: Job) -> None:
    """Raises NotYetError while an earlier link of the same case is under way: the chain has one order."""
    earlier = Job.objects.filter(
        kind__in=LINK_JOBS, case_number=job.case_number, pk__lt=job.pk, state__in=Job.UNDER_WAY
    )
    if earlier.exists():
        raise NotYetError("在它之前的补充归档尚未完成")


def newest_link(package: Package) -> tuple[str, str]:
    """Number and manifest digest of what the next link names: the newest follow-up, or the package itself."""
    last = package.follow_ups.order_by("order").last()
    return (last.number, last.manifest_sha256) if last else (package.number, package.manifest_sha256)


def first_manifest(package: Package) -> Manifest:
    """The manifest of the case itself."""
    with zones.open_anywhere(package.manifest_sha256) as stream:
        return archive.parse_manifest(stream.read())


def event_refs(events: Sequence[archive.Event]) -> list[archive.EventRef]:
    """Events as a manifest names them."""
    return [
        archive.EventRef(
            kind=event.kind,
            at=event.happened_at,
            sha256=archive.digest_bytes(archive.leaf_bytes(event)).sha256,
            log_index=event.leaf_index,
        )
        for event in events
    ]


def store_link(manifest: Manifest, locked_from: dt.datetime) -> tuple[archive.Digests, Manifest, list[dict[str, str]]]:
    """Put a link and its elements into the archive under lock, read all of it back, and check it.

    Raises:
        SupplementFaultyError: what lies there is not what the manifest says.
    """
    kept = zones.keep_derivative(archive.manifest_bytes(manifest), "application/json")
    vault = zones.zone("archive")
    until = locked_until(locked_from, manifest.retention.until)
    for element in manifest.elements:
        archive.keep_locked(vault, element.sha256, element.media_type, until, zones.open_anywhere)
    archive.keep_locked(vault, kept.sha256, "application/json", until, zones.open_anywhere)
    results = archive.check_manifest(manifest, vault)
    if faults := hindering(results, manifest.case.number):
        raise SupplementFaultyError("；".join(faults[:5]))
    return kept, manifest, [line.to_json() for line in results]


def append_link(
    package: Package,
    result: tuple[archive.Digests, Manifest, list[dict[str, str]]],
    link: dict[str, str | int],
) -> FollowUp:
    """Write the link down and have it logged and published; `package` is locked by the caller.

    Raises:
        NotYetError: another link came between; this one is built again on top of it.
    """
    kept, manifest, checks = result
    if (manifest.previous_package, manifest.previous_manifest_sha256) != newest_link(package):
        raise NotYetError("在它之前的补充归档刚刚完成，将重新整理")
    now = timezone.now()
    row = FollowUp.objects.create(
        package=package,
        order=package.follow_ups.count() + 1,
        number=manifest.package,
        manifest_sha256=kept.sha256,
        manifest_sm3=kept.sm3,
        checks=checks,
        stored_at=now,
        **link,
    )
    request_words(package, kept.sha256)
    archive.enrol(manifest, kept.sha256, kept.size, now)
    note_manifest(package, manifest, kept.sha256)
    archive.rescore(package, zones.read_anywhere)
    append_event(
        "follow-up-stored",
        case_number=package.case_number,
        object_sha256=kept.sha256,
        details={"package": package.number, "follow_up": manifest.package},
        now=now,
    )
    head = sign_head()
    enqueue("publish", case=package.case_number, size=head.size)
    return row


def _manifest(arguments: Arguments, package: Package) -> Manifest:
    first = first_manifest(package)
    listed = archive.parse_canonical(zones.read_derivative(arguments["elements"]))
    [event] = archive.Event.objects.filter(kind="supplement-added", details__supplement=arguments["number"])
    return archive.build_manifest(
        package=arguments["number"],
        archive_number=package.archive_number,
        created_at=dt.datetime.fromisoformat(arguments["created_at"]),
        case=first.case,
        list_sha256=first.list_sha256,
        retention=first.retention,
        elements=[
            *(one for one in first.elements if one.group == "元数据" and one.sha256 == first.list_sha256),
            *(Element.model_validate(one) for one in listed),
        ],
        events=event_refs([event]),
        previous=newest_link(package),
    )
