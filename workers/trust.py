"""What a validator has to trust, published by the workers that have the keys for the web process that has none."""

import base64
import json

from cryptography.hazmat.primitives.serialization import Encoding
from django.utils import timezone

from archive import NotFound
from workers import installation, zones

TRUST_KEY = "trust/now.json"
"""In the working zone; the only object there that is replaced."""


def publish_trust() -> None:
    """Put our root and its revocation lists of today where every process finds them; nothing is written if it is so."""
    trust = installation.authority()
    said = {
        "roots": [_text(root.public_bytes(Encoding.DER)) for root in trust.roots],
        "lists": [_text(one) for one in trust.crls(timezone.now())],
    }
    data = json.dumps(said).encode()
    try:
        if zones.zone("working").read(TRUST_KEY) == data:
            return
    except NotFound:
        pass
    zones.zone("working").put(TRUST_KEY, data, content_type="application/json")


def published_trust() -> tuple[list[bytes], list[bytes]]:
    """Roots and revocation lists (DER); none where nothing was published yet, and then nothing is called valid."""
    try:
        said = json.loads(zones.zone("working").read(TRUST_KEY))
    except NotFound:
        return [], []
    return [base64.b64decode(one) for one in said["roots"]], [base64.b64decode(one) for one in said["lists"]]


def _text(der: bytes) -> str:
    return base64.b64encode(der).decode("ascii")
