"""A parallel case in the archive: filed with the last of its cases, naming each by the digest of its manifest."""

import datetime as dt
import json
import shutil
from pathlib import Path

import pytest
from django.utils import timezone

from archive import (
    FULL_ELEMENTS,
    Package,
    check_manifest,
    digest_bytes,
    object_key,
    parse_manifest,
    to_be_filed,
    verify_package,
)
from ingest import Case, Upload
from portal.roles import Role
from tests.archive.offline.judging import verifier
from tests.portal import factories
from tests.workers.instant_steps import drain
from tests.workers.parallel_steps import case_of, filed, opened
from tests.workers.steps import account
from workers import Job, authority, export, log_public_key, prepare, refuse, zone
from workers.nesting import RETRY_FAILED, longest, request_parent, request_parents

pytestmark = pytest.mark.django_db


@pytest.mark.stack  # two cases sealed and filed, three bags judged twice
def test_the_package_of_all_is_filed_with_the_last_and_names_each_in_order(tmp_path: Path):
    prepare()
    folder = tmp_path
    parallel = opened()
    shared = filed(case_of(parallel, "S1-07"), "M-YYZZ")
    drain()
    refuse(case_of(parallel, "S1-01"), "not-ours", reason="由省级机关备案", by=account("clerk"))
    drain()
    assert not Package.objects.filter(case_number=parallel.number).exists()
    refuse(case_of(parallel, "S1-07"), "not-ours", reason="由省级机关审批", by=account("clerk"))
    drain()
    row = Package.objects.get(case_number=parallel.number)
    vault = zone("archive")
    manifest = parse_manifest(vault.read(object_key(row.manifest_sha256)))
    cases = list(parallel.cases.order_by("pk"))
    assert [child.case_number for child in manifest.children] == [case.number for case in cases]
    for child, case in zip(manifest.children, cases, strict=True):
        package = Package.objects.get(case_number=case.number)
        assert (child.package, child.archive_number) == (package.number, package.archive_number)
        assert (child.manifest_sha256, child.manifest_sm3) == (package.manifest_sha256, package.manifest_sm3)
        own = parse_manifest(vault.read(object_key(child.manifest_sha256)))
        assert own.case.parallel_case == parallel.number == manifest.case.number
        assert own.matter
        assert own.matter.siblings == tuple(one.number for one in cases if one != case)
    assert (row.state, manifest.retention.code) == ("logged", "D10")
    assert all(line.passed for line in check_manifest(manifest, vault))
    listed = next(one for one in manifest.elements if one.role == "并联材料清单")
    rows = {one["material"]: one["items"] for one in json.loads(vault.read(object_key(listed.sha256)))["materials"]}
    assert rows["M-YYZZ"] == ["S1-01", "S1-07"]
    together = next(one for one in manifest.elements if one.role == "共用文件")
    found = {one["sha256"]: set(one["in"]) for one in json.loads(vault.read(object_key(together.sha256)))}
    assert found[shared.sha256] == {child.package for child in manifest.children}
    assert {one["number"] for one in row.score["missing"]} == {32}
    assert set(to_be_filed(manifest)) <= set(FULL_ELEMENTS)
    request_parents()
    assert Job.objects.filter(kind="nest").count() == 1
    assert_exported_whole(export(parallel.number, folder), shared)


def assert_exported_whole(bag: Path, shared: Upload) -> None:
    """Both verifiers judge the packages inside, and find what was changed in one of them."""
    given = {"trusted_log_key": log_public_key().encode(), "roots": authority().roots}
    assert verify_package(bag, **given).verdict == "valid", verify_package(bag, **given).failed
    offline = offline_judge(bag)
    assert offline == set(), offline
    [first, second] = sorted((bag / "data/并联办件").iterdir())
    paper = next(path for path in second.rglob("*.pdf") if digest_bytes(path.read_bytes()).sha256 == shared.sha256)
    paper.write_bytes(paper.read_bytes() + b" ")
    named = {check.object for check in verify_package(bag, **given).failed}
    assert any(paper.name in name and second.name in name for name in named)
    assert not any(first.name in name for name in named)
    assert any(second.name in name for name in offline_judge(bag))
    shutil.rmtree(first)
    assert any(first.name in one.object for one in verify_package(bag, **given).failed)
    assert any(first.name in name for name in offline_judge(bag))


def offline_judge(bag: Path) -> set[str]:
    """What the offline verifier finds wrong."""
    module = verifier()
    given = module.Given(log_key=module.parse_key(log_public_key(), module.LOG), roots=authority().roots)
    packages, beside, _ = module.judge([bag], given)
    return {f"{line.object} {line.what}" for line in [*packages[0].lines, *beside] if line.state == "failed"}


def test_it_waits_for_the_last_and_is_asked_for_once():
    factories.user(Role.CLERK)
    parallel = opened()
    for number, case in enumerate(parallel.cases.order_by("pk")):
        assert not request_parent(parallel)
        packaged(case, number)
    assert request_parent(parallel)
    assert not request_parent(parallel)
    failed = Job.objects.filter(kind="nest")
    failed.update(state="quarantined", finished_at=timezone.now())
    assert not request_parent(parallel)
    failed.update(finished_at=timezone.now() - RETRY_FAILED - dt.timedelta(minutes=1))
    assert request_parent(parallel)
    assert Job.objects.get(kind="nest").arguments["archive_number"] == f"J001-XZ·{timezone.localdate().year}-Y-SP-0001"


def packaged(case: Case, number: int) -> None:
    """The case as it stands when its package is stored."""
    now = timezone.now()
    case.state, case.archived_at, case.issued_at = Case.State.ARCHIVED, now, now
    case.save()
    facts = {"retention": ("D30", "Y")[number], "state": "stored", "element_count": 1, "byte_count": 1, "built_at": now}
    Package.objects.create(case_number=case.number, archive_number=f"J001-{number}", title="题名", **facts)


def test_what_is_about_all_is_kept_as_long_as_any():
    assert longest(["D10", "Y", "D30"]) == "Y"
    assert longest(["D10", "D30"]) == "D30"
