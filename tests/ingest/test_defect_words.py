"""Every defect has its words, and the page of codes says what the program says."""

import ast
import re
import string
from pathlib import Path

import pytest

from ingest.defects.table import HEADINGS, table
from ingest.defects.words import WORDS, defect

ROOT = Path(__file__).resolve().parents[2]
SENTENCE = 4


def raised() -> set[str]:
    """Every code that the program names when it makes a defect."""
    found = set()
    for path in (ROOT / "ingest").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "defect":
                found |= {c.value for c in ast.walk(node.args[0]) if isinstance(c, ast.Constant)}
    return found


def test_every_defect_that_is_made_has_words_and_every_word_is_used():
    codes = {code for code in raised() if not code.endswith("-")}
    assert codes <= WORDS.keys()
    seals = set(re.findall(r'"(seal-[a-z]+)"', (ROOT / "ingest/seal_parties.py").read_text()))
    made_by_name = {code for code in WORDS if code.startswith(("page-", "code-"))}
    assert codes | seals | made_by_name == WORDS.keys()


@pytest.mark.parametrize("code", WORDS)
def test_clerk_and_applicant_are_told_in_chinese_what_is_wrong_and_what_to_do(code: str):
    words = WORDS[code]
    for sentence in (words.clerk, words.applicant, words.remedy):
        assert len(re.findall("[一-鿿]", sentence)) >= SENTENCE, code
        assert not sentence.endswith("。"), "sentences are joined by those who show them"


@pytest.mark.parametrize("code", WORDS)
def test_a_defect_is_filled_in_wholly(code: str):
    words = WORDS[code]
    text = words.clerk + words.applicant + words.remedy
    names = {name for _, name, _, _ in string.Formatter().parse(text) if name} - {"page"}
    made = defect(code, page=3, **dict.fromkeys(names, "某值"))  # type: ignore[arg-type]
    assert made.code == code
    assert "{" not in made.message + made.applicant + made.remedy
    assert (made.serious, made.asks) == (words.weight == "serious", words.weight == "question")


def test_the_page_of_codes_is_what_the_table_gives():
    page = (ROOT / "docs" / "defect-codes.md").read_text(encoding="utf-8")
    assert page.partition("<!-- generated -->\n")[2] == table(), "run python -m ingest.defects.table into the page"


def test_every_story_is_told_under_a_heading():
    assert {words.story for words in WORDS.values()} == set(HEADINGS)
