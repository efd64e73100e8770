"""Reading electronic seals and their signatures: GM/T 0031-2014 (version 1) and GB/T 38540-2020 (version 4 and later).

The structures are walked by place, and the signed parts are kept as the bytes that they are in the file: nothing is
encoded anew, so a signature is checked over exactly what was signed. Both standards' tags are used loosely in practice
(strings for bits, extensions with and without a tag); what is not needed is passed over.
"""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from typing import Self

from asn1crypto import core, parser

_BIT_STRING, _OCTET_STRING, _OID, _SEQUENCE, _UTC, _GENERALIZED = 3, 4, 6, 16, 23, 24
_UNIVERSAL = 0

MAX_BYTES = 32 * 1024 * 1024
"""A seal holds one picture; the largest seen has 400 kB."""


class SesError(Exception):
    """The bytes are no electronic seal, or no signature of one."""


@dataclasses.dataclass(frozen=True, slots=True)
class Node:
    """One element of DER: class, tag, its contents, and all of its bytes."""

    kind: int
    tag: int
    contents: bytes
    whole: bytes

    @classmethod
    def read(cls, data: bytes) -> Self:
        """The first element of some bytes. Raises SesError."""
        if len(data) > MAX_BYTES:
            raise SesError("too large")
        try:
            kind, _, tag, head, contents, tail = parser.parse(data)
        except (ValueError, TypeError, IndexError) as error:
            raise SesError("no DER") from error
        return cls(kind, tag, contents, head + contents + tail)

    @property
    def children(self) -> list["Node"]:
        """The elements inside. Raises SesError."""
        found, at = [], 0
        while at < len(self.contents):
            node = Node.read(self.contents[at:])
            found.append(node)
            at += len(node.whole)
        return found

    @property
    def octets(self) -> bytes:
        """The bytes of a bit or octet string. Raises SesError for anything else."""
        if self.kind != _UNIVERSAL or self.tag not in {_BIT_STRING, _OCTET_STRING}:
            raise SesError("no string of bytes")
        if self.tag == _OCTET_STRING:
            return self.contents
        if self.contents[:1] != b"\0":  # bits left over at the end: no bytes
            raise SesError("no whole bytes")
        return self.contents[1:]

    @property
    def text(self) -> str:
        """The text of a string."""
        return self.contents.decode("utf-8", "replace").strip("\0 ")

    @property
    def oid(self) -> str:
        """The dotted form of an object identifier. Raises SesError."""
        try:
            return str(core.ObjectIdentifier.load(self.whole).dotted)
        except (ValueError, TypeError) as error:
            raise SesError("no object identifier") from error

    @property
    def moment(self) -> dt.datetime | None:
        """The time of a UTCTime or GeneralizedTime, None for anything else (a timestamp token, for example)."""
        kinds = {_UTC: core.UTCTime, _GENERALIZED: core.GeneralizedTime}
        if self.kind != _UNIVERSAL or self.tag not in kinds:
            return None
        try:
            found = kinds[self.tag].load(self.whole).native
        except (ValueError, TypeError):
            return None
        return found if isinstance(found, dt.datetime) else None


@dataclasses.dataclass(frozen=True, slots=True)
class ElectronicSeal:
    """电子印章: who made it, whose it is, until when, what it looks like.

    `whole` are all of its bytes, `signed` those that its maker signed. `certificates` are those that may use it, or
    their digests where the seal lists only these (`listed_by_digest`). `picture_kind` is what the seal says: png, jpg,
    gif, bmp, ofd.
    """

    number: str
    name: str
    valid_from: dt.datetime | None
    valid_until: dt.datetime | None
    certificates: tuple[bytes, ...]
    listed_by_digest: bool
    picture_kind: str
    picture: bytes
    maker: bytes
    algorithm: str
    signed: bytes
    signature: bytes
    whole: bytes


@dataclasses.dataclass(frozen=True, slots=True)
class SealSignature:
    """电子签章数据: a seal used on a document. `signed` are the bytes that were signed, `timestamp` a token if any."""

    version: int
    seal: ElectronicSeal
    time: dt.datetime | None
    data_hash: bytes
    certificate: bytes
    algorithm: str
    signed: bytes
    signature: bytes
    timestamp: bytes


def read_seal(data: bytes) -> ElectronicSeal:
    """A seal (Seal.esl). Raises SesError."""
    return _seal(_whole_sequence(data))


