"""A certificate with two seals: each approved by its own officer, sealed together, and renewed years later."""

import datetime as dt
import hashlib
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from archive import Event
from portal.cli.renewing import renew
from portal.roles import Role
from signing import (
    Certificate,
    FurtherSeal,
    PreservedFile,
    Seal,
    SealRefused,
    SealUse,
    approvals,
    ask_approvals,
    due_for_renewal,
    issued_digest,
    newest_digest,
    seals_beside,
)
from tests.portal import factories
from tests.signing.lasting import FIRE, OPINION
from tests.workers.casework import drafted, run
from workers import Job, NotPossibleError, approve, installation, look_for_renewals, prepare, read_derivative, renewing
from workers.app import QueueNames, app
from workers.jobs import enqueue
from workers.tasks import run_job

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(60)]
ITEM = "S4-01"


def fire_seal(**changes: Any) -> Seal:
    facts = {
        "label": "消防验收专用章",
        "owner": FIRE,
        "owner_uscc": "119901010000000009",
        "items": [f"会签：{ITEM}"],
        "valid_until": timezone.now() + dt.timedelta(days=365),
    }
    return Seal.objects.create(**(facts | changes))


@pytest.fixture
def certificate() -> Certificate:
    """A joint opinion with two seals, rendered."""
    prepare()
    fire_seal()
    case = factories.case(factories.user(Role.CLERK), item_code=ITEM, state="decided")
    made = drafted(case, OPINION)
    run("render")
    made.refresh_from_db()
    return made


def refused(certificate: Certificate, **options: Any) -> str:
    with pytest.raises(NotPossibleError) as caught:
        approve(certificate, certificate.rendered_sha256, **options)
    return caught.value.code


def test_nothing_is_sealed_before_every_department_has_approved_the_same_bytes(certificate: Certificate) -> None:
    own, fire = factories.user(Role.OFFICER), factories.user(Role.OFFICER)
    seals = [one.seal for one in approvals(certificate)]
    assert [seal.owner for seal in seals] == ["江澜市行政审批局", FIRE]
    approve(certificate, certificate.rendered_sha256, by=fire, seal=seals[1])
    certificate.refresh_from_db()
    assert certificate.state == "rendered"
    assert not Job.objects.filter(kind="seal").exists()
    assert refused(certificate, by=fire, seal=seals[0]) == "not-approved"  # one officer for both
    assert refused(certificate, by=own, seal=seals[1]) == "not-approved"  # twice
    with pytest.raises(NotPossibleError) as caught:
        approve(certificate, "0" * 64, by=own)
    assert caught.value.code == "other-bytes"
    approve(certificate, certificate.rendered_sha256, by=own)
    run("seal")
    run("validate")
    certificate.refresh_from_db()
    assert certificate.validation
    assert [seal["level"] for seal in certificate.validation["seals"]] == ["B-LTA", "B-LTA"]
    assert certificate.state == "valid"
    assert read_derivative(certificate.sealed_sha256).startswith(read_derivative(certificate.rendered_sha256))
    further = FurtherSeal.objects.get()
    assert (further.approved_by, further.approved_sha256) == (fire, certificate.rendered_sha256)
    assert further.used_at


def test_an_approval_of_other_bytes_stops_the_seal(certificate: Certificate) -> None:
    for _ in range(2):
        approve(certificate, certificate.rendered_sha256, by=factories.user(Role.OFFICER))
    FurtherSeal.objects.update(approved_sha256="0" * 64)
    job = Job.objects.get(kind="seal")
    run_job(job.pk)
    job.refresh_from_db()
    assert job.error
    assert "所审批的不是这份文件" in job.error["message"]
    certificate.refresh_from_db()
    assert (certificate.state, certificate.sealed_sha256) == ("approved", "")


