"""The recogniser learns from what clerks named: taught anew at night, judged, and used only where it loses nothing.

Which model is in use is told by the log of events, the last `recogniser-switched` holds; every model stays in the
working store under its digest, so that any earlier one can be switched back to (ADR 14).
"""

import dataclasses

from django.db import transaction
from django.utils import timezone

import ingest
import ocr
from archive import Event, append_event
from workers import zones

SWITCHED = "recogniser-switched"
SHIPPED = "shipped"


@dataclasses.dataclass(frozen=True, slots=True)
class Taught:
    """What teaching came to: the model's digest, from how many confirmed documents, the figures, and is it in use."""

    digest: str
    confirmed: int
    judged: ocr.Judged
    used: bool


@dataclasses.dataclass(frozen=True, slots=True)
class Switch:
    """A model that was put to use: its digest (`shipped` for the program's own), when, and why."""

    digest: str
    at: str
    why: str


class UnknownModelError(ValueError):
    """No model of that digest was ever in use here."""


def teach() -> Taught:
    """Teach with every document that a clerk named, and put the model to use where it is no worse."""
    confirmed = list(ingest.corrected_examples())
    model, judged = ocr.judge(_load(digest_in_use()), confirmed)
    used = bool(confirmed) and judged.better and model.digest != digest_in_use()
    if used:
        _switch(model, f"{len(confirmed)} confirmed documents")
    return Taught(model.digest, len(confirmed), judged, used)


def switch_to(digest: str) -> None:
    """Use an earlier model again, or the one that came with the program.

    Raises:
        UnknownModelError: It is none of `switches`; the message says which there are.
    """
    known = {SHIPPED, *(switch.digest for switch in switches())}
    found = [one for one in known if one.startswith(digest)]
    if not digest or len(found) != 1:
        raise UnknownModelError(f"没有版本 {digest}；可用的有：{'、'.join(sorted(one[:12] for one in known))}")
    _switch(None if found[0] == SHIPPED else _load(found[0]), "by hand")


def switches() -> list[Switch]:
    """Every change of the model in use, the newest first."""
    rows = Event.objects.filter(kind=SWITCHED).order_by("-pk")
    return [Switch(row.details["model"], row.happened_at.isoformat(), row.details["why"]) for row in rows]


def digest_in_use() -> str:
    """The model that documents are sorted with now."""
    row = Event.objects.filter(kind=SWITCHED).order_by("-pk").first()
    return str(row.details["model"]) if row else SHIPPED


def use_current() -> None:
    """Have this process sort with the model in use; costs one look at the log where nothing changed."""
    digest = digest_in_use()
    now = ocr.model_in_use()
    if digest == SHIPPED:
        ocr.use_model(None)
    elif now.digest != digest:
        ocr.use_model(_load(digest))


def _switch(model: ocr.Model | None, why: str) -> None:
    details = {"model": model.digest if model else SHIPPED, "why": why}
    kept = zones.keep_derivative(model.to_json().encode(), "application/json").sha256 if model else ""
    with transaction.atomic():
        append_event(SWITCHED, object_sha256=kept, details=details, now=timezone.now())


def _load(digest: str) -> ocr.Model:
    if digest == SHIPPED:
        return ocr.shipped_model()
    return ocr.Model.from_json(zones.read_derivative(digest).decode())
