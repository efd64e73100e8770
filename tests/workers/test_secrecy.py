"""Confidential material: the question at the start, and a mark on a page."""

import pytest
from django.contrib.auth.models import User

import ocr
from archive import Event
from ingest import Case, Page, PageText, Project, find_on_page, search_pages
from tests.portal import factories
from workers import NotPossibleError, answer, open_case
from workers.elements import _uploads
from workers.reading import record_reading

pytestmark = pytest.mark.django_db
GIVEN = {
    "project_code": "2603-990101-04-01-318264",
    "project_name": "某涉密工程",
    "works_name": "一号工号",
    "applicant_name": "某单位",
    "applicant_uscc": "91990101MA7C2XG62E",
}


@pytest.fixture
def clerk() -> User:
    return factories.user()


def test_a_confidential_project_is_shown_the_other_way_and_nothing_of_it_is_kept(clerk: User):
    with pytest.raises(NotPossibleError, match="涉密") as refused:
        open_case("S3-05", **GIVEN, by=clerk, answers={"sensitive": "是"})
    assert refused.value.code == "confidential"
    assert not Project.objects.exists()
    assert not Case.objects.exists()
    event = Event.objects.get()
    assert (event.kind, event.case_number, event.details) == ("confidential-refused", "", {"item": "S3-05"})


def test_the_answer_no_is_kept_with_the_case_whether_its_item_lists_the_question_or_not(clerk: User):
    case = open_case("S3-05", **GIVEN, by=clerk, answers={"sensitive": "否"})
    assert case.answers["sensitive"] == "否"
    with pytest.raises(NotPossibleError) as refused:
        answer(case, {"sensitive": "是"}, by=clerk)
    assert refused.value.code == "confidential"


def read(page: Page, *texts: str) -> None:
    """The page comes back from the reader with these lines at its head."""
    quality = ocr.Quality(200, 1.0, 1.0, 0.0, 0.1)
    lines = tuple(ocr.Line(text, ocr.quad(100, 100 + 50 * n, 700, 140 + 50 * n), 0.9) for n, text in enumerate(texts))
    reading = ocr.PageReading(page.number, 1654, 2339, 0, "ocr", lines, (), quality)
    record_reading({"page": page.pk}, (ocr.to_json(reading), 0.1, ""))


def test_a_file_with_a_mark_is_held_and_seen_by_nobody(clerk: User):
    case = factories.case(clerk)
    upload = factories.upload(case, "会议纪要.pdf", state="paged", page_count=2)
    first = factories.page(upload, read=False)
    second = Page.objects.create(
        upload=upload, number=2, picture_sha256=factories.kept(factories.picture()), width=9, height=9
    )
    read(first, "关于某某项目的会议纪要")
    assert PageText.objects.count() == 1
    read(second, "机密★10年", "会议纪要附件")
    upload.refresh_from_db()
    assert upload.state == "confidential"
    assert upload.refusal["code"] == "confidential-mark"
    assert "第2页页首有“机密”标志" in upload.refusal["message"]
    assert "保密工作机构" in upload.refusal["remedy"]
    assert not PageText.objects.exists()
    assert not Page.objects.exclude(reading=None).exists()
    read(first, "关于某某项目的会议纪要")  # a reader that was at another page comes back late
    assert not Page.objects.exclude(reading=None).exists()
    assert not PageText.objects.exists()
    assert list(_uploads(case)) == []
    assert find_on_page(first, "会议纪要") is None
    assert not list(search_pages("会议纪要"))
    held = Event.objects.get(kind="upload-confidential")
    assert (held.object_sha256, held.details["page"]) == ("", 2)


def test_an_ordinary_page_about_secrets_is_read_as_ever(clerk: User):
    page = factories.page(factories.upload(factories.case(clerk), "保密协议.pdf", state="paged"), read=False)
    read(page, "保密协议", "双方对商业秘密负有保密义务")
    page.refresh_from_db()
    assert page.reading
    assert page.upload.state != "confidential"
