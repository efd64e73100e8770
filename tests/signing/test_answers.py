"""What the register answers to a token, to a name with a second fact and to a digest, and that answers prove it."""

import datetime as dt
import stat
from pathlib import Path
from typing import Any

import pytest

from portal.roles import Role
from signing import (
    Act,
    AnswerForged,
    AnswerKey,
    Certificate,
    Decision,
    answer_digest,
    answer_named,
    answer_token,
    open_answer,
)
from tests.portal import factories
from workers import decide_on

TODAY = dt.date(2026, 11, 29)


@pytest.fixture
def certificate(db: None) -> Certificate:
    return factories.certificate(factories.case(factories.user(Role.CLERK)))


@pytest.mark.parametrize(
    ("changes", "state", "verdict"),
    [
        ({}, "valid", "valid"),
        ({"valid_until": TODAY}, "valid", "valid"),
        ({"valid_until": TODAY - dt.timedelta(days=1)}, "expired", "invalid"),
        ({"valid_until": TODAY - dt.timedelta(days=1), "used_in_time": True}, "valid", "valid"),
        ({"state": "suspended"}, "suspended", "invalid"),
        ({"state": "revoked", "valid_until": dt.date(2020, 1, 1)}, "revoked", "invalid"),
        ({"state": "cancelled"}, "cancelled", "invalid"),
        ({"state": "sealed"}, "unknown", "unknown"),
        ({"state": "discarded"}, "unknown", "unknown"),
    ],
)
def test_a_token_is_answered_with_the_state_of_the_day(
    certificate: Certificate, changes: dict[str, Any], state: str, verdict: str
) -> None:
    Certificate.objects.filter(pk=certificate.pk).update(**changes)
    found = answer_token(certificate.verify_token, today=TODAY)
    assert (found.state, found.verdict) == (state, verdict)
    assert (found.certificate is None) == (state == "unknown")


def test_the_answer_says_since_when_and_by_what_act(certificate: Certificate) -> None:
    by = factories.user(Role.OFFICER)
    decide_on(certificate, Act.SUSPEND, Decision("停工整改", "停字3号"), by=by)
    found = answer_token(certificate.verify_token, today=TODAY)
    assert (found.state, found.act) == ("suspended", "暂停")
    assert found.since is not None
    decide_on(certificate, Act.RESTORE, Decision("整改完成"), by=by)
    assert answer_token(certificate.verify_token, today=TODAY).act == ""


def test_what_was_superseded_names_the_version_that_is_in_line_now(certificate: Certificate) -> None:
    case = factories.ingest.Case.objects.get(number=certificate.case_number)
    Certificate.objects.filter(pk=certificate.pk).update(state="superseded")
    second = factories.certificate(
        case, number=certificate.number, version=2, supersedes=certificate, state="superseded", sealed_sha256="2" * 64
    )
    third = factories.certificate(
        case, number=certificate.number, version=3, supersedes=second, state="revoked", sealed_sha256="3" * 64
    )
    found = answer_token(certificate.verify_token, today=TODAY)
    assert found.newest == third
    assert found.newest.state == "revoked"
    assert answer_digest("2" * 64, today=TODAY).certificate == second


@pytest.mark.parametrize("fact", ["{name}", " {name} ", "{code}", "{tail}", "{lower}"])
def test_who_knows_whose_it_is_is_answered(certificate: Certificate, fact: str) -> None:
    code = certificate.holder_uscc
    given = fact.format(name=certificate.holder_name, code=code, tail=code[-6:], lower=code[-6:].lower())
    for name in (certificate.identifier, certificate.number, f" {certificate.number} "):
        assert answer_named(name, given, today=TODAY).certificate == certificate


def test_who_does_not_know_learns_nothing(certificate: Certificate) -> None:
    wrong = ("", "-", certificate.holder_uscc[-5:], certificate.holder_uscc[:6], certificate.holder_name[:4])
    wrong += (certificate.number, certificate.identifier, certificate.verify_token, "%", "_" * 6)
    for fact in wrong:
        assert answer_named(certificate.identifier, fact, today=TODAY).state == "unknown"
        assert answer_named(certificate.identifier[:-1] + "?", fact, today=TODAY).state == "unknown"
    assert answer_named("-", "-", today=TODAY).state == "unknown"
    Certificate.objects.update(state="sealed")
    assert answer_named(certificate.number, certificate.holder_name, today=TODAY).state == "unknown"


def test_an_answer_proves_who_gave_it_and_no_other_key_does(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "answers.key"
    key = AnswerKey.ensure(path)
    assert AnswerKey.ensure(path).jwk == key.jwk
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    said = {"state": "valid", "number": "联验〔2026〕1号", "asked_at": "2026-11-29T10:00:00+08:00"}
    signed = key.sign(said)
    assert open_answer(signed, key.jwk) == said
    assert "d" not in key.jwk  # the private half
    head, body, signature = signed.split(".")
    other = AnswerKey.ensure(tmp_path / "other.key")
    forged = [other.sign(said), f"{head}.{body}", f"{head}.{other.sign({'state': 'x'}).split('.')[1]}.{signature}"]
    forged += [f"{head}.{body}.{signature[:-1]}{'A' if signature[-1] != 'A' else 'B'}", signed + "=", "", "a.b.c"]
    none_head = "eyJhbGciOiJub25lIn0"  # {"alg":"none"}
    for text in (*forged, f"{none_head}.{body}."):
        with pytest.raises(AnswerForged):
            open_answer(text, key.jwk)


def test_another_library_takes_the_answer_and_its_key(tmp_path: Path) -> None:
    """RFC 8037 appendix A: the key, its thumbprint and a signature, as other implementations have them."""
    import base64

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    raw = base64.urlsafe_b64decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=")
    key = AnswerKey(Ed25519PrivateKey.from_private_bytes(raw))
    assert key.jwk["x"] == "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
    assert key.jwk["kid"] == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
