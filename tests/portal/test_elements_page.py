"""The page of a package's elements: what is missing stands there with who brings it, and can be handed in."""

import io

import pytest
from django.test import Client

from archive import rescore
from portal.roles import Role
from tests.portal import factories
from workers import Job
from workers.zones import read_anywhere

pytestmark = pytest.mark.django_db


def signed_in(*roles: Role) -> Client:
    client = Client()
    client.force_login(factories.user(*roles))
    return client


@pytest.fixture
def address() -> str:
    package = factories.package(factories.case(factories.user()))
    rescore(package, read_anywhere)
    return f"/packages/{package.number}"


def test_what_is_missing_is_named_on_the_package_and_on_its_own_page(address: str):
    client = signed_in(Role.ARCHIVIST)
    for page in (client.get(address), client.get(f"{address}/elements")):
        said = page.content.decode()
        assert "送达" in said
        assert "决定自送达起生效，须有方式和签收" in said


def test_the_window_hands_in_the_receipt_of_a_delivery(address: str):
    client = signed_in(Role.CLERK)
    paper = io.BytesIO(b"%PDF-1.7 receipt")
    paper.name = "送达回证.pdf"
    said = client.post(f"{address}/elements/supply", {"element": "26", "said-0": "窗口领取", "files": paper})
    assert "已登记" in said.content.decode()
    assert Job.objects.get(kind="supplement").arguments["title"] == "补充送达"


@pytest.mark.parametrize(("element", "words"), [("12", "不能人工补充"), ("二", "不能人工补充"), ("26", "请填写“方式”")])
def test_what_cannot_be_taken_is_said_on_the_page(address: str, element: str, words: str):
    answer = signed_in(Role.OFFICER).post(f"{address}/elements/supply", {"element": element})
    assert answer.status_code == 400
    assert words in answer.content.decode()


def test_a_supervisor_reads_no_files_here(address: str):
    assert signed_in(Role.SUPERVISOR).get(f"{address}/elements").status_code == 403
