"""Seals in a PDF: what each covers, what followed it, who signed, when, and whether the certificate held (PAdES)."""

import contextlib
import dataclasses
import datetime as dt
import hashlib
import re
from collections.abc import Iterator
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from archive.offline.cms import TIMESTAMP_TOKEN, Signature, Unsupported, check_signature, read_signature
from archive.offline.der import SEQUENCE, Damaged, read_node
from archive.offline.pdf_changes import changes, has_loose_pages, signature_fields
from archive.offline.pdf_reading import Document, Stream
from archive.offline.tokens import Stamp, check_token
from archive.offline.trust import Trust, common_name, load_lists

LEVELS = ("B-B", "B-T", "B-LT", "B-LTA")
MOST_GAP = 4 << 20
_GAP = re.compile(rb"<(?:[0-9a-f]+|[0-9A-F]+)>")
_BYTE_RANGE = re.compile(rb"/ByteRange|/By#|/#42")
_FINISHED = re.compile(rb"%%EOF[\r\n]{0,2}")
_FORMS = {b"ETSI.CAdES.detached", b"adbe.pkcs7.detached"}
_UNKNOWN = frozenset(
    {
        "unsigned", "unreadable", "encrypted", "two-indexes", "signature-unsupported", "untrusted", "expired",
        "revocation-unknown", "timestamp-untrusted", "no-timestamp", "wrong-purpose", "level-too-low",
        "hidden-content",
    }
)  # fmt: skip
_REMARKS = frozenset({"expired-later", "revoked-later"})


@dataclasses.dataclass(frozen=True)
class Asked:
    """What a file must bear: these seals and no others, long-term validation; nothing in particular where empty."""

    seals: frozenset[str] = frozenset()


@dataclasses.dataclass
class Judged:
    """What was found in a file: reasons (codes as in `yidang verify`), and each seal in a sentence."""

    reasons: list[str] = dataclasses.field(default_factory=list)
    seals: list[str] = dataclasses.field(default_factory=list)
    prints: list[str] = dataclasses.field(default_factory=list)
    levels: list[str] = dataclasses.field(default_factory=list)

    @property
    def state(self) -> str:
        """ok, failed or unknown."""
        counted = [reason for reason in self.reasons if reason not in _REMARKS]
        if any(reason not in _UNKNOWN for reason in counted):
            return "failed"
        return "unknown" if counted or not self.seals else "ok"


@dataclasses.dataclass(frozen=True)
class _Mark:
    """One signature in the file: its field, its dictionary, the bytes it covers, its CMS."""

    number: int
    facts: dict[bytes, Any]
    end: int
    covered: tuple[bytes, bytes]
    cms: bytes

    @property
    def is_stamp(self) -> bool:
        return self.facts.get(b"SubFilter") == b"ETSI.RFC3161"


def looks_signed(data: bytes) -> bool:
    """Whether a file says anywhere that it bears a signature."""
    return _BYTE_RANGE.search(data) is not None


def judge_pdf(data: bytes, trust: Trust, at: dt.datetime, asked: Asked) -> Judged:
    """Judge every seal of a file. Whatever the bytes are, the answer is a judgement."""
    found = Judged()
    try:
        _judge(data, trust, at, asked, found)
    except (Damaged, ValueError, TypeError, KeyError, IndexError, RecursionError, OverflowError, AttributeError):
        found.reasons.append("signature-broken" if looks_signed(data) else "unreadable")
    found.reasons = list(dict.fromkeys(found.reasons))
    return found


def _judge(data: bytes, trust: Trust, at: dt.datetime, asked: Asked, found: Judged) -> None:
    document = Document(data)
    if b"Encrypt" in document.trailer:
        found.reasons.append("encrypted")
        return
    if document.hybrid:
        found.reasons.append("two-indexes")
    marks = sorted(_marks(document, data, found), key=lambda mark: mark.end)
    if not marks:
        if not found.reasons:
            found.reasons.append("signature-broken" if looks_signed(data) else "unsigned")
        return
    if _was_changed(data, marks, asked):
        found.reasons.append("changed")
    stored = _stored(document)
    whole = trust.plus(*stored)
    moment, good = _judge_stamps(marks, whole, at, found)
    for mark in marks:
        if not mark.is_stamp:
            _judge_seal(mark, (whole, trust.roots, stored), (at, moment), [one.end for one in good], (found, document))
    if not found.seals and not found.reasons:
        found.reasons.append("unsigned")
    _as_asked(document, asked, found)


