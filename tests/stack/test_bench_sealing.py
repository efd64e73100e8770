"""The bench of sealing runs with every contender, and a large file takes no more memory than a small one."""

import shutil

import pytest

from bench import growth_mb, measure_sizes, run_sealing, sealing_lines
from bench.sealing import LEVELS
from bench.sealing_ground import KINDS, PLACES
from bench.sealing_memory import ALLOWED_GROWTH_MB

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]


def test_every_contender_makes_the_seals_it_is_counted_for() -> None:
    if shutil.which("softhsm2-util") is None:
        pytest.skip("softhsm2 is not installed")
    result = run_sealing(1)
    assert result.left_out == ()
    assert len(result.timings) == len(PLACES) * len(KINDS) * (3 * len(LEVELS) + 1)
    assert all(0 < one.wall < 60 for one in result.timings)
    assert len(sealing_lines(result)) == 2 + len(PLACES) * len(KINDS) * len(LEVELS)


def test_memory_is_flat_for_a_file_of_250_megabytes() -> None:
    rows = measure_sizes(250)
    assert [row.act for row in rows] == ["seal", "preserve", "judge"] * 2
    assert rows[-1].size_mb > 249
    assert growth_mb(rows, "seal") < ALLOWED_GROWTH_MB, rows
    assert growth_mb(rows, "preserve") < ALLOWED_GROWTH_MB, rows
    assert growth_mb(rows, "judge") < rows[-1].size_mb + ALLOWED_GROWTH_MB, rows  # the library holds each object once
