"""SM2 keys (GB/T 32918) with their certificates: made, kept encrypted, and used to sign with SM3.

The cryptography library knows no SM2: the arithmetic is GmSSL's (gmssl_pyx), the structures are asn1crypto's. A key
file holds an encrypted private key (PKCS#8, PBES2 of RFC 8018) and the certificate, as PEM; OpenSSL 3 reads it, too.
"""

import dataclasses
import datetime as dt
import hashlib
import os
import secrets
from pathlib import Path

import gmssl_pyx
from asn1crypto import algos, core, keys, pem, x509
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from signing.errors import KeyUnusable
from signing.keys import write_private
from signing.secret import Secret
from signing.signature_check import SM2_CURVE, check_signature

SM2_WITH_SM3 = "1.2.156.10197.1.501"
"""GM/T 0006: the signature algorithm. Signed under the identity 1234567812345678 of GM/T 0009, as is the rule."""
ROUNDS = 100_000
"""PBKDF2 with SHA-256: five times what the PKCS#12 files beside it have. Our own passphrases have 256 bits and need
none; it is for an operator's."""
_SALT_BYTES, _BLOCK_BYTES, _KEY_BYTES, _SCALAR_BYTES = 16, 16, 32, 32
_SERIAL_BYTES = 16
_CURVE_NAME = "sm2p256v1"
_PRIVATE, _CERTIFICATE = "ENCRYPTED PRIVATE KEY", "CERTIFICATE"

keys.NamedCurve.register(_CURVE_NAME, SM2_CURVE, _SCALAR_BYTES)


@dataclasses.dataclass(frozen=True, slots=True)
class Sm2Key:
    """A key pair and its certificate (DER). The private part shows itself nowhere."""

    public: bytes
    private: Secret
    certificate: bytes

    def sign(self, data: bytes) -> bytes:
        """A signature with SM3 over some bytes, as DER of (r, s).

        Raises:
            KeyUnusable: the key is not the certificate's.
        """
        signature = bytes(gmssl_pyx.sm2_sign(self.private.reveal(), self.public, data))
        if self.certificate and check_signature(self.certificate, SM2_WITH_SM3, data, signature) != "good":
            raise KeyUnusable("签名与印章证书不符：请核对密钥与证书 (the signature is not this certificate's)")
        return signature

    def save(self, path: Path, passphrase: Secret) -> None:
        """Write key and certificate into one file, readable by the owner only; it is whole or absent."""
        sealed = _encrypted(_private_info(self), passphrase)
        write_private(path, pem.armor(_PRIVATE, sealed) + pem.armor(_CERTIFICATE, self.certificate))

    @classmethod
    def load(cls, path: Path, passphrase: Secret) -> "Sm2Key":
        """Open a key file.

        Raises:
            KeyUnusable: absent, damaged, wrong passphrase, no SM2 key, or not the one of the certificate beside it.
        """
        try:
            parts = {kind: data for kind, _, data in pem.unarmor(path.read_bytes(), multiple=True)}
            key = _opened(_decrypted(parts[_PRIVATE], passphrase), parts[_CERTIFICATE])
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise KeyUnusable(f"{path.name} 打不开：请检查文件和口令 (cannot open the key file)") from error
        key.sign(path.name.encode())
        return key


def subject(owner: str, common: str) -> x509.Name:
    """A name in China: organization and common name."""
    return x509.Name.build({"country_name": "CN", "organization_name": owner, "common_name": common})


def issue(
    holder: x509.Name, life: dt.timedelta, now: dt.datetime, issuer: Sm2Key | None = None, *, authority: bool
) -> Sm2Key:
    """A new key with a certificate (GM/T 0015, RFC 5280), signed by its issuer, or by itself.

    Args:
        holder: whose certificate it is, from `subject`.
        life: how long the certificate holds.
        now: aware; from when it holds.
        issuer: whose key signs it.
        authority: whether it may sign other certificates.
    """
    public, private = gmssl_pyx.sm2_key_generate()
    key = Sm2Key(bytes(public), Secret(bytes(private)), b"")
    above = x509.Certificate.load(issuer.certificate) if issuer else None
    algorithm = x509.SignedDigestAlgorithm({"algorithm": SM2_WITH_SM3})
    tbs = x509.TbsCertificate(
        {
            "version": "v3",
            "serial_number": int.from_bytes(secrets.token_bytes(_SERIAL_BYTES)) >> 1,
            "signature": algorithm,
            "issuer": above.subject if above else holder,
            "validity": {
                "not_before": x509.Time({"general_time" if _far(now) else "utc_time": _whole(now)}),
                "not_after": x509.Time({"general_time" if _far(now + life) else "utc_time": _whole(now + life)}),
            },
            "subject": holder,
            "subject_public_key_info": _public_info(key.public),
            "extensions": _extensions(key, issuer or key, authority=authority),
        }
    )
    signature = (issuer or key).sign(tbs.dump())
    made = x509.Certificate({"tbs_certificate": tbs, "signature_algorithm": algorithm, "signature_value": signature})
    return dataclasses.replace(key, certificate=bytes(made.dump()))


