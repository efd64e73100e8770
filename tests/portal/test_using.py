"""Using what is archived, on the screen: asking, fetching, the register of use, and the verification of a copy."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

import archive
from archive.lookup import Retrieval
from portal.roles import Role
from tests.portal import factories
from tests.workers.casework import run
from tests.workers.retrieval_cases import PHONE, element_of, kept_package

pytestmark = pytest.mark.django_db
ROLES = [Role.ARCHIVIST, Role.OFFICER]


def text(response: Any) -> str:
    return str(response.content.decode())


def ask(client: Client, package: archive.Package, name: str, made: archive.Manifest, **changes: str) -> Any:
    told = {"path": element_of(made, name).path, "purpose": "reference", "words": "核对联系方式", "form": "copy"}
    return client.post(f"/packages/{package.number}/use", told | changes)


@pytest.mark.parametrize("role", ROLES)
def test_a_file_is_asked_for_made_and_fetched(as_role: Callable[..., Client], role: Role) -> None:
    package, made = kept_package()
    client = as_role(role, department=factories.BUILDING if role is Role.OFFICER else "")
    path = element_of(made, "审批决定.json").path
    form = text(client.get(f"/packages/{package.number}/use", {"path": path}))
    for words in ("利用目的", "工作查考", "审批决定.json"):
        assert words in form
    assert ('value="original"' in form) is (role is Role.ARCHIVIST)
    asked = ask(client, package, "审批决定.json", made)
    assert asked.status_code == 302
    assert "制作中" in text(client.get(asked["Location"]))
    assert client.get(asked["Location"] + "/file").status_code == 409
    run("retrieve")
    assert "下载" in text(client.get(asked["Location"], headers={"HX-Request": "true"}))
    response = client.get(asked["Location"] + "/file")
    pdf = b"".join(response.streaming_content)
    assert pdf.startswith(b"%PDF")
    assert PHONE.encode() not in pdf
    assert "attachment" in response["Content-Disposition"]
    row = Retrieval.objects.get()
    assert (row.access.purpose, row.fetched) == ("工作查考：核对联系方式", 1)


def test_no_file_without_a_purpose_and_none_that_is_not_of_the_package(as_role: Callable[..., Client]) -> None:
    package, made = kept_package()
    client = as_role(Role.ARCHIVIST)
    for changes in ({"purpose": ""}, {"words": ""}, {"purpose": "case"}, {"form": "original"}):
        assert ask(client, package, "审批决定.json", made, **changes).status_code == 403
    long = ask(client, package, "审批决定.json", made, case_number="9" * 27)
    assert (long.status_code, "办件编号不超过 26 个字符" in text(long)) == (400, True)
    assert ask(client, package, "审批决定.json", made, path="申报文件/../x").status_code == 404
    assert ask(client, package, "审批决定.json", made, manifest="0" * 64).status_code == 404
    assert (archive.Access.objects.count(), Retrieval.objects.count()) == (0, 0)


@pytest.mark.parametrize("role", [Role.CLERK, Role.SUPERVISOR, Role.KEEPER])
def test_other_roles_neither_ask_nor_look(as_role: Callable[..., Client], role: Role) -> None:
    package, made = kept_package()
    client = as_role(role)
    assert ask(client, package, "审批决定.json", made).status_code == 403
    for address in ("/uses", "/uses.csv", "/uses/X", "/uses/X/file", f"/packages/{package.number}/use"):
        assert client.get(address).status_code == 403


def test_what_was_made_for_one_is_not_fetched_by_another(as_role: Callable[..., Client]) -> None:
    package, made = kept_package()
    address = ask(as_role(Role.OFFICER, department=factories.BUILDING), package, "审批决定.json", made)["Location"]
    run("retrieve")
    assert as_role(Role.OFFICER, department=factories.BUILDING).get(address).status_code == 404
    archivist = as_role(Role.ARCHIVIST)
    assert "下载" not in text(archivist.get(address))
    assert archivist.get(address + "/file").status_code == 409


def test_the_register_tells_who_was_shown_what_and_goes_into_a_table(as_role: Callable[..., Client]) -> None:
    package, made = kept_package()
    other, _ = kept_package()
    ask(as_role(Role.ARCHIVIST), package, "审批决定.json", made, words="=1+1 试算公式")
    run("retrieve")
    by = factories.user(Role.OFFICER, name="jingban")
    archive.Access.objects.create(package=other, user=by, purpose="办理施工许可", accessed_at=factories.NOW)
    client = as_role(Role.ARCHIVIST)
    assert "审批决定.json" in text(client.get("/uses"))
    assert "审批决定.json" not in text(client.get("/uses", {"account": "jingban"}))
    assert "办理施工许可" not in text(client.get("/uses", {"package": package.archive_number}))
    assert "没有利用记录" in text(client.get("/uses", {"last": "2020-01-01"}))
    assert client.get("/uses", {"first": "2020-99-99"}).status_code == 200
    table = b"".join(client.get("/uses.csv", {"package": package.number}).streaming_content).decode("utf-8-sig")
    head, line = csv.reader(io.StringIO(table))
    told = dict(zip(head, line, strict=True))
    assert told["档号"] == package.archive_number
    assert (told["文件"], told["遮盖处数"], told["方式"]) == ("审批决定.json", "1", "利用副本")
    assert told["利用目的"] == "工作查考：=1+1 试算公式"


def test_anybody_verifies_a_copy_by_its_number_and_learns_no_name(as_role: Callable[..., Client]) -> None:
    package, made = kept_package()
    ask(as_role(Role.ARCHIVIST), package, "审批决定.json", made)
    row = Retrieval.objects.get()
    stranger = Client()
    assert stranger.get(f"/verify/copy/{row.number}").status_code == 404  # nothing was given yet
    run("retrieve")
    row.refresh_from_db()
    shown = text(stranger.get(f"/verify/copy/{row.number}"))
    for words in ("不是原件", package.archive_number, row.given_sha256):
        assert words in shown
    for words in (row.access.user.get_username(), "核对联系方式", row.name):
        assert words not in shown.replace(f"{package.archive_number}", "")
    assert "没有这个利用编号" in text(stranger.get("/verify/copy", {"number": "01ABC"}))
    assert "输入副本页脚" in text(stranger.get("/verify/copy"))


def test_a_file_is_used_in_english_too(as_role: Callable[..., Client]) -> None:
    package, made = kept_package()
    client = as_role(Role.ARCHIVIST)
    client.post("/language", {"language": "en", "next": "/uses"})
    path = element_of(made, "审批决定.json").path
    shown = text(client.get(f"/packages/{package.number}/use", {"path": path}))
    for words in ("Purpose", "Enter and make", "Verifying the archive"):
        assert words in shown
