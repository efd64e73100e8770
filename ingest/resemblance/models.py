"""Tables of the fingerprints. Both are made from readings that lie elsewhere, and can be made again at any time."""

from django.db import models

from archive import HeldMaterial
from ingest.models import Material


class PrintRow(models.Model):
    """指纹: a document that later ones are held against, handed in or archived; one row each."""

    material = models.OneToOneField(Material, on_delete=models.CASCADE, null=True, related_name="print")
    held = models.OneToOneField(HeldMaterial, on_delete=models.CASCADE, null=True, related_name="print")
    sha256 = models.CharField("文件摘要", max_length=64)
    type = models.CharField("材料类型", max_length=16, blank=True)
    page_count = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(material__isnull=False) ^ models.Q(held__isnull=False), name="one_document_a_print"
            )
        ]


class PrintKey(models.Model):
    """A hashed mark of a print: a number on it, a name in a field, a band of its text, a picture, or its file.

    The key comes first in the primary key, so that the prints of a key lie together in one index and nothing else is
    read to find them.
    """

    pk = models.CompositePrimaryKey("key", "print")
    key = models.BigIntegerField()
    print = models.ForeignKey(PrintRow, on_delete=models.CASCADE, related_name="keys")
