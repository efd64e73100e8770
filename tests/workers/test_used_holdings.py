"""What a case stands on must hold at acceptance, at decision and on the day of issue; what changes is told."""

import datetime as dt
from typing import Any

import pytest

import ingest
from archive import HeldMaterial
from archive.holdings import change_standing, supersede
from ingest import Case, MaterialUse, check_case
from tests.portal import factories
from tests.workers.casework import kinds, reported
from tests.workers.held_samples import held, open_case
from workers import (
    Job,
    NotPossibleError,
    accept,
    approve,
    decide,
    lapsed_uses,
    reuse,
    take_successor,
    undo,
)
from workers.dates import keep_dates
from workers.issuing import seal
from workers.stage import NotYetError
from workers.used_holdings import require_holding

pytestmark = pytest.mark.django_db


def using(state: str = "open", **changes: Any) -> tuple[Case, HeldMaterial, MaterialUse]:
    """A complete case in a state that uses an archived permit."""
    case, permit = open_case(), held("OUT-YDGH", source="certificate", name="建设用地规划许可证", **changes)
    use = reuse(case, permit, by=case.opened_by)
    reported(case, "complete")
    if state != "open":
        Case.objects.filter(pk=case.pk).update(state=state, accepted_at=factories.NOW)
        case.refresh_from_db()
    return case, permit, use


def revoke(permit: HeldMaterial) -> None:
    change_standing(permit.sha256, "revoked", factories.NOW)


def test_acceptance_writes_down_that_it_holds():
    case, _, use = using()
    accept(case, by=case.opened_by)
    use.refresh_from_db()
    assert {moment: found["holds"] for moment, found in use.checked.items()} == {
        "offer": True, "acceptance": True, "last": True,
    }  # fmt: skip


@pytest.mark.parametrize(("state", "act"), [("open", accept), ("accepted", decide)])
def test_nothing_is_accepted_or_decided_on_what_was_revoked_meanwhile(state: str, act: Any):
    case, permit, use = using(state)
    revoke(permit)
    with pytest.raises(NotPossibleError) as refused:
        act(case, by=case.opened_by)
    assert refused.value.code == "held-lapsed"
    for told in ("建设用地规划许可证", "撤销", "申请人重新提交"):
        assert told in str(refused.value)
    use.refresh_from_db()
    assert use.withdrawn_at is None


def test_nothing_is_approved_or_sealed_on_what_was_revoked_after_the_decision():
    case, permit, _ = using("decided")
    drawn = factories.certificate(case, state="rendered", sealed_sha256="")
    revoke(permit)
    with pytest.raises(NotPossibleError) as refused:
        approve(drawn, drawn.rendered_sha256, by=case.opened_by)
    assert refused.value.code == "held-lapsed"
    drawn.state = "approved"
    drawn.save()
    with pytest.raises(NotYetError, match="撤销"):
        seal({"certificate": drawn.pk})


def test_an_expired_one_is_told_with_its_day(monkeypatch: pytest.MonkeyPatch):
    case, _, _ = using(valid_until=factories.NOW.date() + dt.timedelta(days=400))
    later = factories.NOW.date() + dt.timedelta(days=500)
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: later)
    [lapsed] = lapsed_uses(case)
    assert lapsed.code == "lapsed"


def test_one_key_puts_the_successor_in_its_place_and_one_takes_it_back():
    case, permit, use = using()
    newer = held("OUT-YDGH", source="certificate", name="建设用地规划许可证", held_since=factories.NOW)
    supersede(permit, newer, factories.NOW)
    [lapsed] = lapsed_uses(case)
    assert (lapsed.code, lapsed.successor) == ("superseded", newer)
    made = take_successor(use, by=case.opened_by)
    assert made.held == newer
    assert lapsed_uses(case) == []
    accept_again = case.uses.get(withdrawn_at=None)
    assert accept_again == made
    undo(case, by=case.opened_by)
    assert case.uses.get(withdrawn_at=None) == use


def test_what_another_company_handed_in_takes_its_place_only_with_that_companys_consent():
    case, permit, use = using()
    theirs = held("OUT-YDGH", name="建设用地规划许可证", collected_from="91990101MA0CX00299", held_since=factories.NOW)
    supersede(permit, theirs, factories.NOW)
    [lapsed] = lapsed_uses(case)
    assert lapsed.successor is None
    assert theirs.package.archive_number not in lapsed.remedy
    with pytest.raises(NotPossibleError, match="重新提交"):
        take_successor(use, by=case.opened_by)


def test_the_successor_may_be_taken_until_the_result_is_issued_and_not_afterwards():
    case, permit, use = using("decided")
    supersede(permit, held("OUT-YDGH", source="certificate"), factories.NOW)
    Case.objects.filter(pk=case.pk).update(state="archived")
    with pytest.raises(NotPossibleError) as refused:
        take_successor(use, by=case.opened_by)
    assert refused.value.code == "not-under-way"
    Case.objects.filter(pk=case.pk).update(state="decided")
    assert take_successor(use, by=case.opened_by).held != permit


def test_what_holds_is_not_replaced_and_what_has_no_successor_must_come_anew():
    case, permit, use = using()
    with pytest.raises(NotPossibleError) as refused:
        take_successor(use, by=case.opened_by)
    assert refused.value.code == "still-holds"
    revoke(permit)
    with pytest.raises(NotPossibleError) as refused:
        take_successor(use, by=case.opened_by)
    assert refused.value.code == "no-successor"


def test_an_accepted_case_takes_files_again_for_what_lapsed_and_a_new_one_frees_it():
    case, permit, use = using("accepted")
    assert ingest.takers(case) == []
    revoke(permit)
    assert ingest.takers(case) == [case]
    new = factories.material(factories.upload(case, "新证.pdf"), "OUT-YDGH")
    MaterialUse.objects.create(case=case, entry="OUT-YDGH", how="uploaded", material=new, used_at=factories.NOW)
    assert lapsed_uses(case) == []
    require_holding(case, "decision")
    use.refresh_from_db()
    assert use.withdrawn_at is not None
    assert use.checked["decision"]["code"] == "revoked"


def test_the_schedule_tells_an_open_case_once_and_has_its_list_checked_again():
    case, permit, use = using()
    Job.objects.all().delete()
    revoke(permit)
    keep_dates()
    keep_dates()
    assert kinds(case).count("use-lapsed") == 1
    assert Job.objects.filter(kind="check", case_number=case.number).count() == 1
    row = next(one for one in check_case(case, today=factories.NOW.date()).requirements if one.material == "OUT-YDGH")
    assert (row.state, row.defects[0].code) == ("defective", "no-longer-in-force")
    change_standing(permit.sha256, "holds", factories.NOW)
    keep_dates()
    assert kinds(case)[-1] == "use-holds-again"
    use.refresh_from_db()
    assert use.checked["last"]["holds"]


@pytest.mark.parametrize("state", ["issued", "archived", "refused"])
def test_a_case_that_was_closed_keeps_its_history_untouched(state: str):
    case, permit, use = using(state)
    before = use.checked
    revoke(permit)
    keep_dates()
    use.refresh_from_db()
    assert (use.withdrawn_at, use.checked) == (None, before)
    assert "use-lapsed" not in kinds(case)
