"""Time, gaps, promises and papers on the screen and from the command line."""

import csv
import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from django.test import Client

from ingest import Case, CreditRecord, Notice, Pause, Promise
from portal.roles import Role
from tests.portal import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> Case:
    """Accepted, with a promise on it."""
    checked = factories.checked_case(factories.user(Role.CLERK), state="accepted", accepted_at=factories.NOW)
    checked.case.due_on, checked.case.due_why = dt.date(2026, 11, 25), ["3个工作日", "到2026年11月25日止"]
    checked.case.save()
    return checked.case


def left_open(case: Case, **changes: Any) -> Promise:
    facts = {"entry": "M-CNS", "entry_name": "资金承诺书", "kind": "promise", "text": "承诺", "promised_by": "李思雨"}
    facts |= {"due_on": dt.date(2026, 11, 20), "given_at": factories.NOW, "given_by": case.opened_by}
    return Promise.objects.create(case=case, **(facts | changes))


def text(response: Any) -> str:
    return str(response.content.decode())


def test_the_promised_day_is_explained_and_paused_and_resumed_by_the_officer(
    as_role: Callable[..., Client], case: Case
) -> None:
    officer, address = as_role(Role.OFFICER), f"/case/{case.number}"
    assert "3个工作日；到2026年11月25日止" in text(officer.get(address))
    assert "计时已暂停" not in text(officer.post(f"{address}/pause", {"kind": "special", "reason": "听证"}))
    assert not Pause.objects.exists()
    given = {"kind": "special", "reason": "专家评审", "evidence": "江审评〔2026〕7号"}
    shown = text(officer.post(f"{address}/pause", given))
    assert "计时已暂停" in shown
    assert "特别程序：专家评审（江审评〔2026〕7号）" in shown
    assert "计时已恢复" in text(officer.post(f"{address}/resume", {"evidence": "评审意见"}))
    assert Pause.objects.get().ended_at
    assert as_role(Role.CLERK).post(f"{address}/pause", given).status_code == 403


def test_a_promise_shows_whose_it_is_and_is_rechecked_by_the_officer(
    as_role: Callable[..., Client], case: Case
) -> None:
    given, officer = left_open(case), as_role(Role.OFFICER)
    address = f"/case/{case.number}/promise/{given.pk}/recheck"
    assert "李思雨" in text(officer.get(f"/case/{case.number}"))
    assert address not in text(officer.get(f"/case/{case.number}"))
    case.decided_at = factories.NOW
    case.save()
    assert address in text(officer.get(f"/case/{case.number}"))
    assert "请选择" in text(officer.post(address, {"evidence": "现场核查"}))
    assert "记入信用记录" in text(officer.post(address, {"found": "broken", "evidence": "现场核查"}))
    assert CreditRecord.objects.get().promise == given


def test_a_slip_is_taken_back_by_the_window(as_role: Callable[..., Client]) -> None:
    case = factories.checked_case(factories.user(Role.CLERK)).case
    given, clerk = left_open(case), as_role(Role.CLERK)
    assert "已撤销“资金承诺书”的登记" in text(clerk.post(f"/case/{case.number}/promise/{given.pk}/undo"))
    given.refresh_from_db()
    assert given.state == "void"


def test_receipt_and_refusal_are_asked_for_at_the_window(as_role: Callable[..., Client]) -> None:
    case, clerk = factories.checked_case(factories.user(Role.CLERK)).case, as_role(Role.CLERK)
    assert "正在生成收件回执" in text(clerk.post(f"/case/{case.number}/receipt"))
    assert "请写明" in text(clerk.post(f"/case/{case.number}/refuse", {"ground": "not-ours"}))
    given = {"ground": "not-ours", "reason": "请向市水利局申请"}
    assert "不予受理" in text(clerk.post(f"/case/{case.number}/refuse", given))
    case.refresh_from_db()
    assert case.state == "refused"
    assert list(Notice.objects.values_list("kind", flat=True)) == ["receipt", "refusal"]


def test_the_reason_of_a_gap_comes_with_the_click(as_role: Callable[..., Client]) -> None:
    case = factories.checked_case(factories.user(Role.CLERK)).case
    as_role(Role.CLERK).post(f"/case/{case.number}/entry/M-CNS/promise", {"reason": "公章外借"})
    assert Promise.objects.get().reason == "公章外借"


def figure(shown: str, name: str) -> str:
    return shown.split(f'data-figure="{name}"><strong>')[1].split("<", maxsplit=1)[0]


