"""What the window sees of a file while the rest of it is still being read."""

from collections.abc import Callable
from io import BytesIO

import pytest
from django.test import Client
from PIL import Image

from ingest import Page, thumb_of
from portal.roles import Role
from tests.portal import factories

pytestmark = pytest.mark.django_db


def test_a_page_that_is_read_shows_at_once_under_the_entry_it_looks_like(as_role: Callable[..., Client]) -> None:
    clerk = as_role(Role.CLERK)
    checked = factories.checked_case(factories.user(Role.CLERK))
    pile = factories.upload(checked.case, "一摞.pdf", state="inspected", page_count=40)
    page = factories.page(pile)
    assert "已见到" not in clerk.get(f"/case/{checked.case.number}/live").text
    Page.objects.filter(pk=page.pk).update(guess="OUT-ZB")
    shown = clerk.get(f"/case/{checked.case.number}/live").text
    assert f'id="row-OUT-ZB" data-entry="OUT-ZB" data-state="missing" data-page="{page.pk}"' in shown
    assert "已见到" in shown
    assert "已识别 2/41 页" in shown  # of all pages there will be, not of those known so far


def test_the_list_of_pages_shows_small_pictures(as_role: Callable[..., Client]) -> None:
    clerk = as_role(Role.CLERK)
    checked = factories.checked_case(factories.user(Role.CLERK))
    scan = BytesIO()
    Image.new("RGB", (1654, 2339), "white").save(scan, "JPEG")
    small = thumb_of(scan.getvalue())
    assert Image.open(BytesIO(small)).size == (106, 150)
    address = f"/case/{checked.case.number}/page/{checked.page.pk}/thumb.jpg"
    assert clerk.get(address).content == factories.picture()  # a page from before there were small ones
    Page.objects.filter(pk=checked.page.pk).update(thumb_sha256=factories.kept(small))
    assert clerk.get(address).content == small
    assert address in clerk.get(f"/case/{checked.case.number}").text
