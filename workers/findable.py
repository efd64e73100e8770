"""The stage that makes a package findable: its words are read from its objects and written down. Nothing waits for it.

A package that is in the archive without its words (from before there was a search, or restored) is asked for by the
calendar.
"""

from typing import Any

from django.db import transaction

import archive
from archive.lookup import NotIndexedError, Words, read_words, record_words
from ingest import resemblance
from workers import zones
from workers.jobs import enqueue
from workers.models import Job
from workers.stage import Arguments, NotExpectedError, NotYetError

IN_ARCHIVE = (archive.Package.State.STORED, archive.Package.State.LOGGED)
ASKED_AT_ONCE = 500
"""Of packages without words; the rest at the next look of the calendar."""


def request_words(package: archive.Package, manifest_sha256: str) -> None:
    """Have a package found by a manifest of its own; call it in the transaction that stores it."""
    enqueue("index", case=package.case_number, package=package.number, manifest=manifest_sha256)


def request_missing_words() -> int:
    """Ask for the words of packages that have none; returns how many."""
    missing = archive.Package.objects.filter(entry=None, state__in=IN_ARCHIVE).order_by("pk")[:ASKED_AT_ONCE]
    for package in missing:
        request_words(package, package.manifest_sha256)
        for follow_up in package.follow_ups.order_by("order"):
            request_words(package, follow_up.manifest_sha256)
    return len(missing)


def read(arguments: Arguments) -> Words:
    """The words of a manifest, out of the archive store alone."""
    vault = zones.zone("archive")

    def content(sha256: str) -> bytes:
        return vault.read(archive.object_key(sha256))

    package = _package(arguments)
    if arguments["manifest"] != package.manifest_sha256:
        _have_its_own_words_first(package)
    return read_words(archive.parse_manifest(content(arguments["manifest"])), content)


def _have_its_own_words_first(package: archive.Package) -> None:
    """Ask for the words of the package's own manifest where it has none: one stored before there were any, say.

    Raises:
        NotYetError: they are on their way. NotExpectedError: they could not be read; nothing follows them.
    """
    if not archive.Package.objects.filter(pk=package.pk, entry=None).exists():
        return
    with transaction.atomic():
        request_words(package, package.manifest_sha256)
    own = Job.objects.get(kind="index", arguments__manifest=package.manifest_sha256)
    if own.state in {Job.State.QUARANTINED, Job.State.REFUSED}:
        raise NotExpectedError("the package's own words could not be read")
    raise NotYetError("档案本身的文字尚未编入检索")


def record(arguments: Arguments, words: Words) -> None:
    """From here on the package is found, and what comes again is held against its materials."""
    try:
        package = _package(arguments)
        record_words(package, words)
    except NotIndexedError as reason:
        raise NotYetError(str(reason)) from reason
    resemblance.enter_package(package)


def give_up(arguments: Arguments, error: dict[str, Any]) -> None:
    """The package is then not found by its words, which the archivist's board shows with its reason."""


def _package(arguments: Arguments) -> archive.Package:
    package = archive.Package.objects.filter(number=arguments["package"], state__in=IN_ARCHIVE).first()
    if package is None:
        raise NotExpectedError("the package is not in the archive")
    return package