def read_signature(data: bytes) -> SealSignature:
    """The signature of a seal (SignedValue.dat). Raises SesError, also for a signature that is no seal's."""
    outer = _whole_sequence(data).children
    try:
        return _version_1(outer) if outer[1].tag == _BIT_STRING else _version_4(outer)
    except (IndexError, ValueError) as error:
        raise SesError("no seal signature") from error


def _whole_sequence(data: bytes) -> Node:
    """The one sequence that some bytes are. Raises SesError."""
    node = Node.read(data)
    if (node.kind, node.tag) != (_UNIVERSAL, _SEQUENCE) or len(node.whole) != len(data):
        raise SesError("no sequence, or more than one")
    return node


def _version_1(outer: Sequence[Node]) -> SealSignature:
    """GM/T 0031-2014, 7.2: certificate and algorithm are inside what is signed."""
    to_sign, signature = outer[0], outer[1]
    version, seal, time, data_hash, _, certificate, algorithm, *_ = to_sign.children
    claimed = _moment_inside(time)
    return SealSignature(
        version=_integer(version),
        seal=_seal(seal),
        time=claimed,
        data_hash=data_hash.octets,
        certificate=certificate.octets,
        algorithm=algorithm.oid,
        signed=to_sign.whole,
        signature=signature.octets,
        timestamp=b"" if claimed else time.octets,
    )


def _version_4(outer: Sequence[Node]) -> SealSignature:
    """GB/T 38540-2020, 7.2: certificate and algorithm follow what is signed; a timestamp may come last."""
    to_sign, certificate, algorithm, signature, *more = outer
    version, seal, time, data_hash, *_ = to_sign.children
    stamp = more[0].children if more and more[0].kind != _UNIVERSAL else more
    return SealSignature(
        version=_integer(version),
        seal=_seal(seal),
        time=_moment_inside(time),
        data_hash=data_hash.octets,
        certificate=certificate.octets,
        algorithm=algorithm.oid,
        signed=to_sign.whole,
        signature=signature.octets,
        timestamp=stamp[0].octets if stamp else b"",
    )


def _seal(node: Node) -> ElectronicSeal:
    try:
        info, *proof = node.children
        if len(proof) == 1:  # version 1: certificate, algorithm and signature in a sequence of their own
            maker, algorithm, signature = proof[0].children[:3]
            signed = _sequence(info.whole, maker.whole, algorithm.whole)
        else:
            maker, algorithm, signature = proof[:3]
            signed = _sequence(info.whole, maker.whole, algorithm.whole)
        _, number, owner, picture, *_ = info.children
        kind, image, *_ = picture.children
        _, name, *rest = owner.children
        listed, rest = _certificates(rest)
        times = [moment for one in rest if (moment := one.moment)]
        _, start, end = (*times, None, None, None)[:3]
    except (IndexError, ValueError) as error:
        raise SesError("no seal") from error
    return ElectronicSeal(
        number=number.text,
        name=name.text,
        valid_from=start,
        valid_until=end,
        certificates=listed[1],
        listed_by_digest=listed[0],
        picture_kind=kind.text.lower(),
        picture=image.octets,
        maker=maker.octets,
        algorithm=algorithm.oid,
        signed=signed,
        signature=signature.octets,
        whole=node.whole,
    )


def _certificates(rest: list[Node]) -> tuple[tuple[bool, tuple[bytes, ...]], list[Node]]:
    """The list of who may use a seal, as certificates or as digests of them, and what follows it."""
    at = next((index for index, node in enumerate(rest) if node.tag == _SEQUENCE or node.kind != _UNIVERSAL), None)
    if at is None:
        return (False, ()), rest
    children = rest[at].children
    by_digest = bool(children) and children[0].tag == _SEQUENCE
    found = tuple(child.children[1].octets if by_digest else child.octets for child in children)
    return (by_digest, found), rest[at + 1 :]


def _moment_inside(node: Node) -> dt.datetime | None:
    """A time, also where version 1 wraps it into a bit string."""
    if node.moment or node.tag not in {_BIT_STRING, _OCTET_STRING}:
        return node.moment
    try:
        return Node.read(node.octets).moment
    except SesError:
        return None


def _integer(node: Node) -> int:
    return int.from_bytes(node.contents[:4], "big")


def _sequence(*parts: bytes) -> bytes:
    contents = b"".join(parts)
    return bytes(parser.emit(_UNIVERSAL, 1, _SEQUENCE, contents))
