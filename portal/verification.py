"""Verifying for anybody: one shape of answer for the page and for programs, signed, and a "no" that tells nothing.

Nothing can be counted through: a token has 128 bits, a name is answered only with a second fact, and "there is none"
is not to be told from "not this holder", by its words, its length or its time.
"""

import dataclasses
import functools
import hashlib
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from archive.lookup import Retrieval
from portal import rates
from signing import Answer, AnswerKey, answer_named, answer_token
from workers import FileAnswer, register_reasons, verify_file

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

CHECKED_FILE_MAX = 20 * 1024 * 1024
"""Bytes: a sealed certificate has a few hundred kilobytes; a bigger file is not one and is not read."""
NO_SECONDS = 0.4
"""How long a "no" to a name takes, at least: far over what looking up takes, so that its time tells nothing."""
EXAMINED_AT_ONCE = 1
"""Files that are judged side by side in one web process; the next one is asked to come again."""
_examiners = threading.BoundedSemaphore(EXAMINED_AT_ONCE)


@dataclasses.dataclass(frozen=True, slots=True)
class Words:
    """What the page says of a state."""

    status: str
    headline: str
    explanation: str


WORDS = {
    "valid": Words("valid", "证照有效", "本证照由发证机关签发，目前有效。请核对下列内容与手中证照是否一致。"),
    "outlived": Words(
        "valid",
        "证照有效（已按期使用）",
        "本证照的有效期是使用期限：期限内已据以核发后续许可，证照继续有效。请核对下列内容与手中证照是否一致。",
    ),
    "expired": Words("expired", "证照已过有效期", "本证照曾经有效，现已超过有效期，不能再作为凭证使用。"),
    "suspended": Words(
        "suspended", "证照已暂停", "发证机关已暂停本证照的效力，恢复前不能使用；如有疑问请联系发证机关。"
    ),
    "superseded": Words("superseded", "证照已换发", "发证机关已换发新的证照，手中这一份不再有效，请使用新证照。"),
    "revoked": Words("revoked", "证照已撤销", "发证机关已撤销本证照，请勿采信；如有疑问请联系发证机关。"),
    "cancelled": Words("cancelled", "证照已注销", "本证照已依法注销，不再有效，请勿采信；如有疑问请联系发证机关。"),
    "unknown": Words(
        "unknown",
        "查无此证",
        "没有找到与此二维码对应的证照。请重新扫描证照原件上的二维码；仍查不到的，请勿采信，并向发证机关核实。",
    ),
    "unnamed": Words(
        "unknown",
        "没有相符的证照",
        "没有编号与持证主体都相符的证照。请对照证照核对两项，或扫描证照上的二维码；仍查不到的，请勿采信。",
    ),
    "no-project": Words("unknown", "查无此项目", "二维码不是本机关签发的项目码，或建设单位已变更，请勿采信。"),
    "slow": Words("slow", "查询过于频繁", "请一分钟后再查验。"),
    "guessed": Words("slow", "查询过于频繁", "该编号一小时内核对失败次数过多。请扫描证照上的二维码，或一小时后再试。"),
    "busy": Words("slow", "正在查验其他文件", "请一分钟后再查验。"),
    "too-large": Words("unknown", "文件过大", "证照文件不超过 20 MB：这不是证照原件，请改用扫描二维码查验。"),
    "no-file": Words("unknown", "没有收到文件", "请选择要查验的文件。"),
}
FILE_WORDS = {
    "valid": Words("valid", "文件为原件，证照有效", "这就是发证机关签章的原件，一个字节都没有变，证照目前有效。"),
    "notice": Words("valid", "文件为原件", "这就是本机关出具并签章的文件，一个字节都没有变。"),
    "copy": Words(
        "valid",
        "盖章副本，不是原件",
        "这是本档案库加盖印章提供的复制件，与原件一致（遮盖处除外），一个字节都没有变。需要原件的，请向档案库申请核验。",
    ),
    "invalid": Words("invalid", "文件不可采信", "不可采信的原因如下，请勿使用；如有疑问请联系发证机关。"),
    "unknown": Words("unknown", "无法认定", "这份文件不能证明自己，原因如下。请以登记信息为准。"),
}


class RefusedError(Exception):
    """Not answered now; `words` names the entry of `WORDS` that says why."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


def by_token(token: str) -> Answer:
    """What the register says of a QR code's token."""
    return answer_token(token, today=timezone.localdate())


