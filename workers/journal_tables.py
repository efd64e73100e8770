"""Which tables the journal keeps: what no object of the archive tells, in the order in which rows refer to each other.

Certificates and seals are kept from their first day, since they are verified long before their case is archived; what
windows work on is kept when the case is archived, and not before. Drawings that passed their review are kept from then
on, with the bare case that handed them in: which version counts must not be lost with a case that is still open.
"""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db.models import Model, Q

from archive.rebuilding import Watched, watch

UNUSABLE = "!"
"""What Django's own hashers never make: nobody signs in with it."""


def keep_tables() -> None:
    """Tell the journal of every table; call it once, when the program starts."""
    for watched in (*_PEOPLE, *_SEALS, *_CASES, *_HOLDINGS, *_EXCHANGE):
        watch(watched)


def _is_archived(case: Any) -> bool:
    return bool(case.state == "archived")


def _of_archived(row: Any) -> bool:
    return _is_archived(row.case)


_KEPT = Q(state="archived") | Q(drawing_versions__reviewed_at__isnull=False)
"""Cases of which a row is kept."""
_KEPT_VERSION = Q(case__state="archived") | Q(reviewed_at__isnull=False)


def _is_kept(case: Any) -> bool:
    return _is_archived(case) or bool(case.drawing_versions.exclude(reviewed_at=None).exists())


def _has_kept(row: Any) -> bool:
    return bool(row.cases.filter(_KEPT).exists())


def _is_whole(use: Any) -> bool:
    """A use of what lies in a case beside is kept when that one is archived too: it refers to its rows."""
    return _of_archived(use) and (use.material is None or _is_archived(use.material.upload.case))


def _is_whole_repeat(row: Any) -> bool:
    """What was said of two documents is kept when both are: the other lies in the archive, or in an archived case."""
    other = row.earlier.upload if row.earlier else row.twin
    return _of_archived(row) and (other is None or _is_archived(other.case))


def _was_sent(row: Any) -> bool:
    """A row of a case that is not archived is not kept: after a rebuild nobody could say that the case is gone."""
    if not row.sent:
        return False
    cases = apps.get_model("ingest.case").objects
    return not row.case_number or bool(cases.filter(number=row.case_number, state="archived").exists())


def _rows_of_case(case: Any) -> Iterator[Model]:
    """Everything that is kept of a case, and of those beside it that are archived what only both together tell."""
    yield case.project
    yield from apps.get_model("ingest.party").objects.filter(project=case.project)
    yield from (row for row in (case.works, case.parallel) if row)
    yield from (one for one in case.beside if _is_kept(one))
    yield from _drawings_of(case)
    if not _is_archived(case):
        return
    for label, path in _BY_CASE.items():
        yield from apps.get_model(label).objects.filter(**{path: case})
    there = case.beside.filter(state="archived").values("pk")
    whole = Q(material=None) | Q(material__upload__case__in=there)
    yield from apps.get_model("ingest.materialuse").objects.filter(whole, case__in=there)
    here = Q(case=case) | Q(earlier__upload__case=case) | Q(twin__case=case)
    yield from filter(_is_whole_repeat, apps.get_model("workers.repeat").objects.filter(here))


def _drawings_of(case: Any) -> Iterator[Model]:
    """The versions of drawings that a case handed in, their sheets, and which cases were decided on them."""
    for version in filter(_is_kept_version, case.drawing_versions.order_by("pk")):
        yield version.set
        yield version
        yield from version.sheets.all()
        for sheet in version.sheets.all():
            yield from sheet.corrections.all()
        yield from version.set.same_sheets.all()
    both = Q(version__case=case) | Q(case=case)
    for label in ("drawings.submission", "drawings.versionuse"):
        yield from filter(_joins_kept, apps.get_model(label).objects.filter(both))


def _is_kept_version(version: Any) -> bool:
    return version.reviewed_at is not None or _is_archived(version.case)


def _of_kept_version(row: Any) -> bool:
    return _is_kept_version(row.version)


def _has_kept_version(row: Any) -> bool:
    return bool(row.versions.filter(_KEPT_VERSION).exists())


def _joins_kept(row: Any) -> bool:
    """A row between a case and a version is kept when both are."""
    return _is_kept(row.case) and _is_kept_version(row.version)


def _case_of_reviewed(version: Any) -> Iterator[Model]:
    """What a version that was reviewed before its case was archived refers to."""
    if not _is_archived(version.case):
        yield version.case
        yield from _rows_of_case(version.case)


_BY_CASE = {
    "ingest.upload": "case",
    "ingest.material": "upload__case",
    "ingest.promise": "case",
    "ingest.creditrecord": "promise__case",
    "ingest.pause": "case",
    "ingest.notice": "case",
    "workers.ruledecision": "case",
    "workers.aftercheck": "decision__case",
}
"""Tables with rows of a case, and how a row leads to it."""


