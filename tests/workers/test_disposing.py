"""A disposal goes its way through the queue: what is gone is gone everywhere, and what remains says so."""

import datetime as dt

import pytest
import time_machine
from django.contrib.auth.models import User
from django.utils import timezone

from archive import Event, KeptObject, Package, digest_bytes, object_key, parse_canonical
from archive.retention import DisposalLine, DisposalList, KeptPeriod, Ruling
from archive.transfer import Handover, Partner
from ingest import MaterialUse, Page
from portal.roles import Role
from tests.archive.rebuilding.test_rebuild import settle
from tests.archive.rebuilding.whole_database import drop, dump
from tests.portal import factories
from tests.workers.archived import CLOSED, DUE, archived, versions
from tests.workers.casework import run
from workers import (
    Job,
    against,
    appraise_disposal,
    approve_disposal,
    carry_out,
    check_archive,
    compare_database,
    compare_retention,
    draw_disposal,
    hold,
    lift_hold,
    prepare,
    rebuild_database,
    tombstone,
    zone,
)
from workers.stage import NotYetError
from workers.tasks import keep_retention

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock() -> time_machine.Traveller:
    with time_machine.travel(CLOSED, tick=False) as traveller:
        yield traveller


@pytest.fixture
def archivist() -> User:
    return factories.user(Role.ARCHIVIST)


@pytest.fixture
def supervisor() -> User:
    return factories.user(Role.SUPERVISOR)


def approved(archivist: User, supervisor: User) -> DisposalList:
    drawn = draw_disposal(by=archivist)
    said = {line.pk: Ruling(DisposalLine.Decision.DESTROY, "无保存价值") for line in drawn.lines.all()}
    appraise_disposal(drawn, said, by=archivist)
    approve_disposal(drawn, "archivist", by=archivist)
    return approve_disposal(drawn, "supervisor", by=supervisor)


def test_what_two_persons_approved_is_gone_and_what_remains_says_so(
    clock: time_machine.Traveller, archivist: User, supervisor: User
) -> None:
    prepare()
    package = archived(archivist, b"alone", b"common")
    archived(archivist, b"common", code="Y")
    clock.move_to(DUE)
    drawn = approved(archivist, supervisor)
    keep_retention()
    assert not Job.objects.filter(kind="condemn").exists()
    clock.shift(dt.timedelta(days=31))
    keep_retention()
    keep_retention()
    for kind in ("condemn", "destroy", "certify", "publish"):
        run(kind)
    package.refresh_from_db()
    drawn.refresh_from_db()
    assert (package.state, drawn.state) == ("destroyed", "certified")
    assert KeptPeriod.objects.get(package=package).certificate == drawn.number
    assert [versions(b"alone", where) for where in ("archive", "inbox", "working")] == [[], [], []]
    assert all(versions(b"common", where) for where in ("archive", "inbox", "working"))
    kept = zone("archive").read(object_key(drawn.certificate_sha256))
    assert parse_canonical(kept)["packages"][0]["archive_number"] == package.archive_number
    assert zone("archive").read(object_key(drawn.pdf_sha256)).startswith(b"%PDF")
    assert zone("archive").stat(object_key(drawn.certificate_sha256)).mode == "COMPLIANCE"
    tomb = Event.objects.get(kind="package-destroyed")
    assert tomb.details["approved_by"] == [archivist.pk, supervisor.pk]
    assert Event.objects.get(kind="disposal-certified").leaf_index is not None
    assert check_archive().damaged == []
    assert not KeptObject.objects.filter(sha256=digest_bytes(b"alone").sha256).exists()
    assert KeptObject.objects.filter(sha256=drawn.certificate_sha256).exists()
    clock.shift(dt.timedelta(days=2000))  # it is kept for ever: its lock is renewed when half is left
    assert compare_retention().faults == {}
    until = zone("archive").stat(object_key(drawn.certificate_sha256)).retain_until
    assert until == timezone.now() + dt.timedelta(days=3650)


