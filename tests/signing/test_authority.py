import datetime as dt
import stat
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
from cryptography import x509

from signing import CertificateUnknown, KeyUnusable, SealKey, TestAuthority
from signing.secret import Secret
from tests.signing.conftest import NOW, OWNER


def _start(directory: Path) -> tuple[bytes, int]:
    authority = TestAuthority.ensure(directory, NOW)
    root = authority.roots[0]
    return root.signature, authority.seal_key(OWNER, "专用章").serial


def test_processes_that_start_at_once_share_one_authority(tmp_path: Path) -> None:
    with ProcessPoolExecutor(3) as pool:
        found = set(pool.map(_start, [tmp_path] * 3))
    assert len(found) == 1


def test_key_files_are_readable_by_their_owner_only(authority: TestAuthority) -> None:
    for path in authority.directory.rglob("*"):
        if path.is_file() and path.name != ".lock":
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


def test_every_name_says_that_it_is_a_test(authority: TestAuthority, key: SealKey) -> None:
    for certificate in (authority.roots[0], authority.timestamp_key.certificate, key.certificate, *key.chain):
        assert "测试" in certificate.subject.rfc4514_string()


def test_an_owner_keeps_the_same_seal_and_another_label_gets_another(authority: TestAuthority, key: SealKey) -> None:
    again = TestAuthority.ensure(authority.directory, NOW + dt.timedelta(days=1))
    assert again.seal_key(OWNER, "行政审批专用章").serial == key.serial
    assert again.seal_key(OWNER, "合同专用章").serial != key.serial


def test_a_wrong_passphrase_is_told_plainly(authority: TestAuthority) -> None:
    with pytest.raises(KeyUnusable) as caught:
        SealKey.load(authority.directory / "root.p12", Secret(b"wrong"))
    assert caught.value.code == "key-unusable"


def test_revocation_lists_made_while_the_clock_was_ahead_are_made_again(tmp_path: Path) -> None:
    authority = TestAuthority.ensure(tmp_path, NOW)
    ahead = x509.load_der_x509_crl(authority.crls(NOW + dt.timedelta(days=3653))[1])
    assert ahead.last_update_utc > NOW
    again = x509.load_der_x509_crl(authority.crls(NOW)[1])
    assert again.last_update_utc == NOW
    number = x509.CRLNumber
    assert again.extensions.get_extension_for_class(number).value.crl_number == 3


def test_revocation_lists_are_renewed_before_they_end(tmp_path: Path) -> None:
    authority = TestAuthority.ensure(tmp_path, NOW)
    first = x509.load_der_x509_crl(authority.crls()[1])
    assert authority.crls(NOW + dt.timedelta(days=10)) == authority.crls()
    later = x509.load_der_x509_crl(authority.crls(NOW + dt.timedelta(days=150))[1])
    assert later.last_update_utc > first.last_update_utc
    number = x509.CRLNumber
    assert later.extensions.get_extension_for_class(number).value.crl_number == 2


def test_an_unknown_serial_number_cannot_be_revoked(authority: TestAuthority) -> None:
    with pytest.raises(CertificateUnknown):
        authority.revoke(1, NOW)


def test_an_office_with_a_long_name_gets_its_seal(authority: TestAuthority):
    owner = "江澜市高新技术产业开发区行政审批和政务信息管理局"
    names = [authority.seal_key(owner, label).signer for label in ("行政审批专用章（二）", "章" * 40)]
    assert names == ["行政审批专用章（二）（测试）", "章" * 17 + "（测试）"]
