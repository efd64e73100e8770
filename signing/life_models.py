"""The table of what was done to certificates after they were issued: rows are only ever added."""

from typing import Any, NoReturn

from django.conf import settings
from django.db import models

from signing.life import RULES, Act


class AppendOnlyError(TypeError):
    """A row of the history was to be changed or deleted; write a new one that tells what came after."""


class _Rows(models.QuerySet["CertificateAct"]):
    def update(self, **_: Any) -> NoReturn:
        raise AppendOnlyError("the history of a certificate is only added to")

    def delete(self) -> NoReturn:
        raise AppendOnlyError("the history of a certificate is only added to")


class CertificateAct(models.Model):
    """证照变动记录: one act on one version, with reason, basis, officer (none: it followed by itself) and day."""

    certificate = models.ForeignKey("signing.Certificate", on_delete=models.PROTECT, related_name="acts")
    act = models.CharField(max_length=12, choices=[(act.value, RULES[act].name) for act in Act])
    before = models.CharField(max_length=16)
    after = models.CharField(max_length=16)
    reason = models.CharField("理由", max_length=500)
    basis = models.CharField("依据", max_length=500, blank=True)
    decided_on = models.DateField("决定日期")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()
    successor = models.ForeignKey("signing.Certificate", on_delete=models.PROTECT, null=True, related_name="+")
    changes = models.JSONField("变动内容", default=dict)

    objects = _Rows.as_manager()

    class Meta:
        ordering = ["pk"]

    def save(self, *args: Any, **options: Any) -> None:
        """Add the row; one that is there already is not changed."""
        if self.pk is not None:
            raise AppendOnlyError("the history of a certificate is only added to")
        super().save(*args, **options)

    def delete(self, *_: Any, **__: Any) -> NoReturn:
        """Never."""
        raise AppendOnlyError("the history of a certificate is only added to")
