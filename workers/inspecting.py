"""四性检测 as jobs: at filing by itself, when asked for, and on a schedule; each report is archived as a supplement."""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cryptography import x509
from django.conf import settings
from django.db import transaction
from django.db.models import F, Max, Q
from django.utils import timezone

import archive
from archive import FollowUp, Package, append_event
from archive.inspection import (
    CODES,
    HandOver,
    Inspection,
    InspectionRecord,
    InspectionReport,
    ManualFinding,
    ManualResult,
    Phase,
    Result,
    fault_lines,
    inspect_package,
    inspect_transfer,
)
from signing import draw_number, render
from workers import zones
from workers.exporting import log_public_key
from workers.fixity import replica
from workers.inspection_facts import log_facts, operation_facts, receiver_facts, register_facts, tools
from workers.inspection_words import report_words
from workers.jobs import enqueue
from workers.made_elements import JSON, PDF, made_element
from workers.stage import Arguments, NotExpectedError
from workers.supplements import IN_ARCHIVE, add_supplement

REPORT_ELEMENT = 32
"""Number of the reports among the 35 elements."""
FILED_AT_ONCE = 50
"""Packages looked at when a head of the log is published; one that was missed is found by the schedule."""


class NotManualError(Exception):
    """The code is not one that a person judges, or the result is none; the message says so."""

    code = "inspection-not-manual"


@transaction.atomic
def request_inspection(package: Package, phase: Phase, *, by: str = "") -> InspectionRecord:
    """Draw the number of an inspection and have it made; one that is under way already is given instead."""
    waiting = InspectionRecord.objects.filter(package=package, phase=phase, made_at=None).first()
    if waiting is not None:
        return waiting
    now = timezone.now()
    series = f"{phase}〔{timezone.localtime(now).year}〕"
    record = InspectionRecord.objects.create(
        package=package,
        phase=phase,
        batch=f"{series}{draw_number(f'inspection:{series}'):06d}号",
        asked_at=now,
        asked_by=by,
    )
    enqueue("inspect-package", case=package.case_number, record=record.pk)
    return record


def request_filing_inspections(published: int) -> None:
    """Have the packages inspected whose entry is now in the published log, each once. Call it in a transaction."""
    if not settings.INSPECT_AT_FILING:
        return
    logged = Package.objects.filter(state=Package.State.LOGGED).order_by("-pk")[:FILED_AT_ONCE]
    done = set(InspectionRecord.objects.filter(package__in=list(logged), phase="GD").values_list("package", flat=True))
    for package in reversed(logged):
        stored = archive.Event.objects.filter(kind="package-stored", object_sha256=package.manifest_sha256)
        if package.pk not in done and stored.filter(leaf_index__lt=published).exists():
            request_inspection(package, "GD")


def request_due_inspections(now: dt.datetime) -> int:
    """Ask for the long-term inspections that are due, the longest uninspected first; how many were asked for."""
    due = now - dt.timedelta(days=settings.INSPECTION_DAYS)
    rows = Package.objects.filter(state__in=IN_ARCHIVE).annotate(last=Max("inspections__asked_at"))
    oldest = rows.filter(Q(last=None) | Q(last__lt=due)).order_by(F("last").asc(nulls_first=True), "pk")
    chosen = list(oldest[: settings.INSPECTIONS_A_RUN])
    for package in chosen:
        request_inspection(package, "CQ" if package.last else "GD")
    return len(chosen)


def enter_manual(  # noqa: PLR0913 - what the form asks for
    package: Package, number: str, *, object_: str, result: Result, remark: str, by: str, found_at: dt.datetime
) -> ManualFinding:
    """Write down what a person found; it enters the reports that follow.

    Raises:
        NotManualError: software judges that code, the object is not named, or the result says nothing.
    """
    code = CODES.get(number)
    if code is None or not code.manual:
        raise NotManualError(f"{number} 由系统检测，不能人工录入")
    if not object_.strip() or not by.strip():
        raise NotManualError("请填写检测对象和检测人")
    if result not in {"合格", "不合格", "不适用"}:
        raise NotManualError("请选择检测结果")
    with transaction.atomic():
        row = ManualFinding.objects.create(
            package=package,
            number=number,
            object=object_.strip()[:200],
            result=result,
            remark=remark.strip()[:300],
            by=by,
            found_at=found_at,
        )
        details = {"package": package.number, "number": number, "result": result, "finding": row.pk}
        append_event("inspection-entered", case_number=package.case_number, details=details, now=timezone.now())
    return row


