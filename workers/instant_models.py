"""Tables of deciding by rule: who released which rules, what was decided by them, and what is checked afterwards."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import models


def _person(*, null: bool = False) -> Any:
    """Somebody who did something; nobody who did is ever deleted."""
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=null, related_name="+")


class RuleRelease(models.Model):
    """规则发布: two officers let a rule set decide an item, in one version of its list, from a day on.

    `proposed_by` is the officer of record of what is decided under it, `confirmed_by` the second person. `seals` names
    the two-person seals that the two stand for as well. It counts from `confirmed_at` until `withdrawn_at`.
    """

    item_code = models.CharField("事项", max_length=16)
    item_version = models.PositiveIntegerField("清单版本")
    rule_set = models.CharField("规则集", max_length=40)
    rule_set_sha256 = models.CharField("规则摘要", max_length=64)
    seals = models.JSONField("双人用印的印章", default=list)
    valid_from = models.DateField("生效日期")
    basis = models.CharField("发布依据", max_length=400)
    proposed_by = _person()
    proposed_at = models.DateTimeField()
    confirmed_by = _person(null=True)
    confirmed_at = models.DateTimeField(null=True)
    withdrawn_by = _person(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_why = models.CharField("撤回原因", max_length=400, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["item_code", "item_version"],
                condition=models.Q(withdrawn_at=None),
                name="one_standing_release_an_item",
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed_by=None) | ~models.Q(confirmed_by=models.F("proposed_by")),
                name="a_release_is_by_two",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule_set} {self.item_code} v{self.item_version}"

    @property
    def number(self) -> str:
        """What decisions call it."""
        return f"规则发布{self.pk}号"


class RuleDecision(models.Model):
    """按规则判定: the inputs as they were, what each rule came to, and whether the case was decided by it.

    `record` is archived with the case and never changed; `sha256` is the digest of its canonical spelling.
    """

    case = models.ForeignKey("ingest.Case", on_delete=models.PROTECT, related_name="rule_decisions")
    release = models.ForeignKey(RuleRelease, on_delete=models.PROTECT, null=True, related_name="decisions")
    certificate = models.CharField("证照编号", max_length=60, blank=True)
    met = models.BooleanField()
    record = models.JSONField()
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=models.Q(met=True), name="decided_by_rule_once")
        ]

    @property
    def stands(self) -> bool:
        """The case was decided by it and still is: no officer has voided the number before it was issued."""
        return ((self.case.decision or {}).get("by_rule") or {}).get("record_sha256") == self.sha256

    @property
    def unmet(self) -> list[dict[str, Any]]:
        """The rules that were not met, with why."""
        return [row for row in self.record["results"] if not row["met"]]


class AfterCheck(models.Model):
    """事后核查: the draw of one decision by rule, and, where it was drawn, what the check found and by when it is due.

    `note` is the signed head of the log that the draw follows from; `drawn` can be computed again from it.
    """

    class Finding(models.TextChoices):
        OPEN = "", "待核查"
        CONFIRMED = "confirmed", "属实"
        CORRECTED = "corrected", "已纠正"
        REVOKED = "revoked", "应撤销"

    decision = models.OneToOneField(RuleDecision, on_delete=models.PROTECT, related_name="after_check")
    note = models.TextField("存证检查点")
    percent = models.PositiveSmallIntegerField("抽查比例")
    drawn = models.BooleanField("抽中")
    drawn_at = models.DateTimeField()
    due_on = models.DateField("核查期限", null=True)
    finding = models.CharField(max_length=12, choices=Finding, blank=True)
    words = models.CharField("核查情况", max_length=1000, blank=True)
    evidence = models.CharField("核查依据", max_length=400, blank=True)
    found_by = _person(null=True)
    found_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["drawn", "finding", "due_on"])]

    def late(self, today: dt.date) -> bool:
        """It was drawn, and not concluded by its day."""
        return bool(self.drawn and not self.finding and self.due_on and self.due_on < today)
