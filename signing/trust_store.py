"""The certificates of authorities whose seals a city trusts, as files in a folder."""

import logging
from collections.abc import Iterable
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

_log = logging.getLogger(__name__)

SUFFIXES = frozenset({".pem", ".crt", ".cer", ".der"})


def read_certificates(folder: Path) -> tuple[x509.Certificate, ...]:
    """All certificates of a folder, PEM or DER, by name; what is none is passed over with a line in the log.

    A folder that is not there holds none.
    """
    if not folder.is_dir():
        return ()
    files = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)
    return tuple(certificate for path in files for certificate in _certificates(path))


def read_revocation_lists(folder: Path) -> tuple[bytes, ...]:
    """The revocation lists (`*.crl`, DER or PEM) that lie beside the certificates, by name, as DER."""
    if not folder.is_dir():
        return ()
    return tuple(der for path in sorted(folder.glob("*.crl")) for der in _lists(path))


def _lists(path: Path) -> Iterable[bytes]:
    data = path.read_bytes()
    try:
        read = x509.load_pem_x509_crl if b"-----BEGIN" in data else x509.load_der_x509_crl
        return (read(data).public_bytes(Encoding.DER),)
    except ValueError:
        _log.warning("%s is no revocation list and was passed over", path)
        return ()


def _certificates(path: Path) -> Iterable[x509.Certificate]:
    data = path.read_bytes()
    try:
        return (
            x509.load_pem_x509_certificates(data) if b"-----BEGIN" in data else [x509.load_der_x509_certificate(data)]
        )
    except ValueError:
        _log.warning("%s is no certificate and was passed over", path)
        return ()
