"""Keys at a signing service, against one that really signs, over TLS."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import urllib3
from cryptography.hazmat.primitives.asymmetric import ec

from signing import (
    KeyUnavailable,
    KeyUnusable,
    PinRefused,
    SealKey,
    TestAuthority,
    open_key,
    read_places,
    remote_keys,
    validate_pdf,
    write_place,
)
from tests.signing import signing_service
from tests.signing.conftest import NOW, OWNER, seal
from tests.signing.leaks import everything
from tests.signing.signing_service import BEARER, PIN, Service
from tests.signing.test_keys import curve_key

NOWHERE = Path("/nowhere")


@pytest.fixture
def service(key: SealKey, tmp_path: Path) -> Iterator[Service]:
    made = Service(key)
    stop = signing_service.start(made, tmp_path / "remote", "ca")
    yield made
    stop()


def opened(tmp_path: Path) -> Any:
    return open_key("remote:ca", tmp_path, NOWHERE)


@pytest.mark.parametrize("curve", [None, ec.SECP256R1(), ec.SECP384R1()])
@pytest.mark.parametrize("with_pin", [False, True])
def test_a_key_at_a_service_seals_and_only_a_digest_is_sent(  # noqa: PLR0913, PLR0917
    permit: bytes,
    authority: TestAuthority,
    service: Service,
    tmp_path: Path,
    curve: ec.EllipticCurve | None,
    with_pin: bool,  # noqa: FBT001
) -> None:
    service.with_pin = with_pin
    if curve:
        service.key = curve_key(authority, curve)
    if with_pin:
        (tmp_path / "remote" / "ca.pin").write_text(PIN)
    remote = opened(tmp_path)
    assert (remote.fingerprint, remote.chain) == (service.key.fingerprint, service.key.chain)
    found = validate_pdf(seal(permit, remote, authority), authority.roots, crls=authority.crls(), at=NOW)
    assert (found.verdict, found.seals[0].signer) == ("valid", service.key.signer), found.reasons
    method, asked = service.asked[-1]
    assert method == "signatures/signHash"
    assert set(asked) == {"credentialID", "hashes", "hashAlgorithmOID", "signAlgo"} | ({"SAD"} if with_pin else set())
    assert len(asked["hashes"][0]) < 100


def test_a_busy_service_is_asked_again(
    permit: bytes, authority: TestAuthority, service: Service, tmp_path: Path
) -> None:
    remote, left = opened(tmp_path), [503, 502]
    service.fault = lambda _: (left.pop(), {}) if left else None
    assert validate_pdf(seal(permit, remote, authority), authority.roots, crls=authority.crls(), at=NOW).seals
    assert left == []


ANSWERS = {
    "busy": (503, {}),
    "too many": (429, {}),
    "broken": (500, {"error": BEARER}),
    "refused": (403, {"error": "access_denied", "error_description": BEARER}),
    "unknown": (400, {"error": f"no {BEARER} {PIN}", "error_description": PIN}),
    "not json": (200, b"<html>" + BEARER.encode()),
    "a list": (200, [BEARER]),
    "nothing": (200, {}),
    "two": (200, {"signatures": ["AA==", "AA=="]}),
    "no base64": (200, {"signatures": [BEARER]}),
    "elsewhere": (307, {}),
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_a_service_that_fails_is_told_without_what_is_secret(
    service: Service, tmp_path: Path, answer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote_keys, "PAUSE", 0.001)
    (tmp_path / "remote" / "ca.pin").write_text(PIN)
    remote = opened(tmp_path)
    for stage in ("credentials/authorize", "signatures/signHash"):
        service.fault = lambda method, stage=stage: ANSWERS[answer] if method == stage else None
        with pytest.raises(KeyUnusable) as caught:
            remote.sign(b"x", "sha256")
        assert isinstance(caught.value, KeyUnavailable) == (answer in {"busy", "too many", "broken"})
        assert "planted" not in everything(caught.value)


def test_a_signature_that_is_not_the_keys_is_not_embedded(
    permit: bytes, authority: TestAuthority, service: Service, tmp_path: Path
) -> None:
    remote = opened(tmp_path)
    service.key = authority.seal_key(OWNER, "别的章")
    with pytest.raises(KeyUnusable):
        seal(permit, remote, authority)


def test_a_wrong_token_or_pin_is_told_without_it(service: Service, tmp_path: Path) -> None:
    remote, service.with_pin = opened(tmp_path), True
    (tmp_path / "remote" / "ca.pin").write_text("planted-wrong-pin")
    with pytest.raises(PinRefused) as refused:
        opened(tmp_path).sign(b"x", "sha256")
    (tmp_path / "remote" / "ca.token").write_text("planted-wrong-bearer")
    with pytest.raises(KeyUnusable) as denied:
        remote.sign(b"x", "sha256")
    (tmp_path / "remote" / "ca.token").write_text("planted bearer\nX-Evil: 1")
    with pytest.raises(KeyUnusable) as malformed:
        remote.sign(b"x", "sha256")
    for caught in (refused, denied, malformed):
        assert "planted" not in everything(caught.value)


def test_a_service_that_is_down_or_silent_is_waited_for(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote_keys, "PAUSE", 0.001)
    monkeypatch.setattr(remote_keys, "TIMEOUT", urllib3.Timeout(0.3))
    remote = opened(tmp_path)
    service.fault = signing_service.slow
    with pytest.raises(KeyUnavailable) as silent:
        remote.sign(b"x", "sha256")
    description = {"url": "https://127.0.0.1:9", "credential": "seal-1"}
    (tmp_path / "remote" / "ca.json").write_text(json.dumps(description))
    with pytest.raises(KeyUnavailable) as down:
        opened(tmp_path)
    for caught in (silent, down):
        assert caught.value.code == "key-unavailable"
        assert "planted" not in everything(caught.value)


def test_a_service_with_another_certificate_gets_no_token(service: Service, tmp_path: Path, key: SealKey) -> None:
    other = Service(key)
    stop = signing_service.start(other, tmp_path / "other", "ca")
    try:
        (tmp_path / "remote" / "ca.ca.pem").write_bytes((tmp_path / "other" / "ca.ca.pem").read_bytes())
        with pytest.raises(KeyUnavailable):
            opened(tmp_path)
    finally:
        stop()
    assert service.asked == []


@pytest.mark.parametrize(
    "place",
    [
        "",
        "planted",
        "pkcs12:../planted",
        "pkcs12:",
        "remote:planted/..",
        "pkcs11:token=planted",
        "pkcs11:token=a;object=b;pin-value=planted",
        "http:planted",
    ],
)
def test_a_place_that_is_none_is_refused_and_not_repeated(tmp_path: Path, place: str) -> None:
    with pytest.raises(KeyUnusable) as caught:
        open_key(place, tmp_path, NOWHERE)
    assert "planted" not in str(caught.value)


def test_an_address_without_tls_is_refused(tmp_path: Path) -> None:
    (tmp_path / "remote").mkdir()
    (tmp_path / "remote" / "ca.json").write_text(json.dumps({"url": "http://127.0.0.1", "credential": "seal-1"}))
    with pytest.raises(KeyUnusable):
        opened(tmp_path)


def test_places_are_kept(tmp_path: Path) -> None:
    assert read_places(tmp_path) == {}
    write_place(tmp_path, "专用章", "remote:ca")
    write_place(tmp_path, "公章", "pkcs12:gong")
    assert read_places(tmp_path) == {"专用章": "remote:ca", "公章": "pkcs12:gong"}
    assert (tmp_path / "places.json").stat().st_mode & 0o777 == 0o600
