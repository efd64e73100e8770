"""A store that is away is said so, in words, and nothing is taken in halfway."""

import socket
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ingest import Upload
from portal.roles import Role
from tests.portal import factories
from workers import zones

pytestmark = pytest.mark.django_db


@pytest.fixture
def nobody_listens(settings: Any) -> Any:
    with socket.socket() as taken:  # bound, and never listened on: whoever knocks is refused
        taken.bind(("127.0.0.1", 0))
        away = f"s3://key:secret-of-tests@127.0.0.1:{taken.getsockname()[1]}/inbox?secure=0"
        settings.STORES = dict.fromkeys(settings.STORES, away)
        zones.zone.cache_clear()
        yield
    zones.zone.cache_clear()


def test_a_file_that_cannot_be_kept_is_refused_with_words_and_a_time_to_come_back(nobody_listens: Any, as_role: Any):
    case = factories.case(factories.user(Role.CLERK))
    sent = as_role(Role.CLERK).post(
        f"/api/cases/{case.number}/files", {"files": SimpleUploadedFile("执照.pdf", b"%PDF-1.7")}
    )
    assert (sent.status_code, sent.json()["code"]) == (503, "store-unavailable")
    assert "没有保存" in sent.json()["message"]
    assert int(sent.headers["Retry-After"]) > 0
    assert not Upload.objects.exists()
