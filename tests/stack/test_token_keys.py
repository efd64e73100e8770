"""Seal keys in a token: SoftHSM2, a token directory of its own for each test."""

import io
import multiprocessing
import os
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from signing import (
    KeyUnavailable,
    KeyUnusable,
    PinRefused,
    SealKey,
    TestAuthority,
    TokenKey,
    certificate_request,
    install_certificates,
    make_key,
    open_key,
    render,
    token_line,
    token_place,
    validate_pdf,
)
from signing.keys import check_signature_of
from signing.token_session import close_sessions, pkcs11, with_session
from tests.signing.conftest import NOW, OWNER, PERMIT, seal
from tests.signing.leaks import everything

pytestmark = pytest.mark.stack
MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
PIN = "planted-pin-4711"
KINDS = ("rsa-3072", "p-256", "p-384")


@pytest.fixture
def keys_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    if not MODULE.exists() or shutil.which("softhsm2-util") is None:
        pytest.skip("softhsm2 is not installed")
    (tmp_path / "token").mkdir()
    conf = tmp_path / "softhsm2.conf"
    conf.write_text(f"directories.tokendir = {tmp_path / 'token'}\nobjectstore.backend = file\nlog.level = ERROR\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(conf))
    command = ["softhsm2-util", "--init-token", "--free", "--label", "一档", "--pin", PIN, "--so-pin", "so-pin-1"]
    subprocess.run(command, check=True, capture_output=True)
    (tmp_path / "keys" / "tokens").mkdir(parents=True)
    place = token_place(token_line("一档", "x"), tmp_path / "keys", MODULE)
    place.pin.write_text(PIN + "\n")
    yield tmp_path / "keys"
    close_sessions()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> TestAuthority:
    return TestAuthority.ensure(tmp_path_factory.mktemp("authority"), NOW)


@pytest.fixture(scope="module")
def permit() -> bytes:
    return render("construction_permit", PERMIT, created=NOW)


def certified(keys_dir: Path, authority: TestAuthority, kind: str) -> TokenKey:
    place = token_place(token_line("一档", f"章 {kind}"), keys_dir, MODULE)
    make_key(place, kind)
    request = certificate_request(place, OWNER, "行政审批专用章")
    return install_certificates(place, authority.certify(request, OWNER, f"专用章{kind}", NOW))


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_made_in_the_token_seals_a_valid_permit(
    keys_dir: Path, authority: TestAuthority, permit: bytes, kind: str
) -> None:
    made = certified(keys_dir, authority, kind)
    opened = open_key(token_line("一档", f"章 {kind}"), keys_dir, MODULE)
    assert opened.fingerprint == made.fingerprint
    sealed = seal(permit, opened, authority)  # type: ignore[arg-type]
    found = validate_pdf(sealed, authority.roots, crls=authority.crls(), at=NOW)
    assert (found.verdict, found.seals[0].fingerprint) == ("valid", made.fingerprint), found.reasons
    (signature,) = PdfFileReader(io.BytesIO(sealed)).embedded_signatures
    label = signature.signer_info["signature_algorithm"]["algorithm"].native
    assert label == {"rsa-3072": "sha256_rsa", "p-256": "sha256_ecdsa", "p-384": "sha384_ecdsa"}[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_the_key_never_leaves_the_token(keys_dir: Path, authority: TestAuthority, kind: str) -> None:
    key = certified(keys_dir, authority, kind)
    p11 = pkcs11()

    def look(session: Any) -> tuple[list[Any], Any]:
        (private,) = session.findObjects([(p11.CKA_CLASS, p11.CKO_PRIVATE_KEY), (p11.CKA_LABEL, key.place.name)])
        flags = (p11.CKA_SENSITIVE, p11.CKA_ALWAYS_SENSITIVE, p11.CKA_EXTRACTABLE, p11.CKA_NEVER_EXTRACTABLE)
        hidden = p11.CKA_PRIVATE_EXPONENT if kind.startswith("rsa") else p11.CKA_VALUE
        return (
            [bool(v) for v in session.getAttributeValue(private, [*flags, p11.CKA_LOCAL])],
            session.getAttributeValue(private, [hidden])[0],
        )

    assert with_session(key.place, look) == ([True, True, False, True, True], None)


def test_a_certificate_of_a_token_key_can_be_revoked(keys_dir: Path, authority: TestAuthority, permit: bytes) -> None:
    key = certified(keys_dir, authority, "p-256")
    sealed = seal(permit, key, authority)  # type: ignore[arg-type]
    authority.revoke(key.serial, NOW)
    assert validate_pdf(sealed, authority.roots, crls=authority.crls(), at=NOW).verdict == "invalid"


def test_four_threads_share_the_session_of_the_process(keys_dir: Path, authority: TestAuthority) -> None:
    key = certified(keys_dir, authority, "rsa-3072")
    with ThreadPoolExecutor(4) as pool:
        signatures = list(pool.map(lambda number: (number, key.sign(b"%d" % number, "sha256")), range(120)))
    for number, signature in signatures:
        check_signature_of(key.certificate, signature, b"%d" % number, "sha256")


def _in_child(key: TokenKey, answers: Any) -> None:
    try:
        signature = key.sign(b"child", "sha256")
        check_signature_of(key.certificate, signature, b"child", "sha256")
        answers.put((os.getpid(), "good"))
    except BaseException as error:  # noqa: BLE001  told to the parent
        answers.put((os.getpid(), repr(error)))


def test_a_child_opens_a_session_of_its_own_and_the_parents_goes_on(keys_dir: Path, authority: TestAuthority) -> None:
    key = certified(keys_dir, authority, "rsa-3072")
    context = multiprocessing.get_context("fork")
    answers = context.Queue()
    children = [context.Process(target=_in_child, args=(key, answers)) for _ in range(3)]
    for child in children:
        child.start()
    said = [answers.get(timeout=30) for _ in children]
    for child in children:
        child.join()
    assert [answer for _, answer in said] == ["good"] * 3
    assert len({pid for pid, _ in said} | {os.getpid()}) == 4
    check_signature_of(key.certificate, key.sign(b"parent", "sha256"), b"parent", "sha256")


def test_a_wrong_pin_is_told_without_the_pin_and_tried_once_only(keys_dir: Path, authority: TestAuthority) -> None:
    key = certified(keys_dir, authority, "p-256")
    close_sessions()
    key.place.pin.write_text("planted-wrong-pin")
    for _ in range(3):
        with pytest.raises(PinRefused) as caught:
            key.sign(b"x", "sha256")
        assert "planted" not in everything(caught.value)
    noted = key.place.pin.with_suffix(".refused").stat().st_mtime_ns
    with pytest.raises(PinRefused):
        key.sign(b"x", "sha256")
    assert key.place.pin.with_suffix(".refused").stat().st_mtime_ns == noted  # the token was not asked again
    key.place.pin.write_text(PIN)
    os.utime(key.place.pin, ns=(noted + 10**9, noted + 10**9))
    check_signature_of(key.certificate, key.sign(b"x", "sha256"), b"x", "sha256")


def test_a_token_that_is_not_there_is_waited_for(keys_dir: Path, authority: TestAuthority) -> None:
    place = token_place(token_line("别的令牌", "章"), keys_dir, MODULE)
    place.pin.write_text(PIN)
    with pytest.raises(KeyUnavailable) as caught:
        TokenKey.open(place)
    assert caught.value.code == "key-unavailable"
    assert PIN not in everything(caught.value)


@pytest.mark.parametrize("fault", ["no key", "no certificate", "no pin file", "no library", "twice", "kind", "other"])
def test_every_other_fault_is_told_by_its_name(keys_dir: Path, authority: TestAuthority, fault: str) -> None:
    place = token_place(token_line("一档", "章"), keys_dir, MODULE)
    with pytest.raises(KeyUnusable) as caught:  # noqa: PT012
        if fault == "no key":
            TokenKey.open(place)
        elif fault == "kind":
            make_key(place, "rsa-1024")
        elif fault == "no library":
            TokenKey.open(token_place(token_line("一档", "章"), keys_dir, Path("/nowhere/lib.so")))
        elif fault == "no pin file":
            place.pin.unlink()
            TokenKey.open(place)
        else:
            make_key(place, "p-256")
            if fault == "twice":
                make_key(place, "p-256")
            elif fault == "other":
                other: SealKey = authority.seal_key(OWNER, "别的章")
                install_certificates(place, [other.certificate])
            else:
                TokenKey.open(place)
    assert not isinstance(caught.value, KeyUnavailable | PinRefused)
    assert PIN not in everything(caught.value)
