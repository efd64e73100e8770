"""A licence that is archived, and a case to which it comes again: rows made straight into the tables."""

import datetime as dt
import io
from typing import Any

import ingest
from archive import HeldMaterial
from tests.portal import factories
from workers import Repeat, add_files
from workers.repeat_scope import pair_of

LICENCE = b"%PDF-1.7 the licence as it was scanned"
FIELDS = {
    "统一社会信用代码": {"value": "91990101MA00000000", "page": 1, "box": factories.BOX, "score": 0.98, "rule": "label"}
}


def archived(by: Any, data: bytes = LICENCE, entry: str = "M-YYZZ", **changes: Any) -> HeldMaterial:
    """What an earlier case of the same project handed in and archived, with its page."""
    before = factories.case(by, state="archived")
    upload = factories.upload(before, f"{entry}.pdf", sha256=factories.kept(data, "inbox"))
    factories.page(upload)
    document = factories.material(upload, entry)
    facts = {
        "package": factories.package(before),
        "type": entry,
        "name": factories.NAMES[entry],
        "subject_kind": "company",
        "subject": before.applicant_uscc,
        "number": "91990101MA00000000",
        "sha256": upload.sha256,
        "sm3": "0" * 64,
        "size": len(data),
        "media_type": "application/pdf",
        "pages": [1],
        "fields": FIELDS,
        "held_since": factories.NOW,
    }
    ingest.MaterialUse.objects.create(
        case=before, entry=entry, how="uploaded", material=document, used_at=factories.NOW
    )
    return HeldMaterial.objects.create(**(facts | changes))


def hand_in(case: ingest.Case, data: bytes = LICENCE, name: str = "营业执照.pdf") -> ingest.Upload:
    """Bytes on the counter."""
    [upload] = add_files(case, [(name, io.BytesIO(data))], by=case.opened_by)
    return upload


def scanned_again(case: ingest.Case, held: HeldMaterial | None = None, **changes: Any) -> Repeat:
    """A question: a new scan, filed and read, that looks like the archived one."""
    upload = factories.upload(case, "营业执照（再扫）.pdf")
    factories.page(upload)
    document = factories.material(upload, "M-YYZZ")
    ingest.MaterialUse.objects.create(
        case=case, entry="M-YYZZ", how="uploaded", material=document, used_at=factories.NOW
    )
    other = (held.sha256, held.pages) if held else (upload.sha256, ())
    facts: dict[str, Any] = {
        "case": case,
        "upload": upload,
        "material": document,
        "held": held,
        "pair": pair_of((upload.sha256, document.pages), other),
        "kind": Repeat.Kind.SAME,
        "state": Repeat.State.PROPOSED,
        "why": "“营业执照”与档案中的是同一份",
        "likeness": LIKENESS,
        "made_at": factories.NOW,
    }
    return Repeat.objects.create(**(facts | changes))


def standing(case: ingest.Case) -> list[tuple[str, str]]:
    """What stands for the list: entry, and how it came."""
    return list(case.uses.filter(withdrawn_at=None).order_by("pk").values_list("entry", "how"))


LATER = dt.timedelta(days=400)
_PLACE = {"page": 1, "box": factories.BOX}
LIKENESS = {
    "verdict": "same",
    "why": "编号、名称一致",
    "fields": [
        {
            "name": "统一社会信用代码",
            "one": "91990101MA00000000",
            "other": "91990101MA00000000",
            "agreement": "agree",
            "boxes": [_PLACE, _PLACE],
        },
        {"name": "住所", "one": "晨曦路8号", "other": "晨曦路6号", "agreement": "differ", "boxes": [_PLACE, _PLACE]},
    ],
    "places": [{"name": "", "one": "副本", "other": "", "agreement": "unsure", "boxes": [_PLACE, None]}],
}
