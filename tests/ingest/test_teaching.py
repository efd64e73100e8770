"""What a clerk settles teaches the learned part of recognition; what the program found by itself does not."""

import dataclasses
import datetime as dt

import pytest
from django.contrib.auth.models import User

from ingest import Case, Material, Page, Project, Upload, corrected_examples, refile
from ocr import Example, taught, to_json
from tests.ocr.conftest import recorded

NOW = dt.datetime(2026, 11, 22, 1, 30, tzinfo=dt.UTC)
pytestmark = pytest.mark.django_db


def _filed(code: str, case: Case, by: User) -> Material:
    """A recorded scan of that type, filed as nothing yet."""
    pages = [dataclasses.replace(page, number=n) for n, page in enumerate(recorded(code)[0], 1)]
    upload = Upload.objects.create(
        case=case, file_name=f"{code}.pdf", size=1, sha256=code, sm3=code, uploaded_by=by, uploaded_at=NOW
    )
    for page in pages:
        Page.objects.create(
            upload=upload, number=page.number, width=page.width, height=page.height, reading=to_json(page)
        )
    return Material.objects.create(upload=upload, pages=[p.number for p in pages], type="", type_score=0, why="")


def test_only_documents_that_a_clerk_named_are_examples() -> None:
    by = User.objects.create(username="chuangkou")
    project = Project.objects.create(code="2603-990101-04-01-318264", name="基地")
    case = Case.objects.create(
        item_code="S3-05", item_version=1, project=project, applicant_name="江澜", opened_by=by, opened_at=NOW
    )
    named, none, _, withdrawn = (_filed(code, case, by) for code in ("M-CNS", "M-SQB", "OUT-ZB", "M-SQWT"))
    refile(named, "M-CNS", by=by, now=NOW)
    refile(none, "", by=by, now=NOW)
    refile(withdrawn, "M-SQWT", by=by, now=NOW)
    Upload.objects.filter(pk=withdrawn.upload_id).update(withdrawn_at=NOW)

    text = "\n".join(page.text for page in recorded("M-CNS")[0])
    assert list(corrected_examples()) == [Example("M-CNS", text)]
    assert list(corrected_examples(since=NOW + dt.timedelta(days=1))) == []
    lines = text.splitlines()
    assert taught(corrected_examples()).ranked(lines)[0].score > taught().ranked(lines)[0].score
