"""What is held, on the case page, the parallel page, the command line and the JSON interface."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client

from archive import HeldMaterial
from archive.holdings import Consent, change_standing, supersede
from ingest import Case
from portal.cli.casework import case as case_command
from portal.roles import Role
from tests.portal import factories
from tests.workers.casework import reported
from tests.workers.held_samples import held, open_case
from workers import reuse

pytestmark = pytest.mark.django_db
OTHER = "91990101MA00000001"


@pytest.fixture
def clerk(as_role: Callable[..., Client]) -> Client:
    return as_role(Role.CLERK)


def text(response: Any) -> str:
    return str(response.content.decode())


def offered() -> tuple[Case, HeldMaterial, HeldMaterial]:
    """A case with two offers: one free, one that another company must agree to."""
    case = open_case()
    return case, held("OUT-YDGH", source="certificate", number="地字第1号"), held("M-SQWT", collected_from=OTHER)


def test_the_page_says_before_anything_is_asked_what_is_held_why_and_who_must_agree(clerk: Client) -> None:
    case, permit, letter = offered()
    shown = text(clerk.get(f"/case/{case.number}"))
    assert "全部采用" in shown
    assert "前一阶段核发：<strong>地字第1号</strong>" in shown
    assert f'hx-post="/case/{case.number}/held/{permit.pk}/reuse"' in shown
    assert f'hx-post="/case/{case.number}/held/{letter.pk}/consent"' in shown
    assert f"/held/{letter.pk}/reuse" not in shown
    assert permit.package.archive_number in shown


def test_all_is_taken_with_one_key_counted_and_undone(clerk: Client) -> None:
    case, permit, _ = offered()
    shown = text(clerk.post(f"/case/{case.number}/offers/accept"))
    assert "已采用 1 份已有材料" in shown
    assert "已免交" in shown
    assert f'title="SHA-256 {permit.sha256}"' in shown  # the chain back to the bytes
    assert 'data-key="accept-all"' not in shown
    clerk.post(f"/case/{case.number}/undo")
    assert not case.uses.filter(withdrawn_at=None).exists()


def test_consent_is_noted_at_the_counter_only_with_the_applicants_word_and_taken_back(clerk: Client) -> None:
    case, _, letter = offered()
    address = f"/case/{case.number}/held/{letter.pk}/consent"
    assert "申请人确认" in text(clerk.post(address, {"spoken_by": "王经理"}))
    assert not Consent.objects.exists()
    shown = text(clerk.post(address, {"spoken_by": "王经理", "confirmed": "1"}))
    assert f"/held/{letter.pk}/reuse" in shown
    given = Consent.objects.get()
    assert "当面同意：王经理" in shown
    shown = text(clerk.post(f"/case/{case.number}/consent/{given.number}/withdraw"))
    assert f"/held/{letter.pk}/" not in shown
    again = {"spoken_by": "王经理", "confirmed": "1"}
    shown = text(clerk.post(f"/case/{case.number}/consent/{given.number}/renew", again))
    assert f"/held/{letter.pk}/reuse" in shown


def test_a_signed_form_that_was_handed_in_is_proof(clerk: Client) -> None:
    case, _, letter = offered()
    form = factories.upload(case, "授权书.pdf")
    clerk.post(f"/case/{case.number}/held/{letter.pk}/consent", {"upload": form.number})
    assert form.number in Consent.objects.get().how


def test_a_page_that_waits_for_consent_is_not_shown_and_one_on_offer_is(clerk: Client) -> None:
    case, permit, letter = offered()
    pages = {}
    for one in (permit, letter):
        page = factories.page(factories.upload(factories.case(case.opened_by), sha256=one.sha256))
        pages[one.type] = page.pk
    shown = text(clerk.get(f"/case/{case.number}"))
    assert f'src="/case/{case.number}/page/{pages["OUT-YDGH"]}/thumb.jpg"' in shown
    assert clerk.get(f"/case/{case.number}/page/{pages['OUT-YDGH']}/thumb.jpg").status_code == 200
    assert clerk.get(f"/case/{case.number}/page/{pages['OUT-YDGH']}").status_code == 200
    assert clerk.get(f"/case/{case.number}/page/{pages['M-SQWT']}/thumb.jpg").status_code == 404
    assert clerk.get(f"/case/{case.number}/page/{pages['M-SQWT']}").status_code == 404


def test_what_lapsed_is_said_on_the_case_and_on_the_officers_list_and_replaced_with_one_key(
    as_role: Callable[..., Client],
) -> None:
    case, permit = open_case(), held("OUT-YDGH", source="certificate", name="建设用地规划许可证")
    use = reuse(case, permit, by=case.opened_by)
    reported(case, "complete")
    Case.objects.filter(pk=case.pk).update(state="accepted", accepted_at=factories.NOW)
    newer = held("OUT-YDGH", source="certificate")
    supersede(permit, newer, factories.NOW)
    officer = as_role(Role.OFFICER)
    assert "所用材料已失效" in text(officer.get("/officer"))
    shown = text(officer.get(f"/case/{case.number}"))
    assert 'data-lapsed="superseded"' in shown
    assert newer.package.archive_number in shown
    shown = text(officer.post(f"/case/{case.number}/use/{use.pk}/replace"))
    assert "已更换为现行有效的一份" in shown
    assert "data-lapsed" not in shown


def test_the_interface_offers_takes_and_says_what_does_not_hold(clerk: Client) -> None:
    case, permit, letter = offered()
    found = clerk.get(f"/api/cases/{case.number}/offers").json()
    assert {row["entry"]: bool(row["consent"]) for row in found["offers"]} == {"OUT-YDGH": False, "M-SQWT": True}
    assert found["would_save"]["materials"] == 1
    refused = clerk.post(
        f"/api/cases/{case.number}/offers", json.dumps({"held": [letter.pk]}), content_type="application/json"
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "no-consent")
    taken = clerk.post(f"/api/cases/{case.number}/offers", "{}", content_type="application/json").json()
    assert [(row["entry"], row["how"], row["sha256"]) for row in taken["uses"]] == [
        ("OUT-YDGH", "issued", permit.sha256)
    ]
    change_standing(permit.sha256, "revoked", factories.NOW)
    [lapsed] = clerk.get(f"/api/cases/{case.number}/uses").json()["lapsed"]
    assert lapsed["code"] == "revoked"
    refused = clerk.post(f"/api/cases/{case.number}/uses/{lapsed['use']}/replace")
    assert (refused.status_code, refused.json()["code"]) == (409, "no-successor")


def test_the_command_line_lists_and_takes() -> None:
    case, _, _ = offered()
    run = CliRunner().invoke
    listed = run(case_command, ["offers", case.number, "--json"], standalone_mode=False)
    assert len(json.loads(listed.output)["offers"]) == 2, listed.output
    taken = run(case_command, ["accept-offers", case.number, "--as", case.opened_by.username], standalone_mode=False)
    assert "OUT-YDGH：本市核发" in taken.output
    again = run(case_command, ["accept-offers", case.number, "--as", case.opened_by.username], standalone_mode=False)
    assert "nothing-offered" in again.output


def test_where_nothing_is_offered_the_list_says_what_ended_and_links_to_the_record_for_who_may_open_it(
    as_role: Callable[..., Client],
) -> None:
    case = open_case()
    gone = held("OUT-YDGH", source="certificate", name="建设用地规划许可证", number="地字第1号")
    change_standing(gone.sha256, "revoked", factories.NOW)
    said = f"建设用地规划许可证 地字第1号 已于 {factories.NOW:%Y-%m-%d} 撤销，须重新取得"
    for role, link in ((Role.ARCHIVIST, f"/packages/{gone.package.number}"), (Role.CLERK, "")):
        shown = text(as_role(role).get(f"/case/{case.number}"))
        assert said in shown
        assert ("看记录" in shown) == bool(link)
        assert link in shown
        assert f"/held/{gone.pk}/" not in shown
    own = as_role(Role.CLERK)
    Case.objects.filter(number=gone.package.case_number).update(opened_by=int(own.session["_auth_user_id"]))
    assert f'href="/case/{gone.package.case_number}"' in text(own.get(f"/case/{case.number}"))


def test_what_ended_and_is_not_open_to_the_reader_is_not_told_by_page_or_interface(
    as_role: Callable[..., Client],
) -> None:
    case = open_case()
    gone = held("M-SQWT", name="授权委托书", valid_until=factories.NOW.date())
    stranger = as_role(Role.CLERK)
    assert "届满" not in text(stranger.get(f"/case/{case.number}"))
    assert stranger.get(f"/api/cases/{case.number}/offers").json()["ended"] == []
    [row] = as_role(Role.ARCHIVIST).get(f"/api/cases/{case.number}/offers").json()["ended"]
    assert (row["entry"], row["code"], row["archive_number"]) == ("M-SQWT", "lapsed", gone.package.archive_number)
    listed = CliRunner().invoke(case_command, ["offers", case.number], standalone_mode=False)
    assert "届满，请提交现行有效的一份" in listed.output


def test_the_other_choices_are_opened_seen_and_taken_on_the_page_and_by_programs(clerk: Client) -> None:
    case = open_case()
    older, newer = (
        held("OUT-YDGH", source="certificate", number=f"地字第{n}号", dated=f"2026-0{n}-01") for n in (1, 2)
    )
    shown = text(clerk.get(f"/case/{case.number}"))
    first, _, rest = shown.partition('<details class="choices"')
    assert "地字第2号" in first
    assert "地字第1号" in rest
    assert f'hx-post="/case/{case.number}/held/{older.pk}/reuse"' in rest
    assert shown.count("data-accept ") == 1  # the key takes the best
    [row] = clerk.get(f"/api/cases/{case.number}/offers").json()["offers"]
    assert (row["held"], [(one["held"], one["dated"]) for one in row["others"]]) == (
        newer.pk, [(older.pk, "2026-01-01")],
    )  # fmt: skip
    clerk.post(f"/case/{case.number}/held/{older.pk}/reuse")
    assert [use.held for use in case.uses.filter(withdrawn_at=None)] == [older]
    clerk.post(f"/case/{case.number}/undo")
    account = case.opened_by.username
    taken = CliRunner().invoke(
        case_command, ["accept-offers", case.number, "--held", str(older.pk), "--as", account], standalone_mode=False
    )
    assert older.package.archive_number in taken.output
