"""The offline verifier gives the answers of `verify_package`, which shares no line of code with it."""

import datetime as dt
import random
import shutil
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from archive import LocalStore, TrustMaterial, export_package, manifest_bytes, verify_package
from tests.archive import sample_package as sample
from tests.archive.offline.judging import judged, verifier
from tests.archive.test_package import CHANGES, KEY, flip, rewrite_bag

AT = sample.NOW + dt.timedelta(hours=2)


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sample.export_sample(tmp_path_factory.mktemp("export"))


@pytest.fixture
def bag(exported: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(exported, tmp_path / exported.name))


def both(bag: Path) -> tuple[str, str]:
    ours = verify_package(bag, trusted_log_key=KEY, roots=sample.roots(), at=AT)
    return judged(bag, at=AT).verdict, ours.verdict


def test_a_whole_package_is_valid_and_every_line_of_it_is_told(bag: Path) -> None:
    found = judged(bag, at=AT)
    assert (found.verdict, found.failed) == ("valid", [])
    for code in ("tags", "payload", "total", "manifest", "elements", "seal", "checkpoint", "entry"):
        assert set(found.of(code)) == {"ok"}, code


def test_without_a_key_or_a_root_nothing_is_called_valid(bag: Path) -> None:
    assert judged(bag, log_key=None).verdict == "unknown"
    assert judged(bag, roots=()).verdict == "unknown"
    module = verifier()
    stranger = module.parse_key(str(sample.log_key("other.test/log", sample.LOG_PRIVATE)), module.LOG)
    assert judged(bag, log_key=stranger).verdict == "invalid"


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_lost_or_added_is_named_by_both(bag: Path, change: str) -> None:
    act, where = CHANGES[change]
    act(bag)
    assert both(bag) == ("invalid", "invalid")
    assert any(where in line.object for line in judged(bag, at=AT).failed)


def test_a_flipped_bit_of_any_file_is_found_and_located_by_both(bag: Path) -> None:
    dice = random.Random(20261129)  # noqa: S311 - places to damage, repeatable
    for path in [one for one in bag.rglob("*") if one.is_file()]:
        place, bit = dice.randrange(path.stat().st_size), dice.randrange(8)
        flip(path, place, bit)
        assert both(bag) == ("invalid", "invalid"), (path, place, bit)
        name = path.relative_to(bag).as_posix()
        assert any(name in f"{line.object} {line.what}" for line in judged(bag, at=AT).failed)
        flip(path, place, bit)
    assert both(bag) == ("valid", "valid")


def test_a_forger_who_mends_the_bag_fails_at_the_manifest_and_then_at_the_log(bag: Path) -> None:
    path = next((bag / "data" / "过程文件").iterdir())
    old = path.read_bytes()
    path.write_bytes(b"x" * len(old))
    rewrite_bag(bag)
    assert {line.code for line in judged(bag, at=AT).failed} == {"elements"}
    was, now = (sample.digest_bytes(data) for data in (old, b"x" * len(old)))
    manifest = bag / "data/元数据/manifest.json"
    manifest.write_text(manifest.read_text().replace(was.sha256, now.sha256).replace(was.sm3, now.sm3))
    rewrite_bag(bag)
    assert {line.code for line in judged(bag, at=AT).failed} == {"entry"}
    assert both(bag) == ("invalid", "invalid")


def test_a_package_that_is_not_logged_or_not_sealed_is_unknown_to_both(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "objects")
    manifest = sample.make_manifest(store)
    plain = sample.put_element(store, 11, (23, "结果文件", "certificate", "附件.pdf", b"%PDF-1.7 not sealed"))
    for number, elements in enumerate((manifest.elements, (*manifest.elements, plain))):
        raw = manifest_bytes(manifest.model_copy(update={"elements": elements}))
        proof, checkpoint = sample.prove(raw) if number else (None, None)
        out = tmp_path / str(number)
        options = {"log_proof": proof, "checkpoint": checkpoint, "trust": TrustMaterial(), "now": sample.NOW}
        assert both(export_package(raw, store, out_dir=out, **options)) == ("unknown", "unknown")


_CHANGE = st.tuples(
    st.integers(0, 10_000),
    st.integers(0, 1 << 20),
    st.sampled_from(("cut", "put", "swap", "lose")),
    st.binary(max_size=40),
)


def _damage(bag: Path, which: int, place: int, how: str, what: bytes) -> None:
    files = sorted(path for path in bag.rglob("*") if path.is_file())
    if not files:
        return
    path, other = files[which % len(files)], files[place % len(files)]
    data = path.read_bytes()
    place %= len(data) + 1
    if how == "cut":
        path.write_bytes(data[:place] + data[place + len(what) + 1 :])
    elif how == "put":
        path.write_bytes(data[:place] + what + data[place:])
    elif how == "swap":
        path.write_bytes(other.read_bytes())
    else:
        path.unlink()


def _contents(bag: Path) -> dict[str, bytes]:
    return {path.relative_to(bag).as_posix(): path.read_bytes() for path in bag.rglob("*") if path.is_file()}


@settings(max_examples=12, deadline=None, derandomize=True, phases=[Phase.generate])
@given(changes=st.lists(_CHANGE, min_size=1, max_size=3), mended=st.booleans())
def test_a_package_damaged_at_random_is_answered_and_never_valid(
    exported: Path, tmp_path_factory: pytest.TempPathFactory, *, changes: list[Any], mended: bool
) -> None:
    """Where a forger mended the digests of the bag, what he changed beside the manifest and its elements is his own."""
    bag = Path(shutil.copytree(exported, tmp_path_factory.mktemp("damaged") / exported.name))
    for change in changes:
        _damage(bag, *change)
    before, after = _contents(exported), _contents(bag)
    own = ("data/校验信息/", "data/说明文件", "bag", "manifest-", "tagmanifest-") if mended else ()
    if mended:
        rewrite_bag(bag)
    offline, ours = both(bag)
    if any(before.get(path) != after.get(path) and not path.startswith(own) for path in before | after):
        assert offline != "valid"
    assert offline == ours


def test_no_folder_a_file_and_an_empty_folder_are_invalid(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for path in (tmp_path / "none", tmp_path / "file", tmp_path):
        assert judged(path).verdict == "invalid"


@pytest.mark.parametrize("size", [0, 1, 55, 56, 63, 64, 65, 119, 1000])
def test_sm3_in_plain_python_is_sm3(size: int) -> None:
    data = bytes(number * 7 & 0xFF for number in range(size))
    plain, known = verifier().PlainSm3(), hashes.Hash(hashes.SM3())
    for at in range(0, size, 40):
        plain.update(data[at : at + 40])
    known.update(data)
    assert plain.hexdigest() == known.finalize().hex()
