"""No use without a record, and no use of a seal that may not be used: asked at every step, with real transactions."""

import datetime as dt
import hashlib
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from archive import Event, digest_bytes
from portal.roles import Role
from signing import Certificate, LocalTimestampAuthority, Seal, SealGrant, SealUse
from tests.portal import factories
from tests.workers.seal_cases import error_of, main_seal, rendered, run_once
from workers import (
    Job,
    NotPossibleError,
    approve,
    authority,
    grant_seal,
    installation,
    put_seal,
    read_derivative,
    register_seal,
    release,
    set_two_person,
    take_other_seal,
    withdraw_grant,
)
from workers.tasks import run_job
from workers.trust import publish_trust

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]


def officer() -> Any:
    return factories.user(Role.OFFICER)


def refusal(act: Callable[..., None], certificate: Certificate, by: Any) -> str:
    with pytest.raises(NotPossibleError) as caught:
        act(certificate, certificate.rendered_sha256, by=by)
    return caught.value.code


def test_a_use_says_who_when_for_what_the_bytes_before_and_after_and_how_it_ended() -> None:
    certificate, by = rendered(), officer()
    approve(certificate, certificate.rendered_sha256, by=by)
    assert run_once("seal").state == Job.State.DONE
    use = SealUse.objects.get()
    assert (use.result, use.tries, use.failures) == ("sealed", 1, [])
    assert run_once("validate").state == Job.State.DONE
    use.refresh_from_db()
    certificate.refresh_from_db()
    before, after = (digest_bytes(read_derivative(sha)) for sha in (use.before_sha256, use.after_sha256))
    assert (before.sha256, after.sha256) == (certificate.rendered_sha256, certificate.sealed_sha256)
    assert (use.before_sm3, use.after_sm3, use.after_sm3) == (before.sm3, after.sm3, certificate.sealed_sm3)
    assert (use.seal, use.by, use.released_by, use.item) == (main_seal(), by, None, "S3-05")
    assert (use.kind, use.number, use.case_number) == ("certificate", certificate.number, certificate.case_number)
    assert (use.result, use.certificate, certificate.seal_use) == ("valid", certificate, use)


@pytest.mark.parametrize(("state", "code"), [("suspended", "seal-suspended"), ("lost", "seal-lost")])
def test_a_seal_that_is_not_in_force_is_not_approved_with(state: str, code: str) -> None:
    certificate = rendered()
    put_seal(main_seal(), state, reason="核查", by=officer())
    assert refusal(approve, certificate, officer()) == code
    certificate.refresh_from_db()
    assert (certificate.state, certificate.approved_sha256) == ("rendered", "")


def test_suspended_after_the_approval_it_seals_nothing_waits_in_plain_words_and_goes_on_when_restored() -> None:
    certificate, keeper = rendered(), officer()
    approve(certificate, certificate.rendered_sha256, by=officer())
    put_seal(main_seal(), "suspended", reason="印章核查", by=keeper)
    for _ in range(3):
        assert error_of(run_once("seal")) == (Job.State.QUEUED, "seal-suspended")
    certificate.refresh_from_db()
    assert (certificate.state, certificate.sealed_sha256) == ("approved", "")
    client = Client()
    client.force_login(factories.user(Role.OFFICER, Role.SUPERVISOR))
    for address in (f"/case/{certificate.case_number}", "/board"):
        assert "未盖章：“行政审批专用章”已停用" in client.get(address).content.decode()
    use = SealUse.objects.get()
    assert (use.result, use.tries, use.after_sha256) == ("failed", 0, "")
    assert [(one["code"], one["times"]) for one in use.failures] == [("seal-suspended", 3)]
    put_seal(main_seal(), "active", reason="核查完毕", by=keeper)
    run_once("seal")
    assert run_once("validate").state == Job.State.DONE
    use.refresh_from_db()
    assert (use.result, use.tries, len(use.failures)) == ("valid", 1, 1)


def elsewhere(act: Callable[[], object]) -> None:
    """Do it in a thread with a connection of its own, and wait until it is committed."""

    def work() -> None:
        try:
            act()
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(30)
    assert not thread.is_alive()


