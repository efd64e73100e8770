"""A reader that reads page after page does not grow, and stays below what one worker may use."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ocr import WeightsError, check_weights

pytestmark = [pytest.mark.stack, pytest.mark.timeout(900)]

ROOT = Path(__file__).resolve().parents[2]
PAGES, STEP = 123, 41
"""Three times round the 41 pages of the soak."""

MOST_GROWTH_MB = 15.0
"""From the second time round to the last. A reader that kept each page would grow by 500 MB, one that kept each text by
less than this, which is what 2,000 pages are for: `yidang bench soak`."""

MOST_MB = 500.0
"""At the peak, 300 dpi pages among those read: what one worker may use. 463 MB were measured. The 1,188 MB once thought
to be a reader's were those of the test run that had started it: see `bench.memory.peak_mb`."""


def test_a_reader_does_not_grow():
    try:
        check_weights(ROOT / "models")
    except WeightsError as error:
        pytest.skip(str(error))
    code = (
        "import dataclasses, json, sys; from pathlib import Path; from bench import soak; "
        f"done = soak(Path({str(ROOT / 'models')!r}), {PAGES}, {STEP}); print(json.dumps(dataclasses.asdict(done)))"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    done = json.loads(run.stdout.splitlines()[-1])
    assert len(done["resident_mb"]) == PAGES // STEP
    assert max(done["resident_mb"][1:]) - done["resident_mb"][1] < MOST_GROWTH_MB
    assert done["peak_mb"] < MOST_MB
