"""A person at a browser: signs in, drops files, waits for the page to settle, looks at it."""

import dataclasses
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.webdriver import ActionChains
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

CHROMIUM, DRIVER = Path("/usr/bin/chromium"), Path("/usr/bin/chromedriver")
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
LAPTOP, PHONE = (1366, 768), (390, 844)
SCREENSHOTS = Path(__file__).parent / "screenshots"
# Reading the sample pile takes some twenty seconds on two cores; a machine under other load takes longer.
PATIENCE = 240.0

# Selenium has no drop of files from outside: a file input takes them in, and its files are dropped on the page.
DROP = """
const files = arguments[0].files, carrier = new DataTransfer();
for (const file of files) carrier.items.add(file);
arguments[0].remove();
for (const kind of ['dragenter', 'dragover', 'drop'])
  document.querySelector('#checklist').dispatchEvent(
    new DragEvent(kind, {bubbles: true, cancelable: true, dataTransfer: carrier}));
"""
MAKE_INPUT = """
const input = document.createElement('input');
input.type = 'file'; input.multiple = true; document.body.append(input);
return input;
"""


@dataclasses.dataclass
class Visitor:
    """A browser at an installation."""

    driver: webdriver.Chrome
    address: str

    def go(self, path: str) -> None:
        self.driver.get(path if path.startswith("http") else self.address + path)

    def sign_in(self, user: str, password: str) -> None:
        self.go("/login")
        self.type("username", user)
        self.type("password", password)
        self.click(".login-card .primary")

    def find(self, selector: str) -> WebElement:
        self.until(lambda: self.all(selector), f"nothing matches {selector}")
        return self.all(selector)[0]

    def all(self, selector: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def text(self, selector: str) -> str:
        return str(self.run("return document.querySelector(arguments[0])?.innerText || ''", selector))

    def type(self, name: str, text: str) -> None:
        field = self.find(f"[name={name}]")
        field.clear()
        field.send_keys(text)

    def click(self, selector: str) -> None:
        self.find(selector)
        self.run("document.querySelector(arguments[0]).click()", selector)

    def press(self, *keys: str) -> None:
        ActionChains(self.driver).send_keys(*keys).perform()

    def run(self, script: str, *arguments: Any) -> Any:
        return self.driver.execute_script(script, *arguments)

    def drop(self, files: Sequence[Path]) -> None:
        carrier: WebElement = self.run(MAKE_INPUT)
        carrier.send_keys("\n".join(map(str, files)))
        self.run(DROP, carrier)

    def settle(self) -> None:
        """Wait until nothing is being sent, read or checked."""
        still = "return Boolean(document.querySelector('#sending li, #live[data-busy], .htmx-request'))"
        time.sleep(1.0)  # the page asks for the new state a moment after the last file is in
        self.until(lambda: not self.run(still), "the page did not come to rest")

    def state(self, entry: str) -> str:
        return str(self.run("return document.getElementById('row-' + arguments[0]).dataset.state", entry))

    def until(self, condition: Callable[[], object], otherwise: str, seconds: float = PATIENCE) -> None:
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, f"{otherwise}; on the screen: {self.text('body')[:800]}"
            time.sleep(0.2)

    def photograph(self, name: str, *, wait: float = 0.6) -> Path:
        self.run("document.querySelectorAll('#said .said').forEach((one) => one.remove())")
        # fonts and pictures are there before the picture is taken
        self.driver.execute_async_script("document.fonts.ready.then(arguments[0])")
        time.sleep(wait)
        SCREENSHOTS.mkdir(exist_ok=True)
        path = SCREENSHOTS / f"{name}.png"
        assert self.driver.save_screenshot(str(path))
        return path

    def complaints(self) -> list[str]:
        """Errors that the browser noted, such as a script that failed or broke the content policy."""
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] == "SEVERE"]


def open_browser(profile: Path, size: tuple[int, int]) -> webdriver.Chrome:
    """Chromium with an empty profile and a screen of that size."""
    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for flag in [*FLAGS, f"--user-data-dir={profile}", f"--window-size={size[0]},{size[1]}"]:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(str(DRIVER)))
    driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": size == PHONE},
    )
    return driver
