"""Anybody verifies a certificate in a browser, and sees at once what an officer decided about it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import ROOT, Installation
from tests.e2e.portal_driver import PHONE, Visitor

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def permit(installation: Installation) -> dict[str, Any]:
    environment = {**os.environ, "YIDANG_DATA": str(installation.data), "YIDANG_PUBLIC_URL": installation.address}
    environment |= {"PYTHONPATH": str(ROOT), "DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [sys.executable, "-m", "tests.e2e.issue_a_permit"]
    made = subprocess.run(command, check=False, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=500)
    assert made.returncode == 0, made.stderr
    return dict(json.loads(made.stdout.splitlines()[-1]))


def fill(visitor: Visitor, selector: str, value: str) -> None:
    visitor.run("arguments[0].value = arguments[1]", visitor.find(selector), value)


def status(visitor: Visitor) -> str:
    return str(visitor.run("return document.querySelector('.verify')?.dataset.status || ''"))


def submit(visitor: Visitor, form: str) -> None:
    visitor.run("arguments[0].requestSubmit()", visitor.find(form))


def test_a_certificate_is_verified_suspended_and_seen_to_be_so(
    visit: Callable[..., Visitor], permit: dict[str, Any], tmp_path: Path
) -> None:
    anybody = visit(size=PHONE)
    anybody.go("/verify")
    anybody.photograph("verify-ask")
    fill(anybody, "#ask-name [name=name]", permit["number"])
    fill(anybody, "#ask-name [name=fact]", permit["holder_uscc"][-6:])
    submit(anybody, "#ask-name")
    anybody.until(lambda: status(anybody) == "valid", "it is not on the page")
    loaded = (
        "return [...document.querySelectorAll('#faces img')].every((one) => one.complete && one.naturalWidth > 300)"
    )
    anybody.run("document.querySelector('#faces').scrollIntoView()")
    anybody.until(lambda: anybody.run(loaded), "it is not on the page")
    anybody.photograph("verify-valid")

    officer = visit("officer")
    officer.go(f"/certificate/{permit['pk']}")
    officer.run("document.querySelector('#act-suspend').open = true")
    fill(officer, "#act-suspend [name=reason]", "停工整改")
    fill(officer, "#act-suspend [name=basis]", "停字〔2026〕3号")
    submit(officer, "#act-suspend form")
    officer.until(lambda: "已暂停" in officer.find("#standing").text, "it is not on the page")
    officer.photograph("certificate")

    anybody.go(f"/v/{permit['verify_token']}")
    anybody.until(lambda: status(anybody) == "suspended", "it is not on the page")
    anybody.photograph("verify-suspended")

    forged = tmp_path / "forged.pdf"
    forged.write_bytes(b"%PDF-1.4 made up")
    anybody.go("/verify")
    anybody.find("#ask-file [name=file]").send_keys(str(forged))
    submit(anybody, "#ask-file")
    anybody.until(lambda: status(anybody) == "unknown", "it is not on the page")
    assert "文件无法读取" in anybody.text("#why")
    anybody.photograph("verify-file")
    assert not anybody.complaints()
    assert not officer.complaints()
