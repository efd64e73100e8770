"""Sealing sample OFD documents: SM2 keys and certificates, electronic seals of both standards, plain signatures.

Everything is made from a key that is drawn anew; no secret of it is kept.
"""

import dataclasses
import datetime as dt
import hashlib
from collections.abc import Mapping
from typing import Any, Literal

import gmssl_pyx
from asn1crypto import core, keys, x509

from samples.ofd import NAMESPACE, SM2_WITH_SM3_OID, SM3_OID, sm3_base64

Standard = Literal["GB/T 38540", "GM/T 0031", "GB/T 35275"]
"""Which signature: the newer electronic seal, the older one, a plain signature without a seal."""

_CURVE = "1.2.156.10197.1.301"
_SIGNED_DATA, _DATA = "1.2.156.10197.6.1.4.2.2", "1.2.156.10197.6.1.4.2.1"
_SIGNS = "Doc_0/Signs"
_UNIVERSAL, _CONTEXT = 0, 2
_SEQUENCE, _SET = 16, 17


@dataclasses.dataclass(frozen=True, slots=True)
class Holder:
    """Who signs: an SM2 key pair and its certificate (DER)."""

    name: str
    public: bytes
    private: bytes
    certificate: bytes

    def sign(self, data: bytes) -> bytes:
        """An SM2 signature with SM3 over some bytes, in DER."""
        return bytes(gmssl_pyx.sm2_sign(self.private, self.public, data))


@dataclasses.dataclass(frozen=True, slots=True)
class Sealing:
    """How a document is sealed: who signs with whose seal, its picture (PNG), where it stands, when, by which standard.

    `place` is the box in millimetres on page 1. `listed` are the certificates that the seal lets use it.
    """

    signer: Holder
    maker: Holder
    name: str
    picture: bytes
    place: str = "130 180 42 42"
    picture_kind: str = "png"
    time: dt.datetime = dt.datetime(2026, 1, 10, 2, 0, tzinfo=dt.UTC)
    standard: Standard = "GB/T 38540"
    listed: tuple[bytes, ...] | None = None


def new_holder(name: str, *, issuer: Holder | None = None, authority: bool = False, years: int = 10) -> Holder:
    """A new key pair with a certificate from 2025 on, signed by its issuer, or by itself."""
    public, private = gmssl_pyx.sm2_key_generate()
    keys.NamedCurve.register("sm2p256v1", _CURVE, 32)
    start = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
    extensions = [
        {"extn_id": "basic_constraints", "critical": True, "extn_value": x509.BasicConstraints({"ca": authority})}
    ]
    algorithm = x509.SignedDigestAlgorithm({"algorithm": SM2_WITH_SM3_OID})
    tbs = x509.TbsCertificate(
        {
            "version": "v3",
            "serial_number": int.from_bytes(hashlib.sha256(public).digest()[:8], "big"),
            "signature": algorithm,
            "issuer": x509.Name.build({"country_name": "CN", "common_name": issuer.name if issuer else name}),
            "validity": {
                "not_before": x509.Time({"utc_time": start}),
                "not_after": x509.Time({"utc_time": start.replace(year=start.year + years)}),
            },
            "subject": x509.Name.build({"country_name": "CN", "common_name": name}),
            "subject_public_key_info": {
                "algorithm": {"algorithm": "ec", "parameters": keys.ECDomainParameters(("named", "sm2p256v1"))},
                "public_key": keys.ECPointBitString(b"\x04" + public),
            },
            "extensions": extensions,
        }
    )
    by = issuer or Holder(name, public, private, b"")
    signed = x509.Certificate(
        {"tbs_certificate": tbs, "signature_algorithm": algorithm, "signature_value": by.sign(tbs.dump())}
    )
    return Holder(name, public, private, bytes(signed.dump()))


def seal_package(files: Mapping[str, bytes], sealing: Sealing, *, number: int = 0) -> dict[str, bytes]:
    """The files of a package with one more signature, which covers all but the list of signatures."""
    folder = f"{_SIGNS}/Sign_{number}"
    listing, description = f"{_SIGNS}/Signatures.xml", f"{folder}/Signature.xml"
    sealed = dict(files)
    entry = f'<ofd:Signature ID="s{number:03d}" Type="{_kind(sealing)}" BaseLoc="/{description}"/>'
    before = sealed.get(listing, _document("Signatures", "")).decode()
    sealed[listing] = before.replace("</ofd:Signatures>", entry + "</ofd:Signatures>").encode()
    if listing not in files:
        sealed["OFD.xml"] = sealed["OFD.xml"].replace(
            b"</ofd:DocRoot>", f"</ofd:DocRoot><ofd:Signatures>/{listing}</ofd:Signatures>".encode()
        )
    seal = _seal(sealing)
    if sealing.standard != "GB/T 35275":
        sealed[f"{folder}/Seal.esl"] = seal
    covered = {name: data for name, data in sealed.items() if name != listing}
    sealed[description] = _description(sealing, folder, covered)
    sealed[f"{folder}/SignedValue.dat"] = _value(sealing, seal, sealed[description], f"/{description}")
    return sealed


def _kind(sealing: Sealing) -> str:
    return "Sign" if sealing.standard == "GB/T 35275" else "Seal"


