"""The case page: checklist, evidence on the page, and what may be done."""

from collections.abc import Callable
from io import BytesIO
from typing import Any
from unittest.mock import ANY

import pytest
from django.test import Client

import archive
from ingest import Case, Notice
from portal.roles import Role
from tests.portal import factories
from workers import Job

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(as_role: Callable[..., Client]) -> Client:
    return as_role(Role.CLERK)


@pytest.fixture
def checked() -> factories.Checked:
    return factories.checked_case(factories.user(Role.CLERK))


def text(response: Any) -> str:
    return str(response.content.decode())


def test_the_checklist_shows_state_defect_and_remedy_in_words(clerk: Client, checked: factories.Checked) -> None:
    shown = text(clerk.get(f"/case/{checked.case.number}"))
    assert "材料不齐" in shown
    assert "缺少江澜晨曦智能装备有限公司印章" in shown
    assert "请退回加盖公章后重新提交" in shown
    assert 'id="row-OUT-ZB" data-entry="OUT-ZB" data-state="missing"' in shown
    assert "标题“授权委托书”，含“受托人”" in shown


def test_the_page_that_has_the_defect_is_shown_first_with_its_marks(clerk: Client, checked: factories.Checked) -> None:
    shown = text(clerk.get(f"/case/{checked.case.number}"))
    assert f'class="sheet" data-page="{checked.page.pk}"' in shown
    assert 'class="mark mark-field is-mine"' in shown
    assert 'class="mark mark-defect is-mine"' in shown
    assert '<polygon points="100,200 400,200 400,240 100,240"/>' in shown


def test_what_was_found_of_electronic_seals_stands_beside_the_file(clerk: Client, checked: factories.Checked) -> None:
    seal = {"field": "1", "name": "江澜市住房和城乡建设局电子印章", "signer": "江澜市住房和城乡建设局", "intact": True}
    reasons = [{"code": "untrusted", "text": "印章证书不是由受信任的机构签发", "field": "1"}]
    found = {"verdict": "unknown", "seals": [{**seal, "time": "2026-01-10T02:00:00+00:00"}], "reasons": reasons}
    factories.upload(checked.case, "许可证.ofd", signed=True, inspection={"validation": found})
    shown = text(clerk.get(f"/case/{checked.case.number}"))
    assert "江澜市住房和城乡建设局电子印章，江澜市住房和城乡建设局，2026年1月10日 10:00" in shown
    assert "签章完好，内容未改动；印章证书不是由受信任的机构签发" in shown
    changed = [{"code": "changed", "text": "盖章后文件内容被改动", "field": "1"}]
    bad = {"verdict": "invalid", "seals": [{**seal, "intact": False, "time": None}], "reasons": changed}
    factories.upload(checked.case, "改过的.ofd", signed=True, inspection={"validation": bad})
    assert '<p class="defect" data-seal>' in text(clerk.get(f"/case/{checked.case.number}"))


def test_a_drawing_file_is_kept_and_shown_by_the_pdf_of_its_name(clerk: Client, checked: factories.Checked) -> None:
    refusal = {"code": "drawing-not-viewable", "message": "文件内容是DWG 图纸", "remedy": "请另交 PDF 或 OFD"}
    drawing = factories.upload(checked.case, "总平面图.dwg", state="refused", refusal=refusal)
    shown = text(clerk.get(f"/case/{checked.case.number}"))
    assert "已保留：文件内容是DWG 图纸" in shown
    assert "请另交 PDF 或 OFD" in shown
    factories.upload(checked.case, "总平面图.PDF", media_type="application/pdf", state="filed")
    shown = text(clerk.get(f"/case/{checked.case.number}"))
    assert "图纸原件已保留，图面见 总平面图.PDF" in shown
    assert "请另交 PDF 或 OFD" not in shown
    assert drawing.file_name in shown


