"""A picture that was read before is not read again, and only then."""

import dataclasses
from collections.abc import Iterator

import pytest

import ocr
from ingest import Page
from samples import Pile
from tests.workers.steps import account, opened_case
from tests.workers.test_pipeline import drain
from workers import Job, add_files, prepare, reading

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300), pytest.mark.stack]  # long


@pytest.fixture
def readings(monkeypatch) -> Iterator[list[int]]:
    """Numbers of the pages that the recogniser really read."""
    read: list[int] = []
    real = ocr.read_page
    monkeypatch.setattr(ocr, "read_page", lambda image, **how: read.append(how["number"]) or real(image, **how))
    return read


@pytest.fixture(autouse=True)
def _prepared(db):
    prepare()


def page_of_new_case(pile: Pile) -> Page:
    """The application form of the pile, handed in for a case of its own and read."""
    case = opened_case(pile)
    with pile.file("申请表.jpg").path.open("rb") as stream:
        add_files(case, [("申请表.jpg", stream)], by=account("clerk"))
    drain()
    return Page.objects.get(upload__case=case)


def test_a_picture_handed_in_twice_is_read_once_until_the_reader_changes(pile, readings, monkeypatch):
    first = page_of_new_case(pile)
    assert readings == [1]
    second = page_of_new_case(pile)
    assert second.pk != first.pk
    assert second.picture_sha256 == first.picture_sha256
    assert second.reading == first.reading
    assert readings == [1]
    assert Job.objects.filter(kind="read", state=Job.State.DONE).count() == 2

    monkeypatch.setattr(reading, "_reader", lambda: "another reader")
    third = page_of_new_case(pile)
    assert readings == [1, 1]
    assert third.reading == {**first.reading, "reader": "another reader"}


def test_another_resolution_or_text_layer_is_another_page(pile, readings):
    page = page_of_new_case(pile)
    for changed in ({"dpi": 150}, {"text_layer": [dataclasses.asdict(ocr.from_json(page.reading).lines[0])]}):
        again = Page.objects.create(
            upload=page.upload,
            number=Page.objects.count() + 1,
            **{
                **{name: getattr(page, name) for name in ("picture_sha256", "width", "height", "dpi", "text_layer")},
                **changed,
            },
        )
        result, *_ = reading.read({"page": again.pk})
        assert result["number"] == again.number
        again.delete()
    assert readings == [1, 2, 2]