def inspect(arguments: Arguments) -> tuple[InspectionReport, list[archive.Element]]:
    """Inspect a package in the archive and set the report; the same findings give the same bytes."""
    record = _record(arguments)
    package = record.package
    raw = zones.zone("archive").read(archive.object_key(package.manifest_sha256))
    told = Inspection(
        batch=record.batch,
        at=record.asked_at,
        register=register_facts(package, archive.parse_manifest(raw)),
        operation=operation_facts(record.asked_by),
        manual=manual_results(package),
    )
    report = inspect_package(
        raw,
        zones.zone("archive"),
        phase=record.phase,  # type: ignore[arg-type]
        told=told,
        tools=tools(record.asked_at),
        log=log_facts(package),
        replica=replica(),
    )
    return report, keep_report(report)


def record(arguments: Arguments, result: tuple[InspectionReport, list[archive.Element]]) -> None:
    """The report counts: write its verdict down, tell the log, and have it archived."""
    report, elements = result
    row = _record(arguments)
    row.made_at, row.verdict, row.counts = timezone.now(), report.verdict, report.counts
    row.faults = fault_lines(report.to_json())
    row.report_sha256, row.pdf_sha256 = (element.sha256 for element in elements)
    row.save()
    archive_report(row.package, report, elements, now=row.made_at)


def give_up(arguments: Arguments, error: dict[str, Any]) -> None:
    """It could not be made: the record says so and another may be asked for."""
    row = _record(arguments)
    row.made_at, row.verdict = timezone.now(), "未检测"
    why = str(error.get("message", ""))[:300]
    row.faults = [{"编码": row.phase, "名称": "检测未完成", "结果": "未检测", "备注": why}]
    row.save()


def inspect_handed_over(  # noqa: PLR0913 - a line of a list, and by whose trust it is judged
    bag_dir: Path,
    hand_over: HandOver,
    *,
    now: dt.datetime,
    batch: str = "",
    manual: tuple[ManualResult, ...] = (),
    log_key: str = "",
    roots: Sequence[x509.Certificate] = (),
) -> InspectionReport:
    """The YJ report on a package that lies as a bag in a folder, by this machine's programs and this side's trust.

    `batch` is the number of the report, drawn here where it is empty (in a transaction, so that none is lost).
    `log_key` and `roots` are those of another archive whose bag it is; ours where none are given.
    """
    number = batch or _draw("YJ", now)
    told = Inspection(
        batch=number,
        at=now,
        register=receiver_facts(bag_dir.name, hand_over.archive_number),
        operation=operation_facts(hand_over.operator),
        manual=manual,
    )
    with_roots = dataclasses.replace(tools(now), roots=roots) if roots else tools(now)
    key = (log_key or log_public_key()).encode()
    return inspect_transfer(bag_dir, hand_over, told=told, tools=with_roots, trusted_log_key=key)


def keep_report(report: InspectionReport) -> list[archive.Element]:
    """The report as JSON and as PDF, kept, as elements of a supplement."""
    data = report.to_bytes()
    pdf = render("inspection", report_words(report), created=report.at)
    zones.keep_derivative(data, JSON)
    zones.keep_derivative(pdf, PDF)
    name = f"四性检测报告（{report.batch}）"
    return [
        made_element(REPORT_ELEMENT, "元数据", "四性检测报告", 11, f"{name}.json", data, JSON),
        made_element(REPORT_ELEMENT, "元数据", "四性检测报告（版式）", 12, f"{name}.pdf", pdf, PDF),
    ]


def archive_report(
    package: Package, report: InspectionReport, elements: list[archive.Element], *, now: dt.datetime
) -> None:
    """Tell the log of a report and have it archived with its package. Call it in a transaction."""
    append_event(
        "package-inspected",
        case_number=package.case_number,
        object_sha256=elements[0].sha256,
        details={"package": package.number, "batch": report.batch, "phase": report.phase, "verdict": report.verdict},
        now=now,
    )
    add_supplement(
        package,
        kind=FollowUp.Kind.INSPECTION,
        title=f"四性检测报告 {report.batch} {report.verdict}",
        elements=elements,
        key=f"inspection:{report.batch}",
        now=now,
    )


def manual_results(package: Package) -> tuple[ManualResult, ...]:
    """What persons entered for a package, the newest on each code and object."""
    newest = {(row.number, row.object): row for row in package.manual_findings.all()}
    return tuple(
        ManualResult(row.number, row.object, row.result, row.by, row.found_at, row.remark)  # type: ignore[arg-type]
        for row in newest.values()
    )


@transaction.atomic
def _draw(phase: Phase, now: dt.datetime) -> str:
    now = timezone.now()
    series = f"{phase}〔{timezone.localtime(now).year}〕"
    return f"{series}{draw_number(f'inspection:{series}'):06d}号"


def _record(arguments: Arguments) -> InspectionRecord:
    row = InspectionRecord.objects.select_related("package").get(pk=arguments["record"])
    if row.made_at is not None:
        raise NotExpectedError("it is inspected")
    return row
