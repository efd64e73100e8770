"""The queue of record: one row a piece of work. The broker only carries row numbers, and may lose them."""

from django.db import models

from workers.instant_models import AfterCheck, RuleDecision, RuleRelease
from workers.repeat_models import Repeat

__all__ = ["AfterCheck", "Repeat", "RuleDecision", "RuleRelease"]  # the tables of this room that stand in another file


class Job(models.Model):
    """A piece of work: what is to be done, with what input, who holds it until when, and how it ended."""

    class State(models.TextChoices):
        QUEUED = "queued", "等待"
        RUNNING = "running", "进行中"
        DONE = "done", "完成"
        SKIPPED = "skipped", "无需处理"
        REFUSED = "refused", "已退回"
        QUARANTINED = "quarantined", "已隔离"

    UNDER_WAY = (State.QUEUED, State.RUNNING)
    """Not over. What waits for something goes to and fro between the two, and keeps what it waits for as its error."""

    kind = models.CharField(max_length=24)
    arguments = models.JSONField()
    # The same work on the same input is one row, however often it is asked for.
    input_digest = models.CharField(max_length=64)
    case_number = models.CharField(max_length=26, db_index=True, blank=True)
    state = models.CharField(max_length=16, choices=State, default=State.QUEUED)
    attempt = models.PositiveSmallIntegerField(default=0)
    owner = models.CharField(max_length=120, blank=True)
    lease_until = models.DateTimeField(null=True)
    not_before = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    sends = models.PositiveSmallIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)
    error = models.JSONField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["kind", "input_digest"], name="one_job_an_input")]
        indexes = [models.Index(fields=["state", "lease_until"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
