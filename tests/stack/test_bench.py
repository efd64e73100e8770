"""`yidang bench ocr` from end to end, on one document of our own: figures, judgement and the report page."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from samples import missing_fonts

pytestmark = pytest.mark.stack
ROOT = Path(__file__).resolve().parents[2]


def bench(*options: str) -> "subprocess.CompletedProcess[str]":
    command = [str(Path(sys.executable).parent / "yidang"), "bench", "ocr", *options]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)


def test_one_document_is_read_scored_and_reported(tmp_path: Path) -> None:
    if missing := missing_fonts():
        pytest.skip(missing)
    options = ("--set", "all", "--corpora", str(tmp_path), "--pages", "1", "--documents", "1")
    ran = bench(*options, "--engine", "tiny-baseline", "--json", "--report", str(tmp_path / "report"))
    assert ran.returncode == 0, ran.stderr
    said = json.loads(ran.stdout)
    assert list(said["engines"]) == ["yidang", "tiny-baseline"]
    assert said["engines"]["yidang"]["cpu"] > 0
    assert [reason.partition(":")[0] for reason in said["left_out"]] == ["gbt", "form"]
    assert said["ours"]["types"]["known"] == 1
    assert sum(known for _, known in said["ours"]["upright"].values()) >= 1
    assert [row["kind"] for row in said["ours"]["seals"]][-1] == "all"
    assert "识别评测" in (tmp_path / "report" / "index.html").read_text("utf-8")


def test_an_engine_that_is_none_is_wrong_use_and_says_which_there_are() -> None:
    ran = bench("--engine", "abbyy")
    assert ran.returncode == 2
    assert "yidang-small" in ran.stderr
