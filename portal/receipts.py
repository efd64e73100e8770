"""The files of a case as the window sees them: how far each one is, and why one was not taken."""

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from ingest import Refusal, Upload, companions, is_drawing
from portal import wording
from portal.figures import ListedPage
from portal.repeats_shown import said_of

# The way of a file, in the words of the window; a state stands for the steps that are behind it.
STEPS = ("接收", "检查", "分页", "识别", "归类")
STOPPED = (Upload.State.REFUSED, Upload.State.QUARANTINED, Upload.State.CONFIDENTIAL)
"""States of a file that went no further."""
DONE: Mapping[str, int] = {"received": 1, "inspected": 2, "paged": 3, "read": 4, "filed": 5}


@dataclasses.dataclass(frozen=True, slots=True)
class Receipt:
    """One file: its row, steps done, pages read, and what to tell when it went no further.

    `shown_by` is the PDF or OFD that shows a drawing file's sheets, `repeat` what it repeats.
    """

    upload: Upload
    done: int
    read: int
    message: str
    remedy: str
    shown_by: Upload | None = None
    repeat: str = ""

    @property
    def steps(self) -> list[tuple[str, str]]:
        """Each step with its class: done, now, or still to come."""
        return [
            (name, "done" if n < self.done else "now" if n == self.done else "ahead") for n, name in enumerate(STEPS)
        ]

    @property
    def failed(self) -> bool:
        """It went no further and somebody has to act."""
        return self.shown_by is None and self.upload.state in STOPPED

    @property
    def standing(self) -> str:
        """What became of a file that went no further, in a word: a drawing is kept, not sent back."""
        return "已保留" if is_drawing(self.upload) else str(self.upload.get_state_display())

    @property
    def seals(self) -> list[tuple[str, str]]:
        """What to say of each electronic seal that was judged, with its class: good, doubtful, bad."""
        return seal_lines((self.upload.inspection or {}).get("validation"))

    @property
    def moving(self) -> bool:
        """It is still on its way."""
        return self.upload.state in DONE and self.upload.state != Upload.State.FILED and not self.upload.withdrawn_at


def receipts(uploads: Sequence[Upload], pages: Sequence[ListedPage], user: Any) -> list[Receipt]:
    """One receipt a file, in the order they came, as this user may know of it."""
    read: dict[int, int] = {}
    for page in pages:
        read[page.upload_id] = read.get(page.upload_id, 0) + bool(page.is_read)
    shown, repeats = companions(uploads), said_of(uploads, user)
    return [
        Receipt(
            upload,
            DONE.get(upload.state, 0),
            read.get(upload.pk, 0),
            *refusal_words(upload.refusal),
            shown_by=shown.get(upload.pk),
            repeat=repeats.get(upload.pk, ""),
        )
        for upload in uploads
    ]


def seal_lines(validation: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    """One line a seal: whose, when, and everything that was found, in the words of the verdict."""
    if not validation:
        return []
    lines = []
    for seal in validation["seals"] or [{"field": "", "signer": "", "name": "", "time": None, "intact": False}]:
        about = [reason for reason in validation["reasons"] if reason["field"] in {"", seal["field"]}]
        broken = validation["verdict"] == "invalid" and not seal["intact"]
        found = ["签章完好，内容未改动"] if seal["intact"] else []
        found += dict.fromkeys(reason["text"] for reason in about)
        found += dict.fromkeys(reason["remedy"] for reason in about if reason.get("remedy"))
        when = f"{wording.moment(dt.datetime.fromisoformat(seal['time']))}" if seal["time"] else ""
        who = "，".join(part for part in (seal["name"], seal["signer"], when) if part)
        lines.append((f"{who or '签章无法读取'}：{'；'.join(found)}", "defect" if broken else "muted"))
    return lines


def refusal_words(refusal: Mapping[str, Any] | None) -> tuple[str, str]:
    """What was wrong with a file and what to do, from what the pipeline noted down."""
    if not refusal:
        return "", ""
    if "message" in refusal:
        return refusal["message"], refusal.get("remedy", "")
    try:
        known = Refusal(refusal["code"], page=refusal.get("page"), **refusal.get("details", {}))
    except KeyError:
        return "文件未能处理", "请重新扫描后再提交；仍然出现时请联系管理员"
    return known.message, known.remedy
