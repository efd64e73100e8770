"""What a case uses of the archive must still hold: at acceptance, at decision, on the day of issue; and in between.

A permit may be revoked, a licence lapse, a review be made anew while a case is under way. Nothing is accepted, decided
or issued on what does not hold then; the case says what, why and what to do. What was decided keeps its history.
"""

import dataclasses
from collections.abc import Iterable
from typing import Any, Literal

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from archive import HeldMaterial
from archive.holdings import Offer, still_valid
from ingest import Case, MaterialUse
from workers.groundwork import NotPossibleError, lock_beside, request_checks, tell
from workers.offering import checked_now, every_offer, use_held
from workers.stage import NotYetError
from workers.steps import remember

Moment = Literal["acceptance", "decision", "use"]
SAID: dict[Moment, str] = {"acceptance": "受理", "decision": "作出决定", "use": "制证"}
UNDER_WAY = (Case.State.OPEN, Case.State.ACCEPTED, Case.State.DECIDED)
"""Until its result is issued a case may take a successor; afterwards what it stood on is history."""
LAST = "last"
"""The newest check of a use, whatever it was for."""


@dataclasses.dataclass(frozen=True, slots=True)
class Lapsed:
    """A use that no longer holds: why (`code`, `message`), and the held material that may take its place."""

    use: MaterialUse
    code: str
    message: str
    successor: HeldMaterial | None

    @property
    def name(self) -> str:
        """What the material is called."""
        return self.use.held.name if self.use.held else self.use.entry

    @property
    def remedy(self) -> str:
        """What to do, in words."""
        if self.successor:
            return f"请改用现行有效的一份（档号 {self.successor.package.archive_number}）"
        return "请申请人重新提交有效的材料；提交后自动替换失效的一份"


def lapsed_uses(case: Case) -> list[Lapsed]:
    """What the case uses of the archive and does not hold today, where nothing else that holds stands beside it."""
    judged = [
        (use, still_valid(use.held, timezone.localdate()) if use.held else None)
        for use in case.uses.filter(withdrawn_at=None).select_related("held__package")
    ]
    standing = {use.entry for use, found in judged if found is None or found.holds}
    ended = [(use, found) for use, found in judged if found and use.entry not in standing]
    offers = every_offer(case) if ended else ()
    return [Lapsed(use, found.code, found.message, _successor(use.held, offers)) for use, found in ended if use.held]


def _successor(held: HeldMaterial, offers: Iterable[Offer]) -> HeldMaterial | None:
    """Of what the case is offered for the same entry and nobody need agree to: what took its place, else the best.

    What took its place may be another applicant's, whose consent a case has to ask like that of any owner.
    """
    fitting = [choice for offer in offers if offer.entry == held.type for choice in (offer, *offer.others)]
    free = {choice.held.pk: choice.held for choice in fitting if not choice.consent and choice.held.pk != held.pk}
    seen, after = {held.pk}, held.superseded_by
    while after is not None and after.pk not in seen:
        if after.pk in free:
            return free[after.pk]
        seen.add(after.pk)
        after = after.superseded_by
    return next(iter(free.values()), None)


def require_holding(case: Case, moment: Moment) -> None:
    """Write down what is found of every use; call it in the transaction of the act.

    Raises:
        NotPossibleError: `held-lapsed`, with material, reason and remedy.
    """
    if lapsed := lapsed_uses(case):
        raise NotPossibleError("held-lapsed", _sentence(lapsed, moment))
    note_checks(case, moment)


def require_for_seal(case: Case) -> None:
    """The same on the day of use, for the stage that seals: it waits until the material is replaced.

    Raises:
        NotYetError: with material, reason and remedy.
    """
    if lapsed := lapsed_uses(case):
        raise NotYetError(_sentence(lapsed, "use"))


def note_checks(case: Case, moment: Moment) -> None:
    """Keep with every use what was found of it now; before the issue, what something else has replaced goes."""
    for use in case.uses.filter(withdrawn_at=None, held__isnull=False).select_related("case", "held__package"):
        if use.held is None:
            continue
        found = checked_now(use.held)
        use.checked = {**use.checked, moment: found, LAST: found}
        use.save(update_fields=["checked"])
        if not found["holds"] and moment != "use":  # something that holds stands beside it
            _retire(use, None, replaced_by=None)


def _sentence(lapsed: list[Lapsed], moment: Moment) -> str:
    told = "；".join(f"“{one.name}”{one.message}，{one.remedy}" for one in lapsed)
    return f"不能{SAID[moment]}：{told}"


@transaction.atomic
def take_successor(use: MaterialUse, *, by: Any) -> MaterialUse:
    """Put what holds in the place of what does not; the old use stays in the history.

    Raises:
        NotPossibleError: `not-under-way`, `still-holds`, or `no-successor`.
    """
    lock_beside(use.case)
    case = Case.objects.select_related("project", "works").get(pk=use.case_id)
    if case.state not in UNDER_WAY or use.withdrawn_at:
        raise NotPossibleError("not-under-way", "该办件已办结，或该材料已不再使用，不能更换")
    found = next((one for one in lapsed_uses(case) if one.use.pk == use.pk), None)
    if found is None:
        raise NotPossibleError("still-holds", "该材料目前有效，无需更换")
    if found.successor is None:
        raise NotPossibleError("no-successor", f"没有可以替换“{found.name}”的有效材料，{found.remedy}")
    made = use_held(case, found.successor, by=by)
    _retire(found.use, by, replaced_by=made.pk)
    remember(case, "replaced", f"更换“{found.name}”为现行有效的一份", by=by, old=use.pk, made=made.pk)
    request_checks(case)
    return made


def _retire(use: MaterialUse, by: Any, *, replaced_by: int | None) -> None:
    use.withdrawn_at = timezone.now()
    use.save(update_fields=["withdrawn_at"])
    tell("use-replaced", use.case, by, entry=use.entry, use=use.pk, by_use=replaced_by)


def look_at(use_pk: int) -> None:
    """Tell a case under way that what it uses changed, once a change; run by the schedule."""
    with transaction.atomic():
        use = MaterialUse.objects.select_for_update(of=("self",)).select_related("case", "held").get(pk=use_pk)
        if use.withdrawn_at or use.held is None or use.case.state not in UNDER_WAY:
            return
        before, now = use.checked.get(LAST, {"code": ""}), checked_now(use.held)
        if (before.get("holds", True), before["code"]) == (now["holds"], now["code"]):
            return
        use.checked = {**use.checked, LAST: now}
        use.save(update_fields=["checked"])
        kind = "use-holds-again" if now["holds"] else "use-lapsed"
        tell(kind, use.case, None, object_sha256=use.held.sha256, entry=use.entry, use=use.pk, code=now["code"])
        request_checks(use.case)


def changed_uses() -> list[int]:
    """Uses of cases under way whose material no longer stands, or did not stand when last looked at."""
    return list(_changed_uses().values_list("pk", flat=True))


def _changed_uses() -> Any:
    today = timezone.localdate()
    ended = ~Q(held__standing="holds") | Q(held__valid_until__lt=today) | Q(held__package__state="destroyed")
    rows = MaterialUse.objects.filter(ended | Q(checked__last__holds=False))
    return rows.filter(withdrawn_at=None, held__isnull=False, case__state__in=UNDER_WAY).order_by("pk")


def cases_with_lapsed() -> set[int]:
    """Cases under way that stand on something that does not hold, for a list of many."""
    return set(_changed_uses().values_list("case", flat=True))
