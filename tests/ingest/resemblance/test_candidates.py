"""What is nominated for a new document: by marks that few share, never itself, never what was taken back."""

import dataclasses
import datetime as dt
import itertools

import pytest
from django.contrib.auth import get_user_model

from archive import HeldMaterial, Package
from archive.lookup import ArchivedText
from ingest import Case, Material, Page, Presented, Project, Upload, resemblance
from ingest.resemblance.fingerprints import _secret
from ocr import to_json
from tests.ingest.resemblance.sheets import licence

NOW = dt.datetime(2026, 11, 30, 1, tzinfo=dt.UTC)
NUMBERS = itertools.count(1)
OTHER = {"统一社会信用代码": "91990101MA9B6XE14Q", "名称": "云岫瑞昌食品股份公司", "成立日期": "2021-01-05"}

pytestmark = pytest.mark.django_db


def handed_in(document: Presented) -> Material:
    """The document as filing leaves it."""
    number = next(NUMBERS)
    user, _ = get_user_model().objects.get_or_create(username="window")
    project, _ = Project.objects.get_or_create(code="2603-990101-04-01-318264", defaults={"name": "基地"})
    case, _ = Case.objects.get_or_create(
        item_code="S3-05", item_version=1, project=project, defaults={"opened_by": user, "opened_at": NOW}
    )
    facts = {"file_name": document.file, "size": 1, "sha256": f"{number:064d}", "state": Upload.State.FILED}
    upload = Upload.objects.create(case=case, uploaded_by=user, uploaded_at=NOW, **facts)
    for reading in document.readings:
        Page.objects.create(
            upload=upload,
            number=reading.number,
            picture_sha256=f"{number:060d}{reading.number:04d}",
            width=reading.width,
            height=reading.height,
            reading=to_json(reading),
        )
    fields = {name: dataclasses.asdict(value) for name, value in document.fields.items()}
    facts = {"type": document.type, "type_score": 0.9, "why": "", "fields": fields}
    return Material.objects.create(upload=upload, pages=list(document.pages), **facts)


def archived(document: Presented) -> HeldMaterial:
    """The document in a package that no upload tells of, found by its words."""
    number = next(NUMBERS)
    package = Package.objects.create(
        case_number=f"C{number}",
        archive_number=f"A{number}",
        retention="Y",
        manifest_sha256="0" * 64,
        element_count=1,
        byte_count=1,
        built_at=NOW,
    )
    held = HeldMaterial.objects.create(
        package=package,
        type=document.type,
        name="营业执照",
        subject_kind="company",
        subject="91990101MA7C2XG6XT",
        sha256=f"{number:064d}",
        size=1,
        media_type="application/pdf",
        pages=[1],
        held_since=NOW,
    )
    facts = {"source": "s", "path": "p", "name": "n", "role": "r", "bigrams": ""}
    text = document.readings[0].text
    ArchivedText.objects.create(package=package, sha256=held.sha256, page=1, text=text, **facts)
    return held


def nominated(material: Material) -> list[Material | None]:
    return [one.material for one in resemblance.candidates(resemblance.fingerprint(material))]


def test_a_rescan_finds_the_document_that_came_before_and_not_itself():
    first, other, again = (handed_in(licence(moved=9)), handed_in(licence(**OTHER)), handed_in(licence(moved=20)))
    for material in (first, other, again):
        resemblance.enter_material(material)
    assert nominated(again)[0] == first
    assert again not in nominated(again)


def test_entering_a_document_again_leaves_one_row_with_the_keys_of_now():
    material = handed_in(licence())
    before = resemblance.enter_material(material)
    material.fields = {}
    material.save()
    after = resemblance.enter_material(material)
    assert before.pk == after.pk
    assert set(after.keys.values_list("key", flat=True)) == set(resemblance.fingerprint(material).keys)


def test_what_was_taken_back_is_not_nominated():
    first, again = handed_in(licence()), handed_in(licence())
    resemblance.enter_material(first)
    assert nominated(again) == [first]
    Upload.objects.filter(pk=first.upload_id).update(withdrawn_at=NOW)
    assert nominated(again) == []


def test_words_that_too_many_share_nominate_nobody(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("ingest.resemblance.nominating.SHARED", 3)
    for _ in range(4):
        resemblance.enter_material(handed_in(licence()))
    assert nominated(handed_in(licence())) == []


def test_however_often_a_paper_came_and_was_set_aside_it_is_known_again(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("ingest.resemblance.nominating.SHARED", 3)
    first, *rescans = (handed_in(licence()) for _ in range(6))
    for material in (first, *rescans):
        resemblance.enter_material(material)
    Material.objects.filter(pk__in=[one.pk for one in rescans]).update(withdrawn_at=NOW)
    assert nominated(handed_in(licence())) == [first]
    Material.objects.filter(pk=rescans[0].pk).update(withdrawn_at=None)  # an answer taken back
    assert set(nominated(handed_in(licence()))) == {first, rescans[0]}


def test_an_archived_material_that_no_upload_tells_of_is_found_by_the_words_of_its_package():
    held = archived(licence())
    assert resemblance.enter_package(held.package) == 1
    found = resemblance.candidates(resemblance.fingerprint(handed_in(licence(moved=15))))
    assert [one.held for one in found] == [held]
    resemblance.forget_package(held.package)
    assert resemblance.candidates(resemblance.fingerprint(handed_in(licence()))) == []


def test_documents_from_before_there_were_fingerprints_are_entered_and_destroyed_ones_are_not():
    material, destroyed = handed_in(licence()), handed_in(licence())
    Page.objects.filter(upload=destroyed.upload).update(reading=None)
    assert [resemblance.enter_missing(10), resemblance.enter_missing(10)] == [1, 0]
    assert resemblance.PrintRow.objects.get().material == material


def test_keys_are_hashed_with_the_secret_of_the_installation(settings):
    before = resemblance.fingerprint(handed_in(licence())).keys
    settings.SECRET_KEY = "another" * 9
    _secret.cache_clear()
    after = resemblance.fingerprint(handed_in(licence())).keys
    _secret.cache_clear()
    assert not set(before[2:]) & set(after[2:])
