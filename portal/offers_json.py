"""What is offered and used, for programs: the same for the command line and the JSON interface; keys are stable."""

import dataclasses
from typing import Any

from archive.holdings import Ended, Offer
from ingest import Case
from portal.offers import ended_known
from workers import UNDER_WAY, Lapsed, lapsed_uses, on_hand, saved_by, saving


def offers_json(case: Case, user: Any = None) -> dict[str, Any]:
    """The offers of a case, why there is none for others, what taking them would save, and what was saved already.

    `user` is told of what ended only as far as is theirs to know; nobody named: the operator, who is told all.
    """
    held = on_hand(case)
    ended = ended_known(case, held.ended, user) if user else held.ended
    return {
        "offers": [_offer(offer) | {"others": [_offer(other) for other in offer.others]} for offer in held.offers],
        "ended": [_ended(one) for one in ended],
        "would_save": dataclasses.asdict(saving(case, held.free)),
        "saved": dataclasses.asdict(saved_by(case)),
    }


def uses_json(case: Case) -> dict[str, Any]:
    """What stands for entries of the case: how it came, and for held ones where from and what was found of them."""
    uses = case.uses.filter(withdrawn_at=None).select_related("held__package", "material__upload")
    return {
        "uses": [
            {
                "use": use.pk,
                "entry": use.entry,
                "how": use.how,
                "how_name": use.get_how_display(),
                "sha256": use.held.sha256 if use.held else use.material.upload.sha256 if use.material else "",
                "package": use.held.package.number if use.held else "",
                "archive_number": use.held.package.archive_number if use.held else "",
                "checked": use.checked,
                "used_at": use.used_at.isoformat(),
            }
            for use in uses
        ],
        "lapsed": [_lapsed(one) for one in lapsed_uses(case)] if case.state in UNDER_WAY else [],
    }


def _offer(offer: Offer) -> dict[str, Any]:
    """One choice; the number of a person's paper may be that person's and is left out."""
    return {
        "held": offer.held.pk,
        "entry": offer.entry,
        "name": offer.held.name,
        "number": "" if offer.held.subject_kind == "person" else offer.held.number,
        "dated": offer.held.dated.isoformat() if offer.held.dated else None,
        "source": offer.held.source,
        "why": offer.why,
        "fresh_days": offer.fresh,
        "days_left": offer.days_left,
        "consent": offer.consent,
        "warning": offer.warning,
        "archive_number": offer.held.package.archive_number,
        "sha256": offer.held.sha256,
    }


def _ended(one: Ended) -> dict[str, Any]:
    return {
        "entry": one.entry,
        "name": one.held.name,
        "number": one.held.number,
        "code": one.code,
        "message": one.message,
        "remedy": one.remedy,
        "archive_number": one.held.package.archive_number,
    }


def _lapsed(one: Lapsed) -> dict[str, Any]:
    return {
        "use": one.use.pk,
        "entry": one.use.entry,
        "name": one.name,
        "code": one.code,
        "message": one.message,
        "remedy": one.remedy,
        "successor": one.successor.pk if one.successor else None,
    }
