"""Making a seal last: validation data and an archive timestamp are added to the sealed file (PAdES B-LTA).

Afterwards the file proves itself without us: certificates and revocation lists of the day lie in it, and the document
timestamp covers them. One pass, after the last seal; a seal added later would find the validation data changed.
"""

import datetime as dt
import io
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from asn1crypto import cms
from asn1crypto import crl as asn1_crl
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.general import SigningError as PyhankoSigningError
from pyhanko.sign.signers.pdf_signer import PdfTimeStamper
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation import DocumentSecurityStore
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter

from signing.errors import SealRefused
from signing.evidence import Evidence
from signing.growing import end_line, grown
from signing.timestamps import TimestampAuthority, check_token

ARCHIVE_DIGEST = "sha256"
"""What an archive timestamp is over. Not the seal's digest (`fitting_digest`): the day SHA-256 weakens, a stronger one
here and a renewal of every file (`yidang renew --months 240`) cover the older seals and stamps."""
STAMP_SPACE = 16 * 1024
"""Hex digits kept free for the document timestamp: 8 kB; ours takes about 2.5."""


def preserve_pdf(
    pdf: bytes,
    roots: Iterable[x509.Certificate],
    crls: Iterable[bytes],
    *,
    tsa: TimestampAuthority | None,
    now: dt.datetime,
) -> bytes:
    """Add what a later judge needs, then a document timestamp over it all; returns the whole new file.

    Args:
        pdf: a file with all its seals.
        roots: our roots, embedded for documentation; a judge trusts his own.
        crls: the current revocation lists (DER) of every authority in the chains.
        tsa: who gives the timestamp. None leaves it out (B-LT): for measuring only.
        now: aware; only to date what is gathered.

    Raises:
        SealRefused: no seal in it, or it cannot be read.
        TimestampUnavailable: no timestamp; take the file as it was.
    """
    stream = io.BytesIO(pdf)
    _preserve(stream, roots, tuple(crls), tsa, now)
    return stream.getvalue()


def preserve_file(  # noqa: PLR0913  as above, and where to
    source: Path,
    target: Path,
    roots: Iterable[x509.Certificate],
    crls: Iterable[bytes],
    *,
    tsa: TimestampAuthority | None,
    now: dt.datetime,
) -> None:
    """The same for a file of any size, of which little is ever in memory; see `seal_file` for `target`."""
    with grown(source, target) as file:
        _preserve(file, roots, tuple(crls), tsa, now)


def _preserve(
    file: IO[bytes],
    roots: Iterable[x509.Certificate],
    lists: tuple[bytes, ...],
    tsa: TimestampAuthority | None,
    now: dt.datetime,
) -> None:
    evidence = Evidence.of(roots, lists)
    try:
        end_line(file)
        reader = PdfFileReader(file)
        if not reader.embedded_regular_signatures:
            raise SealRefused("文件没有签章：请先盖章 (seal the file first)")
        certificates: dict[bytes, asn1_x509.Certificate] = {root.sha256: root for root in evidence.roots}
        for signature in reader.embedded_signatures:  # of earlier document timestamps too: a renewal proves them
            chain = [signature.signer_cert, *signature.other_embedded_certs]
            for token in extract_tst_data_iter(signature.signer_info, signed=False):
                chain.extend(choice.chosen for choice in token["certificates"])
            certificates.update({certificate.sha256: certificate for certificate in chain})
        taken = {str(name) for name, _, _ in enumerate_sig_fields(reader)}
        file.seek(0)
        writer = IncrementalPdfFileWriter(file)
        DocumentSecurityStore.supply_dss_in_writer(
            writer, None, certs=list(certificates.values()), crls=_telling(lists, certificates.values())
        )
        if tsa is None:
            writer.write_in_place()  # type: ignore[no-untyped-call]  # the library leaves it untyped
            return
        stamper = PdfTimeStamper(_Stamper(tsa), field_name=_stamp_name(now, taken))
        stamper.timestamp_pdf(writer, ARCHIVE_DIGEST, bytes_reserved=STAMP_SPACE, in_place=True)
    except (PdfError, PyhankoSigningError, OSError, ValueError, KeyError, TypeError) as error:
        raise SealRefused(f"文件不能加存档时间戳：{error} (the file cannot take an archive timestamp)") from error


def _telling(lists: Iterable[bytes], certificates: Iterable[asn1_x509.Certificate]) -> list[asn1_crl.CertificateList]:
    """The lists that tell something of these certificates: one made after all its issuer's ended does not.

    A list need not name what has ended (RFC 5280, 3.3), and a judge who took the newest list would find the
    certificate without revocation information of its own time. Matters at renewals; the lists of the day of sealing
    stay in the file.
    """
    known = tuple(certificates)
    read = [asn1_crl.CertificateList.load(der) for der in lists]
    return [
        one
        for one in read
        if any(
            c.issuer == one.issuer and one["tbs_cert_list"]["this_update"].native <= c.not_valid_after for c in known
        )
    ]


class _Stamper(TimeStamper):
    """Our timestamp authority in the shape the library asks for."""

    def __init__(self, tsa: TimestampAuthority) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # the library leaves it untyped
        self._tsa = tsa

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        token = self._tsa.token(message_digest, md_algorithm)
        check_token(token, message_digest, md_algorithm)
        return cms.ContentInfo.load(token)


def _stamp_name(now: dt.datetime, taken: set[str]) -> str:
    name = f"Archive{now.astimezone(dt.UTC):%Y%m%d%H%M%S}"
    return next(one for number in range(len(taken) + 1) if (one := f"{name}{f'-{number}' * (number > 0)}") not in taken)
