"""Checking an encapsulation: every signature of every layer, and what it says against the files and the manifest.

A signature only says that something was changed. Where: each document is held against the digest of the file, and the
whole layer against the manifest, which the log knows; so a changed part has a name.
"""

import base64
import binascii
import dataclasses
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Literal

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from archive.manifest import Manifest
from archive.records.case_files import moment
from archive.records.eep_signing import ALGORITHMS
from archive.records.eep_writing import EEP_ROLE, amendments, tag, text_at
from archive.records.safe_xml import BadRecord, canonical_xml, read_record, xml_text

Code = Literal[
    "eep-form", "eep-algorithm", "eep-certificate", "eep-trust", "eep-signature",
    "eep-file-missing", "eep-file-changed", "eep-document", "eep-description", "eep-event",
]  # fmt: skip
LEAST_RSA_BITS: Final = 2048
"""What GB/T and every profile since 2014 ask for at least; shorter keys are broken or soon will be."""


@dataclasses.dataclass(frozen=True, slots=True)
class EepFinding:
    """What is wrong: a stable code, the layer (0: as first packaged), the part, and a sentence."""

    code: Code
    layer: int
    part: str
    words: str


@dataclasses.dataclass(frozen=True, slots=True)
class EepFile:
    """A file as an encapsulation names it."""

    path: str
    sha256: str
    size: int


def check_eep(
    data: bytes,
    *,
    files: Mapping[str, tuple[str, int]] | None = None,
    manifest: Manifest | None = None,
    roots: Sequence[x509.Certificate] = (),
) -> list[EepFinding]:
    """Everything that is wrong with an encapsulation; empty where nothing is.

    `files` gives SHA-256 and size of what lies at each path (of the newest layer); `manifest` is the package's own,
    against which the newest layer is held; `roots` are whom the certificates must lead to (none: not asked).
    The time of signing is the signer's word; the log's timestamp says when the encapsulation was there at the latest.
    Revocation is not asked.
    """
    try:
        package = read_record(data, "eep")
    except BadRecord as error:
        return [EepFinding("eep-form", 0, "电子文件封装包", str(error))]
    found: list[EepFinding] = []
    for layer, signed, block in _layers(package):
        found += _signatures(layer, signed, block, roots)
    newest, order = package.find(tag("被签名对象")), amendments(package)
    if files is not None:
        found += _held_against_files(order, newest, files)
    if manifest is not None:
        found += _held_against_manifest(order, newest, manifest)
    return found


def eep_files(data: bytes) -> list[EepFile]:
    """The files that the newest layer names, in its order. Raises BadRecord."""
    return list(_files(read_record(data, "eep").find(tag("被签名对象"))))


def _layers(package: Any) -> Iterator[tuple[int, Any, Any]]:
    """Each layer with its signed object and its signatures, the newest first."""
    order, holder = amendments(package), package
    while holder is not None:
        signed = holder.find(tag("被签名对象"))
        yield order, signed, holder.find(tag("电子签名块"))
        holder, order = signed.find(f"{tag('修改封装内容')}/{tag('原封装包')}"), order - 1


def _signatures(layer: int, signed: Any, block: Any, roots: Sequence[x509.Certificate]) -> Iterator[EepFinding]:
    if block is None:
        yield EepFinding("eep-signature", layer, "电子签名块", "没有电子签名")
        return
    for one in block:
        part = text_at(one, "签名标识符")
        chain = _certificates(one)
        if not chain:
            yield EepFinding("eep-certificate", layer, part, "证书块中没有可读取的证书")
            continue
        if roots and not _leads_to(chain, roots, text_at(one, "签名时间")):
            yield EepFinding("eep-trust", layer, part, "证书不是受信任的机构签发的，或在签名时间无效")
        if fault := _fault(one, signed, chain[0]):
            code, where, words = fault
            yield EepFinding(code, layer, where, words)


def _fault(one: Any, signed: Any, certificate: x509.Certificate) -> tuple[Code, str, str] | None:
    """What is wrong with a signature, and in which part: the signed object, or the signature itself."""
    part, algorithm = text_at(one, "签名标识符"), text_at(one, "签名算法标识")
    data, key = canonical_xml(signed, exclusive=True), certificate.public_key()
    try:
        value = base64.b64decode(text_at(one, "签名结果"))
        if algorithm == ALGORITHMS["ecdsa"] and isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(value, data, ec.ECDSA(hashes.SHA256()))
        elif algorithm == ALGORITHMS["rsa"] and isinstance(key, rsa.RSAPublicKey) and key.key_size >= LEAST_RSA_BITS:
            key.verify(value, data, padding.PKCS1v15(), hashes.SHA256())
        else:
            return "eep-algorithm", part, f"签名算法 {algorithm or '（空）'} 不予接受，或与证书的密钥不符"
    except binascii.Error:
        return "eep-signature", part, "签名结果不是 base64"
    except InvalidSignature:
        return "eep-signature", _which(key, value, part), "签名与内容不符：内容或签名在签署后被改动"
    return None


