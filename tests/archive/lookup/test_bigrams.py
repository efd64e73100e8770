"""Cutting text and queries for the search."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.lookup.bigrams import (
    MAX_QUERY_CHARACTERS,
    MAX_WORD_CHARACTERS,
    QueryTooLongError,
    QueryTooShortError,
    bigram_text,
    occurrences,
    phrases,
    tokenize,
)

HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF)
# What a page is made of: Chinese, words, signs, line ends, and the forms that scans and PDF fonts put for them.
PAGE = st.text(alphabet=st.one_of(HAN, st.sampled_from("aZ09é。，-《 \n　ＡＢ１２⼈⼯㍻々〇𠮷\u200b")), max_size=60)


def holds(text: str, query: str) -> bool:
    """As the search decides, on any database."""
    return all(phrase.needle in bigram_text(text) for phrase in phrases(query))


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("合同自签订", " 合同 同自 自签 签订 订 "),
        ("1号厂房", " 1 号厂 厂房 房 "),
        ("ＵＳＣＣ：91990101ma7c", " uscc 91990101ma7c "),
        ("地字第990101202600018号", " 地字 字第 第 990101202600018 号 "),
        ("甲方。乙方", " 甲方 方 乙方 方 "),
        ("建 设　单\n位", " 建设 设单 单位 位 "),
        ("⼯程", " 工程 程 "),
        ("。、 \n", ""),
        ("", ""),
    ],
)
def test_text_is_cut_into_words_and_pairs(text: str, cut: str) -> None:
    assert bigram_text(text) == cut


@given(before=PAGE, wanted=st.text(alphabet=HAN, min_size=2, max_size=12), after=PAGE)
def test_two_or_more_chinese_characters_that_follow_each_other_are_always_found(
    before: str, wanted: str, after: str
) -> None:
    assert holds(before + wanted + after, wanted)


@given(text=PAGE, cut=st.tuples(st.integers(0, 60), st.integers(0, 60)))
def test_a_part_of_a_page_that_splits_no_word_is_found(text: str, cut: tuple[int, int]) -> None:
    start, end = min(cut), max(cut)
    edges = {token.start for token in tokenize(text)} | {token.end for token in tokenize(text)}
    inside = [token for token in tokenize(text) if start <= token.start and token.end <= end]
    if {start, end} <= edges and sum(token.end - token.start for token in inside) > 1:
        words = text[start:end].split()
        if any(len(tokenize(word)) > 1 for word in words):
            assert holds(text, text[start:end])


@given(text=PAGE, query=st.text(alphabet=HAN, min_size=2, max_size=3))
def test_what_is_found_stands_there(text: str, query: str) -> None:
    plain = "".join(token.text[0] for token in tokenize(text))
    if holds(text, query):
        assert query in plain


@given(text=PAGE, query=PAGE)
def test_the_places_and_the_indexed_text_agree(text: str, query: str) -> None:
    try:
        wanted = phrases(query)
    except QueryTooShortError:
        return
    for phrase in wanted:
        assert any(occurrences(tokenize(text), phrase)) is (phrase.needle in bigram_text(text))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("1号", True),
        ("1号厂房", True),
        ("厂房", True),
        ("号厂房", True),
        ("号房", False),
        ("990101202600018", True),
        ("地字第990101202600018号", True),
        ("第990101202600018", True),
        ("9901012026", False),
        ("厂房 地字", True),
        ("厂房 合同", False),
        ("2603-990101-04", True),
        ("ABC", True),
        ("ab", False),
    ],
)
def test_words_are_found_whole_and_characters_anywhere(query: str, found: bool) -> None:  # noqa: FBT001
    page = "1号厂房\n地字第990101202600018号\n2603-990101-04-01-318264 Ａbc"
    assert holds(page, query) is found


@pytest.mark.parametrize("query", ["", " ", "合", "1", "。。", "合 同", "（"])
def test_a_query_of_single_characters_is_told_so(query: str) -> None:
    with pytest.raises(QueryTooShortError, match="至少输入两个") as told:
        phrases(query)
    assert told.value.code == "query-too-short"


def test_a_single_character_beside_a_longer_term_counts() -> None:
    assert holds("合同第1条", "合同 1")
    assert not holds("合同第2条", "合同 1")
    assert holds("合同第2条", "条 合同")


def test_a_query_that_is_a_whole_page_is_told_so() -> None:
    with pytest.raises(QueryTooLongError):
        phrases("合" * (MAX_QUERY_CHARACTERS + 1))
    assert phrases("合" * MAX_QUERY_CHARACTERS)


def test_a_word_without_end_is_cut_and_not_taken_for_a_shorter_one() -> None:
    assert len(tokenize("a" * 5000)[0].text) == MAX_WORD_CHARACTERS
    assert not holds("a" * 5000, "a" * MAX_QUERY_CHARACTERS)


def test_a_place_is_that_of_the_text_as_it_was_read() -> None:
    text = "㍻\u200b ⼯ 程 名称"
    wanted = phrases("工程名")[0]
    start, end = next(occurrences(tokenize(text), wanted))
    assert text[start:end] == "⼯ 程 名"
