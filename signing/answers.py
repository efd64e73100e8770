"""What the register answers about a certificate to anybody who asks: its state, and nothing beyond its paper."""

import dataclasses
import datetime as dt
import hashlib
import hmac
import unicodedata
from typing import Any, Literal

from signing.life import Act, over
from signing.models import Certificate
from signing.verdicts import Verdict
from signing.versions import current_version, versions_of

AnswerState = Literal["valid", "expired", "suspended", "superseded", "revoked", "cancelled", "unknown"]
ISSUED_STATES = ("valid", "suspended", "superseded", "revoked", "cancelled")
"""States of the table in which a certificate has been issued; before that, nobody can hold one."""
CODE_TAIL = 6
"""Characters of the holder's 统一社会信用代码 that do for the second fact: the last one is its check character, the
others are of the registration number; with the limits on asking nobody tries them all."""
_NOBODY = "-"


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """The state of a certificate on a day, since when, by what act; for one that was superseded, the version in line.

    `certificate` is None for "unknown": nothing is told of what was not issued. `outlived`: valid, though its last day
    is over, since it was used before that.
    """

    state: AnswerState
    certificate: Certificate | None = None
    since: dt.date | None = None
    act: str = ""
    newest: Certificate | None = None
    outlived: bool = False

    @property
    def verdict(self) -> Verdict:
        """valid, invalid or unknown."""
        return "unknown" if self.state == "unknown" else "valid" if self.state == "valid" else "invalid"


UNKNOWN = Answer("unknown")


def answer_of(certificate: Certificate, *, today: dt.date) -> Answer:
    """What is to be said of a certificate on a day."""
    if certificate.state not in ISSUED_STATES:
        return UNKNOWN
    state: Any = certificate.state
    outlived = state == "valid" and over(certificate.valid_until, today)
    if outlived and not certificate.used_in_time:
        state, outlived = "expired", False
    last = certificate.acts.filter(after=certificate.state).exclude(before=certificate.state).last()
    newest = current_version(versions_of(certificate)) if state == "superseded" else None
    ended = certificate.valid_until + dt.timedelta(days=1) if state == "expired" and certificate.valid_until else None
    if last is None or state == "expired":
        return Answer(state, certificate, ended, newest=newest, outlived=outlived)
    act = "" if last.act == Act.RESTORE else last.get_act_display()
    return Answer(state, certificate, last.decided_on, act, newest, outlived)


def answer_token(token: str, *, today: dt.date) -> Answer:
    """What is to be said of the certificate whose QR code holds this token."""
    found = _issued().filter(verify_token=token).first()
    return answer_of(found, today=today) if found else UNKNOWN


def answer_named(name: str, fact: str, *, today: dt.date) -> Answer:
    """What is to be said of an identifier or number to somebody who also knows whose it is.

    `fact` is the holder's name, or its 统一社会信用代码 or the last six characters of it. "No such certificate" and
    "not this holder" are one answer, found by the same steps.
    """
    wanted = _plain(name)
    by_number = Certificate.objects.filter(number=wanted, state__in=ISSUED_STATES).order_by("-version")
    rows = Certificate.objects.filter(identifier=wanted, state__in=ISSUED_STATES)
    found = [*rows.values_list("pk", "holder_name", "holder_uscc")[:1], *_who(by_number)[:1], (0, _NOBODY, _NOBODY)]
    pk, holder, code = found[0]
    given = _plain(fact)
    right = [_same(given, _plain(holder)), _same(given, code.upper()), _same(given, code.upper()[-CODE_TAIL:])]
    if pk == 0 or not any(right):
        return UNKNOWN
    return answer_of(_issued().get(pk=pk), today=today)


def answer_digest(issued_sha256: str, *, today: dt.date) -> Answer:
    """What is to be said of the file with this digest, as it was issued."""
    found = _issued().filter(sealed_sha256=issued_sha256).first() if issued_sha256 else None
    return answer_of(found, today=today) if found else UNKNOWN


def _issued() -> Any:
    return Certificate.objects.select_related("seal").filter(state__in=ISSUED_STATES)


def _who(rows: Any) -> Any:
    return rows.values_list("pk", "holder_name", "holder_uscc")


def _plain(text: str) -> str:
    """As it is compared: full-width letters narrow, no blanks, capitals."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


def _same(one: str, other: str) -> bool:
    """Compared by digest, in a time that does not depend on where they differ."""
    return hmac.compare_digest(hashlib.sha256(one.encode()).digest(), hashlib.sha256(other.encode()).digest())
