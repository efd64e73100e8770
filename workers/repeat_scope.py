"""Where a repeat may be looked for: what belongs to this case's own subjects. Of anybody else's nothing is ever said.

That somebody else handed in the same bytes is his affair; whoever asked could guess from it what lies here.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Sequence

from django.db.models import Q, QuerySet
from django.utils import timezone

import ingest
from archive import HeldMaterial, holdings
from ingest import Case, Upload

STOPPED = (Upload.State.REFUSED, Upload.State.QUARANTINED, Upload.State.CONFIDENTIAL)
"""Files that went no further: nothing stands on them, so nothing is a repeat of them."""


def held_in_scope(case: Case) -> QuerySet[HeldMaterial]:
    """What the archive holds of the case's applicant, project (under all its codes), works, and areas it lies in."""
    codes = case.project.codes
    mine = Q(subject_kind="project", subject__in=codes)
    if case.applicant_uscc:
        mine |= Q(subject_kind="company", subject=case.applicant_uscc)
    if case.works:
        mine |= Q(subject_kind="works", subject__in=[f"{code}/{case.works.name}" for code in codes])
    if areas := holdings.areas_of(codes, timezone.localdate()):
        mine |= Q(subject_kind="area", subject__in=areas)
    return HeldMaterial.objects.filter(mine).select_related("package")


def files_in_scope(case: Case) -> QuerySet[Upload]:
    """Files that were handed in for other cases of the same project or the same applicant."""
    mine = Q(case__project=case.project_id)
    if case.applicant_uscc:
        mine |= Q(case__applicant_uscc=case.applicant_uscc)
    rows = Upload.objects.filter(mine, withdrawn_at=None, duplicate_of=None).exclude(state__in=STOPPED)
    return rows.exclude(case__in=case.beside).select_related("case").order_by("pk")


def is_own(upload: Upload, case: Case) -> bool:
    """Whether a file was handed in for the case, one beside it, or another of its project or applicant."""
    return case.beside.filter(pk=upload.case_id).exists() or files_in_scope(case).filter(pk=upload.pk).exists()


def asking(case: Case, held: HeldMaterial) -> list[Case]:
    """The open cases beside, and this one, whose list asks for the held material and that may have it."""
    open_ones = case.beside.filter(state=Case.State.OPEN).select_related("project", "works")
    return [
        one
        for one in open_ones
        if ingest.item_of(one).requirement(held.type) and held_in_scope(one).filter(pk=held.pk).exists()
    ]


def pair_of(one: tuple[str, Sequence[int]], other: tuple[str, Sequence[int]]) -> str:
    """The name of two documents, each the digest of its file and its pages there, whichever comes first."""
    documents = sorted([[sha256, sorted(pages)] for sha256, pages in (one, other)])
    return hashlib.sha256(json.dumps(documents).encode()).hexdigest()


def why_not_valid(held: HeldMaterial, on: dt.date) -> str:
    """Why the archived material no longer stands on that day, in words; empty while it does."""
    validity = holdings.still_valid(held, on)
    return "" if validity.holds else validity.message