def _marks(document: Document, data: bytes, found: Judged) -> Iterator[_Mark]:
    for number, field in signature_fields(document):
        if b"V" not in field:
            continue
        facts = document.dictionary(field[b"V"])
        if facts.get(b"SubFilter") not in {*_FORMS, b"ETSI.RFC3161"}:
            found.reasons.append("signature-unsupported" if facts.get(b"SubFilter") else "signature-broken")
            continue
        try:
            yield _mark(number, facts, data)
        except Damaged:
            found.reasons.append("timestamp-broken" if facts.get(b"SubFilter") == b"ETSI.RFC3161" else "changed")


def _mark(number: int, facts: dict[bytes, Any], data: bytes) -> _Mark:
    """A signature whose gap holds it and nothing else, and whose bytes end where a revision ends."""
    numbers, content = facts.get(b"ByteRange"), facts.get(b"Contents")
    if not isinstance(numbers, list) or len(numbers) != 4 or any(type(one) is not int for one in numbers):  # noqa: PLR2004
        raise Damaged("the range of bytes is not two pieces")
    first, length, second, rest = numbers
    end = second + rest
    if first or not 0 < length < second <= min(length + MOST_GAP, len(data)) or rest <= 0 or end > len(data):
        raise Damaged("the range of bytes is not the file but for one gap")
    gap = data[length:second]
    if not isinstance(content, bytes) or not _GAP.fullmatch(gap) or len(gap) % 2:
        raise Damaged("the gap holds something else than the signature")
    held = bytes.fromhex(gap[1:-1].decode())
    node, after = read_node(held)
    if held != content or node.tag != SEQUENCE or any(held[after:]):
        raise Damaged("the gap holds something beside the signature")
    tail = data[max(0, end - 7) : end]
    if not any(_FINISHED.fullmatch(tail, at) for at in range(len(tail))):
        raise Damaged("the range of bytes does not end with a revision")
    return _Mark(number, facts, end, (data[:length], data[second:end]), node.raw)


def _was_changed(data: bytes, marks: list[_Mark], asked: Asked) -> bool:
    """Whether anything followed a signature that may not. Of files that we issued nothing may follow the last one."""
    if (asked.seals and marks[-1].end != len(data)) or len({mark.end for mark in marks}) != len(marks):
        return True
    locked = False
    before: Document | None = None
    for mark in marks:
        now = Document(data, mark.end)
        filled = {number for number, field in signature_fields(now) if b"V" in field}
        known = {number for number, field in signature_fields(before) if b"V" in field} if before else set()
        if before is not None and (
            filled - known != {mark.number} or not mark.number or (locked and not mark.is_stamp)
            or changes(before, now, mark.number)
        ):  # fmt: skip
            return True
        locked = locked or _locks(mark)
        before = now
    if before is None or before.end == len(data):
        return False
    last = Document(data)
    same = [field for _, field in signature_fields(last)] == [field for _, field in signature_fields(before)]
    return not same or bool(changes(before, last, 0))


def _locks(mark: _Mark) -> bool:
    """Whether a signature certifies the file so that nothing but validation data may follow (12.8.2.2, P of 1)."""
    references = mark.facts.get(b"Reference")
    for one in references if isinstance(references, list) else ():
        settings = one.get(b"TransformParams") if isinstance(one, dict) else None
        if isinstance(one, dict) and one.get(b"TransformMethod") == b"DocMDP":
            return not isinstance(settings, dict) or settings.get(b"P", 2) == 1
    return False


def _stored(document: Document) -> tuple[list[x509.Certificate], list[x509.CertificateRevocationList]]:
    """Certificates and revocation lists in the file's security store (ETSI EN 319 142-1, 5.4.2.2)."""
    store = document.dictionary(document.dictionary(document.trailer.get(b"Root")).get(b"DSS"))
    certificates = []
    for data in _streams(document, store.get(b"Certs")):
        with contextlib.suppress(ValueError):
            certificates.append(x509.load_der_x509_certificate(data))
    return certificates, list(load_lists(list(_streams(document, store.get(b"CRLs")))))


def _streams(document: Document, value: Any) -> Iterator[bytes]:
    for one in document.items(value):
        found = document.get(one)
        if isinstance(found, Stream):
            yield found.unpacked()


def _judge_stamps(marks: list[_Mark], trust: Trust, at: dt.datetime, found: Judged) -> tuple[dt.datetime, list[_Mark]]:
    """Document timestamps, newest first, each at the time the one after it proves; the earliest time, and the good."""
    moment, good = at, []
    for mark in reversed([one for one in marks if one.is_stamp]):
        try:
            stamp = check_token(mark.cms, b"".join(mark.covered), trust, moment, looking_back=True)
        except Unsupported:
            found.reasons.append("signature-unsupported")
        except Damaged:
            found.reasons.append("timestamp-broken")
        else:
            if stamp.trouble:
                found.reasons.append(stamp.trouble)
            else:
                moment = stamp.time
                good.append(mark)
    return moment, good


