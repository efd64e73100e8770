"""SM2 keys: kept encrypted and for their owner alone, readable by OpenSSL, and never shown."""

import datetime as dt
import shutil
import subprocess
from pathlib import Path

import pytest
from asn1crypto import pem

from signing import KeyUnusable, Secret, Sm2Authority, Sm2Key
from signing.sm2_keys import issue, subject, validity_of
from tests.signing.leaks import everything

NOW = dt.datetime(2026, 11, 22, 3, 0, tzinfo=dt.UTC)
PLANTED = Secret(b"planted-passphrase-77")
DISTINGUISHED = "distid:1234567812345678"
"""The signer's identity of GM/T 0009, under which SM2 signatures are made and checked."""


@pytest.fixture(scope="module")
def key() -> Sm2Key:
    return issue(subject("江澜市行政审批局", "测试章"), dt.timedelta(days=365), NOW, authority=True)


def openssl(*words: str) -> str:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    done = subprocess.run(["openssl", *words], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_saved_key_is_the_same_when_opened_and_its_owner_s_alone(tmp_path: Path, key: Sm2Key) -> None:
    path = tmp_path / "a.key"
    key.save(path, PLANTED)
    opened = Sm2Key.load(path, PLANTED)
    assert (opened.public, opened.private.reveal(), opened.certificate) == (
        key.public,
        key.private.reveal(),
        key.certificate,
    )
    assert path.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["a.key"]
    assert key.private.reveal() not in path.read_bytes()


def test_openssl_opens_the_file_and_believes_our_signatures(tmp_path: Path, key: Sm2Key) -> None:
    key.save(tmp_path / "a.key", PLANTED)
    (tmp_path / "pass").write_bytes(PLANTED.reveal())
    shown = openssl("pkey", "-in", f"{tmp_path}/a.key", "-passin", f"file:{tmp_path}/pass", "-noout", "-text_pub")
    assert "SM2" in shown
    assert key.public.hex() in "".join(shown.split()).replace(":", "")
    (tmp_path / "public.pem").write_text(openssl("x509", "-in", f"{tmp_path}/a.key", "-noout", "-pubkey"))
    (tmp_path / "data").write_bytes(b"data")
    (tmp_path / "signature").write_bytes(key.sign(b"data"))
    verify = ("pkeyutl", "-verify", "-rawin", "-digest", "sm3", "-pubin", "-pkeyopt", DISTINGUISHED)
    files = ("-inkey", f"{tmp_path}/public.pem", "-in", f"{tmp_path}/data", "-sigfile", f"{tmp_path}/signature")
    assert "Verified Successfully" in openssl(*verify, *files)


def test_openssl_follows_the_chain_of_the_authority(tmp_path: Path) -> None:
    authority = Sm2Authority(tmp_path)
    for name, one in (("maker", authority.maker(NOW)), ("seal", authority.seal_key("机关", "章", NOW))):
        (tmp_path / name).write_bytes(pem.armor("CERTIFICATE", one.certificate))
        root, moment = f"{authority.roots_folder}/root.pem", str(int(NOW.timestamp()))
        told = openssl("verify", "-attime", moment, "-vfyopt", DISTINGUISHED, "-CAfile", root, f"{tmp_path}/{name}")
        assert told.endswith("OK\n")


def test_the_authority_gives_the_same_keys_again_and_keeps_them_to_itself(tmp_path: Path) -> None:
    first, again = Sm2Authority(tmp_path), Sm2Authority(tmp_path)
    seal = first.seal_key("机关", "章", NOW)
    assert again.seal_key("机关", "章", NOW + dt.timedelta(days=9)).certificate == seal.certificate
    assert first.seal_key("机关", "另一章", NOW).certificate != seal.certificate
    assert first.maker(NOW).certificate == again.maker(NOW).certificate
    files = list((tmp_path / "sm2").rglob("*.key"))
    assert len(files) == 4
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    assert (tmp_path / "sm2").stat().st_mode & 0o777 == 0o700


def test_a_certificate_beyond_2049_says_its_years_in_full() -> None:
    """RFC 5280, 4.1.2.5: two digits of a year mean the years until 2049."""
    made = issue(subject("机关", "根"), dt.timedelta(days=30 * 365), NOW, authority=True)
    assert [one.year for one in validity_of(made.certificate)] == [2026, 2056]


def spoilt(path: Path, key: Sm2Key, how: str) -> Secret:
    """Write a key file that must not open."""
    key.save(path, PLANTED)
    good = path.read_bytes()
    if how == "gone":
        path.unlink()
    elif how == "cut":
        path.write_bytes(good[: len(good) // 3])
    elif how == "no key":
        path.write_bytes(pem.armor("CERTIFICATE", key.certificate))
    elif how == "other certificate":
        other = issue(subject("别人", "别的章"), dt.timedelta(days=365), NOW, authority=False)
        path.write_bytes(good[: good.index(b"-----BEGIN CERT")] + pem.armor("CERTIFICATE", other.certificate))
    return Secret(b"planted-wrong") if how == "wrong passphrase" else PLANTED


@pytest.mark.parametrize("how", ["gone", "cut", "no key", "other certificate", "wrong passphrase"])
def test_a_key_file_that_does_not_open_says_so_and_shows_nothing(tmp_path: Path, key: Sm2Key, how: str) -> None:
    passphrase = spoilt(tmp_path / "a.key", key, how)
    with pytest.raises(KeyUnusable) as caught:
        Sm2Key.load(tmp_path / "a.key", passphrase)
    told = everything(caught.value)
    assert "planted" not in told
    assert key.private.reveal().hex() not in told
    assert repr(key.private.reveal()) not in told


def test_a_key_does_not_show_itself(key: Sm2Key) -> None:
    shown = f"{key!r} {key}"
    assert "Secret(…)" in shown
    assert repr(key.private.reveal())[2:-1] not in shown
