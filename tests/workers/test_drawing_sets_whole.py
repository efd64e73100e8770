"""A set of drawings goes the whole way: handed in as PDF, read, reviewed, archived; a silent change is stopped."""

import dataclasses
import io
import json
from typing import Any

import pytest
from django.utils import timezone

import ingest
from archive import Package, object_key, parse_manifest
from archive.holdings import offers_for, subjects_of
from ingest.drawings import SetVersion, SheetDifference, SheetFacts, State, set_digest
from samples.drawings import DrawnSet, draw_set, set_pdf
from samples.drawings_shapes import THICK, line
from samples.world import BUILDER_OWNER, PROJECT, PROJECT_CODE, WORKS
from tests.workers.casework import reported
from tests.workers.steps import account
from tests.workers.test_pipeline import drain
from workers import NotPossibleError, accept, add_files, difference_of, give_opinion, open_case, prepare, refile, zone
from workers.zones import read_anywhere

pytestmark = [pytest.mark.stack, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]


def opened(item: str) -> ingest.Case:
    return open_case(
        item,
        project_code=PROJECT_CODE,
        project_name=PROJECT,
        works_name=WORKS["1号厂房"].name,
        applicant_name=BUILDER_OWNER.name,
        applicant_uscc=BUILDER_OWNER.code,
        answers={"sensitive": "否"},
        by=account("clerk"),
    )


def handed_in(case: ingest.Case, drawn: DrawnSet, name: str) -> SetVersion:
    """The set at the counter; the clerk says what it is where the recogniser does not."""
    (upload,) = add_files(case, [(name, io.BytesIO(set_pdf(drawn)))], by=account("clerk"))
    drain()
    for material in upload.materials.filter(withdrawn_at=None).exclude(type="M-SGT"):
        refile(material, "M-SGT", by=account("clerk"))
    drain()
    found = SetVersion.objects.filter(submissions__case=case).last()
    assert found
    return found


def changed(drawn: DrawnSet) -> tuple[DrawnSet, str]:
    """The set with a line drawn across one plan, and that plan's number."""
    sheet = drawn.sheets[-1]
    width, height = sheet.size
    across = line(width * 0.2, height * 0.2, width * 0.6, height * 0.5, THICK)
    other = dataclasses.replace(sheet, shapes=(*sheet.shapes, across))
    return dataclasses.replace(drawn, sheets=(*drawn.sheets[:-1], other)), sheet.values["number"]


def test_a_set_is_read_reviewed_archived_and_guarded() -> None:
    prepare()
    drawn = draw_set(7, count=4)
    review = opened("S3-01")
    first = handed_in(review, drawn, "施工图.pdf")
    told = {sheet.values["number"] for sheet in drawn.sheets if "number" in sheet.values}
    read = set(first.present.values_list("number", flat=True))
    assert len(told & read) >= len(told) - 1, (told, read)
    accept(reported(review), by=account("clerk"))
    drain()
    give_opinion(review, passed=True, text="审查合格", drawings=first.digest, by=account("officer"))
    drain()
    first.refresh_from_db()
    assert first.state == State.REVIEWED
    package = Package.objects.get(case_number=review.number)
    manifest = parse_manifest(zone("archive").read(object_key(package.manifest_sha256)))
    (element,) = [one for one in manifest.elements if one.role == "图纸版次"]
    accepted, kept = json.loads(read_anywhere(element.sha256))
    assert (accepted["moment"], accepted["digest"]) == ("accepted", first.digest)
    originals = {one.sha256 for one in manifest.elements if one.source == "uploaded"}
    assert (kept["digest"], kept["state"]) == (first.digest, "reviewed")
    assert {sheet["original"] for sheet in kept["sheets"]} <= originals
    rows = [SheetFacts(row["number"], row["original"], row["page"], row["picture"]) for row in kept["sheets"]]
    assert set_digest(rows) == first.digest  # anybody can compute it again from the package alone

    permit = opened("S3-05")
    works = subjects_of(project=PROJECT_CODE, works=WORKS["1号厂房"].name)
    offered = {one.entry: one.held for one in offers_for(ingest.item_of(permit), works, timezone.localdate())}
    assert (offered["OUT-ST"].source, offered["OUT-ST"].version) == ("joint", "1")
    other, number = changed(drawn)
    second = handed_in(permit, other, "施工图（新）.pdf")
    assert second.number == first.number + 1
    with pytest.raises(NotPossibleError) as stopped:
        accept(reported(permit), by=account("clerk"))
    assert (stopped.value.code, number in str(stopped.value)) == ("drawings-differ", True)

    pair: list[Any] = [version.present.get(number=number) for version in (first, second)]
    difference_of(*pair)
    drain()
    found = difference_of(*pair)
    assert isinstance(found, SheetDifference)
    assert found.places
    assert read_anywhere(found.picture_sha256).startswith(b"\x89PNG")
