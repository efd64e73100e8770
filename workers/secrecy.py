"""Confidential projects are shown another way before anything is written; a file with a mark of secrecy is sealed off.

Sealed off: held as it came, shown to nobody, searched by nobody, archived with nothing.
"""

from typing import Any

from django.utils import timezone

import ingest
from archive import append_event
from catalogue import Answers, Question, load_catalogue, refusal
from workers.groundwork import NotPossibleError, request_checks

MESSAGE = "第{page}页页首有“{level}”标志，文件疑似涉密，已封存：不显示、不检索、不归档"
REMEDY = (
    "请立即停止传看，不要下载或打印，报本单位保密工作机构处理；确属涉密的，引导申请人到线下涉密窗口办理或通过机要渠道报送；"
    "经核实不涉密的，去除误标后重新扫描提交"
)


def always_asked() -> tuple[Question, ...]:
    """The questions of every case, whether its item lists them or not: those that an answer to ends the case."""
    shared = load_catalogue().questions.values()
    return tuple(question for question in shared if any(option.refusal for option in question.options))


def admit(answers: Answers, item: str, *, by: Any) -> None:
    """Let a case begin, or refuse it and keep nothing but the fact; call it outside any transaction.

    Raises:
        NotPossibleError: `confidential`, with the way to go instead.
    """
    if instead := refusal(always_asked(), answers):
        append_event("confidential-refused", actor=by, details={"item": item}, now=timezone.now())
        raise NotPossibleError("confidential", instead)


def seal_off(page: ingest.Page, level: str) -> None:
    """Hold the whole file of the page back; call it in the transaction that would have kept the reading.

    The bytes stay where they came in, so that the office in charge finds them; what was read of them goes.
    """
    upload = ingest.Upload.objects.select_for_update(of=("self",)).select_related("case").get(pk=page.upload_id)
    ingest.PageText.objects.filter(page__upload=upload).delete()
    upload.pages.update(reading=None, text_layer=None, guess="")
    upload.state = ingest.Upload.State.CONFIDENTIAL
    message = MESSAGE.format(page=page.number, level=level)
    upload.refusal = {
        "code": ingest.CONFIDENTIAL_MARK,
        "message": message,
        "remedy": REMEDY,
        "page": page.number,
        "details": {},
    }
    upload.save(update_fields=["state", "refusal"])
    append_event(
        "upload-confidential",
        case_number=upload.case.number,
        details={"upload": upload.number, "code": ingest.CONFIDENTIAL_MARK, "page": page.number},
        now=timezone.now(),
    )
    request_checks(upload.case)
