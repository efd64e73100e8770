"""What is asked of a sealed file beyond sound seals, with a name and a version: a judgement can be repeated by them."""

import dataclasses
from collections.abc import Mapping
from typing import Any, Self

from signing.verdicts import Level

LEVELS: tuple[Level, ...] = ("B-B", "B-T", "B-LT", "B-LTA")
"""From the least to the most (ETSI EN 319 142-1)."""


@dataclasses.dataclass(frozen=True)
class Policy:
    """What is asked of a file.

    `require_timestamp`: a seal without a trusted timestamp is "unknown". `expected`: fingerprints (SHA-256 of the
    certificate, hex) of the seals that must be there; `only_expected`: and no others. `least_level`: what every seal
    must reach; B-LTA also asks that nothing at all follows the last timestamp. `further_seals`: whether a seal may be
    followed by others. `doubt_hidden`: what could show otherwise than to the sealer makes the file "unknown", where it
    is else only told. `sha256`: the file as it stands in a register. `exact`: no byte of
    a signature may be one that nobody signed (`signing.exactness`). `key_usage`: what the certificate must be for.
    Revocation is always asked for, and nothing is ever fetched.
    """

    require_timestamp: bool = True
    expected: frozenset[str] = frozenset()
    only_expected: bool = False
    least_level: Level = "B-B"
    further_seals: bool = True
    doubt_hidden: bool = False
    sha256: str = ""
    exact: bool = False
    key_usage: frozenset[str] = frozenset({"non_repudiation"})
    name: str = "sealed"
    version: int = 1

    def to_json(self) -> dict[str, Any]:
        """The policy as JSON-ready data, its sets in order."""
        plain = dataclasses.asdict(self)
        return {key: sorted(value) if isinstance(value, frozenset) else value for key, value in plain.items()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The policy that `to_json` wrote."""
        given: dict[str, Any] = {k: frozenset(v) if isinstance(v, list) else v for k, v in data.items()}
        return cls(**given)


DEFAULT_POLICY = Policy()
INCOMING = Policy(name="incoming", version=1)
"""For files that applicants hand in: what is hidden in them is told to the clerk, who sees the page."""


def issued_policy(*fingerprints: str, sha256: str = "") -> Policy:
    """For our own certificates: these seals and no others, B-LTA, nothing hidden, nothing after the timestamp.

    Where the digest is given every byte is asked for already, and a timestamp service may write as it likes.
    """
    return Policy(
        expected=frozenset(fingerprints),
        only_expected=True,
        least_level="B-LTA",
        doubt_hidden=True,
        exact=not sha256,
        sha256=sha256,
        name="issued",
    )