def test_the_board_counts_and_lists_what_supervision_asks_about(as_role: Callable[..., Client], case: Case) -> None:
    board = as_role(Role.SUPERVISOR)
    empty = text(board.get("/board"))
    for name in ("二次告知", "秒办提示", "超期办件", "容缺和承诺逾期", "信用记录"):
        assert figure(empty, name) == "0"
    from django.utils import timezone

    from archive import append_event

    now = timezone.now()
    gone = left_open(case, state="expired", expired_at=now, on_expiry="credit", recheck_on=dt.date(2026, 1, 5))
    CreditRecord.objects.create(promise=gone, party_name="某公司", party_uscc="9" * 18, what="逾期", written_at=now)
    Pause.objects.create(case=case, kind="1+X", reason="联席会议", evidence="x", started_at=now)
    late = [{"entry": "M-SGHT", "name": "施工合同", "message": "缺少公章"}]
    Notice.objects.create(
        case=case, kind="one-time", number="补正2号", content={}, repeats=late, made_at=now, made_by=case.opened_by
    )
    append_event("case-decided", case_number=case.number, details={"quick": True}, now=now)
    append_event("case-decided", case_number=case.number, details={}, now=now)
    case.overdue_at = now
    case.save()
    shown = text(board.get("/board"))
    for name in ("二次告知", "秒办提示", "超期办件", "容缺和承诺逾期", "信用记录"):
        assert figure(shown, name) == "1", name
    assert "施工合同：缺少公章" in shown
    assert "1+X机制：联席会议" in shown
    assert "已逾期：记入信用" in shown
    assert 'id="rechecks"' in shown


def test_an_issued_case_with_an_open_gap_says_what_its_archiving_waits_for(
    as_role: Callable[..., Client], case: Case
) -> None:
    left_open(case, kind="gap")
    case.state, case.issued_at = Case.State.ISSUED, factories.NOW
    case.save()
    shown = text(as_role(Role.OFFICER).get(f"/case/{case.number}"))
    assert "容缺材料尚未补齐：资金承诺书；补齐后自动归档" in shown
    archivist = text(as_role(Role.ARCHIVIST).get("/archive"))
    assert "容缺材料尚未补齐：资金承诺书" in archivist


def run(*arguments: str) -> Result:
    from portal.cli import cli

    return CliRunner().invoke(cli, ["case", *arguments], standalone_mode=False)


def test_the_command_line_does_the_same(tmp_path: Path) -> None:
    case = factories.checked_case(factories.user(Role.CLERK, name="window")).case
    by = ("--as", "window")
    refused = run("gap", case.number, "M-CNS", *by)
    assert (refused.return_value, "kind-other" in refused.output) == (1, True)
    assert run("promise", case.number, "M-CNS", "--reason", "贷款审批中", *by).return_value == 0
    assert Promise.objects.get().reason == "贷款审批中"
    assert run("promise", case.number, "M-CNS", "--undo", *by).return_value == 0
    assert run("gap", case.number, "OUT-ZB", *by).return_value == 1
    given = left_open(case, entry="M-SQWT", kind="promise")
    case.refresh_from_db()
    case.state, case.accepted_at, case.decided_at = Case.State.ACCEPTED, factories.NOW, factories.NOW
    case.save()
    asked = ("--kind", "special", "--reason", "听证", "--evidence", "文号", *by)
    assert run("pause", case.number, *asked).return_value == 0
    assert run("pause", case.number, *asked).return_value == 1
    assert "恢复" in run("resume", case.number, "--evidence", "结论", *by).output
    assert '"reason": "听证"' in run("clock", case.number, "--json").output
    assert run("recheck", case.number, "M-SQWT", "--broken", "--evidence", "核查记录", *by).return_value == 0
    listed = list(csv.reader(io.StringIO(run("credit", "--csv").output)))
    assert (listed[0][0], listed[1][5]) == ("编号", "核查发现未兑现承诺：资金承诺书")
    assert run("credit", "--settle", listed[1][0], "--why", "文号", *by).return_value == 0
    given.credit.refresh_from_db()
    assert given.credit.settled_at
    Notice.objects.create(
        case=case, kind="receipt", number="收件9号", content={}, made_at=factories.NOW, sha256=factories.kept(b"%PDF-")
    )
    assert "收件9号 收件回执" in run("notice", case.number, "-o", str(tmp_path / "out"), *by).output
    assert (tmp_path / "out" / "收件9号收件回执.pdf").read_bytes() == b"%PDF-"


def test_the_command_line_asks_about_secrecy_too() -> None:
    factories.user(Role.CLERK, name="window")
    facts = ("--item", "S3-05", "--project-code", "2603-990101-04-01-318264", "--project-name", "某工程")
    facts += ("--applicant", "某单位", "--uscc", "91990101MA7C2XG62E", "--as", "window")
    assert "sensitive" in str(run("open", *facts).exception)
    assert "confidential" in str(run("open", *facts, "--sensitive", "是").exception)
    assert not Case.objects.exists()
    run("open", *facts, "--sensitive", "否")
    assert Case.objects.get().answers["sensitive"] == "否"
