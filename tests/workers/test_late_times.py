"""A package whose times are out of order is kept where the log shows why, and nowhere else."""

import datetime as dt

import pytest

from archive import CheckResult, append_event
from tests.portal.factories import NOW
from workers.late_times import hindering

pytestmark = pytest.mark.django_db


def failed(code: str) -> CheckResult:
    return CheckResult(code, "检查", "清单", "不合格", "申请时间晚于受理时间")


def test_times_out_of_order_hinder_unless_the_clock_stood_back_for_this_case() -> None:
    results = [failed("GD-1-5"), failed("GD-1-1")]
    append_event("case-opened", case_number="1", now=NOW)
    assert [line[:6] for line in hindering(results, "1")] == ["GD-1-5", "GD-1-1"]
    append_event("case-accepted", case_number="1", now=NOW - dt.timedelta(days=2))
    assert [line[:6] for line in hindering(results, "1")] == ["GD-1-1"]
    assert [line[:6] for line in hindering(results, "2")] == ["GD-1-5", "GD-1-1"]
