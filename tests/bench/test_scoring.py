"""A known text is sought at its best place, in whatever order the page was read."""

import itertools

from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from bench.pages import Known
from bench.scoring import Tally, match_texts, match_whole, nearest, plain, tally

letters = st.text(alphabet="甲乙丙12", max_size=12)
words = st.text(alphabet="甲乙丙12", min_size=1, max_size=6)


@given(words, letters)
def test_no_part_of_the_text_is_nearer_than_the_one_found(needle: str, text: str) -> None:
    parts = [text[i:j] for i in range(len(text) + 1) for j in range(i, len(text) + 1)]
    errors, start, end = nearest(needle, text)
    assert errors == min(Levenshtein.distance(needle, part) for part in parts)
    assert Levenshtein.distance(needle, text[start:end]) == errors


@given(st.lists(words, min_size=1, max_size=5), st.randoms())
def test_texts_that_were_all_read_count_no_error_in_any_order(texts: list[str], chance) -> None:
    read = list(texts)
    chance.shuffle(read)
    assert tally(match_texts([Known(str(n), text) for n, text in enumerate(texts)], read)).wrong == 0


@given(st.lists(words, min_size=1, max_size=5), st.lists(letters, max_size=4))
def test_read_characters_serve_one_text_only(texts: list[str], read: list[str]) -> None:
    known = [Known(str(n), text) for n, text in enumerate(texts)]
    matches, left = match_whole(known, read)
    assert [match.known for match in matches] == known
    spans = sorted((match.start, match.end) for match in matches if match.start < match.end)
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(spans))
    assert left == len(plain("".join(read))) - sum(end - start for start, end in spans)


def test_two_columns_read_one_after_the_other_are_no_error() -> None:
    known = [Known("1", "项目名称 一号厂房"), Known("2", "建设地点 北塘区")]
    matches, left = match_whole(known, ["建设地点", "北塘区", "项目名称", "一号厂房"])
    assert (sum(match.errors for match in matches), left) == (0, 0)


def test_what_is_not_there_is_counted_as_added_and_what_is_missing_as_wrong() -> None:
    matches, left = match_whole([Known("1", "一二三四"), Known("2", "五六")], ["一二X四七"])
    count = tally(matches, left)
    assert (count.wrong, count.characters, count.right, count.known) == (3, 6, 0, 2)
    assert count.surplus == 1


def test_width_spaces_and_the_stroke_of_a_dash_are_no_errors() -> None:
    assert plain("ＧＢ／Ｔ ３６２０．１——２０１６（钛）") == plain("GB/T3620.1-2016(钛)")


def test_counts_add_up() -> None:
    one, other = Tally(1, 10, 2, 3, 1, 10), Tally(2, 20, 1, 1)
    assert one + other == Tally(3, 30, 3, 4, 1, 10)
    assert (one + other).cer == 0.1
