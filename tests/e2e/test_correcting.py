"""What a clerk puts right on the case page, in a browser: with the mouse, with the keys alone, and taken back."""

from collections.abc import Callable
from pathlib import Path

import pytest
from selenium.webdriver import ActionChains
from selenium.webdriver.common.keys import Keys

from samples import make_document, save_sheets
from tests.e2e.portal_driver import Visitor
from tests.e2e.test_portal import open_case

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

DESKTOP = (1920, 1080)


@pytest.fixture(scope="module")
def pile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One file: form, letter of attorney without a seal and out of date, land permit, contract of three pages."""
    sheets = [
        make_document("M-SQB", seed=3),
        make_document("M-SQWT", seed=3, seal=False, expired=True),
        make_document("OUT-YDGH", seed=3),
        make_document("M-SGHT", seed=3),
    ]
    return save_sheets(tmp_path_factory.mktemp("pile") / "一摞.pdf", sheets)


def drag(clerk: Visitor, source: str, target: str) -> None:
    """Drag with the mouse: the browser itself makes the events of it."""
    start, end = clerk.find(source), clerk.find(target)
    clerk.run("arguments[0].scrollIntoView({block: 'center'})", end)  # not behind the buttons at the foot of the list
    clerk.run("arguments[0].scrollIntoView({block: 'nearest'})", start)
    steps = ActionChains(clerk.driver).move_to_element(start).click_and_hold()
    steps.move_by_offset(4, 4).pause(0.2).move_to_element(end).move_by_offset(2, 2).pause(0.3).release().perform()


def pages_of(clerk: Visitor, entry: str) -> list[str]:
    """The page numbers of the documents that stand for an entry."""
    script = "return [...document.querySelectorAll(`#row-${arguments[0]} .document`)].map((one) => one.dataset.pages)"
    found: list[str] = clerk.run(script, entry)
    return found


def shown(clerk: Visitor) -> str:
    return str(clerk.run("return document.querySelector('.sheet')?.dataset.number || ''"))


def test_a_pile_is_put_right_with_the_mouse_and_with_the_keys_alone(visit: Callable[..., Visitor], pile: Path) -> None:
    clerk = visit("clerk")
    open_case(clerk, "1号厂房")
    clerk.drop([pile])
    clerk.until(lambda: clerk.all(".row.is-seen"), "no page is shown before the whole file is read")
    clerk.settle()
    assert pages_of(clerk, "M-SGHT") == ["4 5 6"]
    see_the_defect_where_it_is(clerk)
    drag_to_another_entry_and_back(clerk)
    drag_one_page_out(clerk)
    refile_by_keys(clerk)
    split_and_join_by_keys(clerk)
    correct_a_field(clerk)
    answer_a_question(clerk)
    look_on_a_large_screen(clerk)
    assert clerk.complaints() == []


def see_the_defect_where_it_is(clerk: Visitor) -> None:
    clerk.until(lambda: shown(clerk) == "2", "the page with the defect is not shown by itself")
    assert "公章" in clerk.text("figure.sheet")
    assert clerk.find(".sheet .whole-page").is_displayed()  # a seal that is not there has no place of its own
    box = clerk.find(".sheet .mark-defect polygon")
    assert box.is_displayed()
    assert box.size["width"] > 10
    clerk.photograph("defect-1366")
    clerk.click("#row-M-SQB .row-main")
    clerk.until(lambda: shown(clerk) == "1", "the evidence is not shown")
    clerk.click("#row-M-SQWT .defect[data-goto][data-mark]")
    clerk.until(lambda: clerk.all(".sheet[data-number='2'] .mark-defect.is-hot"), "the defect does not light up")


def drag_to_another_entry_and_back(clerk: Visitor) -> None:
    drag(clerk, "#row-OUT-YDGH .document", "#row-OUT-GCGH .row-main")
    clerk.until(lambda: pages_of(clerk, "OUT-GCGH") == ["3"], "the dragged document is not filed where it was dropped")
    assert pages_of(clerk, "OUT-YDGH") == []
    clerk.press("u")
    clerk.until(lambda: pages_of(clerk, "OUT-YDGH") == ["3"], "the drag is not undone")


def drag_one_page_out(clerk: Visitor) -> None:
    drag(clerk, ".thumb[data-number='6']", "#row-OUT-ZB .row-main")
    clerk.until(lambda: pages_of(clerk, "OUT-ZB") == ["6"], "the dragged page is not filed by itself")
    clerk.until(lambda: pages_of(clerk, "M-SGHT") == ["4 5"], "the page is still in its old document")
    ActionChains(clerk.driver).key_down(Keys.CONTROL).send_keys("z").key_up(Keys.CONTROL).perform()
    clerk.until(lambda: pages_of(clerk, "M-SGHT") == ["4 5 6"], "Ctrl+Z does not put the page back")


def refile_by_keys(clerk: Visitor) -> None:
    clerk.click("#row-OUT-YDGH .row-main")
    clerk.until(lambda: shown(clerk) == "3", "the evidence is not shown")
    clerk.press("m")
    clerk.until(lambda: clerk.find("#move").is_displayed(), "m opens no list of entries")
    clerk.photograph("move-by-keys")
    clerk.press("工程规划", Keys.ENTER)
    clerk.until(lambda: pages_of(clerk, "OUT-GCGH") == ["3"], "the chosen entry is not taken")
    clerk.press("u")
    clerk.until(lambda: pages_of(clerk, "OUT-YDGH") == ["3"], "the move is not undone")


def split_and_join_by_keys(clerk: Visitor) -> None:
    clerk.click("#row-M-SGHT .row-main")
    clerk.until(lambda: shown(clerk) == "4", "the evidence is not shown")
    clerk.press(Keys.ARROW_RIGHT)
    clerk.until(lambda: shown(clerk) == "5", "the next page is not shown")
    clerk.press("s")
    clerk.until(lambda: pages_of(clerk, "M-SGHT")[:1] in (["4"], ["5 6"]), "the document is not divided")
    clerk.settle()
    clerk.until(lambda: shown(clerk) == "5", "another page came up")
    clerk.press("m")
    clerk.press("并入 一摞.pdf 第4", Keys.ENTER)
    clerk.until(lambda: pages_of(clerk, "M-SGHT") == ["4 5 6"], "the pages are not joined again")
    clerk.press("u")
    clerk.until(lambda: pages_of(clerk, "M-SGHT") != ["4 5 6"], "the joining is not undone")
    clerk.press("u")
    clerk.until(lambda: pages_of(clerk, "M-SGHT") == ["4 5 6"], "the dividing is not undone")


def correct_a_field(clerk: Visitor) -> None:
    clerk.click("#row-M-SQB .row-main")
    clerk.until(lambda: clerk.all("#row-M-SQB.is-selected .reading[open]"), "what was read is not shown")
    clerk.press("e")
    clerk.until(lambda: clerk.all("#row-M-SQB .editing input:focus"), "e begins no correction")
    field = clerk.run("return document.activeElement.getAttribute('aria-label')")
    assert field == "建设单位"
    clerk.press("江澜另一家有限公司", Keys.ENTER)  # what was there is selected
    clerk.until(lambda: "原识别为" in clerk.text("#row-M-SQB .readings"), "what was read is not kept beside")
    clerk.until(lambda: clerk.state("M-SQB") != "satisfied", "the list is not checked again")
    clerk.photograph("field-corrected")
    clerk.press("u")
    clerk.until(lambda: clerk.state("M-SQB") == "satisfied", "the correction is not undone")


def answer_a_question(clerk: Visitor) -> None:
    asked = clerk.text("#situation summary")
    assert "待回答" in asked
    clerk.press("q")
    clerk.until(lambda: clerk.all(".question .option:focus"), "q leads to no question")
    clerk.press(Keys.ENTER)
    clerk.until(lambda: clerk.all('.question.is-answered [aria-pressed="true"]'), "the answer is not shown")
    clerk.settle()
    clerk.photograph("question-answered")
    clerk.press("u")
    clerk.until(lambda: clerk.text("#situation summary") == asked, "the answer is not taken back")


def look_on_a_large_screen(clerk: Visitor) -> None:
    width, height = DESKTOP
    screen = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    clerk.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
    clerk.click("#row-M-SQWT .row-main")
    clerk.until(lambda: shown(clerk) == "2", "the evidence is not shown")
    clerk.photograph("case-1920")
    assert clerk.run("return document.documentElement.scrollWidth <= window.innerWidth")
