"""The log's side of a package, and packages beside packages: entry, head, witnesses, time, growth, chain, children."""

import dataclasses
import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding

from archive import (
    Checkpoint,
    Element,
    EventRef,
    LocalStore,
    Manifest,
    TrustMaterial,
    canonical_json,
    digest_bytes,
    element_path,
    export_package,
    leaf_hash,
    make_checkpoint,
    manifest_bytes,
    object_key,
)
from archive.offline import offline_verifier
from archive.witness import cosign, public_key
from signing import LocalTimestampAuthority
from tests.archive import sample_package as sample
from tests.archive.offline.judging import judged, program, verifier
from tests.archive.test_package import rewrite_bag
from tests.archive.whole_tree import WholeTree

PROOFS = "data/校验信息"


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sample.export_sample(tmp_path_factory.mktemp("export"))


@pytest.fixture
def bag(exported: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(exported, tmp_path / exported.name))


def export(folder: Path, change: Callable[[Manifest, LocalStore], Manifest]) -> Path:
    store = LocalStore(folder / "objects")
    raw = manifest_bytes(change(sample.make_manifest(store), store))
    proof, checkpoint = sample.prove(raw)
    trust = TrustMaterial(crls=sample.authority().crls(), verifier=offline_verifier())
    return export_package(
        raw, store, log_proof=proof, checkpoint=checkpoint, trust=trust, out_dir=folder / "out", now=sample.NOW
    )


def manifest_digest(bag: Path) -> str:
    return hashlib.sha256((bag / "data/元数据/manifest.json").read_bytes()).hexdigest()


# --- witnesses, time, growth


def witness(number: int) -> tuple[str, Ed25519PrivateKey]:
    return f"witness{number}.example", Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)


def signed_by(bag: Path, *numbers: int) -> None:
    path = bag / PROOFS / "checkpoint.txt"
    note = path.read_text()
    text = note.rpartition("\n\n")[0] + "\n"
    lines = [cosign(text, *witness(number), int(sample.NOW.timestamp())) for number in numbers]
    path.write_text(note + "".join(lines))
    rewrite_bag(bag)


def keys(*numbers: int) -> tuple[Any, ...]:
    return tuple(verifier().parse_key(public_key(*witness(number)), verifier().WITNESS) for number in numbers)


def test_witnesses_count_only_where_enough_of_them_signed(bag: Path) -> None:
    signed_by(bag, 1, 2)
    assert judged(bag, witnesses=keys(1, 2), needed=2).of("witness") == ["note", "note", "ok"]
    assert judged(bag, witnesses=keys(1, 3), needed=1).verdict == "valid"
    assert judged(bag, witnesses=keys(1, 3), needed=2).verdict == "unknown"


def test_a_witness_that_signed_another_head_makes_it_invalid(bag: Path) -> None:
    path = bag / PROOFS / "checkpoint.txt"
    path.write_text(path.read_text() + cosign("another head\n", *witness(1), 5))
    rewrite_bag(bag)
    assert judged(bag, witnesses=keys(1), needed=1).verdict == "invalid"


def stamped(bag: Path, content: bytes) -> None:
    tsa = LocalTimestampAuthority(sample.authority().timestamp_key, lambda: sample.NOW)
    (bag / PROOFS / "checkpoint.tsr").write_bytes(tsa.token(hashlib.sha256(content).digest(), "sha256"))
    rewrite_bag(bag)


def test_the_time_of_the_head_is_proved_also_where_witnesses_signed_after_it(bag: Path) -> None:
    stamped(bag, (bag / PROOFS / "checkpoint.txt").read_bytes())
    assert judged(bag).of("head-time") == ["ok"]
    signed_by(bag, 1)
    found = judged(bag)
    assert (found.verdict, found.of("head-time")) == ("valid", ["ok"])
    assert judged(bag, roots=()).of("head-time") == ["unknown"]


