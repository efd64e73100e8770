"""事后核查: of what was decided by rule, a share is drawn that nobody could choose.

The draw follows from the first signed head of the log that holds the decision: the bytes of that note and the case's
number are hashed, and the number that comes out is compared with the item's share. When a case is decided, nobody can
know that note: it hashes events that are not yet written, and is signed with the log's key. Once it is there, everybody
can compute the draw again, and whoever left a case out can be shown to have done so.
"""

import hashlib

from django.conf import settings
from django.utils import timezone

import archive
from catalogue import CalendarUnknown, add_working_days
from ingest import item_of
from workers.groundwork import tell
from workers.instant_models import AfterCheck, RuleDecision

OF_A_HUNDRED = 100


def sign_head() -> archive.LogHead:
    """Take the waiting events into the log, sign its head, and draw under it; call it in a transaction."""
    head = archive.integrate(settings.LOG_ORIGIN, archive.load_log_key(settings.KEYS_DIR / "log.key"))
    draw(head)
    return head


def draw_number(note: str, case_number: str) -> int:
    """The number of a case under a signed head, from 0 to 99, evenly: drawn where it is below the item's share.

    SHA-256 over the note as it was signed and the case's number in a line of its own; the first eight bytes as a whole
    number, times a hundred, over 2^64.
    """
    digest = hashlib.sha256(f"{note}{case_number}\n".encode()).digest()
    return int.from_bytes(digest[:8], "big") * OF_A_HUNDRED >> 64


def draw(head: archive.LogHead) -> list[AfterCheck]:
    """Draw for every decision by rule that this head is the first to hold; call it in the head's own transaction."""
    logged = archive.Event.objects.filter(kind="case-decided", leaf_index__lt=head.size)
    waiting = RuleDecision.objects.filter(met=True, after_check=None, case__number__in=logged.values("case_number"))
    rows = waiting.select_related("case__project").order_by("pk")
    return [_drawn(one, head.checkpoint) for one in rows if one.stands]


def _drawn(decision: RuleDecision, note: str) -> AfterCheck:
    percent = item_of(decision.case).limits.check_percent
    drawn = draw_number(note, decision.case.number) < percent
    row = AfterCheck.objects.create(decision=decision, note=note, percent=percent, drawn=drawn, drawn_at=timezone.now())
    if drawn:
        set_due(row)
        sha256 = archive.digest_bytes(note.encode()).sha256
        tell("after-check-drawn", decision.case, None, object_sha256=sha256, check=row.pk, due=str(row.due_on or ""))
    return row


def set_due(row: AfterCheck) -> None:
    """The last day of a check; left open while that year's calendar is not known, and asked again by the calendar.

    A day that was counted before its year's notice was entered is counted anew.
    """
    case, before = row.decision.case, row.due_on
    try:
        day = add_working_days(timezone.localtime(row.drawn_at).date(), item_of(case).limits.check_days)
    except CalendarUnknown:
        return
    if day == before:
        return
    row.due_on = day
    row.save(update_fields=["due_on"])
    if before:
        tell("after-check-recounted", case, None, check=row.pk, before=str(before), due=str(day))


def drawn_again(row: AfterCheck) -> bool:
    """Whether the draw that is kept follows from the note it names."""
    return row.drawn == (draw_number(row.note, row.decision.case.number) < row.percent)
