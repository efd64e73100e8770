"""接收回执: what the receiver found in each package, what it refused and why; and whether that is what we sent."""

from typing import Annotated, Literal

import pydantic

from archive.canonical import NotCanonical, parse_canonical
from archive.manifest import Sha256, Sm3, Text
from archive.transfer.handover import Count, Frozen, HandedPackage, HandoverList, first_fault, record_bytes

RECEIPT_NAME = "接收回执.json"
RECEIPT_LETTER_NAME = "接收回执.pdf"
RECEIPT_STATEMENT_NAME = "接收回执.sig"


class BadReceipt(ValueError):  # noqa: N818
    """The receipt cannot stand for what was sent; `code` says why, the message says what to do."""

    def __init__(self, code: str, message: str) -> None:
        """Keep the code beside the words."""
        super().__init__(message)
        self.code = code


class Fault(Frozen):
    """One reason: code of DA/T 70-2018 (YJ: at transfer), the file or package, and a sentence."""

    code: Text
    object: str
    what: str


class FoundBag(Frozen):
    """A bag as the receiver found it; None for what was not there to be read."""

    folder: Text
    files: Count = 0
    size: Count = 0
    manifest_sha256: Sha256 | None = None
    manifest_sm3: Sm3 | None = None
    bag_sha256: Sha256 | None = None
    bag_sm3: Sm3 | None = None


class ReceivedPackage(Frozen):
    """What became of one package. `archive_number` is the receiver's own 档号, of what was accepted."""

    order: Annotated[int, pydantic.Field(ge=1)]
    package: Text
    state: Literal["accepted", "refused"]
    archive_number: str = ""
    bags: tuple[FoundBag, ...]
    faults: tuple[Fault, ...] = ()

    @pydantic.model_validator(mode="after")
    def _says_why(self) -> "ReceivedPackage":
        if (self.state == "refused") is not bool(self.faults):
            raise ValueError("what is refused has reasons, what is accepted has none")
        return self


class Receipt(Frozen):
    """The receipt of one batch. `extra`: what lay in the delivery and is not on its list."""

    schema_version: Literal[1] = 1
    kind: Literal["接收回执"] = "接收回执"
    number: Annotated[str, pydantic.StringConstraints(pattern=r"^[0-9A-Z]{26}$")]
    batch: Text
    list_sha256: Sha256
    sender: Text
    receiver: Text
    received_at: pydantic.AwareDatetime
    made_at: pydantic.AwareDatetime
    packages: tuple[ReceivedPackage, ...]
    extra: tuple[str, ...] = ()
    accepted: Count
    refused: Count

    @pydantic.model_validator(mode="after")
    def _counts(self) -> "Receipt":
        states = [one.state for one in self.packages]
        if (states.count("accepted"), states.count("refused")) != (self.accepted, self.refused):
            raise ValueError("the counts are not those of the packages")
        return self


def parse_receipt(data: bytes) -> Receipt:
    """The receipt in canonical bytes. Raises BadReceipt (`receipt-unreadable`)."""
    try:
        found = Receipt.model_validate(parse_canonical(data))
    except NotCanonical as error:
        raise BadReceipt("receipt-unreadable", f"回执不能读懂：{error}") from error
    except pydantic.ValidationError as error:
        raise BadReceipt("receipt-unreadable", f"回执不能读懂：{first_fault(error)}") from error
    if record_bytes(found) != data:
        raise BadReceipt("receipt-unreadable", "回执的写法与规范不符，不是本软件出具")
    return found


def compare_receipt(receipt: Receipt, sent: HandoverList, list_sha256: str) -> None:
    """See that a receipt is of what was sent: this list, every package, and for the accepted ones these very bytes.

    Raises:
        BadReceipt: `receipt-other-batch`, `receipt-other-list`, `receipt-incomplete` or `receipt-other-bytes`.
    """
    if receipt.batch != sent.batch:
        raise BadReceipt("receipt-other-batch", f"回执是批次 {receipt.batch} 的，不是 {sent.batch} 的")
    if receipt.list_sha256 != list_sha256:
        raise BadReceipt("receipt-other-list", "回执所依据的移交清单不是本批次发出的清单：请接收方核对所收清单")
    if [one.package for one in receipt.packages] != [one.package for one in sent.packages]:
        raise BadReceipt("receipt-incomplete", "回执所列档案与移交清单不一致：请接收方重新出具")
    for found, listed in zip(receipt.packages, sent.packages, strict=True):
        if found.state == "accepted" and _differs(found, listed):
            raise BadReceipt(
                "receipt-other-bytes",
                f"{listed.archive_number}：回执所记摘要与发出的不同，接收方收到的不是这些内容；请接收方重新核对",
            )


def _differs(found: ReceivedPackage, listed: HandedPackage) -> bool:
    return [bag.model_dump() for bag in found.bags] != [bag.model_dump(exclude={"package"}) for bag in listed.bags]
