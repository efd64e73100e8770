"""Deciding by rule on the screen and for programs: the pledge, the reason, the seconds, draws, releases, figures."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from archive.sharing import join_department
from catalogue import load_catalogue
from portal.roles import Role
from tests.portal import factories
from tests.workers import instant_steps as steps
from workers import AfterCheck, RuleRelease, prepare

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _all_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every case is drawn."""
    book = load_catalogue()
    item = book.item("S1-01")
    limits = item.limits.model_copy(update={"check_percent": 100})
    monkeypatch.setitem(book._versions, "S1-01", [item.model_copy(update={"limits": limits})])


def text(response: Any) -> str:
    return str(response.content.decode())


@pytest.mark.stack
def test_the_clerk_notes_the_pledge_accepts_and_sees_the_seconds_and_the_code(as_role: Callable[..., Client]):
    steps.released()
    case, clerk = steps.ready(pledge=False), as_role(Role.CLERK)
    address = f"/case/{case.number}"
    assert "登记信用承诺" in text(clerk.get(address))
    assert "已登记信用承诺" in text(clerk.post(f"{address}/pledge"))
    steps.drain()
    assert "登记信用承诺" not in text(clerk.get(address))
    assert "正在按规则核对" in text(clerk.post(f"{address}/accept"))
    assert "秒批秒办" in text(clerk.get(address))
    steps.drain()
    shown = text(clerk.get(address))
    assert re.search(r"办结 \d+\.\d 秒", shown)
    assert "data:image/png;base64," in shown
    assert 'data-met="1"' in shown
    assert "事后核查" in shown


def test_a_case_that_is_not_decided_by_rule_shows_every_reason(as_role: Callable[..., Client]):
    steps.released()
    case = steps.accepted(pledge=False, form={"总投资": "5200万元"})
    shown = text(as_role(Role.CLERK).get(f"/case/{case.number}"))
    assert "转一般程序" in shown
    assert "申请人未作出信用承诺" in shown
    assert "“建设地点”没有内容" in shown
    assert "data:image/png;base64," not in shown


def test_an_item_that_is_never_instant_says_nothing_of_it(as_role: Callable[..., Client]):
    checked = factories.checked_case(factories.user(Role.CLERK))
    assert 'id="instant"' not in text(as_role(Role.CLERK).get(f"/case/{checked.case.number}"))


@pytest.mark.stack  # long
def test_the_list_of_draws_takes_a_finding_from_somebody_else_with_its_grounds(as_role: Callable[..., Client]):
    release = steps.released()
    case = steps.accepted()
    row = AfterCheck.objects.get()
    join_department(release.proposed_by, "行政审批局")  # what is closed is its department's to see
    own = Client()
    own.force_login(release.proposed_by)
    said = {"finding": "revoked", "words": "与申报不符", "evidence": "核查记录〔2026〕3号"}
    assert "须由收件、发布规则以外的人员进行" in text(own.post(f"/after-checks/{row.pk}", said))
    supervisor = as_role(Role.SUPERVISOR)
    assert case.number in text(supervisor.get("/after-checks"))
    assert "请写明核查情况和依据" in text(supervisor.post(f"/after-checks/{row.pk}", said | {"evidence": ""}))
    assert "证照已撤销" in text(supervisor.post(f"/after-checks/{row.pk}", said))
    assert steps.certificate_of(case).state == "revoked"
    assert "与申报不符" in text(supervisor.get("/after-checks"))
    assert as_role(Role.CLERK).get("/after-checks").status_code == 403


@pytest.mark.stack  # long
def test_a_check_past_its_day_is_late_on_the_list_and_the_board(as_role: Callable[..., Client]):
    steps.released()
    steps.accepted()
    AfterCheck.objects.update(due_on=dt.date(2026, 1, 5))
    supervisor = as_role(Role.SUPERVISOR)
    assert "已逾期" in text(supervisor.get("/after-checks"))
    board = text(supervisor.get("/board"))
    assert "秒批率 1/1" in " ".join(board.split())
    assert 'href="/after-checks"' in board


def test_two_officers_let_the_rules_out_on_the_page_and_one_takes_them_back(as_role: Callable[..., Client]):
    prepare()
    first, second = as_role(Role.OFFICER), as_role(Role.OFFICER)
    assert "请写明发布依据" in text(first.post("/rules/propose", {"item": steps.ITEM, "basis": " "}))
    shown = text(first.post("/rules/propose", {"item": steps.ITEM, "basis": "江审批〔2026〕5号"}))
    assert "由另一名经办人复核后生效" in shown
    assert "复核确认" not in shown
    release = RuleRelease.objects.get()
    assert "须由提出人以外" in text(first.post(f"/rules/{release.pk}/confirm"))
    assert "复核确认" in text(second.get("/after-checks"))
    assert "规则发布生效" in text(second.post(f"/rules/{release.pk}/confirm"))
    assert "请写明撤回的原因" in text(second.post(f"/rules/{release.pk}/withdraw", {"why": ""}))
    assert "已撤回" in text(second.post(f"/rules/{release.pk}/withdraw", {"why": "规则有误"}))
    assert as_role(Role.SUPERVISOR).post(f"/rules/{release.pk}/withdraw").status_code == 403


@pytest.mark.stack  # long
def test_a_program_pledges_accepts_and_asks_what_became_of_it(as_role: Callable[..., Client]):
    steps.released()
    case, clerk = steps.ready(pledge=False), as_role(Role.CLERK)
    address = f"/api/cases/{case.number}"
    assert clerk.get(f"{address}/instant").status_code == 404
    assert clerk.post(f"{address}/pledge").status_code == 200
    steps.drain()
    assert clerk.post(f"{address}/accept").json()["state"] == "accepted"
    assert clerk.post(f"{address}/accept").json()["code"] == "not-open"
    steps.drain()
    told = clerk.get(f"{address}/instant").json()
    assert (told["met"], told["state"]) == (True, "valid")
    assert told["verify"].endswith(steps.certificate_of(case).verify_token)
    assert as_role(Role.OFFICER, department="发展改革局").post(f"{address}/accept").status_code == 403
