"""Exporting a package and judging it offline: nothing may be changed, lost or added without being named."""

import datetime as dt
import hashlib
import json
import os
import random
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import bagit
import pytest

from archive import (
    AlreadyExists,
    BadDigest,
    BadManifest,
    LocalStore,
    NotFound,
    TrustMaterial,
    digest_bytes,
    export_package,
    manifest_bytes,
    object_key,
    read_bag,
    verify_package,
)
from signing import validate_pdf
from tests.archive import sample_package as sample

KEY = str(sample.public_log_key()).encode()


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sample.export_sample(tmp_path_factory.mktemp("export"))


@pytest.fixture
def bag(exported: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(exported, tmp_path / exported.name))


def test_other_readers_of_bags_find_it_sound(bag: Path):
    """The Library of Congress's reader, and ours for the bags of others."""
    other = bagit.Bag(str(bag))
    assert other.validate()
    assert other.algorithms == ["sha256"]  # it does not know SM3, and says so
    report = read_bag(bag)
    assert (report.verdict, report.findings) == ("valid", ())
    assert set(report.payload) == set(other.payload_entries())
    element = next(path for path in bag.rglob("data/**/*.pdf"))
    element.write_bytes(element.read_bytes() + b" ")
    assert not bagit.Bag(str(bag)).is_valid()
    assert {one.code for one in read_bag(bag).findings} == {"bag-digest-differs", "bag-oxum-differs"}


def judge(bag: Path, **options):
    options = {"trusted_log_key": KEY, "roots": sample.roots(), "at": sample.NOW + dt.timedelta(hours=2), **options}
    return verify_package(bag, **options)


def test_an_exported_package_is_valid(bag: Path):
    found = judge(bag)
    assert found.verdict == "valid", found.failed
    assert found.package == "Z990-XK·2026-Y-0007"
    assert {"GD-1-1", "GD-1-11", "GD-1-12", "GD-1-14", "GD-2-2", "GD-3-1"} <= {c.code for c in found.checks}
    assert any("施工许可证" in c.object and "印章有效" in c.what for c in found.checks)


def test_a_raw_log_key_serves_as_well(bag: Path):
    assert judge(bag, trusted_log_key=sample.public_log_key().key).verdict == "valid"


def test_other_tools_agree_with_the_digests(bag: Path):
    for tool, name in (("sha256sum", "manifest-sha256.txt"), ("sha256sum", "tagmanifest-sha256.txt")):
        subprocess.run([tool, "--check", "--quiet", "--strict", name], cwd=bag, check=True)
    for name in ("manifest-sm3.txt", "tagmanifest-sm3.txt"):
        for line in (bag / name).read_text().splitlines():
            digest, path = line.split("  ", 1)
            assert hashlib.new("sm3", (bag / path).read_bytes()).hexdigest() == digest


def test_files_lie_in_the_groups_of_the_standard(bag: Path):
    assert {p.name for p in (bag / "data").iterdir()} == {
        "申报文件", "过程文件", "结果文件", "共享材料", "元数据", "校验信息", "说明文件.txt",
    }  # fmt: skip
    total = sum(p.stat().st_size for p in (bag / "data").rglob("*") if p.is_file())
    assert f"Payload-Oxum: {total}." in (bag / "bag-info.txt").read_text()


def test_without_a_trusted_key_or_root_nothing_is_called_valid(bag: Path):
    assert judge(bag, trusted_log_key=None).verdict == "unknown"
    assert judge(bag, roots=()).verdict == "unknown"


def test_a_checkpoint_of_another_log_is_refused(bag: Path):
    assert judge(bag, trusted_log_key=bytes(32)).verdict == "invalid"
    other = str(sample.log_key("other.test/log", sample.LOG_PRIVATE)).encode()
    assert judge(bag, trusted_log_key=other).verdict == "invalid"
    assert judge(bag, trusted_log_key=b"no key").verdict == "invalid"


def flip(path: Path, place: int, bit: int) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 1 << bit
    path.write_bytes(data)


@pytest.mark.stack
def test_any_flipped_bit_of_any_file_is_found_and_located(bag: Path):
    dice = random.Random(20261122)  # noqa: S311 - places to damage, repeatable
    files = [p for p in bag.rglob("*") if p.is_file()]
    assert len(files) > 18
    for path in files:
        name, size = path.relative_to(bag).as_posix(), path.stat().st_size
        for place in {0, size - 1, *(dice.randrange(size) for _ in range(4))}:
            bit = dice.randrange(8)
            flip(path, place, bit)
            found = judge(bag)
            assert found.verdict == "invalid", (name, place, bit)
            assert any(name in (c.object, *c.what.split()) for c in found.failed), (name, place, bit, found.failed)
            flip(path, place, bit)
    assert judge(bag).verdict == "valid"


