"""A process's peak memory is its own, not that of whoever started it."""

import subprocess
import sys
from pathlib import Path

from bench.memory import peak_mb, resident_mb

ROOT = Path(__file__).resolve().parents[2]
MEGABYTE = 1 << 20


def test_a_small_program_started_by_a_large_one_stays_small():
    large = (
        "import subprocess, sys; held = bytearray(b'x') * (300 << 20); "
        "code = 'from bench.memory import peak_mb; print(peak_mb())'; "
        "sys.exit(subprocess.run([sys.executable, '-c', code]).returncode)"
    )
    run = subprocess.run([sys.executable, "-c", large], cwd=ROOT, check=True, capture_output=True, text=True)
    assert 0 < float(run.stdout) < 100


def test_the_peak_stays_when_the_memory_is_given_back():
    before = resident_mb()
    held = bytearray(b"x") * (200 * MEGABYTE)
    assert resident_mb() > before + 190
    del held
    assert resident_mb() < before + 100
    assert peak_mb() > before + 190
