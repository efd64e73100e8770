"""Tables of the exchange: rows as made, sent and answered, the batches they went in, and facts put in by hand.

A row is never changed in what it says. What is put right becomes a new row with a serial of its own; the old one is
marked invalid from then on, with the reason, so that it can be told what was known when.
"""

from django.conf import settings
from django.db import models
from ulid import ULID


def new_serial() -> str:
    """流水号: sortable, unique, says nothing about the content."""
    return str(ULID())


class ExchangeBatch(models.Model):
    """批次: rows handed out together, as one folder. It can be written again and is the same."""

    number = models.CharField(max_length=26, unique=True, default=new_serial)
    format = models.CharField(max_length=4)
    made_at = models.DateTimeField()
    written_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]


class ExchangeRow(models.Model):
    """交换数据: one row of a table of the standard. `data` holds its fields as text, status fields left out.

    `recorded_at` to `ended_at` is when we held it to be so; the times of the facts themselves stand in `data`.
    """

    class State(models.IntegerChoices):
        WAITING = 0, "待上传"
        FAILED = 2, "省级校验失败"
        ACCEPTED = 3, "已接收"
        NOT_PASSED = -1, "本地校验失败"

    table = models.CharField(max_length=40)
    serial = models.CharField("流水号", max_length=26, unique=True, default=new_serial)
    key = models.CharField("地方数据主键", max_length=50)
    project_code = models.CharField(max_length=24, db_index=True, blank=True)
    case_number = models.CharField(max_length=26, db_index=True, blank=True)
    data = models.JSONField()
    valid = models.BooleanField("数据有效标识", default=True)
    invalid_why = models.CharField("数据无效原因", max_length=200, blank=True)
    state = models.SmallIntegerField("数据上传状态", choices=State, default=State.WAITING)
    failure = models.TextField("失败原因", blank=True)
    recorded_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    batch = models.ForeignKey(ExchangeBatch, on_delete=models.PROTECT, null=True, related_name="rows")
    # It went out at least once, so that its end has to be told as well.
    sent = models.BooleanField(default=False)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["state", "valid"], name="exchange_waiting")]
        constraints = [
            models.UniqueConstraint(fields=["table", "key"], condition=models.Q(valid=True), name="one_valid_row_a_key")
        ]

    @property
    def under_way(self) -> bool:
        """Handed out, and not answered yet."""
        return self.batch_id is not None and self.state == self.State.WAITING


class ExchangeFact(models.Model):
    """补充数据: a field of a project that no document of a case tells, put in by hand. The newest holds."""

    project_code = models.CharField(max_length=24, db_index=True)
    field = models.CharField(max_length=20)
    value = models.CharField(max_length=500)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
