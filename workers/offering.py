"""What is held already and may stand for an entry of a case: offered before anything is asked (只提交一次材料)."""

import dataclasses
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

import ingest
from archive import HeldMaterial
from archive.holdings import Ended, Offer, Subjects, ended_for, offers_for, record_access, still_valid, subjects_of
from catalogue import applicable
from ingest import MaterialUse, item_of
from workers.groundwork import NotPossibleError, lock_beside, request_checks, require_state, tell
from workers.persons import persons_of
from workers.steps import remember

How = MaterialUse.How
HOW_BY_SOURCE: Mapping[str, How] = {
    "applicant": How.REUSED,
    "certificate": How.ISSUED,
    "department": How.DEPARTMENT,
    "area": How.AREA,
    "joint": How.JOINT,
}
"""Where a held material is from → how its use came."""
NOT_OFFERED = "该材料不属于本办件的主体，或已失效、已被采用，不能复用"


@dataclasses.dataclass(frozen=True, slots=True)
class Saved:
    """What the applicant is not asked for: materials, and their sheets (pages times the copies that the list asks)."""

    materials: int
    sheets: int


@dataclasses.dataclass(frozen=True, slots=True)
class OnHand:
    """What is held for an open case: what is offered for its entries, and for others why nothing is."""

    offers: Sequence[Offer] = ()
    ended: Sequence[Ended] = ()

    @property
    def free(self) -> list[HeldMaterial]:
        """What is offered and needs nobody's consent."""
        return [offer.held for offer in self.offers if not offer.consent]


def on_hand(case: ingest.Case) -> OnHand:
    """Both in one look-up, for an open case; of any other nothing is offered and nothing said."""
    if case.state != ingest.Case.State.OPEN:
        return OnHand()
    subjects = case_subjects(case)
    every, wanted = every_offer(case, subjects), _wanted(case)
    there = {offer.entry for offer in every} | _filled(case)
    ended = ended_for(item_of(case), subjects, timezone.localdate(), wanted - there)
    return OnHand(_unfilled(case, every), ended)


def offers_of(case: ingest.Case) -> list[Offer]:
    """What may stand for the entries of the case that are not filled from the archive yet, in the order of its list."""
    return _unfilled(case, every_offer(case))


def _unfilled(case: ingest.Case, offers: Iterable[Offer]) -> list[Offer]:
    open_entries = _wanted(case) - _filled(case, held__isnull=False)
    return [offer for offer in offers if offer.entry in open_entries]


def _wanted(case: ingest.Case) -> set[str]:
    return {entry.material for entry in applicable(item_of(case), case.answers)}


def _filled(case: ingest.Case, **which: object) -> set[str]:
    return set(case.uses.filter(withdrawn_at=None, **which).values_list("entry", flat=True))


def every_offer(case: ingest.Case, subjects: Subjects | None = None) -> list[Offer]:
    """What is held for any entry of the case's list and its subjects (looked up where not given), used or not."""
    subjects = subjects or case_subjects(case)
    due = case.due_on or ingest.promised_day(item_of(case), timezone.localdate())
    return offers_for(item_of(case), subjects, on=timezone.localdate(), now=timezone.now(), due=due)


def case_subjects(case: ingest.Case) -> Subjects:
    """Whose materials the case may be offered."""
    return subjects_of(
        company=case.applicant_uscc,
        project=case.project.code,
        works=case.works.name if case.works else "",
        persons=persons_of(case),
        former=tuple(case.project.former_codes),
        company_name=case.applicant_name,
    )


def held_for(case: ingest.Case) -> list[HeldMaterial]:
    """The materials on offer that nobody need consent to."""
    return [offer.held for offer in offers_of(case) if not offer.consent]


def reuse(case: ingest.Case, held: HeldMaterial, *, by: Any) -> MaterialUse:
    """Take one offered material for this case, and for those beside it that ask for it and may have it.

    Raises:
        NotPossibleError: `not-open`, `not-offered`, or `no-consent` with who must give it.
    """
    return reuse_named(case, held.pk, by=by)


@transaction.atomic
def reuse_named(case: ingest.Case, number: int, *, by: Any) -> MaterialUse:
    """The same by our number of the material: of one not on offer nothing is told, not even that it is there."""
    taken = _take([case], {number}, by)
    if made := next((use for use in taken if use.case_id == case.pk), None):
        return made
    raise NotPossibleError("not-offered", NOT_OFFERED)  # only a case beside it would have it: nothing is taken


def offered_to(case: ingest.Case, number: int) -> HeldMaterial:
    """The material of that number, where it may serve the case, used or not.

    Raises:
        NotPossibleError: `not-offered`, also where there is none.
    """
    served = (choice.held for offer in every_offer(case) for choice in (offer, *offer.others))
    if found := next((held for held in served if held.pk == number), None):
        return found
    raise NotPossibleError("not-offered", NOT_OFFERED)


