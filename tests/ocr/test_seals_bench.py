"""Seals scored on drawn pages."""

import itertools

from bench import score_seals
from samples import seal_scenes


def test_every_seal_is_counted_and_every_failure_comes_with_its_picture(engine):
    scenes = list(itertools.islice(seal_scenes(5, degrades=("clean",)), 2))
    figures, failures = score_seals(engine, 5, scenes=scenes)
    assert sum(f.drawn for f in figures.values()) == sum(len(scene.seals) for scene in scenes) == 6
    assert sum(f.found for f in figures.values()) >= 5
    assert all(failure.picture.size and failure.expected != failure.got for failure in failures)


def test_the_same_seed_draws_the_same_pages():
    first, second = (next(seal_scenes(6, degrades=("grey",))) for _ in range(2))
    assert (first.image == second.image).all()
    assert first.seals == second.seals
