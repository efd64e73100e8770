"""A page can be found from the moment its reading is kept, and not before."""

from typing import Any

import pytest
from django.db import transaction

from ingest import Page, search_pages
from portal.roles import Role
from tests.portal import factories
from workers.reading import record_reading

pytestmark = pytest.mark.django_db
LINE = {"text": "施工合同", "box": [[1, 1], [9, 1], [9, 5], [1, 5]], "score": 0.9}


def unread() -> tuple[Page, dict[str, Any]]:
    """A page that waits, of a file with one more, and what will be read from it."""
    upload = factories.upload(factories.case(factories.user(Role.CLERK)), page_count=2, state="paged")
    page = factories.page(upload)
    reading = {**page.reading, "lines": [LINE]}
    Page.objects.filter(pk=page.pk).update(reading=None)
    page.refresh_from_db()
    return page, reading


def test_a_page_is_found_once_its_reading_is_kept() -> None:
    page, reading = unread()
    assert search_pages("合同") == []
    record_reading({"page": page.pk}, (reading, 0.1, ""))
    assert [hit.page.pk for hit in search_pages("合同")] == [page.pk]


def test_a_reading_that_was_not_kept_is_not_found() -> None:
    page, reading = unread()
    with transaction.atomic():
        record_reading({"page": page.pk}, (reading, 0.1, ""))
        transaction.set_rollback(True)  # as when the lease was lost
    assert search_pages("合同") == []
