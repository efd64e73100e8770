"""Text made comparable, and how far two texts are apart: what labels and titles are found with."""

import functools

from catalogue import squeeze

_SAME = str.maketrans({"〔": "(", "[": "(", "【": "(", "〕": ")", "]": ")", "】": ")", "∶": ":", "︰": ":", "﹕": ":"})


@functools.lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """Half-width, no spaces, one kind of bracket and colon."""
    return squeeze(text).translate(_SAME)


def distance(a: str, b: str, limit: int) -> int:
    """Edit distance between two texts, or `limit` + 1 as soon as it is known to be more."""
    if abs(len(a) - len(b)) > limit:
        return limit + 1
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        following = [i]
        for j, y in enumerate(b, 1):
            following.append(min(row[j] + 1, following[-1] + 1, row[j - 1] + (x != y)))
        row = following
        if min(row) > limit:
            return limit + 1
    return min(row[-1], limit + 1)


@functools.lru_cache(maxsize=65536)
def within(needle: str, text: str) -> int:
    """Edit distance of `needle` to that part of `text` that comes nearest to it."""
    if needle in text:
        return 0
    row = [0] * (len(text) + 1)
    for i, x in enumerate(needle, 1):
        following = [i]
        for j, y in enumerate(text, 1):
            following.append(min(row[j] + 1, following[-1] + 1, row[j - 1] + (x != y)))
        row = following
    return min(row)
