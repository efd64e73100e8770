"""Hand-overs on the screen: batches that go out and come in, one batch with its packages, and what is done next."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST

from archive import Event
from archive.transfer import (
    LETTER_NAME,
    LIST_NAME,
    RECEIPT_LETTER_NAME,
    RECEIPT_NAME,
    RECEIPT_STATEMENT_NAME,
    Accession,
    BadReceipt,
    Handover,
    HandoverItem,
    Partner,
)
from portal.event_names import EVENT_NAMES
from portal.roles import Role, StaffRequest, require
from workers import (
    NotPossibleError,
    close_handover,
    drop_item,
    folder_of,
    not_handed_over,
    prepare_handover,
    read_paper,
    send_handover,
    take_receipt,
)

ROWS_SHOWN = 200
RECEIPT_FILES = (RECEIPT_NAME, RECEIPT_LETTER_NAME, RECEIPT_STATEMENT_NAME)
MAX_RECEIPT_BYTES = 64 << 20
"""As `yidang archive transfer receipt` takes."""
Work = Callable[[StaffRequest, Handover], Handover]


@require(Role.ARCHIVIST)
def transfer_list(request: StaffRequest, *, error: str = "") -> HttpResponse:
    """All batches, the newest first, and the form that opens one."""
    context = {
        "handovers": [
            (batch, batch.items.exclude(state=HandoverItem.State.DROPPED).count())
            for batch in Handover.objects.select_related("partner").order_by("-pk")[:ROWS_SHOWN]
        ],
        "accessions": [
            (one, one.items.exclude(state="refused").count(), one.items.filter(state="refused").count())
            for one in Accession.objects.select_related("partner").order_by("-pk")[:ROWS_SHOWN]
        ],
        "partners": Partner.objects.order_by("name"),
        "error": error,
    }
    return render(request, "portal/transfers.html", context)


@require_POST
@require(Role.ARCHIVIST)
def prepare(request: StaffRequest) -> HttpResponseBase:
    """Open a batch of what of a project was not handed over yet."""
    partner = get_object_or_404(Partner, pk=request.POST.get("partner") or 0)
    try:
        packages = not_handed_over(request.POST.get("project", "").strip(), partner)
        batch = prepare_handover(packages, partner, by=request.user)
    except NotPossibleError as reason:
        return transfer_list(request, error=str(reason))
    return redirect("portal:transfer", batch.number)


@require(Role.ARCHIVIST)
def transfer_page(request: StaffRequest, number: str) -> HttpResponseBase:
    """One batch that goes out."""
    return _shown(request, get_object_or_404(Handover, number=number))


@require_POST
@require(Role.ARCHIVIST)
def transfer_act(request: StaffRequest, number: str, work: str) -> HttpResponseBase:
    """Leave a package out, send, take a receipt in, or open the correction."""
    works: dict[str, Work] = {"drop": _drop, "send": _send, "receipt": _receipt, "correct": _correct}
    batch = get_object_or_404(Handover, number=number)
    if work not in works:
        return _shown(request, batch, error="没有这项操作。")
    try:
        shown = works[work](request, batch)
    except (NotPossibleError, BadReceipt) as reason:
        return _shown(request, batch, error=f"{reason}（{reason.code}）")
    return redirect("portal:transfer", shown.number)


@require(Role.ARCHIVIST)
def transfer_paper(_: StaffRequest, number: str, paper: str) -> HttpResponseBase:
    """The list, the letter or the receipt, as it was signed."""
    batch = get_object_or_404(Handover, number=number)
    papers = {
        "list": (LIST_NAME, batch.list_sha256, "application/json"),
        "letter": (LETTER_NAME, batch.letter_sha256, "application/pdf"),
        "receipt": (RECEIPT_NAME, batch.receipt_sha256, "application/json"),
    }
    name, sha256, media_type = papers.get(paper, ("", "", ""))
    if not sha256:
        return HttpResponse(status=404)
    response = HttpResponse(read_paper(sha256), content_type=media_type)
    name = f"{batch.number} {name}"
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    return response


@require(Role.ARCHIVIST)
def accession_page(request: StaffRequest, accession: int) -> HttpResponseBase:
    """One batch that came in."""
    row = get_object_or_404(Accession.objects.select_related("partner", "received_by"), pk=accession)
    return render(
        request,
        "portal/accession.html",
        {"accession": row, "items": row.items.select_related("package"), "events": _events("batch", row.batch)},
    )


def _shown(request: StaffRequest, batch: Handover, *, error: str = "") -> HttpResponse:
    items = list(batch.items.select_related("package"))
    settled = sum(item.state != HandoverItem.State.WAITING for item in items)
    context = {
        "batch": batch,
        "items": items,
        "settled": settled,
        "folder": folder_of(batch),
        "events": _events("handover", batch.number),
        "corrections": batch.corrections.all(),
        "error": error,
    }
    return render(request, "portal/transfer.html", context)


def _events(key: str, number: str) -> list[tuple[Event, str]]:
    rows = Event.objects.filter(**{f"details__{key}": number}).select_related("actor").order_by("pk")
    return [(event, EVENT_NAMES.get(event.kind, event.kind)) for event in rows]


def _drop(request: StaffRequest, batch: Handover) -> Handover:
    drop_item(get_object_or_404(batch.items, pk=request.POST.get("item") or 0), by=request.user)
    return batch


def _send(request: StaffRequest, batch: Handover) -> Handover:
    how = request.POST.get("how", "").strip()
    if not how:
        raise NotPossibleError("no-carrier", "请写明移交方式：载体或线路，以及由谁接走")
    return send_handover(batch, how[:200], by=request.user)


def _receipt(request: StaffRequest, _: Handover) -> Handover:
    """The three files of a receipt; it says itself of which batch it is."""
    sent: dict[str, Any] = {Path(file.name or "").name: file for file in request.FILES.getlist("files")}
    if set(sent) != set(RECEIPT_FILES):
        raise BadReceipt("receipt-unreadable", f"回执是三个文件：{'、'.join(RECEIPT_FILES)}")
    if sum(file.size for file in sent.values()) > MAX_RECEIPT_BYTES:
        raise BadReceipt("receipt-unreadable", "回执过大")
    with tempfile.TemporaryDirectory() as folder:
        for name, file in sent.items():
            (Path(folder) / name).write_bytes(file.read())
        return take_receipt(Path(folder), by=request.user)


def _correct(request: StaffRequest, batch: Handover) -> Handover:
    return close_handover(batch, by=request.user)
