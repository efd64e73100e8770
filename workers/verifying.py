"""A file that somebody wants verified: its digest first; what the register does not know is judged in the sandbox."""

import dataclasses
import datetime as dt
import difflib
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.utils import timezone

import ingest
from archive.lookup import Retrieval
from ingest import Examination
from signing import (
    Answer,
    Reason,
    Validation,
    Verdict,
    answer_digest,
    answer_token,
    issued_digest,
    token_of,
)
from workers import zones
from workers.sealed_copies import sealed_copy_of
from workers.trust import published_trust

Differences = tuple[tuple[int, str, str], ...]
NO_DIFFERENCES: Differences = ()
DIFFERENCES_TOLD = 5
"""Lines: more is another document."""


@dataclasses.dataclass(frozen=True)
class FileAnswer:
    """What a file is worth: the verdict with its reasons, the register's answer, and where it differs from that.

    `answer` is that of the file itself where its digest is known, else of the certificate whose code it shows.
    `copy` is what it was given for, of a copy under seal.
    `differences`: page, the line in the register, the line in the file.
    """

    sha256: str
    verdict: Verdict
    reasons: tuple[dict[str, Any], ...] = ()
    seals: tuple[dict[str, Any], ...] = ()
    answer: Answer | None = None
    original: bool = False
    notice: str = ""
    copy: Retrieval | None = None
    differences: Differences = NO_DIFFERENCES


def verify_file(path: Path) -> FileAnswer:
    """Verify a file that anybody may have made.

    The bytes of a file that was issued need not be read: it was judged when it was sealed, and the register says what
    became of it. Anything else is judged in a child; a file that shows the code of a certificate is held against that.
    """
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    today, issued = timezone.localdate(), issued_digest(sha256)
    answer = answer_digest(issued, today=today)
    if answer.certificate:
        reasons = register_reasons(answer)
        return FileAnswer(sha256, answer.verdict, reasons, _seals(answer), answer, original=True)
    if notice := ingest.Notice.objects.filter(sha256=issued).first():
        return FileAnswer(sha256, "valid", notice=f"{notice.get_kind_display()} {notice.number}", original=True)
    if copy := sealed_copy_of(sha256):
        return FileAnswer(sha256, "valid", copy=copy)
    trust = published_trust()
    seen = ingest.examine(path, roots=trust.roots, lists=trust.lists, ofd_roots=trust.ofd_roots, at=timezone.now())
    return _unknown_file(sha256, seen, today)


def register_reasons(answer: Answer) -> tuple[dict[str, Any], ...]:
    """Why the register does not call it valid, as reasons of a validation are told."""
    if answer.verdict == "valid":
        return ()
    return _told(Reason.of(f"register-{answer.state}" if answer.state != "unknown" else "not-registered"))


def _unknown_file(sha256: str, seen: Examination, today: dt.date) -> FileAnswer:
    """A file of another digest: valid seals alone do not make it a certificate of the register."""
    claimed = next((token for token in map(token_of, seen.codes) if token), "")
    answer = answer_token(claimed, today=today) if claimed else None
    if seen.edition:
        answer = answer_digest(seen.edition, today=today)
    judged = seen.validation
    reasons, differences = tuple(judged["reasons"]), NO_DIFFERENCES
    if answer and answer.certificate:
        differences = _differences(_lines_of(answer.certificate.sealed_sha256), seen.lines) if seen.lines else ()
        if not seen.edition:
            reasons += _told(Reason.of("content-differs" if differences else "not-original"))
        reasons += register_reasons(answer)
    else:
        answer = None
        reasons += _told(Reason.of("not-registered"))
    invalid = any(Reason.of(one["code"]).verdict == "invalid" for one in reasons)
    return FileAnswer(
        sha256, "invalid" if invalid else "unknown", reasons, tuple(judged["seals"]), answer, differences=differences
    )


def _lines_of(sha256: str) -> tuple[tuple[str, ...], ...]:
    """The text of a certificate of ours; read in the sandbox like any file."""
    with zones.kept_file(sha256) as path:
        return ingest.examine(path, at=timezone.now()).lines


def _differences(registered: Sequence[Sequence[str]], given: Sequence[Sequence[str]]) -> Differences:
    """Lines that are not the same: page, as registered, as in the file; a line alone stands against nothing.

    Another program may save the same text in another order: then nothing is different.
    """
    found = []
    for number in range(1, max(len(registered), len(given)) + 1):
        ours, theirs = _page(registered, number), _page(given, number)
        if (number <= len(given) and not theirs) or _letters(ours) == _letters(theirs):
            continue
        for kind, a, b, c, d in difflib.SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
            if kind != "equal":
                found.append((number, " ".join(ours[a:b]), " ".join(theirs[c:d])))
    return tuple(found[:DIFFERENCES_TOLD])


def _letters(lines: Sequence[str]) -> list[str]:
    return sorted("".join(lines).replace(" ", ""))


def _page(pages: Sequence[Sequence[str]], number: int) -> Sequence[str]:
    return pages[number - 1] if number <= len(pages) else ()


def _seals(answer: Answer) -> tuple[dict[str, Any], ...]:
    """The seals as they were judged when it was issued."""
    validation = answer.certificate.validation if answer.certificate else None
    return tuple((validation or {}).get("seals", ()))


def _told(*reasons: Reason) -> tuple[dict[str, Any], ...]:
    return tuple(Validation.of(reasons).to_json()["reasons"])
