"""The OFD edition of a sealed PDF, an experimental export: the same pages, sealed anew with SM2.

The PDF remains the authoritative edition, and the OFD says so: on every page, and in its data with the PDF's digests.
Its seals prove the office; when they were put on, no timestamp proves, and their revocation is published nowhere.
"""

import dataclasses
import datetime as dt
import hashlib
import io
from collections.abc import Sequence
from pathlib import Path

from cryptography import x509

from signing.anchor import POINTS_PER_MM, SEAL_MM, find_anchor
from signing.errors import EditionRefused
from signing.ofd_container import ROOT, OfdContainer, OfdError
from signing.ofd_sealing import OfdSeal, sealed_files
from signing.ofd_validation import validate_ofd
from signing.ofd_writing import Facts, ofd_files, pack_ofd
from signing.page_objects import drawn_document
from signing.ses_writing import SealDesign
from signing.signature_check import sm3
from signing.sm2_keys import Sm2Key
from signing.verdicts import Validation

NOTE = "试验性导出：以同号 PDF 版证照为准"
"""What stands at the foot of every page."""
EXPERIMENTAL = "试验性导出，不作凭证；以 PDF 版证照为准"
_STATEMENT, _SHA256, _SM3 = "说明", "PDF版SHA-256", "PDF版SM3"
UNPROVEN = frozenset({"revocation-unknown", "no-timestamp"})
"""What is said of every good OFD seal: neither is checked."""


@dataclasses.dataclass(frozen=True, slots=True)
class OfdOrder:
    """One seal for the OFD: whose, with which key, what it looks like, and near which words it stands.

    `near` as for `find_anchor`: empty for the issuer, the owner's name for a department beside it.
    """

    number: str
    name: str
    picture: bytes
    user: Sm2Key
    maker: Sm2Key
    near: str = ""


def make_ofd_edition(  # noqa: PLR0913 - what a document says of itself, each by name
    pdf: bytes, orders: Sequence[OfdOrder], *, title: str, author: str, facts: dict[str, str], now: dt.datetime
) -> bytes:
    """The OFD edition of a sealed PDF.

    Args:
        pdf: the authoritative file, whose pages are taken over; its own seals stay behind.
        orders: the seals, one after the other.
        title: of the document.
        author: who issued it.
        facts: what is kept in its data beside the statement and the digests, such as the certificate's number.
        now: aware; what the seals state as their time.

    Raises:
        EditionRefused: the pages draw with something that is not converted.
        AnchorNotFound: no place for a seal.
        KeyUnusable: a key would not sign.
    """
    drawn = drawn_document(pdf)
    digests = {_SHA256: hashlib.sha256(pdf).hexdigest(), _SM3: sm3(pdf).hex()}
    said = Facts(title, author, now, {_STATEMENT: EXPERIMENTAL, **facts, **digests}, NOTE)
    files = ofd_files(drawn, digests[_SM3][:32], said)
    for left_over, order in zip(reversed(range(len(orders))), orders, strict=True):
        anchor = find_anchor(pdf, near=order.near)
        left, _, _, top = (value / POINTS_PER_MM for value in anchor.box)
        place = (left, drawn.pages[anchor.page].height - top, SEAL_MM, SEAL_MM)
        design = SealDesign(order.number, order.name, order.picture, round(SEAL_MM))
        seal = OfdSeal(design, order.user, order.maker, anchor.page + 1, place)
        files = sealed_files(files, seal, now, last=not left_over)
    return pack_ofd(files)


def check_ofd_edition(ofd: bytes, roots: Sequence[x509.Certificate], *, seals: int, at: dt.datetime) -> Validation:
    """See that a finished edition holds: every seal on it is whole and leads to a root, and every file is covered.

    Returns:
        what the validation says: never "valid", since neither revocation nor time are proven (`UNPROVEN`).

    Raises:
        EditionRefused: it does not; it must not leave the house.
    """
    found = validate_ofd(io.BytesIO(ofd), roots, at=at)
    if not holds(found) or len(found.seals) != seals:
        codes = "、".join(sorted({reason.code for reason in found.reasons} - UNPROVEN)) or "seals-missing"
        raise EditionRefused(f"OFD 版签章自检未通过（{codes}）：请联系管理员 (the edition does not verify)")
    return found


def holds(found: Validation) -> bool:
    """Whether an OFD has seals, and nothing is said of them but what is said of the best."""
    return bool(found.seals) and {reason.code for reason in found.reasons} <= UNPROVEN


def edition_of(path: Path) -> str:
    """The SHA-256 of the PDF whose edition an OFD says it is; empty where it says nothing. Its seals are not judged."""
    try:
        with OfdContainer(path) as ofd:
            data = (one for one in ofd.xml(ROOT).iter("CustomData") if one.get("Name") == _SHA256)
            return next(((one.text or "").strip() for one in data), "")
    except OfdError:
        return ""
