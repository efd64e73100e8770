"""Judging the seals of a PDF: by pyHanko, with our roots only, without network, and never with an exception.

The rules, stricter than the library's (measured in its absence: it passes appended bytes and filled-in forms):
a seal is valid if it is intact; if nothing was added but validation data, timestamps and further seals; if its
certificate leads to one of our roots and is known not to be revoked; and if a trusted timestamp proves when. A
certificate that ended after that time does no harm (ETSI EN 319 102-1, 5.5 and 5.6).
"""

import asyncio
import contextlib
import dataclasses
import datetime as dt
import hashlib
import io
import logging
import mmap
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESIndeterminate
from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation import async_validate_pdf_signature, async_validate_pdf_timestamp
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import (
    ModificationInfo,
    PdfSignatureStatus,
    SignatureCoverageLevel,
    SignatureStatus,
)

from signing.container import is_sound
from signing.evidence import Evidence
from signing.exactness import is_exact
from signing.hidden import find_hidden
from signing.policy import DEFAULT_POLICY, LEVELS, Policy
from signing.sealing import has_signature
from signing.verdicts import Level, Reason, SealVerdict, Validation

_log = logging.getLogger(__name__)


_TROUBLE = {
    AdESIndeterminate.OUT_OF_BOUNDS_NO_POE: "expired",
    AdESIndeterminate.OUT_OF_BOUNDS_NOT_REVOKED: "expired",
    AdESIndeterminate.TRY_LATER: "revocation-unknown",
    AdESIndeterminate.CERTIFICATE_CHAIN_GENERAL_FAILURE: "revocation-unknown",
    AdESIndeterminate.CHAIN_CONSTRAINTS_FAILURE: "wrong-purpose",
}
"""Reasons for findings of the library that are not simply a missing chain: the last is what it says when a chain was
found and no revocation list at all."""


@dataclasses.dataclass(frozen=True)
class _Case:
    """One file being judged."""

    reader: PdfFileReader
    file: IO[bytes]
    given: Evidence
    at: dt.datetime
    policy: Policy
    may_follow: frozenset[str]
    """Fields whose filling may follow a seal. An empty one may not: it, too, can be drawn over the page."""

    @property
    def evidence(self) -> Evidence:
        return self.given.with_embedded(self.reader)


def validate_pdf(
    pdf: bytes | Path,
    roots: Iterable[x509.Certificate],
    *,
    crls: Iterable[bytes] = (),
    at: dt.datetime | None = None,
    policy: Policy = DEFAULT_POLICY,
) -> Validation:
    """Judge every seal of a file. Whatever the file holds, the answer is a `Validation`.

    Args:
        pdf: the file or its path.
        roots: the only certificates to trust.
        crls: current revocation lists (DER) of the authorities involved; those embedded in the file count too.
        at: the moment to judge at, aware; now by default.
        policy: what is asked beyond sound seals.
    """
    moment = at or dt.datetime.now(dt.UTC)
    if moment.tzinfo is None:
        raise ValueError("at must be an aware time")
    given = Evidence.of(roots, crls)
    try:
        with _opened(pdf) as file:
            try:
                return _judge_file(file, given, moment, policy)
            except Exception as error:  # noqa: BLE001  the file may be hostile: any failure to read it is an answer
                _log.info("validation ended early: %s: %s", type(error).__name__, error)
                return Validation.of([Reason.of("signature-broken" if _signed(file) else "unreadable")])
    except OSError as error:
        _log.info("file cannot be opened: %s", error)
        return Validation.of([Reason.of("unreadable")])


def _judge_file(file: IO[bytes], given: Evidence, at: dt.datetime, policy: Policy) -> Validation:
    reader = PdfFileReader(file, strict=False)
    if reader.encrypted:
        return Validation.of([Reason.of("encrypted")])
    fields = list(enumerate_sig_fields(reader))
    filled = [name for name, value, _ in fields if value is not None]
    if not filled:
        return Validation.of([Reason.of("signature-broken" if _signed(file) else "unsigned")])
    case = _Case(reader, file, given, at, policy, _may_follow(fields, policy))
    signatures = list(reader.embedded_signatures)
    reasons: list[Reason] = []
    if len(signatures) < len(filled):  # the library passes silently over formats it does not know
        seen = {signature.field_name for signature in signatures}
        reasons.extend(Reason.of("signature-unsupported", _plain(name)) for name in filled if name not in seen)
    seals, more = asyncio.run(_judge_all(case, signatures))
    reasons.extend(more)
    reasons.extend(_asked(case, seals, signatures, sound=not any(reason.verdict != "valid" for reason in reasons)))
    if not seals and not reasons:  # document timestamps alone seal nothing
        reasons.append(Reason.of("unsigned"))
    return Validation.of(reasons, seals)


def _may_follow(fields: list[tuple[str, Any, Any]], policy: Policy) -> frozenset[str]:
    filled = ((name, value.get_object()) for name, value, _ in fields if value is not None)
    return frozenset(name for name, value in filled if policy.further_seals or value.get("/Type") == "/DocTimeStamp")