def _which(key: Any, value: bytes, part: str) -> str:
    """An RSA signature that still opens to a digest is whole, so it is the object that was changed."""
    if isinstance(key, rsa.RSAPublicKey):
        try:
            key.recover_data_from_signature(value, padding.PKCS1v15(), hashes.SHA256())
        except (InvalidSignature, ValueError):
            return f"{part}/签名结果"
        return "被签名对象"
    return f"被签名对象或{part}/签名结果"


def _certificates(one: Any) -> list[x509.Certificate]:
    found = []
    for node in one.iter(tag("证书")):
        try:
            found.append(x509.load_der_x509_certificate(base64.b64decode(node.text or "")))
        except (ValueError, binascii.Error, UnsupportedAlgorithm):
            return []
    return found


def _leads_to(chain: Sequence[x509.Certificate], roots: Sequence[x509.Certificate], signed_at: str) -> bool:
    """Each certificate is issued by the next, the last by a root, and all hold at the time of signing."""
    try:
        at = dt.datetime.fromisoformat(signed_at).astimezone(dt.UTC)
    except (ValueError, OverflowError):  # XML Schema knows years and hours that Python does not
        return False
    for place, certificate in enumerate(chain):
        if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
            return False
        if any(_issued_by(certificate, root) for root in roots):
            return True
        if place + 1 == len(chain) or not _issued_by(certificate, chain[place + 1]):
            return False
    return False


def _issued_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        may_issue = issuer.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm, x509.ExtensionNotFound):
        return False
    return may_issue


def _content(signed: Any) -> Any:
    """The three blocks of one layer: an amendment's own lie beside the package it amends."""
    own = signed.find(tag("封装内容"))
    return own if own is not None else signed.find(f"{tag('修改封装内容')}/{tag('修订内容')}")


def _files(signed: Any) -> Iterator[EepFile]:
    for code in _content(signed).find(tag("文件实体块")).iter(tag("编码")):
        digest = base64.b64decode(text_at(code, "编码数据")).hex()
        name, size = text_at(code, "电子属性", "计算机文件名"), int(text_at(code, "电子属性", "计算机文件大小"))
        yield EepFile(name, digest, size)


def _held_against_files(layer: int, signed: Any, files: Mapping[str, tuple[str, int]]) -> Iterator[EepFinding]:
    for named in _files(signed):
        if named.path not in files:
            yield EepFinding("eep-file-missing", layer, named.path, "封装包列出的文件不存在")
        elif files[named.path] != (named.sha256, named.size):
            yield EepFinding("eep-file-changed", layer, named.path, "文件与封装包中的摘要或大小不符")


def _held_against_manifest(layer: int, signed: Any, manifest: Manifest) -> Iterator[EepFinding]:
    """Where the newest layer says other than the manifest: files, description, events."""
    listed = {one.path: (one.sha256, one.size) for one in manifest.elements if one.role != EEP_ROLE}
    named = {one.path: (one.sha256, one.size) for one in _files(signed)}
    for path in sorted(listed.keys() | named.keys()):
        if path not in listed:
            yield EepFinding("eep-document", layer, path, "清单中没有这个文件")
        elif path not in named:
            yield EepFinding("eep-document", layer, path, "封装包没有列出清单中的这个文件")
        elif listed[path] != named[path]:
            yield EepFinding("eep-document", layer, path, "封装包中的摘要或大小与清单不符")
    yield from _held_against_description(layer, signed, manifest)
    told = {(event.kind, event.sha256, moment(event.at)) for event in manifest.events}
    for one in _content(signed).find(tag("业务实体块")):
        kind, _, leaf = text_at(one, "行为描述").partition(" ")
        this = (kind, leaf, text_at(one, "行为时间"))
        if this not in told:
            yield EepFinding("eep-event", layer, text_at(one, "业务标识符"), "清单中没有这样的业务行为")
        told.discard(this)
    for kind, leaf, at in sorted(told):
        yield EepFinding("eep-event", layer, f"{kind} {leaf}", f"封装包没有列出 {at} 的这一业务行为")


def _held_against_description(layer: int, signed: Any, manifest: Manifest) -> Iterator[EepFinding]:
    entity = _content(signed).find(f"{tag('文件实体块')}/{tag('文件实体')}")
    title = xml_text(f"{manifest.case.project_name} {manifest.case.item_name}")
    said = (
        ("题名", text_at(entity, "内容描述", "题名"), title),
        ("文件编号", text_at(entity, "内容描述", "文件编号"), manifest.case.number),
        ("电子文件号", text_at(entity, "电子文件号"), manifest.package),
        ("封装包创建时间", text_at(signed, "封装包创建时间"), moment(manifest.created_at)),
    )
    for part, here, there in said:
        if here != there:
            yield EepFinding("eep-description", layer, part, f"“{here}”与清单中的“{there}”不符")
