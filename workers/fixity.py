"""The archive's bytes are read again on a schedule: a little every hour, the longest unchecked first."""

import contextlib

from django.conf import settings
from django.utils import timezone

import archive
from archive import FixityRun, KeptObject, ObjectStore, Package, check_fixity, object_key, parse_manifest
from workers import zones

RUN_SECONDS = 120.0
"""Of every hour: well below the hard limit of a task, and little beside what the windows need."""
RUN_BYTES = 20 << 30
"""What a disk gives in that time at the most; a store that is paid by the byte read sets less."""


def replica() -> ObjectStore | None:
    """The archive's second site, where there is one."""
    return archive.open_store(settings.ARCHIVE_REPLICA) if settings.ARCHIVE_REPLICA else None


def check_archive(
    *, seconds: float = RUN_SECONDS, most_bytes: int = RUN_BYTES, on_progress: archive.FixityProgress = lambda *_: None
) -> FixityRun:
    """One bounded run over the archive, after what was never noted is noted.

    Raises:
        Unavailable: the store cannot be reached now.
    """
    enrol_packages()
    return check_fixity(
        zones.archive_site(),
        timezone.now,
        seconds=seconds,
        most_bytes=most_bytes,
        replica=replica(),
        on_progress=on_progress,
    )


def enrol_packages() -> None:
    """Note the objects of packages and their follow-ups that were archived before they were noted one by one."""
    noted = KeptObject.objects.filter(size__gt=0).values("sha256")
    stored = Package.objects.exclude(state__in=[Package.State.BUILT, Package.State.CHECKED, Package.State.DESTROYED])
    manifests = [
        *stored.exclude(manifest_sha256__in=noted).values_list("manifest_sha256", flat=True),
        *archive.FollowUp.objects.filter(package__in=stored)
        .exclude(manifest_sha256__in=noted)
        .values_list("manifest_sha256", flat=True),
    ]
    for sha256 in manifests:
        # one that cannot be read is told below, noted without its size; once it is restored the rest is noted as well
        data = b""
        with contextlib.suppress(archive.NotFound, archive.BadDigest):
            data = zones.archive_site().read(object_key(sha256))
        if data:
            archive.enrol(parse_manifest(data), sha256, len(data), timezone.now())
        else:
            KeptObject.objects.get_or_create(sha256=sha256, defaults={"size": 0, "kept_since": timezone.now()})
