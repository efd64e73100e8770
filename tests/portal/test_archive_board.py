"""档案室: figures from real rows, and the button that sets stopped work going again."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

import archive
from portal.archive_figures import board_figures
from portal.roles import Role
from tests.portal import factories
from workers import Job

pytestmark = pytest.mark.django_db


def text(response: Any) -> str:
    return str(response.content.decode())


def job(kind: str = "store", state: str = "quarantined", **changes: Any) -> Job:
    error = {"code": "failed", "message": "处理失败：PackageFaultyError", "remedy": "系统将自动重试"}
    facts = {"kind": kind, "arguments": {"package": 1}, "input_digest": kind + state, "state": state, "error": error}
    facts |= {"created_at": timezone.now(), "finished_at": timezone.now(), "attempt": 3, "case_number": "C1"}
    return Job.objects.create(**(facts | changes))


def test_what_waits_to_be_filed_is_named_with_why_and_since_when(as_role: Callable[..., Client]) -> None:
    closed = timezone.now() - dt.timedelta(days=9)
    late = factories.case(factories.user(Role.CLERK), state="issued", issued_at=closed)
    factories.package(factories.case(factories.user(Role.CLERK), state="archived", issued_at=closed))
    shown = text(as_role(Role.ARCHIVIST).get("/archive"))
    assert late.number in shown
    assert "已超期" in shown
    figures = board_figures()
    assert [one.case for one in figures["unfiled"]] == [late]
    assert [(rate.name, rate.part, rate.whole) for rate in figures["rates"]] == [
        ("归档率", 1, 2),
        ("全要素归档率", 0, 2),
        ("电子证照率", 0, 1),
        ("电子印章率", 0, 1),
    ]
    for words in ("50.0%", "1/2", 'data-rate="电子证照率"'):
        assert words in shown


def test_stopped_work_of_the_archive_is_done_once_more_by_a_button(as_role: Callable[..., Client]) -> None:
    stopped, other = job(), job(kind="read")
    archivist = as_role(Role.ARCHIVIST)
    shown = text(archivist.get("/archive"))
    assert "处理失败：PackageFaultyError" in shown
    assert f"/archive/jobs/{stopped.pk}/retry" in shown
    assert f"/archive/jobs/{other.pk}/retry" not in shown
    assert archivist.post(f"/archive/jobs/{stopped.pk}/retry").status_code == 302
    stopped.refresh_from_db()
    assert (stopped.state, stopped.attempt) == ("queued", 0)
    assert archive.Event.objects.get(kind="job-retried").details == {"job": "store"}
    again = archivist.post(f"/archive/jobs/{stopped.pk}/retry")
    assert again.status_code == 409
    assert "无需重试" in text(again)
    assert archivist.post(f"/archive/jobs/{other.pk}/retry").status_code == 404
    assert archivist.get(f"/archive/jobs/{stopped.pk}/retry").status_code == 405


def test_the_state_of_store_log_and_objects_is_what_the_rows_say(as_role: Callable[..., Client]) -> None:
    now = timezone.now()
    archivist = as_role(Role.ARCHIVIST)
    empty = text(archivist.get("/archive"))
    for words in ("尚未试验", "未配置，损坏不能修复", "没有。办结的都已归档。", "没有等待回执的移交。"):
        assert words in empty
    archive.StoreProbe.objects.create(store="s3", at=now - dt.timedelta(days=3), trusted=False)
    archive.KeptObject.objects.create(sha256="ab" * 32, size=1, kept_since=now, state="damaged", fault="又短又坏")
    archive.LogHead.objects.create(pk=archive.HEAD, size=12, published=8)
    archive.append_event("case-opened", case_number="C", now=now)
    waiting = job(kind="publish", state="queued", error={"code": "store-unavailable", "message": "归档存储连不上"})
    shown = text(archivist.get("/archive"))
    for words in (
        "锁不住，已暂停归档",
        "已过期",
        "又短又坏",
        "ab" * 32,
        "已发布 8",
        "归档存储连不上",
        f"#{waiting.pk}",
    ):
        assert words in shown
    Job.objects.filter(pk=waiting.pk).update(state="running")  # it looks again, and knows nothing new yet
    assert "归档存储连不上" in text(archivist.get("/archive"))
    assert board_figures()["log"]["waiting"] == 1


def test_the_desk_is_the_archivists_and_speaks_english(as_role: Callable[..., Client]) -> None:
    for role in Role:
        assert as_role(role).get("/archive").status_code == (200 if role is Role.ARCHIVIST else 403)
    archivist = as_role(Role.ARCHIVIST)
    archivist.post("/language", {"language": "en", "next": "/archive"})
    shown = text(archivist.get("/archive"))
    for words in ("Archive desk", "Full elements", "Trial of the lock", "Closed and not filed"):
        assert words in shown
    assert "锁定试验" not in shown


def test_how_log_and_sites_stand_is_told(as_role: Callable[..., Client], settings: Any) -> None:
    now = timezone.now()
    archivist = as_role(Role.ARCHIVIST)
    assert "尚未对账" in text(archivist.get("/archive"))
    archive.Reconciliation.objects.create(
        at=now, size=3, checked_from=0, checked_to=3, whole=True, faults=[{"place": "row", "where": "2", "what": ""}]
    )
    details = {"witness": "witness.example", "key": "log/split/1", "what": "saw another log of 3 entries than ours"}
    archive.append_event("log-split-view", details=details, now=now)
    job(kind="store", state="queued", error={"code": "store-unavailable", "message": "存储不可达"}, finished_at=None)
    settings.ARCHIVE_REPLICA = "file:///second"
    shown = text(archivist.get("/archive"))
    for words in ("处不符，请运行 yidang log verify", "saw another log of 3 entries", "已复制完毕", "存储不可达"):
        assert words in shown
