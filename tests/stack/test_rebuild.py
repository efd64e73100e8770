"""The whole database dropped and rebuilt from the archive, on SQLite and on PostgreSQL, by cases with sealed files."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.stack.production import Production, postgres
from tests.stack.servers import REPOSITORY

pytestmark = [pytest.mark.stack, pytest.mark.timeout(1000)]
COMMAND = [sys.executable, "-m", "pytest", "-n", "0", "--create-db", "-m", "", "tests/archive/rebuilding/whole_run.py"]


def run(**environment: str) -> None:
    done = subprocess.run(
        COMMAND,
        cwd=REPOSITORY,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=950,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-1000:]


def test_on_sqlite() -> None:
    run()


def test_on_postgresql(tmp_path: Path) -> None:
    there = Production.read(tmp_path)
    with postgres(there):
        run(YIDANG_DATABASE=there.environment("worker")["YIDANG_DATABASE"])