@pytest.mark.parametrize("damage", [lambda data: data[:-1], lambda data: data[:-9] + bytes(9), lambda _: b"\x30\x80"])
def test_a_time_of_something_else_or_damaged_is_invalid(bag: Path, damage: Callable[[bytes], bytes]) -> None:
    stamped(bag, b"something else")
    assert judged(bag).of("head-time") == ["failed"]
    stamped(bag, (bag / PROOFS / "checkpoint.txt").read_bytes())
    path = bag / PROOFS / "checkpoint.tsr"
    path.write_bytes(damage(path.read_bytes()))
    rewrite_bag(bag)
    assert judged(bag).verdict == "invalid"


def earlier_head(bag: Path, size: int, *, rewritten: bool = False) -> bytes:
    """A head of `size` entries of the sample's log, and its proof put into the bag."""
    leaf = canonical_json({"kind": "package.filed", "object": manifest_digest(bag), "time": sample.NOW})
    leaves = [leaf if n == 3 else b"entry %d" % n for n in range(7)]
    tree = WholeTree(leaf_hash(entry) for entry in leaves)
    proof = [node.hex() for node in tree.consistency_proof(size, 7)]
    (bag / PROOFS / "log-growth.json").write_bytes(canonical_json({"old_size": size, "size": 7, "hashes": proof}))
    rewrite_bag(bag)
    root = bytes(32) if rewritten else tree.root(size)
    return make_checkpoint(Checkpoint(sample.ORIGIN, size, root), sample.LOG_PRIVATE)


@pytest.mark.parametrize("size", [1, 2, 3, 5, 6, 7])
def test_a_log_that_grew_from_a_head_seen_before_is_told_from_one_that_was_rewritten(bag: Path, size: int) -> None:
    assert judged(bag, earlier=earlier_head(bag, size)).of("growth") == ["ok"]
    assert judged(bag, earlier=earlier_head(bag, size, rewritten=True)).verdict == "invalid"
    stranger = make_checkpoint(Checkpoint(sample.ORIGIN, size, bytes(32)), Ed25519PrivateKey.generate())
    assert judged(bag, earlier=stranger).of("growth") == ["unknown"]


def test_without_the_proof_of_growth_it_is_unknown(bag: Path) -> None:
    note = earlier_head(bag, 5)
    (bag / PROOFS / "log-growth.json").unlink()
    rewrite_bag(bag)
    assert judged(bag, earlier=note).verdict == "unknown"


# --- events


def told_event() -> dict[str, Any]:
    return {
        "number": "01KB",
        "kind": "decided",
        "time": sample.NOW.isoformat(),
        "actor": 7,
        "object_sha256": "",
        "details": {"why": "齐全"},
    }


def leaf_of(event: dict[str, Any]) -> bytes:
    private = canonical_json({"actor": event["actor"], "details": event["details"], "salt": event["number"]})
    return canonical_json(
        {
            "number": event["number"],
            "kind": event["kind"],
            "case": sample.case_facts().number,
            "time": "2026-11-22T02:00:00.000000+00:00",
            "object": event["object_sha256"],
            "private": hashlib.sha256(private).hexdigest(),
        }
    )


def with_event(manifest: Manifest, store: LocalStore, event: dict[str, Any]) -> Manifest:
    data = canonical_json([event])
    digests = digest_bytes(data)
    store.put(object_key(digests.sha256), data)
    path = {"path": element_path("过程文件", 101, "办理过程.json"), "group": "过程文件"}
    old = next(one for one in manifest.elements if one.element == 15)
    new = Element.model_validate(old.model_dump() | path | dataclasses.asdict(digests))
    ref = EventRef(kind="decided", at=sample.NOW, sha256=digest_bytes(leaf_of(told_event())).sha256)
    elements = tuple(new if one is old else one for one in manifest.elements)
    return manifest.model_copy(update={"elements": elements, "events": (ref,)})


def test_an_event_told_in_the_package_gives_the_digest_that_the_log_holds(tmp_path: Path) -> None:
    bag = export(tmp_path / "1", lambda manifest, store: with_event(manifest, store, told_event()))
    assert (judged(bag).verdict, judged(bag).of("events")) == ("valid", ["ok"])
    changed = told_event() | {"actor": 8}
    other = export(tmp_path / "2", lambda manifest, store: with_event(manifest, store, changed))
    assert (judged(other).verdict, judged(other).of("events")[0]) == ("invalid", "failed")


# --- packages beside it