def test_suspended_while_its_key_is_at_work_what_the_key_made_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    certificate, keeper = rendered(), officer()
    approve(certificate, certificate.rendered_sha256, by=officer())
    seal = main_seal()
    asked: list[str] = []

    def clock() -> dt.datetime:
        """The timestamp is asked for after the check and after the key has signed."""
        if not asked:
            asked.append(SealUse.objects.get().result)
            elsewhere(lambda: put_seal(seal, "suspended", reason="急停", by=keeper))
        return timezone.now()

    with monkeypatch.context() as patched:
        patched.setattr(installation, "timestamps", lambda: LocalTimestampAuthority(authority().timestamp_key, clock))
        assert error_of(run_once("seal")) == (Job.State.QUEUED, "seal-suspended")
    assert asked == ["begun"]
    certificate.refresh_from_db()
    assert (certificate.state, certificate.sealed_sha256) == ("approved", "")
    assert not Event.objects.filter(kind="seal-applied").exists()
    use = SealUse.objects.get()
    assert (use.result, use.tries, use.after_sha256) == ("begun", 1, "")
    assert error_of(run_once("seal")) == (Job.State.QUEUED, "seal-suspended")
    use.refresh_from_db()
    assert (use.result, use.tries) == ("failed", 1)


@pytest.mark.stack  # long
def test_no_use_is_recorded_while_the_seal_is_suspended_however_they_race() -> None:
    """A keeper suspends and restores at full speed while certificates are sealed: the record knows one order."""
    waiting = [rendered() for _ in range(4)]
    for certificate in waiting:
        approve(certificate, certificate.rendered_sha256, by=officer())
    keeper, seal, stop = officer(), main_seal(), threading.Event()

    def toggle() -> None:
        try:
            while not stop.wait(0.05):
                put_seal(seal, "suspended", reason="演练", by=keeper)
                stop.wait(0.05)
                put_seal(seal, "active", reason="演练", by=keeper)
        finally:
            connection.close()

    thread = threading.Thread(target=toggle)
    thread.start()
    try:
        for _ in range(3):
            for job in Job.objects.filter(kind="seal", state=Job.State.QUEUED):
                Job.objects.filter(pk=job.pk).update(not_before=None)
                run_job(job.pk)
    finally:
        stop.set()
        thread.join(30)
    for job in Job.objects.filter(kind="seal", state=Job.State.QUEUED):
        Job.objects.filter(pk=job.pk).update(not_before=None)
        run_job(job.pk)
    changes = list(seal.changes.order_by("pk"))
    assert len(changes) > 4
    for use in SealUse.objects.all():
        assert use.result == "sealed"
        before = [change for change in changes if change.at <= use.used_at]
        assert before[-1].after == "active", (use.used_at, before[-1].at)


def test_an_expired_or_revoked_certificate_seals_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    certificate, other, seal = rendered(), rendered(), main_seal()
    with monkeypatch.context() as patched:
        patched.setattr(timezone, "now", lambda: seal.valid_until + dt.timedelta(seconds=1))
        assert refusal(approve, certificate, officer()) == "seal-expired"
    approve(certificate, certificate.rendered_sha256, by=officer())
    trust = authority()
    trust.revoke(installation.seal_key(seal).serial, timezone.now(), "superseded")
    try:
        assert error_of(run_once("seal")) == (Job.State.QUEUED, "seal-revoked")
        publish_trust()
        assert refusal(approve, other, officer()) == "seal-revoked"
    finally:  # the authority is that of all tests in this process
        (trust.directory / "revoked.json").unlink()
        trust._renew_lists(timezone.now(), force=True)
        publish_trust()
    assert [one["code"] for one in SealUse.objects.get().failures] == ["seal-revoked"]


def test_with_the_first_grant_only_those_named_may_use_the_seal() -> None:
    certificate, mine, other = rendered(), officer(), factories.user(Role.CLERK)
    seal = main_seal()
    given = grant_seal(seal, user=mine, item="S4-01", by=other)
    assert refusal(approve, certificate, mine) == "seal-not-granted"
    withdraw_grant(given, by=other)
    assert refusal(approve, certificate, mine) == "seal-not-granted"  # the last grant gone, nobody may
    now = timezone.now()
    grant_seal(seal, user=mine, item="S3-05", starts_at=now + dt.timedelta(hours=1), by=other)
    SealGrant.objects.create(
        seal=seal, user=mine, starts_at=now - dt.timedelta(days=2), ends_at=now - dt.timedelta(days=1), by=other, at=now
    )
    assert refusal(approve, certificate, mine) == "seal-not-granted"
    last = grant_seal(seal, group=mine.groups.get(), item="S3-05", by=other)
    assert refusal(approve, certificate, other) == "seal-not-granted"
    approve(certificate, certificate.rendered_sha256, by=mine)
    withdraw_grant(last, by=other)
    assert error_of(run_once("seal")) == (Job.State.QUEUED, "seal-not-granted")


