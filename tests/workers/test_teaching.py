"""What clerks named teaches the recogniser: judged before it is used, kept by version, switched back at will."""

from collections.abc import Iterator

import pytest

import ocr
from ocr import Example, shipped_model
from ocr.teaching import catalogue_examples
from workers import digest_in_use, switch_to, switches, teach, teaching

pytestmark = pytest.mark.django_db

WORDS = ["江澜市工程建设项目审批事项告知单", "窗口受理员签章", "领取凭证请妥善保管", "承办科室流转记录栏"]


@pytest.fixture(autouse=True)
def _shipped_again() -> Iterator[None]:
    yield
    ocr.use_model(None)


@pytest.fixture
def named(monkeypatch: pytest.MonkeyPatch) -> list[Example]:
    """Ten documents of a form of this city, as a clerk named them."""
    known = [Example("M-XMJB", "\n".join([*WORDS, f"项目名称{'甲乙丙丁戊己庚辛壬癸'[n]}基地"])) for n in range(10)]
    monkeypatch.setattr("ingest.corrected_examples", lambda: iter(known))
    return known


def test_with_nothing_named_nothing_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.corrected_examples", lambda: iter(()))
    assert not teach().used
    assert digest_in_use() == "shipped"


@pytest.mark.stack
def test_what_was_named_is_learned_used_and_taken_back(named: list[Example]) -> None:
    assert shipped_model().ranked(WORDS)[0].score < 0.1
    done = teach()
    assert (done.confirmed, done.used) == (10, True)
    assert done.judged.held_out == (0, 2)
    teaching.use_current()
    assert ocr.model_in_use().digest == done.digest == digest_in_use()
    assert ocr.model_in_use().ranked(WORDS)[0].type == "M-XMJB"
    assert not teach().used  # the same again is no new version
    switch_to("shipped")
    teaching.use_current()
    assert ocr.model_in_use() is shipped_model()
    switch_to(done.digest[:8])
    assert [one.digest for one in switches()] == [done.digest, "shipped", done.digest]
    with pytest.raises(teaching.UnknownModelError, match="没有版本"):
        switch_to("none")


def test_a_model_that_forgets_a_form_is_not_used(named: list[Example], monkeypatch: pytest.MonkeyPatch) -> None:
    # every form of the catalogue, named a written promise by somebody who was not looking
    wrong = [Example("M-CNS", one.text) for one in catalogue_examples()]
    monkeypatch.setattr("ingest.corrected_examples", lambda: iter(wrong))
    done = teach()
    assert done.judged.forms[1] < done.judged.forms[0]
    assert not done.used
    assert digest_in_use() == "shipped"
