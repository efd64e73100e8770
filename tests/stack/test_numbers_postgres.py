"""Numbers on PostgreSQL, as a city runs it: ten thousand drawn by eight processes, some of them killed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.stack.production import Production, postgres
from tests.stack.servers import REPOSITORY

pytestmark = [pytest.mark.stack, pytest.mark.timeout(1000)]


def test_numbers_have_no_gap_and_no_repeat_on_postgresql(tmp_path: Path):
    there = Production.read(tmp_path)
    with postgres(there):
        environment = {**os.environ, "YIDANG_DATABASE": there.environment("worker")["YIDANG_DATABASE"]}
        command = [sys.executable, "-m", "pytest", "--create-db", "-m", "", "tests/stack/drawn_numbers.py"]
        done = subprocess.run(
            command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, timeout=950, check=False
        )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]
