"""What the case page shows of what is held: offers with the reason, and of what is used where it came from.

Reads only; what may be taken is decided by the use cases.
"""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.urls import reverse

from archive import Event, HeldMaterial, Package
from archive.holdings import Ended, Offer
from ingest import Case, MaterialUse, Page
from portal.consents_shown import consents_shown
from portal.roles import Role, roles_of
from portal.sight import cases_seen, held_seen, packages_seen
from workers import UNDER_WAY, Lapsed, OnHand, every_offer, lapsed_uses, saved_by, saving

MOMENTS = {"offer": "采用时", "acceptance": "受理时", "decision": "决定时", "use": "制证当日"}
WHERE: Mapping[str, str] = {
    "applicant": "档案中已有",
    "certificate": "前一阶段核发",
    "department": "部门推送",
    "area": "区域评估成果",
    "joint": "联合成果",
}
"""Where an offer comes from, in a word."""


@dataclasses.dataclass(frozen=True, slots=True)
class OfferShown:
    """An offer with the page to look at, where this installation still has its picture and it may be seen."""

    offer: Offer
    where: str
    page: int | None
    others: "tuple[OfferShown, ...]" = ()

    @property
    def personal(self) -> bool:
        """A person's paper: it is called by its name, since its number may be that person's."""
        return self.held.subject_kind == "person"

    @property
    def title(self) -> str:
        """What the offer is called: its number, else its name."""
        return self.held.name if self.personal else self.held.number or self.held.name

    @property
    def held(self) -> HeldMaterial:
        """The material."""
        return self.offer.held

    @property
    def pk(self) -> int:
        """Our number of the material."""
        return int(self.offer.held.pk)


@dataclasses.dataclass(frozen=True, slots=True)
class EndedShown:
    """Why nothing is offered for an entry, with the address of its record for who may open that."""

    ended: Ended
    link: str


@dataclasses.dataclass(frozen=True, slots=True)
class CheckShown:
    """When the validity of a use was looked at, and what was found."""

    when: str
    on: str
    holds: bool
    message: str


@dataclasses.dataclass(frozen=True, slots=True)
class UseShown:
    """A use with the chain back to its bytes: how it came, the package, the digest, the event that tells of it."""

    use: MaterialUse
    held: HeldMaterial
    how: str
    event: Event | None
    checks: Sequence[CheckShown]
    lapsed: Lapsed | None

    @property
    def may_replace(self) -> bool:
        """Something that holds can be put in its place."""
        return self.lapsed is not None and self.lapsed.successor is not None


def offers_shown(offers: Sequence[Offer]) -> dict[str, OfferShown]:
    """By entry, what is offered."""
    choices = [choice for offer in offers for choice in (offer, *offer.others)]
    pages = first_pages(choice.held for choice in choices if not choice.consent)

    def shown(offer: Offer) -> OfferShown:
        others = tuple(shown(other) for other in offer.others)
        return OfferShown(offer, WHERE.get(offer.held.source, ""), pages.get(offer.held.pk), others)

    return {offer.entry: shown(offer) for offer in offers}


def ended_known(case: Case, ended: Sequence[Ended], user: Any) -> list[Ended]:
    """Of what was held for entries of the case and holds no more, that of which this user may know."""
    if not ended:
        return []
    wanted = HeldMaterial.objects.filter(pk__in=[one.held.pk for one in ended])
    known = set(wanted.filter(held_seen(user, case_number=case.number)).values_list("pk", flat=True))
    return [one for one in ended if one.held.pk in known]


def ended_shown(case: Case, ended: Sequence[Ended], user: Any) -> dict[str, EndedShown]:
    """By entry, why nothing is offered for it, as far as this user may know."""
    known = ended_known(case, ended, user)
    links = _records([one.held.package for one in known], user)
    return {one.entry: EndedShown(one, links.get(one.held.package_id, "")) for one in known}


def _records(packages: Sequence[Package], user: Any) -> dict[int, str]:
    """Where the record of each is opened: the package, or the case it came with; none for who may open neither."""
    if not packages:
        return {}
    cases = Case.objects.filter(cases_seen(user), number__in=[one.case_number for one in packages])
    open_cases = set(cases.values_list("number", flat=True))
    links = {
        one.pk: reverse("portal:case", args=[one.case_number]) for one in packages if one.case_number in open_cases
    }
    if roles_of(user) & {Role.ARCHIVIST, Role.OFFICER}:
        mine = Package.objects.filter(packages_seen(user), pk__in=[one.pk for one in packages])
        links |= {one.pk: reverse("portal:package", args=[one.number]) for one in mine}
    return links


def first_pages(helds: Iterable[HeldMaterial]) -> dict[int, int]:
    """For each material our page with the picture of its first one, if it is still here."""
    wanted = {held.pk: (held.sha256, held.pages[0] if held.pages else 1) for held in helds}
    rows = Page.objects.filter(upload__sha256__in={sha256 for sha256, _ in wanted.values()}).exclude(
        upload__state="confidential"
    )
    known = {(sha256, number): pk for pk, sha256, number in rows.values_list("pk", "upload__sha256", "number")}
    return {pk: known[place] for pk, place in wanted.items() if place in known}


def may_look_before_taking(case: Case, page: Page) -> bool:
    """The page is of something that is offered for the case and that nobody need agree to."""
    if case.state != Case.State.OPEN:
        return False
    choices = (choice for offer in every_offer(case) for choice in (offer, *offer.others))
    return any(
        choice.held.sha256 == page.upload.sha256 and is_of(page, choice.held.pages) and not choice.consent
        for choice in choices
    )


def is_of(page: Page, pages: Sequence[int]) -> bool:
    """Whether a page of a file is of the document on these pages; none named: of all of the file.

    A file may hold several documents, and who may see one of them is not thereby shown its neighbour.
    """
    return not pages or page.number in pages


def uses_shown(case: Case) -> dict[str, UseShown]:
    """By entry, what stands for it from what is held."""
    uses = case.uses.filter(withdrawn_at=None, held__isnull=False).select_related("held__package", "used_by")
    rows = list(uses)
    events = {
        event.details.get("use"): event
        for event in Event.objects.filter(case_number=case.number, kind="material-reused")
    }
    ended = {one.use.pk: one for one in lapsed_uses(case)} if rows and case.state in UNDER_WAY else {}
    return {
        use.entry: UseShown(
            use, use.held, use.get_how_display(), events.get(use.pk), _checks(use.checked), ended.get(use.pk)
        )
        for use in rows
        if use.held
    }


def _checks(checked: Mapping[str, Mapping[str, Any]]) -> list[CheckShown]:
    return [
        CheckShown(name, found["on"], found["holds"], found["message"])
        for moment, name in MOMENTS.items()
        if (found := checked.get(moment))
    ]


def held_context(case: Case, held: OnHand, user: Any) -> dict[str, Any]:
    """What the case page shows of all this besides its rows."""
    used = uses_shown(case)
    return {
        "uses": used,
        "ended": ended_shown(case, held.ended, user),
        "lapsed": [one for one in used.values() if one.lapsed],
        "free_offers": len(held.free),
        "would_save": saving(case, held.free),
        "saved": saved_by(case),
        "consents": consents_shown(case, user),
    }
