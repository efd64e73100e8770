"""Files that others sealed: judged by a policy, and the judgement kept with all that it hung on, to be repeated later.

What is in the file itself is not kept again: its bytes stay as they came, and its digest is kept.
"""

import base64
import contextlib
import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from asn1crypto import crl as asn1_crl
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter

from signing.policy import INCOMING, Policy
from signing.validation import validate_pdf
from signing.verdicts import Reason, Validation


def judge_incoming(
    pdf: Path,
    roots: Iterable[x509.Certificate],
    crls: Iterable[bytes],
    *,
    at: dt.datetime,
    policy: Policy = INCOMING,
) -> dict[str, Any]:
    """Judge every seal of a file and say by what.

    Args:
        pdf: the file, which is only read.
        roots: the certificates to trust.
        crls: revocation lists (DER) at hand; those in the file count as well.
        at: the moment, aware.
        policy: what is asked.

    Returns:
        `Validation.to_json` with `sha256` of the file, `at`, `policy`, and `evidence`: the roots and lists (base64)
        that have to do with the file, and its certificates by name, serial number, digest and end.
    """
    given_roots, given_lists = list(roots), list(crls)
    found = validate_pdf(pdf, given_roots, crls=given_lists, at=at, policy=policy)
    inside = list(_certificates(pdf))
    issuers = {one.issuer.dump() for one in inside} | {one.subject.dump() for one in inside}
    used_roots = [root for root in given_roots if root.subject.public_bytes() in issuers]
    with pdf.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return found.to_json() | {
        "sha256": digest,
        "at": at.astimezone(dt.UTC).isoformat(),
        "policy": policy.to_json(),
        "evidence": {
            "certificates": [_described(one) for one in inside],
            "roots": [_kept(root.public_bytes(Encoding.DER)) for root in used_roots],
            "crls": [_kept(one) for one in given_lists if _issuer(one) in issuers],
        },
    }


def judge_again(pdf: Path, kept: Mapping[str, Any]) -> Validation:
    """The judgement of `judge_incoming` once more, by what was kept: the same policy, moment, roots and lists.

    Another file than the one judged is "invalid" with `other-file`.
    """
    evidence = kept["evidence"]
    with pdf.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != kept["sha256"]:
            return Validation.of([Reason.of("other-file")])
    return validate_pdf(
        pdf,
        [x509.load_der_x509_certificate(base64.b64decode(root)) for root in evidence["roots"]],
        crls=[base64.b64decode(one) for one in evidence["crls"]],
        at=dt.datetime.fromisoformat(kept["at"]),
        policy=Policy.from_json(kept["policy"]),
    )


def not_judged() -> dict[str, Any]:
    """What is kept where judging took too long or too much, or fell over."""
    return Validation.of([Reason.of("not-judged")]).to_json()


def _certificates(pdf: Path) -> Iterator[asn1_x509.Certificate]:
    """Every certificate in the file, once: of seals, of timestamps, of the security store."""
    seen: set[bytes] = set()
    with contextlib.suppress(PdfError, ValueError, TypeError, KeyError, OSError), pdf.open("rb") as file:
        reader = PdfFileReader(file, strict=False)
        if reader.encrypted:
            return
        for one in _all(reader):
            if one.sha256 not in seen:
                seen.add(one.sha256)
                yield one


def _all(reader: PdfFileReader) -> Iterator[asn1_x509.Certificate]:
    for signature in reader.embedded_signatures:
        with contextlib.suppress(PdfError, ValueError, TypeError, KeyError):
            yield from _sequence(signature.signer_cert, signature.other_embedded_certs)
            for token in extract_tst_data_iter(signature.signer_info, signed=False):
                yield from (choice.chosen for choice in token["certificates"])
    with contextlib.suppress(NoDSSFoundError):
        yield from DocumentSecurityStore.read_dss(reader).load_certs()


def _sequence(first: asn1_x509.Certificate, others: Sequence[asn1_x509.Certificate]) -> Iterator[asn1_x509.Certificate]:
    yield first
    yield from others


def _described(certificate: asn1_x509.Certificate) -> dict[str, str]:
    validity = certificate["tbs_certificate"]["validity"]["not_after"].native
    return {
        "subject": certificate.subject.human_friendly,
        "issuer": certificate.issuer.human_friendly,
        "serial": format(certificate.serial_number, "x"),
        "sha256": certificate.sha256.hex(),
        "valid_until": validity.isoformat(),
    }


def _issuer(crl: bytes) -> bytes:
    try:
        return bytes(asn1_crl.CertificateList.load(crl).issuer.dump())
    except (ValueError, TypeError):
        return b""


def _kept(der: bytes) -> str:
    return base64.b64encode(der).decode("ascii")
