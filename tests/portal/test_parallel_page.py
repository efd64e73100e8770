"""The page of a parallel case: one pile, one list as a picture, every item; and the stage form beside its evidence."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

import archive
from ingest import Case, ParallelCase, Upload
from portal.roles import Role
from samples.world import BUILDER_OWNER, PROJECT, PROJECT_CODE
from tests.portal import factories
from tests.workers.parallel_steps import case_of, checked, filed, opened

pytestmark = pytest.mark.django_db
PLACE = "江澜市高新区晨曦路8号"


@pytest.fixture
def clerk(as_role: Callable[..., Client]) -> Client:
    return as_role(Role.CLERK)


@pytest.fixture
def parallel(clerk: Client) -> ParallelCase:
    made = opened()
    checked(made)
    return made


def text(response: Any) -> str:
    return str(response.content.decode())


def dots(page: str, entry: str) -> dict[str, str]:
    """The states of a material by item, as the dots show them."""
    row = page.split(f'id="row-{entry}"')[1].split('class="row-more"', maxsplit=1)[0]
    return dict(re.findall(r'class="dot[^"]*" data-item="([^"]+)" data-state="([^"]*)"', row))


def read_letter(parallel: ParallelCase, **fields: str) -> Upload:
    """An application form with its page, for the first item."""
    upload = filed(case_of(parallel, "S1-07"), "M-YDSQB", "申请表.pdf", **fields)
    factories.page(upload)
    return upload


def test_a_material_is_one_row_with_a_dot_for_every_item_that_asks(clerk: Client, parallel: ParallelCase) -> None:
    shown = text(clerk.get(f"/parallel/{parallel.number}"))
    assert dots(shown, "M-SQWT") == {"S1-01": "gap", "S1-07": "gap"}
    assert dots(shown, "OUT-LX") == {"S1-01": "", "S1-07": "awaited"}
    assert shown.count('id="row-M-SQWT"') == 1
    assert "由 S1-01 产生" in shown
    assert "可容缺 5 个工作日" in shown
    filed(case_of(parallel, "S1-01"), "M-SQWT")
    checked(parallel)
    after = text(clerk.get(f"/parallel/{parallel.number}/live"))
    assert len(set(dots(after, "M-SQWT").values())) == 1
    assert dots(after, "M-SQWT")["S1-07"] not in {"gap", "missing"}


def test_pages_that_were_handed_in_are_shown_with_the_list(clerk: Client, parallel: ParallelCase) -> None:
    upload = read_letter(parallel)
    page = upload.pages.get()
    for address in (f"/parallel/{parallel.number}", f"/parallel/{parallel.number}/live"):
        response = clerk.get(address)
        assert response.status_code == 200
        assert 'class="thumb' in text(response)
        assert f'data-page="{page.pk}"' in text(response)


def test_every_item_shows_how_far_it_is_and_what_it_waits_for(clerk: Client, parallel: ParallelCase) -> None:
    shown = text(clerk.get(f"/parallel/{parallel.number}"))
    second = shown.split('data-item="S1-07" data-state="open"')[1].split("</li>")[0]
    assert "须先办结：" in second
    assert "企业投资项目备案" in second
    assert f'href="/case/{case_of(parallel, "S1-07").number}"' in second


def test_nothing_is_sent_again_while_nothing_changed(clerk: Client, parallel: ParallelCase) -> None:
    live = text(clerk.get(f"/parallel/{parallel.number}/live"))
    seen = re.search(r"seen=([0-9a-f]{16})", live)
    assert seen
    assert clerk.get(f"/parallel/{parallel.number}/live?seen={seen[1]}").status_code == 204


def test_a_file_withdrawn_on_the_parent_can_be_taken_back_there(clerk: Client, parallel: ParallelCase) -> None:
    upload = filed(case_of(parallel, "S1-01"), "M-SQWT", "委托书.pdf")
    said = text(clerk.post(f"/parallel/{parallel.number}/do/withdraw?upload={upload.number}"))
    assert "已撤回“委托书.pdf”，各事项都不再计入。" in said
    undo = re.search(r'data-key="undo" hx-post="([^"]+)"', said)
    assert undo
    assert "已恢复" in text(clerk.post(undo[1].replace("&amp;", "&")))
    upload.refresh_from_db()
    assert upload.withdrawn_at is None
    assert checked(parallel)["S1-07"]["M-SQWT"] != "gap"


def test_a_document_that_no_item_asks_for_is_refiled_for_all(clerk: Client, parallel: ParallelCase) -> None:
    upload = filed(case_of(parallel, "S1-01"), "M-SGHT")
    checked(parallel)
    material = upload.materials.get()
    assert "没有归入清单的材料" in text(clerk.get(f"/parallel/{parallel.number}"))
    said = text(clerk.post(f"/parallel/{parallel.number}/do/refile?material={material.pk}", {"type": "M-SQWT"}))
    assert "各事项一并更新" in said
    assert {use.case.item_code for use in material.uses.filter(withdrawn_at=None)} == {"S1-01", "S1-07"}
    assert "没有这种材料" in text(
        clerk.post(f"/parallel/{parallel.number}/do/refile?material={material.pk}", {"type": "X"})
    )


@pytest.mark.parametrize("work", ["withdraw?upload=X", "refile?material=abc", "reuse?held=1", "accept?case=X"])
def test_what_is_not_there_is_not_found(clerk: Client, parallel: ParallelCase, work: str) -> None:
    assert clerk.post(f"/parallel/{parallel.number}/do/{work}").status_code == 404


def test_an_item_that_is_not_complete_is_not_accepted_and_says_why(clerk: Client, parallel: ParallelCase) -> None:
    case = case_of(parallel, "S1-01")
    said = text(clerk.post(f"/parallel/{parallel.number}/do/accept?case={case.number}"))
    assert "材料不齐，不能受理" in said
    assert Case.objects.filter(state="accepted").count() == 0


def test_a_parallel_case_is_opened_from_its_form_and_a_wrong_choice_is_told(clerk: Client) -> None:
    facts = {
        "project_code": PROJECT_CODE,
        "project_name": PROJECT,
        "applicant_name": BUILDER_OWNER.name,
        "applicant_uscc": BUILDER_OWNER.code,
        "sensitive": "否",
    }
    alone = clerk.post("/parallel/new", {**facts, "items": ["S1-01"]})
    assert alone.status_code == 409
    assert "并联办理至少要有两个事项" in text(alone)
    made = clerk.post("/parallel/new", {**facts, "items": ["S1-07", "S1-01"]})
    parallel = ParallelCase.objects.get()
    assert made["Location"] == f"/parallel/{parallel.number}"
    assert {case.item_code for case in parallel.cases.all()} == {"S1-01", "S1-07"}


def test_a_value_of_the_form_leads_to_its_page_and_box(clerk: Client, parallel: ParallelCase) -> None:
    read_letter(parallel, 用地位置=PLACE)
    number = case_of(parallel, "S1-01").number
    shown = text(clerk.get(f"/case/{number}/form"))
    line = shown.split('id="line-建设地点"')[1].split("</form>")[0]
    assert f'value="{PLACE}"' in line
    assert "申请表.pdf" in line
    link = re.search(r'data-evidence hx-get="([^"]+)"', line)
    assert link
    evidence = text(clerk.get(link[1]))
    assert '<polygon points="10,10 90,10 90,30 10,30"/>' in evidence
    assert "mark-field is-mine" in evidence
    assert clerk.get(link[1].replace("/0/page", "/99/page")).status_code == 404


def test_a_value_is_put_right_confirmed_and_undone_on_the_page(clerk: Client, parallel: ParallelCase) -> None:
    read_letter(parallel, 用地位置="江澜市高新区晨嚱路8号")
    number = case_of(parallel, "S1-07").number
    said = text(clerk.post(f"/case/{number}/form/建设地点/set", {"value": PLACE}))
    line = said.split('id="line-建设地点"')[1].split("</form>")[0]
    assert 'data-state="confirmed"' in line
    assert f'value="{PLACE}"' in line
    assert "江澜市高新区晨嚱路8号" in line  # the reading is kept beside it
    assert "已记录“建设地点”" in said
    undo = re.search(r'data-key="undo" hx-post="([^"]+)"', said)
    assert undo
    line = text(clerk.post(undo[1])).split('id="line-建设地点"')[1].split("</form>")[0]
    assert 'value="江澜市高新区晨嚱路8号"' in line
    refused = text(clerk.post(f"/case/{number}/form/总投资/set", {"value": "很多"}))
    assert "said-error" in refused
    assert "应填金额" in refused
    confirmed = text(clerk.post(f"/case/{number}/form/confirm"))
    assert 'data-field="建设地点" data-state="confirmed"' in confirmed


def test_the_form_is_printed_as_pdf(clerk: Client, parallel: ParallelCase) -> None:
    response = clerk.get(f"/case/{case_of(parallel, 'S1-07').number}/form.pdf")
    assert response["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF")


def test_an_officer_reads_the_form_and_changes_nothing(as_role: Callable[..., Client], parallel: ParallelCase) -> None:
    officer = as_role(Role.OFFICER)
    number = case_of(parallel, "S1-07").number
    assert "readonly" in text(officer.get(f"/case/{number}/form"))
    assert officer.post(f"/case/{number}/form/建设地点/set", {"value": PLACE}).status_code == 403


def test_programs_read_the_union_and_fill_in_the_form(clerk: Client, parallel: ParallelCase) -> None:
    union = clerk.get(f"/api/parallel/{parallel.number}").json()
    assert [case["item"] for case in union["cases"]] == ["S1-01", "S1-07"]
    assert {row["material"]: row["states"] for row in union["union"]}["M-SQWT"] == {"S1-01": "gap", "S1-07": "gap"}
    address = f"/api/cases/{case_of(parallel, 'S1-07').number}/form"
    edited = clerk.post(address, {"field": "建设地点", "value": PLACE}, content_type="application/json").json()
    line = next(field for field in edited["fields"] if field["field"] == "建设地点")
    assert (line["value"], line["state"], line["origin"]["origin"]) == (PLACE, "confirmed", "typed")
    undone = clerk.post(address, {"field": "建设地点"}, content_type="application/json").json()
    assert next(field for field in undone["fields"] if field["field"] == "建设地点")["state"] == "missing"
    wrong = clerk.post(address, {"field": "没有", "value": "1"}, content_type="application/json")
    assert (wrong.status_code, wrong.json()["code"]) == (409, "unknown-form-field")


def test_several_confidential_items_are_sent_another_way_and_nothing_is_kept(clerk: Client) -> None:
    facts = {
        "project_code": PROJECT_CODE,
        "project_name": PROJECT,
        "applicant_name": BUILDER_OWNER.name,
        "applicant_uscc": BUILDER_OWNER.code,
        "items": ["S1-07", "S1-01"],
    }
    assert clerk.post("/parallel/new", facts).status_code == 422  # not asked is not no
    refused = clerk.post("/parallel/new", facts | {"sensitive": "是"})
    assert (refused.status_code, PROJECT in text(refused)) == (409, False)
    assert not ParallelCase.objects.exists()
    assert archive.Event.objects.get().kind == "confidential-refused"


def test_an_officer_gives_an_opinion_where_no_certificate_is_made(
    as_role: Callable[..., Client], clerk: Client
) -> None:
    officer = as_role(Role.OFFICER)
    parallel = opened("S1-01", "S1-16")
    checked(parallel)
    case = case_of(parallel, "S1-16")
    case.state = Case.State.ACCEPTED
    case.save()
    shown = text(officer.get(f"/case/{case.number}"))
    assert f'hx-post="/case/{case.number}/opinion"' in shown
    assert "准予许可" not in shown
    failed = text(officer.post(f"/case/{case.number}/opinion", {"text": "缺少评估内容", "passed": "0"}))
    assert "缺少评估内容" in failed
    assert "整改后可再次出具" in failed
    assert "缺少评估内容" in text(officer.get(f"/parallel/{parallel.number}"))
    assert "请写明" in text(officer.post(f"/case/{case.number}/opinion", {"text": " ", "passed": "1"}))
    officer.post(f"/case/{case.number}/opinion", {"text": "同意评估结论", "passed": "1"})
    case.refresh_from_db()
    assert (case.state, case.decision["opinion"]) == ("decided", "同意评估结论")
