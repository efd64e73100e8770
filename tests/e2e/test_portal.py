"""The main job in a browser: a pile of scans becomes an archived package and a certificate that a phone verifies."""

import urllib.request
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
import zxingcpp
from selenium.webdriver.common.by import By

from samples import PILE_ANSWERS, Pile, make_project_pile, make_second_case_pile
from samples.world import BUILDER_OWNER, PROJECT, PROJECT_CODE, WORKS, WorksName
from tests.e2e.conftest import Installation
from tests.e2e.portal_driver import PHONE, Visitor

pytestmark = pytest.mark.e2e

Visit = Callable[..., Visitor]


@pytest.fixture(scope="module")
def pile(tmp_path_factory: pytest.TempPathFactory) -> Pile:
    return make_project_pile(tmp_path_factory.mktemp("pile"))


@pytest.mark.timeout(900)
def test_a_dropped_pile_becomes_a_package_and_a_certificate_that_a_phone_verifies(
    visit: Visit, installation: Installation, pile: Pile, tmp_path: Path
) -> None:
    clerk = visit("clerk")
    case = open_case(clerk, "1号厂房")
    assert clerk.state("M-SQB") == "missing"
    tell_the_situation(clerk)
    drop_first_batch(clerk, pile)
    look_by_keyboard(clerk)
    drop_second_batch(clerk, pile)
    withdraw_and_undo(clerk)
    accept(clerk)
    officer = visit("officer")
    decide_and_approve(officer, case)
    archivist = visit("archivist")
    find_package(archivist)
    scan_and_verify(visit(size=PHONE), sealed_pdf(officer, tmp_path / "sealed.pdf"))
    reuse_in_the_second_case(clerk, make_second_case_pile(tmp_path / "second"))
    for visitor in (clerk, officer, archivist):
        assert visitor.complaints() == []


def open_case(clerk: Visitor, works: WorksName) -> str:
    clerk.go("/cases")
    clerk.click(".page-head .primary")
    clerk.type("project_code", PROJECT_CODE)
    clerk.type("project_name", PROJECT)
    clerk.type("works_name", WORKS[works].name)
    clerk.type("applicant_name", BUILDER_OWNER.name)
    clerk.type("applicant_uscc", BUILDER_OWNER.code)
    clerk.click("[name=sensitive][value=否]")
    clerk.until(lambda: "校验通过" in clerk.text(".form"), "the code is not checked while it is typed")
    clerk.click(".form-end .primary")
    clerk.find("#checklist")
    clerk.settle()
    return clerk.driver.current_url


def tell_the_situation(clerk: Visitor) -> None:
    """One question after the other; what an answer makes needless is not asked for any more."""
    assert clerk.state("OUT-XFSJ") == "missing"
    for question, option in PILE_ANSWERS.items():
        if question != "sensitive":
            clerk.click(f'#question-{question} [data-option="{option}"]')
            chosen = f'#question-{question} [data-option="{option}"][aria-pressed="true"]'
            clerk.until(lambda c=chosen: clerk.all(c), f"the answer to {question} is not kept")
    clerk.settle()
    assert clerk.state("OUT-CRHT") == "missing"
    assert not clerk.all('#row-OUT-XFSJ[data-state="missing"]')


def drop_first_batch(clerk: Visitor, pile: Pile) -> None:
    clerk.drop([file.path for file in pile.batch("first")])
    clerk.until(lambda: clerk.all(".progress progress"), "no progress is shown while pages are read")
    clerk.settle()
    assert clerk.find(".verdict").get_attribute("data-verdict") == "incomplete"
    assert clerk.state("OUT-ZB") == "missing"
    assert clerk.state("M-SQWT") == "defective"
    assert "印章" in clerk.text("#row-M-SQWT .defect:not(.is-mild)")
    for entry in ("M-SQB", "OUT-YDGH", "OUT-GCGH", "OUT-ST", "OUT-CRHT", "M-SGHT"):
        assert clerk.state(entry) == "satisfied", clerk.text(f"#row-{entry}")
    # the first thing that is wrong is on the screen by itself, with what to do
    clerk.until(lambda: "公章" in clerk.text(".sheet-defect"), "the defect is not shown on its page")
    clerk.photograph("1-clerk-checklist")


def look_by_keyboard(clerk: Visitor) -> None:
    clerk.press("?")
    assert clerk.find("#keys").is_displayed()
    clerk.click("#keys button")
    clerk.press("j")
    assert clerk.find(".row.is-selected").get_attribute("data-entry") == "OUT-YDGH"
    clerk.press("\n")
    clerk.until(lambda: clerk.all('.sheet[data-entry="OUT-YDGH"] .mark-field'), "Enter does not show the evidence")
    assert clerk.all('.sheet[data-entry="OUT-YDGH"] .mark-seal')


def drop_second_batch(clerk: Visitor, pile: Pile) -> None:
    clerk.drop([file.path for file in pile.batch("second")])
    clerk.until(lambda: len(clerk.all(".file")) == len(pile.files), "not all files arrived")
    clerk.settle()
    assert clerk.state("M-SQWT") == clerk.state("OUT-ZB") == "satisfied"
    clerk.click("#row-M-CNS [hx-post]")
    clerk.until(lambda: clerk.state("M-CNS") == "promised", "the promise is not noted")
    clerk.settle()
    assert clerk.find(".verdict").get_attribute("data-verdict") == "complete"


