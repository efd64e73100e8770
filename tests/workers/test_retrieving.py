"""Handing out what is archived: no file without a purpose, masked and marked copies, and an account of all of it."""

import datetime as dt
import io
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2
import pytest
import zxingcpp
from PIL import Image

import archive
from archive.lookup import NotPermittedError, Retrieval, forget_words, retrieval_record
from portal.roles import Role
from tests.portal import factories
from tests.workers.casework import run
from tests.workers.retrieval_cases import (
    IDENTITY,
    PHONE,
    archivist,
    asked,
    element_of,
    kept_package,
    line_box,
)
from workers import NotFetchableError, clean_copies, fetch_retrieval, zone
from workers.models import Job

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_copies_left() -> Iterator[None]:
    yield
    for found in list(zone("working").list("copies/")):
        zone("working").delete(found.key)


def given(retrieval: Retrieval) -> bytes:
    """What the person who asked gets."""
    retrieval.refresh_from_db()
    with fetch_retrieval(retrieval, retrieval.access.user) as stream:
        return stream.read()


def page_picture(pdf: bytes, page: int = 0) -> Image.Image:
    document = pypdfium2.PdfDocument(pdf)
    return document[page].render(scale=150 / 72).to_pil().convert("RGB")


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "".join(document[n].get_textpage().get_text_bounded() for n in range(len(document)))


def share_of_red(picture: Image.Image, area: tuple[int, int, int, int]) -> float:
    """How much of an area has the red that the lines are written in."""
    pixels = np.asarray(picture.crop(area)).astype(int)
    return float(((pixels[..., 0] > 180) & (pixels[..., 1] < 110)).mean())


@pytest.mark.parametrize("turned", [pytest.param(False, marks=pytest.mark.stack), True])
def test_identifiers_on_a_page_lie_under_black_and_the_rest_can_be_read(turned: bool) -> None:  # noqa: FBT001
    package, made = kept_package(turned=turned)
    retrieval = asked(package, element_of(made, "委托书.png"), by=archivist())
    run("retrieve")
    pdf = given(retrieval)
    picture = page_picture(pdf)
    for n in (2, 4):
        left, top, right, bottom = line_box(n)
        assert np.asarray(picture.crop((left, top, right, bottom))).max() < 140  # black below the marks
        assert share_of_red(picture, (left, top, right, bottom)) == 0
    for n in (1, 3):
        assert share_of_red(picture, line_box(n)) > 0.01
    assert text_of(pdf) == ""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert "非原件" in str(document.docinfo["/Subject"])
        (image,) = document.pages[0].obj.Resources.XObject.values()
        raw = image.read_raw_bytes()
    assert np.asarray(Image.open(io.BytesIO(raw)).crop(line_box(2))).max() < 140  # nor in the picture itself
    retrieval.refresh_from_db()
    assert (retrieval.masked, retrieval.hidden, retrieval.pages) == (True, 2, 1)
    assert retrieval.given_sha256 == archive.digest_bytes(pdf).sha256


def test_an_archivist_who_verifies_sees_everything_and_the_copy_says_whose_it_is() -> None:
    package, made = kept_package()
    by = archivist()
    retrieval = asked(package, element_of(made, "委托书.png"), by=by, purpose="verification")
    run("retrieve")
    picture = page_picture(given(retrieval))
    assert all(share_of_red(picture, line_box(n)) > 0.01 for n in (1, 2, 3, 4))
    plain = asked(package, element_of(made, "施工许可证.pdf"), by=by, purpose="verification")
    run("retrieve")
    pdf = given(plain)
    assert PHONE in text_of(pdf)  # the pages are the original's own
    codes = zxingcpp.read_barcodes(np.asarray(page_picture(pdf)))
    assert any(code.text.endswith(f"/verify/copy/{plain.number}") for code in codes)
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert "非原件" in str(document.docinfo["/Subject"])


@pytest.mark.stack
def test_every_page_of_a_copy_is_marked_across() -> None:
    package, made = kept_package()
    retrieval = asked(package, element_of(made, "施工许可证.pdf"), by=archivist(), purpose="authority")
    run("retrieve")
    original = page_picture(zone("archive").read(archive.object_key(retrieval.sha256)))
    marked = page_picture(given(retrieval))
    assert marked.height > original.height  # the foot covers nothing
    before, after = (np.asarray(one.crop((0, 0, *original.size))).astype(int) for one in (original, marked))
    changed = np.abs(before - after).max(axis=2) > 8
    rows = np.array_split(changed, 4)
    assert all(0.005 < part.mean() < 0.5 for part in rows)


def test_a_document_of_ours_and_its_facts_are_masked_in_their_text() -> None:
    package, made = kept_package()
    by = factories.user(Role.OFFICER)
    permit = asked(package, element_of(made, "施工许可证.pdf"), by=by)
    facts = asked(package, element_of(made, "审批决定.json"), by=by)
    run("retrieve")
    assert text_of(given(permit)) == ""
    permit.refresh_from_db()
    assert permit.hidden == 1
    told = text_of(given(facts))
    assert PHONE not in told
    assert "***" in told
    assert "同意" in told
    assert PHONE.encode() not in given(facts)


