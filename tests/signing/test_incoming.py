import datetime as dt
import json
from pathlib import Path

import pytest

from signing import Policy, TestAuthority, issued_policy, judge_again, judge_incoming, read_revocation_lists
from tests.signing.conftest import NOW, OWNER, seal

YEAR = dt.timedelta(days=365)


@pytest.fixture
def handed_in(tmp_path: Path, sealed: bytes) -> Path:
    path = tmp_path / "合同.pdf"
    path.write_bytes(sealed)
    return path


def test_a_judgement_is_kept_with_all_it_hangs_on(handed_in: Path, authority: TestAuthority, sealed: bytes) -> None:
    kept = json.loads(json.dumps(judge_incoming(handed_in, authority.roots, authority.crls(), at=NOW)))
    assert kept["verdict"] == "valid"
    assert (kept["policy"]["name"], kept["policy"]["version"]) == ("incoming", 1)
    assert kept["at"] == "2026-11-22T02:30:00+00:00"
    assert len(kept["evidence"]["roots"]) == 1
    assert len(kept["evidence"]["crls"]) == 2
    assert kept["seals"][0]["fingerprint"] in {one["sha256"] for one in kept["evidence"]["certificates"]}
    assert handed_in.read_bytes() == sealed


def test_a_judgement_can_be_repeated_when_everything_else_has_changed(
    handed_in: Path, permit: bytes, tmp_path: Path
) -> None:
    ours = TestAuthority.ensure(tmp_path / "ca", NOW)
    key = ours.seal_key(OWNER, "公章")
    handed_in.write_bytes(seal(permit, key, ours))
    kept = judge_incoming(handed_in, ours.roots, ours.crls(), at=NOW)
    ours.revoke(key.serial, NOW + dt.timedelta(days=1))
    later = NOW + 2 * YEAR
    assert judge_incoming(handed_in, ours.roots, ours.crls(later), at=later)["verdict"] == "invalid"
    again = judge_again(handed_in, json.loads(json.dumps(kept)))
    assert {**again.to_json(), "sha256": kept["sha256"]}.items() <= kept.items()


def test_a_judgement_says_nothing_of_another_file(handed_in: Path, authority: TestAuthority, permit: bytes) -> None:
    kept = judge_incoming(handed_in, authority.roots, authority.crls(), at=NOW)
    handed_in.write_bytes(permit)
    assert [reason.code for reason in judge_again(handed_in, kept).reasons] == ["other-file"]


def test_a_root_we_do_not_know_leaves_it_unknown_and_says_what_to_do(handed_in: Path, tmp_path: Path) -> None:
    stranger = TestAuthority.ensure(tmp_path / "ca", NOW)
    kept = judge_incoming(handed_in, stranger.roots, stranger.crls(), at=NOW)
    assert kept["verdict"] == "unknown"
    remedies = {reason["code"]: reason["remedy"] for reason in kept["reasons"]}
    assert "登记其根证书" in remedies["untrusted"]
    assert judge_again(handed_in, kept).verdict == "unknown"


def test_of_many_roots_and_lists_only_those_concerned_are_kept(
    handed_in: Path, authority: TestAuthority, tmp_path: Path
) -> None:
    from signing import SealKey
    from signing.certificates import issue_authority, name

    other: SealKey = issue_authority(name("别处", "别处根证书", unit="x"), NOW)
    kept = judge_incoming(handed_in, [other.certificate, *authority.roots], authority.crls(), at=NOW)
    assert len(kept["evidence"]["roots"]) == 1


def test_a_file_that_is_no_pdf_is_judged_without_an_error(tmp_path: Path, authority: TestAuthority) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.7 junk /ByteRange [0 1 2 3]")
    kept = judge_incoming(path, authority.roots, authority.crls(), at=NOW)
    assert kept["verdict"] != "valid"
    assert kept["evidence"] == {"certificates": [], "roots": [], "crls": []}


@pytest.mark.parametrize("policy", [Policy(), issued_policy("a" * 64, sha256="b" * 64)])
def test_a_policy_survives_being_written_down(policy: Policy) -> None:
    assert Policy.from_json(json.loads(json.dumps(policy.to_json()))) == policy


def test_revocation_lists_are_read_from_a_folder(tmp_path: Path, authority: TestAuthority) -> None:
    for number, der in enumerate(authority.crls()):
        (tmp_path / f"{number}.crl").write_bytes(der)
    (tmp_path / "junk.crl").write_bytes(b"junk")
    assert read_revocation_lists(tmp_path) == authority.crls()
    assert read_revocation_lists(tmp_path / "absent") == ()
