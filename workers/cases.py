"""Use cases of the window and the department: each one transaction, with the event and the jobs it causes beside it."""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, BinaryIO

from django.db import transaction
from django.utils import timezone

import ingest
from catalogue import CatalogueError, Item, check_answers, load_catalogue, refusal
from workers import area_results, clocks, consenting, drawing_sets, instant, notices, used_holdings, zones
from workers.groundwork import NotPossibleError, item_of, lock_beside, request_check, request_checks
from workers.groundwork import current_report as _current_report
from workers.groundwork import require_state as _require
from workers.groundwork import tell as _tell
from workers.jobs import enqueue
from workers.keeping import request_package
from workers.looking_again import look_again
from workers.notice_words import GROUNDS
from workers.reading import resume
from workers.repeat_standing import restore_with, withdraw_with
from workers.same_bytes import met_again
from workers.secrecy import admit, always_asked
from workers.steps import remember


def open_case(  # noqa: PLR0913 - the facts of a case
    item_code: str,
    *,
    project_code: str,
    project_name: str,
    works_name: str,
    applicant_name: str,
    applicant_uscc: str,
    by: Any,
    answers: Mapping[str, str] = MappingProxyType({}),
) -> ingest.Case:
    """Open a case; the project and the works are made if they are new. The list is checked at once, empty as it is.

    A confidential project is refused before anything of it is written down; only the fact of the refusal is kept.

    Raises:
        NotPossibleError: An answer is none that the item asks for (``unknown-question``, ``unknown-option``), or means
            that the case cannot be taken in here (``confidential``), with the way to go instead.
    """
    admit(answers, item_code, by=by)
    with transaction.atomic():
        return _open_case(
            item_code, project_code, project_name, works_name, applicant_name, applicant_uscc, by, answers
        )


def _open_case(  # noqa: PLR0913, PLR0917 - as above
    item_code: str,
    project_code: str,
    project_name: str,
    works_name: str,
    applicant_name: str,
    applicant_uscc: str,
    by: Any,
    answers: Mapping[str, str],
) -> ingest.Case:
    project = ingest.project_of(project_code)  # under a former code as well
    if project is None:
        project, _ = ingest.Project.objects.get_or_create(
            code=project_code,
            defaults={
                "name": project_name,
                "region": project_code[5:11],
                "owner_name": applicant_name,
                "owner_uscc": applicant_uscc,
            },
        )
    works = None
    if works_name:
        works, _ = ingest.Works.objects.get_or_create(project=project, name=works_name)
    item = load_catalogue().item(item_code, region=project.region)
    case = ingest.open_case(
        item,
        project,
        works=works,
        applicant_name=applicant_name,
        applicant_uscc=applicant_uscc,
        by=by,
        answers=_checked(item, answers),
    )
    _tell("case-opened", case, by, item=case.item_code, version=case.item_version, answers=case.answers)
    request_check(case)
    return case


@transaction.atomic
def answer(case: ingest.Case, answers: Mapping[str, str], *, by: Any, undoing: bool = False) -> None:
    """Keep what was answered about the project in place of earlier answers; the list is checked again."""
    _require(case, {"open"}, "not-open", "该办件已受理，不能再更改情形")
    before, case.answers = case.answers, _checked(item_of(case), answers)
    case.save(update_fields=["answers"])
    _tell("situation-answered", case, by, before=before, after=case.answers)
    if not undoing and case.answers != before:
        told = "、".join(f"{key}：{said}" for key, said in _in_words(item_of(case), case.answers, before))
        remember(case, "answered", f"回答情形（{told or '清空'}）", by=by, before=before)
    request_check(case)


