"""What is scored: our own forms, a standard with its text layer, a real form; each left out by name where absent."""

from pathlib import Path

import pytest

from bench.pages import SETS, Known, SetName, Subject, image_count, spread
from bench.sets import FORM, STANDARD, gather, own_forms, sound_layer
from samples import missing_fonts
from tests.ingest.corpora import CORPORA


def subject(name: str, of: SetName, wear: str = "", pages: int = 1) -> Subject:
    return Subject(name, of, wear, (Path(name),) * pages, (Known("a", "b"),))


def test_absent_files_are_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    gathered = gather(("gbt", "form"), tmp_path, tmp_path, seed=1)
    assert gathered.subjects == ()
    assert [reason.partition(":")[0] for reason in gathered.left_out] == ["gbt", "form"]


def test_a_form_that_is_another_file_than_the_truth_was_typed_from_is_left_out(tmp_path: Path) -> None:
    (tmp_path / FORM).parent.mkdir()
    (tmp_path / FORM).write_bytes(b"another")
    assert "another file" in gather(("form",), tmp_path, tmp_path, seed=1).left_out[0]


def test_pages_with_a_sound_text_layer_are_scored_and_the_others_named(tmp_path: Path) -> None:
    if not (CORPORA / STANDARD).is_file():
        pytest.skip("the shared test data is not there")
    gathered = gather(("gbt", "form"), tmp_path, CORPORA, seed=1)
    assert image_count(gathered.subjects) == 9
    assert "pages 5, 6, 7, 8, 9" in gathered.left_out[0]


def test_a_layer_without_chinese_is_not_sound() -> None:
    assert sound_layer(["本标准规定了 TA1G 等牌号"])
    assert not sound_layer(["! !!!", '"# $% &# ( )* +, 12 34'])


def test_own_forms_know_their_fields_and_where_they_stand(tmp_path: Path) -> None:
    if missing := missing_fonts():
        pytest.skip(missing)
    gathered = own_forms(tmp_path, seed=3, most=2, step=lambda _: None)
    assert len(gathered.subjects) == 2
    for one in gathered.subjects:
        assert all(image.is_file() for image in one.images)
        assert set(one.fields) == {text.name for text in one.texts}
        assert any(text.box for text in one.texts)


def test_a_share_of_the_pages_is_of_every_set_and_wear() -> None:
    own = [subject(f"{n} {wear}", "own", wear) for n in range(20) for wear in ("clean", "poor")]
    every = [*own, *(subject(f"gbt {n}", "gbt") for n in range(8)), subject("form", "form")]
    chosen = spread(every, 12)
    assert image_count(chosen) == 12
    assert {one.set for one in chosen} == set(SETS)
    assert {one.wear for one in chosen if one.set == "own"} == {"clean", "poor"}
    assert chosen == spread(every, 12)
    assert spread(every, 0) == tuple(every)
