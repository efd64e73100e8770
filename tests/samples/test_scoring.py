"""The pages that reading is scored on: fonts and layouts no other has, their truth right, the same each time."""

import io
from collections.abc import Iterator

import numpy as np
import pikepdf
import pytest

from samples import (
    SCORED,
    TYPES,
    ScoringPage,
    holdout_pages,
    make_digital,
    missing_fonts,
    scoring_document,
    scoring_forms,
    scoring_set,
)
from samples.ageing import Degrade
from samples.materials import FORMS
from samples.scoring import SCORED_DPI

pytestmark = [
    pytest.mark.stack,  # drawing the set takes over a minute
    pytest.mark.skipif(bool(missing_fonts()), reason=missing_fonts()),
]


@pytest.fixture(scope="module")
def pages() -> Iterator[list[ScoringPage]]:
    return list(scoring_set(3, degrades=["poor"]))


def test_every_field_of_a_scoring_form_stands_on_its_pages(pages: list[ScoringPage]) -> None:
    for code in scoring_forms():
        mine = [page for page in pages if page.code == code]
        on_them = {name for page in mine for name in page.fields}
        by_hand = set(mine[0].document.handwritten)
        assert {name for page in mine for name in page.boxes} == on_them - by_hand, code
        assert on_them == set(mine[0].document.fields), code
        assert len(mine) == mine[0].document.pages


def test_every_role_of_a_scoring_form_is_sealed(pages: list[ScoringPage]) -> None:
    for page in pages:
        assert {seal.role for seal in page.document.seals} == set(FORMS[page.code].seals), page.code


def test_a_box_holds_the_ink_of_its_value(pages: list[ScoringPage]) -> None:
    for page in pages:
        upright = np.rot90(page.image, page.document.rotation // 90).mean(axis=2)
        paper = np.median(upright)
        for name, boxes in page.boxes.items():
            left, top, right, bottom = (round(edge) for edge in boxes[0])
            inside = upright[top:bottom, left:right]
            assert inside.size, (page.code, name)
            assert (inside < paper - 40).mean() > 0.04, (page.code, name)


@pytest.mark.parametrize("degrade", ["office", "photo"])
def test_a_seal_of_a_scoring_page_lies_where_its_truth_says(degrade: Degrade) -> None:
    (page,) = scoring_document("OUT-KY", degrade, seed=5)
    (seal,) = page.seals
    upright = np.rot90(page.image, page.document.rotation // 90).astype(int)
    rows, columns = np.nonzero((upright[..., 0] - upright[..., 1] > 45) & (upright[..., 0] - upright[..., 2] > 30))
    near = np.hypot(columns - seal.center[0], rows - seal.center[1]) < 0.56 * seal.diameter
    x, y = columns[near], rows[near]
    assert near.sum() > 500
    assert abs((x.min() + x.max()) / 2 - seal.center[0]) < 0.08 * seal.diameter
    assert abs((y.min() + y.max()) / 2 - seal.center[1]) < 0.08 * seal.diameter


def test_a_scoring_document_is_the_same_whoever_asks() -> None:
    alone = next(scoring_document("OUT-LX", "poor", seed=3))
    among = next(page for page in scoring_set(3, degrades=["poor"], forms=["M-CNS", "OUT-LX"]) if page.code == "OUT-LX")
    assert np.array_equal(alone.image, among.image)
    assert alone.document == among.document
    other = next(scoring_document("OUT-LX", "poor", seed=4))
    assert other.document.fields["项目代码"] != alone.document.fields["项目代码"]


@pytest.mark.parametrize("degrade", [*SCORED, "grey", "bitonal"])
def test_each_degradation_has_its_resolution(degrade: Degrade) -> None:
    page = next(scoring_document("M-CNS", degrade, seed=1))
    assert sorted(page.image.shape[:2]) == pytest.approx([210 / 25.4 * page.dpi, 297 / 25.4 * page.dpi], abs=1)
    assert page.dpi == SCORED_DPI[degrade]


def fonts_in(pdf: bytes) -> set[str]:
    with pikepdf.open(io.BytesIO(pdf)) as read:
        names = [
            part["/FontName"] for part in read.objects if isinstance(part, pikepdf.Dictionary) and "/FontName" in part
        ]
    return {str(name).partition("+")[2] for name in names}


def test_the_fonts_of_scoring_are_none_that_other_samples_use(pages: list[ScoringPage]) -> None:
    each_template = {form.template: form.code for form in FORMS.values()}.values()
    scored = set().union(*(fonts_in(page.pdf) for page in pages))
    tuned = set().union(*(fonts_in(make_digital(code)[0]) for code in each_template))
    assert len(scored) >= 4
    assert tuned
    assert not scored & tuned, scored & tuned


def test_scoring_has_at_least_twenty_forms_in_four_degradations() -> None:
    assert len(scoring_forms()) >= 20
    assert len(SCORED) == 4
    assert set(scoring_forms()) <= set(TYPES)


def test_scoring_pages_can_be_had_by_number() -> None:
    pages = list(holdout_pages(2, 5))
    assert [page.degrade for _, _, page in pages] == ["clean", "office", "poor", "photo", "clean"]
    assert all(image is page.image and dpi == page.dpi for image, dpi, page in pages)