def _in_words(item: Item, answers: Mapping[str, str], before: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Each question that is answered otherwise than before, with the answer."""
    for question in item.questions:
        said = answers.get(question.key, "")
        if said != before.get(question.key, ""):
            yield question.text, next((option.text for option in question.options if option.key == said), "不再回答")


def _checked(item: Item, answers: Mapping[str, str]) -> dict[str, str]:
    """The answers as they are kept. Whether a project is confidential is asked of every item, listed there or not."""
    always = always_asked()
    own = {question.key for question in item.questions}
    try:
        if instead := refusal(always, answers):
            raise NotPossibleError("confidential", instead)
        return check_answers([*(q for q in always if q.key not in own), *item.questions], answers)
    except CatalogueError as wrong:
        raise NotPossibleError(wrong.code, str(wrong)) from wrong


def add_files(case: ingest.Case, files: Iterable[tuple[str, BinaryIO]], *, by: Any) -> list[ingest.Upload]:
    """Take in files as they are, each in its own transaction: one that fails does not hold up the rest."""
    return [_add_file(case, name, stream, by) for name, stream in files]


def _add_file(case: ingest.Case, name: str, stream: BinaryIO, by: Any) -> ingest.Upload:
    digests = zones.keep_as_received(stream)
    with transaction.atomic():
        # A gap is closed by what comes later, in time or not, so a case with one still takes files.
        case = _taker(case)
        upload = ingest.receive(case, name, digests, by=by, now=timezone.now())
        _tell("upload-received", case, by, object_sha256=upload.sha256, upload=upload.number, name=name)
        if not met_again(upload, by=by):
            enqueue("inspect", case=case.number, upload=upload.pk)
    return upload


def _taker(case: ingest.Case) -> ingest.Case:
    """The case itself if it still takes files, else one beside it that does: a parallel case has one counter."""
    lock_beside(case)
    takers = ingest.takers(case)
    if not takers:
        raise NotPossibleError("not-open", "该办件已受理，没有待补的材料，不能再收件")
    return next((taker for taker in takers if taker.pk == case.pk), takers[0])


def require_changeable(upload: ingest.Upload, message: str) -> None:
    """A file may be moved while the cases that it stands for are open: what was accepted on it stays accepted on it."""
    beside = lock_beside(upload.case)
    users = ingest.users_of(upload) if upload.case.parallel_id else beside
    settled = [item_of(case).name for case in users if case.state != ingest.Case.State.OPEN]
    if settled and upload.case.parallel_id:
        raise NotPossibleError("used-by-accepted", f"{message}：并联事项“{'、'.join(settled)}”已凭该文件受理")
    if settled or all(case.state != ingest.Case.State.OPEN for case in beside):
        raise NotPossibleError("not-open", message)


@transaction.atomic
def withdraw_upload(upload: ingest.Upload, *, by: Any, undoing: bool = False) -> None:
    """A slip: the file no longer counts. It stays, and can be restored."""
    require_changeable(upload, "该办件已受理，不能撤回文件")
    users = ingest.users_of(upload)
    ingest.withdraw(upload, now=timezone.now())
    withdraw_with(upload, by=by)
    tell_all("upload-withdrawn", upload, users, by)
    if not undoing:
        remember(upload.case, "withdrawn", f"撤回“{upload.file_name}”", by=by, upload=upload.pk)
    drawing_sets.request_sheets(upload)
    request_checks(upload.case)


@transaction.atomic
def restore_upload(upload: ingest.Upload, *, by: Any, undoing: bool = False) -> None:
    """Undo a withdrawal."""
    require_changeable(upload, "该办件已受理，不能恢复文件")
    when = upload.withdrawn_at
    ingest.restore(upload)
    restore_with(upload, when)
    resume(upload)
    tell_all("upload-restored", upload, ingest.users_of(upload), by)
    if not undoing:
        remember(upload.case, "restored", f"恢复“{upload.file_name}”", by=by, upload=upload.pk)
    drawing_sets.request_sheets(upload)
    request_checks(upload.case)
    look_again(upload)


@transaction.atomic
def notify(case: ingest.Case, *, by: Any) -> ingest.Notice:
    """Have the one-time notice (一次性告知书) made from the report that is on the screen; once for one state of it."""
    report = _current_report(case)
    for before in case.notices.filter(kind=ingest.Notice.Kind.ONE_TIME):
        if before.seen.get("revision") == case.revision:
            return before
    notice = notices.request_notice(case, ingest.Notice.Kind.ONE_TIME, by=by)
    _tell("one-time-notice", case, by, verdict=report["verdict"], revision=case.revision, number=notice.number)
    return notice


@transaction.atomic
def accept(case: ingest.Case, *, by: Any) -> ingest.Case:
    """Accept the case (受理): only on a complete list, checked for exactly what is handed in now. Its clock starts."""
    _require(case, {"open"}, "not-open", "该办件已受理")
    report = _current_report(case)
    if report["verdict"] != "complete":
        raise NotPossibleError("incomplete", "材料不齐，不能受理；请先出具一次性告知书，或登记容缺、承诺")
    drawing_sets.require_reviewed(case)
    consenting.require_consents(case)
    area_results.require_inside(case)
    used_holdings.require_holding(case, "acceptance")
    clocks.start(case)
    kinds = ingest.Notice.Kind
    if not case.notices.filter(kind=kinds.RECEIPT).exists():
        notices.request_notice(case, kinds.RECEIPT, by=by)
    notices.request_notice(case, kinds.GAP if ingest.open_gaps(case) else kinds.ACCEPTANCE, by=by)
    drawn = drawing_sets.note_use(case, drawing_sets.Moment.ACCEPTED)
    _tell("case-accepted", case, by, revision=case.revision, due=str(case.due_on), why=case.due_why, **drawn)
    instant.request_decision(case)
    return case


@transaction.atomic
def refuse(case: ingest.Case, ground: str, *, reason: str, by: Any) -> ingest.Notice:
    """不予受理: on a ground of the law, with its reason and the applicant's remedies, as a sealed decision."""
    _require(case, {"open"}, "not-open", "该办件已受理，不能再不予受理")
    if ground not in GROUNDS:
        raise NotPossibleError("ground", f"没有这种不予受理的情形；可用：{'、'.join(GROUNDS)}")
    if not reason.strip():
        raise NotPossibleError("no-reason", "请写明不予受理的具体理由，它将写入决定书")
    case.refresh_from_db()
    case.state = ingest.Case.State.REFUSED
    case.decision = {"result": "refused", "ground": ground, "reason": reason.strip(), "clerk": by.get_username()}
    case.save(update_fields=["state", "decision"])
    for given in case.promises.filter(state=ingest.Promise.State.OPEN):
        ingest.step(given, ingest.Promise.State.VOID)
        given.save()
    _tell("case-refused", case, by, ground=ground, reason=reason)
    notice = notices.request_notice(case, ingest.Notice.Kind.REFUSAL, by=by)
    request_package(case)
    return notice


def tell_all(kind: str, upload: ingest.Upload, users: Iterable[ingest.Case], by: Any, **details: Any) -> None:
    """Tell it of the case the file was laid down for and of every case it stands for: each archives its own account."""
    for case in sorted({upload.case, *users}, key=lambda each: each.pk):
        _tell(kind, case, by, object_sha256=upload.sha256, upload=upload.number, **details)