def accept_offers(cases: Iterable[ingest.Case], *, by: Any, entries: Collection[str] = ()) -> list[MaterialUse]:
    """Take everything that is on offer for the cases and needs nobody's consent; one step back undoes all of it.

    `entries`: only these of their lists.

    Raises:
        NotPossibleError: `not-open`, or `nothing-offered`.
    """
    cases = list(cases)
    wanted = {held.pk for case in cases for held in held_for(case) if not entries or held.type in entries}
    if not wanted:
        raise NotPossibleError("nothing-offered", "目前没有可以直接采用的已有材料；需要授权的，请先登记授权")
    return _take(cases, wanted, by)


@transaction.atomic
def _take(cases: Iterable[ingest.Case], wanted: Collection[int], by: Any) -> list[MaterialUse]:
    """Let the wanted ones stand in the cases and those beside them; the first case keeps the step."""
    first, *_ = cases
    lock_beside(first)
    require_state(first, {"open"}, "not-open", "该办件已受理，不能再引用材料")
    offered = {case: offers_of(case) for case in _open_beside(first)}
    choices = [choice for offers in offered.values() for offer in offers for choice in (offer, *offer.others)]
    known = {choice.held.pk: choice for choice in choices}
    _check(wanted, known)
    uses = [
        use_held(case, taken.held, by=by)
        for case, offers in offered.items()
        for offer in offers
        if (taken := next((one for one in (offer, *offer.others) if one.held.pk in wanted), None))
    ]
    names = "、".join(f"“{known[pk].held.name}”" for pk in known if pk in wanted)
    remember(first, "reused", f"采用已有材料{names}"[:400], by=by, uses=[use.pk for use in uses])
    request_checks(first)
    return uses


def _open_beside(case: ingest.Case) -> list[ingest.Case]:
    return list(case.beside.filter(state=ingest.Case.State.OPEN).select_related("project", "works"))


def _check(wanted: Collection[int], known: Mapping[int, Offer]) -> None:
    if any(pk not in known for pk in wanted):
        raise NotPossibleError("not-offered", NOT_OFFERED)
    for pk in wanted:
        if known[pk].consent:
            raise NotPossibleError(
                "no-consent", f"采用“{known[pk].held.name}”须先取得授权：{known[pk].consent}；请先登记授权"
            )


def use_held(case: ingest.Case, held: HeldMaterial, *, by: Any, how: How | None = None) -> MaterialUse:
    """Let a held material stand for its entry of the case; the access is on record with its purpose."""
    now = timezone.now()
    use = MaterialUse.objects.create(
        case=case,
        entry=held.type,
        how=how or HOW_BY_SOURCE.get(held.source, How.REUSED),
        held=held,
        checked={"offer": checked_now(held)},
        used_at=now,
        used_by=by,
    )
    if by is not None:
        record_access(held, by=by, case_number=case.number, purpose=f"办理{item_of(case).name}", now=now)
    tell(
        "material-reused",
        case,
        by,
        object_sha256=held.sha256,
        entry=held.type,
        package=held.package.number,
        how=use.how,
        use=use.pk,
    )
    return use


def withdraw_use(use: MaterialUse, *, by: Any) -> None:
    """A held material no longer stands for its entry; the row stays."""
    use.withdrawn_at = timezone.now()
    use.save(update_fields=["withdrawn_at"])
    tell("reuse-withdrawn", use.case, by, entry=use.entry, use=use.pk)


def leave_to_others(case: ingest.Case, unfit: Mapping[MaterialUse, str], code: str) -> None:
    """Before the acceptance: uses that cannot carry it, each with why, go where something else stands for their entry.

    Raises:
        NotPossibleError: `code`, where nothing else stands, with each material and why.
    """
    if not unfit:
        return
    others = case.uses.filter(withdrawn_at=None).exclude(pk__in=[use.pk for use in unfit])
    standing = set(others.values_list("entry", flat=True))
    if lacking := [(use, why) for use, why in unfit.items() if use.entry not in standing]:
        told = "；".join(f"“{use.held.name if use.held else use.entry}”{why}" for use, why in lacking)
        raise NotPossibleError(code, f"不能受理：{told}")
    for use in unfit:
        withdraw_use(use, by=None)


def checked_now(held: HeldMaterial) -> dict[str, Any]:
    """What is found of a held material's validity today, as a use keeps it."""
    today = timezone.localdate()
    found = still_valid(held, today)
    return {"on": today.isoformat(), "holds": found.holds, "code": found.code, "message": found.message}


def saved_by(case: ingest.Case) -> Saved:
    """What the case has from what is held, and so was not asked for."""
    uses = case.uses.filter(withdrawn_at=None, held__isnull=False).select_related("held")
    return saving(case, [use.held for use in uses if use.held])


def saving(case: ingest.Case, held: Iterable[HeldMaterial]) -> Saved:
    """What these materials spare the applicant of the case."""
    copies = {entry.material: max(1, entry.copies) for entry in item_of(case).materials}
    sheets = [max(1, len(one.pages)) * copies.get(one.type, 1) for one in held]
    return Saved(len(sheets), sum(sheets))
