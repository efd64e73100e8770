"""The words of every defect, read from `words.yaml`, and the one way in which a defect is made from them."""

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

from ingest.report import Defect, Presented
from ocr import FieldValue, Quad

Weight = Literal["serious", "question", "note"]
"""What a defect does to its entry: not met; a person must look; nothing."""

Story = Literal["type", "reading", "pages", "seal", "time", "subject", "number", "whole", "code"]
"""Whose affair a defect is; each story but one has a file of its name beside this one."""


class Words(BaseModel):
    """One defect: its code, its usual weight, the sentences for clerk and applicant, the remedy, and when it is found.

    The names in braces are filled in when the defect is made.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    story: Story
    weight: Weight
    clerk: str
    applicant: str
    remedy: str
    when: str


@functools.cache
def _load() -> Mapping[str, Words]:
    listed = yaml.safe_load((Path(__file__).parent / "words.yaml").read_text(encoding="utf-8"))
    words = [Words.model_validate(entry) for entry in listed]
    found = {entry.code: entry for entry in words}
    if len(found) != len(words):
        raise ValueError("words.yaml has a code twice")
    return found


WORDS: Mapping[str, Words] = _load()
"""Every defect by its code, story by story."""


def defect(  # noqa: PLR0913 - where it is seen, how much it weighs, what it says
    code: str,
    value: FieldValue | None = None,
    *,
    page: int | None = None,
    box: Quad | None = None,
    weight: Weight | None = None,
    at: Presented | None = None,
    **words: object,
) -> Defect:
    """The defect of that code with its words filled in, seen at a field's value or at a page and box.

    `weight` is given where it differs from the usual; `at` is the document it is seen on, where that is not the one
    that stands for the entry.
    """
    entry = WORDS[code]
    heavy = weight or entry.weight
    said = {"page": page, **words}
    return Defect(
        code,
        entry.clerk.format(**said),
        entry.remedy.format(**said),
        value.page if value else page,
        value.box if value else box,
        serious=heavy == "serious",
        applicant=entry.applicant.format(**said),
        asks=heavy == "question",
        file=at.file if at else "",
        ref=at.ref if at else "",
    )
