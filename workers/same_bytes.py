"""已有此件: the very same bytes once more. Said at once, filed by reference, and not read a second time."""

from typing import Any

from django.db.models import Max
from django.utils import timezone

import ingest
from archive import HeldMaterial, Package
from ingest import Case, Material, MaterialUse, Page, Upload
from workers import zones
from workers.groundwork import request_checks, tell
from workers.models import Repeat
from workers.offering import use_held
from workers.repeat_scope import STOPPED, asking, files_in_scope, held_in_scope, pair_of, why_not_valid
from workers.steps import remember


def met_again(upload: Upload, *, by: Any) -> bool:
    """Note that the bytes are here already, if they are; whether they stand by reference, with nothing left to do.

    Call it in the transaction that takes the file in.
    """
    if upload.duplicate_of:
        _note(
            upload,
            by,
            f"与本办件已收到的“{upload.duplicate_of.file_name}”完全相同，不重复计入",
            twin=upload.duplicate_of,
        )
        return True
    same = list(held_in_scope(upload.case).filter(sha256=upload.sha256).order_by("-held_since", "-pk"))
    if (standing := _stands(upload, same)) is not None:
        _by_reference(upload, standing, by)
        return True
    if same:
        held = same[0]
        end = why_not_valid(held, timezone.localdate())
        why = f"与档案 {held.package.archive_number} 中的“{held.name}”完全相同，" + (
            f"但{end}；这次的照常核对" if end else "其中还有别的材料，照常归类；识别结果直接沿用"
        )
        _note(upload, by, why, held=held)
    elif twin := files_in_scope(upload.case).filter(sha256=upload.sha256).first():
        when = timezone.localtime(twin.uploaded_at)
        _note(
            upload,
            by,
            f"{when:%Y-%m-%d} 已随“{ingest.item_of(twin.case).name}”（{twin.case.number}）提交过，识别结果直接沿用",
            twin=twin,
        )
    return False


def _stands(upload: Upload, same: list[HeldMaterial]) -> list[HeldMaterial] | None:
    """What of the archive can stand for everything that the file is good for here; None where it cannot."""
    newest: dict[str, HeldMaterial] = {}
    for held in same:
        if not why_not_valid(held, timezone.localdate()) and asking(upload.case, held):
            newest.setdefault(held.type, held)
    wanted = {entry.material for case in upload.case.beside for entry in ingest.item_of(case).materials}
    known = Material.objects.filter(upload__sha256=upload.sha256, upload__withdrawn_at=None, withdrawn_at=None)
    inside = set(known.exclude(type="").values_list("type", flat=True)) & wanted
    return list(newest.values()) if newest and inside <= set(newest) else None


def _by_reference(upload: Upload, standing: list[HeldMaterial], by: Any) -> None:
    upload.state = Upload.State.DUPLICATE
    upload.media_type = standing[0].media_type
    upload.page_count = pages_of(upload.sha256)
    upload.save(update_fields=["state", "media_type", "page_count"])
    names = "、".join(held.name for held in standing)
    package = standing[0].package.archive_number
    row = _note(upload, by, f"档案 {package} 中已有“{names}”，直接引用原件，不重复计入", held=standing[0])
    row.state, row.decided_by, row.decided_at = Repeat.State.ACCEPTED, by, row.made_at
    row.uses = [use for held in standing for use in stand_in(upload.case, held, by=by)]
    row.save()
    remember(upload.case, "repeat", f"以档案中的“{names}”代替“{upload.file_name}”", by=by, repeat=row.pk)
    request_checks(upload.case)


def stand_in(case: Case, held: HeldMaterial, *, by: Any) -> list[int]:
    """Let the archived material stand for its entry wherever it may; rows of the uses that are new."""
    how = MaterialUse.How.REPEAT
    return [
        use_held(one, held, by=by, how=how).pk
        for one in asking(case, held)
        if not one.uses.filter(held=held, withdrawn_at=None).exists()
    ]


def _note(upload: Upload, by: Any, why: str, **other: Any) -> Repeat:
    row = Repeat.objects.create(
        case=upload.case,
        upload=upload,
        pair=pair_of((upload.sha256, ()), (upload.sha256, ())),
        kind=Repeat.Kind.BYTES,
        state=Repeat.State.TOLD,
        why=why,
        made_at=timezone.now(),
        **other,
    )
    tell_caught(row, by)
    return row


def tell_caught(row: Repeat, by: Any) -> None:
    """Note in the log that a repeated upload was caught; `repeat_figures` counts these."""
    case, sha256 = row.case, row.upload.sha256
    tell("repeat-caught", case, by, object_sha256=sha256, upload=row.upload.number, repeat=row.pk, what=row.kind)


def take_over_pages(upload: Upload) -> bool:
    """Give a file the pages of one with the same bytes that was paged before, whoever's it was; nothing is said of it.

    They are still read one by one: the reader finds each picture read before (`reading`), by the same reader or not.
    """
    same = Upload.objects.filter(sha256=upload.sha256, page_count=upload.page_count).exclude(pk=upload.pk)
    gone = Package.objects.filter(state=Package.State.DESTROYED).values("case_number")
    for before in same.exclude(state__in=STOPPED).exclude(case__number__in=gone).order_by("-pk")[:LOOKED_AT]:
        pages = list(before.pages.all())
        if pages and len(pages) == upload.page_count and zones.has_derivative(pages[0].picture_sha256):
            Page.objects.bulk_create(
                Page(upload=upload, **{name: getattr(page, name) for name in TAKEN_OVER}) for page in pages
            )
            return True
    return False


LOOKED_AT = 8
"""Files of the same bytes that are looked at for their pages: the newest has them, unless it is on its way itself."""
TAKEN_OVER = ("number", "picture_sha256", "thumb_sha256", "width", "height", "dpi", "text_layer")
"""What paging makes of a page."""


def pages_of(sha256: str) -> int | None:
    """How many pages a file has, where one of these bytes was ever looked into."""
    pages: int | None = Upload.objects.filter(sha256=sha256).aggregate(most=Max("page_count"))["most"]
    return pages
