"""Text as the search sees it: words whole, Chinese as overlapping pairs of characters, the same for page and query.

No database cuts Chinese into words without an extension, and the two that are used here cut differently. So the words
are cut here, and both databases only look up what they are given.
"""

import dataclasses
import functools
import itertools
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

# Longer than any name, number or sentence that somebody looks for; keeps the search expression small.
MAX_QUERY_CHARACTERS = 100
# One Chinese character stands on nearly every page: the answer would be everything.
MIN_TERM_CHARACTERS = 2
# One more than a query can have; PostgreSQL takes no word of more than 2046 bytes.
MAX_WORD_CHARACTERS = MAX_QUERY_CHARACTERS + 1

# All that common texts use; the rest is worked out anew each time.
CHARACTERS_KEPT = 10_000

# Han, kana and the marks that count as letters among them; digits and Latin letters are words.
_CJK_RANGES = ((0x3005, 0x3007), (0x3040, 0x30FF), (0x3400, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF))


class SearchQueryError(ValueError):
    """The query cannot be looked up; the message says how to write it."""

    code = "query-not-possible"


class QueryTooShortError(SearchQueryError):
    """No term of the query has two characters."""

    code = "query-too-short"

    def __init__(self) -> None:
        super().__init__("请至少输入两个连续的字或字符")


class QueryTooLongError(SearchQueryError):
    """More than `MAX_QUERY_CHARACTERS`."""

    code = "query-too-long"

    def __init__(self) -> None:
        super().__init__(f"查找内容不能超过{MAX_QUERY_CHARACTERS}个字，请只输入其中有特点的一段")


class Token(NamedTuple):
    """A word, a pair of characters, or the last character of a run; and where it stands in the text it came from."""

    text: str
    start: int
    end: int


@dataclasses.dataclass(frozen=True, slots=True)
class Phrase:
    """Tokens that must follow each other on the page. `open`: the last one need only begin so."""

    tokens: tuple[str, ...]
    open: bool

    @property
    def needle(self) -> str:
        """The phrase as it stands in a `bigram_text`."""
        return " " + " ".join(self.tokens) + ("" if self.open else " ")


def tokenize(text: str) -> list[Token]:
    """Cut a text.

    Each letter is brought to its compatible form (NFKC: full-width to narrow, the radicals that PDF fonts put for
    characters to the characters) and to lower case. Letters and digits that touch are one word. Chinese characters
    that touch, or that only white space or a line's end separates, are a run: a token for each character with its
    follower, and one for the last, so that every character begins a token. All other signs only separate.
    """
    return [token for run in _runs(text) for token in _tokens_of(*run)]


def bigram_text(text: str) -> str:
    """What is indexed for a page: its tokens, with a space before, between and behind, empty when it has none."""
    tokens = tokenize(text)
    return f" {' '.join(token.text for token in tokens)} " if tokens else ""


def phrases(query: str) -> list[Phrase]:
    """The phrases that must all be on a page: one for each term, terms being separated by white space.

    Raises QueryTooShortError, QueryTooLongError.
    """
    if len(query) > MAX_QUERY_CHARACTERS:
        raise QueryTooLongError
    found = [phrase(term) for term in unicodedata.normalize("NFKC", query).split()]
    wanted = [one for one in found if one.tokens]
    if not any(len(one.tokens) > 1 or len(one.tokens[0]) >= MIN_TERM_CHARACTERS for one in wanted):
        raise QueryTooShortError
    return wanted


def phrase(term: str) -> Phrase:
    """The tokens of a term. Its last character begins a token on the page, but which one the term does not say."""
    runs = list(_runs(term))
    tokens = [token.text for run in runs for token in _tokens_of(*run)]
    if not runs or not runs[-1][0]:
        return Phrase(tuple(tokens), open=False)
    if len(runs[-1][1]) > 1:  # the pair before it holds the last character already
        return Phrase(tuple(tokens[:-1]), open=False)
    return Phrase(tuple(tokens), open=True)


def occurrences(tokens: list[Token], wanted: Phrase) -> Iterator[tuple[int, int]]:
    """Where a phrase stands in a text that was cut: from, to."""
    length = len(wanted.tokens)
    for at in range(len(tokens) - length + 1):
        if all(tokens[at + n].text == wanted.tokens[n] for n in range(length - 1)):
            last = tokens[at + length - 1]
            if wanted.open and last.text.startswith(wanted.tokens[-1]):
                yield tokens[at].start, last.start + 1
            elif last.text == wanted.tokens[-1]:
                yield tokens[at].start, last.end


_Run = tuple[bool, list[tuple[str, int]]]
"""Whether it is Chinese, and its characters with their places."""


def _runs(text: str) -> Iterator[_Run]:
    """Words and runs of Chinese characters in their order."""
    chinese, run = False, list[tuple[str, int]]()
    for place, original in enumerate(text):
        for character, kind in _letters(original):
            if kind == "space" and chinese:
                continue
            if run and (kind in {"space", "sign"} or (kind == "chinese") != chinese):
                yield chinese, run
                run = []
            chinese = kind == "chinese"
            if kind in {"chinese", "word"}:
                run.append((character, place))
    if run:
        yield chinese, run


@functools.lru_cache(maxsize=CHARACTERS_KEPT)
def _letters(original: str) -> tuple[tuple[str, str], ...]:
    """What one character of a text stands for, and of which kind each is.

    One by one, so that a part of a text is cut as it is in the whole, and every place is known.
    """
    plain = unicodedata.normalize("NFKC", original).lower()
    # Format marks (Cf) have no width: nobody sees them.
    return tuple((character, _kind(character)) for character in plain if unicodedata.category(character) != "Cf")


def _kind(character: str) -> str:
    if character.isspace():
        return "space"
    if not character.isalnum():
        return "sign"
    return "chinese" if any(low <= ord(character) <= high for low, high in _CJK_RANGES) else "word"


def _tokens_of(chinese: bool, run: list[tuple[str, int]]) -> Iterator[Token]:  # noqa: FBT001 - the parts of a run
    if not chinese:
        word = "".join(character for character, _ in run)
        yield Token(word[:MAX_WORD_CHARACTERS], run[0][1], run[-1][1] + 1)
        return
    for (one, start), (other, end) in itertools.pairwise(run):
        yield Token(one + other, start, end + 1)
    last, place = run[-1]
    yield Token(last, place, place + 1)
