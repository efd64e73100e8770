"""Tables of the seal register (印章登记): seals, what was changed of them, who may use them, releases, and uses."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

REASON_LENGTH = 200
"""Characters: a sentence for the register, not a file note."""


def _person(*, null: bool = False) -> Any:
    """Somebody who did something; nobody who did is ever deleted."""
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=null, related_name="+")


class Seal(models.Model):
    """印章: who owns it, how it looks, which certificate it has, and whether it may be used.

    `items` are the item codes whose results it stands on, 通知书 for notices, 盖章副本 for copies, and `会签：` with an
    item for a co-seal.
    `certificate_pem` is the certificate itself, without its key; empty where the register has not seen it yet.
    `key_place` is a copy to be shown: keys are opened by `places.json` beside them, whatever stands here.
    """

    class State(models.TextChoices):
        ACTIVE = "active", "有效"
        SUSPENDED = "suspended", "停用"
        LOST = "lost", "挂失"
        DESTROYED = "destroyed", "销毁"

    class Picture(models.TextChoices):
        DRAWN = "drawn", "系统绘制"
        UPLOADED = "uploaded", "上传"

    label = models.CharField("印章标识", max_length=40, unique=True)
    code = models.CharField("印章编码", max_length=13, blank=True)
    owner = models.CharField("印章所有者", max_length=100)
    owner_uscc = models.CharField(max_length=18)
    state = models.CharField(max_length=16, choices=State, default=State.ACTIVE)
    items = models.JSONField("可用事项", default=list)
    two_person = models.BooleanField("双人用印", default=False)
    key_place = models.CharField("密钥位置", max_length=200, blank=True)
    picture_sha256 = models.CharField("印模图像摘要", max_length=64, blank=True)
    picture_kind = models.CharField(max_length=8, choices=Picture, default=Picture.DRAWN)
    certificate_pem = models.TextField("签章证书", blank=True)
    certificate_sha256 = models.CharField("签章证书摘要", max_length=64)
    valid_from = models.DateTimeField(null=True)
    valid_until = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code"], condition=~Q(code=""), name="a_seal_code_once")]

    def __str__(self) -> str:
        return self.owner


class OnlyAddedError(TypeError):
    """A row of a history is neither changed nor deleted."""


class SealChange(models.Model):
    """印章状态变更: one step in the life of a seal; rows are only ever added. The first has no state before it."""

    seal = models.ForeignKey(Seal, on_delete=models.PROTECT, related_name="changes")
    before = models.CharField(max_length=16, choices=Seal.State, blank=True)
    after = models.CharField(max_length=16, choices=Seal.State)
    reason = models.CharField("原因", max_length=REASON_LENGTH)
    by = _person(null=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Only once."""
        if self.pk is not None:
            raise OnlyAddedError("the history of a seal is only added to")
        super().save(*args, **kwargs)

    def delete(self, *_: Any, **__: Any) -> Any:
        """Never."""
        raise OnlyAddedError("the history of a seal is only added to")


class SealGrant(models.Model):
    """用印授权: an officer, or everybody of a group, may use the seal for an item, or for all that it is for ("").

    A seal without any grant may be used by every officer of the department; with the first, by those named alone.
    """

    seal = models.ForeignKey(Seal, on_delete=models.PROTECT, related_name="grants")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    group = models.ForeignKey("auth.Group", on_delete=models.PROTECT, null=True, related_name="+")
    item = models.CharField(max_length=40, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    by = _person(null=True)
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = _person(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(user=None, group__isnull=False) | Q(user__isnull=False, group=None),
                name="a_grant_is_to_one",
            ),
            models.CheckConstraint(condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")), name="a_grant_lasts"),
        ]


class SealRelease(models.Model):
    """用印复核: the second officer lets a two-person seal be put on the very bytes that the first approved."""

    certificate = models.ForeignKey("signing.Certificate", on_delete=models.PROTECT, related_name="releases")
    seal = models.ForeignKey(Seal, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    by = _person()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["certificate", "seal", "sha256"], name="one_release_a_seal"),
        ]


class SealUse(models.Model):
    """用印记录: one use of one seal: who, when, for what, the file before and after, and how its validation ended.

    Written down before the key is used, so that no use is without its record; `tries` counts how often that was. A use
    that was never finished stays `begun`, one that was refused or broke off stays `failed`, with its reasons in
    `failures` ([{code, text, first, last, times}]). `before` is the file as it was approved, `after` as it was issued:
    of several seals put on in one go the files in between are never stored.
    """

    class Kind(models.TextChoices):
        CERTIFICATE = "certificate", "证照"
        NOTICE = "notice", "通知书"
        EDITION = "edition", "OFD 版"
        COPY = "copy", "盖章副本"
        FILE = "file", "文件"

    class Result(models.TextChoices):
        BEGUN = "begun", "未完成"
        FAILED = "failed", "未盖成"
        SEALED = "sealed", "待验证"
        VALID = "valid", "有效"
        INVALID = "invalid", "无效"
        UNKNOWN = "unknown", "无法判定"

    seal = models.ForeignKey(Seal, on_delete=models.PROTECT, related_name="uses")
    kind = models.CharField(max_length=12, choices=Kind)
    number = models.CharField("编号", max_length=200)
    case_number = models.CharField(max_length=26, blank=True)
    item = models.CharField("用印事项", max_length=40, blank=True)
    certificate = models.ForeignKey(
        "signing.Certificate", on_delete=models.PROTECT, null=True, related_name="seal_uses"
    )
    by = _person(null=True)
    released_by = _person(null=True)
    used_at = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)
    before_sha256 = models.CharField(max_length=64)
    before_sm3 = models.CharField(max_length=64, blank=True)
    after_sha256 = models.CharField(max_length=64, blank=True)
    after_sm3 = models.CharField(max_length=64, blank=True)
    result = models.CharField(max_length=8, choices=Result, default=Result.BEGUN)
    reasons = models.JSONField("验证理由", default=list)
    failures = models.JSONField("未盖成的原因", default=list)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["seal", "kind", "number", "before_sha256"], condition=~Q(kind="file"), name="one_use_a_paper"
            )
        ]
        indexes = [models.Index(fields=["seal", "-used_at"])]
