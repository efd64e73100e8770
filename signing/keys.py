"""A seal's key with its certificate and chain, and the PKCS#12 file that keeps it."""

import contextlib
import dataclasses
import os
import secrets
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

from signing.errors import KeyUnusable

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
OWNER_ONLY = 0o600
PASSPHRASE_BYTES = 32
"""256 bits: guessing is no way in."""


@dataclasses.dataclass(frozen=True)
class SealKey:
    """A private key, its certificate, and the certificates between it and the root (the root itself not included)."""

    key: PrivateKey
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...] = ()

    @property
    def serial(self) -> int:
        """The serial number its issuer knows it by; what `TestAuthority.revoke` takes."""
        return self.certificate.serial_number

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, hex: what the register of seals keeps."""
        return self.certificate.fingerprint(hashes.SHA256()).hex()

    @property
    def signer(self) -> str:
        """The common name, as people see it."""
        return common_name(self.certificate)

    def save(self, path: Path, passphrase: bytes) -> None:
        """Write as PKCS#12, readable by the owner only; the file is whole or absent."""
        blob = pkcs12.serialize_key_and_certificates(
            self.signer.encode(), self.key, self.certificate, list(self.chain), BestAvailableEncryption(passphrase)
        )
        write_private(path, blob)

    @classmethod
    def load(cls, path: Path, passphrase: bytes) -> "SealKey":
        """Open a PKCS#12 file.

        Raises:
            KeyUnusable: absent, damaged, wrong passphrase, or neither RSA nor EC.
        """
        try:
            key, certificate, chain = pkcs12.load_key_and_certificates(path.read_bytes(), passphrase)
        except (OSError, ValueError) as error:
            raise KeyUnusable(f"{path.name} 打不开：请检查文件和口令 (cannot open the key file)") from error
        if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) or certificate is None:
            raise KeyUnusable(f"{path.name} 须含 RSA 或 EC 私钥及其证书 (needs an RSA or EC key with its certificate)")
        return cls(key, certificate, tuple(chain))


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


def passphrase_at(path: Path) -> bytes:
    """The passphrase kept in a file of its own, made at the first call."""
    if not path.exists():
        write_private(path, secrets.token_urlsafe(PASSPHRASE_BYTES).encode())
    return path.read_bytes().strip()
