"""A certificate after it was issued: new versions through the real pipeline, decisions, and what must never be."""

import contextlib
import datetime as dt
import itertools
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from archive import Event
from catalogue import parse_licence_identifier, spoken
from portal.roles import Role
from signing import (
    RULES,
    Act,
    AppendOnlyError,
    Certificate,
    CertificateAct,
    Decision,
    Seal,
    answer_of,
    versions_of,
)
from tests.portal import factories
from tests.workers.casework import drafted, kinds, run
from workers import Job, NotPossibleError, approve, decide_on, discard, issuing, new_version, prepare
from workers.tasks import run_job

DATA = {
    "证照名称": "建筑工程施工许可证",
    "建设单位": "江澜晨曦智能装备有限公司",
    "工程名称": "1号厂房",
    "建设规模": "9800㎡",
    "建设地址": "江澜市高新区晨曦路8号",
    "合同价格": "3,680.00万元",
    "设计单位": "江澜市建筑设计研究院有限公司",
    "施工单位": "江澜宏远建设集团有限公司",
}
WHY = Decision("建设规模经规划调整", "江规核〔2026〕8号")


def officer() -> User:
    return factories.user(Role.OFFICER)


def sealed(certificate: Certificate) -> Certificate:
    """The certificate after its officer approved it and the workers have done the rest."""
    certificate.refresh_from_db()
    approve(certificate, certificate.rendered_sha256, by=officer())
    for kind in ("seal", "validate"):
        run(kind)
    certificate.refresh_from_db()
    return certificate


@pytest.fixture
def permit() -> Certificate:
    """A construction permit in force, sealed by the real pipeline."""
    prepare()
    case = factories.case(factories.user(Role.CLERK), state="decided")
    made = drafted(case, DATA | {"建设单位": case.applicant_name})
    run("render")
    return sealed(made)


@pytest.mark.django_db
@pytest.mark.timeout(90)
def test_a_changed_certificate_takes_the_place_of_the_old_one_only_when_it_is_valid(permit: Certificate) -> None:
    renamed = {"持证主体": "江澜晨曦装备股份有限公司", "建设规模": "12000㎡"}
    second = new_version(permit, Act.CHANGE, WHY, by=officer(), changes=renamed)
    parts = [parse_licence_identifier(one.identifier) for one in (permit, second)]
    assert [(one.serial, one.version) for one in parts] == [(permit.number, 1), (permit.number, 2)]
    assert parts[0].issuer == parts[1].issuer
    assert second.verify_token != permit.verify_token
    assert (second.data["建设规模"], second.data["建设单位"]) == ("12000㎡", renamed["持证主体"])
    run("render")
    second.refresh_from_db()
    approve(second, second.rendered_sha256, by=officer())
    run("seal")  # and here the worker dies: nothing has changed for who holds the old one
    permit.refresh_from_db()
    assert (permit.state, permit.superseded_by) == ("valid", None)
    run("validate")
    permit.refresh_from_db()
    second.refresh_from_db()
    assert (permit.state, second.state, permit.superseded_by) == ("superseded", "valid", second)
    assert second.validation["verdict"] == "valid"
    assert [(row.act, row.before, row.after, row.by is None) for row in permit.acts.all()] == [
        ("change", "valid", "valid", False),
        ("supersede", "valid", "superseded", True),
    ]
    assert permit.acts.first().changes["建设规模"] == ["9800㎡", "12000㎡"]
    told = Event.objects.filter(kind__in=("version-drafted", "certificate-superseded"))
    assert [event.details["identifier"] for event in told] == [second.identifier, permit.identifier]
    assert "股份" not in str([event.details for event in told])  # ids, nobody's name
    with pytest.raises(NotPossibleError, match="请对新版证照办理"):
        decide_on(permit, Act.REVOKE, WHY, by=officer())


@pytest.mark.django_db
@pytest.mark.timeout(90)
def test_a_revocation_overtakes_a_version_whose_seal_is_on_already(permit: Certificate) -> None:
    second = new_version(permit, Act.REISSUE, Decision("原件损毁"), by=officer())
    run("render")
    second.refresh_from_db()
    approve(second, second.rendered_sha256, by=officer())
    run("seal")
    second.refresh_from_db()
    found = issuing.validate({"certificate": second.pk})
    decide_on(permit, Act.REVOKE, WHY, by=officer())
    Certificate.objects.filter(pk=second.pk).update(state="sealed")  # what a worker writes that had read it before
    issuing.record_verdict({"certificate": second.pk}, found)
    permit.refresh_from_db()
    second.refresh_from_db()
    assert (permit.state, second.state) == ("revoked", "discarded")
    assert "certificate-valid" not in kinds_after(permit)


