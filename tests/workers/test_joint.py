"""Joint acceptance: one form, one set of materials, one opinion made of the single opinions, each part archived."""

import datetime as dt
from typing import Any

import pypdfium2
import pytest
from django.utils import timezone

import ingest
from archive import HeldMaterial, Package, digest_bytes, object_key, parse_manifest
from ingest import Case, ParallelCase
from portal.roles import Role
from signing import Seal
from tests.portal import factories
from tests.workers.parallel_steps import case_of, checked, filed, opened
from tests.workers.steps import account
from tests.workers.test_pipeline import drain
from workers import (
    LedgerSheet,
    NotPossibleError,
    accept,
    approve,
    decide,
    give_opinion,
    prepare,
    project_ledger,
    read_derivative,
    zone,
)

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(120)]

LEAD, PARTS = "S4-01", ("S4-02", "S4-03", "S4-04", "S4-05", "S4-06")
SECTION = "一期1号厂房"


@pytest.fixture(autouse=True)
def _staffed(db: None, settings: Any) -> None:
    settings.QUICK_DECISIONS = "flag"
    factories.user(Role.CLERK)
    factories.user(Role.OFFICER)


@pytest.fixture
def joint() -> ParallelCase:
    return opened(LEAD, *PARTS, section=SECTION)


def accepted(parallel: ParallelCase) -> None:
    """Every item accepted, as on a complete list."""
    checked(parallel)
    for case in parallel.cases.order_by("item_code"):
        assert case.report
        case.report["verdict"] = "complete"
        case.save()
        accept(case, by=account("clerk"))


def opinion(parallel: ParallelCase, item: str, *, passed: bool = True, text: str = "符合要求") -> Case:
    return give_opinion(case_of(parallel, item), passed=passed, text=text, by=account("officer"))


def fire_paper(parallel: ParallelCase) -> LedgerSheet:
    """The fire opinion on the list of the planning verification, as the account tells it."""
    ledger = project_ledger(parallel.project.code)
    return next(one for case, one in ledger.lines if (case.item, one.entry) == ("S4-02", "OUT-XFYS"))


def refusal(parallel: ParallelCase, item: str) -> str:
    """The code with which the item cannot be concluded."""
    officer, case = account("officer"), case_of(parallel, item)
    conclude = decide if item == LEAD else lambda case, by: give_opinion(case, passed=True, text="符合要求", by=by)
    with pytest.raises(NotPossibleError) as refused:
        conclude(case, by=officer)
    return refused.value.code


def test_one_form_stands_for_the_forms_of_the_single_acceptances(joint):
    states = checked(joint)
    assert states[LEAD]["M-LHSQB"] == "missing"
    rows = {row.entry.material: row for row in ingest.union_report(joint).rows}
    assert rows["M-LHSQB"].entry.demanded
    single = [row for row in rows.values() if row.entry.replaced_by]
    assert single, "the single acceptances have forms of their own"
    for row in single:
        assert (row.entry.replaced_by, row.entry.demanded, row.state) == (LEAD, False, "not-applicable")
    alone = opened("S4-02", "S4-03")
    form = next(row.entry.material for row in single if "S4-02" in row.entry.items)
    assert checked(alone)["S4-02"][form] == "missing"


def test_a_material_of_several_acceptances_is_asked_once_and_serves_all(joint):
    checked(joint)
    rows = {row.entry.material: row for row in ingest.union_report(joint).rows}
    assert set(rows["M-JGYS"].entry.items) >= {LEAD, "S4-06"}
    filed(case_of(joint, "S4-06"), "M-JGYS")
    after = checked(joint)
    assert all(after[item]["M-JGYS"] not in {"missing", "gap"} for item in rows["M-JGYS"].entry.items)


