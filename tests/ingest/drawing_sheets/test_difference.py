"""Two versions of a sheet laid over each other: what changed is found where it is, and a rescan shows no change."""

import cv2
import numpy as np
import pytest

from ingest.refusals import Refusal
from ingest.sheets import sheet_difference
from ingest.sheets.changed_places import DOZEN, SHIFT, TILE, changes, ink_of
from ingest.sheets.difference_child import OVERLAY, compare_pictures
from samples import draw_set, scans


def _encoded(picture):
    return cv2.imencode(".jpg", picture)[1].tobytes()


@pytest.fixture(scope="module")
def paper():
    """One sheet of A4, scanned twice."""
    drawn = draw_set(11, count=1, paper="A4", layout=2, listed=False)
    return [next(iter(scans(drawn, "office", dpi=100, seed=seed))) for seed in (1, 2)]


def _compared(tmp_path, one, other):
    for name, picture in (("old", one), ("new", other)):
        (tmp_path / name).write_bytes(_encoded(picture))
    told = compare_pictures(
        old=str(tmp_path / "old"), new=str(tmp_path / "new"), out_dir=str(tmp_path), begin=lambda _: None
    )
    return told, cv2.imread(str(tmp_path / OVERLAY))


def test_another_scan_of_the_same_paper_shows_no_change(tmp_path, paper):
    told, _ = _compared(tmp_path, *paper)
    assert told["registered"]
    assert told["places"] == []


def test_what_was_added_and_removed_is_found_where_it_is(tmp_path, paper):
    old, new = paper[0].copy(), paper[1].copy()
    cv2.rectangle(old, (820, 300), (880, 360), (0, 0, 0), 2)
    cv2.line(new, (820, 520), (900, 520), (0, 0, 0), 2)
    told, picture = _compared(tmp_path, old, new)
    kinds = {place["kind"]: place["box"] for place in told["places"]}
    assert set(kinds) == {"removed", "added"}
    assert np.allclose(kinds["removed"], (820, 300, 881, 361), atol=8)
    assert np.allclose(kinds["added"], (820, 519, 901, 522), atol=14)
    vermilion, blue = (0, 94, 213), (178, 114, 0)
    assert (picture == vermilion).all(axis=2).sum() > 100
    assert (picture == blue).all(axis=2).sum() > 60


def test_two_sheets_with_nothing_in_common_are_not_compared(tmp_path, paper):
    noise = np.random.default_rng(1).integers(0, 255, paper[0].shape, np.uint8)
    told, _ = _compared(tmp_path, paper[0], noise)
    assert told == {"registered": False}


def test_the_comparison_runs_within_the_sandbox_and_names_a_broken_picture(paper):
    found = sheet_difference(_encoded(paper[0]), _encoded(paper[1]))
    assert found.same
    assert found.picture[:4] == b"\x89PNG"
    with pytest.raises(Refusal) as refused:
        sheet_difference(_encoded(paper[0]), b"no picture")
    assert (refused.value.code, refused.value.page) == ("image-broken", 2)


def test_a_picture_may_end_in_a_tile_of_a_few_pixels():
    last = 1, 3
    assert last[0] * last[1] < DOZEN
    height, width = (2 * SHIFT + 2 * TILE + rest for rest in last)
    old = np.full((height, width), 255, np.uint8)
    new = old.copy()
    cv2.line(new, (40, 40), (80, 40), (0,), 2)
    cv2.line(new, (width - 12, height - 8), (width - 1, height - 1), (0,), 3)
    gone, come = changes(ink_of(old), ink_of(new))
    assert not gone.any()
    assert come[36:44, 40:80].any()
