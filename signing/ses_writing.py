"""Making electronic seals and their signatures (GB/T 38540-2020, version 4), signed with SM2 and SM3.

The order of the fields is the standard's, as `ofdrw` writes and checks it; `ses` reads what is made here.
"""

import dataclasses
import datetime as dt

from asn1crypto import core, parser

from signing.signature_check import sm3
from signing.sm2_keys import SM2_WITH_SM3, Sm2Key, validity_of

VERSION = 4
_VENDOR = "YIDANG"
_UNIT_SEAL = 1
"""Kind of seal (6.1.2): of an organization."""
_BY_CERTIFICATE = 1
"""Who may use the seal is listed by certificate, not by digest."""
_SEQUENCE = 16


@dataclasses.dataclass(frozen=True, slots=True)
class SealDesign:
    """What a seal is: its number, its name, its picture (PNG) and the width of that in millimetres."""

    number: str
    name: str
    picture: bytes
    width: int


def make_seal(design: SealDesign, user: Sm2Key, maker: Sm2Key) -> bytes:
    """An electronic seal (6.1) that one certificate may use, as long as that certificate holds, signed by its maker."""
    start, end = validity_of(user.certificate)
    information = _sequence(
        _sequence(_ia5("ES"), _integer(VERSION), _ia5(_VENDOR)),
        _ia5(design.number),
        _sequence(
            _integer(_UNIT_SEAL),
            bytes(core.UTF8String(design.name).dump()),
            _integer(_BY_CERTIFICATE),
            _sequence(_octets(user.certificate)),
            *(_time(moment) for moment in (start, start, end)),
        ),
        _sequence(_ia5("PNG"), _octets(design.picture), _integer(design.width), _integer(design.width)),
    )
    proof = (_octets(maker.certificate), _algorithm())
    return _sequence(information, *proof, _bits(maker.sign(_sequence(information, *proof))))


def make_signature(seal: bytes, user: Sm2Key, description: bytes, location: str, now: dt.datetime) -> bytes:
    """A seal used on a document (7.1).

    Args:
        seal: the electronic seal.
        user: whose it is.
        description: the file Signature.xml as it is stored; its SM3 digest is what is signed.
        location: where that file lies in the package, from the root.
        now: aware; the time that the signature states. No timestamp authority vouches for it.
    """
    to_sign = _sequence(_integer(VERSION), seal, _time(now), _bits(sm3(description)), _ia5(location))
    return _sequence(to_sign, _octets(user.certificate), _algorithm(), _bits(user.sign(to_sign)))


def _sequence(*parts: bytes) -> bytes:
    return bytes(parser.emit(0, 1, _SEQUENCE, b"".join(parts)))


def _integer(value: int) -> bytes:
    return bytes(core.Integer(value).dump())


def _ia5(text: str) -> bytes:
    return bytes(core.IA5String(text).dump())


def _octets(data: bytes) -> bytes:
    return bytes(core.OctetString(data).dump())


def _bits(data: bytes) -> bytes:
    return bytes(core.OctetBitString(data).dump())


def _algorithm() -> bytes:
    return bytes(core.ObjectIdentifier(SM2_WITH_SM3).dump())


def _time(moment: dt.datetime) -> bytes:
    return bytes(core.GeneralizedTime(moment.astimezone(dt.UTC).replace(microsecond=0)).dump())
