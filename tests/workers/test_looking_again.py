"""Each sorted document is held against what is here of the same subjects: asked about, told, or left alone."""

import dataclasses
import datetime as dt
import functools
import io
from typing import Any

import pytest
from PIL import Image

import ingest
from archive import HeldMaterial
from ingest import Case, Material, Page, Upload, resemblance
from ocr import PageReading, to_json
from portal.roles import Role
from tests.ocr.conftest import recorded
from tests.portal import factories
from tests.workers.casework import run
from workers import Job, Repeat, asked_of, keep_new
from workers.looking_again import _likeness, _presented, look_again
from workers.repeat_words import Found, found_to_be

pytestmark = pytest.mark.django_db
ENTRY = "M-YYZZ"
OTHER_NAME = {"晨曦智能装备": "暮云重型机械"}


@pytest.fixture
def clerk() -> Any:
    return factories.user(Role.CLERK)


def licence(**changed: str) -> PageReading:
    """A recorded scan of a licence; `changed` are words that read otherwise."""
    [page] = recorded(ENTRY)[0]
    for before, after in changed.items():
        lines = tuple(dataclasses.replace(line, text=line.text.replace(before, after)) for line in page.lines)
        assert lines != page.lines, before
        page = dataclasses.replace(page, lines=lines)
    return page


@functools.cache
def white(width: int, height: int) -> bytes:
    """A bare page: what stands on it is in its reading."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), "white").save(out, "JPEG")
    return out.getvalue()


def filed(case: Case, page: PageReading, name: str) -> Upload:
    """A file with that page, sorted."""
    upload = factories.upload(case, name)
    row = {"width": page.width, "height": page.height, "picture_sha256": factories.kept(white(page.width, page.height))}
    Page.objects.create(upload=upload, number=1, reading=to_json(page), **row)
    for material in ingest.file_documents(upload, ingest.sort_documents([page]), now=factories.NOW):
        resemblance.enter_material(material)
    return upload


def looked(upload: Upload) -> Repeat | None:
    """What looking at it again finds."""
    look_again(upload)
    run("repeat")
    return Repeat.objects.filter(upload=upload).first()


def test_the_same_page_scanned_again_is_asked_about(clerk: Any) -> None:
    case = factories.case(clerk)
    first = filed(case, licence(), "一.jpg")
    again = looked(filed(case, licence(), "二.jpg"))
    assert again
    assert (again.kind, again.state, again.earlier) == ("same", "proposed", first.materials.get())
    assert looked(first) is None  # of two the later one repeats the earlier
    Upload.objects.filter(pk=again.upload_id).update(sha256=first.sha256)  # the very same bytes, let in on purpose
    once_more = looked(again.upload)
    assert once_more
    assert once_more.kind == "same"


def test_an_archived_one_is_named(clerk: Any) -> None:
    case, held = factories.case(clerk), held_one(clerk)
    again = looked(filed(case, licence(), "二.jpg"))
    assert again
    assert (again.state, again.held, again.earlier) == ("proposed", held, None)
    assert held.package.archive_number in again.why


def test_an_archived_document_on_other_pages_of_the_file_is_not_taken_for_it(clerk: Any) -> None:
    held = held_one(clerk)
    HeldMaterial.objects.filter(pk=held.pk).update(pages=[2])
    assert looked(filed(factories.case(clerk), licence(), "二.jpg")) is None


def test_without_the_pictures_words_alone_call_nothing_the_same(clerk: Any) -> None:
    held = held_one(clerk)
    Page.objects.filter(upload__sha256=held.sha256).update(picture_sha256=factories.digest("gone"))
    asked = looked(filed(factories.case(clerk), licence(), "二.jpg"))
    assert asked
    assert (asked.kind, asked.state) == ("unsure", "proposed")


def test_of_what_is_another_applicants_nothing_is_asked_and_nothing_said(clerk: Any) -> None:
    elsewhere = {"applicant_uscc": "91990101MA99999999", "project": other_project(), "works": None}
    filed(factories.case(clerk, **elsewhere), licence(), "一.jpg")
    held = held_one(clerk)
    held.subject = "91990101MA99999999"
    held.save()
    assert looked(filed(factories.case(clerk), licence(), "二.jpg")) is None


def test_what_a_case_under_way_has_is_told_and_counts_as_it_came(clerk: Any) -> None:
    before = factories.case(clerk)
    filed(before, licence(), "一.jpg")
    told = looked(filed(factories.case(clerk), licence(), "二.jpg"))
    assert told
    assert (told.state, told.earlier is None) == ("told", False)
    assert f"{before.number} 尚未归档" in told.why


def test_one_that_lapsed_is_told_to_be_the_same_and_is_not_offered(clerk: Any) -> None:
    held = held_one(clerk)
    HeldMaterial.objects.filter(pk=held.pk).update(valid_until=factories.NOW.date())
    told = looked(filed(factories.case(clerk), licence(), "二.jpg"))
    assert told
    assert told.state == "told"
    assert str(factories.NOW.date()) in told.why


def test_the_same_form_with_another_name_is_another_document_and_the_sentence_says_what_differs(clerk: Any) -> None:
    case = factories.case(clerk)
    filed(case, licence(), "一.jpg")
    told = looked(filed(case, licence(**OTHER_NAME), "二.jpg"))
    assert told
    assert (told.kind in {"different", "new-version"}, told.state) == (True, "told")
    assert next(iter(OTHER_NAME.values())) in told.why
    assert not asked_of(case).exists()


@pytest.mark.parametrize(
    ("brought", "kind", "said"),
    [("2031", "new-version", "归档后取代旧版"), ("2019", "different", "较早的版本")],
)
def test_only_the_later_of_two_versions_is_said_to_replace_the_archived_one(
    clerk: Any, brought: str, kind: str, said: str
) -> None:
    held = held_one(clerk)
    scan = filed(factories.case(clerk), licence(), "二.jpg")
    told = version_of(held, scan, brought)
    assert (told.kind, told.asks, said in told.why) == (kind, False, True)
    HeldMaterial.objects.filter(pk=held.pk).update(source="certificate")
    held.refresh_from_db()
    told = version_of(held, scan, brought)
    assert (told.kind, "取代" in told.why) == ("different", False)


def version_of(held: HeldMaterial, scan: Upload, year: str) -> Found:
    """What is said of a scan that bears the archived one's number and ends in that year."""
    material = scan.materials.get()
    held.number, held.valid_until = material.number, dt.date(2024, 5, 1)
    material.valid_until = dt.date(int(year), 5, 1)
    return found_to_be(material, held, None, resemblance.Likeness("new-version", why="日期不同"), "pair")


