"""Tables of retention. What they hold is in the manifests, the events and the certificates of destruction as well."""

from django.conf import settings
from django.db import models

from archive.models import Package, new_id

PERSON = settings.AUTH_USER_MODEL


class KeptPeriod(models.Model):
    """保管期限 of one package: until when, by which rule, and what became of it.

    `until` is the last day, None for ever. A destroyed package keeps its row: it says when and under which certificate.
    """

    package = models.OneToOneField(Package, on_delete=models.PROTECT, related_name="period")
    code = models.CharField("保管期限", max_length=4)
    until = models.DateField("保管至", null=True, db_index=True)
    closed_on = models.DateField("办结日期")
    item_code = models.CharField(max_length=16)
    item_version = models.CharField(max_length=8)
    result = models.CharField(max_length=16, default="issued")
    applicant_uscc = models.CharField(max_length=18, db_index=True, blank=True)
    destroyed_at = models.DateTimeField(null=True)
    certificate = models.CharField("销毁清册编号", max_length=26, blank=True)


class NamedObject(models.Model):
    """An object that packages name. `looked_at`: when its lock and hold were last compared; `fault`: what is amiss."""

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.BigIntegerField()
    looked_at = models.DateTimeField(null=True, db_index=True)
    fault = models.CharField(max_length=300, blank=True)


class ObjectUse(models.Model):
    """That a package (its manifest, or a supplement's) names an object."""

    period = models.ForeignKey(KeptPeriod, on_delete=models.PROTECT, related_name="uses")
    object = models.ForeignKey(NamedObject, on_delete=models.CASCADE, related_name="uses")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["period", "object"], name="one_use_of_an_object")]


class PeriodChange(models.Model):
    """A change of a period. A longer one holds at once; a shorter one when a second person has confirmed it."""

    period = models.ForeignKey(KeptPeriod, on_delete=models.PROTECT, related_name="changes")
    before_code = models.CharField(max_length=4)
    before_until = models.DateField(null=True)
    code = models.CharField(max_length=4)
    until = models.DateField(null=True)
    reason = models.CharField(max_length=300)
    authority = models.CharField("批准文件", max_length=200, blank=True)
    proposed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)


class Hold(models.Model):
    """冻结: nothing of what it covers is destroyed or kept shorter until it is released, whatever else says so."""

    class Scope(models.TextChoices):
        PACKAGE = "package", "档案"
        CASE = "case", "办件"
        PROJECT = "project", "项目"
        COMPANY = "company", "企业"

    number = models.CharField(max_length=26, unique=True, default=new_id)
    scope = models.CharField(max_length=8, choices=Scope)
    target = models.CharField("冻结对象", max_length=80, db_index=True)
    reason = models.CharField("事由", max_length=300)
    authority = models.CharField("依据文书", max_length=200)
    set_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    released_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    released_at = models.DateTimeField(null=True)
    release_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["id"]


class DisposalList(models.Model):
    """鉴定销毁清单: what was due on a day, what the appraisal decided, who approved, and what was carried out."""

    class State(models.TextChoices):
        DRAWN = "drawn", "待鉴定"
        APPRAISED = "appraised", "待审批"
        APPROVED = "approved", "等待执行"
        BEGUN = "begun", "销毁中"
        DESTROYED = "destroyed", "待出清册"
        CERTIFIED = "certified", "已销毁"
        CLOSED = "closed", "全部继续保管"
        WITHDRAWN = "withdrawn", "已撤回"

    number = models.CharField(max_length=26, unique=True, default=new_id)
    due_on = models.DateField("截止日期")
    state = models.CharField(max_length=10, choices=State, default=State.DRAWN)
    drawn_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField()
    archivist = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    archivist_at = models.DateTimeField(null=True)
    supervisor = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    supervisor_at = models.DateTimeField(null=True)
    not_before = models.DateTimeField("不早于", null=True)
    begun_at = models.DateTimeField(null=True)
    destroyed_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_why = models.CharField(max_length=300, blank=True)
    certificate_sha256 = models.CharField(max_length=64, blank=True)
    pdf_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["-id"]


class DisposalLine(models.Model):
    """One package of a list: why it is due, what stands against it, what was decided and what came of it.

    `against`: code, words and whether it forbids destruction, as they stood when they were last looked at.
    """

    class Decision(models.TextChoices):
        KEEP = "keep", "继续保管"
        EXTEND = "extend", "延长期限"
        DESTROY = "destroy", "销毁"

    class Outcome(models.TextChoices):
        DESTROYED = "destroyed", "已销毁"
        REFUSED = "refused", "未销毁"
        STOPPED = "stopped", "销毁中止"

    disposal = models.ForeignKey(DisposalList, on_delete=models.PROTECT, related_name="lines")
    period = models.ForeignKey(KeptPeriod, on_delete=models.PROTECT, related_name="lines")
    due_on = models.DateField("到期日")
    against = models.JSONField(default=list)
    decision = models.CharField(max_length=8, choices=Decision, blank=True)
    reason = models.CharField("鉴定意见", max_length=300, blank=True)
    extend_to = models.DateField(null=True)
    decided_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    outcome_why = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["disposal", "period"], name="one_line_a_package")]


class DisposalObject(models.Model):
    """An object that goes with a line, and how far it is: the row is the account that a killed run goes on from."""

    class State(models.TextChoices):
        WAITING = "waiting", "待销毁"
        DESTROYED = "destroyed", "已销毁"
        KEPT = "kept", "其他档案仍在使用"
        LOCKED = "locked", "锁定未到期"
        HELD = "held", "冻结或延期"

    line = models.ForeignKey(DisposalLine, on_delete=models.PROTECT, related_name="goes")
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    why = models.CharField(max_length=300, blank=True)
    versions = models.PositiveIntegerField(default=0)
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["line", "sha256"], name="one_row_an_object_of_a_line")]


class Turnstile(models.Model):
    """One row to be locked: see `archive.retention.turnstile`."""
