"""The keeper of seals in a browser, by keyboard alone: suspend, restore, and see a picture before it counts."""

from collections.abc import Callable
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from signing import draw_seal
from tests.e2e.portal_driver import PHONE, Visitor

pytestmark = pytest.mark.e2e


def focus(keeper: Visitor, selector: str) -> None:
    """Tab until it has the focus: whoever has no mouse gets there too."""
    for _ in range(80):
        if keeper.run("return document.activeElement.matches(arguments[0])", selector):
            return
        keeper.press(Keys.TAB)
    pytest.fail(f"the keyboard never reaches {selector}")


def change(keeper: Visitor, state: str, reason: str) -> None:
    form = f"form[action$='/do/{state}']"
    focus(keeper, f"details:has({form}) > summary")
    keeper.press(Keys.ENTER)
    focus(keeper, f"{form} [name=reason]")
    keeper.press(reason, Keys.ENTER)
    keeper.until(lambda: reason in keeper.text("#history"), "the change is not in the history")


@pytest.mark.timeout(240)
def test_the_keeper_suspends_and_restores_a_seal_by_keyboard_and_previews_a_picture(
    visit: Callable[..., Visitor], tmp_path: Path
) -> None:
    keeper = visit("keeper")
    keeper.until(lambda: "印章登记" in keeper.text("h1"), "the keeper does not begin at the register")
    assert len(keeper.all(".seal-card img")) == 3  # permits, notices, copies
    keeper.photograph("seals")
    focus(keeper, ".seal-card a")
    keeper.press(Keys.ENTER)
    keeper.until(lambda: keeper.text("#seal-state") == "有效", "no page of the seal")
    change(keeper, "suspended", "印章核查")
    assert keeper.text("#seal-state") == "停用"
    change(keeper, "active", "核查完毕")
    assert keeper.text("#seal-state") == "有效"
    file = tmp_path / "seal.png"
    file.write_bytes(draw_seal("江澜市行政审批局", "9901019999999"))
    keeper.driver.find_element(By.CSS_SELECTOR, "[name=picture]").send_keys(str(file))
    shown = "return document.querySelector('#picture-preview img').naturalWidth"
    keeper.until(lambda: keeper.run(shown) == 640, "no preview")
    keeper.photograph("seal")
    keeper.driver.set_window_size(*PHONE)
    wide = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert keeper.run(wide) <= 0
    assert keeper.complaints() == []
