"""The certificates of authorities whose seals a city trusts, as files in a folder."""

import logging
from collections.abc import Iterable
from pathlib import Path

from cryptography import x509

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


def _certificates(path: Path) -> Iterable[x509.Certificate]:
    data = path.read_bytes()
    try:
        return (
            x509.load_pem_x509_certificates(data) if b"-----BEGIN" in data else [x509.load_der_x509_certificate(data)]
        )
    except ValueError:
        _log.warning("%s is no certificate and was passed over", path)
        return ()
