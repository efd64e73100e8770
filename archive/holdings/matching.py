"""Before anything is asked: what is held, of whom, and holds, so that the case need not ask for it (只提交一次材料)."""

import dataclasses
import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db.models import Case, F, Q, TextField, Value, When, Window
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce, RowNumber

from archive.holdings.areas import areas_of
from archive.holdings.consent import answer_of, consents_of, giver_of
from archive.holdings.identity import AUTHORITATIVE, TOPIC_FIELD, Subjects, plain, topic_of
from archive.holdings.wording import consent_words, lapse_warning, why_it_fits
from archive.models import Access, HeldMaterial, Package
from catalogue import Item, Requirement, is_application, load_catalogue

if TYPE_CHECKING:
    from django.db.models import QuerySet

MOST_CHOICES = 5
"""Materials of one type, subject and origin that are looked at: a large company has thousands, and the newest count."""


@dataclasses.dataclass(frozen=True, slots=True)
class Offer:
    """A held material that fits an entry of the list on this day.

    `why` says in the counter's words why it fits, `fresh` how many days ago it was made, `days_left` how many it still
    holds (None: no end). `consent` says who must agree first, empty where nobody has to or it was given; `warning`
    that it ends before the case will be decided; `others` what else would do, each as an offer, the best first.
    """

    held: HeldMaterial
    entry: str
    why: str
    fresh: int
    days_left: int | None
    consent: str = ""
    warning: str = ""
    others: "tuple[Offer, ...]" = ()


def offers_for(
    item: Item, subjects: Subjects, on: dt.date, now: dt.datetime | None = None, *, due: dt.date | None = None
) -> list[Offer]:
    """For each entry of the item's list the best material that is the subjects', and holds on this day.

    Nothing is offered that ends on or before the day, has not begun, was replaced, suspended, revoked or cancelled, or
    whose owner took the consent back. `due` is the day on which the case is to be decided; `now` the present moment,
    for how fresh a material is.
    """
    whole = with_areas(subjects, on)
    rows = list(_held(whole, {entry.material for entry in item.materials}, on))
    consents = consents_of({giver for row in rows if all(giver := giver_of(row, whole))})
    answers = {row.pk: answer_of(row, whole, consents, on) for row in rows}
    today = now.date() if now else on

    def offer(row: HeldMaterial, entry: str) -> Offer:
        return Offer(
            row,
            entry,
            why_it_fits(row, whole),
            max(0, (today - (row.dated or row.held_since.date())).days),
            (row.valid_until - on).days if row.valid_until else None,
            consent_words(row, whole) if answers[row.pk] == "to-ask" else "",
            lapse_warning(row, due),
        )

    offers = []
    for entry in item.materials:
        fitting = [row for row in rows if asked_for(row, entry) and not former_name(row, whole)]
        fitting = [row for row in fitting if answers[row.pk] != "withdrawn" and _privy(row, whole)]
        fitting.sort(key=lambda row: (answers[row.pk] != "to-ask", *newness(row)), reverse=True)
        if fitting:
            best, *others = (offer(row, entry.material) for row in fitting)
            offers.append(dataclasses.replace(best, others=tuple(others)))
    return offers


def record_access(held: HeldMaterial, *, by: Any, case_number: str, purpose: str, now: dt.datetime) -> Access:
    """Every look and every reuse leaves a line: who, for which case, for what purpose."""
    return Access.objects.create(
        package=held.package, held=held, user=by, case_number=case_number, purpose=purpose, accessed_at=now
    )


def with_areas(subjects: Subjects, on: dt.date) -> Subjects:
    """The subjects with the areas that their project lies in on this day."""
    return dataclasses.replace(subjects, areas=(*subjects.areas, *areas_of(subjects.codes, on)))


def held_of(subjects: Subjects) -> Q:
    """What is the subjects', for a query over `HeldMaterial`; each kind of subject is one way into the same index."""
    whose = {
        "company": [subjects.company] if subjects.company else [],
        "project": list(subjects.codes),
        "works": [f"{code}/{subjects.works}" for code in subjects.codes] if subjects.works else [],
        "person": list(subjects.persons),
        "area": list(subjects.areas),
    }
    mine = Q()
    for kind, keys in whose.items():
        if keys:
            mine |= Q(subject_kind=kind, subject__in=keys)
    return mine


def newest_of_each(rows: "QuerySet[HeldMaterial]") -> "QuerySet[HeldMaterial]":
    """Of every kind of material only the newest, with their packages; nothing of a package that was destroyed."""
    kept = rows.exclude(package__state=Package.State.DESTROYED).annotate(turn=_turn())
    return kept.filter(turn__lte=MOST_CHOICES).select_related("package").defer("package__checks", "package__score")


def _held(subjects: Subjects, types: Iterable[str], on: dt.date) -> Iterable[HeldMaterial]:
    """What holds of these types and subjects."""
    if not (mine := held_of(subjects)):
        return ()
    begun = Q(valid_from=None) | Q(valid_from__lte=on)
    goes_on = Q(valid_until=None) | Q(valid_until__gt=on)
    rows = HeldMaterial.objects.filter(mine & begun & goes_on, type__in=sorted(types), standing="holds")
    return newest_of_each(rows)


def _turn() -> Window:
    """The how-manieth newest a material is of its kind; what different companies must agree to are different kinds.

    So are an area's results on different topics; of one topic every applicant may have left a copy.
    """
    said = Coalesce(KT(f"fields__{TOPIC_FIELD}__value"), "name", output_field=TextField())
    topic = Case(When(subject_kind="area", then=said), default=Value(""), output_field=TextField())
    giver = Case(When(source="applicant", then="collected_from"), default=Value(""))
    return Window(
        RowNumber(),
        partition_by=["type", "subject_kind", "subject", "source", giver, topic],
        order_by=[F("dated").desc(nulls_last=True), F("held_since").desc(), F("pk").desc()],
    )


def asked_for(row: HeldMaterial, entry: Requirement) -> bool:
    """Of the entry's type and holder, and on the topic that it asks for, where it is an area's result.

    An application form that is asked for is the wish of its own case, and no other case's. A person's paper is offered
    only where the list demands one: where a register answers, no copy is kept or passed on (个人信息保护法第六条).
    """
    if row.type != entry.material or (entry.holder and row.subject_kind != entry.holder):
        return False
    if row.subject_kind == "person" and not entry.demanded:
        return False
    if entry.demanded and is_application(load_catalogue().material_type(row.type)):
        return False
    return topic_of(row) in entry.name


def _privy(row: HeldMaterial, subjects: Subjects) -> bool:
    """A person's paper that another company handed in is not there for this one, not even to ask the person for."""
    return row.subject_kind != "person" or row.collected_from in {"", subjects.company}


def former_name(row: HeldMaterial, subjects: Subjects) -> str:
    """The earlier name that a paper of the company bears, where it is not the present one; else empty."""
    if row.subject_kind != "company" or row.subject != subjects.company or not subjects.company_name:
        return ""
    said = row.fields.get(load_catalogue().material_type(row.type).applicant_field)
    bears = str(said["value"]) if said else ""
    return "" if plain(bears) in {"", plain(subjects.company_name)} else bears


def newness(row: HeldMaterial) -> tuple[bool, dt.date, str, dt.datetime, int]:
    """The register's word before a copy, then the newest day, version and entry."""
    dated = row.dated or row.held_since.date()
    return row.source in AUTHORITATIVE, dated, row.version.zfill(8), row.held_since, row.pk
