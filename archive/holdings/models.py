"""Tables of what is held beside the materials themselves: areas and their projects, consents, names of companies."""

from django.conf import settings
from django.db import models

from archive.models import new_id


class Area(models.Model):
    """区域评估单元: a part of the city that was evaluated as a whole. Its results are held under its code."""

    code = models.CharField("区域评估单元编码", max_length=40, unique=True)
    name = models.CharField("区域名称", max_length=200)
    keeper = models.CharField("管理机构", max_length=200, blank=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class AreaProject(models.Model):
    """A project that lies inside an area, from a day and, where it left, until the last day inside; both count."""

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="projects")
    project_code = models.CharField("项目代码", max_length=24, db_index=True)
    since = models.DateField("纳入日期")
    until = models.DateField("移出日期", null=True)

    class Meta:
        ordering = ["area", "project_code", "since"]
        constraints = [
            models.UniqueConstraint(fields=["area", "project_code", "since"], name="one_row_a_stay_in_an_area")
        ]


class Consent(models.Model):
    """授权同意: whose materials may serve whose case. A row is never deleted; withdrawn, it permits nothing more.

    `giver` is a company by its code, or a person by `person_key`. `for_whom` is the applicant who may be served, and
    `project_code` the project; empty: any. `type` is a material type; empty: every one that is the giver's.
    """

    class Giver(models.TextChoices):
        COMPANY = "company", "单位"
        PERSON = "person", "个人"

    number = models.CharField(max_length=26, unique=True, default=new_id)
    giver_kind = models.CharField(max_length=8, choices=Giver)
    giver = models.CharField("授权主体", max_length=200)
    type = models.CharField("材料类型", max_length=16, blank=True)
    for_whom = models.CharField("被授权单位", max_length=18, blank=True)
    project_code = models.CharField("项目代码", max_length=24, blank=True)
    case_number = models.CharField("取得授权的办件", max_length=26, blank=True)
    how = models.CharField("授权方式", max_length=200)
    given_at = models.DateTimeField("授权时间")
    until = models.DateField("授权至", null=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField("撤回时间", null=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["giver_kind", "giver"], name="consents_of_a_giver")]


class CompanyName(models.Model):
    """名称沿革: a name under which a company, known by its code, was on record, and since when; made from manifests."""

    uscc = models.CharField("统一社会信用代码", max_length=18)
    name = models.CharField("名称", max_length=500)
    since = models.DateTimeField()

    class Meta:
        ordering = ["uscc", "since", "id"]
        constraints = [models.UniqueConstraint(fields=["uscc", "name"], name="one_row_a_name_of_a_company")]
