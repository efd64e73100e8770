"""Opening a case, deciding, the archive, the board, verification, languages."""

import datetime as dt
import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

import archive
from ingest import Case, Project
from portal import translations, wording
from portal.roles import Role
from samples.world import BUILDER_OWNER, PROJECT, PROJECT_CODE
from tests.portal import factories
from tests.workers.test_certificate_life import DATA
from workers import Job

pytestmark = pytest.mark.django_db
TEMPLATES = Path(translations.__file__).parent / "templates"
FORM = {
    "item": "S3-05",
    "project_code": PROJECT_CODE,
    "project_name": PROJECT,
    "works_name": "1号厂房",
    "applicant_name": BUILDER_OWNER.name,
    "applicant_uscc": BUILDER_OWNER.code,
    "sensitive": "否",
}


def text(response: Any) -> str:
    return str(response.content.decode())


def test_a_case_is_opened_from_the_form(as_role: Callable[..., Client]) -> None:
    response = as_role(Role.CLERK).post("/cases/new", FORM)
    case = Case.objects.get()
    assert response["Location"] == f"/case/{case.number}"
    assert (case.project.code, case.applicant_uscc) == (PROJECT_CODE, BUILDER_OWNER.code)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("applicant_uscc", "123", "应为 18 位"),
        ("applicant_uscc", "", "请填写统一社会信用代码"),
        ("project_code", "2603", "项目代码格式不对"),
        ("item", "X9-99", "没有这个事项"),
        ("sensitive", "", "请先确认项目是否涉密"),
    ],
)
def test_a_mistyped_form_says_what_is_wrong_and_keeps_what_was_typed(
    as_role: Callable[..., Client], field: str, value: str, words: str
) -> None:
    response = as_role(Role.CLERK).post("/cases/new", FORM | {field: value})
    assert response.status_code == 422
    assert words in text(response)
    assert BUILDER_OWNER.name in text(response)
    assert not Case.objects.exists()


def test_a_confidential_project_is_sent_another_way_and_nothing_typed_is_kept_or_shown(
    as_role: Callable[..., Client],
) -> None:
    response = as_role(Role.CLERK).post("/cases/new", FORM | {"sensitive": "是"})
    assert response.status_code == 409
    assert "涉密" in text(response)
    assert PROJECT not in text(response)
    assert not Case.objects.exists()
    assert not Project.objects.exists()


def test_a_code_with_a_wrong_check_character_is_a_warning_only(as_role: Callable[..., Client]) -> None:
    wrong = BUILDER_OWNER.code[:-1] + ("A" if BUILDER_OWNER.code[-1] != "A" else "B")
    clerk = as_role(Role.CLERK)
    assert "可以继续" in text(clerk.get("/cases/hint", {"applicant_uscc": wrong}))
    assert clerk.post("/cases/new", FORM | {"applicant_uscc": wrong}).status_code == 302


def test_a_known_project_brings_its_name_along(as_role: Callable[..., Client]) -> None:
    factories.case(factories.user(Role.CLERK))
    shown = text(as_role(Role.CLERK).get("/cases/hint", {"project_code": PROJECT_CODE}))
    assert f'data-project-name="{PROJECT}"' in shown


def test_the_window_finds_its_cases(as_role: Callable[..., Client]) -> None:
    checked = factories.checked_case(factories.user(Role.CLERK))
    clerk = as_role(Role.CLERK)
    assert checked.case.number in text(clerk.get("/cases"))
    assert checked.case.number in text(clerk.get("/cases", {"q": "晨曦"}))
    assert checked.case.number not in text(clerk.get("/cases", {"q": "没有这个项目"}))


def test_the_officer_grants_and_the_certificate_is_drafted(as_role: Callable[..., Client]) -> None:
    checked = factories.checked_case(factories.user(Role.CLERK), state="accepted", accepted_at=factories.NOW)
    officer = as_role(Role.OFFICER)
    assert checked.case.number in text(officer.get("/officer"))
    refused = text(officer.post(f"/case/{checked.case.number}/decide"))
    assert "said" in refused  # without a registered seal it says so instead of failing


