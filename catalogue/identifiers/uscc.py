"""统一社会信用代码 (GB 32100-2015), with the organisation code inside it (GB 11714)."""

import re

from catalogue.identifiers.check import IdentifierCheck, clean_identifier

LENGTH = 18
_BODY = LENGTH - 2  # without the inner and the outer check character
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # 31 characters: no I, O, S, V, Z
_OUTER_WEIGHTS = tuple(pow(3, n, 31) for n in range(LENGTH - 1))
_INNER_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_INNER_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_SHAPE = re.compile(rf"[{_ALPHABET}]{{2}}\d{{6}}[{_ALPHABET}]{{10}}")
_LOOK_ALIKES = str.maketrans("OIZS", "0125")
"""Letters that no code contains, with the digit that a reader takes for them."""

_RUN = re.compile(rf"[0-9A-Z]{{{LENGTH},}}")


def _outer(first17: str) -> str:
    return _ALPHABET[-sum(_ALPHABET.index(c) * w for c, w in zip(first17, _OUTER_WEIGHTS, strict=True)) % 31]


def _inner(first8: str) -> str:
    rest = 11 - sum(_INNER_ALPHABET.index(c) * w for c, w in zip(first8, _INNER_WEIGHTS, strict=True)) % 11
    return {10: "X", 11: "0"}.get(rest, str(rest))


def check_uscc(text: str) -> IdentifierCheck:
    """Checks a 统一社会信用代码: shape, check character (GB 32100-2015), organisation code inside (GB 11714).

    A code of the right shape whose check fails is ``checksum-legacy``: genuine codes of the early pilots are so
    (``91350203M0001QAY9B``), therefore it is looked up at the register and never rejected.
    """
    value = clean_identifier(text)
    if len(value) != LENGTH:
        return IdentifierCheck("malformed", value, "length")
    if set(value) - set(_ALPHABET):
        return IdentifierCheck("malformed", value, "alphabet")
    if not _SHAPE.fullmatch(value):
        return IdentifierCheck("malformed", value, "shape")
    if _outer(value[:17]) != value[17]:
        return IdentifierCheck("checksum-legacy", value, "outer-check")
    if _inner(value[8:16]) != value[16]:
        return IdentifierCheck("checksum-legacy", value, "inner-check")
    return IdentifierCheck("ok", value)


def make_uscc(prefix: str) -> str:
    """The whole code for its first 16 or 17 characters, such as ``91990101MA0CX001`` for an invented company.

    Args:
        prefix: 16 characters (both check characters are computed), or 17 (the last one, the check character of the
            organisation code, must then be right).

    Raises:
        ValueError: The prefix cannot begin a code.
    """
    body = clean_identifier(prefix)
    if len(body) not in (_BODY, _BODY + 1):
        raise ValueError(f"{prefix!r} has {len(body)} characters; a prefix has {_BODY} or {_BODY + 1}.")
    if set(body) - set(_ALPHABET) or not body[2:8].isdigit():
        raise ValueError(f"{prefix!r} cannot begin a code: characters of {_ALPHABET}, region in digits at 3 to 8.")
    inner = _inner(body[8:_BODY])
    if body[_BODY:] not in ("", inner):
        raise ValueError(f"Character 17 of {prefix!r} must be {inner!r} (GB 11714); leave it out to have it computed.")
    first17 = body[:_BODY] + inner
    return first17 + _outer(first17)


def uscc_candidates(text: str) -> tuple[str, ...]:
    """The code that a reader of a scan most likely meant: one code, or none.

    Letters that no code contains are taken for the digit they look like (O for 0, I for 1, Z for 2, S for 5). The code
    is given only if exactly one passes both checks; it is a suggestion for a human, with the reading kept beside it.
    """
    found = {
        window.group(1)
        for run in _RUN.finditer(clean_identifier(text).translate(_LOOK_ALIKES))
        for window in re.finditer(rf"(?=(.{{{LENGTH}}}))", run.group())
        if check_uscc(window.group(1)).ok
    }
    return tuple(found) if len(found) == 1 else ()
