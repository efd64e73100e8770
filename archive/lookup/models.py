"""Tables of finding and using. The two of the search are made from the objects in the archive alone."""

from django.db import models

from archive.lookup.policy import Form, Purpose
from archive.models import Access, Package, new_id


class PackageEntry(models.Model):
    """著录项: what a package is found by, as its manifest and its list of materials say.

    `projects`, `companies`, `archive_numbers` and `certificates` are texts of `bigram_text`: names and numbers as the
    search sees them. `year` is that in which the case was closed, by the clock of the installation.
    """

    package = models.OneToOneField(Package, on_delete=models.CASCADE, related_name="entry")
    item_code = models.CharField("事项编码", max_length=40, db_index=True)
    item_name = models.CharField("事项", max_length=200)
    project_name = models.CharField("项目名称", max_length=500)
    works_name = models.CharField("工程名称", max_length=500, blank=True)
    applicant_name = models.CharField("申请人", max_length=500)
    applicant_uscc = models.CharField("统一社会信用代码", max_length=18, blank=True)
    year = models.PositiveSmallIntegerField("年度", db_index=True)
    filed_at = models.DateTimeField()
    numbers = models.JSONField("证照编号", default=list)
    projects = models.TextField()
    companies = models.TextField()
    archive_numbers = models.TextField()
    certificates = models.TextField(blank=True)
    # Whether the case came to a certificate, and whether it is there as a file, and sealed (elements 23 and 24).
    certifiable = models.BooleanField("应有证照", default=False)
    certified = models.BooleanField("电子证照", default=False)
    sealed = models.BooleanField("电子印章", default=False)

    class Meta:
        indexes = [models.Index(fields=["-filed_at"], name="newest_filed_first")]


class ArchivedText(models.Model):
    """What can be read in a package: one row a page, one a text, and one (without a path) for the manifest itself.

    `source` is the package that a manifest names: the package's own, or that of a follow-up. The database keeps its
    index of `bigrams` itself.
    """

    package = models.ForeignKey(Package, on_delete=models.CASCADE, related_name="texts")
    source = models.CharField(max_length=500)
    path = models.CharField(max_length=700, blank=True)
    name = models.CharField(max_length=500)
    role = models.CharField(max_length=500)
    sha256 = models.CharField(max_length=64, blank=True)
    page = models.PositiveIntegerField(default=0)
    text = models.TextField()
    bigrams = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["package", "source", "path", "page"], name="one_text_a_page_archived")
        ]


class Retrieval(models.Model):
    """调档: a file of the archive that somebody asked to see, what they were given, and until when it can be fetched.

    `number` is printed on the copy and answers on the verification page; `manifest_sha256` is that of the package or of
    the follow-up that the file is of; `record_sha256` the account of it all that lies in the archive.
    """

    class State(models.TextChoices):
        ASKED = "asked", "制作中"
        READY = "ready", "可领取"
        FAILED = "failed", "未能提供"
        CLEANED = "cleaned", "已清除"

    access = models.OneToOneField(Access, on_delete=models.PROTECT, related_name="retrieval")
    number = models.CharField("利用编号", max_length=26, unique=True, default=new_id)
    purpose = models.CharField("利用目的", max_length=16, choices=Purpose)
    form = models.CharField("利用方式", max_length=12, choices=Form)
    masked = models.BooleanField("遮盖个人标识")
    manifest_sha256 = models.CharField(max_length=64)
    path = models.CharField(max_length=700)
    name = models.CharField(max_length=500)
    role = models.CharField(max_length=500)
    sha256 = models.CharField(max_length=64)
    media_type = models.CharField(max_length=100)
    state = models.CharField(max_length=8, choices=State, default=State.ASKED)
    fault = models.CharField(max_length=300, blank=True)
    pages = models.PositiveIntegerField(default=0)
    hidden = models.PositiveIntegerField(default=0)
    given_sha256 = models.CharField(max_length=64, blank=True)
    given_size = models.BigIntegerField(default=0)
    record_sha256 = models.CharField(max_length=64, blank=True)
    ready_at = models.DateTimeField(null=True)
    keep_until = models.DateTimeField(null=True)
    fetched = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.number
