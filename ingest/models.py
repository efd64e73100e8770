"""Tables of receiving: projects, cases, what was handed in and what it is used for."""

from django.conf import settings
from django.db import models
from ulid import ULID

from ingest.promise_models import CreditRecord, Notice, Pause, Promise

__all__ = ["CreditRecord", "Notice", "Pause", "Promise"]  # the tables of this room that stand in another file


def new_number() -> str:
    """A sortable number for a case or an upload; says nothing about its content."""
    return str(ULID())


class Project(models.Model):
    """项目: everything that is built under one project code."""

    code = models.CharField("项目代码", max_length=24, unique=True)
    name = models.CharField("项目名称", max_length=200)
    region = models.CharField("行政区划", max_length=6)
    # oldest first (workers/recoding.py)
    former_codes = models.JSONField("曾用项目代码", default=list)
    owner_name = models.CharField("建设单位", max_length=200)
    owner_uscc = models.CharField("统一社会信用代码", max_length=18)

    def __str__(self) -> str:
        return f"{self.name}（{self.code}）"

    @property
    def codes(self) -> tuple[str, ...]:
        """Its code and those it had before, each once: what is archived stays under the code of its day."""
        return tuple(dict.fromkeys((self.code, *self.former_codes)))


class Party(models.Model):
    """参建单位: a company and what it is to the project."""

    class Role(models.TextChoices):
        DESIGN = "design", "设计单位"
        SURVEY = "survey", "勘察单位"
        CONSTRUCTION = "construction", "施工单位"
        SUPERVISION = "supervision", "监理单位"
        REVIEW = "review", "审图机构"

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="parties")
    role = models.CharField(max_length=16, choices=Role)
    name = models.CharField(max_length=200)
    uscc = models.CharField(max_length=18, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "role", "name"], name="one_party_a_role")]