def test_killed_between_two_seals_nothing_is_half_issued(
    certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        approve(certificate, certificate.rendered_sha256, by=factories.user(Role.OFFICER))
    asked: list[str] = []

    def keys(seal: Seal) -> Any:
        asked.append(seal.owner)
        if seal.owner == FIRE:
            raise KeyboardInterrupt
        return installation.authority().seal_key(seal.owner, seal.label)

    with monkeypatch.context() as patched:
        patched.setattr(installation, "seal_key", keys)
        with pytest.raises(KeyboardInterrupt):
            run("seal")
    certificate.refresh_from_db()
    assert (certificate.state, certificate.sealed_sha256, SealUse.objects.count()) == ("approved", "", 0)
    assert len(asked) == 2
    Job.objects.filter(kind="seal").update(state=Job.State.QUEUED)
    run("seal")
    certificate.refresh_from_db()
    assert certificate.state == "sealed"
    assert not FurtherSeal.objects.filter(used_at=None).exists()


def test_without_a_timestamp_it_waits_and_says_so(certificate: Certificate, settings: Any) -> None:
    for _ in range(2):
        approve(certificate, certificate.rendered_sha256, by=factories.user(Role.OFFICER))
    settings.TSA_URL = "http://127.0.0.1:9/tsa"
    job = Job.objects.get(kind="seal")
    run_job(job.pk)
    job.refresh_from_db()
    assert job.error
    assert (job.state, job.attempt, job.error["code"]) == (Job.State.QUEUED, 0, "timestamp-unavailable")
    assert "未盖章" in job.error["message"]
    client = Client()
    client.force_login(factories.user(Role.OFFICER))
    assert "时间戳服务无法连接：未盖章" in client.get(f"/case/{certificate.case_number}").content.decode()
    certificate.refresh_from_db()
    assert (certificate.state, certificate.sealed_sha256) == ("approved", "")


def test_a_department_without_a_seal_in_force_is_not_left_out() -> None:
    fire_seal(state=Seal.State.LOST)
    with pytest.raises(SealRefused, match=FIRE):
        seals_beside(ITEM)
    fresh = fire_seal(label="消防验收专用章（二）")
    assert seals_beside(ITEM) == [fresh]
    assert seals_beside("S3-05") == []


def test_the_timestamp_is_renewed_once_and_both_digests_are_ours(
    certificate: Certificate, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for _ in range(2):
        approve(certificate, certificate.rendered_sha256, by=factories.user(Role.OFFICER))
    run("seal")
    run("validate")
    certificate.refresh_from_db()
    assert look_for_renewals() == 0
    first = PreservedFile.objects.get(kind="certificate")
    assert first.ends_at
    assert due_for_renewal(first.ends_at + dt.timedelta(days=1)) == [first]
    # ten years on, with the timestamp key that the authority has by then
    moment = timezone.now() + dt.timedelta(days=3653)
    old = installation.authority()
    later = type(old)(Path(shutil.copytree(old.directory, tmp_path / "later")), moment)
    later._keep("tsa-2", lambda: issue_later(later, moment))
    monkeypatch.setattr(installation, "authority", lambda: later)
    with monkeypatch.context() as patched:
        patched.setattr(timezone, "now", lambda: moment)
        patched.setattr(installation, "timestamps", lambda: local(later, moment))
        assert look_for_renewals(first.ends_at + dt.timedelta(days=1)) == 1
        assert look_for_renewals(first.ends_at + dt.timedelta(days=1)) == 1  # asked for twice, done once
        killed = Job.objects.get(kind="renew")
        renewing.renew(killed.arguments)  # a worker that dies before it writes the result has done nothing
        assert PreservedFile.objects.count() == 1
        run("renew")
        assert look_for_renewals(first.ends_at + dt.timedelta(days=1)) == 0
    second = PreservedFile.objects.get(order=1)
    assert (second.before_sha256, second.issued_sha256) == (certificate.sealed_sha256, certificate.sealed_sha256)
    assert read_derivative(second.sha256).startswith(read_derivative(first.sha256))
    for row in (first, second):
        assert hashlib.new("sm3", read_derivative(row.sha256)).hexdigest() == row.sm3
    assert second.ends_at
    assert second.ends_at > first.ends_at
    assert issued_digest(second.sha256) == issued_digest(first.sha256) == certificate.sealed_sha256
    assert newest_digest(certificate.sealed_sha256) == second.sha256
    event = Event.objects.get(kind="archive-stamp-renewed")
    assert event.object_sha256 == second.sha256


def issue_later(authority: Any, moment: dt.datetime) -> Any:
    from signing import certificates

    name = certificates.name("测试", "测试时间戳服务", unit="测试")
    return certificates.issue_timestamper(name, moment, authority._key("root"))


def local(authority: Any, moment: dt.datetime) -> Any:
    from signing import LocalTimestampAuthority

    return LocalTimestampAuthority(authority.timestamp_key, lambda: moment)


def test_the_page_shows_who_has_still_to_approve(certificate: Certificate) -> None:
    fire = FurtherSeal.objects.get().seal
    client = Client()
    first, second = factories.user(Role.OFFICER, name="jianshe"), factories.user(Role.OFFICER, name="xiaofang")
    client.force_login(second)
    page, address = f"/case/{certificate.case_number}", f"/case/{certificate.case_number}/certificate/{certificate.pk}"
    assert "0/2 部门已签发" in client.get("/officer").content.decode()
    shown = client.get(page).content.decode()
    assert shown.count('id="approve-') == 2
    assert f'id="approve-{fire.pk}"' in shown
    said = client.post(f"{address}/approve", {"sha256": certificate.rendered_sha256, "seal": fire.pk}).content.decode()
    assert "其他部门都签发后" in said
    assert said.count('id="approve-') == 1
    assert "xiaofang" in said
    again = {"sha256": certificate.rendered_sha256, "seal": certificate.seal_id}
    assert "由该部门的经办人核对并签发" in client.post(f"{address}/approve", again).content.decode()
    client.force_login(first)
    assert "正在加盖电子印章" in client.post(f"{address}/approve", again).content.decode()
    certificate.refresh_from_db()
    assert certificate.state == "approved"


def test_a_file_that_was_renewed_is_still_the_one_issued(certificate: Certificate) -> None:
    sealed, renewed = b"%PDF issued", b"%PDF issued, renewed"
    digests = [hashlib.sha256(one).hexdigest() for one in (sealed, renewed)]
    Certificate.objects.filter(pk=certificate.pk).update(state="valid", sealed_sha256=digests[0])
    facts = {"number": certificate.number, "issued_sha256": digests[0], "kind": "certificate"}
    PreservedFile.objects.create(order=0, sha256=digests[0], **facts)
    PreservedFile.objects.create(order=1, sha256=digests[1], before_sha256=digests[0], **facts)
    for content, same in ((sealed, True), (renewed, True), (b"%PDF other", False)):
        file = SimpleUploadedFile("a.pdf", content)
        page = Client().post(f"/v/{certificate.verify_token}/file", {"file": file}).content.decode()
        assert ('data-result="same" role="status">' in page) is same
        assert not Client().get(f"/certificate/{certificate.pk}/{digests[1]}.pdf").content.startswith(b"%PDF")
        assert f'data-digest="{" ".join(digests)}"' in page  # for the browser that compares by itself


def test_the_case_page_offers_the_renewed_file(certificate: Certificate) -> None:
    digests = [factories.kept(one) for one in (b"%PDF issued", b"%PDF issued, renewed")]
    Certificate.objects.filter(pk=certificate.pk).update(state="valid", sealed_sha256=digests[0])
    for order in (0, 1):
        PreservedFile.objects.create(order=order, sha256=digests[order], issued_sha256=digests[0], kind="certificate")
    client = Client()
    client.force_login(factories.user(Role.OFFICER))
    address = f"/certificate/{certificate.pk}/{digests[1]}.pdf"
    assert address in client.get(f"/case/{certificate.case_number}").content.decode()
    assert client.get(address).content == b"%PDF issued, renewed"


def test_a_template_without_a_place_for_a_department_is_found_before_anybody_approves() -> None:
    prepare()
    case = factories.case(factories.user(Role.CLERK), state="decided")
    made = factories.certificate(case, state="draft", sealed_sha256="", rendered_sha256="")
    ask_approvals(made, [fire_seal()])
    job = enqueue("render", case=case.number, certificate=made.pk)
    run_job(job.pk)
    job.refresh_from_db()
    assert job.error
    assert "盖章位置" in job.error["message"]
    made.refresh_from_db()
    assert made.state == "draft"


def test_a_missing_file_does_not_stop_the_others_from_being_noted() -> None:
    prepare()
    case = factories.case(factories.user(Role.CLERK))
    factories.certificate(case, sealed_sha256=factories.digest("gone"))
    there = factories.certificate(case, sealed_sha256=factories.kept(b"%PDF without a stamp"))
    look_for_renewals()
    noted = PreservedFile.objects.get()
    assert (noted.sha256, noted.ends_at) == (there.sealed_sha256, None)


def test_the_command_lists_what_ends_and_asks_for_it(certificate: Certificate) -> None:
    soon, later = timezone.now() + dt.timedelta(days=300), timezone.now() + dt.timedelta(days=3000)
    for number, ends in (("〔2026〕1号", soon), ("〔2026〕2号", later)):
        sha256 = factories.digest(number)
        PreservedFile.objects.create(
            number=number, case_number=certificate.case_number, sha256=sha256, issued_sha256=sha256, ends_at=ends
        )
    listed = CliRunner().invoke(renew, ["--list"], catch_exceptions=False).output
    assert "〔2026〕1号" in listed
    assert "〔2026〕2号" not in listed
    assert not Job.objects.filter(kind="renew").exists()
    assert "已安排续期 2 份" in CliRunner().invoke(renew, ["--months", "120"], catch_exceptions=False).output
    assert Job.objects.filter(kind="renew").count() == 2
    assert "没有到期" in CliRunner().invoke(renew, ["--months", "1"], catch_exceptions=False).output


def test_the_schedule_looks_for_renewals_every_night() -> None:
    app.loader.import_default_modules()
    assert app.conf.beat_schedule["renew"]["task"] in app.tasks
    assert QueueNames.of("renew") == QueueNames.SEALING
