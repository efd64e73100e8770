"""What is held is found on PostgreSQL as on SQLite, by the same index: the same tests, on a server of their own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.stack.production import Production, postgres
from tests.stack.servers import REPOSITORY

pytestmark = [pytest.mark.stack, pytest.mark.timeout(300)]


def test_the_holdings_answer_the_same_on_postgresql(tmp_path: Path):
    there = Production.read(tmp_path)
    with postgres(there):
        environment = {**os.environ, "YIDANG_DATABASE": there.environment("worker")["YIDANG_DATABASE"]}
        command = [
            sys.executable,
            "-m",
            "pytest",
            "--create-db",
            "-n",
            "0",
            "-m",
            "not stack",
            "tests/archive/holdings",
        ]
        done = subprocess.run(
            command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, timeout=240, check=False
        )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]
    assert "skipped" not in done.stdout
