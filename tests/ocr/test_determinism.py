"""The same page gives the same bytes of JSON: on one core or two, with one thread or two, in any process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from samples import make_document

ROOT = Path(__file__).resolve().parents[2]
READ = """
import hashlib, json, os, sys
cores, threads, weights, *pages = sys.argv[1:]
os.sched_setaffinity(0, [int(core) for core in cores.split(",")])
import cv2
from pathlib import Path
from ocr import load_engine, read_page, to_json
engine = load_engine("paddle", "tiny", Path(weights), int(threads), "cpu")
cv2.setNumThreads(int(threads))
for page in pages:
    reading = to_json(read_page(cv2.imread(page), number=1, dpi=150, engine=engine))
    print(hashlib.sha256(json.dumps(reading, ensure_ascii=False).encode()).hexdigest(), len(reading["lines"]))
"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory) -> list[str]:
    """A worn form with seals, and one that lies on its side."""
    folder = tmp_path_factory.mktemp("pages")
    worn = make_document("M-SQWT", degrade="poor", dpi=150, seed=3).save(folder / "worn.png")
    turned = make_document("OUT-YDGH", degrade="office", rotate=90, dpi=150, seed=3).save(folder / "turned.png")
    return [str(worn), str(turned)]


def read(pages: list[str], weights_dir: Path, cores: list[int], threads: int) -> list[str]:
    command = [sys.executable, "-c", READ, ",".join(map(str, cores)), str(threads), str(weights_dir), *pages]
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads)}
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True, timeout=110)
    return done.stdout.splitlines()[-len(pages) :]


@pytest.mark.stack  # four processes, each with its own models
@pytest.mark.timeout(240)
def test_one_core_or_two_and_one_thread_or_two_give_the_same_bytes(pages, weights_dir):
    cores = sorted(os.sched_getaffinity(0))[:2]
    first = read(pages, weights_dir, cores[:1], 1)
    assert all(int(line.split()[1]) > 5 for line in first), "the pages were not read at all"
    assert read(pages, weights_dir, cores, 2) == first
    assert read(pages, weights_dir, cores[:1], 2) == first