def by_name(name: str, fact: str) -> Answer:
    """What the register says of an identifier or number to who knows the holder; a "no" always takes `NO_SECONDS`.

    Raises:
        RefusedError: `guessed`: there have been too many wrong facts for this name, whether it exists or not.
    """
    began = time.monotonic()
    thing = "".join(name.split()).upper()
    if not rates.may_be_guessed(thing):
        raise RefusedError("guessed")
    answer = answer_named(name, fact, today=timezone.localdate())
    if answer.certificate is None:
        rates.count_guess(thing)
        time.sleep(max(0.0, began + NO_SECONDS - time.monotonic()))
    return answer


def by_file(given: "UploadedFile[Any] | None") -> FileAnswer:
    """What a file is worth; it is not kept. Only a child process looks into it.

    Raises:
        RefusedError: `no-file`, `too-large` or `busy`.
    """
    if given is None or not given.size:
        raise RefusedError("no-file")
    if given.size > CHECKED_FILE_MAX:
        raise RefusedError("too-large")
    if not _examiners.acquire(blocking=False):
        raise RefusedError("busy")
    try:
        return verify_file(Path(given.temporary_file_path()))  # type: ignore[attr-defined]  # the handler of settings
    finally:
        _examiners.release()


def words_of(answer: Answer) -> Words:
    """What the page says of a certificate."""
    return WORDS["outlived" if answer.outlived else answer.state]


def file_words(found: FileAnswer) -> Words:
    """What the page says of a file."""
    if found.notice:
        return FILE_WORDS["notice"]
    if found.copy:
        return FILE_WORDS["copy"]
    if found.original and found.answer and found.verdict == "invalid":
        return words_of(found.answer)
    return FILE_WORDS[found.verdict]


def allowed(request: HttpRequest) -> bool:
    """Whether this client may ask once more in this minute."""
    return rates.allowed("verify", request, rates.CHECKS_A_MINUTE)


def said(answer: Answer, asked: dict[str, str], file: FileAnswer | None = None) -> dict[str, Any]:
    """The answer as programs get it. Nothing in it is not on the paper, but for the state and its days."""
    row, newest = answer.certificate, answer.newest
    words = file_words(file) if file else words_of(answer)
    facts: dict[str, Any] = {
        "verdict": file.verdict if file else answer.verdict,
        "status": answer.state,
        "message": words.headline,
        "reasons": list(file.reasons if file else register_reasons(answer)),
        "asked": asked,
        "asked_at": moment(),
    }
    if file:
        facts["file"] = {"original": file.original, "seals": list(file.seals), "notice": file.notice}
        facts["file"]["copy"] = copy_facts(file.copy) if file.copy else {}
        facts["file"]["differences"] = [
            dict(zip(("page", "registered", "given"), d, strict=True)) for d in file.differences
        ]
    if row:
        facts |= {"holder": row.holder_name, "sha256": row.sealed_sha256} | facts_of(answer)
    if newest:
        facts["superseded_by"] = {"identifier": newest.identifier, "version": newest.version, "state": newest.state}
    return facts


def copy_facts(row: Retrieval) -> dict[str, Any]:
    """What is told of a copy under seal: no more than its number is answered with (`/verify/copy`)."""
    return {"number": row.number, "archive_number": row.access.package.archive_number, "content": row.role}


def facts_of(answer: Answer) -> dict[str, Any]:
    """What is told of a certificate wherever it is named; nothing of its holder."""
    row = answer.certificate
    if row is None:
        return {"status": answer.state}
    return {
        "status": answer.state,
        "number": row.number,
        "identifier": row.identifier,
        "version": row.version,
        "issuer": row.seal.owner,
        "issued_on": row.issued_on.isoformat(),
        "valid_until": row.valid_until.isoformat() if row.valid_until else "",
        "used_in_time": answer.outlived,
        "since": answer.since.isoformat() if answer.since else "",
        "act": answer.act,
    }


def moment() -> str:
    """Now, as an answer says it."""
    return timezone.localtime().isoformat(timespec="seconds")


def signed(facts: dict[str, Any]) -> dict[str, Any]:
    """The answer with itself as JWS, to be kept as a proof or handed on."""
    return facts | {"signed": answer_key().sign(facts)}


def digest_of(text: str) -> str:
    """What was asked for, when it shall not stand in the answer itself."""
    return hashlib.sha256(text.encode()).hexdigest()


@functools.cache
def answer_key() -> AnswerKey:
    """The key that signs answers, opened once a process."""
    return AnswerKey.ensure(settings.ANSWER_KEY)
