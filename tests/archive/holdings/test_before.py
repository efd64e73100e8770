"""What was held before materials had an identity is given one, and lists of that time are still read."""

import datetime as dt
import importlib
from typing import Any

import pytest
from django.apps import apps

from archive import Element, HeldMaterial, Manifest, Package, canonical_json, parse_manifest
from archive.holdings import DECISION_ROLE, CompanyName, index_materials, refill_materials
from archive.rebuilding import JournalHead, JournalMark
from archive.retention import KeptPeriod
from catalogue import load_catalogue
from signing import Act, Decision
from tests.archive.holdings.world import AREA, EVALUATION, FILING, OURS, PERMIT, Shelf, field
from tests.portal import factories
from workers import decide_on

pytestmark = pytest.mark.django_db


@pytest.mark.stack  # long: every migration back and forth
def test_rows_of_before_are_given_source_owner_standing_and_the_end_that_was_printed():
    by = factories.user()
    case = factories.case(by)
    made = factories.certificate(case)
    decide_on(made, Act.REVOKE, Decision("骗取许可", "江住建〔2026〕1号"), by=by)
    package = factories.package(case)
    period = {"code": "Y", "closed_on": factories.NOW.date(), "item_code": "S3-05", "item_version": "1"}
    KeptPeriod.objects.create(package=package, applicant_uscc=OURS, **period)
    facts: dict[str, Any] = {"package": package, "size": 1, "held_since": factories.NOW, "subject": "1"}
    ended = {"valid_until": dt.date(2026, 1, 1), "sha256": made.sealed_sha256}
    HeldMaterial.objects.create(type=PERMIT, name="施工许可证", subject_kind="works", **facts, **ended)
    told = {"区域评估单元编码": {"value": AREA}}
    HeldMaterial.objects.create(type=EVALUATION, subject_kind="area", sha256="1" * 64, fields=told, **facts)
    JournalHead.objects.get_or_create(pk=1)
    JournalMark.objects.all().delete()
    importlib.import_module("archive.holdings.migrations.0002_fill_identity").fill(apps, None)
    permit, area = HeldMaterial.objects.order_by("pk")
    assert (permit.source, permit.standing, permit.version) == ("certificate", "revoked", str(made.version))
    assert (permit.dated, permit.valid_until) == (made.issued_on, made.valid_until)
    assert (permit.owner, permit.collected_from) == (load_catalogue().item("S3-05").lead_dept, OURS)
    assert permit.standing_since == made.acts.get().recorded_at
    assert (area.source, area.subject, area.standing) == ("area", AREA, "holds")
    marked = JournalMark.objects.filter(model="archive.heldmaterial")
    assert set(marked.values_list("row", flat=True)) == {permit.pk, area.pk}


def test_a_rebuild_gives_rows_of_a_journal_of_before_what_their_package_tells():
    shelf = Shelf()
    rows = shelf.row(FILING, number="7", fields={"备案日期": field("2026年1月5日")}), shelf.row(PERMIT, number="8")
    filed = shelf.file(*rows, group="结果文件", name="晨曦公司")
    before = list(HeldMaterial.objects.order_by("pk").values())
    HeldMaterial.objects.update(number="", fields={}, dated=None, owner="", collected_from="", source="applicant")
    CompanyName.objects.all().delete()
    refill_materials(filed[0].package, manifest_of(shelf, filed[0].package), shelf.read)
    assert list(HeldMaterial.objects.order_by("pk").values()) == before
    assert CompanyName.objects.get().name == "晨曦公司"


def manifest_of(shelf: Shelf, package: Package) -> Manifest:
    return parse_manifest(shelf.read(package.manifest_sha256))


def test_a_follow_up_says_how_the_certificate_of_its_package_stands():
    """So that holdings made from manifests alone stand as those of the counter did."""
    shelf = Shelf()
    [held] = shelf.file(shelf.row(PERMIT, number="8"), group="结果文件")
    told = {"sealed_sha256": held.sha256, "acts": [{"after": "suspended"}]}
    follow(shelf, held.package, told)
    held.refresh_from_db()
    assert held.standing == "suspended"
    follow(shelf, held.package, {**told, "acts": [{"after": "valid"}]})
    held.refresh_from_db()
    assert held.standing == "holds"


def follow(shelf: Shelf, package: Package, told: dict[str, Any]) -> None:
    """Enter a follow-up with this decision."""
    first = manifest_of(shelf, package)
    decision = shelf.keep(canonical_json(told))
    element: Element = first.elements[0].model_copy(
        update={
            "role": DECISION_ROLE,
            "sha256": decision.sha256,
            "group": "过程文件",
            "path": "过程文件/101_变动决定.json",
        }
    )
    index_materials(package, first.model_copy(update={"elements": (element,)}), shelf.read, now=factories.NOW)