def _description(sealing: Sealing, folder: str, covered: Mapping[str, bytes]) -> bytes:
    references = "".join(
        f'<ofd:Reference FileRef="/{name}"><ofd:CheckValue>{sm3_base64(data)}</ofd:CheckValue></ofd:Reference>'
        for name, data in covered.items()
    )
    seal = f"<ofd:Seal><ofd:BaseLoc>/{folder}/Seal.esl</ofd:BaseLoc></ofd:Seal>"
    return _document(
        "Signature",
        '<ofd:SignedInfo><ofd:Provider ProviderName="yidang-samples" Version="1.0" Company="samples"/>'
        f"<ofd:SignatureMethod>{SM2_WITH_SM3_OID}</ofd:SignatureMethod>"
        f"<ofd:SignatureDateTime>{sealing.time:%Y%m%d%H%M%SZ}</ofd:SignatureDateTime>"
        f'<ofd:References CheckMethod="{SM3_OID}">{references}</ofd:References>'
        f'<ofd:StampAnnot ID="1" PageRef="1" Boundary="{sealing.place}"/>'
        f"{seal if _kind(sealing) == 'Seal' else ''}</ofd:SignedInfo>"
        f"<ofd:SignedValue>/{folder}/SignedValue.dat</ofd:SignedValue>",
    )


def _seal(sealing: Sealing) -> bytes:
    """The electronic seal (GB/T 38540-2020, 6; GM/T 0031-2014, 6)."""
    old = sealing.standard == "GM/T 0031"
    start, end = sealing.time.replace(month=1, day=1), sealing.time.replace(year=sealing.time.year + 3, month=1, day=1)
    listed = sealing.listed or (sealing.signer.certificate,)
    certificates = _sequence(*(core.OctetString(one).dump() for one in listed))
    times = [(core.UTCTime if old else core.GeneralizedTime)(moment).dump() for moment in (start, start, end)]
    information = _sequence(
        _sequence(core.IA5String("ES").dump(), core.Integer(1 if old else 4).dump(), core.IA5String("SAMPLE").dump()),
        core.IA5String("44030012345678").dump(),
        _sequence(
            core.Integer(1).dump(),
            core.UTF8String(sealing.name).dump(),
            *([] if old else [core.Integer(1).dump()]),
            certificates,
            *times,
        ),
        _sequence(
            core.IA5String(sealing.picture_kind).dump(),
            core.OctetString(sealing.picture).dump(),
            core.Integer(42).dump(),
            core.Integer(42).dump(),
        ),
    )
    proof = [core.OctetString(sealing.maker.certificate).dump(), core.ObjectIdentifier(SM2_WITH_SM3_OID).dump()]
    signature = core.OctetBitString(sealing.maker.sign(_sequence(information, *proof))).dump()
    return _sequence(information, _sequence(*proof, signature)) if old else _sequence(information, *proof, signature)


def _value(sealing: Sealing, seal: bytes, description: bytes, location: str) -> bytes:
    """What is signed over the description (GB/T 38540-2020, 7; GM/T 0031-2014, 7; GB/T 35275-2017, 8)."""
    digest = hashlib.new("sm3", description).digest()
    if sealing.standard == "GB/T 35275":
        return _plain(sealing.signer, digest)
    signer = [core.OctetString(sealing.signer.certificate).dump(), core.ObjectIdentifier(SM2_WITH_SM3_OID).dump()]
    old = sealing.standard == "GM/T 0031"
    to_sign = _sequence(
        core.Integer(1 if old else 4).dump(),
        seal,
        core.OctetBitString(core.UTCTime(sealing.time).dump()).dump() if old else _general(sealing.time),
        core.OctetBitString(digest).dump(),
        core.IA5String(location).dump(),
        *(signer if old else []),
    )
    signature = core.OctetBitString(sealing.signer.sign(to_sign)).dump()
    return _sequence(to_sign, signature) if old else _sequence(to_sign, *signer, signature)


def _plain(signer: Holder, digest: bytes) -> bytes:
    certificate = x509.Certificate.load(signer.certificate)["tbs_certificate"]
    serial = certificate["serial_number"].dump()
    sm3 = _sequence(core.ObjectIdentifier(SM3_OID).dump(), core.Null().dump())
    information = _sequence(
        core.Integer(1).dump(),
        _sequence(certificate["issuer"].dump(), serial),
        sm3,
        _sequence(core.ObjectIdentifier(SM2_WITH_SM3_OID).dump()),
        core.OctetString(signer.sign(digest)).dump(),
    )
    data = _sequence(
        core.Integer(1).dump(),
        _wrapped(_SET, sm3),
        _sequence(core.ObjectIdentifier(_DATA).dump(), _tagged(0, core.OctetString(digest).dump())),
        _tagged(0, signer.certificate),
        _wrapped(_SET, information),
    )
    return _sequence(core.ObjectIdentifier(_SIGNED_DATA).dump(), _tagged(0, data))


def _general(moment: dt.datetime) -> bytes:
    return bytes(core.GeneralizedTime(moment).dump())


def _sequence(*parts: bytes) -> bytes:
    return _wrapped(_SEQUENCE, *parts)


def _wrapped(tag: int, *parts: bytes, kind: int = _UNIVERSAL) -> bytes:
    from asn1crypto import parser

    written: Any = parser.emit(kind, 1, tag, b"".join(parts))
    return bytes(written)


def _tagged(tag: int, part: bytes) -> bytes:
    return _wrapped(tag, part, kind=_CONTEXT)


def _document(root: str, inside: str) -> bytes:
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return f'{head}<ofd:{root} xmlns:ofd="{NAMESPACE}">{inside}</ofd:{root}>'.encode()