def withdraw_and_undo(clerk: Visitor) -> None:
    clerk.click('.file[data-file="中标通知书.jpg"] [hx-post]')
    clerk.until(lambda: clerk.state("OUT-ZB") == "missing", "the withdrawn file still counts")
    assert clerk.all(".file.is-withdrawn")
    clerk.press("u")
    clerk.until(lambda: clerk.state("OUT-ZB") == "satisfied", "the undone withdrawal does not count")
    clerk.settle()


def accept(clerk: Visitor) -> None:
    clerk.click("#accept:not([disabled])")
    clerk.until(lambda: clerk.all(".chip-accepted"), "the case is not accepted")
    clerk.until(lambda: "受理通知书" in clerk.text("#live"), "no notice of acceptance")


def decide_and_approve(officer: Visitor, case: str) -> None:
    officer.click(".row-link")
    assert officer.driver.current_url == case
    officer.click("#decide")
    officer.until(lambda: officer.all("#approve"), "the certificate is not rendered")
    officer.find("iframe.certificate")
    officer.photograph("officer-certificate", wait=3.0)  # the browser's own PDF viewer takes its time
    officer.click("#approve")
    officer.until(lambda: officer.all('#decision[data-certificate="valid"]'), "the certificate is not valid")
    officer.until(lambda: officer.all(".chip-archived"), "the case is not archived")


def find_package(archivist: Visitor) -> None:
    def found() -> bool:  # its words are read by a job of their own, behind the filing
        archivist.go(f"/packages?words={PROJECT_CODE}")
        return bool(archivist.all(".list .row-link"))

    archivist.until(found, "the package is not found by its project")
    archivist.click(".list .row-link")
    archivist.until(lambda: "四性检测" in archivist.text("main"), "the package page does not open")
    assert archivist.find(".chip-pkg-logged")
    assert "不合格" not in archivist.text("main")
    for group in ("申报文件", "过程文件", "结果文件"):
        assert group in archivist.text(".column-main")
    archivist.photograph("2-archivist-package")


def sealed_pdf(officer: Visitor, path: Path) -> Path:
    """The sealed certificate, downloaded as the officer's browser would."""
    link = officer.driver.find_element(By.CSS_SELECTOR, "#decision a[href$='.pdf']").get_attribute("href")
    cookies = "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in officer.driver.get_cookies())
    request = urllib.request.Request(str(link), headers={"Cookie": cookies})  # noqa: S310 - our own address
    with urllib.request.urlopen(request) as response:  # noqa: S310
        path.write_bytes(response.read())
    return path


def scan_and_verify(phone: Visitor, pdf: Path) -> None:
    page = np.asarray(pypdfium2.PdfDocument(pdf)[0].render(scale=3).to_pil().convert("L"))
    codes = zxingcpp.read_barcodes(page)
    assert len(codes) == 1
    assert codes[0].text.startswith(phone.address)
    phone.go(codes[0].text)
    assert phone.find(".verify").get_attribute("data-status") == "valid"
    assert BUILDER_OWNER.name in phone.text(".verify-facts")
    phone.photograph("3-phone-verification")
    phone.find("#compare-file").send_keys(str(pdf))
    phone.until(lambda: phone.find('[data-result="same"]').is_displayed(), "the original is not known as such")
    changed = pdf.with_name("changed.pdf")
    changed.write_bytes(pdf.read_bytes() + b"\n")
    phone.find("#compare-file").send_keys(str(changed))
    phone.until(lambda: phone.find('[data-result="different"]').is_displayed(), "a changed file is not noticed")
    assert phone.complaints() == []
    phone.go("/v/unknown-token")
    assert phone.find(".verify").get_attribute("data-status") == "unknown"


def reuse_in_the_second_case(clerk: Visitor, pile: Pile) -> None:
    """What the archive holds is not asked for again: one key takes each, only what belongs to the works is new."""
    open_case(clerk, "2号厂房")
    tell_the_situation(clerk)
    held = ("M-YYZZ", "M-SQWT", "OUT-YDGH", "OUT-GCGH", "OUT-CRHT")
    for entry in held:
        assert clerk.all(f"#row-{entry} [data-key=reuse]"), f"{entry} is not offered"
    clerk.photograph("4-clerk-reuse")
    for taken in range(1, len(held) + 1):
        clerk.press("a")
        clerk.until(lambda n=taken: len(clerk.all('.row[data-state="reused"]')) == n, "the offer is not taken")
    clerk.drop([file.path for file in pile.files])
    clerk.until(lambda: len(clerk.all(".file")) == len(pile.files), "not all files arrived")
    clerk.settle()
    clerk.click("#row-M-CNS [hx-post]")
    clerk.until(lambda: clerk.state("M-CNS") == "promised", "the promise is not noted")
    clerk.settle()
    assert clerk.find(".verdict").get_attribute("data-verdict") == "complete", clerk.text("#live")
    clerk.click("#row-OUT-YDGH .row-main")
    clerk.until(lambda: clerk.all('.sheet[data-entry="OUT-YDGH"] .mark'), "an archived page is not shown")
    clerk.photograph("5-clerk-second-case")
