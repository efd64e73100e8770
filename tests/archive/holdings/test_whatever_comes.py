"""Whatever is filed, replaced, revoked, agreed to or taken back: nothing invalid is ever offered."""

import dataclasses
import datetime as dt
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from archive import Access, HeldMaterial
from archive.holdings import (
    Area,
    Consent,
    Offer,
    change_standing,
    give_consent,
    offers_for,
    person_key,
    place_project,
    provenance_of_held,
    record_access,
    still_valid,
    subjects_of,
    withdraw_consent,
)
from tests.archive.holdings.world import (
    AREA,
    CARD,
    EVALUATION,
    FILING,
    LICENCE,
    OURS,
    PERMIT,
    PROJECT,
    THEIRS,
    TODAY,
    WORKS,
    Shelf,
    field,
    item_asking,
)

CARD_NUMBER = "11010519491231002X"
MINE = subjects_of(company=OURS, project=PROJECT, works=WORKS, persons=(CARD_NUMBER,))
ITEM = item_asking(LICENCE, PERMIT, FILING, CARD, EVALUATION, OUT_QYPG="区域环境影响、节能评估成果")
TOPICS = {"1": "环境影响评价", "2": "区域节能评估"}
ENDED = ("suspended", "revoked", "cancelled")
DAYS = st.sampled_from([-400, -30, 0, 1, 30, 400])


@dataclasses.dataclass
class Filed:
    """The plain account of a material, from which the answer is known without the rules of the room."""

    type: str
    number: str
    dated: dt.date
    until: dt.date | None
    issued: bool
    applicant: str
    ended: bool = False


