"""四性检测 by itself: after filing, when due, with what persons entered; each report is archived with its package."""

import datetime as dt
import json

import pytest
import time_machine
from django.utils import timezone

from archive import (
    Event,
    FollowUp,
    LocalStore,
    Package,
    append_event,
    digest_bytes,
    ensure_log_key,
    manifest_bytes,
    object_key,
    parse_manifest,
)
from archive.inspection import HandOver, InspectionRecord
from tests.archive import sample_package as sample
from tests.archive.inspection import whole_package
from tests.workers.casework import run
from workers import (
    Job,
    NotManualError,
    enter_manual,
    inspect_handed_over,
    request_due_inspections,
    request_inspection,
    zone,
)
from workers.jobs import enqueue
from workers.probing import probe_archive
from workers.stage import NotExpectedError

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(120)]
AT = whole_package.AT


@pytest.fixture(autouse=True)
def _the_sample_is_ours(settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sample's seals are of the tests' own authority; no scanner of the machine has a say."""
    settings.INSPECT_AT_FILING, settings.VIRUS_SCANNER = True, ""
    monkeypatch.setattr("workers.inspection_facts.authority", sample.authority)


@pytest.fixture
def package(settings) -> Package:
    """A whole package in the archive, in the log and published: what filing leaves."""
    ensure_log_key(settings.KEYS_DIR / "log.key", settings.LOG_ORIGIN)
    with time_machine.travel(AT, tick=False):
        probe_archive()
        return stored()


def stored() -> Package:
    vault = zone("archive")
    assert isinstance(vault, LocalStore)
    manifest = whole_package.build(whole_package.parts(sealed=True), vault)
    raw = manifest_bytes(manifest)
    digests = digest_bytes(raw)
    vault.put(object_key(digests.sha256), raw, sha256=digests.sha256)
    row = Package.objects.create(
        number=manifest.package,
        case_number=manifest.case.number,
        archive_number=manifest.archive_number,
        title="晨曦智能装备制造基地项目 建筑工程施工许可证核发",
        project_code=manifest.case.project_code,
        retention=manifest.retention.code,
        state=Package.State.STORED,
        manifest_sha256=digests.sha256,
        manifest_sm3=digests.sm3,
        element_count=len(manifest.elements),
        byte_count=sum(element.size for element in manifest.elements),
        built_at=timezone.now(),
        stored_at=timezone.now(),
    )
    event = append_event(
        "package-stored", case_number=row.case_number, object_sha256=digests.sha256, now=timezone.now()
    )
    enqueue("log", case=row.case_number, package=row.pk, event=event.pk)
    run("log")
    run("publish")
    return row


def test_a_filed_package_is_inspected_by_itself_and_the_report_is_archived(package: Package) -> None:
    with time_machine.travel(AT + dt.timedelta(minutes=5), tick=False):
        run("inspect-package")
        run("supplement")
    [record] = InspectionRecord.objects.all()
    assert (record.phase, record.batch) == ("GD", "GD〔2026〕000001号")
    missing = [f"{serial:04d}" for serial in range(1, 7)]
    said = {(line["编码"], line["结果"]): line["备注"] for line in record.faults}
    assert said[("GD-2-6", "不合格")][3:7] in missing  # six numbers of the series were drawn for nothing we know of
    assert {code for code, _ in said} == {"GD-2-6", "GD-3-7", "GD-4-1", "GD-4-2"}
    link = FollowUp.objects.get(kind=FollowUp.Kind.INSPECTION)
    manifest = parse_manifest(zone("archive").read(object_key(link.manifest_sha256)))
    kept = {element.media_type: element for element in manifest.elements if element.element == 32}
    report = json.loads(zone("archive").read(object_key(kept["application/json"].sha256)))
    assert (report["batch"], report["verdict"], report["package"]) == (record.batch, "不合格", package.number)
    assert any(line["编码"] == "GD-1-1" and line["备注"].startswith("存证日志：第") for line in report["lines"])
    assert zone("archive").read(object_key(kept["application/pdf"].sha256)).startswith(b"%PDF-")
    told = Event.objects.get(kind="package-inspected")
    assert (told.object_sha256, told.details["verdict"]) == (record.report_sha256, "不合格")


def test_the_same_inspection_run_again_makes_the_same_report_and_counts_once(package: Package) -> None:
    from workers import inspecting

    job = Job.objects.get(kind="inspect-package")
    first, again = (inspecting.inspect(job.arguments) for _ in range(2))
    assert first[0].to_bytes() == again[0].to_bytes()
    assert [one.sha256 for one in first[1]] == [one.sha256 for one in again[1]]
    run("inspect-package")
    with pytest.raises(NotExpectedError):
        inspecting.inspect(job.arguments)
    assert Job.objects.filter(kind="supplement").count() == 1


def test_one_that_is_under_way_is_not_asked_for_twice(package: Package) -> None:
    record = InspectionRecord.objects.get()
    assert request_inspection(package, "GD") == record
    assert Job.objects.filter(kind="inspect-package").count() == 1


def test_long_term_inspections_come_round_the_longest_uninspected_first(package: Package, settings) -> None:
    settings.INSPECTIONS_A_RUN = 1
    later = AT + dt.timedelta(days=settings.INSPECTION_DAYS)
    other = Package.objects.get(pk=package.pk)
    other.pk, other.number, other.case_number, other.archive_number = None, "other", "other", "other"
    other.save()
    assert request_due_inspections(AT) == 1  # never inspected goes first
    assert InspectionRecord.objects.latest("pk").package == other
    assert request_due_inspections(AT) == 0
    assert request_due_inspections(later + dt.timedelta(minutes=1)) == 1
    assert [(one.package, one.phase) for one in InspectionRecord.objects.order_by("pk")] == [
        (package, "GD"),
        (other, "GD"),
        (package, "CQ"),
    ]


def test_what_a_person_enters_is_logged_and_enters_the_next_report(package: Package) -> None:
    entered = {"object_": "检测环境", "result": "合格", "remark": "卡巴斯基 2026-11-22", "by": "王敏", "found_at": AT}
    for number in ("4-1", "4-2"):
        enter_manual(package, number, **entered)  # type: ignore[arg-type]
    run("inspect-package")
    record = InspectionRecord.objects.get()
    assert {line["编码"] for line in record.faults} == {"GD-2-6", "GD-3-7"}
    assert Event.objects.filter(kind="inspection-entered").count() == 2


def test_a_person_cannot_enter_what_software_judges_or_what_says_nothing(package: Package) -> None:
    for number, result, object_ in (("1-1", "合格", "x"), ("4-5", "未检测", "x"), ("4-5", "合格", " ")):
        entered = {"object_": object_, "result": result, "remark": "", "by": "王敏", "found_at": AT}
        with pytest.raises(NotManualError):
            enter_manual(package, number, **entered)  # type: ignore[arg-type]


def test_a_bag_that_is_no_bag_has_a_report_too(package: Package, tmp_path) -> None:
    report = inspect_handed_over(tmp_path / "nothing", HandOver(list_number="1", files=1, size=1), now=AT)
    assert (report.batch, report.verdict) == ("YJ〔2026〕000001号", "不合格")