def test_what_was_read_from_its_papers_goes_with_them(
    clock: time_machine.Traveller, archivist: User, supervisor: User
) -> None:
    prepare()
    package = archived(archivist, b"scan")
    page = factories.page(factories.ingest.Upload.objects.get(case__number=package.case_number))
    clock.move_to(DUE)
    approved(archivist, supervisor)
    clock.shift(dt.timedelta(days=31))
    carry_out()
    for kind in ("condemn", "destroy", "certify"):
        run(kind)
    assert Page.objects.get(pk=page.pk).reading is None
    assert zone("working").versions(object_key(page.picture_sha256)) == []


def test_an_open_case_a_reused_material_and_a_certificate_in_force_stand_against_it(
    clock: time_machine.Traveller, archivist: User
) -> None:
    package = archived(archivist, b"one")
    assert against(package) == []
    case = factories.ingest.Case.objects.get(number=package.case_number)
    certificate = factories.certificate(case, valid_until=None)
    other = factories.case(archivist)
    held = package.materials.create(
        type="M-SQB", name="表", subject_kind="project", subject="p", sha256="0" * 64, sm3="0" * 64, size=1,
        media_type="text/plain", held_since=CLOSED,
    )  # fmt: skip
    use = MaterialUse.objects.create(case=other, entry="M-SQB", how="reused", held=held, used_at=CLOSED)
    assert [one.code for one in against(package)] == ["in-use", "certificate"]
    assert all(one.forbids for one in against(package))
    use.withdrawn_at = CLOSED
    use.save()
    certificate.valid_until = CLOSED.date() - dt.timedelta(days=1)
    certificate.save()
    case.state = "issued"
    case.save()
    partner = Partner.objects.create(name="城建档案馆", key="k", log_key="l", registered_at=CLOSED)
    batch = Handover.objects.create(partner=partner, prepared_at=CLOSED)
    batch.items.create(package=package)
    assert [one.code for one in against(package)] == ["open-case", "unfinished"]
    batch.state = Handover.State.CLOSED
    batch.save()
    assert [one.code for one in against(package)] == ["open-case"]


def test_while_a_manifest_cannot_be_read_nothing_is_drawn(clock: time_machine.Traveller, archivist: User) -> None:
    archived(archivist, b"one")
    package = archived(archivist, b"two", noted=False)
    clock.move_to(DUE)
    Package.objects.filter(pk=package.pk).update(manifest_sha256="0" * 64)
    with pytest.raises(NotYetError, match=package.archive_number):
        draw_disposal(by=archivist)
    Package.objects.filter(pk=package.pk).update(manifest_sha256=package.manifest_sha256)
    assert draw_disposal(by=archivist).lines.count() == 2


def test_a_database_made_again_from_the_archive_knows_what_was_destroyed_and_by_whom(
    clock: time_machine.Traveller, archivist: User, supervisor: User
) -> None:
    prepare()
    package = archived(archivist, b"alone")
    stays = archived(archivist, b"kept", code="Y")
    placed = hold("project", stays.project_code, reason="审计", authority="审计函", by=supervisor)
    lift_hold(placed, reason="审计结束", by=factories.user(Role.ARCHIVIST))
    clock.move_to(DUE)
    approved(archivist, supervisor)
    clock.shift(dt.timedelta(days=31))
    carry_out()
    for kind in ("protect", "condemn", "destroy", "certify"):
        run(kind)
    settle()
    before, said = dump(), tombstone(package.archive_number)
    assert said is not None
    drop()
    assert rebuild_database().faults == []
    after = dump()
    for table in (name for name in before if name.startswith("retention.")):
        assert after[table] == before[table], table
    assert [row["state"] for row in after["archive.package"]] == [row["state"] for row in before["archive.package"]]
    assert tombstone(package.archive_number) == said
    assert Package.objects.get(number=package.number).state == "destroyed"
    assert compare_database() == []
    assert check_archive().damaged == []
