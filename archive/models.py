"""Tables of keeping. All of them can be rebuilt from what lies in the archive store; they exist to be searched."""

from django.conf import settings
from django.db import models
from ulid import ULID


def new_id() -> str:
    """A sortable identifier."""
    return str(ULID())


class Event(models.Model):
    """What happened, to what, by whom, by the server's clock. Rows are only ever added."""

    number = models.CharField(max_length=26, unique=True, default=new_id)
    kind = models.CharField(max_length=40)
    case_number = models.CharField(max_length=26, db_index=True, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    happened_at = models.DateTimeField()
    object_sha256 = models.CharField(max_length=64, blank=True)
    details = models.JSONField(default=dict)
    # How far the server's clock stood behind the newest entry when this one was written; follows from their order.
    behind = models.PositiveIntegerField("时钟落后秒数", default=0)
    # Filled when the event enters the log; from then on it cannot be changed without being found out.
    leaf_index = models.PositiveBigIntegerField(unique=True, null=True)
    leaf_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["happened_at"], name="newest_event")]


class LogHead(models.Model):
    """The newest checkpoint of the log: one row.

    `edge` is the tree's right edge (hashes, the largest subtree first); `published` how many entries lie in the store.
    """

    size = models.PositiveBigIntegerField(default=0)
    root = models.CharField(max_length=64, blank=True)
    checkpoint = models.TextField(blank=True)
    edge = models.JSONField(default=list)
    published = models.PositiveBigIntegerField(default=0)


class HeadAttestation(models.Model):
    """旁证: what somebody else says of a signed head; the bytes lie in the store beside it.

    `by` is who says it, `at` when: of a witness that looked again at the same head, the last time.
    """

    class Kind(models.TextChoices):
        TIMESTAMP = "timestamp", "时间戳"
        COSIGNATURE = "cosignature", "见证签名"

    size = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=12, choices=Kind)
    by = models.CharField(max_length=200)
    at = models.DateTimeField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["size", "kind", "by"]
        constraints = [models.UniqueConstraint(fields=["size", "kind", "by"], name="one_word_on_a_head")]


class Reconciliation(models.Model):
    """对账: one comparison of database, log and store; `checked_to` is where the next one goes on.

    `faults`: place, index and what of each, as `archive.reconcile` gave them. `whole`: the end of the log was reached.
    """

    at = models.DateTimeField(db_index=True)
    size = models.PositiveBigIntegerField()
    checked_from = models.PositiveBigIntegerField()
    checked_to = models.PositiveBigIntegerField()
    whole = models.BooleanField()
    faults = models.JSONField(default=list)

    class Meta:
        ordering = ["at", "id"]


class Package(models.Model):
    """档案: one closed case with all its elements, described by an immutable manifest."""

    class State(models.TextChoices):
        BUILT = "built", "已整理"
        CHECKED = "checked", "已检测"
        STORED = "stored", "已入库"
        LOGGED = "logged", "已存证"
        DESTROYED = "destroyed", "已销毁"

    number = models.CharField(max_length=26, unique=True, default=new_id)
    case_number = models.CharField(max_length=26, unique=True)
    archive_number = models.CharField("档号", max_length=80, unique=True)
    title = models.CharField("题名", max_length=300)
    project_code = models.CharField(max_length=24, db_index=True)
    retention = models.CharField("保管期限", max_length=4)
    state = models.CharField(max_length=16, choices=State, default=State.BUILT)
    manifest_sha256 = models.CharField(max_length=64)
    manifest_sm3 = models.CharField(max_length=64, blank=True)
    element_count = models.PositiveIntegerField()
    byte_count = models.BigIntegerField()
    checks = models.JSONField(default=list)
    # `ElementScore.to_json` of its manifest and follow-ups (`archive.rescore`).
    score = models.JSONField("要素得分", default=dict)
    full_elements = models.BooleanField("全要素", default=False, db_index=True)
    built_at = models.DateTimeField()
    stored_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.archive_number