@pytest.mark.stack
def test_a_page_that_nobody_read_and_a_file_without_pages_are_not_given_as_copies() -> None:
    package, made = kept_package()
    unread = asked(package, element_of(made, "未识别.png"), by=archivist())
    drawing = asked(package, element_of(made, "图纸.dwg"), by=archivist())
    run("retrieve")
    for retrieval, words in ((unread, "没有识别结果"), (drawing, "不能制成利用副本")):
        retrieval.refresh_from_db()
        assert (retrieval.state, words in retrieval.fault) == ("failed", True)
        with pytest.raises(NotFetchableError):
            fetch_retrieval(retrieval, retrieval.access.user)
    assert archive.Access.objects.count() == 2  # that they were asked for stays written


@pytest.mark.parametrize(
    ("role", "changes", "why"),
    [
        (Role.CLERK, {}, "岗位"),
        (Role.SUPERVISOR, {}, "岗位"),
        (Role.ARCHIVIST, {"purpose": ""}, "利用目的"),
        (Role.ARCHIVIST, {"purpose": "curiosity"}, "利用目的"),
        (Role.ARCHIVIST, {"words": "看 "}, "写明"),
        (Role.ARCHIVIST, {"purpose": "case"}, "办件编号"),
        (Role.ARCHIVIST, {"form": "original"}, "原件"),
        (Role.OFFICER, {"form": "original", "purpose": "verification"}, "原件"),
    ],
)
def test_no_file_without_a_purpose_and_no_original_but_by_rule(role: Role, changes: dict[str, str], why: str) -> None:
    package, made = kept_package()
    with pytest.raises(NotPermittedError, match=why):
        asked(package, element_of(made, "委托书.png"), by=factories.user(role), **changes)
    assert (archive.Access.objects.count(), Retrieval.objects.count(), Job.objects.count()) == (0, 0, 0)


def test_an_officer_never_sees_more_than_a_masked_copy() -> None:
    package, made = kept_package()
    by = factories.user(Role.OFFICER)
    for purpose in ("case", "party", "authority", "verification", "other"):
        assert asked(package, element_of(made, "委托书.png"), by=by, purpose=purpose, case_number="C-1").masked


def test_an_original_is_given_byte_for_byte_and_told_as_one() -> None:
    package, made = kept_package()
    retrieval = asked(package, element_of(made, "委托书.png"), by=archivist(), purpose="verification", form="original")
    run("retrieve")
    assert archive.digest_bytes(given(retrieval)).sha256 == retrieval.sha256
    event = archive.Event.objects.get(kind="archive-used")
    assert (event.details["form"], event.details["masked"]) == ("original", False)


def test_the_account_names_who_was_given_what_and_lies_in_the_archive() -> None:
    package, made = kept_package()
    by = archivist()
    retrieval = asked(package, element_of(made, "委托书.png"), by=by, purpose="case", case_number="C-1")
    run("retrieve")
    given(retrieval)
    retrieval.refresh_from_db()
    access = retrieval.access
    assert (access.user, access.case_number, access.purpose) == (by, "C-1", "办理业务：核对委托范围")
    assert retrieval.fetched == 1
    event = archive.Event.objects.get(kind="archive-used")
    assert (event.actor, event.object_sha256) == (by, retrieval.record_sha256)
    assert IDENTITY not in json.dumps(event.details)
    data = zone("archive").read(archive.object_key(event.object_sha256))
    assert data == retrieval_record(retrieval)


def test_a_copy_is_for_who_asked_for_it_and_for_a_day(time_machine) -> None:
    package, made = kept_package()
    retrieval = asked(package, element_of(made, "委托书.png"), by=archivist())
    run("retrieve")
    retrieval.refresh_from_db()
    with pytest.raises(NotFetchableError, match="别人"):
        fetch_retrieval(retrieval, archivist())
    assert clean_copies() == 0
    time_machine.move_to(dt.datetime.now(dt.UTC) + dt.timedelta(hours=25))
    with pytest.raises(NotFetchableError, match="清除"):
        fetch_retrieval(retrieval, retrieval.access.user)
    assert clean_copies() == 1
    assert list(zone("working").list("copies/")) == []
    retrieval.refresh_from_db()
    assert retrieval.state == "cleaned"


def test_what_was_made_of_a_destroyed_package_is_not_fetched_any_more() -> None:
    package, made = kept_package()
    retrieval = asked(package, element_of(made, "委托书.png"), by=archivist())
    run("retrieve")
    forget_words(package)
    retrieval.refresh_from_db()
    with pytest.raises(NotFetchableError, match="清除"):
        fetch_retrieval(retrieval, retrieval.access.user)
    assert clean_copies() == 1


@pytest.mark.stack
def test_a_worker_that_dies_after_making_the_copy_makes_the_same_again() -> None:
    from workers import retrieving

    package, made = kept_package()
    for name in ("委托书.png", "审批决定.json", "施工许可证.pdf"):
        retrieval = asked(package, element_of(made, name), by=archivist())
        first, second = (retrieving.make({"retrieval": retrieval.number}) for _ in range(2))
        assert first == second, name


@pytest.mark.stack
def test_no_copy_lies_about_where_it_was_made(tmp_path: Path) -> None:
    from workers.zones import scratch

    package, made = kept_package()
    asked(package, element_of(made, "委托书.png"), by=archivist())
    before = set(scratch().iterdir())
    run("retrieve")
    assert set(scratch().iterdir()) == before
