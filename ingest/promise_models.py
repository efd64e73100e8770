"""Tables of what a case leaves open and of what is said about it: gaps, promises, credit records, pauses, notices."""

from django.conf import settings
from django.db import models

EVIDENCE_LENGTH = 400
"""Room for the words of evidence: a document number, a place and a sentence."""


class Promise(models.Model):
    """承诺 and 容缺: an entry left open with the applicant's word: whose, why, until when, and how it ended.

    `ingest.promises` says which state may follow which; nothing else changes `state`.
    """

    class Kind(models.TextChoices):
        GAP = "gap", "容缺后补"
        PROMISE = "promise", "告知承诺"

    class State(models.TextChoices):
        OPEN = "open", "待补"
        CLOSED = "closed", "已补齐"
        KEPT = "kept", "已兑现"
        EXPIRED = "expired", "已逾期"
        BROKEN = "broken", "未兑现"
        VOID = "void", "已撤销"

    class OnExpiry(models.TextChoices):
        REVERT = "revert", "撤回受理"
        STOP = "stop", "停止计时"
        CREDIT = "credit", "记入信用"

    case = models.ForeignKey("ingest.Case", on_delete=models.PROTECT, related_name="promises")
    entry = models.CharField(max_length=16)
    entry_name = models.CharField("材料名称", max_length=200, blank=True)
    kind = models.CharField(max_length=8, choices=Kind)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    promised_by = models.CharField("承诺人", max_length=200, blank=True)
    reason = models.CharField("原因", max_length=EVIDENCE_LENGTH, blank=True)
    text = models.TextField()
    due_on = models.DateField(null=True)
    due_why = models.CharField("期限说明", max_length=EVIDENCE_LENGTH, blank=True)
    on_expiry = models.CharField(max_length=8, choices=OnExpiry, default=OnExpiry.STOP)
    recheck_days = models.PositiveIntegerField(default=0)
    recheck_on = models.DateField("核查日期", null=True)
    given_at = models.DateTimeField()
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reminded_at = models.DateTimeField(null=True)
    expired_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey("ingest.MaterialUse", on_delete=models.PROTECT, null=True, related_name="+")
    rechecked_at = models.DateTimeField(null=True)
    rechecked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    recheck_evidence = models.CharField("核查依据", max_length=EVIDENCE_LENGTH, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "entry"], condition=~models.Q(state="void"), name="one_standing_promise_an_entry"
            )
        ]


class CreditRecord(models.Model):
    """信用记录: a promise that was not kept, until the credit is repaired (信用修复)."""

    promise = models.OneToOneField(Promise, on_delete=models.PROTECT, related_name="credit")
    party_name = models.CharField(max_length=200)
    party_uscc = models.CharField(max_length=18, db_index=True)
    what = models.CharField(max_length=EVIDENCE_LENGTH)
    written_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    settled_why = models.CharField(max_length=EVIDENCE_LENGTH, blank=True)

    class Meta:
        ordering = ["id"]


class Pause(models.Model):
    """暂停计时: the clock of a case stands still: why, on whose approval, on what evidence, from when to when."""

    class Kind(models.TextChoices):
        SPECIAL = "special", "特别程序"
        CORRECTION = "correction", "补正"
        ONE_PLUS_X = "1+X", "1+X机制"
        EXPIRED_GAP = "expired-gap", "容缺逾期"

    case = models.ForeignKey("ingest.Case", on_delete=models.PROTECT, related_name="pauses")
    kind = models.CharField(max_length=12, choices=Kind)
    reason = models.CharField(max_length=EVIDENCE_LENGTH)
    evidence = models.CharField(max_length=EVIDENCE_LENGTH)
    # Nobody approves the pause that the list itself sets for a gap that was not closed in time.
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    end_evidence = models.CharField(max_length=EVIDENCE_LENGTH, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=models.Q(ended_at=None), name="one_open_pause_a_case")
        ]


class Notice(models.Model):
    """通知书: what the window hands out, numbered and sealed.

    The number is drawn and the content fixed when it is asked for; the file is made from that content alone.
    """

    class Kind(models.TextChoices):
        RECEIPT = "receipt", "收件回执"
        ONE_TIME = "one-time", "一次性告知书"
        ACCEPTANCE = "acceptance", "受理通知书"
        GAP = "gap", "容缺受理通知书"
        REFUSAL = "refusal", "不予受理决定书"
        COMMITMENT = "commitment", "告知承诺书"
        REMINDER = "reminder", "补交提醒书"

    case = models.ForeignKey("ingest.Case", on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=16, choices=Kind)
    number = models.CharField("文书编号", max_length=60, blank=True)
    content = models.JSONField()
    # What was known when it was asked for: a later notice is held against it.
    seen = models.JSONField(default=dict)
    repeats = models.JSONField("首次可告知而未告知", default=list)
    promise = models.ForeignKey(Promise, on_delete=models.PROTECT, null=True, related_name="notices")
    rendered_sha256 = models.CharField(max_length=64, blank=True)
    sha256 = models.CharField("文件摘要", max_length=64, blank=True)
    sm3 = models.CharField(max_length=64, blank=True)
    seal = models.ForeignKey("signing.Seal", on_delete=models.PROTECT, null=True, related_name="+")
    validation = models.JSONField(null=True)
    made_at = models.DateTimeField()
    sealed_at = models.DateTimeField(null=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["number"], condition=~models.Q(number=""), name="one_notice_a_number")
        ]

    @property
    def ready(self) -> bool:
        """The sealed file is there to be handed out."""
        return bool(self.sha256)