def _asked(
    case: _Case, seals: list[SealVerdict], signatures: list[EmbeddedPdfSignature], *, sound: bool
) -> Iterator[Reason]:
    """What the policy asks of the file as a whole, and what is told of it.

    Of a seal that cannot be read nobody knows whose it is, and of one that is not sound the level says nothing.
    """
    policy, found = case.policy, {seal.fingerprint for seal in seals}
    if case.reader.xrefs.hybrid_xrefs_present:
        yield Reason.of("two-indexes")
    if not policy.expected <= found and "" not in found:
        yield Reason.of("seal-missing")
    if policy.only_expected and not found <= {*policy.expected, ""}:
        yield Reason.of("seal-unexpected")
    if sound and any(LEVELS.index(seal.level) < LEVELS.index(policy.least_level) for seal in seals):
        yield Reason.of("level-too-low")
    size = case.file.seek(0, io.SEEK_END)
    if policy.least_level == "B-LTA" and size not in map(_end, signatures):
        yield Reason.of("changed")
    case.file.seek(0)
    if policy.sha256 and hashlib.file_digest(case.file, "sha256").hexdigest() != policy.sha256:  # type: ignore[arg-type]
        yield Reason.of("other-file")
    hidden = list(find_hidden(case.reader, case.file))
    yield from map(Reason.of, hidden)
    if hidden and policy.doubt_hidden:
        yield Reason.of("hidden-content")


def _end(signature: EmbeddedPdfSignature) -> int:
    """The place in the file behind the last byte that a signature covers."""
    numbers = [int(number) for number in signature.byte_range]
    return sum(numbers[-2:])


async def _judge_all(case: _Case, signatures: list[EmbeddedPdfSignature]) -> tuple[list[SealVerdict], list[Reason]]:
    stamps = [signature for signature in signatures if signature.sig_object_type == "/DocTimeStamp"]
    others = [signature for signature in signatures if signature.sig_object_type != "/DocTimeStamp"]
    proven, good, reasons = await _judge_stamps(case, stamps)
    seals = []
    for signature in others:
        try:
            seal, more = await _judge_seal(case, signature, proven, good)
        except Exception as error:  # noqa: BLE001  hostile input, as above
            _log.info("seal %s cannot be read: %s: %s", signature.field_name, type(error).__name__, error)
            name = _plain(signature.field_name)
            seal, more = SealVerdict(name), [Reason.of("signature-broken", name)]
        seals.append(seal)
        reasons.extend(more)
    return seals, reasons


async def _judge_stamps(
    case: _Case, stamps: list[EmbeddedPdfSignature]
) -> tuple[dt.datetime, list[EmbeddedPdfSignature], list[Reason]]:
    """Document timestamps, newest first, each at the time the one after it proves.

    Returns the earliest time they prove the file to have existed (else the moment of judging), those that are good,
    and what is wrong with the others.
    """
    moment, good, reasons = case.at, [], []
    for stamp in reversed(stamps):
        name = _plain(stamp.field_name)
        try:
            status = await async_validate_pdf_timestamp(stamp, case.evidence.context(moment, looking_back=True))
        except Exception as error:  # noqa: BLE001  hostile input, as above
            _log.info("timestamp %s cannot be read: %s: %s", name, type(error).__name__, error)
            reasons.append(Reason.of("timestamp-broken", name))
            continue
        if not (status.intact and status.valid and is_sound(stamp, case.file)):
            reasons.append(Reason.of("timestamp-broken", name))
        elif not _unchanged(status, case):
            reasons.append(Reason.of("changed", name))
        elif not status.trusted:
            reasons.append(Reason.of(_trouble(status, "timestamp-untrusted"), name))
        elif not _exact(stamp, case):
            reasons.append(Reason.of("timestamp-broken", name))
        else:
            moment = status.timestamp
            good.append(stamp)
    return moment, good, reasons


async def _judge_seal(
    case: _Case, signature: EmbeddedPdfSignature, proven: dt.datetime, stamps: list[EmbeddedPdfSignature]
) -> tuple[SealVerdict, list[Reason]]:
    name, evidence = _plain(signature.field_name), case.evidence
    # once a document timestamp has proven the file's age, its own timestamp is judged at that time
    stamp_context = evidence.context(proven, looking_back=proven != case.at)
    usage = KeyUsageConstraints(key_usage=set(case.policy.key_usage))
    status = await async_validate_pdf_signature(
        signature, evidence.context(case.at), stamp_context, key_usage_settings=usage
    )
    token = status.timestamp_validity
    stamped = token.timestamp if token is not None and token.valid and token.intact and token.trusted else None
    reasons = []
    intact = bool(status.intact and status.valid and is_sound(signature, case.file))
    if not intact:
        reasons.append("changed" if not status.intact else "signature-broken")
    changed = not _unchanged(status, case)
    if changed:
        reasons.append("changed")
    if token is not None and not (token.valid and token.intact):
        reasons.append("timestamp-broken")
    elif token is not None and stamped is None:
        reasons.append(_trouble(token, "timestamp-untrusted"))
    elif token is None and case.policy.require_timestamp:
        reasons.append("no-timestamp")
    revoked = _revoked(case, signature, status, stamped)
    trusted, remark = await _trust(case, signature, status, stamped)
    if revoked:
        trusted = False
        reasons.append("revoked")
    elif remark and intact:
        reasons.append(remark)
    if trusted and intact and not _exact(signature, case):
        intact = False
        reasons.append("signature-broken")
    certificate = signature.signer_cert
    seal = SealVerdict(
        field=name,
        signer=_signer(certificate),
        time=stamped or status.signer_reported_dt,
        level=await _level(case, signature, stamped, stamps),
        intact=intact,
        trusted=trusted,
        revoked=revoked,
        changed_after=changed,
        fingerprint=certificate.sha256.hex(),
        algorithm=str(signature.signer_info["signature_algorithm"]["algorithm"].native),
    )
    return seal, [Reason.of(code, name) for code in reasons]


