"""Seals, and those who suspend them meanwhile, on PostgreSQL, which locks row by row where SQLite has one lock."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.stack.production import Production, postgres
from tests.stack.servers import REPOSITORY

pytestmark = [pytest.mark.stack, pytest.mark.timeout(300)]


def test_a_suspended_seal_seals_nothing_on_postgresql_either(tmp_path: Path):
    there = Production.read(tmp_path)
    with postgres(there):
        environment = {**os.environ, "YIDANG_DATABASE": there.environment("worker")["YIDANG_DATABASE"]}
        command = [sys.executable, "-m", "pytest", "--create-db", "tests/workers/test_seal_gate.py"]
        done = subprocess.run(
            command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, timeout=240, check=False
        )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]
    assert "skipped" not in done.stdout
