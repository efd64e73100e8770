"""What becomes of a certificate after its case was archived lies in the archive too, and leads back to the case."""

from pathlib import Path

import pytest
from django.utils import timezone

from archive import (
    Event,
    FollowUp,
    HeldMaterial,
    Package,
    check_log,
    check_manifest,
    digest_bytes,
    object_key,
    parse_manifest,
    verify_package,
)
from archive.holdings import still_valid
from archive.lookup import PackageQuery, search_packages
from portal.roles import Role
from signing import Act, Certificate, Decision, SealUse
from tests.portal import factories
from tests.workers.casework import run
from workers import (
    Job,
    authority,
    decide_on,
    export_follow_ups,
    follow_ups,
    issuing,
    log_public_key,
    new_version,
    prepare,
    zone,
)
from workers.tasks import run_job

pytestmark = pytest.mark.django_db
WHY = Decision("建设规模经规划调整", "江规核〔2026〕8号")


@pytest.fixture
def archived() -> Certificate:
    """A certificate whose case is archived, and on offer for the next case."""
    prepare()
    made = factories.certificate(factories.case(factories.user(Role.CLERK)), data={"建设规模": "9800㎡"})
    case = factories.ingest.Case.objects.get(number=made.case_number)
    package = factories.package(case)
    subject = f"{case.project.code}/{case.works.name if case.works else ''}"
    facts = {"name": "施工许可证", "subject_kind": "works", "subject": subject, "size": 1, "held_since": timezone.now()}
    identity = {"number": made.number, "version": "1", "source": "certificate"}
    HeldMaterial.objects.create(package=package, type="OUT-SGXK", sha256=made.sealed_sha256, **facts, **identity)
    return made


def superseded(certificate: Certificate) -> Certificate:
    """The next version, valid; its file is no real one."""
    by = factories.user(Role.OFFICER)
    made = new_version(certificate, Act.CHANGE, WHY, by=by, changes={"建设规模": "12000㎡"})
    made.state, made.sealed_sha256 = "sealed", factories.kept(b"%PDF-1.7 second")
    made.save()
    facts = {"seal": made.seal, "number": made.number, "used_at": timezone.now(), "by": by, "before_sha256": "1" * 64}
    SealUse.objects.create(kind="certificate", certificate=made, after_sha256=made.sealed_sha256, **facts)
    issuing.record_verdict({"certificate": made.pk}, {"verdict": "valid", "seals": [], "reasons": []})
    made.refresh_from_db()
    return made


def test_every_act_is_archived_in_its_order_and_names_what_came_before(archived: Certificate) -> None:
    second = superseded(archived)
    by = factories.user(Role.OFFICER)
    decide_on(second, Act.SUSPEND, WHY, by=by)
    decide_on(second, Act.RESTORE, WHY, by=by)
    run("follow-up")
    run_job(Job.objects.filter(kind="publish").latest("pk").pk)  # one head holds all of them
    package = Package.objects.get()
    rows = list(FollowUp.objects.order_by("order"))
    assert [row.title.split()[0] for row in rows] == ["新版生效", "暂停", "恢复"]
    vault, before = zone("archive"), (package.number, package.manifest_sha256)
    for row in rows:
        manifest = parse_manifest(vault.read(object_key(row.manifest_sha256)))
        assert digest_bytes(vault.read(object_key(row.manifest_sha256))).sm3 == row.manifest_sm3
        assert (manifest.previous_package, manifest.previous_manifest_sha256) == before
        assert all(line.passed for line in check_manifest(manifest, vault))
        assert Event.objects.get(kind="follow-up-stored", object_sha256=row.manifest_sha256).leaf_index is not None
        before = (row.number, row.manifest_sha256)
    first = parse_manifest(vault.read(object_key(rows[0].manifest_sha256)))
    assert second.sealed_sha256 in {element.sha256 for element in first.elements}
    told = next(vault.read(object_key(one.sha256)).decode() for one in first.elements if one.role == "变动决定")
    for words in ("江规核〔2026〕8号", "12000㎡", second.identifier, by.get_username()[:4]):
        assert words in told
    assert check_log() == []
    run("index")
    for words in (second.number, "江规核〔2026〕8号"):  # it is found by the new version and by what was decided
        assert [hit.package for hit in search_packages(PackageQuery(words))] == [package]


def test_a_follow_up_is_exported_and_verified_offline(archived: Certificate, tmp_path: Path) -> None:
    decide_on(archived, Act.REVOKE, WHY, by=factories.user(Role.OFFICER))
    run("follow-up")
    run("publish")
    [bag] = export_follow_ups(archived.case_number, tmp_path)
    found = verify_package(bag, trusted_log_key=log_public_key().encode(), roots=authority().roots)
    assert found.verdict == "valid", [check for check in found.checks if check.state != "ok"]
    decision = next(bag.rglob("*变动决定.json"))
    decision.write_text(decision.read_text().replace("revoked", "valid"))
    assert verify_package(bag, trusted_log_key=None, roots=authority().roots).verdict == "invalid"


def test_what_no_longer_holds_is_not_offered_from_the_moment_on_which_it_was_decided(archived: Certificate) -> None:
    second = superseded(archived)
    assert standings() == {archived.sealed_sha256: "superseded"}
    run("follow-up")
    assert standings() == {archived.sealed_sha256: "superseded", second.sealed_sha256: "holds"}
    old, new = HeldMaterial.objects.order_by("pk")
    assert (old.superseded_by, new.version, new.source) == (new, "2", "certificate")
    for act, standing in ((Act.SUSPEND, "suspended"), (Act.RESTORE, "holds"), (Act.REVOKE, "revoked")):
        decide_on(second, act, WHY, by=factories.user(Role.OFFICER))
        assert standings()[second.sealed_sha256] == standing
        assert still_valid(HeldMaterial.objects.get(pk=new.pk), timezone.localdate()).holds == (standing == "holds")
        run("follow-up")
        assert standings()[second.sealed_sha256] == standing


def standings() -> dict[str, str]:
    """How everything that is held stands, by its digest."""
    return dict(HeldMaterial.objects.values_list("sha256", "standing"))


def test_acts_on_a_case_that_is_not_archived_yet_are_caught_up_with(archived: Certificate) -> None:
    Package.objects.update(state=Package.State.BUILT)
    decide_on(archived, Act.REVOKE, WHY, by=factories.user(Role.OFFICER))
    assert not Job.objects.filter(kind="follow-up").exists()
    Package.objects.update(state=Package.State.STORED)
    follow_ups.request_follow_ups(archived.case_number)
    follow_ups.request_follow_ups(archived.case_number)
    run("follow-up")
    assert FollowUp.objects.count() == Job.objects.filter(kind="follow-up").count() == 1


def test_a_worker_that_dies_before_it_writes_leaves_the_order_as_it_was(archived: Certificate) -> None:
    by = factories.user(Role.OFFICER)
    for act in (Act.SUSPEND, Act.RESTORE):
        decide_on(archived, act, WHY, by=by)
    first, second = Job.objects.filter(kind="follow-up").order_by("pk")
    follow_ups.build(first.arguments)  # and dies
    with pytest.raises(follow_ups.NotYetError):
        follow_ups.build(second.arguments)
    run("follow-up")
    assert list(FollowUp.objects.values_list("order", flat=True)) == [1, 2]
    with pytest.raises(follow_ups.NotExpectedError):
        follow_ups.build(first.arguments)
