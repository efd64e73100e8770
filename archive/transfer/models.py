"""Tables of handing over and taking in. What they say stands in events, lists and receipts too, all of them kept."""

from django.conf import settings
from django.db import models

from archive.models import Package, new_id


class Partner(models.Model):
    """移交对方: another archive, by the card it gave out: the key it signs with, its log's key, roots of its seals."""

    name = models.CharField("名称", max_length=200, unique=True)
    key = models.CharField("签名公钥", max_length=200)
    log_key = models.CharField("日志公钥", max_length=200)
    roots = models.TextField("信任根", blank=True)
    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return self.name


class Handover(models.Model):
    """移交批次: packages that go to another archive together."""

    class State(models.TextChoices):
        PREPARED = "prepared", "准备中"
        CHECKED = "checked", "已检测"
        SENT = "sent", "已移交"
        RECEIVED = "received", "对方已接收"
        REJECTED = "rejected", "对方退回"
        CLOSED = "closed", "已办结"

    number = models.CharField("批次号", max_length=26, unique=True, default=new_id)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="handovers")
    state = models.CharField(max_length=16, choices=State, default=State.PREPARED)
    # The batch whose refused packages come again in this one.
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="corrections")
    prepared_at = models.DateTimeField()
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    list_sha256 = models.CharField("移交清单", max_length=64, blank=True)
    letter_sha256 = models.CharField("移交书", max_length=64, blank=True)
    statement_sha256 = models.CharField("签名", max_length=64, blank=True)
    checked_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    sent_how = models.CharField("移交方式", max_length=200, blank=True)
    # Of the receipt that was taken in: a second one, or this one again, is refused.
    receipt_number = models.CharField(max_length=26, unique=True, null=True)  # noqa: DJ001 - unique
    receipt_sha256 = models.CharField("接收回执", max_length=64, blank=True)
    receipt_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.number


class HandoverItem(models.Model):
    """A package of a batch. `bags`: as the hand-over list has them; `faults`: of our check, or the receiver's."""

    class State(models.TextChoices):
        WAITING = "waiting", "待组包"
        READY = "ready", "检测合格"
        FAULTY = "faulty", "检测不合格"
        DROPPED = "dropped", "已移出"
        ACCEPTED = "accepted", "对方已接收"
        REFUSED = "refused", "对方退回"

    handover = models.ForeignKey(Handover, on_delete=models.PROTECT, related_name="items")
    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="handed_over")
    state = models.CharField(max_length=16, choices=State, default=State.WAITING)
    bags = models.JSONField(default=list)
    faults = models.JSONField(default=list)
    foreign_number = models.CharField("对方档号", max_length=80, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["handover", "package"], name="one_item_a_package")]


class Accession(models.Model):
    """接收批次: a delivery from another archive, as far as it is taken in."""

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="accessions")
    batch = models.CharField("对方批次号", max_length=26)
    list_sha256 = models.CharField("移交清单", max_length=64)
    began_at = models.DateTimeField()
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    receipt_number = models.CharField(max_length=26, default=new_id)
    receipt_sha256 = models.CharField("接收回执", max_length=64, blank=True)
    letter_sha256 = models.CharField(max_length=64, blank=True)
    statement_sha256 = models.CharField(max_length=64, blank=True)
    receipted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["partner", "batch"], name="one_accession_a_batch")]

    def __str__(self) -> str:
        return self.batch


class AccessionItem(models.Model):
    """A package of a delivery: refused with reasons, or accepted under our numbers and then taken in."""

    class State(models.TextChoices):
        REFUSED = "refused", "退回"
        ACCEPTED = "accepted", "检测合格，入库中"
        IMPORTED = "imported", "已入库"

    accession = models.ForeignKey(Accession, on_delete=models.PROTECT, related_name="items")
    order = models.PositiveIntegerField()
    foreign_package = models.CharField(max_length=500)
    title = models.CharField("题名", max_length=500)
    state = models.CharField(max_length=16, choices=State)
    found = models.JSONField(default=list)
    faults = models.JSONField(default=list)
    notes = models.JSONField(default=list)
    # Elements of the YJ report, which is archived with the package once it is taken in.
    report = models.JSONField(default=list)
    number = models.CharField(max_length=26, default=new_id)
    archive_number = models.CharField("档号", max_length=80, blank=True)
    event = models.CharField(max_length=26, blank=True)
    package = models.ForeignKey(Package, on_delete=models.PROTECT, null=True, related_name="accession")
    settled_at = models.DateTimeField()

    class Meta:
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["accession", "order"], name="one_item_an_order")]
