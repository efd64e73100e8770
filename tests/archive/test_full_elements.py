"""How full a package is: what applies, what is there, and what is missing with who supplies it."""

from fractions import Fraction
from pathlib import Path

import pytest

from archive import (
    FULL_ELEMENTS,
    Applies,
    Element,
    LocalStore,
    Manifest,
    Matter,
    parse_manifest,
    score_of,
    to_be_filed,
)
from archive.full_elements import REQUIRED, TO_BE_FILED
from tests.archive import sample_package as sample

LATER = {12, 26, 29, 30, 31, 32, 34, 35}
"""What the sample's package lacks of that which a granted case needs."""


@pytest.fixture
def manifest(tmp_path: Path) -> Manifest:
    matter = Matter(result="granted", kind="行政许可", stage="施工许可")
    return sample.make_manifest(LocalStore(tmp_path)).model_copy(update={"matter": matter})


def added(manifest: Manifest, *numbers: int, **changes: object) -> Manifest:
    """The manifest with one more element for each number."""
    more = [manifest.elements[0].model_copy(update={"element": n, "path": f"申报文件/{n}.pdf"}) for n in numbers]
    return manifest.model_copy(update={"elements": (*manifest.elements, *more), **changes})


def after(manifest: Manifest, *numbers: int) -> Manifest:
    """A follow-up that holds these."""
    return added(manifest, *numbers, previous_package="p", previous_manifest_sha256="ab" * 32)


def missing(*manifests: Manifest) -> set[int]:
    return {one.number for one in score_of(manifests).missing}


def test_what_is_missing_is_named_with_its_need_and_who_supplies_it(manifest: Manifest):
    score = score_of([manifest])
    assert missing(manifest) == LATER
    assert score.value == Fraction(score.satisfied, score.satisfied + len(LATER))
    delivery = next(one for one in score.missing if one.number == 26)
    assert (delivery.name, delivery.supplier) == ("送达", "窗口")
    assert delivery.why == FULL_ELEMENTS[26].need


def test_a_conditional_element_counts_only_where_it_applies_and_then_with_the_facts_of_the_case(manifest: Manifest):
    whole = added(manifest, *LATER)
    assert score_of([whole]).full
    owed = whole.model_copy(update={"applies": (Applies(element=16, why="办件曾因公示暂停计时"),)})
    [lack] = score_of([owed]).missing
    assert (lack.number, lack.why) == (16, "办件曾因公示暂停计时")
    assert score_of([owed]).value == Fraction(len(score_of([whole]).applicable), len(score_of([owed]).applicable))
    assert score_of([added(owed, 16)]).full


def test_what_comes_later_in_a_follow_up_counts(manifest: Manifest):
    assert missing(manifest, after(manifest, 26), after(manifest, 32)) == LATER - {26, 32}
    assert score_of([manifest, after(manifest, 26)]) == score_of([manifest, after(manifest), after(manifest, 26)])


def test_an_act_on_the_certificate_is_its_later_life(manifest: Manifest):
    told = Element.model_validate({**manifest.elements[0].model_dump(), "role": "变动决定", "element": 21})
    act = manifest.model_copy(
        update={"elements": (told,), "previous_package": "p", "previous_manifest_sha256": "ab" * 32}
    )
    assert 25 in score_of([manifest, act]).applicable
    assert 25 not in score_of([manifest]).applicable


def test_a_refusal_needs_its_reasons_and_no_certificate(manifest: Manifest):
    refused = manifest.model_copy(update={"matter": Matter(result="not-accepted", kind="行政许可", stage="施工许可")})
    bare = refused.model_copy(update={"elements": tuple(e for e in refused.elements if e.element not in {8, 23})})
    assert 22 in missing(bare)
    assert not {8, 23} & missing(bare)
    assert 22 in to_be_filed(bare)


def test_nothing_blocks_the_filing_that_cannot_be_had_when_a_case_closes():
    for result, needed in TO_BE_FILED.items():
        assert needed <= REQUIRED[result]
        assert not {25, 26, 27, 28, 29, 32} & needed


def test_a_package_of_version_1_is_scored_as_a_granted_case():
    raw = (Path(__file__).parent / "samples/manifest.v1.json").read_bytes()
    assert missing(parse_manifest(raw)) == LATER


def test_a_score_begins_with_the_package_itself(manifest: Manifest):
    for manifests in ([], [after(manifest, 26)]):
        with pytest.raises(ValueError, match="own manifest"):
            score_of(manifests)