def kinds_after(certificate: Certificate) -> list[str]:
    case = factories.ingest.Case.objects.get(number=certificate.case_number)
    told = kinds(case)
    return told[told.index("certificate-revoked") :]


@pytest.fixture
def issued(db: None) -> Certificate:
    """A certificate in force whose file is no real one: for what is decided without a seal."""
    register()
    case = factories.case(officer())
    return factories.certificate(case, data=dict(DATA), valid_until=timezone.localdate() + dt.timedelta(days=30))


def register() -> None:
    facts = {"owner": "江澜市行政审批局", "owner_uscc": "119901010000000001"}
    Seal.objects.create(label="审批章", items=["S3-05"], valid_until=timezone.now() + dt.timedelta(days=365), **facts)


def refused(work: Any) -> str:
    with pytest.raises(NotPossibleError) as caught:
        work()
    return caught.value.code


def test_decisions_hold_at_once_and_their_history_is_only_added_to(issued: Certificate) -> None:
    by = officer()
    decide_on(issued, Act.SUSPEND, Decision("停工整改", "停字〔2026〕3号"), by=by)
    issued.refresh_from_db()
    assert issued.state == "suspended"
    assert refused(lambda: new_version(issued, Act.CHANGE, WHY, by=by)) == "wrong-state"
    decide_on(issued, Act.RESTORE, Decision("整改完成"), by=by)
    decide_on(issued, Act.REVOKE, WHY, by=by)
    decide_on(issued, Act.CANCEL, WHY, by=by)
    assert refused(lambda: decide_on(issued, Act.RESTORE, WHY, by=by)) == "wrong-state"
    rows = list(CertificateAct.objects.all())
    assert [row.after for row in rows] == ["suspended", "valid", "revoked", "cancelled"]
    assert (rows[0].basis, rows[0].by, rows[0].decided_on) == ("停字〔2026〕3号", by, timezone.localdate())
    rows[0].reason = "另一个理由"
    for tampering in (rows[0].save, rows[0].delete, CertificateAct.objects.all().delete):
        with pytest.raises(AppendOnlyError):
            tampering()
    with pytest.raises(AppendOnlyError):
        CertificateAct.objects.filter(act="revoke").update(reason="")


def test_an_extension_names_the_new_end_and_nothing_else(issued: Certificate) -> None:
    later = issued.valid_until + dt.timedelta(days=90)
    by = officer()
    extend = Decision("工期顺延")
    assert refused(lambda: new_version(issued, Act.EXTEND, extend, by=by)) == "end-missing"
    changes = {"建设规模": "1㎡"}
    given = {"valid_until": later, "by": by}
    assert refused(lambda: new_version(issued, Act.EXTEND, extend, changes=changes, **given)) == "changes-not-asked"
    made = new_version(issued, Act.EXTEND, extend, **given)
    assert (made.valid_until, made.data["有效期至"], made.version) == (later, spoken(later), 2)
    assert made.data["建设规模"] == issued.data["建设规模"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, "nothing-changed"),
        ({"建设规模": "9800㎡"}, "nothing-changed"),
        ({"编号": "1"}, "line-kept"),
        ({"有效期至": "2099年1月1日"}, "line-kept"),
        ({"不存在的栏": "1"}, "unknown-line"),
        ({"建设规模": "长" * 501}, "line-too-long"),
    ],
)
def test_a_correction_touches_only_lines_that_are_there(
    issued: Certificate, changes: dict[str, str], code: str
) -> None:
    assert refused(lambda: new_version(issued, Act.CORRECT, WHY, by=officer(), changes=changes)) == code
    assert not Certificate.objects.filter(version=2).exists()


def test_a_correction_keeps_the_day_of_issue_and_a_change_has_its_own(issued: Certificate) -> None:
    corrected = new_version(issued, Act.CORRECT, WHY, by=officer(), changes={"建设规模": "9880㎡"})
    assert corrected.issued_on == issued.issued_on
    discard(corrected, Decision("另行办理变更"), by=officer())
    changed = new_version(issued, Act.CHANGE, WHY, by=officer(), changes={"建设规模": "9880㎡"})
    assert (changed.issued_on, changed.version) == (timezone.localdate(), 3)  # no version is used twice
    assert [one.version for one in versions_of(issued)] == [1, 3]


