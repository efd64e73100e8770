"""Whose seals a document bears: each role's seal found among the marks, and what is left to ask or to refuse."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Literal

from ocr import SealMark, SealMatch, whose_seal

LONGEST_PERSONAL = 5
"""Letters of a square seal up to which it is a person's name seal (法人名章), which stands for no company's."""

Code = Literal["seal-missing", "seal-other", "seal-probable", "seal-unsure", "seal-unread"]
_Placed = tuple[int, SealMark]


@dataclasses.dataclass(frozen=True, slots=True)
class SealFinding:
    """Something to say about a role's seal: stable code, the owner (or role) it should be of, the seal and its page.

    seal-probable: seen without red ink, so perhaps a copy; seal-unsure: may be the owner's, some letters differ;
    seal-unread: its text could not be read.
    """

    code: Code
    owner: str
    placed: _Placed | None = None


def find_parties(roles: Sequence[str], owners: Mapping[str, str], seals: Sequence[_Placed]) -> list[SealFinding]:
    """What is to be said of these roles' seals, in order. Nothing, where a red one reads as its owner's.

    `owners` gives the name of each role's owner as the document states it, where it could be read.
    """
    left = [placed for placed in seals if not _personal(placed[1])]
    given = _sure_pairs(roles, owners, left)
    findings = []
    for role in roles:
        if role in given:
            found = given[role]
            if found[1].colour != "red":
                findings.append(SealFinding("seal-probable", owners[role], found))
        else:
            finding = _next_best(role, owners, left)
            findings.extend([finding] if finding else [])
    return findings


def _sure_pairs(roles: Sequence[str], owners: Mapping[str, str], left: list[_Placed]) -> dict[str, _Placed]:
    """Roles with the seal that is theirs, likest first, red before others; those seals are taken out of `left`."""
    pairs = []
    for role in roles:
        for placed in left if owners.get(role) else ():
            match = _match(placed, role, owners)
            if match.verdict == "same":
                pairs.append((placed[1].colour != "red", -match.likeness, roles.index(role), left.index(placed)))
    given: dict[str, _Placed] = {}
    taken: set[int] = set()
    for _, _, role_at, seal_at in sorted(pairs):
        if roles[role_at] not in given and seal_at not in taken:
            given[roles[role_at]] = left[seal_at]
            taken.add(seal_at)
    left[:] = [placed for place, placed in enumerate(left) if place not in taken]
    return given


def _next_best(role: str, owners: Mapping[str, str], left: list[_Placed]) -> SealFinding | None:
    """Of the seals that are nobody's yet the one nearest to being this role's, taken out of `left`; None: all well."""
    owner = owners.get(role, "")
    if not left:
        return SealFinding("seal-missing", owner or role)
    if not owner:
        placed = left.pop(0)
        return None if placed[1].colour == "red" else SealFinding("seal-probable", role, placed)
    order = {"unsure": 0, "unread": 1, "same": 2, "other": 3}
    judged = sorted(
        ((_match(p, role, owners), n) for n, p in enumerate(left)), key=lambda j: (order[j[0].verdict], j[1])
    )
    match, place = judged[0]
    placed = left.pop(place)
    if match.verdict == "other":
        return SealFinding("seal-other" if placed[1].colour == "red" else "seal-unsure", owner, placed)
    if placed[1].colour != "red":
        return SealFinding("seal-probable", owner, placed)
    return SealFinding("seal-unsure" if match.verdict == "unsure" else "seal-unread", owner, placed)


def _match(placed: _Placed, role: str, owners: Mapping[str, str]) -> SealMatch:
    return whose_seal(placed[1].text, owners[role], [name for other, name in owners.items() if other != role])


def _personal(seal: SealMark) -> bool:
    return seal.shape == "square" and 0 < len(seal.text) <= LONGEST_PERSONAL
