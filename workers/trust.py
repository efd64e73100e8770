"""What a validator has to trust, published by the workers that have the keys for the web process that has none."""

import base64
import dataclasses
import json

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.utils import timezone

from archive import NotFound
from signing import Sm2Authority, read_certificates
from workers import installation, zones


@dataclasses.dataclass(frozen=True, slots=True)
class Trust:
    """Roots and their revocation lists, and the roots of seals on OFD; all DER."""

    roots: tuple[bytes, ...] = ()
    lists: tuple[bytes, ...] = ()
    ofd_roots: tuple[bytes, ...] = ()


TRUST_KEY = "trust/now.json"
"""In the working zone; the only object there that is replaced."""


def publish_trust() -> None:
    """Put our root and its revocation lists of today where every process finds them; nothing is written if it is so."""
    trust = installation.authority()
    said = {
        "roots": [_text(root.public_bytes(Encoding.DER)) for root in trust.roots],
        "ofd_roots": [_text(root.public_bytes(Encoding.DER)) for root in _ofd_roots()],
        "lists": [_text(one) for one in trust.crls(timezone.now())],
    }
    data = json.dumps(said).encode()
    try:
        if zones.zone("working").read(TRUST_KEY) == data:
            return
    except NotFound:
        pass
    zones.zone("working").put(TRUST_KEY, data, content_type="application/json")


def published_trust() -> Trust:
    """What was published; nothing where that was not done yet, and then nothing is called valid."""
    try:
        said = json.loads(zones.zone("working").read(TRUST_KEY))
    except NotFound:
        return Trust()
    roots, lists, ofd_roots = ([base64.b64decode(one) for one in said[key]] for key in ("roots", "lists", "ofd_roots"))
    return Trust(tuple(roots), tuple(lists), tuple(ofd_roots))


def _ofd_roots() -> tuple[x509.Certificate, ...]:
    """Of the SM2 seals on OFD editions; none before the first edition was made."""
    return read_certificates(Sm2Authority(settings.KEYS_DIR).roots_folder)


def _text(der: bytes) -> str:
    return base64.b64encode(der).decode("ascii")
