"""A package's life: all that happened to it, from its filing on, in the order of time."""

import dataclasses
import datetime as dt
from collections.abc import Iterator

from django.db.models import Min

from archive import Access, Event, KeptObject, Manifest, Package
from portal.event_names import EVENT_NAMES

SPOILT = ("object-damaged", "object-missing", "object-healed")
"""Events that are about an object, whichever packages name it."""
KINDS = (
    ("object-healed", "healed"),
    ("object-", "damage"),
    ("certificate-", "certificate"),
    ("version-", "certificate"),
    ("seal-", "certificate"),
    ("archive-stamp", "certificate"),
    ("follow-up", "supplement"),
    ("supplement", "supplement"),
    ("handover", "transfer"),
    ("accession", "transfer"),
    ("receipt-", "transfer"),
    ("hold-", "retention"),
    ("period-", "retention"),
    ("disposal", "retention"),
    ("package-destroyed", "retention"),
    ("inspection", "check"),
    ("replica", "replication"),
    ("package-", "filing"),
    ("case-archived", "filing"),
)
"""Beginning of an event's kind → what part of a life it is, the first that fits."""
NAMES = {
    "filing": "归档",
    "check": "检测",
    "damage": "损坏",
    "healed": "修复",
    "supplement": "补充",
    "certificate": "证照",
    "use": "利用",
    "replication": "复制",
    "transfer": "移交",
    "retention": "保管",
    "other": "其他",
}
NOT_TOLD = ("archive-used", "supplement-added")
"""Told by the row that they are about: the retrieval, the supplement once it is there."""


@dataclasses.dataclass(frozen=True, slots=True)
class Moment:
    """One line: when, which part of the life, what, by whom, more of it, and its place in the log.

    `behind`: seconds that it lies before the entry written earlier, where the clock was set back.
    """

    at: dt.datetime
    kind: str
    what: str
    who: str = ""
    more: str = ""
    leaf: int | None = None
    behind: int | None = None

    @property
    def kind_name(self) -> str:
        """The part of the life in a word."""
        return NAMES[self.kind]


def split_events(package: Package, manifest: Manifest | None) -> tuple[list[Event], list[Event]]:
    """The events of the case before it was packaged, and those of the package's life."""
    about = Event.objects.filter(case_number=package.case_number).select_related("actor").order_by("happened_at", "pk")
    begun = package.built_at
    course = [event for event in about if event.happened_at < begun and _kind(event.kind) not in {"filing", "damage"}]
    told = {event.pk for event in course}
    life = [event for event in about if event.pk not in told and event.kind not in NOT_TOLD]
    objects = {element.sha256 for element in manifest.elements} if manifest else set()
    objects.add(package.manifest_sha256)
    spoilt = Event.objects.filter(case_number="", kind__in=SPOILT, object_sha256__in=objects).select_related("actor")
    return course, [*life, *spoilt]


def life_of(package: Package, events: list[Event], manifest: Manifest | None) -> list[Moment]:
    """Everything that happened to a package, the newest first."""
    return sorted((*_told(events), *_used(package), *_read_again(manifest)), key=lambda one: one.at, reverse=True)


def _told(events: list[Event]) -> Iterator[Moment]:
    for event in events:
        who = event.actor.get_username() if event.actor else ""
        name = EVENT_NAMES.get(event.kind, event.kind)
        more = str(event.details.get("what") or event.details.get("archive_number") or "")
        yield Moment(event.happened_at, _kind(event.kind), name, who, more, event.leaf_index, event.behind)


def _used(package: Package) -> Iterator[Moment]:
    """Each look and each reuse, whether or not a file was handed out."""
    for access in Access.objects.filter(package=package).select_related("user", "held", "retrieval"):
        retrieval = getattr(access, "retrieval", None)
        name = retrieval.name if retrieval else access.held.name if access.held else ""
        what = f"{retrieval.get_form_display() if retrieval else '复用'} {name}"
        yield Moment(access.accessed_at, "use", what, access.user.get_username(), access.purpose)


def _read_again(manifest: Manifest | None) -> Iterator[Moment]:
    """When the last of its objects was read again: all of them are sound since then, or one is named."""
    if manifest is None:
        return
    objects = KeptObject.objects.filter(sha256__in=[one.sha256 for one in manifest.elements])
    checked = objects.filter(checked_at__isnull=False)
    oldest = checked.aggregate(oldest=Min("checked_at"))["oldest"]
    if oldest:
        faulty = objects.exclude(state=KeptObject.State.SOUND).count()
        said = f"{checked.count()}/{objects.count()} 个对象，{f'{faulty} 个损坏或缺失' if faulty else '均完好'}"
        yield Moment(oldest, "damage" if faulty else "check", "固化性核验", "", said)


def _kind(kind: str) -> str:
    return next((part for begins, part in KINDS if kind.startswith(begins)), "other")
