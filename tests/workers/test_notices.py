"""Notices: numbered without gaps, sealed and valid, the same bytes at every printing, and what a second one tells."""

import hashlib
import io
from typing import Any

import pdfplumber
import pytest

import ingest
from ingest import Case, Notice
from signing import render, validate_pdf
from tests.portal import factories
from tests.workers.casework import accepted, kinds, opened, reported, run
from tests.workers.notice_samples import every_notice
from workers import (
    GROUNDS,
    Job,
    NotPossibleError,
    accept,
    authority,
    notify,
    prepare,
    promise,
    read_derivative,
    refuse,
    request_notice,
)

pytestmark = pytest.mark.django_db
BAD = {"code": "seal-missing", "message": "缺少公章", "remedy": "请盖章", "page": 2, "box": None, "serious": True}


def text_of(pdf: bytes) -> str:
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        return "".join("".join((page.extract_text() or "").split()) for page in document.pages)


def rendered(notice: Notice) -> bytes:
    template = "commitment" if notice.kind == "commitment" else "notice"
    return render(template, notice.content, created=notice.made_at)


def defective(material: ingest.Material, *defects: dict[str, Any]) -> dict[str, Any]:
    files = [{"file": "x.jpg", "pages": [1], "why": "", "ref": f"material:{material.pk}"}]
    return {"state": "defective", "files": files, "defects": list(defects)}


def test_every_kind_is_sealed_valid_and_says_what_it_must():
    prepare()
    made = every_notice()
    words = {
        "one-time": (
            "一次性告知书",
            "第三十二条第一款第四项",
            "未提交",
            "中标书",
            "管理办法》第四条",
        ),
        "receipt": ("收件回执", "申请表.jpg", "不表示申请已被受理"),
        "gap": ("容缺受理通知书", "授权委托书", "公章外借", "不予归档"),
        "acceptance": ("受理通知书", "予以受理", "承诺办结日期"),
        "commitment": ("容缺受理承诺书", "签字或者加盖公章", "授权委托书", "停止计时"),
        "reminder": ("补交提醒书", "至今尚未收到"),
        "refusal": ("不予受理决定书", "市水利局", "行政复议", "行政诉讼", "六十日", "六个月"),
    }
    assert set(made) == set(words) == set(Notice.Kind.values)
    for kind, notice in made.items():
        shown = text_of(rendered(notice))
        for word in (*words[kind], notice.number, "江澜市行政审批局"):
            assert "".join(word.split()) in shown, (kind, word)
    assert made["one-time"].number == "990101补正〔2026〕1号"
    assert made["refusal"].case.state == "refused"


@pytest.mark.parametrize("kind", [Notice.Kind.ONE_TIME, Notice.Kind.COMMITMENT])
def test_a_notice_is_sealed_with_the_seal_of_the_window_and_kept_as_it_was_sealed(kind: str):
    prepare()
    case = opened()
    if kind == Notice.Kind.COMMITMENT:
        promise(case, "M-SQWT", by=case.opened_by)
    else:
        notify(case, by=case.opened_by)
    run("notice")
    notice = Notice.objects.get()
    pdf = read_derivative(notice.sha256)
    assert hashlib.sha256(pdf).hexdigest() == notice.sha256
    assert hashlib.new("sm3", pdf).hexdigest() == notice.sm3
    assert pdf.startswith(rendered(notice))
    assert hashlib.sha256(rendered(notice)).hexdigest() == notice.rendered_sha256
    found = validate_pdf(pdf, authority().roots, crls=authority().crls())
    assert (found.verdict, [seal.level for seal in found.seals]) == ("valid", ["B-LTA"])
    assert notice.seal
    assert (notice.seal.label, notice.validation["verdict"]) == ("行政审批受理专用章", "valid")
    assert f"notice-{kind}" in kinds(case)


