"""The one answer that every identifier check gives, and the cleaning that comes before each."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

CheckState = Literal["ok", "checksum-legacy", "malformed"]
"""``ok``: right in every way that can be checked. ``checksum-legacy``: the right shape with a wrong check character;
some genuine early codes are so, therefore warn and look it up, never reject. ``malformed``: cannot be one."""

_DASHES = re.compile("[‐‑‒–—―−－﹣ー]")


@dataclass(frozen=True, slots=True)
class IdentifierCheck:
    """What a check found.

    Attributes:
        state: See ``CheckState``.
        value: The identifier as it should be kept: half-width, upper case, no spaces.
        reason: Stable word for what is wrong, empty when ok: ``length``, ``alphabet``, ``shape``, ``date``,
            ``outer-check``, ``inner-check``, ``check``.
        variant: Which of several living forms it has, such as ``new`` or ``old``; empty where there is one only.
    """

    state: CheckState
    value: str
    reason: str = ""
    variant: str = ""

    @property
    def ok(self) -> bool:
        """Whether everything that can be checked is right."""
        return self.state == "ok"


def fold(text: str) -> str:
    """Half-width, upper case, every kind of dash as ``-``; white space stays."""
    return unicodedata.normalize("NFKC", _DASHES.sub("-", text)).upper()


def clean_identifier(text: str) -> str:
    """Half-width, upper case, every kind of dash as ``-``, no white space."""
    return re.sub(r"\s+", "", fold(text))
