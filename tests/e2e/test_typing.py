"""What somebody is typing on the case page stays while files are read and the list is brought anew, in a browser."""

from collections.abc import Callable
from pathlib import Path

import pytest

from samples import make_document, save_sheets
from tests.e2e.portal_driver import Visitor
from tests.e2e.test_portal import open_case

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]
REASON = "公章外借，三日后补交"


def test_what_is_typed_and_not_sent_stays_when_the_list_changes(visit: Callable[..., Visitor], tmp_path: Path) -> None:
    clerk = visit("clerk")
    open_case(clerk, "1号厂房")
    clerk.settle()
    field = clerk.find("#live input[name=reason]")
    entry = str(field.get_attribute("id"))
    before = clerk.run("return document.querySelector('.verdict').dataset.report")
    clerk.run("document.getElementById(arguments[0]).scrollIntoView({block: 'center'})", entry)
    field.send_keys(REASON)
    clerk.run("document.activeElement.blur()")
    clerk.drop([save_sheets(tmp_path / "用地许可.pdf", [make_document("OUT-YDGH", seed=3)])])
    clerk.until(
        lambda: clerk.run("return document.querySelector('.verdict').dataset.report") != before,
        "the list did not change",
    )
    clerk.settle()
    assert clerk.run("return document.getElementById(arguments[0]).value", entry) == REASON
    assert clerk.complaints() == []