def test_the_officer_approves_exactly_the_bytes_shown(as_role: Callable[..., Client]) -> None:
    case = factories.checked_case(factories.user(Role.CLERK), state="decided").case
    certificate = factories.certificate(case, state="rendered", sealed_sha256="", data=DATA)
    officer = as_role(Role.OFFICER)
    address = f"/case/{case.number}/certificate/{certificate.pk}"
    shown = text(officer.get(f"/case/{case.number}"))
    assert certificate.rendered_sha256 in shown
    pdf = officer.get(f"/certificate/{certificate.pk}/{certificate.rendered_sha256}.pdf")
    assert pdf.content.startswith(b"%PDF")
    assert "请刷新后重新核对" in text(officer.post(f"{address}/approve", {"sha256": factories.digest("other")}))
    certificate.refresh_from_db()
    assert certificate.state == "rendered"
    officer.post(f"{address}/approve", {"sha256": certificate.rendered_sha256})
    certificate.refresh_from_db()
    assert (certificate.state, certificate.approved_sha256) == ("approved", certificate.rendered_sha256)


def test_no_other_bytes_are_handed_out_as_a_certificate(as_role: Callable[..., Client]) -> None:
    certificate = factories.certificate(factories.case(factories.user(Role.CLERK)))
    other = factories.kept(b"%PDF-1.7 somebody else's")
    assert as_role(Role.OFFICER).get(f"/certificate/{certificate.pk}/{other}.pdf").status_code == 404


def test_the_archivist_finds_a_package_and_sees_elements_checks_events_and_proof(
    as_role: Callable[..., Client],
) -> None:
    case = factories.case(factories.user(Role.CLERK), state="archived")
    package = factories.package(case)
    archive.Event.objects.create(
        kind="case-accepted", case_number=case.number, happened_at=factories.NOW, leaf_index=7, leaf_hash="0" * 64
    )
    archive.LogHead.objects.create(size=8, root="0" * 64, checkpoint="yidang.example/jianglan\n8\n")
    archivist = as_role(Role.ARCHIVIST)
    assert package.archive_number in text(archivist.get("/packages", {"q": PROJECT_CODE}))
    shown = text(archivist.get(f"/packages/{package.number}"))
    for words in ("申报文件", "申请表.jpg", "固化信息有效性", "受理", "存证序号 7", "yidang.example/jianglan"):
        assert words in shown
    assert f"yidang archive export {package.number}" in shown


def test_a_package_whose_manifest_is_gone_says_so_instead_of_failing(as_role: Callable[..., Client]) -> None:
    package = factories.package(factories.case(factories.user(Role.CLERK)))
    package.manifest_sha256 = factories.digest("gone")
    package.save()
    response = as_role(Role.ARCHIVIST).get(f"/packages/{package.number}")
    assert response.status_code == 200
    assert "读不到该档案的清单" in text(response)


def test_a_failed_check_is_named_with_its_object(as_role: Callable[..., Client]) -> None:
    check = {"code": "GD-3-4", "name": "可读性", "object": "申请表.jpg", "result": "不合格", "remark": "文件头不对"}
    package = factories.package(factories.case(factories.user(Role.CLERK)), checks=[check])
    shown = text(as_role(Role.ARCHIVIST).get(f"/packages/{package.number}"))
    assert "申请表.jpg：文件头不对" in shown


