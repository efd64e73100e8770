"""Judging the seals of a PDF that was handed in, inside the sandbox: nothing is written, nothing is fetched."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cryptography import x509

from signing import judge_incoming


def judge_pdf(
    path: str, *, roots: list[str], lists: list[str], at: str, begin: Callable[[int], None]
) -> dict[str, Any]:
    """What `signing.judge_incoming` says; roots and revocation lists are DER in hexadecimal, `at` in ISO 8601."""
    begin(1)
    trusted = [x509.load_der_x509_certificate(bytes.fromhex(root)) for root in roots]
    moment = dt.datetime.fromisoformat(at)
    return judge_incoming(Path(path), trusted, [bytes.fromhex(one) for one in lists], at=moment)
