"""Tables of the sets of drawings: the set of a works, its versions, their sheets, and what was decided on which."""

from django.conf import settings
from django.db import models

from ingest.drawings.content import SheetFacts
from ingest.drawings.states import KIND_NAMES, STATE_NAMES, Kind, Link, State


class DrawingSet(models.Model):
    """一套图纸: the drawings of one works, or of a project whose cases name no works."""

    project = models.ForeignKey("ingest.Project", on_delete=models.PROTECT, related_name="drawing_sets")
    works = models.ForeignKey("ingest.Works", on_delete=models.PROTECT, null=True, related_name="drawing_sets")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "works"], name="one_set_a_works"),
            models.UniqueConstraint(
                fields=["project"], condition=models.Q(works=None), name="one_set_a_project_without_works"
            ),
        ]

    @property
    def code(self) -> str:
        """图纸集编号: what the set is known by in papers, for all its versions, so by the project's first code."""
        first = next(iter(self.project.former_codes), self.project.code)
        return f"TZ-{first}-{self.pk:04d}"

    @property
    def chain(self) -> tuple[Link, ...]:
        """The versions as the state machine sees them, oldest first."""
        return tuple(version.link for version in self.versions.order_by("number"))


class SetVersion(models.Model):
    """A version of a set, from one submission. `supersedes` is the number of the one before it in its line.

    The version that is `reviewed` is the current approved one; the table has room for one of them a set.
    """

    set = models.ForeignKey(DrawingSet, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField("版次")
    kind = models.CharField(max_length=16, choices=[(one.value, KIND_NAMES[one]) for one in Kind])
    state = models.CharField(max_length=16, choices=[(one.value, STATE_NAMES[one]) for one in State])
    supersedes = models.PositiveIntegerField(null=True)
    digest = models.CharField("图纸摘要", max_length=64)
    case = models.ForeignKey("ingest.Case", on_delete=models.PROTECT, related_name="drawing_versions")
    begun_at = models.DateTimeField()
    # How it was approved: by a review's decision or on a certificate of one; kept when it is superseded.
    review = models.JSONField("审查结果", null=True)
    reviewed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["set_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["set", "number"], name="one_version_a_number"),
            models.UniqueConstraint(
                fields=["set"], condition=models.Q(state=State.REVIEWED.value), name="one_reviewed_a_set"
            ),
        ]

    @property
    def link(self) -> Link:
        """The version in its chain."""
        return Link(self.number, Kind(self.kind), State(self.state), self.supersedes)

    @property
    def present(self) -> "models.QuerySet[Sheet]":
        """Its sheets."""
        return self.sheets.filter(taken_out_at=None)

    @property
    def facts(self) -> tuple[SheetFacts, ...]:
        """Its sheets as they are compared."""
        return tuple(sheet.facts for sheet in self.present)


ROOM = {
    "number": 60,
    "title": 200,
    "discipline": 40,
    "revision": 40,
    "date": 20,
    "review_seal": 200,
    "project_name": 200,
}
"""What a title block says of a sheet, and how many characters each value may have."""


class Sheet(models.Model):
    """A sheet of a version: what its title block says, corrected or as read, and where it came from.

    `upload` and `original` name the file that brought it, which may belong to an earlier submission (`carried`).
    `listed` are the rows of a drawing list, `ingest.sheets.ListRow` as JSON (in rows of before, their numbers alone).
    The row is never deleted.
    """

    version = models.ForeignKey(SetVersion, on_delete=models.PROTECT, related_name="sheets")
    upload = models.CharField(max_length=26)
    original = models.CharField(max_length=64)
    page = models.PositiveIntegerField()
    picture_sha256 = models.CharField(max_length=64, db_index=True)
    number = models.CharField("图号", max_length=ROOM["number"], blank=True)
    key = models.CharField(max_length=80, db_index=True)
    title = models.CharField("图名", max_length=ROOM["title"], blank=True)
    discipline = models.CharField("专业", max_length=ROOM["discipline"], blank=True)
    revision = models.CharField("版本", max_length=ROOM["revision"], blank=True)
    date = models.CharField("出图日期", max_length=ROOM["date"], blank=True)
    review_seal = models.CharField("审查专用章", max_length=ROOM["review_seal"], blank=True)
    project_name = models.CharField("工程名称", max_length=ROOM["project_name"], blank=True)
    scores = models.JSONField(default=dict)
    boxes = models.JSONField(default=dict)
    listed = models.JSONField("目录所列图号", default=list)
    carried = models.BooleanField("沿用前一版", default=False)
    taken_out_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["version_id", "discipline", "key", "id"]

    @property
    def facts(self) -> SheetFacts:
        """The sheet as it is compared."""
        return SheetFacts(
            number=self.number,
            original=self.original,
            page=self.page,
            picture=self.picture_sha256,
            title=self.title,
            discipline=self.discipline,
            revision=self.revision,
            date=self.date,
            review_seal=self.review_seal,
        )

    def set_value(self, field: str, value: str) -> None:
        """Change what the title block says; the key follows the number."""
        setattr(self, field, value)
        self.key = self.facts.key


CORRECTABLE = ("number", "title", "discipline", "revision", "date", "review_seal")
"""What a person may put right on a sheet."""


class SheetCorrection(models.Model):
    """What a person put right on a sheet: as it was before and as it should be. The last one not undone holds."""

    sheet = models.ForeignKey(Sheet, on_delete=models.PROTECT, related_name="corrections")
    field = models.CharField(max_length=20)
    before = models.CharField(max_length=200, blank=True)
    after = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]


class SameSheet(models.Model):
    """A person held two pictures of a sheet against each other and found that they show the same."""

    set = models.ForeignKey(DrawingSet, on_delete=models.PROTECT, related_name="same_sheets")
    before = models.CharField(max_length=64)
    after = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]


class Submission(models.Model):
    """A file of a case that is of a version: it made it, added to it, or brought again what is in it."""

    version = models.ForeignKey(SetVersion, on_delete=models.PROTECT, related_name="submissions")
    case = models.ForeignKey("ingest.Case", on_delete=models.PROTECT, related_name="drawing_submissions")
    upload = models.CharField(max_length=26, db_index=True)
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]


class VersionUse(models.Model):
    """Which version a case was accepted, and decided, on, as it was then: its digest, and all of it in `record`."""

    class Moment(models.TextChoices):
        ACCEPTED = "accepted", "受理"
        DECIDED = "decided", "决定"

    version = models.ForeignKey(SetVersion, on_delete=models.PROTECT, related_name="uses")
    case = models.ForeignKey("ingest.Case", on_delete=models.PROTECT, related_name="drawing_uses")
    moment = models.CharField(max_length=16, choices=Moment)
    digest = models.CharField(max_length=64)
    record = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["version", "case", "moment", "digest"], name="one_use_a_moment")]


class SheetDifference(models.Model):
    """The visual difference of two pictures of a sheet, kept once it was computed; made again from them at any time.

    `registered` tells whether they could be laid over each other; `places` are the changed ones in pixels of the old
    picture with what happened there, `texts` the words that changed, `changed` the share of the ink (0 to 1).
    """

    before = models.CharField(max_length=64)
    after = models.CharField(max_length=64)
    picture_sha256 = models.CharField(max_length=64, blank=True)
    registered = models.BooleanField(default=False)
    places = models.JSONField(default=list)
    texts = models.JSONField(default=list)
    changed = models.FloatField("变化占比")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["before", "after"], name="one_difference_a_pair")]
