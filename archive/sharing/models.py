"""Tables of sharing. No object of the archive tells them, so the journal keeps them (`workers/journal_tables.py`)."""

from django.conf import settings
from django.db import models

from archive.models import HeldMaterial, new_id

CATEGORIES = [("open", "无条件共享"), ("on-request", "有条件共享"), ("never", "不予共享")]


class Department(models.Model):
    """部门: an office that handles items, by the name that the lists give it (`catalogue.department_names`)."""

    name = models.CharField("部门", max_length=100, unique=True)

    def __str__(self) -> str:
        return self.name


class Member(models.Model):
    """Who works in which department; nobody works in two."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="membership")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="members")


class RuleChange(models.Model):
    """What a department decided for a type of material that it holds; rows are only added, the newest holds."""

    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="rule_changes")
    type = models.CharField("材料类型", max_length=16)
    category = models.CharField("共享类别", max_length=12, choices=CATEGORIES)
    reason = models.CharField("理由", max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["department", "type"], name="rules_of_a_department")]


class ShareRequest(models.Model):
    """共享申请: a department asks the owner for one material, for one case.

    An approval holds until `valid_until`, for that case alone. `answer_by` is the day by which the owner answers.
    """

    class State(models.TextChoices):
        ASKED = "asked", "待答复"
        APPROVED = "approved", "已同意"
        DECLINED = "declined", "不同意"
        WITHDRAWN = "withdrawn", "已撤回"

    number = models.CharField("申请编号", max_length=26, unique=True, default=new_id)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="requests_made")
    owner = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="requests_received")
    held = models.ForeignKey(HeldMaterial, on_delete=models.PROTECT, related_name="share_requests")
    case_number = models.CharField("办件", max_length=26)
    purpose = models.CharField("用途", max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answer_by = models.DateField("答复期限")
    state = models.CharField(max_length=12, choices=State, default=State.ASKED)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answer = models.CharField("答复理由", max_length=200, blank=True)
    valid_until = models.DateField("同意期限", null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["owner", "state"], name="requests_to_answer")]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "held", "case_number"],
                condition=models.Q(state="asked"),
                name="one_open_request",
            )
        ]

    def __str__(self) -> str:
        return self.number


class Subscription(models.Model):
    """订阅: a department wants to be told of changes of what it may see.

    `key` is what is watched: a held material's row, a type, a project code, or a company's credit code or name.
    """

    class Kind(models.TextChoices):
        HELD = "held", "一份材料"
        TYPE = "type", "一类材料"
        PROJECT = "project", "一个项目"
        COMPANY = "company", "一个单位"

    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="subscriptions")
    kind = models.CharField(max_length=8, choices=Kind)
    key = models.CharField(max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "kind", "key"],
                condition=models.Q(ended_at=None),
                name="one_open_subscription",
            )
        ]


class ChangeNotice(models.Model):
    """变动通知: a change of a held material, as a department that subscribed to it is told. Its id is the cursor."""

    class Change(models.TextChoices):
        CHANGED = "changed", "变更或延续"
        SUSPENDED = "suspended", "暂停"
        RESTORED = "restored", "恢复"
        REVOKED = "revoked", "撤销（吊销）"
        CANCELLED = "cancelled", "注销"
        SUPERSEDED = "superseded", "被新版替代"

    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="notices")
    held = models.ForeignKey(HeldMaterial, on_delete=models.PROTECT, related_name="change_notices")
    change = models.CharField(max_length=12, choices=Change)
    key = models.CharField(max_length=100)
    happened_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    read_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["department", "held", "key"], name="told_once"),
        ]
