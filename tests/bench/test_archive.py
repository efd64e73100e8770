"""The archive's bench asks the archive itself, at a size small enough for a test."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.stack
def test_reading_growth_and_proofs_are_measured_in_an_installation_of_its_own() -> None:
    program = "from portal.cli import main; main()"
    options = ["bench", "archive", "--size", "4", "--packages", "20", "--packages", "60", "--leaves", "600", "--json"]
    done = subprocess.run(
        [sys.executable, "-c", program, *options], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    ratios = {one["what"]: one["ratio"] for one in found["reading"]}
    assert ratios["sha256sum"] == 1
    assert min(ratios.values()) > 0
    asked = {(one["what"], one["packages"]) for one in found["growth"]}
    assert {("file one more", 20), ("due for disposal", 60)} <= asked
    assert found["log"]["entries"] == 600
    assert 0 < found["log"]["tiles"] <= 6


def test_a_proof_is_made_of_the_tiles_that_were_published(tmp_path: Path) -> None:
    from bench.archive_log import measure_log

    found = measure_log(tmp_path, 300, lambda _: None)
    assert found.tiles <= 3
    assert found.bytes_read >= 32 * 44