def test_a_code_on_a_document_is_shown_where_it_stands(clerk: Client, checked: factories.Checked) -> None:
    row = factories.unsealed(checked.material)
    code = {"page": 1, "format": "qr", "text": "https://yidang.example/v/abc", "box": factories.BOX}
    row["files"][0]["codes"] = [code]
    checked.case.report = factories.report(M_SQWT=row)
    checked.case.save()
    shown = text(clerk.get(f"/case/{checked.case.number}"))
    assert 'class="mark mark-code is-mine"' in shown
    assert "二维码：https://yidang.example/v/abc" in shown


def test_a_revoked_permit_among_the_papers_is_said_to_be_revoked(clerk: Client, checked: factories.Checked) -> None:
    row = factories.unsealed(checked.material)
    doubt = {**row["defects"][0], "message": "二维码对应的证照已撤销", "remedy": "请勿采信"}
    loose = {**row["files"][0], "type": "OUT-SGXK", "defects": [doubt]}
    checked.case.report = factories.report() | {"unplaced": [loose]}
    checked.case.save()
    shown = text(clerk.get(f"/case/{checked.case.number}"))
    assert "<strong>二维码对应的证照已撤销</strong><span>请勿采信</span>" in shown


@pytest.mark.parametrize(
    ("rotation", "frame", "turn"),
    [
        (0, "0 0 1654 2339", ""),
        (90, "0 0 2339 1654", "translate(2339 0) rotate(90)"),
        (180, "0 0 1654 2339", "translate(1654 2339) rotate(180)"),
        (270, "0 0 2339 1654", "translate(0 1654) rotate(270)"),
    ],
)
def test_a_page_lying_on_its_side_is_shown_upright(clerk: Client, rotation: int, frame: str, turn: str) -> None:
    checked = factories.checked_case(factories.user(Role.CLERK), rotation=rotation)
    shown = text(clerk.get(f"/case/{checked.case.number}/page/{checked.page.pk}"))
    assert f'viewBox="{frame}"' in shown
    assert (f'transform="{turn}"' in shown) if turn else ("transform=" not in shown)


def test_a_poll_touches_nothing_while_nothing_changes(clerk: Client, checked: factories.Checked) -> None:
    first = text(clerk.get(f"/case/{checked.case.number}/live"))
    seen = first.split("?seen=")[1][:16]
    assert clerk.get(f"/case/{checked.case.number}/live?seen={seen}").status_code == 204
    checked.case.revision = 2
    checked.case.save()
    again = clerk.get(f"/case/{checked.case.number}/live?seen={seen}")
    assert again.status_code == 200
    assert "正在重新核对" in text(again)


def test_the_page_asks_again_only_while_there_is_work(clerk: Client, checked: factories.Checked) -> None:
    assert "every 1s" not in text(clerk.get(f"/case/{checked.case.number}/live"))
    clerk.post(f"/case/{checked.case.number}/upload/{checked.upload.number}/withdraw")
    assert "every 1s" in text(clerk.get(f"/case/{checked.case.number}/live"))


def test_nothing_is_called_missing_while_pages_are_being_read(clerk: Client, checked: factories.Checked) -> None:
    factories.page(factories.upload(checked.case, "中标通知书.jpg", state="paged"), read=False)
    shown = text(clerk.get(f"/case/{checked.case.number}/live"))
    assert "待识别" in shown
    assert "已识别 1/2 页" in shown


def test_a_refused_file_says_why_and_what_to_do(clerk: Client, checked: factories.Checked) -> None:
    refusal = {"code": "pdf-encrypted", "page": None, "details": {}}
    factories.upload(checked.case, "加密.pdf", state="refused", refusal=refusal)
    shown = text(clerk.get(f"/case/{checked.case.number}/live"))
    assert "PDF 设了打开密码，无法读取。" in shown
    assert "请在原软件中取消打开密码" in shown


def test_a_withdrawn_file_can_be_restored_by_the_undo_that_is_offered(
    clerk: Client, checked: factories.Checked
) -> None:
    address = f"/case/{checked.case.number}/upload/{checked.upload.number}"
    shown = text(clerk.post(f"{address}/withdraw"))
    assert f'hx-post="/case/{checked.case.number}/undo"' in shown
    assert "已撤回“授权委托书.jpg”" in shown
    clerk.post(f"/case/{checked.case.number}/undo")
    checked.upload.refresh_from_db()
    assert checked.upload.withdrawn_at is None


