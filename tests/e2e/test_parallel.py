"""Two items handled together in a browser: one pile, one list as a picture, one form beside its pages."""

from collections.abc import Callable
from pathlib import Path

import pytest

from samples import make_document, save_sheets
from samples.world import BUILDER_OWNER, PROJECT, PROJECT_CODE
from tests.e2e.portal_driver import Visitor

pytestmark = pytest.mark.e2e

Visit = Callable[..., Visitor]


@pytest.mark.timeout(600)
def test_a_pile_dropped_once_serves_both_items_and_fills_their_one_form(visit: Visit, tmp_path: Path) -> None:
    clerk = visit("clerk")
    open_parallel(clerk)
    files = [
        save_sheets(tmp_path / "授权委托书.jpg", [make_document("M-SQWT")]),
        save_sheets(tmp_path / "用地申请表.jpg", [make_document("M-YDSQB")]),
    ]
    clerk.drop(files)
    clerk.settle()
    assert clerk.state("M-SQWT") in {"satisfied", "question"}, clerk.text("#row-M-SQWT")
    assert dot(clerk, "M-SQWT", "S1-01") == dot(clerk, "M-SQWT", "S1-07") == clerk.state("M-SQWT")
    assert dot(clerk, "OUT-LX", "S1-07") == "awaited"
    look_by_keyboard(clerk)
    withdraw_and_undo(clerk)
    fill_in_the_form(clerk)
    assert clerk.complaints() == []


def open_parallel(clerk: Visitor) -> None:
    clerk.go("/parallel/new")
    for item in ("S1-01", "S1-07"):
        clerk.click(f'[name=items][value="{item}"]')
    clerk.type("project_code", PROJECT_CODE)
    clerk.type("project_name", PROJECT)
    clerk.type("applicant_name", BUILDER_OWNER.name)
    clerk.type("applicant_uscc", BUILDER_OWNER.code)
    clerk.click("[name=sensitive][value=否]")
    clerk.click(".form-end .primary")
    clerk.find("#checklist")
    clerk.settle()
    assert len(clerk.all(".item-card")) == len(("S1-01", "S1-07"))


def dot(clerk: Visitor, entry: str, item: str) -> str:
    # in one step: the list may be renewed between finding and asking
    script = "return document.querySelector(arguments[0])?.dataset.state"
    return str(clerk.run(script, f'#row-{entry} .dot[data-item="{item}"]'))


def look_by_keyboard(clerk: Visitor) -> None:
    clerk.press("j")
    assert clerk.all(".row.is-selected")
    clerk.click("#row-M-SQWT .row-main")
    clerk.until(lambda: clerk.all('.sheet[data-entry="M-SQWT"] .mark-field'), "the evidence is not shown")
    clerk.photograph("7-parallel-matrix")


def withdraw_and_undo(clerk: Visitor) -> None:
    clerk.click('.file[data-file="授权委托书.jpg"] [hx-post]')
    clerk.until(lambda: dot(clerk, "M-SQWT", "S1-07") == "gap", "the withdrawn file still counts for an item")
    assert dot(clerk, "M-SQWT", "S1-01") == "gap"
    clerk.press("u")
    clerk.until(lambda: dot(clerk, "M-SQWT", "S1-07") != "gap", "the undone withdrawal does not count")
    clerk.settle()


def fill_in_the_form(clerk: Visitor) -> None:
    clerk.click(".acts .primary")
    clerk.find('#line-建设单位[data-state="filled"]')
    clerk.run("document.querySelector('#v-建设地点').focus()")
    clerk.until(lambda: clerk.all(".sheet .mark-field.is-mine polygon"), "the origin of the value is not shown")
    place = str(clerk.find("#v-建设地点").get_attribute("value"))
    assert place
    clerk.photograph("8-stage-form")
    clerk.run("document.querySelector('#v-建设地点').select()")
    clerk.press("江澜市高新区晨曦路９号", "\n")
    clerk.until(lambda: clerk.all('#line-建设地点[data-state="confirmed"]'), "the typed value is not kept")
    assert place in clerk.text("#line-建设地点 .other")
    assert clerk.find("#v-建设地点").get_attribute("value") == "江澜市高新区晨曦路9号"
    clerk.until(
        lambda: clerk.run("return document.activeElement.closest('.form-line')?.dataset.field") != "建设地点",
        "the next value is not at hand after Enter",
    )
    clerk.click("#line-建设地点 .plain")
    clerk.until(lambda: clerk.all('#line-建设地点[data-state="filled"]'), "the typing cannot be undone")
    clerk.click("#confirm")
    clerk.until(lambda: clerk.all('#line-建设地点[data-state="confirmed"]'), "what agrees is not confirmed")
