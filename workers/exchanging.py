"""Exchange with the province: rows brought up to date, checked, handed out, answered, and archived with their case.

Element 29: when every row of an archived case is accepted, the rows with their answers become a supplement of its
package; what changes later becomes another.
"""

import datetime as dt
import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

import archive
import ingest
from archive import FollowUp, NotFound, Package, append_event, object_key, project_codes
from archive.rebuilding import mark
from exchange import (
    AnswersReport,
    BadAnswers,
    ExchangeBatch,
    ExchangeFact,
    ExchangeRow,
    check_waiting,
    draw_batch,
    read_answers,
    refresh,
    row_json,
    standard,
    take_answers,
    unwritten,
    write_batch,
)
from workers import zones
from workers.made_elements import kept_json
from workers.supplements import IN_ARCHIVE, add_supplement

log = logging.getLogger(__name__)
ROLE: Final = "共享交换数据"
"""What the rows of a case are called in its supplement."""
OVERLAP: Final = dt.timedelta(hours=1)
"""Events are looked at again for so long: one may be committed after a later one."""
PROJECT_TABLE: Final = "SPGL_XMJBXXB"

NAMES_THE_PROJECT: Final = frozenset({"LSH", "DFSJZJ", "XZQHDM", "GCDM", "XMDM"})
"""Fields by which rows belong together: never put in by hand."""


class BadFactError(ValueError):
    """A fact put in by hand is none of the table's fields, or not one of its codes; the message says which."""

    code = "exchange-bad-fact"


def export_exchange(folder: Path, form: str, *, everything: bool = False) -> list[Path]:
    """Bring the rows up to date, check them, and write what may go below a folder; returns the batches written.

    `everything` looks at every project, not only at those in which something happened since the last batch.
    """
    check_exchange(everything=everything)
    while _drawn(form):
        pass
    return [_written(batch, folder) for batch in unwritten()]


def exchange_round(folder: Path, form: str) -> None:
    """What is done every few minutes: answers in `in` are taken, and what may go is written to `out`.

    An answer that was taken lies in `taken` afterwards, one that is none in `refused`.
    """
    for path in sorted((folder / "in").glob("*.*")):
        try:
            receive_exchange(path)
        except BadAnswers as wrong:
            log.warning("%s is no file of answers: %s", path.name, wrong)
            _put(path, folder / "refused")
        else:
            _put(path, folder / "taken")
    export_exchange(folder / "out", form)


def check_exchange(*, everything: bool = False) -> list[ExchangeRow]:
    """Bring the rows up to date and check them; returns those that do not pass, with their reasons."""
    for project in _changed(everything=everything):
        with transaction.atomic():
            refresh(project, timezone.now())
    with transaction.atomic():
        return check_waiting(_has_object)


def receive_exchange(path: Path) -> AnswersReport:
    """Take in the province's answers, and archive the rows of the cases that are through.

    Raises:
        BadAnswers: the file holds none.
    """
    answers = read_answers(path.read_bytes())
    with transaction.atomic():
        report = take_answers(answers, timezone.now())
        for number in sorted(report.cases):
            rows = ExchangeRow.objects.filter(case_number=number, valid=True)
            through = rows.filter(state=ExchangeRow.State.ACCEPTED).count()
            details = {"accepted": through, "of": rows.count()}
            append_event("exchange-answered", case_number=number, details=details, now=timezone.now())
            archive_exchange(number)
    return report


def set_exchange_fact(project_code: str, field: str, value: str, *, by: Any) -> None:
    """Put in by hand what no document of a project tells, such as 审批流程编码; the rows follow.

    Raises:
        BadFactError: no such project or field, or the value is none of its codes.
    """
    project = ingest.project_of(project_code)
    if project is None:
        raise BadFactError(f"没有项目代码为 {project_code} 的项目")
    known = {one.code: one for one in standard().table(PROJECT_TABLE).fields if one.code not in NAMES_THE_PROJECT}
    if field not in known:
        raise BadFactError(f"项目基本信息表没有字段 {field}；可用：{'、'.join(known)}")
    codes = standard().codes[known[field].values].values if known[field].values else {}
    if codes and value not in codes:
        told = "、".join(f"{code} {meaning}" for code, meaning in codes.items())
        raise BadFactError(f"{known[field].name}没有代码 {value}；可用：{told}")
    with transaction.atomic():
        ExchangeFact.objects.create(
            project_code=project.code, field=field, value=value, set_by=by, set_at=timezone.now()
        )
        details = {"project": project.code, "field": field}
        append_event("exchange-fact-set", actor=by, details=details, now=timezone.now())
        refresh(project, timezone.now())


def archive_exchange(case_number: str) -> None:
    """Archive the rows of a case once all of them are answered with yes; call it in a transaction.

    What is not archived yet, or not answered yet, waits for the next call.
    """
    package = Package.objects.filter(case_number=case_number, state__in=IN_ARCHIVE).first()
    rows = ExchangeRow.objects.filter(case_number=case_number).select_related("batch")
    told = [row for row in rows if row.valid or row.sent]
    if package is None:
        return
    mark(*(row for row in told if row.sent))  # the journal keeps them from now on
    if not told or any(row.state != ExchangeRow.State.ACCEPTED for row in told):
        return
    codes = project_codes(package.project_code)
    project = ExchangeRow.objects.filter(project_code__in=codes, case_number="", valid=True)
    listed = [row_json(row) for row in (*project.select_related("batch"), *told)]
    element = kept_json(29, "元数据", ROLE, 1, listed)
    add_supplement(
        package,
        kind=FollowUp.Kind.EXCHANGE,
        title=ROLE,
        elements=[element],
        key=f"exchange:{_digest_of(told)}",
        now=timezone.now(),
    )


def _digest_of(rows: Iterable[ExchangeRow]) -> str:
    """Which rows of the case there are, and how they stand: another answer, or another row, is another supplement."""
    told = [[row.serial, row.valid] for row in sorted(rows, key=lambda row: row.serial)]
    return archive.digest_bytes(archive.canonical_json(told)).sha256


def _changed(*, everything: bool) -> list[ingest.Project]:
    projects = ingest.Project.objects.filter(cases__isnull=False).distinct().order_by("pk")
    last = ExchangeBatch.objects.last()
    if last is None or everything:
        return list(projects)
    since = archive.Event.objects.filter(happened_at__gte=last.made_at - OVERLAP).values("case_number")
    return list(projects.filter(cases__number__in=since))


def _has_object(sha256: str) -> bool:
    for name in ("archive", "working", "inbox"):
        try:
            zones.zone(name).stat(object_key(sha256))
        except NotFound:
            continue
        return True
    return False


def _drawn(form: str) -> bool:
    with transaction.atomic():
        batch = draw_batch(form, timezone.now())
        if batch:
            _tell_sent(batch)
    return batch is not None


def _put(path: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    path.replace(folder / path.name)


def _tell_sent(batch: ExchangeBatch) -> None:
    counts: dict[str, int] = {}
    for number in batch.rows.exclude(case_number="").values_list("case_number", flat=True):
        counts[number] = counts.get(number, 0) + 1
    for number, count in sorted(counts.items()):
        details = {"batch": batch.number, "rows": count}
        append_event("exchange-sent", case_number=number, details=details, now=batch.made_at)


def _written(batch: ExchangeBatch, folder: Path) -> Path:
    path = write_batch(batch, folder)
    batch.written_at = timezone.now()
    batch.save(update_fields=["written_at"])
    return path
