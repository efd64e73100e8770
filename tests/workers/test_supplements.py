"""What comes after a package is a link of one chain, in one order, each once."""

from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone

from archive import Event, FollowUp, Package, object_key, parse_manifest, verify_package
from portal.roles import Role
from signing import Act, Certificate, Decision
from tests.portal import factories
from tests.workers.casework import run
from workers import (
    Job,
    add_supplement,
    authority,
    decide_on,
    export_follow_ups,
    findable,
    log_public_key,
    prepare,
    supplements,
    zone,
)
from workers.made_elements import kept_json
from workers.stage import NotExpectedError, NotYetError
from workers.tasks import run_job

pytestmark = pytest.mark.django_db


@pytest.fixture
def certificate() -> Certificate:
    """A certificate whose case is archived."""
    prepare()
    made = factories.certificate(factories.case(factories.user(Role.CLERK)), data={"建设规模": "9800㎡"})
    factories.package(factories.ingest.Case.objects.get(number=made.case_number))
    return made


def report(package: Package, key: str) -> Job | None:
    """Ask for a report to be archived."""
    element = kept_json(32, "过程文件", "检测报告", 1, {"key": key})
    with transaction.atomic():
        return add_supplement(
            package,
            kind=FollowUp.Kind.INSPECTION,
            title=f"检测报告 {key}",
            elements=[element],
            key=key,
            now=timezone.now(),
        )


def test_acts_and_reports_make_one_chain_that_leads_back_to_the_case(certificate: Certificate, tmp_path: Path) -> None:
    package, why = Package.objects.get(), Decision("需要核实", "江建核〔2026〕1号")
    report(package, "GD:1")
    decide_on(certificate, Act.SUSPEND, why, by=factories.user(Role.OFFICER))
    report(package, "CQ:1")
    for link in Job.objects.filter(kind__in=supplements.LINK_JOBS).order_by("pk"):
        run_job(link.pk)
    run_job(Job.objects.filter(kind="publish").latest("pk").pk)
    rows = list(package.follow_ups.order_by("order"))
    assert [row.kind for row in rows] == ["inspection", "act", "inspection"]
    before = (package.number, package.manifest_sha256)
    for row in rows:
        manifest = parse_manifest(zone("archive").read(object_key(row.manifest_sha256)))
        assert (manifest.previous_package, manifest.previous_manifest_sha256) == before
        before = (row.number, row.manifest_sha256)
    for bag in export_follow_ups(package.case_number, tmp_path):
        trusted = {"trusted_log_key": log_public_key().encode(), "roots": authority().roots}
        assert verify_package(bag, **trusted).verdict == "valid"


def test_the_same_supplement_is_archived_once_however_often_it_is_asked_for(certificate: Certificate) -> None:
    package = Package.objects.get(case_number=certificate.case_number)
    assert report(package, "GD:1")
    assert report(package, "GD:1") is None
    run("supplement")
    assert report(package, "GD:1") is None
    assert package.follow_ups.count() == Event.objects.filter(kind="supplement-added").count() == 1
    with pytest.raises(NotExpectedError):
        supplements.build(Job.objects.get(kind="supplement").arguments)


def test_a_later_link_waits_for_the_earlier_one(certificate: Certificate) -> None:
    package = Package.objects.get(case_number=certificate.case_number)
    first, second = report(package, "GD:1"), report(package, "GD:2")
    assert first
    assert second
    with pytest.raises(NotYetError, match="尚未完成"):
        supplements.build(second.arguments)
    run_job(first.pk)
    run_job(second.pk)
    assert [row.key for row in package.follow_ups.order_by("order")] == ["GD:1", "GD:2"]


def test_a_link_built_on_what_is_no_longer_the_newest_is_built_again(certificate: Certificate) -> None:
    package = Package.objects.get(case_number=certificate.case_number)
    first = report(package, "GD:1")
    assert first
    built = supplements.build(first.arguments)
    run_job(first.pk)
    with transaction.atomic(), pytest.raises(NotYetError, match="重新整理"):
        supplements.record({**first.arguments, "key": "GD:2"}, built)


def test_a_supplement_of_a_package_not_yet_stored_waits(certificate: Certificate) -> None:
    package = Package.objects.get(case_number=certificate.case_number)
    package.state = Package.State.BUILT
    package.save()
    job = report(package, "GD:1")
    assert job
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error) == (Job.State.QUEUED, {"code": "not-yet", "message": "档案尚未入库"})


def test_what_follows_a_package_without_words_has_those_of_the_package_made_first(certificate: Certificate) -> None:
    package = Package.objects.get(case_number=certificate.case_number)
    package.entry.delete()  # type: ignore[attr-defined]
    report(package, "GD:1")
    run("supplement")
    later = Job.objects.get(kind="index")
    with pytest.raises(NotYetError, match="尚未编入检索"):
        findable.read(later.arguments)
    own = Job.objects.filter(kind="index").exclude(pk=later.pk).get()
    assert own.arguments["manifest"] == package.manifest_sha256
    Job.objects.filter(pk=own.pk).update(state=Job.State.QUARANTINED)
    with pytest.raises(NotExpectedError):
        findable.read(later.arguments)