def test_a_new_version_of_a_permit_that_was_used_in_time_was_used_in_time_from_its_first_moment(
    issued: Certificate,
) -> None:
    issued.used_in_time, issued.valid_until = True, timezone.localdate() - dt.timedelta(days=1)
    issued.save()
    changed = new_version(issued, Act.CHANGE, WHY, by=officer(), changes={"建设规模": "9880㎡"})
    changed.state = "valid"  # sealed, and not archived yet
    assert answer_of(changed, today=timezone.localdate()).state == "valid"


def test_a_version_that_was_given_up_is_neither_sealed_nor_offered(issued: Certificate) -> None:
    draft = new_version(issued, Act.REISSUE, Decision("原件损毁"), by=officer())
    assert refused(lambda: new_version(issued, Act.REISSUE, WHY, by=officer())) == "version-under-way"
    assert refused(lambda: discard(issued, WHY, by=officer())) == "first-version"
    discard(draft, Decision("申请人撤回"), by=officer())
    run_job(Job.objects.get(kind="render").pk)
    draft.refresh_from_db()
    assert (draft.state, draft.rendered_sha256) == ("discarded", "")
    assert refused(lambda: approve(draft, "", by=officer())) == "not-rendered"
    assert refused(lambda: discard(draft, WHY, by=officer())) == "wrong-state"


class Life:
    """One certificate with its versions, and what may be done to any of them; what is refused changes nothing."""

    def __init__(self) -> None:
        self.by = officer()
        register()
        factories.certificate(factories.case(self.by), data=dict(DATA), valid_until=dt.date(2099, 1, 1))

    def act(self, name: str, which: int) -> None:
        rows = list(Certificate.objects.order_by("version"))
        one = rows[which % len(rows)]
        before = self._picture()
        try:
            with transaction.atomic():
                self._do(name, one)
        except NotPossibleError:
            assert self._picture() == before
        self.holds()

    def _do(self, name: str, one: Certificate) -> None:
        if name == "sealed":
            Certificate.objects.filter(pk=one.pk, state="draft").update(state="sealed", sealed_sha256="5" * 64)
        elif name in {"found valid", "found invalid"}:
            with contextlib.suppress(issuing.NotExpectedError):
                verdict = {"verdict": "valid" if name == "found valid" else "invalid"}
                issuing.record_verdict({"certificate": one.pk}, verdict)
        elif name == "discard":
            discard(one, WHY, by=self.by)
        elif RULES[Act(name)].drafts:
            changes = {"建设规模": f"{one.pk}㎡"} if name in {"change", "correct"} else {}
            until = one.valid_until + dt.timedelta(days=1) if name == "extend" and one.valid_until else None
            new_version(one, Act(name), WHY, by=self.by, changes=changes, valid_until=until)
        else:
            decide_on(one, Act(name), WHY, by=self.by)

    @staticmethod
    def _picture() -> list[Any]:
        rows = Certificate.objects.order_by("pk").values_list("identifier", "state")
        return [*rows, CertificateAct.objects.count(), Event.objects.count()]

    def holds(self) -> None:
        rows = list(Certificate.objects.order_by("version"))
        in_force = [one for one in rows if one.state in {"valid", "suspended"}]
        assert len(in_force) <= 1
        for one in rows:
            newer = [other for other in rows if other.supersedes_id == one.pk and other.state != "discarded"]
            assert (one.state == "superseded") == bool([other for other in newer if other.state not in NOT_ISSUED])
            assert len(newer) <= 1
            told = [row for row in one.acts.all() if row.before != row.after]
            assert all(a.after == b.before for a, b in itertools.pairwise(told))
            if told:
                assert told[-1].after == one.state
        assert len({one.identifier for one in rows}) == len(rows) == len({one.version for one in rows})


NOT_ISSUED = {"draft", "rendered", "approved", "sealed"}
NAMES = [act.value for act in Act if RULES[act].by_hand] + ["sealed", "found valid", "found invalid"]


class TestLife(TestCase):
    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(st.tuples(st.sampled_from(NAMES), st.integers(0, 3)), max_size=14))
    def test_at_most_one_version_is_in_force_whatever_happens(self, story: list[tuple[str, int]]) -> None:
        life = Life()
        for name, which in story:
            life.act(name, which)