class Holdings(RuleBasedStateMachine):
    """Beside the tables, what was filed and decided."""

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.shelf, self.today = Shelf(), TODAY
        self.filed: dict[str, Filed] = {}
        self.consents: list[Consent] = []
        self.inside: tuple[dt.date, dt.date | None] | None = None
        self.used: list[HeldMaterial] = []
        self.clerk = get_user_model().objects.create(username="clerk")

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    @property
    def now(self) -> dt.datetime:
        return dt.datetime.combine(self.today, dt.time(2), dt.UTC)

    @rule(kind=st.sampled_from([LICENCE, PERMIT, PERMIT, FILING, FILING, CARD, EVALUATION]),
          number=st.sampled_from(["", "1", "2"]), dated=DAYS, until=st.one_of(st.none(), DAYS), issued=st.booleans(),
          applicant=st.sampled_from([OURS, OURS, THEIRS]))  # fmt: skip
    def file(self, kind: str, number: str, dated: int, until: int | None, issued: bool, applicant: str) -> None:  # noqa: FBT001, PLR0913, PLR0917 - drawn
        evaluated = {"评估事项": field(TOPICS[number])} if number else {}
        fields = {
            CARD: {"公民身份号码": field(CARD_NUMBER)},
            EVALUATION: {"区域评估单元编码": field(AREA), **evaluated},
        }
        end = self.today + dt.timedelta(days=until) if until is not None else None
        made = Filed(kind, number, self.today + dt.timedelta(days=dated), end, issued and kind == PERMIT, applicant)
        facts = {"dated": str(made.dated), "valid_until": str(end) if end else None, "fields": fields.get(kind, {})}
        subject = {"subject": applicant} if kind == LICENCE else {}
        numbered = {} if kind == EVALUATION else {"number": number}  # every result of the area bears the area's
        row = self.shelf.row(kind, **numbered, **facts, **subject)
        self.filed[row["sha256"]] = made
        self.shelf.file(row, group="结果文件" if made.issued else "申报文件", applicant=applicant, now=self.now)

    @precondition(lambda self: self.filed)
    @rule(data=st.data(), standing=st.sampled_from([*ENDED, "holds"]))
    def decide(self, data: Any, standing: str) -> None:
        sha256 = data.draw(st.sampled_from(sorted(self.filed)))
        if HeldMaterial.objects.get(sha256=sha256).standing != "superseded":  # no register restores what it replaced
            change_standing(sha256, standing, self.now, self.filed[sha256].until)
            self.filed[sha256].ended = standing != "holds"

    @rule(days=st.sampled_from([1, 29, 400]))
    def time_passes(self, days: int) -> None:
        self.today += dt.timedelta(days=days)

    @rule(person=st.booleans(), until=st.one_of(st.none(), st.just(30)))
    def agree(self, person: bool, until: int | None) -> None:  # noqa: FBT001 - drawn
        whose = ("person", person_key(CARD_NUMBER)) if person else ("company", THEIRS)
        end = self.today + dt.timedelta(days=until) if until else None
        self.consents.append(give_consent(*whose, how="授权书", by=None, now=self.now, until=end))

    @precondition(lambda self: self.consents)
    @rule(data=st.data())
    def take_back(self, data: Any) -> None:
        history = Access.objects.count()
        withdraw_consent(data.draw(st.sampled_from(self.consents)), by=None, now=self.now)
        assert Access.objects.count() == history

    @precondition(lambda self: self.inside is None)
    @rule(days=st.sampled_from([None, 30]))
    def move_into_the_area(self, days: int | None) -> None:
        area, _ = Area.objects.get_or_create(code=AREA, defaults={"name": "高新区"})
        self.inside = self.today, self.today + dt.timedelta(days=days) if days else None
        place_project(area, PROJECT, *self.inside)

    @precondition(lambda self: self.filed)
    @rule()
    def use(self) -> None:
        offers = [one for one in offers_for(ITEM, MINE, self.today) if not one.consent]
        if not offers:
            return
        held = offers[0].held
        assert still_valid(held, self.today).holds
        record_access(held, by=self.clerk, case_number="C", purpose="办理", now=self.now)
        self.used.append(held)

    @invariant()
    def nothing_invalid_is_offered(self) -> None:
        for offer in offers_for(ITEM, MINE, self.today):
            for held in (offer.held, *(other.held for other in offer.others)):
                self._check(held, offer)

    def _check(self, held: HeldMaterial, offer: Offer) -> None:
        made = self.filed[held.sha256]
        assert not made.ended
        assert made.until is None or made.until > self.today
        if made.number:
            same = [one for one in self.filed.values() if (one.type, one.number) == (made.type, made.number)]
            assert not any(
                one.dated > made.dated and one.issued >= made.issued for one in same if self._alike(one, made)
            )
            assert made.issued or not any(one.issued for one in same)
        if made.type == EVALUATION:
            assert self.inside
            assert self.inside[0] <= self.today
            assert self.inside[1] is None or self.today <= self.inside[1]
        assert made.type not in {LICENCE, CARD} or made.applicant == OURS
        if held == offer.held and self._needs_consent(made):
            assert (offer.consent == "") == any(self._permits(one, made) for one in self.consents)

    def _alike(self, one: Filed, other: Filed) -> bool:
        return one.type != LICENCE or one.applicant == other.applicant

    def _needs_consent(self, made: Filed) -> bool:
        return made.type == CARD or (made.applicant == THEIRS and not made.issued and made.type != EVALUATION)

    def _permits(self, consent: Consent, made: Filed) -> bool:
        whose = "person" if made.type == CARD else "company"
        until = consent.until is None or self.today <= consent.until
        return consent.giver_kind == whose and consent.withdrawn_at is None and until

    @invariant()
    def every_use_leads_back_to_its_bytes_and_an_event(self) -> None:
        assert Access.objects.count() == len(self.used)
        for held in {one.pk: one for one in self.used}.values():
            chain = provenance_of_held(held, self.shelf.read)
            assert (chain.sha256, chain.leaf_index is None) == (held.sha256, False)


def run(examples: int, steps: int) -> None:
    quick = settings(
        max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=[*HealthCheck]
    )
    run_state_machine_as_test(Holdings, settings=quick)


@pytest.mark.django_db
def test_nothing_invalid_is_offered_whatever_comes():
    run(6, 12)


@pytest.mark.stack
@pytest.mark.django_db
def test_nothing_invalid_is_offered_in_long_histories_either():
    run(30, 30)