def test_the_board_shows_what_was_set_aside_and_why(as_role: Callable[..., Client]) -> None:
    error = {"code": "quarantined", "message": "处理该文件的进程三次异常中断", "remedy": "请重新扫描后再提交"}
    Job.objects.create(
        kind="inspect", arguments={}, input_digest="1", state="quarantined", created_at=factories.NOW, error=error
    )
    Job.objects.create(kind="read", arguments={}, input_digest="2", state="queued", created_at=factories.NOW)
    shown = text(as_role(Role.SUPERVISOR).get("/board"))
    for words in ("检查文件", "处理该文件的进程三次异常中断", "请重新扫描后再提交", "识别"):
        assert words in shown


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({}, "valid", "证照有效"),
        ({"valid_until": dt.date(2020, 1, 1)}, "expired", "证照已过有效期"),
        ({"state": "superseded"}, "superseded", "证照已换发"),
        ({"state": "revoked"}, "revoked", "证照已撤销"),
    ],
)
def test_anybody_may_verify_an_issued_certificate(changes: dict[str, Any], status: str, words: str) -> None:
    certificate = factories.certificate(factories.case(factories.user(Role.CLERK)), **changes)
    response = Client().get(f"/v/{certificate.verify_token}")
    assert response.status_code == 200
    for shown in (f'data-status="{status}"', words, certificate.number, certificate.holder_name):
        assert shown in text(response)
    assert Client().get(f"/api/verify/{certificate.verify_token}").json()["status"] == status


@pytest.mark.parametrize("state", ["draft", "rendered", "approved", "sealed"])
def test_a_certificate_that_is_not_issued_yet_looks_exactly_like_none(state: str) -> None:
    certificate = factories.certificate(factories.case(factories.user(Role.CLERK)), state=state)
    unissued, unknown = Client().get(f"/v/{certificate.verify_token}"), Client().get("/v/no-such-token")
    assert unissued.status_code == unknown.status_code == 404

    def shape(response: Any) -> str:  # the address is in the language form, the token for posting differs each time
        return re.sub(r'value="[^"]*"|hx-headers=\S+ \S+', "", text(response))

    assert shape(unissued) == shape(unknown)
    assert "查无此证" in text(unknown)


def test_a_file_is_compared_with_the_sealed_one() -> None:
    certificate = factories.certificate(factories.case(factories.user(Role.CLERK)))
    sealed = b"%PDF-1.7 sealed " + certificate.number.encode()
    for content, result in ((sealed, "same"), (sealed + b"\n", "different")):
        shown = text(Client().post(f"/v/{certificate.verify_token}/file", {"file": BytesIO(content)}))
        hidden = re.findall(r'data-result="(\w+)" role="status" hidden', shown)
        assert {"same", "different"} - set(hidden) == {result}


def test_verifying_is_slowed_down_for_one_address() -> None:
    client = Client()
    answers = [client.get(f"/v/guess-{n}").status_code for n in range(32)]
    assert answers == [404] * 30 + [429] * 2


def test_the_language_is_switched_and_remembered() -> None:
    client = Client(headers={"Accept-Language": "en-US"})
    assert "查无此证" in text(client.get("/v/x"))  # Chinese first, whatever the browser prefers
    assert client.post("/language", {"language": "en", "next": "/v/x"})["Location"] == "/v/x"
    assert "Not found" in text(client.get("/v/x"))


def test_every_word_of_the_pages_has_its_english() -> None:
    words: set[str] = set()
    for template in TEMPLATES.rglob("*.html"):
        words |= {
            one or other for one, other in re.findall(r"""\{% t (?:"([^"]+)"|'([^']+)') %\}""", template.read_text())
        }
    assert words - set(translations.ENGLISH) == set()


def test_dates_are_written_as_people_write_them() -> None:
    late = dt.datetime(2026, 11, 22, 16, 5, tzinfo=dt.UTC)
    assert wording.moment(late) == "2026年11月23日 00:05"
    assert wording.page_range([2, 3, 4]) == "第2–4页"
    assert wording.page_range([1, 3]) == "第1、3页"
    assert (wording.size(900), wording.size(2_500_000)) == ("900 B", "2.4 MB")


def test_a_wrong_address_is_told_plainly(as_role: Callable[..., Client]) -> None:
    response = as_role(Role.CLERK).get("/case/none")
    assert response.status_code == 404
    assert "没有这个页面" in text(response)


def test_the_font_is_served_for_machines_that_have_none() -> None:
    response = Client().get("/font/NotoSansSC-Regular.otf")
    assert response.content[:4] == b"OTTO"
    assert "immutable" in response["Cache-Control"]
