"""A case waits for the items it rests on; of several that will do, for none once one of them is decided."""

from typing import Any

import pytest

from catalogue import Item
from ingest import Case, item_of
from portal.roles import Role
from tests.portal import factories
from workers import order

pytestmark = pytest.mark.django_db


def _rests_on(monkeypatch: pytest.MonkeyPatch, *prerequisites: str) -> None:
    def changed(case: Case) -> Item:
        return item_of(case).model_copy(update={"prerequisites": prerequisites})

    monkeypatch.setattr(order, "item_of", changed)


def _waiting(case: Case) -> list[str]:
    return [other.item_code for other in order.open_prerequisites(case)]


def test_every_prerequisite_that_is_open_holds_the_case_up(monkeypatch: pytest.MonkeyPatch) -> None:
    clerk = factories.user(Role.CLERK)
    case, _, _ = (
        factories.case(clerk),
        factories.case(clerk, item_code="S1-07"),
        factories.case(clerk, item_code="S2-02"),
    )
    _rests_on(monkeypatch, "S1-07", "S2-02")
    assert _waiting(case) == ["S1-07", "S2-02"]


@pytest.mark.parametrize(("state", "waiting"), [("open", ["S1-07", "S2-02"]), ("decided", [])])
def test_one_of_several_is_enough(monkeypatch: pytest.MonkeyPatch, state: str, waiting: list[str]) -> None:
    clerk = factories.user(Role.CLERK)
    facts: dict[str, Any] = {"state": state}
    case, _, _ = (
        factories.case(clerk),
        factories.case(clerk, item_code="S1-07", **facts),
        factories.case(clerk, item_code="S2-02"),
    )
    _rests_on(monkeypatch, "S1-07|S2-02")
    assert _waiting(case) == waiting