def test_a_document_is_filed_elsewhere_and_back(clerk: Client, checked: factories.Checked) -> None:
    address = f"/case/{checked.case.number}/material/{checked.material.pk}/refile"
    shown = text(clerk.post(address, {"type": "M-CNS"}))
    assert f'hx-post="/case/{checked.case.number}/undo"' in shown
    checked.material.refresh_from_db()
    assert checked.material.type == "M-CNS"
    clerk.post(f"/case/{checked.case.number}/undo")
    checked.material.refresh_from_db()
    assert checked.material.type == "M-SQWT"


def test_what_the_archive_holds_is_offered_and_taken_with_one_click(clerk: Client, checked: factories.Checked) -> None:
    earlier = factories.case(checked.case.opened_by)
    held = archive.HeldMaterial.objects.create(
        package=factories.package(earlier),
        type="M-YYZZ",
        name="营业执照",
        subject_kind="company",
        subject=checked.case.applicant_uscc,
        sha256=factories.digest("licence"),
        size=1,
        media_type="image/png",
        pages=[1],
        held_since=factories.NOW,
    )
    shown = text(clerk.get(f"/case/{checked.case.number}/live"))
    assert "档案中已有" in shown
    said = text(clerk.post(f"/case/{checked.case.number}/held/{held.pk}/reuse"))
    assert "申请人不必再交" in said
    assert checked.case.uses.filter(held=held, withdrawn_at=None).exists()
    assert archive.Access.objects.filter(held=held, case_number=checked.case.number).exists()


def test_a_gap_is_promised_and_a_thing_that_must_be_there_is_not(clerk: Client, checked: factories.Checked) -> None:
    assert "已登记承诺" in text(clerk.post(f"/case/{checked.case.number}/entry/M-CNS/promise"))
    refused = text(clerk.post(f"/case/{checked.case.number}/entry/OUT-ZB/promise"))
    assert "said-error" in refused
    assert "必须提交" in refused


def test_an_incomplete_case_cannot_be_accepted_and_the_button_says_why(
    clerk: Client, checked: factories.Checked
) -> None:
    shown = text(clerk.get(f"/case/{checked.case.number}/live"))
    assert "材料齐全后才能受理" in shown
    assert "不能受理" in text(clerk.post(f"/case/{checked.case.number}/accept"))
    checked.case.refresh_from_db()
    assert checked.case.state == Case.State.OPEN


def test_a_complete_case_is_accepted_and_leaves_the_window(clerk: Client, checked: factories.Checked) -> None:
    checked.case.report = factories.report("complete")
    checked.case.save()
    assert "已受理" in text(clerk.post(f"/case/{checked.case.number}/accept"))
    shown = text(clerk.get(f"/case/{checked.case.number}"))
    assert 'id="drop"' not in shown
    assert "withdraw" not in shown


def test_pages_of_another_case_are_not_shown(clerk: Client, checked: factories.Checked) -> None:
    other = factories.checked_case(checked.case.opened_by)
    for ending in ("", ".jpg"):
        assert clerk.get(f"/case/{checked.case.number}/page/{other.page.pk}{ending}").status_code == 404


def test_pictures_are_kept_by_the_browser_under_their_digest(clerk: Client, checked: factories.Checked) -> None:
    address = f"/case/{checked.case.number}/page/{checked.page.pk}.jpg"
    first = clerk.get(address)
    assert (first.content, first["ETag"]) == (factories.picture(), f'"{checked.page.picture_sha256}"')
    assert "private" in first["Cache-Control"]
    assert clerk.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304


def test_an_original_is_only_ever_a_download(clerk: Client, checked: factories.Checked) -> None:
    response = clerk.get(f"/case/{checked.case.number}/upload/{checked.upload.number}/original")
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment")


