"""移交书 and 接收回执 as PDF, sealed where the register has a seal for it, and the note signed over list and letter.

The note is always signed, with a key of its own: it proves a paper also where no seal for hand-overs is registered.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils import timezone

import archive
from archive.transfer import (
    LETTER_NAME,
    LIST_NAME,
    RECEIPT_LETTER_NAME,
    RECEIPT_NAME,
    HandoverList,
    Receipt,
    Statement,
    record_bytes,
)
from catalogue import spoken
from signing import SealRefused, render, seal_for
from workers import zones
from workers.file_sealing import seal_document
from workers.locking import locked_until
from workers.partners import transfer_key

JSON, PDF, TEXT = "application/json", "application/pdf", "text/plain"
TRANSFERS = "移交"
"""What the seal of hand-overs is registered for, in the place of an item."""
WAYS = {"accepted": "接收", "refused": "退回"}


def handover_papers(sent: HandoverList, *, by: Any) -> Mapping[str, archive.Digests]:
    """Keep list, letter and signed note of a hand-over; digests by file name.

    Raises:
        SealNotInForce, SigningError: the seal that is registered for hand-overs cannot be used now.
    """
    total = sent.totals
    facts = [
        f"现将下列档案共{total.packages}件（信息包{total.bags}个，文件{total.files}个，{total.size}字节）移交贵馆，请予核收。",
        "各信息包按 BagIt 1.0 封装，结构符合 GB/T 42727—2023；接收时请逐一重算摘要，并出具签名的接收回执。",
        *([f"本批次系批次 {sent.corrects} 退回档案的更正。"] if sent.corrects else []),
    ]
    rows = [
        [
            str(one.order),
            one.archive_number,
            one.title,
            str(sum(bag.files for bag in one.bags)),
            str(sum(bag.size for bag in one.bags)),
            one.bags[0].bag_sha256,
        ]
        for one in sent.packages
    ]
    letter = {
        "标题": "建设工程电子档案移交书",
        "编号": sent.batch,
        "致": sent.receiver,
        "正文": facts,
        "表头": ("序号", "档号", "题名", "文件数", "字节数", "信息包摘要（SHA-256）"),
        "列宽": (4, 17, 26, 6, 10, 24),
        "表": rows,
    }
    pdf = _sealed(_set(letter, sent.made_at), sent.batch, by)
    return _signed("移交清单", sent.batch, {LIST_NAME: record_bytes(sent), LETTER_NAME: pdf})


def receipt_papers(receipt: Receipt, titles: Mapping[str, str], *, by: Any) -> Mapping[str, archive.Digests]:
    """Keep receipt, its PDF and the signed note; digests by file name."""
    facts = [
        f"贵单位移交的批次 {receipt.batch} 已逐件重算摘要并检测：接收{receipt.accepted}件，退回{receipt.refused}件。",
        f"所收移交清单的 SHA-256 为 {receipt.list_sha256}。",
        *([f"移交内容中有未列入清单的：{'、'.join(receipt.extra[:20])}。"] if receipt.extra else []),
    ]
    rows = [
        [
            str(one.order),
            titles.get(one.package, one.package),
            WAYS[one.state],
            one.archive_number or "；".join(f"{fault.code} {fault.object} {fault.what}" for fault in one.faults),
            one.bags[0].bag_sha256 or "—",
        ]
        for one in receipt.packages
    ]
    letter = {
        "标题": "建设工程电子档案接收回执",
        "编号": receipt.batch,
        "致": receipt.sender,
        "正文": facts,
        "表头": ("序号", "题名", "结果", "接收方档号或退回理由", "实收摘要（SHA-256）"),
        "列宽": (4, 22, 6, 30, 24),
        "表": rows,
    }
    pdf = _sealed(_set(letter, receipt.made_at), receipt.number, by)
    return _signed("接收回执", receipt.batch, {RECEIPT_NAME: record_bytes(receipt), RECEIPT_LETTER_NAME: pdf})


def keep_papers(papers: Mapping[str, archive.Digests]) -> None:
    """Put signed papers into the archive under lock, where they outlast the working zone."""
    until = locked_until(timezone.now())
    for name, digests in papers.items():
        media_type = JSON if name.endswith(".json") else PDF if name.endswith(".pdf") else TEXT
        archive.keep_locked(zones.zone("archive"), digests.sha256, media_type, until, zones.open_anywhere)


def _set(letter: Mapping[str, Any], made_at: dt.datetime) -> bytes:
    day = spoken(timezone.localtime(made_at).date())
    return render("handover", {**letter, "落款": settings.ARCHIVE_NAME, "日期": day}, created=made_at)


def _sealed(pdf: bytes, name: str, by: Any) -> bytes:
    try:
        seal = seal_for(TRANSFERS)
    except SealRefused:
        return pdf  # the note vouches for it
    return seal_document(pdf, seal, name=name, reason="档案移交与接收", item=TRANSFERS, by=by)[0]


def _signed(kind: Any, batch: str, files: Mapping[str, bytes]) -> Mapping[str, archive.Digests]:
    kept = {name: zones.keep_derivative(data, JSON if name.endswith(".json") else PDF) for name, data in files.items()}
    private, name, _ = transfer_key()
    note = Statement(kind, batch, {file: digests.sha256 for file, digests in kept.items()}).sign(private, name)
    return {**kept, f"{kind}.sig": zones.keep_derivative(note.encode(), TEXT)}
