"""A seal's key with its certificate and chain: what every kind of key can do, and the one in a PKCS#12 file.

Sealing knows a `Signer` only: it hands over bytes and gets a signature back. Where the private key lies (a file, a
token, another machine) is the business of the type behind it.
"""

import contextlib
import dataclasses
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

from signing.errors import KeyUnusable
from signing.first_start import OWNER_ONLY, made_once
from signing.secret import Secret

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
P256_BITS = 256
P384_BITS = 384
PASSPHRASE_BYTES = 32
"""256 bits: guessing is no way in."""


DIGESTS: Mapping[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
"""What we sign with, by name; SHA-1 and MD5 are broken (ETSI TS 119 312)."""


class Signer(Protocol):
    """Whoever signs for a seal: certificate and chain open to all, the key never."""

    @property
    def certificate(self) -> x509.Certificate:
        """The seal's certificate."""

    @property
    def chain(self) -> tuple[x509.Certificate, ...]:
        """The certificates between it and the root, the root itself not included."""

    @property
    def serial(self) -> int:
        """The serial number its issuer knows it by; what `TestAuthority.revoke` takes."""

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, hex: what the register of seals keeps."""

    @property
    def signer(self) -> str:
        """The common name, as people see it."""

    def sign(self, data: bytes, digest: str) -> bytes:
        """A signature over data, hashed with the named digest: RSA by PKCS#1 v1.5, or ECDSA as DER of (r, s).

        Raises:
            KeyUnusable: the key would not sign, or the digest is none of `DIGESTS`.
        """


class CertificateFacts:
    """What is told from the certificate alone: the part that all kinds of signers share."""

    certificate: x509.Certificate

    @property
    def serial(self) -> int:
        """See `Signer.serial`."""
        return self.certificate.serial_number

    @property
    def fingerprint(self) -> str:
        """See `Signer.fingerprint`."""
        return self.certificate.fingerprint(hashes.SHA256()).hex()

    @property
    def signer(self) -> str:
        """See `Signer.signer`."""
        return common_name(self.certificate)


@dataclasses.dataclass(frozen=True)
class SealKey(CertificateFacts):
    """A private key in this process, its certificate, and the certificates between it and the root (root left out)."""

    key: PrivateKey = dataclasses.field(repr=False)
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...] = ()

    def sign(self, data: bytes, digest: str) -> bytes:
        """See `Signer.sign`."""
        algorithm = digest_named(digest)
        try:
            if isinstance(self.key, ec.EllipticCurvePrivateKey):
                return self.key.sign(data, ec.ECDSA(algorithm))
            return self.key.sign(data, padding.PKCS1v15(), algorithm)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise KeyUnusable(f"印章密钥无法签名：{error} (the seal key would not sign)") from error

    def save(self, path: Path, passphrase: Secret) -> None:
        """Write as PKCS#12, readable by the owner only; the file is whole or absent."""
        blob = pkcs12.serialize_key_and_certificates(
            self.signer.encode(),
            self.key,
            self.certificate,
            list(self.chain),
            BestAvailableEncryption(passphrase.reveal()),
        )
        write_private(path, blob)

    @classmethod
    def load(cls, path: Path, passphrase: Secret) -> "SealKey":
        """Open a PKCS#12 file.

        Raises:
            KeyUnusable: absent, damaged, wrong passphrase, or neither RSA nor EC.
        """
        try:
            key, certificate, chain = pkcs12.load_key_and_certificates(path.read_bytes(), passphrase.reveal())
        except (OSError, ValueError) as error:
            raise KeyUnusable(f"{path.name} 打不开：请检查文件和口令 (cannot open the key file)") from error
        if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) or certificate is None:
            raise KeyUnusable(f"{path.name} 须含 RSA 或 EC 私钥及其证书 (needs an RSA or EC key with its certificate)")
        return cls(key, certificate, tuple(chain))


def digest_named(name: str) -> hashes.HashAlgorithm:
    """The digest of that name. Raises KeyUnusable where we do not sign with it."""
    if name not in DIGESTS:
        raise KeyUnusable(f"签章不使用摘要算法 {name}：请改用 {'、'.join(DIGESTS)} (digest not used for seals)")
    return DIGESTS[name]


def fitting_digest(certificate: x509.Certificate) -> str:
    """The digest as strong as the key (RFC 5480, section 4): SHA-384 for P-384, SHA-256 for P-256 and RSA."""
    key = certificate.public_key()
    if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.key_size > P256_BITS:
        return "sha384" if key.curve.key_size <= P384_BITS else "sha512"
    return "sha256"


def signature_label(certificate: x509.Certificate, digest: str) -> str:
    """What a signature by this certificate's key is called in a CMS, such as "sha384_ecdsa".

    Raises:
        KeyUnusable: a kind of key we do not seal with.
    """
    key = certificate.public_key()
    if isinstance(key, ec.EllipticCurvePublicKey):
        return f"{digest}_ecdsa"
    if isinstance(key, rsa.RSAPublicKey):
        return f"{digest}_rsa"
    raise KeyUnusable("印章证书须为 RSA 或 EC：请换发证书 (needs an RSA or EC certificate)")


def check_signature_of(certificate: x509.Certificate, signature: bytes, data: bytes, digest: str) -> None:
    """See that a signature is this certificate's: a key that does not belong to it, or a faulty device, seals nothing.

    Raises:
        KeyUnusable: it is not.
    """
    key, algorithm = certificate.public_key(), digest_named(digest)
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, data, ec.ECDSA(algorithm))
        elif isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, data, padding.PKCS1v15(), algorithm)
    except InvalidSignature as error:
        raise KeyUnusable("签名与印章证书不符：请核对密钥与证书 (the signature is not this certificate's)") from error


def common_name(certificate: x509.Certificate) -> str:
    """The common name of the subject, or the whole subject where it has none."""
    names = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()


def write_private(path: Path, data: bytes) -> None:
    """Write a file that only its owner may read: synced, then moved into place, so no half of it is ever seen."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def passphrase_at(path: Path) -> Secret:
    """The passphrase kept in a file of its own, made at the first call."""
    return Secret(made_once(path, lambda: secrets.token_urlsafe(PASSPHRASE_BYTES).encode()).strip())