def validity_of(certificate: bytes) -> tuple[dt.datetime, dt.datetime]:
    """From when until when a certificate (DER) holds, aware."""
    found = x509.Certificate.load(certificate)["tbs_certificate"]["validity"].native
    return found["not_before"], found["not_after"]


def _extensions(key: Sm2Key, issuer: Sm2Key, *, authority: bool) -> list[dict[str, object]]:
    usage = {"key_cert_sign", "crl_sign"} if authority else {"digital_signature", "non_repudiation"}
    identifier = {"key_identifier": _identifier(issuer)}
    return [
        {"extn_id": "basic_constraints", "critical": True, "extn_value": x509.BasicConstraints({"ca": authority})},
        {"extn_id": "key_usage", "critical": True, "extn_value": x509.KeyUsage(usage)},
        {"extn_id": "key_identifier", "critical": False, "extn_value": core.OctetString(_identifier(key))},
        {
            "extn_id": "authority_key_identifier",
            "critical": False,
            "extn_value": x509.AuthorityKeyIdentifier(identifier),
        },
    ]


def _identifier(key: Sm2Key) -> bytes:
    """A name for a key, not a proof (RFC 5280, 4.2.1.2)."""
    return hashlib.sha256(key.public).digest()[:20]


def _far(moment: dt.datetime) -> bool:
    """Whether a certificate must write a time with four digits of the year (RFC 5280, 4.1.2.5)."""
    return moment.year >= 2050  # noqa: PLR2004 - the year of the standard


def _whole(moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(dt.UTC).replace(microsecond=0)


def _public_info(public: bytes) -> dict[str, object]:
    curve = keys.ECDomainParameters(("named", _CURVE_NAME))
    return {
        "algorithm": {"algorithm": "ec", "parameters": curve},
        "public_key": keys.ECPointBitString(b"\x04" + public),
    }


def _private_info(key: Sm2Key) -> Secret:
    """PKCS#8 (RFC 5208) around the key of RFC 5915."""
    inner = keys.ECPrivateKey(
        {
            "version": "ecPrivkeyVer1",
            "private_key": int.from_bytes(key.private.reveal()),
            "public_key": keys.ECPointBitString(b"\x04" + key.public),
        }
    )
    inner["private_key"].set_encoded_width(_SCALAR_BYTES)
    algorithm = {"algorithm": "ec", "parameters": keys.ECDomainParameters(("named", _CURVE_NAME))}
    info = keys.PrivateKeyInfo({"version": 0, "private_key_algorithm": algorithm, "private_key": inner})
    return Secret(bytes(info.dump()))


def _opened(info: Secret, certificate: bytes) -> Sm2Key:
    parsed = keys.PrivateKeyInfo.load(info.reveal(), strict=True)
    inner = parsed["private_key"].parsed
    if parsed["private_key_algorithm"]["parameters"].chosen.dotted != SM2_CURVE:
        raise ValueError("no SM2 key")
    public = bytes(inner["public_key"].native)[1:]
    return Sm2Key(public, Secret(inner["private_key"].native.to_bytes(_SCALAR_BYTES)), certificate)


def _encrypted(info: Secret, passphrase: Secret) -> bytes:
    salt, start = os.urandom(_SALT_BYTES), os.urandom(_BLOCK_BYTES)
    padder, encryptor = PKCS7(_BLOCK_BYTES * 8).padder(), _cipher(passphrase, salt, start, ROUNDS).encryptor()
    data = encryptor.update(padder.update(info.reveal()) + padder.finalize()) + encryptor.finalize()
    derivation = algos.Pbkdf2Params(
        {
            "salt": algos.Pbkdf2Salt("specified", core.OctetString(salt)),
            "iteration_count": ROUNDS,
            "prf": {"algorithm": "sha256"},
        }
    )
    parameters = algos.Pbes2Params(
        {
            "key_derivation_func": {"algorithm": "pbkdf2", "parameters": derivation},
            "encryption_scheme": {"algorithm": "aes256_cbc", "parameters": core.OctetString(start)},
        }
    )
    algorithm = {"algorithm": "pbes2", "parameters": parameters}
    return bytes(keys.EncryptedPrivateKeyInfo({"encryption_algorithm": algorithm, "encrypted_data": data}).dump())


def _decrypted(data: bytes, passphrase: Secret) -> Secret:
    parsed = keys.EncryptedPrivateKeyInfo.load(data, strict=True)
    scheme = parsed["encryption_algorithm"]
    if (scheme.kdf, scheme.kdf_hmac, scheme.encryption_cipher) != ("pbkdf2", "sha256", "aes"):
        raise ValueError("another encryption than ours")
    cipher = _cipher(passphrase, scheme.kdf_salt, scheme.encryption_iv, scheme.kdf_iterations)
    decryptor, unpadder = cipher.decryptor(), PKCS7(_BLOCK_BYTES * 8).unpadder()
    padded = decryptor.update(parsed["encrypted_data"].native) + decryptor.finalize()
    return Secret(unpadder.update(padded) + unpadder.finalize())


def _cipher(passphrase: Secret, salt: bytes, start: bytes, rounds: int) -> Cipher[modes.CBC]:
    key = hashlib.pbkdf2_hmac("sha256", passphrase.reveal(), salt, rounds, _KEY_BYTES)
    return Cipher(algorithms.AES(key), modes.CBC(start))
