"""What a clerk puts right on the case page: what a document is, what a field says, which pages belong together."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

import ingest
from catalogue import load_catalogue
from workers.cases import require_changeable, tell_all
from workers.drawing_sets import request_sheets
from workers.groundwork import NotPossibleError, request_checks
from workers.looking_again import look_again
from workers.steps import remember

LOCKED = "该办件已受理，不能改归类"


@transaction.atomic
def refile(material: ingest.Material, type_code: str, *, by: Any) -> None:
    """The clerk says what a document is."""
    require_changeable(material.upload, LOCKED)
    before, users = material.type, ingest.users_of(material.upload)
    made = ingest.refile(material, type_code, by=by, now=timezone.now())
    said = f"将“{material.upload.file_name}”归入“{name_of(type_code)}”"
    remember(material.upload.case, "corrected", said, by=by, correction=made.pk)
    _done("material-refiled", material.upload, users, by, material=material.pk, before=before, after=type_code)


@transaction.atomic
def correct_field(material: ingest.Material, field: str, text: str, *, by: Any) -> str:
    """The clerk types what a field says; gives the value as it is written now."""
    require_changeable(material.upload, "该办件已受理，不能再更正")
    users = ingest.users_of(material.upload)
    try:
        made = ingest.correct_field(material, field, text, by=by, now=timezone.now())
    except ingest.BadCorrectionError as wrong:
        raise NotPossibleError("bad-value", str(wrong)) from wrong
    remember(material.upload.case, "corrected", f"将“{field}”更正为“{made.after}”", by=by, correction=made.pk)
    _done("field-corrected", material.upload, users, by, material=material.pk, field=field, correction=made.pk)
    return made.after


def split(material: ingest.Material, first: int, *, by: Any) -> None:
    """Begin a new document at that page."""
    said = f"从第{first}页起另成一份材料"
    _regroup([material], lambda: ingest.divide(material, first), said, by)


def take_out(material: ingest.Material, page: int, type_code: str, *, by: Any) -> None:
    """Take one page out of a document and file it by itself."""
    said = f"将第{page}页单独归入“{name_of(type_code)}”"
    _regroup([material], lambda: ingest.take_out(material, page, type_code), said, by)


def join(material: ingest.Material, into: ingest.Material, *, by: Any) -> None:
    """Let the pages of a document belong to another one of the same file."""
    pages = tuple(sorted({*into.pages, *material.pages}))
    said = f"将第{'、'.join(map(str, material.pages))}页并入“{name_of(into.type)}”"
    _regroup([into, material], lambda: [(pages, into.type)], said, by)


@transaction.atomic
def _regroup(old: Sequence[ingest.Material], parts: Callable[[], Sequence[ingest.Part]], said: str, by: Any) -> None:
    upload = old[0].upload
    require_changeable(upload, LOCKED)
    if any(material.withdrawn_at for material in old):
        raise NotPossibleError("regrouped", "该材料刚被重新分合过，请看更新后的清单")
    users = ingest.users_of(upload)
    try:
        made = ingest.regroup(old, parts(), by=by, now=timezone.now())
    except ingest.BadGroupingError as wrong:
        raise NotPossibleError("bad-grouping", str(wrong)) from wrong
    ids = {"old": [m.pk for m in old], "made": [m.pk for m in made]}
    remember(upload.case, "regrouped", said, by=by, **ids)
    _done("documents-regrouped", upload, users, by, **ids, parts=[[m.type, m.pages] for m in made])


def name_of(type_code: str) -> str:
    """What a material is called; one that belongs to no entry has a name too."""
    return load_catalogue().material_type(type_code).name if type_code else "其他材料"


def _done(kind: str, upload: ingest.Upload, users: Sequence[ingest.Case], by: Any, **details: Any) -> None:
    """Tell it of every case that the file stood for or stands for now, and have them checked."""
    tell_all(kind, upload, [*users, *ingest.users_of(upload)], by, **details)
    request_sheets(upload)
    request_checks(upload.case)
    look_again(upload)
