"""The picture that a seal leaves: the registered one, kept by its digest."""

from signing import Seal, draw_seal
from workers import zones

UNREGISTERED = slice(-13, None)
"""What stands in the place of the code on a seal that has none yet: the end of its owner's credit code."""


def drawn_seal(seal: Seal) -> bytes:
    """The seal drawn to the usual form: ring, star, the owner's name, the code."""
    return draw_seal(seal.owner, seal.code or seal.owner_uscc[UNREGISTERED])


def picture_of(seal: Seal) -> bytes:
    """The registered picture (PNG with alpha); of a seal that has none yet, the one it would be given."""
    return zones.read_derivative(seal.picture_sha256) if seal.picture_sha256 else drawn_seal(seal)
