"""What a filed package lacks is handed in when somebody has it, and counts from then on."""

import io
from typing import Any

import pytest

from archive import FollowUp, Package, check_manifest, object_key, parse_manifest
from ingest import Case
from tests.portal import factories
from tests.workers.casework import run
from workers import Job, NotPossibleError, filing_figures, prepare, supply_element, unfiled_cases, zone

pytestmark = pytest.mark.django_db
DELIVERED = {"方式": "窗口领取", "签收人": "林见微", "签收时间": "2026-11-22 10:30"}


@pytest.fixture
def package() -> Package:
    """The package of a closed case, in the archive and logged."""
    prepare()
    made = factories.certificate(factories.case(factories.user()))
    Case.objects.filter(number=made.case_number).update(state="archived")
    return factories.package(Case.objects.get(number=made.case_number))


def missing(package: Package) -> set[int]:
    package.refresh_from_db()
    return {one["number"] for one in package.score["missing"]}


def test_the_receipt_of_a_delivery_is_archived_and_counts(package: Package):
    by = factories.user()
    paper = io.BytesIO(b"%PDF-1.7 signed receipt")
    assert supply_element(package, 26, DELIVERED, [("送达回证.pdf", paper)], by=by)
    assert supply_element(package, 26, DELIVERED, [("送达回证.pdf", paper)], by=by) is None
    run("supplement")
    row = FollowUp.objects.get()
    assert (row.kind, row.title) == ("element", "补充送达")
    manifest = parse_manifest(zone("archive").read(object_key(row.manifest_sha256)))
    assert [one.role for one in manifest.elements if one.element == 26] == ["送达补充记录", "送达补充文件"]
    assert all(line.passed for line in check_manifest(manifest, zone("archive")))
    assert 26 not in missing(package)
    assert 29 in missing(package)


def test_the_rate_counts_full_packages_of_all_closed_cases(package: Package):
    factories.case(factories.user(), state="issued", issued_at=factories.NOW)
    assert len(unfiled_cases()) == 1
    figures = filing_figures()
    assert (figures.closed, figures.filed, figures.full, figures.full_rate) == (2, 1, 0, 0)
    Package.objects.update(full_elements=True)
    assert filing_figures().full_rate == 0.5


@pytest.mark.parametrize(
    ("number", "said", "files", "code"),
    [
        (12, {"方式": "x"}, [], "element-not-supplied"),
        (26, {"方式": "  "}, [], "words-missing"),
        (26, {**DELIVERED, "备注": "x"}, [], "words-unknown"),
        (26, {"方式": "窗" * 1001}, [], "words-too-long"),
        (23, {"证照名称": "批复"}, [], "file-missing"),
        (26, DELIVERED, [("a.exe", b"MZ\x90\x00")], "file-kind"),
        (26, DELIVERED, [("a.pdf", b"%PDF-1.7")] * 21, "too-many-files"),
    ],
)
def test_what_cannot_be_taken_is_refused_in_words(
    package: Package, number: int, said: dict[str, str], files: list[tuple[str, bytes]], code: str
):
    given: list[tuple[str, Any]] = [(name, io.BytesIO(data)) for name, data in files]
    with pytest.raises(NotPossibleError) as refused:
        supply_element(package, number, said, given, by=factories.user())
    assert refused.value.code == code
    assert not Job.objects.filter(kind="supplement").exists()


def test_a_package_on_its_way_takes_nothing(package: Package):
    Package.objects.update(state="built")
    with pytest.raises(NotPossibleError, match="尚未入库"):
        supply_element(package, 26, DELIVERED, by=factories.user())
