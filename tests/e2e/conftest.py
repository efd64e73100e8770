"""A really running installation (`yidang serve`) and browsers to visit it."""

import dataclasses
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.e2e.portal_driver import CHROMIUM, DRIVER, LAPTOP, Visitor, open_browser

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 90
STOP_SECONDS = 40


@dataclasses.dataclass(frozen=True)
class Installation:
    """Where it listens, where it keeps its data, and the accounts by role: (user, password)."""

    address: str
    data: Path
    accounts: dict[str, tuple[str, str]]


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    data = tmp_path_factory.mktemp("installation")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    environment = {**os.environ, "YIDANG_DATA": str(data), "YIDANG_PUBLIC_URL": address}
    command = [str(Path(sys.executable).parent / "yidang"), "serve", "--port", str(port)]
    with (data / "out.log").open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out)
    try:
        _wait_for(f"{address}/login", process, data)
        yield Installation(address, data, _accounts(data))
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()


@pytest.fixture
def visit(installation: Installation, tmp_path: Path) -> Iterator[Callable[..., Visitor]]:
    """Open a browser, signed in as a role or as nobody."""
    if not (CHROMIUM.exists() and DRIVER.exists()):
        pytest.skip("Chromium and chromedriver are not installed")
    with ExitStack() as closing:

        def arrive(role: str = "", size: tuple[int, int] = LAPTOP) -> Visitor:
            driver = open_browser(tmp_path / f"profile-{role or 'nobody'}", size)
            closing.callback(driver.quit)
            visitor = Visitor(driver, installation.address)
            if role:
                visitor.sign_in(*installation.accounts[role])
            return visitor

        yield arrive


def _wait_for(address: str, process: "subprocess.Popen[bytes]", data: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while True:
        assert process.poll() is None, f"yidang serve ended: {(data / 'out.log').read_text()}"
        try:
            with urllib.request.urlopen(address, timeout=2):  # noqa: S310 - our own address
                return
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            assert time.monotonic() < end, f"{address} does not answer: {(data / 'out.log').read_text()}"
            time.sleep(0.3)


def _accounts(data: Path) -> dict[str, tuple[str, str]]:
    lines = (line.split() for line in (data / "accounts.txt").read_text().splitlines() if line.strip())
    return {role: (user, password) for user, password, role in lines}
