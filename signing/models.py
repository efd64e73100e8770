"""Tables of sealing: certificates, and the counters that number them; the others stand in files of their own."""

from django.conf import settings
from django.db import models

from signing.lasting_models import FurtherSeal, PreservedFile
from signing.life_models import CertificateAct
from signing.seal_models import Seal, SealChange, SealGrant, SealRelease, SealUse

# the tables of this room that stand in another file
__all__ = [
    "CertificateAct",
    "FurtherSeal",
    "PreservedFile",
    "Seal",
    "SealChange",
    "SealGrant",
    "SealRelease",
    "SealUse",
]


class Certificate(models.Model):
    """证照: the result of a case, in one version."""

    class State(models.TextChoices):
        DRAFT = "draft", "待生成"
        RENDERED = "rendered", "待签发"
        APPROVED = "approved", "签章中"
        SEALED = "sealed", "待验证"
        VALID = "valid", "有效"
        SUSPENDED = "suspended", "已暂停"
        SUPERSEDED = "superseded", "已换发"
        REVOKED = "revoked", "已撤销"
        CANCELLED = "cancelled", "已注销"
        DISCARDED = "discarded", "未签发"

    identifier = models.CharField("电子证照标识", max_length=120, unique=True)
    number = models.CharField("证照编号", max_length=60, db_index=True)
    version = models.PositiveIntegerField(default=1)
    # The version that this one is to take the place of; it does so when its own file was found valid.
    supersedes = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="successors")
    type = models.CharField("证照类型", max_length=16)
    template = models.CharField(max_length=40)
    case_number = models.CharField(max_length=26, db_index=True)
    holder_name = models.CharField("持证主体", max_length=200)
    holder_uscc = models.CharField(max_length=18)
    seal = models.ForeignKey(Seal, on_delete=models.PROTECT)
    data = models.JSONField("照面数据")
    # Line → where its value comes from: a page, the form, the case, or who entered it.
    origins = models.JSONField("照面数据来源", default=dict)
    verify_token = models.CharField(max_length=43, unique=True)
    state = models.CharField(max_length=16, choices=State, default=State.DRAFT)
    issued_on = models.DateField("发证日期")
    valid_until = models.DateField("有效期至", null=True)
    # The term was the time in which to use it, and it was used: it holds on after its last day.
    used_in_time = models.BooleanField("已按期使用", default=False)
    rendered_sha256 = models.CharField(max_length=64, blank=True)
    approved_sha256 = models.CharField(max_length=64, blank=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    sealed_sha256 = models.CharField(max_length=64, blank=True)
    sealed_sm3 = models.CharField(max_length=64, blank=True)
    validation = models.JSONField(null=True)
    faces = models.JSONField("登记影像", default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number", "version"], name="one_row_a_version"),
            models.UniqueConstraint(
                fields=["number"], condition=models.Q(state__in=["valid", "suspended"]), name="one_version_in_force"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def superseded_by(self) -> "Certificate | None":
        """The version that took this one's place; None while none has."""
        if self.state != self.State.SUPERSEDED:
            return None
        return self.successors.exclude(state=self.State.DISCARDED).first()

    @property
    def seal_use(self) -> SealUse:
        """The use of its own seal that made its file."""
        return self.seal_uses.get(seal=self.seal, after_sha256=self.sealed_sha256)


class NumberCounter(models.Model):
    """The last number drawn in a series, such as the permits of one issuer on one day."""

    series = models.CharField(max_length=60, unique=True)
    last = models.PositiveIntegerField(default=0)
