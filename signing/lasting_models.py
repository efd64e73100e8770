"""Tables of what makes seals last: further seals of one certificate, and the archive timestamps of what was issued."""

from django.conf import settings
from django.db import models


class FurtherSeal(models.Model):
    """会签印章: a seal beside the certificate's own, with the approval of its own officer.

    `order` counts from 2; the certificate's own seal is the first.
    """

    certificate = models.ForeignKey("signing.Certificate", on_delete=models.PROTECT, related_name="further_seals")
    order = models.PositiveSmallIntegerField()
    seal = models.ForeignKey("signing.Seal", on_delete=models.PROTECT, related_name="+")
    approved_sha256 = models.CharField(max_length=64, blank=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["certificate", "order"]
        constraints = [
            models.UniqueConstraint(fields=["certificate", "order"], name="one_seal_an_order"),
            models.UniqueConstraint(fields=["certificate", "seal"], name="a_seal_once_a_certificate"),
        ]


class PreservedFile(models.Model):
    """长期保存文件: an issued file as it stands, and each renewal of it; together the chain of its digests.

    `issued_sha256` names the file as it was issued (order 0 is that file itself); `before_sha256` is what a renewal
    was made from. `ends_at` is when the first certificate behind its newest archive timestamp ends; null: it has none.
    """

    class Kind(models.TextChoices):
        CERTIFICATE = "certificate", "证照"
        NOTICE = "notice", "通知书"

    kind = models.CharField(max_length=12, choices=Kind)
    number = models.CharField("编号", max_length=60)
    case_number = models.CharField(max_length=26)
    issued_sha256 = models.CharField(max_length=64)
    order = models.PositiveSmallIntegerField(default=0)
    before_sha256 = models.CharField(max_length=64, blank=True)
    sha256 = models.CharField(max_length=64, unique=True)
    sm3 = models.CharField(max_length=64, blank=True)
    stamped_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    followed_at = models.DateTimeField(null=True)
    verdict = models.CharField(max_length=8, blank=True)

    class Meta:
        ordering = ["issued_sha256", "order"]
        constraints = [models.UniqueConstraint(fields=["issued_sha256", "order"], name="one_renewal_an_order")]
        indexes = [models.Index(fields=["ends_at"], condition=models.Q(followed_at=None), name="stamps_that_end")]

    def __str__(self) -> str:
        return f"{self.number} ({self.order})"