def test_a_two_person_seal_waits_for_another_officer_who_sees_the_same_bytes() -> None:
    certificate, first, second = rendered(), officer(), officer()
    set_two_person(main_seal(), two_person=True, by=second)
    assert refusal(release, certificate, second) == "not-approved"
    approve(certificate, certificate.rendered_sha256, by=first)
    certificate.refresh_from_db()
    assert certificate.state == "rendered"
    assert not Job.objects.filter(kind="seal").exists()
    assert refusal(approve, certificate, second) == "not-rendered"
    assert refusal(release, certificate, first) == "not-approved"
    with pytest.raises(NotPossibleError) as caught:
        release(certificate, hashlib.sha256(b"other").hexdigest(), by=second)
    assert caught.value.code == "other-bytes"
    put_seal(main_seal(), "suspended", reason="核查", by=first)
    assert refusal(release, certificate, second) == "seal-suspended"
    put_seal(main_seal(), "active", reason="核查完毕", by=first)
    release(certificate, certificate.rendered_sha256, by=second)
    run_once("seal")
    run_once("validate")
    use = SealUse.objects.get()
    assert (use.by, use.released_by, use.result) == (first, second, "valid")
    assert refusal(release, certificate, second) == "not-rendered"


def test_two_persons_asked_for_after_the_approval_are_waited_for_all_the_same() -> None:
    certificate, second = rendered(), officer()
    approve(certificate, certificate.rendered_sha256, by=officer())
    set_two_person(main_seal(), two_person=True, by=second)
    assert error_of(run_once("seal")) == (Job.State.QUEUED, "seal-not-released")
    release(certificate, certificate.rendered_sha256, by=second)
    assert run_once("seal").state == Job.State.DONE
    assert SealUse.objects.get().released_by == second


def test_without_a_timestamp_the_use_is_kept_as_one_that_failed(settings: Any) -> None:
    certificate = rendered()
    approve(certificate, certificate.rendered_sha256, by=officer())
    settings.TSA_URL = "http://127.0.0.1:9/tsa"
    for _ in range(2):
        assert error_of(run_once("seal")) == (Job.State.QUEUED, "timestamp-unavailable")
    use = SealUse.objects.get()
    assert (use.result, use.tries, use.after_sha256) == ("failed", 2, "")
    assert [(one["code"], one["times"]) for one in use.failures] == [("timestamp-unavailable", 2)]
    settings.TSA_URL = ""
    assert run_once("seal").state == Job.State.DONE
    assert Seal.objects.get(pk=use.seal_id).uses.get().result == "sealed"


def test_in_the_place_of_a_lost_seal_another_of_the_office_is_approved_anew() -> None:
    certificate, gone = rendered(), main_seal()
    approve(certificate, certificate.rendered_sha256, by=officer())
    with pytest.raises(NotPossibleError) as caught:
        take_other_seal(certificate, by=officer())
    assert caught.value.code == "seal-not-lost"
    put_seal(gone, "lost", reason="介质遗失", by=officer())
    assert error_of(run_once("seal")) == (Job.State.QUEUED, "seal-lost")
    with pytest.raises(NotPossibleError) as caught:
        take_other_seal(certificate, by=officer())
    assert caught.value.code == "seal-refused"
    fresh = register_seal(
        "行政审批专用章（二）",
        authority().seal_key(gone.owner, "行政审批专用章（二）"),
        "test-authority",
        owner=gone.owner,
        owner_uscc=gone.owner_uscc,
        items=gone.items,
    )
    assert fresh.code > gone.code
    client = Client()
    client.force_login(officer())
    address = f"/case/{certificate.case_number}"
    assert 'id="other-seal"' in client.get(address).content.decode()
    answer = client.post(f"{address}/certificate/{certificate.pk}/other-seal").content.decode()
    assert "已换用同一单位的印章" in answer
    assert run_once("seal").state == Job.State.SKIPPED
    certificate.refresh_from_db()
    assert (certificate.state, certificate.approved_sha256) == ("rendered", "")
    approve(certificate, certificate.rendered_sha256, by=officer())
    run_once("seal")
    assert run_once("validate").state == Job.State.DONE
    certificate.refresh_from_db()
    assert (certificate.seal, certificate.state, certificate.seal_use.seal) == (fresh, "valid", fresh)
    assert gone.uses.get().result == "failed"