def test_files_come_in_over_the_json_interface(clerk: Client, checked: factories.Checked) -> None:
    address = f"/api/cases/{checked.case.number}/files"
    file = BytesIO("扫描件".encode())
    file.name = "扫描.jpg"
    assert clerk.post(address, {"files": file}).json() == [
        {"number": ANY, "file": "扫描.jpg", "size": 9, "sha256": ANY, "state": "received", "state_name": "已接收"}
    ]
    checked.case.state = Case.State.ACCEPTED
    checked.case.save()
    file.seek(0)
    late = clerk.post(address, {"files": file})
    assert (late.status_code, late.json()["code"]) == (409, "not-open")


def test_the_report_is_read_over_the_json_interface(clerk: Client, checked: factories.Checked) -> None:
    found = clerk.get(f"/api/cases/{checked.case.number}/report").json()
    assert found["current"] is True
    assert found["report"]["verdict"] == "incomplete"
    assert [one["number"] for one in clerk.get("/api/cases").json()] == [checked.case.number]


def test_work_that_failed_is_told_on_the_case_it_holds_up(clerk: Client, checked: factories.Checked) -> None:
    facts = {"arguments": {}, "case_number": checked.case.number, "created_at": factories.NOW}
    error = {"code": "quarantined", "message": "印章已停用", "remedy": "请联系印章管理员"}
    Job.objects.create(kind="seal", input_digest="1", state="quarantined", error=error, **facts)
    Job.objects.create(
        kind="store", input_digest="2", state="queued", error={**error, "message": "存储不可用"}, **facts
    )
    shown = text(clerk.get(f"/case/{checked.case.number}/live"))
    assert "加盖印章未能完成</strong>印章已停用 请联系印章管理员" in shown
    assert "入库将自动重试</strong>存储不可用" in shown


def test_only_the_window_changes_a_case(as_role: Callable[..., Client], checked: factories.Checked) -> None:
    officer = as_role(Role.OFFICER)
    assert officer.get(f"/case/{checked.case.number}").status_code == 200
    assert officer.post(f"/case/{checked.case.number}/accept").status_code == 403
    assert officer.post(f"/api/cases/{checked.case.number}/files").status_code in {403, 422}


def test_a_file_that_was_sealed_off_is_named_with_what_to_do_and_cannot_be_opened(
    clerk: Client, checked: factories.Checked
) -> None:
    refusal = {"code": "confidential-mark", "message": "第1页页首有“机密”标志", "remedy": "请报保密工作机构", "page": 1}
    held = factories.upload(checked.case, "会议纪要.pdf", state="confidential", refusal=refusal)
    page = factories.page(held)
    address = f"/case/{checked.case.number}"
    shown = text(clerk.get(address))
    assert "第1页页首有“机密”标志" in shown
    assert "请报保密工作机构" in shown
    assert f'data-page="{page.pk}"' not in shown
    for closed in (f"/upload/{held.number}/original", f"/page/{page.pk}", f"/page/{page.pk}.jpg"):
        assert clerk.get(address + closed).status_code == 404
        assert f'"{address}{closed}"' not in shown


def test_a_notice_is_opened_when_it_is_sealed_and_not_before(clerk: Client, checked: factories.Checked) -> None:
    facts = {"case": checked.case, "kind": "one-time", "content": {}, "made_at": factories.NOW}
    waiting = Notice.objects.create(number="990101补正〔2026〕1号", **facts)
    late = [{"entry": "M-SGHT", "code": "seal-missing"}]
    ready = Notice.objects.create(
        number="990101补正〔2026〕2号", sha256=factories.kept(b"%PDF-"), repeats=late, **facts
    )
    shown = text(clerk.get(f"/case/{checked.case.number}/live"))
    assert "正在生成并盖章" in shown
    assert "二次告知 1 项" in shown
    address = f"/case/{checked.case.number}/notice"
    assert clerk.get(f"{address}/{waiting.pk}.pdf").status_code == 404
    assert clerk.get(f"{address}/{ready.pk}.pdf").content == b"%PDF-"