def test_the_joint_opinion_waits_for_every_single_one_and_for_what_must_be_put_right(joint):
    facts = {
        "owner": "江澜市行政审批局",
        "owner_uscc": "119901010000000001",
        "valid_until": timezone.now() + dt.timedelta(days=365),
    }
    Seal.objects.create(label="联合验收专用章", items=[LEAD], **facts)
    accepted(joint)
    assert refusal(joint, LEAD) == "opinions-open"
    opinion(joint, "S4-03", passed=False, text="消防水泵未联动，须整改")
    assert case_of(joint, "S4-03").state == Case.State.ACCEPTED
    for item in ("S4-04", "S4-05", "S4-06"):
        opinion(joint, item)
    assert refusal(joint, LEAD) == "opinion-negative"
    assert refusal(joint, "S4-02") == "awaits-output"  # the fire opinion is an entry of its list
    assert fire_paper(joint).how == "awaited"
    opinion(joint, "S4-03", text="整改后复验合格")
    assert (fire_paper(joint).how, "消防" in fire_paper(joint).where) == ("joint", True)
    opinion(joint, "S4-02")
    certificate = decide(case_of(joint, LEAD), by=account("officer"))
    rows = certificate.data["单项意见"]
    assert [row[3] for row in rows] == ["合格"] * len(PARTS)
    assert "整改后复验合格" in {row[2] for row in rows}
    assert certificate.data["验收范围"] == SECTION
    assert "5 项单项验收均为合格" in certificate.data["结论"]


@pytest.mark.parametrize(("text", "code"), [("  ", "opinion-empty"), ("符合要求", "not-accepted")])
def test_an_opinion_without_words_or_before_acceptance_is_refused(joint, text, code):
    if code == "opinion-empty":
        accepted(joint)
    with pytest.raises(NotPossibleError) as refused:
        opinion(joint, "S4-05", text=text)
    assert refused.value.code == code


def test_who_issues_a_certificate_gives_no_opinion_and_who_gives_an_opinion_issues_none(joint):
    accepted(joint)
    with pytest.raises(NotPossibleError) as refused:
        opinion(joint, LEAD)
    assert refused.value.code == "has-certificate"
    with pytest.raises(NotPossibleError) as refused:
        decide(case_of(joint, "S4-05"), by=account("officer"))
    assert refused.value.code == "no-certificate"


@pytest.mark.stack
@pytest.mark.django_db(transaction=True)
def test_the_sealed_joint_opinion_is_the_result_of_every_part_and_all_go_to_the_archive():
    prepare()
    joint = opened(LEAD, *PARTS, section=SECTION)
    form = filed(case_of(joint, LEAD), "M-LHSQB", 工程地址="江澜市高新区晨曦路8号")
    accepted(joint)
    drain()
    for item in ("S4-03", "S4-04", "S4-05", "S4-06", "S4-02"):
        opinion(joint, item)
    certificate = decide(case_of(joint, LEAD), by=account("officer"))
    drain()
    certificate.refresh_from_db()
    pages = pypdfium2.PdfDocument(read_derivative(certificate.rendered_sha256))
    text = "".join(page.get_textpage().get_text_range() for page in pages).replace("\r\n", "")
    for words in ("建设工程竣工联合验收意见书", certificate.number, SECTION, "江澜市高新区晨曦路8号", "消防"):
        assert words in text, words
    approve(certificate, certificate.rendered_sha256, by=account("officer"))
    drain()
    certificate.refresh_from_db()
    assert certificate.state == "valid"
    assert {case.state for case in joint.cases.all()} == {Case.State.ARCHIVED}
    for case in joint.cases.all():
        package = Package.objects.get(case_number=case.number)
        kept = zone("archive").read(object_key(package.manifest_sha256))
        assert digest_bytes(kept).sm3 == package.manifest_sm3
        manifest = parse_manifest(kept)
        assert manifest.case.parallel_case == joint.number
        kept = {element.sha256 for element in manifest.elements}
        assert {certificate.sealed_sha256, form.sha256} <= kept  # each archive is whole by itself
    assert HeldMaterial.objects.filter(type="OUT-LHYS", sha256=certificate.sealed_sha256).exists()
