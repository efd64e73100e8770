"""The receiver's receipt comes back: whose it is, whether it is of what we sent, and what follows from it."""

from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

import archive
from archive import Element, FollowUp, Package
from archive.transfer import (
    LETTER_NAME,
    LIST_NAME,
    LIST_STATEMENT_NAME,
    RECEIPT_LETTER_NAME,
    RECEIPT_NAME,
    RECEIPT_STATEMENT_NAME,
    TRANSFER_ELEMENT,
    BadReceipt,
    BadStatement,
    Handover,
    HandoverItem,
    Receipt,
    compare_receipt,
    open_statement,
    parse_list,
    parse_receipt,
)
from workers import zones
from workers.groundwork import NotPossibleError
from workers.supplements import add_supplement
from workers.transferring import State, prepare_handover, read_paper, sent_list, tell

MAX_RECEIPT_BYTES = 64 << 20
"""As large as the list it answers may be."""
MEDIA = {".json": "application/json", ".pdf": "application/pdf", ".sig": "text/plain"}


def take_receipt(folder: Path, *, by: Any = None) -> Handover:
    """Take in the three files of a receipt: verify, compare, note; all accepted closes the batch.

    Raises:
        BadReceipt: `receipt-unreadable`, `receipt-unknown-batch`, `receipt-replayed`, `receipt-not-expected`,
            `receipt-wrong-key`, `receipt-changed`, or what `compare_receipt` says; nothing was noted then.
    """
    files = {name: _read(folder / name) for name in (RECEIPT_NAME, RECEIPT_LETTER_NAME, RECEIPT_STATEMENT_NAME)}
    receipt = parse_receipt(files[RECEIPT_NAME])
    kept = {name: zones.keep_derivative(data, MEDIA[Path(name).suffix]) for name, data in files.items()}
    with transaction.atomic():
        batch = Handover.objects.select_for_update().select_related("partner").filter(number=receipt.batch).first()
        if batch is None:
            raise BadReceipt("receipt-unknown-batch", f"没有批次 {receipt.batch}：回执不是给本单位的")
        _require_signed(batch, files)
        _require_expected(batch, receipt)
        compare_receipt(receipt, parse_list(sent_list(batch)), batch.list_sha256)
        _note(batch, receipt, kept[RECEIPT_NAME].sha256, by)
        _archive_receipt(batch, receipt, kept)
        if batch.state == State.RECEIVED:
            _close(batch, by)
    return batch


@transaction.atomic
def close_handover(batch: Handover, *, by: Any = None) -> Handover:
    """End a batch of which something was refused; the refused packages come again in a correction, which is returned.

    Raises:
        NotPossibleError: `handover-not-rejected`.
    """
    batch = Handover.objects.select_for_update().select_related("partner").get(pk=batch.pk)
    if batch.state != State.REJECTED:
        raise NotPossibleError("handover-not-rejected", "只有对方退回的批次需要更正后办结")
    refused = batch.items.filter(state=HandoverItem.State.REFUSED).select_related("package")
    again = prepare_handover([item.package for item in refused], batch.partner, by=by, corrects=batch)
    _close(batch, by)
    return again


def _require_signed(batch: Handover, files: dict[str, bytes]) -> None:
    """By the key that we know of the receiver, and over these files."""
    try:
        said = open_statement(files[RECEIPT_STATEMENT_NAME], batch.partner.key, "接收回执")
    except BadStatement as error:
        raise BadReceipt("receipt-wrong-key", f"{error}。请向{batch.partner}核对登记卡") from error
    for name in (RECEIPT_NAME, RECEIPT_LETTER_NAME):
        if said.files.get(name) != archive.digest_bytes(files[name]).sha256:
            raise BadReceipt("receipt-changed", f"{name}与签名所记摘要不符：签名后被改动")
    if said.batch != batch.number:
        raise BadReceipt("receipt-other-batch", f"签名是批次 {said.batch} 的")


def _require_expected(batch: Handover, receipt: Receipt) -> None:
    if batch.receipt_number:
        again = "同一份" if batch.receipt_number == receipt.number else "另一份"
        raise BadReceipt("receipt-replayed", f"批次 {batch} 的回执已经登记过，这是{again}：不再受理")
    if batch.state != State.SENT:
        raise BadReceipt("receipt-not-expected", f"批次 {batch} {batch.get_state_display()}，尚未移交，不能有回执")
    if receipt.receiver != batch.partner.name:
        raise BadReceipt("receipt-wrong-key", f"回执署名“{receipt.receiver}”，本批次移交给{batch.partner}")


def _note(batch: Handover, receipt: Receipt, sha256: str, by: Any) -> None:
    batch.state = State.REJECTED if receipt.refused else State.RECEIVED
    batch.receipt_number, batch.receipt_sha256, batch.receipt_at = receipt.number, sha256, timezone.now()
    batch.save()
    items = {item.package.number: item for item in batch.items.select_related("package")}
    for one in receipt.packages:
        item = items[one.package]
        item.state = HandoverItem.State(one.state)
        item.foreign_number = one.archive_number
        item.faults = [fault.model_dump() for fault in one.faults]
        item.save()
    tell(
        batch,
        f"handover-{batch.state}",
        by,
        receipt=sha256,
        accepted=receipt.accepted,
        refused=receipt.refused,
    )


def _archive_receipt(batch: Handover, receipt: Receipt, kept: dict[str, archive.Digests]) -> None:
    """The receipt belongs to every package of the batch, with the list that it answers."""
    ours = {LIST_NAME: batch.list_sha256, LETTER_NAME: batch.letter_sha256, LIST_STATEMENT_NAME: batch.statement_sha256}
    papers = {**{name: archive.digest_bytes(read_paper(sha)) for name, sha in ours.items()}, **kept}
    elements = transfer_elements(papers)
    for one in receipt.packages:
        package = Package.objects.get(number=one.package)
        add_supplement(
            package,
            kind=FollowUp.Kind.TRANSFER,
            title=f"移交{batch.partner}：{'已接收 ' + one.archive_number if one.state == 'accepted' else '退回'}",
            elements=elements,
            key=f"handover:{batch.number}",
            now=timezone.now(),
        )


def transfer_elements(papers: dict[str, archive.Digests]) -> list[Element]:
    """The papers of a hand-over as elements, by file name."""
    return [
        Element(
            element=TRANSFER_ELEMENT,
            group="过程文件",
            role=name.rpartition(".")[0],
            name=name,
            path=archive.element_path("过程文件", order, name),
            sha256=digests.sha256,
            sm3=digests.sm3,
            size=digests.size,
            media_type=MEDIA[Path(name).suffix],
            source="generated",
        )
        for order, (name, digests) in enumerate(papers.items(), 201)
    ]


def _close(batch: Handover, by: Any) -> None:
    batch.state, batch.closed_at = State.CLOSED, timezone.now()
    batch.save(update_fields=["state", "closed_at"])
    tell(batch, "handover-closed", by)


def _read(path: Path) -> bytes:
    try:
        if path.is_symlink() or path.stat().st_size > MAX_RECEIPT_BYTES:
            raise BadReceipt("receipt-unreadable", f"{path.name} 不是普通文件或过大")
        return path.read_bytes()
    except OSError as error:
        raise BadReceipt("receipt-unreadable", f"{path.name} 不能读出：{error.strerror}；回执应有三个文件") from error