def test_a_scan_of_what_was_issued_here_is_asked_about_and_another_number_is_another(clerk: Any) -> None:
    held = held_one(clerk)
    scan = filed(factories.case(clerk), licence(), "二.jpg").materials.get()
    number = scan.number
    HeldMaterial.objects.filter(pk=held.pk).update(fields={}, number=number, sha256=factories.digest("issued"))
    held.refresh_from_db()
    assert compared_with(scan, held).verdict == "unsure"
    held.number = f"{number[:-1]}{'A' if number[-1] != 'A' else 'B'}"
    assert compared_with(scan, held).verdict == "different"


def compared_with(scan: Material, held: HeldMaterial) -> resemblance.Likeness:
    return _likeness(scan, None, _presented(held, None))


def test_two_documents_told_apart_once_are_never_asked_about_again(clerk: Any) -> None:
    case = factories.case(clerk)
    filed(case, licence(), "一.jpg")
    asked = looked(filed(case, licence(), "二.jpg"))
    assert asked
    keep_new(asked, by=clerk)
    look_again(asked.upload)
    Job.objects.filter(kind="repeat").update(state=Job.State.QUEUED)
    run("repeat")
    assert Repeat.objects.get().state == "declined"


def held_one(clerk: Any) -> HeldMaterial:
    """The licence, archived by an earlier case of the same applicant."""
    before = factories.case(clerk, state="archived")
    upload = filed(before, licence(), "旧.jpg")
    [document] = upload.materials.all()
    return HeldMaterial.objects.create(
        package=factories.package(before),
        type=document.type,
        name="营业执照",
        subject_kind="company",
        subject=before.applicant_uscc,
        sha256=upload.sha256,
        sm3="0" * 64,
        size=1,
        media_type="image/jpeg",
        pages=[1],
        fields=document.fields,
        held_since=factories.NOW,
    )


def other_project() -> ingest.Project:
    return ingest.Project.objects.create(code="2026-990101-47-03-000009", name="别处", region="990101")