def _judge_seal(
    mark: _Mark,
    trusts: tuple[Trust, tuple[x509.Certificate, ...], tuple[list[x509.Certificate], list[Any]]],
    times: tuple[dt.datetime, dt.datetime],
    stamps: list[int],
    into: tuple[Judged, Document],
) -> None:
    (whole, roots, stored), (at, proven), (found, _) = trusts, times, into
    try:
        signature = read_signature(mark.cms)
        signer = signature.signer()
    except Unsupported:
        found.reasons.append("signature-unsupported")
        return
    except (Damaged, x509.ExtensionNotFound):
        found.reasons.append("signature-broken")
        return
    digest = hashlib.new(signature.digest)
    for piece in mark.covered:
        digest.update(piece)
    try:
        check_signature(signature, signer, digest.digest())
    except Unsupported:
        found.reasons.append("signature-unsupported")
    except Damaged as error:
        found.reasons.append("changed" if "content" in str(error) else "signature-broken")
    stamp = _own_stamp(signature, whole, proven, found, looking_back=proven != at)
    found.reasons.extend(_trust_reasons(signer, whole.plus(signature.certificates), at, stamp))
    level = _level(signer, Trust(roots).plus((*stored[0], *signature.certificates), stored[1]), stamp, mark, stamps)
    found.prints.append(hashlib.sha256(signer.public_bytes(Encoding.DER)).hexdigest())
    found.levels.append(level)
    when = stamp.time.isoformat() if stamp else "无时间戳 no timestamp"
    found.seals.append(f"{common_name(signer)} {level} {when}")


def _own_stamp(
    signature: Signature, trust: Trust, moment: dt.datetime, found: Judged, *, looking_back: bool
) -> Stamp | None:
    """The timestamp that the seal itself bears, where it is good."""
    values = signature.unsigned.get(TIMESTAMP_TOKEN)
    if not values:
        found.reasons.append("no-timestamp")
        return None
    try:
        stamp = check_token(values[0].raw, signature.value, trust, moment, looking_back=looking_back)
    except Unsupported:
        found.reasons.append("signature-unsupported")
        return None
    except Damaged:
        found.reasons.append("timestamp-broken")
        return None
    if stamp.trouble:
        found.reasons.append(stamp.trouble)
        return None
    return stamp


def _trust_reasons(signer: x509.Certificate, trust: Trust, at: dt.datetime, stamp: Stamp | None) -> Iterator[str]:
    try:
        usage = signer.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        usage = None
    if usage is not None and not usage.content_commitment:
        yield "wrong-purpose"
    revoked = trust.revoked(signer)
    if revoked and revoked.at <= at and not (revoked.orderly and stamp and stamp.time < revoked.at):
        yield "revoked"
        return
    trouble = trust.trouble(signer, at, looking_back=False)
    if trouble and stamp and not trust.trouble(signer, stamp.time, looking_back=True):
        yield from {"expired": ["expired-later"], "revoked": ["revoked-later"]}.get(trouble, [])
    elif trouble:
        yield trouble


def _level(signer: x509.Certificate, embedded: Trust, stamp: Stamp | None, mark: _Mark, stamps: list[int]) -> str:
    if stamp is None:
        return "B-B"
    if not embedded.lists or embedded.trouble(signer, stamp.time, looking_back=True):
        return "B-T"
    return "B-LTA" if any(end > mark.end for end in stamps) else "B-LT"


def _as_asked(document: Document, asked: Asked, found: Judged) -> None:
    """What is asked of a file that we issued: the seals on record and no others, long-term, nothing that can change."""
    if not asked.seals:
        return
    if not asked.seals <= set(found.prints):
        found.reasons.append("seal-missing")
    if not set(found.prints) <= asked.seals:
        found.reasons.append("seal-unexpected")
    if any(LEVELS.index(level) < LEVELS.index("B-LTA") for level in found.levels):
        found.reasons.append("level-too-low")
    root = document.dictionary(document.trailer.get(b"Root"))
    form, names = document.dictionary(root.get(b"AcroForm")), document.dictionary(root.get(b"Names"))
    fields = [document.dictionary(one) for one in document.items(form.get(b"Fields"))]
    runs = document.dictionary(root.get(b"OpenAction")).get(b"S") not in {None, b"GoTo"}
    layered = document.dictionary(document.dictionary(root.get(b"OCProperties")).get(b"D"))
    hidden = layered.get(b"BaseState") == b"OFF" or layered.get(b"OFF") or layered.get(b"AS")
    other = any(field.get(b"FT", b"Sig") != b"Sig" for field in fields) or has_loose_pages(document)
    if runs or hidden or other or b"AA" in root or b"JavaScript" in names or b"XFA" in form:
        found.reasons.append("hidden-content")
