"""Tables of inspections; the reports themselves lie in the archive, and these rows can be made from them again."""

from typing import Any

from django.db import models

from archive.inspection.codes import CODES, MANUAL_CODES, PHASE_NAMES
from archive.inspection.report import RESULTS
from archive.models import Package


class InspectionRecord(models.Model):
    """检测记录: one inspection that was asked for, and what came of it; `made_at` is null while it is under way.

    `faults` are the lines of the report that are not 合格 or 不适用, the first of them where there are many.
    """

    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="inspections")
    phase = models.CharField(max_length=2, choices=list(PHASE_NAMES.items()))
    batch = models.CharField("检测批号", max_length=40, unique=True)
    asked_at = models.DateTimeField(db_index=True)
    asked_by = models.CharField(max_length=150, blank=True)
    made_at = models.DateTimeField(null=True)
    verdict = models.CharField(max_length=4, blank=True)
    counts = models.JSONField(default=dict)
    faults = models.JSONField(default=list)
    report_sha256 = models.CharField(max_length=64, blank=True)
    pdf_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["asked_at", "id"]

    def __str__(self) -> str:
        return self.batch


class ManualFinding(models.Model):
    """人工检测: what a person found on a code that no program can judge here; it enters the reports that follow."""

    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="manual_findings")
    number = models.CharField(max_length=8, choices=[(number, CODES[number].name) for number in MANUAL_CODES])
    object = models.CharField("对象", max_length=200)
    result = models.CharField("结果", max_length=4, choices=[(one, one) for one in RESULTS])
    remark = models.CharField("备注", max_length=300, blank=True)
    by = models.CharField("检测人", max_length=150)
    found_at = models.DateTimeField()

    class Meta:
        ordering = ["found_at", "id"]


MOST_FAULTS = 50
"""So many lines are kept beside the record for the screen; the report has all of them."""


def fault_lines(report: dict[str, Any]) -> list[dict[str, str]]:
    """The lines of a report that somebody must look at, those that failed first."""
    wanted = [line for line in report["lines"] if line["结果"] in {"不合格", "未检测"}]
    return sorted(wanted, key=lambda line: line["结果"] != "不合格")[:MOST_FAULTS]
