"""The learned part: made from the catalogue's words, the same everywhere, and asked only where the rules are unsure."""

import dataclasses
import random

import pytest

from catalogue import load_catalogue
from ocr import Example, Line, Model, PageReading, learn, quad, recognise, shipped_model, taught
from ocr.folding import fold
from ocr.learned import SHIPPED
from tests.ocr.conftest import CODES, recorded
from tests.ocr.test_recognition import GOOD

TITLES = {fold(title) for kind in load_catalogue().material_types() for title in kind.titles}
LARGEST = 500_000


def _without_title(code: str) -> list[PageReading]:
    """The recorded scan of that type with its upper part cut off at the title."""
    cut = []
    for page in recorded(code)[0]:
        at = max((line.box[2][1] for line in page.lines if fold(line.text) in TITLES), default=0.0)
        lines = tuple(line for line in page.lines if line.box[0][1] > at)
        cut.append(dataclasses.replace(page, lines=lines))
    return cut


def test_the_shipped_model_is_what_the_catalogue_teaches_to_the_byte():
    assert SHIPPED.read_text("utf-8") == taught().to_json(), "run: python -m ocr.teaching"
    assert SHIPPED.stat().st_size < LARGEST
    assert set(shipped_model().weights) == {kind.code for kind in load_catalogue().material_types()}


def test_a_model_survives_its_file_and_the_order_of_examples_is_no_matter():
    examples = [Example("A", "建设单位\n施工许可"), Example("B", "监理合同\n监理酬金"), Example("A", "施工单位")]
    model = learn(examples)
    shuffled = random.Random(7).sample(examples, len(examples))  # noqa: S311 -- an order, no secret
    assert learn(shuffled).to_json() == model.to_json()
    again = Model.from_json(model.to_json())
    assert (again, again.digest) == (model, model.digest)
    with pytest.raises(ValueError, match="version"):
        Model.from_json('{"version": 0}')


def test_pages_without_their_title_are_known_by_their_words_and_none_is_taken_for_another():
    guesses = {code: recognise(_without_title(code)) for code in CODES}
    named = {code: guess for code, guess in guesses.items() if guess.type}
    assert all(guess.type == code for code, guess in named.items())
    assert len(named) > len(CODES) / 2
    learned = [guess for guess in named.values() if "learned" in guess.why]
    assert learned
    assert all(shipped_model().digest[:8] in guess.why for guess in learned)


def test_a_title_that_is_read_needs_no_model():
    for code in CODES:
        assert "learned" not in recognise(recorded(code)[0]).why


def test_confirmed_documents_teach_the_words_of_a_city():
    words = ["江澜市工程建设项目审批事项告知单", "窗口受理员签章", "领取凭证请妥善保管", "承办科室流转记录栏"]
    page = PageReading(1, 1240, 1754, 0, "ocr", tuple(_line(n, word) for n, word in enumerate(words)), (), GOOD)
    assert recognise([page]).type == ""
    model = taught([Example("M-XMJB", "\n".join(words))] * 3)
    assert model.digest != shipped_model().digest
    assert model.ranked(words)[0].type == "M-XMJB"
    assert model.ranked(words)[0].score > shipped_model().ranked(words)[0].score


def _line(n: int, text: str) -> Line:
    return Line(text, quad(100, 400 + 50 * n, 100 + 26 * len(text), 426 + 50 * n), 0.98)
