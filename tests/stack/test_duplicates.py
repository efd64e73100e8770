"""The duplicates' benchmark in miniature: real scans, the real reader, no other document ever called the same."""

from pathlib import Path

import pytest
from django.conf import settings

from bench import duplicates_lines, measure_duplicates, read_families

FAMILIES = range(4)

pytestmark = [pytest.mark.stack, pytest.mark.django_db, pytest.mark.timeout(900)]


def test_rescans_are_proposed_and_nothing_else_is_called_the_same(tmp_path: Path):
    read = sum(read_families(tmp_path, "own", FAMILIES, settings.MODELS_DIR))
    result = measure_duplicates(tmp_path, "own")
    assert result.documents >= read >= 30
    others = [pair for pair in result.pairs if pair.truth != "same"]
    assert [pair for pair in others if pair.said == "same"] == []
    assert {pair.variant for pair in others} >= {"instance", "number", "name", "date", "figure"}
    rescans = [pair for pair in result.pairs if pair.truth == "same"]
    assert [pair for pair in rescans if pair.said not in {"same", "unsure"} or not pair.nominated] == []
    assert any(pair.said == "same" for pair in rescans)
    assert any("| same | rescan |" in line for line in duplicates_lines(result))


def test_a_run_that_was_stopped_reads_nothing_twice(tmp_path: Path):
    (tmp_path / "own-0000.json").write_text("[]")
    assert list(read_families(tmp_path, "own", range(1), settings.MODELS_DIR)) == []