_READ = ("number", "fields")
"""What was read from papers goes with them when they are destroyed, so it is not kept here; a rebuild takes what is on
offer from the package's own list."""
_COMPARED = ("why", "likeness")
"""The words of both documents: they too go with the papers."""
NOT_KEPT_WHY = "比对内容不随档案保留，结论照旧"
_PEOPLE = (
    Watched("auth.group"),
    Watched(
        "auth.user",
        without=("password", "last_login", "is_superuser", "is_staff", "is_active", "email"),
        restored={"password": UNUSABLE, "is_active": False},
    ),
    Watched("sharing.department"),
    Watched("sharing.member"),
)
_SEALS = (
    Watched("signing.seal", without=("key_place",)),
    Watched("signing.sealchange"),
    Watched("signing.sealgrant"),
    Watched("signing.certificate", also=lambda row: row.further_seals.all()),
    Watched("signing.certificateact"),
    Watched("signing.furtherseal"),
    Watched("signing.sealrelease"),
    Watched("signing.sealuse"),
    Watched("signing.preservedfile"),
    Watched("signing.numbercounter"),
)
_CASES = (
    Watched("ingest.project", when=_has_kept),
    Watched("ingest.party", when=lambda row: _has_kept(row.project)),
    Watched("ingest.works", when=_has_kept),
    Watched("ingest.parallelcase", when=_has_kept),
    Watched("ingest.case", when=_is_kept, also=_rows_of_case),
    Watched("ingest.upload", when=_of_archived),
    Watched("ingest.material", without=_READ, when=lambda row: _is_archived(row.upload.case)),
    Watched("ingest.materialuse", when=_is_whole),
    Watched("ingest.promise", when=_of_archived),
    Watched("ingest.creditrecord", when=lambda row: _is_archived(row.promise.case)),
    Watched("ingest.pause", when=_of_archived),
    Watched("ingest.notice", when=_of_archived),
    Watched("drawings.drawingset", when=_has_kept_version),
    Watched("drawings.setversion", when=_is_kept_version, also=_case_of_reviewed),
    Watched("drawings.sheet", when=_of_kept_version),
    Watched("drawings.sheetcorrection", when=lambda row: _of_kept_version(row.sheet)),
    Watched("drawings.samesheet", when=lambda row: _has_kept_version(row.set)),
    Watched("drawings.submission", when=_joins_kept),
    Watched("drawings.versionuse", when=_joins_kept),
    Watched("workers.rulerelease"),
    Watched("workers.ruledecision", when=_of_archived),
    Watched("workers.aftercheck", when=lambda row: _is_archived(row.decision.case)),
)
_HOLDINGS = (
    Watched(
        "archive.package",
        without=("state",),
        restored={"state": "logged"},
        when=lambda row: row.stored_at is not None,
        also=lambda row: apps.get_model("retention.keptperiod").objects.filter(package=row),
    ),
    Watched("archive.followup"),
    Watched("archive.heldmaterial", without=_READ),
    Watched("workers.repeat", without=_COMPARED, restored={"why": NOT_KEPT_WHY}, when=_is_whole_repeat),
    Watched("holdings.area"),
    Watched("holdings.areaproject"),
    Watched("holdings.consent"),
    Watched("archive.access"),
    Watched(
        "lookup.retrieval",
        without=("state", "fault", "keep_until", "fetched"),
        restored={"state": "cleaned"},  # what was made for a day lies in no archive
    ),
    Watched("transfer.partner"),
    Watched("transfer.handover"),
    Watched("transfer.handoveritem"),
    Watched("transfer.accession"),
    Watched("transfer.accessionitem"),
    Watched("archive.headattestation"),
    Watched("lookup.retrieval"),
    Watched("retention.keptperiod", when=lambda row: row.package.stored_at is not None),
    Watched("retention.periodchange"),
    Watched("retention.hold"),
    Watched("retention.disposallist"),
    Watched("retention.disposalline"),
    Watched("retention.disposalobject"),
    Watched("inspection.inspectionrecord", when=lambda row: row.made_at is not None),
    Watched("inspection.manualfinding"),
    Watched("sharing.rulechange"),
    Watched("sharing.sharerequest"),
    Watched("sharing.subscription"),
    Watched("sharing.changenotice"),
)
_EXCHANGE = (
    Watched("exchange.exchangefact"),
    Watched("exchange.exchangebatch"),
    Watched("exchange.exchangerow", when=_was_sent),
)
"""What was told to the province stays told: its serials and answers come back, those of an archived case."""