def following(folder: Path, before: Path, name: str, number: str = "Z990-XK·2026-Y-0007") -> Path:
    update = {"package": name, "previous_package": number, "previous_manifest_sha256": manifest_digest(before)}
    return export(folder, lambda manifest, _: manifest.model_copy(update=update))


def test_what_followed_is_a_chain_in_its_order_whatever_order_it_is_given_in(bag: Path, tmp_path: Path) -> None:
    one = following(tmp_path / "1", bag, "补1")
    two = following(tmp_path / "2", one, "补2", "补1")
    found = judged(bag, two, one)
    assert (found.verdict, found.of("chain")) == ("valid", ["ok"])
    assert judged(bag, two).verdict == "invalid"  # the one between is missing
    assert judged(one).of("chain") == ["note", "note"]
    fork = following(tmp_path / "3", bag, "补3")
    assert judged(bag, one, fork).verdict == "invalid"
    misnamed = following(tmp_path / "4", bag, "补4", "another")
    assert judged(bag, misnamed).verdict == "invalid"


def test_a_package_inside_is_known_by_its_digest(bag: Path, tmp_path: Path) -> None:
    child = {
        "package": "Z990-XK·2026-Y-0007",
        "archive_number": "Z990-XK·2026-Y-0007",
        "case_number": "20261122-0007",
        "item_code": "SGXK",
        "item_name": "施工许可",
        "manifest_sha256": manifest_digest(bag),
        "manifest_sm3": "0" * 64,
    }

    def parent(manifest: Manifest, _: LocalStore) -> Manifest:
        matter = {"result": "parallel", "kind": "并联", "stage": "施工许可"}
        return Manifest.model_validate(
            manifest.model_dump() | {"package": "并联", "children": [child], "matter": matter}
        )

    made = export(tmp_path / "parent", parent)
    assert judged(made, bag).of("children") == ["ok"]
    assert judged(made).of("children") == ["note"]
    assert judged(made, export(tmp_path / "o", lambda m, _: m.model_copy(update={"package": "x"}))).verdict == "invalid"


# --- as a program


def run(tmp_path: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", str(program()), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)


def test_it_runs_alone_and_prints_what_an_auditor_signs(bag: Path, tmp_path: Path) -> None:
    signed_by(bag, 1)
    (tmp_path / "log.pub").write_text(str(sample.public_log_key()))
    (tmp_path / "root.pem").write_bytes(b"".join(root.public_bytes(Encoding.PEM) for root in sample.roots()))
    usual = ("--log-key", "log.pub", "--root", "root.pem", "--at", sample.NOW.isoformat())
    good = run(tmp_path, bag, *usual, "--witness", public_key(*witness(1)))
    assert (good.returncode, good.stderr) == (0, "")
    assert "VERDICT: 有效 valid" in good.stdout
    assert "签名 signature" in good.stdout
    assert hashlib.sha256(offline_verifier()).hexdigest() in good.stdout
    unknown = run(tmp_path, bag, "--at", sample.NOW.isoformat(), "--json")
    assert (unknown.returncode, json.loads(unknown.stdout)["verdict"]) == (3, "unknown")
    (bag / "data/说明文件.txt").write_text("\x1b[31m")
    (bag / "\x1b[31m.txt").write_text("")
    bad = run(tmp_path, bag, *usual)
    assert bad.returncode == 1
    assert "\x1b" not in bad.stdout
    assert run(tmp_path, bag, "--at", "2026-11-22").returncode == 2


def test_a_copy_lies_in_the_package_under_the_digest_that_the_note_names(tmp_path: Path) -> None:
    bag = export(tmp_path, lambda manifest, _: manifest)
    carried = (bag / PROOFS / "offline_verifier.py").read_bytes()
    assert carried == offline_verifier()
    assert hashlib.sha256(carried).hexdigest() in (bag / "data/说明文件.txt").read_text()
    assert judged(bag).verdict == "valid"


def test_the_manual_explains_every_code_in_both_languages() -> None:
    docs = Path(__file__).parents[3] / "docs"
    for page in ("verifying.md", "verifying.zh.md"):
        text = (docs / page).read_text()
        for code, (given, *_) in verifier().CODES.items():
            assert f"| `{code}` | {given} |" in text, (page, code)