@pytest.mark.parametrize("name", ["tagmanifest-sha256.txt", "tagmanifest-sm3.txt"])
def test_every_bit_of_the_tag_manifest_counts(bag: Path, name: str):
    path = bag / name
    for place in range(0, path.stat().st_size, 7):
        flip(path, place, 5)  # turns letters into capitals
        assert judge(bag).verdict == "invalid", place
        flip(path, place, 5)


def _permit(bag: Path) -> Path:
    return next((bag / "data" / "结果文件").iterdir())


CHANGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "a file is lost": (lambda bag: _permit(bag).unlink(), "结果文件"),
    "a file is added to the payload": (lambda bag: (bag / "data/申报文件/后补.pdf").write_bytes(b"x"), "后补.pdf"),
    "a file is added beside it": (lambda bag: (bag / "extra.txt").write_bytes(b"x"), "extra.txt"),
    "a file is renamed": (lambda bag: _permit(bag).rename(_permit(bag).with_name("别名.pdf")), "别名.pdf"),
    "a file becomes a link": (
        lambda bag: (_permit(bag).unlink(), (bag / "data/结果文件/link.pdf").symlink_to("/etc/hostname")),
        "link.pdf",
    ),
    "the manifest is lost": (lambda bag: (bag / "data/元数据/manifest.json").unlink(), "manifest.json"),
    "a tag file is lost": (lambda bag: (bag / "manifest-sm3.txt").unlink(), "manifest-sm3.txt"),
    "the tag manifest is lost": (lambda bag: (bag / "tagmanifest-sha256.txt").unlink(), "tagmanifest-sha256.txt"),
    "that of SM3 is lost": (lambda bag: (bag / "tagmanifest-sm3.txt").unlink(), "tagmanifest-sm3.txt"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_lost_or_added_is_named(bag: Path, change: str):
    act, where = CHANGES[change]
    act(bag)
    found = judge(bag)
    assert found.verdict == "invalid"
    assert any(where in check.object for check in found.failed)


def rewrite_bag(bag: Path) -> None:
    """Make all digests of the bag agree with its files again, as a forger would."""
    from archive.bag import digest_file, seal_bag

    payload = {p.relative_to(bag).as_posix(): digest_file(p) for p in (bag / "data").rglob("*") if p.is_file()}
    seal_bag(bag, payload, {"External-Identifier": "forged"})


def test_a_forger_who_fixes_the_bag_fails_at_the_manifest(bag: Path):
    path = next((bag / "data" / "过程文件").iterdir())
    path.write_bytes("补录".encode())
    rewrite_bag(bag)
    assert [c.object for c in judge(bag).failed] == [f"data/过程文件/{path.name}"]


def test_a_forger_who_fixes_the_manifest_too_fails_at_the_log(bag: Path):
    path = next((bag / "data" / "过程文件").iterdir())
    old = digest_bytes(path.read_bytes())
    path.write_bytes(b"x" * old.size)
    digests = digest_bytes(b"x" * old.size)
    manifest = bag / "data/元数据/manifest.json"
    manifest.write_text(manifest.read_text().replace(old.sha256, digests.sha256).replace(old.sm3, digests.sm3))
    rewrite_bag(bag)
    failed = judge(bag).failed
    assert [c.object for c in failed] == ["data/校验信息/log-proof.json"]


def test_a_forger_who_makes_a_log_of_his_own_fails_at_the_key(bag: Path):
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from archive import Checkpoint, make_checkpoint

    forged = make_checkpoint(Checkpoint(sample.ORIGIN, 7, bytes(32)), Ed25519PrivateKey.generate())
    (bag / "data/校验信息/checkpoint.txt").write_bytes(forged)
    rewrite_bag(bag)
    assert [c.object for c in judge(bag).failed] == ["data/校验信息/checkpoint.txt"]


def test_an_unsealed_result_is_not_valid(tmp_path: Path):
    store = LocalStore(tmp_path / "objects")
    manifest = sample.make_manifest(store)
    plain = sample.put_element(store, 11, (23, "结果文件", "certificate", "附件.pdf", b"%PDF-1.7 not sealed"))
    raw = manifest_bytes(manifest.model_copy(update={"elements": (*manifest.elements, plain)}))
    proof, checkpoint = sample.prove(raw)
    made = export_package(
        raw,
        store,
        log_proof=proof,
        checkpoint=checkpoint,
        trust=TrustMaterial(),
        out_dir=tmp_path / "o",
        now=sample.NOW,
    )
    assert judge(made).verdict == "unknown"


@pytest.mark.parametrize(("named", "state"), [("own", "unknown"), ("another", "failed")])
def test_a_result_must_bear_the_seals_that_the_record_of_their_use_names(tmp_path: Path, named: str, state: str):
    """The sample's seal has no archive timestamp, which "issued" asks for; another seal than on record is none."""
    store = LocalStore(tmp_path / "objects")
    full = sample.make_manifest(store)
    result = next(e for e in full.elements if e.group == "结果文件")
    own = validate_pdf(sample.sealed_permit(), sample.roots()).seals[0].fingerprint
    seals = [{"fingerprint": own if named == "own" else "0" * 64}]
    record = json.dumps({"validation": {"seals": seals}}).encode()
    entry = sample.put_element(store, 30, (24, "结果文件", "seal-use", "用印与验证记录.json", record))
    elements = [*(e for e in full.elements if e.element != 24), entry]
    raw = manifest_bytes(full.model_copy(update={"elements": tuple(elements)}))
    trust = TrustMaterial()
    out = export_package(
        raw, store, log_proof=None, checkpoint=None, trust=trust, out_dir=tmp_path / "out", now=sample.NOW
    )
    [line] = [check for check in judge(out).checks if check.object == f"data/{result.path}" and "印章" in check.what]
    assert line.state == state


def test_a_package_not_logged_yet_is_unknown(tmp_path: Path):
    store = LocalStore(tmp_path / "objects")
    raw = manifest_bytes(sample.make_manifest(store))
    made = export_package(
        raw, store, log_proof=None, checkpoint=None, trust=TrustMaterial(), out_dir=tmp_path / "o", now=sample.NOW
    )
    assert judge(made).verdict == "unknown"


def test_an_export_is_whole_or_absent(tmp_path: Path):
    store = LocalStore(tmp_path / "objects")
    manifest = sample.make_manifest(store)
    raw, out = manifest_bytes(manifest), tmp_path / "out"
    options = {"log_proof": None, "checkpoint": None, "trust": TrustMaterial(), "out_dir": out, "now": sample.NOW}
    key = object_key(manifest.elements[0].sha256)
    version = store.stat(key).version
    path = store._folder(key) / f"{version}.bin"
    good = path.read_bytes()
    path.chmod(0o640)
    path.write_bytes(good[:-1] + b"?")
    with pytest.raises(BadDigest):
        export_package(raw, store, **options)
    store.delete(key)
    with pytest.raises(NotFound):
        export_package(raw, store, **options)
    assert list(out.iterdir()) == []
    store.put(key, good)
    export_package(raw, store, **options)
    with pytest.raises(AlreadyExists):
        export_package(raw, store, **options)
    with pytest.raises(BadManifest):
        export_package(raw + b" ", store, **options)


def test_the_same_package_exports_to_the_same_bytes(tmp_path: Path):
    first, second = sample.export_sample(tmp_path / "1"), sample.export_sample(tmp_path / "2")
    name = "tagmanifest-sha256.txt"
    assert (first / name).read_bytes() == (second / name).read_bytes()


def test_a_file_that_cannot_be_read_is_named(bag: Path, monkeypatch):
    from archive import bag as bag_module

    broken, whole = _permit(bag), bag_module.digest_file

    def digest_file(path: Path):
        if path == broken:
            raise OSError(5, "Input/output error")
        return whole(path)

    monkeypatch.setattr(bag_module, "digest_file", digest_file)
    found = judge(bag)
    assert found.verdict == "invalid"
    assert any("不能读出" in c.what and "结果文件" in c.object for c in found.failed)


def test_a_name_that_is_no_text_is_named(bag: Path):
    (Path(os.fsdecode(os.fsencode(bag) + b"/data/\xff.pdf"))).write_bytes(b"x")
    found = judge(bag)
    assert found.verdict == "invalid"
    assert all(c.object.encode() for c in found.failed)


def test_no_folder_is_invalid_and_no_exception(tmp_path: Path):
    assert judge(tmp_path / "none").verdict == "invalid"
    assert judge(tmp_path).verdict == "invalid"