class FollowUp(models.Model):
    """补充归档: what belongs to a package and came after it, as a manifest that names the one before it.

    `order` counts from 1 within the package; `key` is what it is, once in a package. `record` is the row of the
    certificate's history, where an act on the certificate is what came.
    """

    class Kind(models.TextChoices):
        ACT = "act", "证照变动"
        INSPECTION = "inspection", "检测报告"
        TRANSFER = "transfer", "移交接收"
        EXCHANGE = "exchange", "数据共享"
        RETENTION = "retention", "鉴定处置"
        ELEMENT = "element", "补充要素"

    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="follow_ups")
    order = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.ACT)
    key = models.CharField(max_length=100)
    number = models.CharField(max_length=26, unique=True)
    record = models.PositiveBigIntegerField(unique=True, null=True)
    title = models.CharField("题名", max_length=300)
    manifest_sha256 = models.CharField(max_length=64)
    manifest_sm3 = models.CharField(max_length=64, blank=True)
    checks = models.JSONField(default=list)
    stored_at = models.DateTimeField()

    class Meta:
        ordering = ["package", "order"]
        constraints = [
            models.UniqueConstraint(fields=["package", "order"], name="one_follow_up_an_order"),
            models.UniqueConstraint(fields=["package", "key"], name="one_follow_up_a_key"),
        ]

    def __str__(self) -> str:
        return self.number


class HeldMaterial(models.Model):
    """A material that is archived and can be offered again: what it is, whose, and from when until when it holds.

    `subject` is a company's code, a project's, ``project/works``, an area's, or a person's key. `dated` is the day that
    the document bears. `collected_from` is the code of the applicant of its case. `superseded_by` is what replaced it.
    """

    class Source(models.TextChoices):
        APPLICANT = "applicant", "申请人提交"
        CERTIFICATE = "certificate", "本市核发"
        DEPARTMENT = "department", "部门推送"
        AREA = "area", "区域评估"
        JOINT = "joint", "联合成果"

    class Standing(models.TextChoices):
        HOLDS = "holds", "有效"
        SUSPENDED = "suspended", "已暂停"
        SUPERSEDED = "superseded", "已被替代"
        REVOKED = "revoked", "已撤销"
        CANCELLED = "cancelled", "已注销"

    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="materials")
    type = models.CharField(max_length=16)
    name = models.CharField(max_length=100)
    subject_kind = models.CharField(max_length=8)
    subject = models.CharField("主体", max_length=200)
    number = models.CharField(max_length=100, blank=True)
    version = models.CharField("版本", max_length=40, blank=True)
    dated = models.DateField("文件日期", null=True)
    valid_from = models.DateField("有效期起", null=True)
    valid_until = models.DateField(null=True)
    source = models.CharField("来源", max_length=12, choices=Source, default=Source.APPLICANT)
    owner = models.CharField("归属部门", max_length=100, blank=True)
    collected_from = models.CharField("提交单位", max_length=18, blank=True)
    standing = models.CharField("效力", max_length=12, choices=Standing, default=Standing.HOLDS)
    standing_since = models.DateTimeField("效力变动时间", null=True)
    superseded_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="replaced")
    sha256 = models.CharField("原件摘要", max_length=64, db_index=True)
    sm3 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    media_type = models.CharField(max_length=64)
    pages = models.JSONField(default=list)
    fields = models.JSONField(default=dict)
    held_since = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["subject_kind", "subject", "type"])]
        constraints = [
            models.UniqueConstraint(fields=["package", "type", "sha256", "subject"], name="one_row_a_held_material")
        ]


class Access(models.Model):
    """利用记录: who looked at what, for which case, for what purpose."""

    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="accesses")
    held = models.ForeignKey(HeldMaterial, on_delete=models.PROTECT, null=True, related_name="accesses")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    case_number = models.CharField(max_length=26, blank=True)
    purpose = models.CharField(max_length=200)
    accessed_at = models.DateTimeField()


class StoreProbe(models.Model):
    """锁定试验: one trial of the archive store's lock; the newest decides whether anything may be kept there.

    `tries`: name, held and what of each attempt, as `archive.probe_store` gave them.
    """

    store = models.CharField(max_length=200)
    at = models.DateTimeField(db_index=True)
    trusted = models.BooleanField()
    tries = models.JSONField(default=list)

    class Meta:
        ordering = ["at", "id"]


class KeptObject(models.Model):
    """档案对象: one object that must be in the archive, and when its bytes were last read and found as they should be.

    `fault` is what was found instead; a healed object is sound again and its events tell the story.
    """

    class State(models.TextChoices):
        SOUND = "sound", "完好"
        DAMAGED = "damaged", "损坏"
        MISSING = "missing", "缺失"

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.BigIntegerField()
    kept_since = models.DateTimeField()
    checked_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=8, choices=State, default=State.SOUND)
    fault = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["checked_at", "id"], name="oldest_checked_first")]
