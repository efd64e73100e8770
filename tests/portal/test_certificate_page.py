"""An officer's page of a certificate: its versions, its history, and what may be done to it now."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from portal.roles import Role
from signing import Certificate, CertificateAct
from tests.portal import factories
from tests.workers.test_certificate_life import register

pytestmark = pytest.mark.django_db
REASON = {"reason": "建设规模经规划调整", "basis": "江规核〔2026〕8号"}


def text(response: Any) -> str:
    return str(response.content.decode())


@pytest.fixture
def issued() -> Certificate:
    register()
    case = factories.case(factories.user(Role.CLERK))
    end = timezone.localdate() + dt.timedelta(days=30)
    return factories.certificate(case, data={"工程名称": "1号厂房", "建设规模": "9800㎡"}, valid_until=end)


def offered(page: str) -> list[str]:
    return re.findall(r'id="act-(\w+)"', page)


def test_a_change_is_drafted_from_the_lines_that_were_altered(
    as_role: Callable[..., Client], issued: Certificate
) -> None:
    officer, address = as_role(Role.OFFICER), f"/certificate/{issued.pk}"
    assert offered(text(officer.get(address))) == [
        *("change", "extend", "correct", "reissue", "suspend", "revoke", "cancel")
    ]
    lines = {"line:工程名称": "1号厂房", "line:建设规模": "12000㎡", "line:编号": "forged"}
    shown = text(officer.post(f"{address}/change", REASON | lines))
    assert "第 2 版已起草" in shown
    for words in ("新版在办", "<del>9800㎡</del>", "<ins>12000㎡</ins>", "江规核〔2026〕8号"):
        assert words in shown
    assert offered(shown) == ["suspend", "revoke", "cancel", "discard"]
    made = Certificate.objects.get(version=2)
    assert (made.number, made.data["建设规模"]) == (issued.number, "12000㎡")
    assert "原证照不变" in text(officer.post(f"{address}/discard", {"reason": "申请人撤回"}))
    assert offered(text(officer.get(address)))[0] == "change"


def test_an_extension_asks_for_the_day(as_role: Callable[..., Client], issued: Certificate) -> None:
    officer, address = as_role(Role.OFFICER), f"/certificate/{issued.pk}/extend"
    assert "end-missing" in text(officer.post(address, REASON | {"valid_until": "2026-13-45"}))
    later = issued.valid_until + dt.timedelta(days=90)
    assert "已起草" in text(officer.post(address, REASON | {"valid_until": later.isoformat()}))
    assert Certificate.objects.get(version=2).valid_until == later


def test_a_revocation_holds_at_once_and_what_is_missing_is_said(
    as_role: Callable[..., Client], issued: Certificate
) -> None:
    officer, address = as_role(Role.OFFICER), f"/certificate/{issued.pk}"
    for missing, code in (({"reason": "x"}, "basis-missing"), ({"basis": "x"}, "reason-missing")):
        assert code in text(officer.post(f"{address}/revoke", missing))
    tomorrow = (timezone.localdate() + dt.timedelta(days=1)).isoformat()
    assert "date-ahead" in text(officer.post(f"{address}/revoke", REASON | {"decided_on": tomorrow}))
    assert "即时生效" in text(officer.post(f"{address}/revoke", REASON))
    assert "证照已撤销" in text(Client().get(f"/v/{issued.verify_token}"))
    shown = text(officer.get(address))
    assert offered(shown) == ["cancel"]
    assert 'data-act="revoke"' in shown


def test_only_an_officer_acts_and_only_on_acts_that_are_there(
    as_role: Callable[..., Client], issued: Certificate
) -> None:
    address = f"/certificate/{issued.pk}"
    clerk = as_role(Role.CLERK)
    assert offered(text(clerk.get(address))) == []
    assert clerk.post(f"{address}/revoke", REASON).status_code == 403
    for act in ("supersede", "explode"):
        assert as_role(Role.OFFICER).post(f"{address}/{act}", REASON).status_code == 404
    assert as_role(Role.OFFICER).get(f"{address}/revoke").status_code == 405
    assert not CertificateAct.objects.exists()


def test_the_register_is_searched_by_number_holder_and_state(
    as_role: Callable[..., Client], issued: Certificate
) -> None:
    other = factories.certificate(factories.case(factories.user()), state="revoked", holder_name="另一公司")
    officer = as_role(Role.OFFICER)
    for query, found in (
        ("q=另一", [other]),
        ("state=revoked", [other]),
        (f"q={issued.number}", [issued]),
        ("q=404", []),
    ):
        shown = text(officer.get(f"/certificates?{query}"))
        assert [row for row in (issued, other) if f"/certificate/{row.pk}" in shown] == found