def test_numbers_have_no_gap_also_where_a_request_is_rolled_back():
    case = opened()
    numbers = [request_notice(case, Notice.Kind.RECEIPT, by=case.opened_by).number for _ in range(3)]
    with pytest.raises(NotPossibleError):
        refuse(case, "no-such-ground", reason="x", by=case.opened_by)
    numbers.append(request_notice(case, Notice.Kind.RECEIPT, by=case.opened_by).number)
    assert [number[-2:] for number in numbers] == ["1号", "2号", "3号", "4号"]
    assert len({number[:-2] for number in numbers}) == 1


def test_asking_again_for_the_same_state_of_things_gives_the_same_notice():
    case = opened()
    first = notify(case, by=case.opened_by)
    assert notify(case, by=case.opened_by) == first
    assert Job.objects.filter(kind="notice").count() == 1
    reported(case, "incomplete", OUT_ZB={"state": "missing"})
    case.revision = case.report_revision = case.revision + 1
    case.save()
    assert notify(case, by=case.opened_by) != first


def test_the_words_are_fixed_when_the_notice_is_asked_for():
    prepare()
    case = opened()
    notice = notify(case, by=case.opened_by)
    reported(case, "incomplete", OUT_ZB={"state": "missing"})
    run("notice")
    notice.refresh_from_db()
    assert "授权委托书" in text_of(read_derivative(notice.sha256))
    assert "中标书" not in text_of(read_derivative(notice.sha256))


def test_without_a_seal_the_notice_waits_and_says_so():
    case = opened()
    notify(case, by=case.opened_by)
    from workers.tasks import run_job

    job = Job.objects.get(kind="notice")
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempt, job.error["code"]) == ("queued", 0, "not-yet")
    assert "待盖章" in job.error["message"]


def second(case: Case, **rows: dict[str, Any]) -> Notice:
    """Another notice for a later state of things."""
    reported(case, "incomplete", **rows)
    case.revision = case.report_revision = case.revision + 1
    case.save()
    return notify(case, by=case.opened_by)


def told_late(notice: Notice) -> list[tuple[str, str]]:
    return [(problem["entry"], problem["code"]) for problem in notice.repeats]


def test_what_could_be_seen_at_the_first_notice_is_counted_against_the_window_once():
    case = opened()
    there = factories.material(factories.upload(case, "合同.jpg"), "M-SGHT")
    reported(case, "gap", M_SQWT={"state": "gap"})
    first = notify(case, by=case.opened_by)
    assert told_late(first) == []
    late = second(case, M_SQWT={"state": "gap"}, M_SGHT=defective(there, BAD))
    assert told_late(late) == [("M-SGHT", "seal-missing")]
    again = second(case, M_SGHT=defective(there, BAD))
    assert told_late(again) == []
    assert kinds(case).count("notice-repeats") == 1


def test_what_came_later_or_with_time_or_was_told_already_is_not_counted():
    case = opened()
    old = factories.material(factories.upload(case, "合同.jpg"), "M-SGHT")
    reported(case, "incomplete", M_SQWT={"state": "missing"}, M_SGHT=defective(old, BAD))
    notify(case, by=case.opened_by)
    new = factories.material(factories.upload(case, "授权委托书.jpg"), "M-SQWT")
    expired = BAD | {"code": "expired", "message": "已到期"}
    notice = second(case, M_SQWT=defective(new, BAD), M_SGHT=defective(old, BAD, expired))
    assert told_late(notice) == []


def test_an_acceptance_without_a_gap_gets_the_plain_notice_and_one_with_a_gap_the_other():
    case, _ = accepted()
    assert {"receipt", "gap", "commitment"} == set(case.notices.values_list("kind", flat=True))
    plain = reported(factories.case(case.opened_by))
    accept(plain, by=case.opened_by)
    assert {"receipt", "acceptance"} == set(plain.notices.values_list("kind", flat=True))


@pytest.mark.parametrize(("ground", "reason"), [("other", "x"), (next(iter(GROUNDS)), "  ")])
def test_a_refusal_needs_a_ground_of_the_law_and_a_reason(ground: str, reason: str):
    case = opened()
    with pytest.raises(NotPossibleError):
        refuse(case, ground, reason=reason, by=case.opened_by)
    assert not Notice.objects.exists()