def _exact(signature: EmbeddedPdfSignature, case: _Case) -> bool:
    return not case.policy.exact or is_exact(signature, case.given.roots)


def _plain(name: str) -> str:
    """The name alone: the library's own text type drags the open file along, which then cannot be copied or kept."""
    return str(name)


def _unchanged(status: ModificationInfo, case: _Case) -> bool:
    """Whether nothing followed the seal but what may: validation data, timestamps, further seals."""
    if status.coverage is None or status.coverage < SignatureCoverageLevel.ENTIRE_REVISION or status.docmdp_ok is False:
        return False
    if status.coverage is SignatureCoverageLevel.ENTIRE_FILE:
        return True
    result = status.diff_result
    if not isinstance(result, DiffResult):
        return False
    if result.modification_level is ModificationLevel.FORM_FILLING:
        return result.changed_form_fields <= case.may_follow
    # bytes that amount to no change of the document are still bytes that somebody added
    return result.modification_level is ModificationLevel.LTA_UPDATES


def _revoked(
    case: _Case, signature: EmbeddedPdfSignature, status: PdfSignatureStatus, stamped: dt.datetime | None
) -> bool:
    chain = [signature.signer_cert, *signature.other_embedded_certs]
    found = case.evidence.revocation(chain)
    if found is not None and found.at <= case.at:
        return not (found.orderly and stamped is not None and stamped < found.at)
    return found is None and bool(status.revoked)


async def _trust(
    case: _Case, signature: EmbeddedPdfSignature, status: PdfSignatureStatus, stamped: dt.datetime | None
) -> tuple[bool, str]:
    """Whether the chain held, and the reason or remark: judged now, and failing that at the proven time of sealing."""
    if status.trusted:
        return True, ""
    if stamped is not None:
        context = case.evidence.context(stamped, looking_back=True)
        usage = KeyUsageConstraints(key_usage=set(case.policy.key_usage))
        earlier = await async_validate_pdf_signature(signature, context, key_usage_settings=usage, skip_diff=True)
        if earlier.trusted:
            if status.revoked:
                return True, "revoked-later"
            ended = status.trust_problem_indic is AdESIndeterminate.OUT_OF_BOUNDS_NO_POE
            return True, "expired-later" if ended else ""
    return False, _trouble(status, "untrusted")


def _trouble(status: SignatureStatus, otherwise: str) -> str:
    found = status.trust_problem_indic
    return _TROUBLE.get(found, otherwise) if isinstance(found, AdESIndeterminate) else otherwise


async def _level(
    case: _Case, signature: EmbeddedPdfSignature, stamped: dt.datetime | None, stamps: list[EmbeddedPdfSignature]
) -> Level:
    if stamped is None:
        return "B-B"
    embedded = case.given.with_embedded(case.reader, only=True)
    if not (embedded.crls or embedded.ocsps):
        return "B-T"
    context = embedded.context(stamped, looking_back=True)
    if not (await async_validate_pdf_signature(signature, context, skip_diff=True)).trusted:
        return "B-T"
    for stamp in stamps:
        if stamp.signed_revision > signature.signed_revision:
            covered = case.given.with_embedded(case.reader.get_historical_resolver(stamp.signed_revision), only=True)
            if covered.crls or covered.ocsps:
                return "B-LTA"
    return "B-LT"


def _signer(certificate: asn1_x509.Certificate) -> str:
    subject: dict[str, Any] = certificate.subject.native
    common = subject.get("common_name")
    return str(common) if common else str(certificate.subject.human_friendly)


@contextlib.contextmanager
def _opened(pdf: bytes | Path) -> Iterator[IO[bytes]]:
    if isinstance(pdf, Path):
        with pdf.open("rb") as file:
            yield file
    else:
        yield io.BytesIO(pdf)


def _signed(file: IO[bytes]) -> bool:
    if isinstance(file, io.BytesIO):
        return has_signature(file.getvalue())
    try:
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as view:
            return has_signature(view)
    except ValueError:  # an empty file cannot be mapped
        return False
