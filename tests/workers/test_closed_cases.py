"""Every closed case is filed by itself with the elements of its result, and what is missing is named."""

import datetime as dt
import json

import pytest

from archive import Event, Manifest, Package, check_manifest, object_key, parse_manifest
from archive.records import parse_archive_number
from ingest import Case
from tests.portal import factories
from tests.workers.casework import opened, reported
from tests.workers.instant_steps import drain
from tests.workers.parallel_steps import filed as handed_in
from tests.workers.steps import account
from workers import accept, give_opinion, package_state, prepare, refuse, zone

pytestmark = pytest.mark.django_db


def filed(case: Case) -> tuple[Package, Manifest]:
    """Let the workers do what they do, and read what lies in the archive."""
    drain()
    case.refresh_from_db()
    row = Package.objects.get(case_number=case.number)
    return row, parse_manifest(zone("archive").read(object_key(row.manifest_sha256)))


def content(manifest: Manifest, role: str):
    """What the element of that role says."""
    element = next(one for one in manifest.elements if one.role == role)
    return json.loads(zone("archive").read(object_key(element.sha256)))


def test_who_is_turned_away_is_filed_with_reasons_and_remedies_and_what_is_still_missing_is_named():
    prepare()
    case = opened()
    refuse(case, "not-ours", reason="该工程由上级机关审批", by=case.opened_by)
    row, manifest = filed(case)
    assert (case.state, case.archived_at is not None) == (Case.State.REFUSED, True)
    assert (row.state, row.retention, manifest.retention.code) == ("logged", "D10", "D10")
    closed = Event.objects.get(kind="case-refused", case_number=case.number).happened_at
    assert manifest.created_at == closed
    assert manifest.retention.until == dt.date(closed.year + 10, 12, 31)
    assert manifest.filing
    parts = parse_archive_number(manifest.archive_number)
    assert (parts.fonds, parts.category, parts.year) == ("J001", "XZ", manifest.filing.year)
    assert (parts.organ, parts.item) == (manifest.filing.organ, manifest.filing.item)
    assert (manifest.filing.secrecy, manifest.filing.openness) == ("限制级", "控制")
    assert manifest.filing.department == "住房和城乡建设局（行政审批局）"
    assert manifest.matter
    assert (manifest.matter.result, manifest.matter.stage) == ("not-accepted", "施工许可")
    assert not [e for e in manifest.elements if e.element == 23]
    told = content(manifest, "不予受理理由与救济")
    assert told["reason"] == "该工程由上级机关审批"
    assert "行政复议" in json.dumps(told["words"], ensure_ascii=False)
    assert content(manifest, "文书用印与验证记录")[0]["validation"]["verdict"] == "valid"
    assert all(line.passed for line in check_manifest(manifest, zone("archive")))
    missing = {one["number"]: one for one in row.score["missing"]}
    assert {5, 26, 29, 32} <= set(missing)
    assert "施工许可" in missing[5]["why"]
    assert missing[26]["supplier"] == "窗口"
    assert row.score["satisfied"] == len(row.score["applicable"]) - len(missing)
    assert not row.full_elements


@pytest.mark.stack
def test_a_favourable_opinion_whose_paper_is_made_elsewhere_is_filed_and_says_who_must_bring_the_paper():
    prepare()
    case = factories.case(account("clerk"), item_code="S1-15")
    report = handed_in(case, "M-JTPJ", 编制单位="江澜市交通规划设计院")
    accept(reported(case), by=case.opened_by)
    give_opinion(case, passed=True, text="同意交通组织方案", by=account("officer"))
    row, manifest = filed(case)
    assert case.state == Case.State.ARCHIVED
    assert manifest.matter
    assert manifest.matter.result == "passed"
    assert report.sha256 in {element.sha256 for element in manifest.elements}
    opinion, paper = content(manifest, "意见")
    assert (opinion["opinion"], paper["author"]) == ("同意交通组织方案", "江澜市交通规划设计院")
    owed = next(one for one in row.score["missing"] if one["number"] == 23)
    assert "不在本系统制证" in owed["why"]
    assert {17} <= set(row.score["applicable"])
    assert package_state(case) == "已存证"
