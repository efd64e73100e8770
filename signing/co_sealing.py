"""Several seals on one document: all on the same approved bytes, in order, each at the place of its department.

One seal certifies the file (no change any more); with several none does, since a certified file takes no further seal.
The long-term pass (`preserve_pdf`) follows once, after the last seal.
"""

import dataclasses
import datetime as dt
import hashlib
from collections.abc import Sequence

from signing.anchor import Anchor, find_anchor
from signing.errors import AnchorNotFound, NotApproved, SealRefused
from signing.keys import Signer
from signing.sealing import seal_pdf
from signing.timestamps import TimestampAuthority


@dataclasses.dataclass(frozen=True)
class SealOrder:
    """One seal to be put on a document.

    `approved_sha256` is the digest (hex) of the rendered bytes that the officer of this seal approved. `near` names the
    department before its （盖章）; empty takes the last one of the document.
    """

    key: Signer
    image: bytes
    approved_sha256: str
    reason: str
    location: str
    near: str = ""


def seal_all(pdf: bytes, orders: Sequence[SealOrder], *, tsa: TimestampAuthority, now: dt.datetime) -> bytes:
    """Put every seal on a document, in order; returns the whole new file, which begins with the approved bytes.

    Raises:
        NotApproved: one of the approvals is missing or is about other bytes; nothing was sealed.
        AnchorNotFound: a seal has no place of its own.
        TimestampUnavailable: no timestamp for one of them; nothing of it counts.
        SealRefused: no seal at all, or the file cannot carry them.
    """
    if not orders:
        raise SealRefused("没有要加盖的印章：请先指定印章 (no seal to put on it)")
    digest = hashlib.sha256(pdf).hexdigest()
    if any(order.approved_sha256.lower() != digest for order in orders):
        raise NotApproved(
            "有印章尚未审批，或所审批的不是这份文件：请各部门重新核对 (every seal must be approved for these bytes)"
        )
    places = _places(pdf, orders)
    sealed = pdf
    for order, place in zip(orders, places, strict=True):
        sealed = seal_pdf(
            sealed,
            order.key,
            tsa=tsa,
            image=order.image,
            approved_sha256=hashlib.sha256(sealed).hexdigest(),
            reason=order.reason,
            location=order.location,
            now=now,
            anchor=place,
            certify=len(orders) == 1,
        )
        if not sealed.startswith(pdf):
            raise NotApproved("盖章改动了已审批的内容：请停用并报告 (sealing must only add to the approved bytes)")
    return sealed


def _places(pdf: bytes, orders: Sequence[SealOrder]) -> list[Anchor]:
    """A place for each seal; two on one mark would hide each other."""
    places = [find_anchor(pdf, near=order.near) for order in orders]
    for number, place in enumerate(places):
        if place in places[:number]:
            raise AnchorNotFound(
                f"“{orders[number].location}”没有自己的盖章位置：请在模板中为每个部门标出“（盖章）”"
                " (two seals, one place)"
            )
    return places
