"""Files of an archived case are not opened unseen: who did is in the register of use."""

import io

import pytest
from django.test import Client

from archive import Access
from ingest import Case
from portal.roles import Role
from tests.portal import factories
from workers.zones import keep_as_received

pytestmark = pytest.mark.django_db


def test_opening_a_file_of_an_archived_case_is_noted_once_a_day(client: Client) -> None:
    clerk = factories.user(Role.CLERK)
    case = factories.case(clerk)
    sha256 = keep_as_received(io.BytesIO(b"a paper")).sha256
    upload = factories.upload(case, "委托书.jpg", sha256=sha256)
    client.force_login(clerk)
    address = f"/case/{case.number}/upload/{upload.number}/original"
    client.get(address)
    assert not Access.objects.exists()  # work on an open case is in its own events
    factories.package(case)
    Case.objects.filter(pk=case.pk).update(state=Case.State.ARCHIVED)
    for _ in range(2):
        client.get(address)
    [access] = Access.objects.all()
    assert (access.user, access.case_number, access.purpose) == (clerk, case.number, "查看经办的已归档办件")
