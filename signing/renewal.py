"""Renewing an archive timestamp before the certificate behind it ends: the file proves itself for another span.

A timestamp is as good as the certificate of its authority. Before that ends, the validation data of the day and a new
document timestamp are added (ETSI EN 319 142-1, 5.4.3 and annex A.2); the seals and the issued bytes stay as they are.
"""

import dataclasses
import datetime as dt
import io
from collections.abc import Iterable

from cryptography import x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader

from signing.errors import RenewalRefused
from signing.preservation import preserve_pdf
from signing.timestamps import TimestampAuthority, token_info
from signing.validation import validate_pdf
from signing.verdicts import Validation


@dataclasses.dataclass(frozen=True)
class ArchiveStamp:
    """A document timestamp: its field, the time it proves, and when the first certificate in its token ends."""

    field: str
    time: dt.datetime
    ends: dt.datetime


@dataclasses.dataclass(frozen=True)
class Renewed:
    """The longer file, the stamps before and after, and its validation at the time of renewal."""

    pdf: bytes
    before: ArchiveStamp
    after: ArchiveStamp
    validation: Validation


def newest_stamp(pdf: bytes) -> ArchiveStamp | None:
    """The last document timestamp of a file; None where it has none or cannot be read. It is read, not judged."""
    try:
        stamps = PdfFileReader(io.BytesIO(pdf), strict=False).embedded_timestamp_signatures
        if not stamps:
            return None
        stamp = max(stamps, key=lambda one: int(one.signed_revision))
        chain = [stamp.signer_cert, *stamp.other_embedded_certs]
        time: dt.datetime = token_info(stamp.pkcs7_content)["gen_time"].native
        return ArchiveStamp(str(stamp.field_name), time, min(one.not_valid_after for one in chain))
    except (PdfError, ValueError, TypeError, KeyError):
        return None


def renew_pdf(
    pdf: bytes, roots: Iterable[x509.Certificate], crls: Iterable[bytes], *, tsa: TimestampAuthority, now: dt.datetime
) -> Renewed:
    """Add the validation data of the day and a new document timestamp to a file that is valid now.

    Args:
        pdf: a preserved file (B-LTA).
        roots: our roots, the only ones trusted.
        crls: current revocation lists (DER) of every authority in the chains, that of the timestamps included.
        tsa: who gives the new timestamp.
        now: aware; the moment the file is judged at, before and after.

    Raises:
        RenewalRefused: the file has no archive timestamp or is not valid; or the new stamp would hold no longer.
        TimestampUnavailable: no timestamp; take the file as it was.
    """
    trusted, lists = tuple(roots), tuple(crls)
    before = newest_stamp(pdf)
    if before is None:
        raise RenewalRefused("文件没有存档时间戳：请先完成长期保存处理 (no archive timestamp to renew)")
    was = validate_pdf(pdf, trusted, crls=lists, at=now)
    if was.verdict != "valid":
        raise RenewalRefused(f"文件当前未通过验证，不予续期：{_said(was)} (only a valid file is renewed)")
    made = preserve_pdf(pdf, trusted, lists, tsa=tsa, now=now)
    after, found = newest_stamp(made), validate_pdf(made, trusted, crls=lists, at=now)
    if after is None or after.ends <= before.ends:
        raise RenewalRefused(
            f"时间戳服务的证书仍只到 {before.ends:%Y-%m-%d}，续期不会延长有效性：请先更换时间戳证书或服务"
            " (the authority still stamps with a certificate that ends no later)"
        )
    same = [seal.fingerprint for seal in found.seals] == [seal.fingerprint for seal in was.seals]
    lasting = all(seal.level == "B-LTA" for seal in found.seals)
    if not (made.startswith(pdf) and found.verdict == "valid" and same and lasting):
        raise RenewalRefused(f"续期后的文件未通过验证，保留原文件：{_said(found)} (the renewed file is not valid)")
    return Renewed(made, before, after, found)


def _said(validation: Validation) -> str:
    return "；".join(reason.text for reason in validation.reasons) or validation.verdict
