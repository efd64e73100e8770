"""The table of what was handed in though it is here already, and what the window made of it."""

from django.conf import settings
from django.db import models


class Repeat(models.Model):
    """重复提交: something handed in that is, or may be, what is here already. Rows are never deleted.

    The new one is `upload`, and of it `material` where it was read; what it is like is `held` (archived), `earlier` (a
    document of a case) or `twin` (a file of the same bytes). `pair` names the two documents by their bytes and pages,
    so that a pair once told apart is not asked about again. `likeness` is what was compared (`looking_again`), `uses`
    the rows by which the held one stands for the list. `withdrawn_at`: one of the two files was taken back.
    """

    class Kind(models.TextChoices):
        BYTES = "same-bytes", "完全相同的文件"
        SAME = "same", "同一份材料重新扫描"
        UNSURE = "unsure", "可能是同一份材料"
        VERSION = "new-version", "已有材料的新版"
        DIFFERENT = "different", "同一格式的另一份材料"

    class State(models.TextChoices):
        TOLD = "told", "已告知"
        PROPOSED = "proposed", "待确认"
        ACCEPTED = "accepted", "已确认"
        DECLINED = "declined", "是另一份"
        UNDONE = "undone", "已撤销，按新文件处理"

    case = models.ForeignKey("ingest.Case", on_delete=models.PROTECT, related_name="repeats")
    upload = models.ForeignKey("ingest.Upload", on_delete=models.PROTECT, related_name="repeats")
    material = models.ForeignKey("ingest.Material", on_delete=models.PROTECT, null=True, related_name="repeats")
    held = models.ForeignKey("archive.HeldMaterial", on_delete=models.PROTECT, null=True, related_name="repeats")
    earlier = models.ForeignKey("ingest.Material", on_delete=models.PROTECT, null=True, related_name="repeated_by")
    twin = models.ForeignKey("ingest.Upload", on_delete=models.PROTECT, null=True, related_name="repeated_by")
    pair = models.CharField("两份材料", max_length=64, db_index=True)
    kind = models.CharField(max_length=12, choices=Kind)
    state = models.CharField(max_length=8, choices=State)
    why = models.CharField("说明", max_length=400)
    likeness = models.JSONField("比对结果", default=dict)
    uses = models.JSONField("引用", default=list)
    made_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["upload", "pair"], name="one_repeat_a_pair"),
            models.CheckConstraint(
                condition=models.Q(held__isnull=False) | models.Q(earlier__isnull=False) | models.Q(twin__isnull=False),
                name="a_repeat_is_of_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"

    @property
    def asks(self) -> bool:
        """A person has to say what it is."""
        return self.state == self.State.PROPOSED and self.withdrawn_at is None

    @property
    def standing(self) -> str:
        """Its state for programs: a row whose file was taken back is withdrawn, whatever was decided."""
        return "withdrawn" if self.withdrawn_at else str(self.state)

    @property
    def standing_name(self) -> str:
        """The same in words."""
        return "文件已撤回" if self.withdrawn_at else str(self.get_state_display())
