"""What clerks settled, as examples that the learned part of recognition is taught with."""

import datetime as dt
from collections.abc import Iterator

from ingest.models import Material, Page
from ocr import Example, from_json


def corrected_examples(since: dt.datetime | None = None) -> Iterator[Example]:
    """The text of every document whose type a clerk named, with that type; oldest first.

    A clerk names a type where the program had named none or another, so these are the ones it can learn from. One that
    belongs to no type teaches nothing, and neither does a withdrawn file. `since` leaves out uploads handed in before.
    """
    found = Material.objects.exclude(type="").filter(
        corrected_by__isnull=False, upload__withdrawn_at=None, withdrawn_at=None
    )
    if since is not None:
        found = found.filter(upload__uploaded_at__gte=since)
    for material in found.select_related("upload").order_by("pk"):
        pages = Page.objects.filter(upload=material.upload, number__in=material.pages).order_by("number")
        yield Example(material.type, "\n".join(from_json(page.reading).text for page in pages if page.reading))
