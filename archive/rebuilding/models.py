"""Tables of rebuilding: what is still to be journalled or copied, and how far long runs are."""

from django.db import models


class JournalMark(models.Model):
    """待记流水: a row that changed and is not in the journal yet as it stands; written in that transaction."""

    model = models.CharField(max_length=60)
    row = models.BigIntegerField()


class JournalHead(models.Model):
    """How far the journal goes: objects of rows, and entries of the log whose private part it holds. One row."""

    rows = models.PositiveBigIntegerField(default=0)
    events = models.PositiveBigIntegerField(default=0)


class RebuildRun(models.Model):
    """重建记录: one rebuild of the database from a store, and how far it is, so that a broken one goes on.

    `faults` is what could not be had or does not agree: [{where, what}].
    """

    store = models.CharField(max_length=200)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    size = models.PositiveBigIntegerField(default=0)
    entries = models.PositiveBigIntegerField(default=0)
    rows = models.PositiveBigIntegerField(default=0)
    faults = models.JSONField(default=list)
    healed = models.JSONField(default=list)


class WaitingCopy(models.Model):
    """待复制: a key that changed at the first site and is not at the second one yet as it stands."""

    key = models.CharField(max_length=1024)
    since = models.DateTimeField()
    deleted = models.BooleanField(default=False)


class SiteComparison(models.Model):
    """双址比对: one comparison of both sites, slice by slice; `done` is the last slice that is finished.

    `differences`: [{key, what, healed}], at most as many as are told; `found` and `healed` count all.
    """

    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    done = models.CharField(max_length=40, blank=True)
    compared = models.PositiveBigIntegerField(default=0)
    found = models.PositiveBigIntegerField(default=0)
    healed = models.PositiveBigIntegerField(default=0)
    differences = models.JSONField(default=list)

    class Meta:
        ordering = ["id"]