class Works(models.Model):
    """工程: a part of a project that has its own construction permit."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="works")
    name = models.CharField("工程名称", max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="one_works_a_name")]

    def __str__(self) -> str:
        return self.name


class ParallelCase(models.Model):
    """并联实例: several cases of one project handled together; what is handed in is received once for all of them.

    `lead_item` is the item whose result is drawn from the others' (联合验收), empty where each has its own. `section`
    says which part of the works a 分段联合验收 is about, empty for all of it.
    """

    number = models.CharField(max_length=26, unique=True, default=new_number)
    project = models.ForeignKey(Project, on_delete=models.PROTECT)
    works = models.ForeignKey(Works, on_delete=models.PROTECT, null=True, related_name="+")
    stage = models.CharField(max_length=16)
    lead_item = models.CharField("牵头事项", max_length=16, blank=True)
    section = models.CharField("分段验收范围", max_length=200, blank=True)
    answers = models.JSONField("情形", default=dict)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.number


class Case(models.Model):
    """办件: one item for one project, judged by the version of the list that was in force when it was opened."""

    class State(models.TextChoices):
        OPEN = "open", "收件中"
        ACCEPTED = "accepted", "已受理"
        DECIDED = "decided", "已决定"
        ISSUED = "issued", "已制证"
        ARCHIVED = "archived", "已归档"
        REFUSED = "refused", "不予受理"
        # It was not archived when the database was lost: the bare row came back, and none of its papers.
        LOST = "lost", "材料未恢复"

    number = models.CharField("办件编号", max_length=26, unique=True, default=new_number)
    item_code = models.CharField(max_length=16)
    item_version = models.PositiveIntegerField()
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="cases")
    works = models.ForeignKey(Works, on_delete=models.PROTECT, null=True, related_name="cases")
    parallel = models.ForeignKey(ParallelCase, on_delete=models.PROTECT, null=True, related_name="cases")
    applicant_name = models.CharField("申请人", max_length=200)
    applicant_uscc = models.CharField(max_length=18)
    # Question key to option key: what was asked at the start and decides which materials apply.
    answers = models.JSONField("情形", default=dict)
    state = models.CharField(max_length=16, choices=State, default=State.OPEN)
    # Counts every change of what is handed in; a check belongs to one revision.
    revision = models.PositiveIntegerField(default=0)
    report = models.JSONField("核对结果", null=True)
    report_revision = models.PositiveIntegerField(null=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    due_on = models.DateField("承诺办结日", null=True)
    due_why = models.JSONField("期限说明", default=list)
    warned_at = models.DateTimeField("预警时间", null=True)
    overdue_at = models.DateTimeField("超期时间", null=True)
    decided_at = models.DateTimeField(null=True)
    decision = models.JSONField(null=True)
    issued_at = models.DateTimeField(null=True)
    archived_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.number

    @property
    def beside(self) -> "models.QuerySet[Case]":
        """The cases that share what is handed in: all of the parallel case, or this one alone."""
        alone = Case.objects.filter(pk=self.pk)
        return (Case.objects.filter(parallel=self.parallel_id) if self.parallel_id else alone).order_by("pk")

    @property
    def pile(self) -> "models.QuerySet[Upload]":
        """Everything handed in that may count for the case, wherever in its parallel case it was laid down."""
        return Upload.objects.filter(case__in=self.beside)


class Upload(models.Model):
    """Bytes as they came. The row is never deleted; a slip is withdrawn and stays visible."""

    class State(models.TextChoices):
        RECEIVED = "received", "已接收"
        INSPECTED = "inspected", "已检查"
        PAGED = "paged", "已分页"
        READ = "read", "已识别"
        FILED = "filed", "已归类"
        DUPLICATE = "duplicate", "重复文件"
        REFUSED = "refused", "已退回"
        QUARANTINED = "quarantined", "已隔离"
        CONFIDENTIAL = "confidential", "疑似涉密，已封存"

    number = models.CharField(max_length=26, unique=True, default=new_number)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="uploads")
    file_name = models.CharField(max_length=255)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    sm3 = models.CharField(max_length=64)
    media_type = models.CharField(max_length=64, blank=True)
    page_count = models.PositiveIntegerField(null=True)
    signed = models.BooleanField("含数字签名", default=False)
    inspection = models.JSONField(null=True)
    copy_sha256 = models.CharField("可检索副本", max_length=64, blank=True)
    state = models.CharField(max_length=16, choices=State, default=State.RECEIVED)
    duplicate_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="duplicates")
    refusal = models.JSONField(null=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.file_name


class Page(models.Model):
    """One page: its picture, the text layer that came with it, and what was read."""

    upload = models.ForeignKey(Upload, on_delete=models.PROTECT, related_name="pages")
    number = models.PositiveIntegerField()
    picture_sha256 = models.CharField(max_length=64, db_index=True)
    thumb_sha256 = models.CharField("小图", max_length=64, blank=True)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    dpi = models.PositiveIntegerField(null=True)
    text_layer = models.JSONField(null=True)
    reading = models.JSONField(null=True)
    seconds = models.FloatField("识别耗时", null=True)
    # What this page looks like by itself, shown while the rest of its file is still being read.
    guess = models.CharField(max_length=16, blank=True)

    class Meta:
        ordering = ["upload_id", "number"]
        constraints = [models.UniqueConstraint(fields=["upload", "number"], name="one_page_a_number")]


class PageText(models.Model):
    """What was read from a page, cut for the search (`bigram_text`); the database keeps its own index of it."""

    page = models.OneToOneField(Page, on_delete=models.PROTECT, primary_key=True, related_name="text")
    bigrams = models.TextField()


class Material(models.Model):
    """材料: a document known by what it is, whose it is and until when it holds."""

    upload = models.ForeignKey(Upload, on_delete=models.PROTECT, related_name="materials")
    pages = models.JSONField("页码")
    type = models.CharField("材料类型", max_length=16, blank=True)
    type_score = models.FloatField()
    why = models.CharField(max_length=400)
    fields = models.JSONField(default=dict)
    number = models.CharField("证件编号", max_length=100, blank=True)
    valid_until = models.DateField(null=True)
    corrected_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    # The likeliest type where none was sure enough to be named: offered to the clerk, counts for nothing.
    suggestion = models.CharField(max_length=16, blank=True)
    # A clerk divided or joined documents, and others stand in its place; the row is never deleted.
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["upload_id", "id"]


class Correction(models.Model):
    """What a person corrected: the value as it was read and as it should be, side by side; never overwritten.

    `field` is empty where the type was corrected. The last one not undone holds.
    """

    material = models.ForeignKey(Material, on_delete=models.PROTECT, related_name="corrections")
    field = models.CharField(max_length=40, blank=True)
    before = models.JSONField("识别结果", null=True)
    after = models.CharField("更正为", max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]


class Step(models.Model):
    """Something a clerk did to a case that can be taken back: what it was, in words, and what its inverse needs."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=16)
    said = models.CharField(max_length=400)
    data = models.JSONField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]


class MaterialUse(models.Model):
    """A material standing for an entry of a case's list, and how it came.

    `checked`: what was found of a held one's validity at `offer`, `decision` and `use` (the day on which the result is
    issued), the last of each: {on, holds, code, message}.
    """

    class How(models.TextChoices):
        UPLOADED = "uploaded", "窗口提交"
        REUSED = "reused", "复用档案"
        ISSUED = "issued", "本市核发"
        DEPARTMENT = "department", "部门共享"
        AREA = "area", "区域评估"
        JOINT = "joint", "联合成果"
        REPEAT = "repeat", "重复提交，引用原件"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="uses")
    entry = models.CharField("清单条目", max_length=16)
    how = models.CharField(max_length=16, choices=How)
    material = models.ForeignKey(Material, on_delete=models.PROTECT, null=True, related_name="uses")
    held = models.ForeignKey("archive.HeldMaterial", on_delete=models.PROTECT, null=True, related_name="uses")
    checked = models.JSONField("效力核对", default=dict)
    used_at = models.DateTimeField()
    used_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(material__isnull=False) ^ models.Q(held__isnull=False), name="one_origin_a_use"
            )
        ]


class StageFormValue(models.Model):
    """A value that a person typed into a stage form (一张表单). Rows are only added; the newest not undone holds.

    It belongs to the project, or to one of its works, so that later forms of the same project begin with it. `read`
    keeps what the form showed before, with its origin.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="form_values")
    works = models.ForeignKey(Works, on_delete=models.PROTECT, null=True, related_name="form_values")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="form_values")
    stage = models.CharField(max_length=16)
    field = models.CharField(max_length=40)
    value = models.CharField(max_length=1000, blank=True)
    read = models.JSONField(null=True)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["project", "field"])]
