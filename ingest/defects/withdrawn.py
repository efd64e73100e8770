"""What was withdrawn and is handed in all the same: given back with the reason, never a condition (清单之外无审批)."""

from collections.abc import Iterator
from pathlib import PurePath

from rapidfuzz import fuzz

from catalogue import Item, load_catalogue, squeeze, withdrawn_materials
from ingest.defects.words import defect
from ingest.report import Defect, Presented
from ocr import headings_of

SAME_TITLE = 80.0
"""How alike a heading and a withdrawn name must be: one misread character of six (83) is forgiven, two are not (67)."""


def find_withdrawn(document: Presented, item: Item) -> Iterator[Defect]:
    """That a document which stands for no entry is one the item may not ask for any more, known by its name."""
    reasons = withdrawn_materials(item)
    said = [PurePath(document.file.replace("\\", "/")).stem]
    if document.type:
        said.append(load_catalogue().material_type(document.type).name)
    if document.readings:
        said += [heading.text for heading in headings_of(document.readings[0])]
    for name, reason in reasons.items():
        plain = squeeze(name)
        if any(plain in squeeze(one) or fuzz.ratio(plain, squeeze(one)) >= SAME_TITLE for one in said):
            yield defect(
                "withdrawn-material", page=document.pages[0] if document.pages else None, seen=name, why=reason
            )
            return
