"""The published log as the Go project's own implementation of transparency logs judges it."""

import base64
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive import Checkpoint, TileTree, grown_tiles, leaf_hash, log_key, make_checkpoint

pytestmark = [pytest.mark.stack]
ORIGIN = "yidang.example/jianglan"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
SIZES = (1, 2, 255, 256, 257, 1_000, 70_000)


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program, built from its source beside this file; skip where there is no Go, or no module to be had."""
    if not shutil.which("go"):
        pytest.skip("no go to build the judge with")
    target = tmp_path_factory.mktemp("tlog") / "tlog"
    source = Path(__file__).parent / "tlog"
    environment = {**os.environ, "CGO_ENABLED": "0", "GOFLAGS": "-mod=mod"}
    done = subprocess.run(
        ["go", "build", "-o", str(target), "."],
        cwd=source, env=environment, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    if done.returncode:
        pytest.skip(f"the judge cannot be built here: {done.stderr[-300:]}")
    return target


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log that grew step by step, as it would lie in the archive store."""
    folder, before = tmp_path_factory.mktemp("log"), 0
    for size in SIZES:
        for path, data in grown_tiles(tree_of(folder, before), [leaf_hash(entry(n)) for n in range(before, size)]):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)
        before = size
    root = tree_of(folder, before).root()
    (folder / "checkpoint").write_bytes(make_checkpoint(Checkpoint(ORIGIN, before, root), KEY))
    return folder


def entry(number: int) -> bytes:
    return json.dumps({"number": number}).encode()


def tree_of(folder: Path, size: int) -> TileTree:
    return TileTree(lambda path: (folder / path).read_bytes(), size)


def asked(folder: Path) -> dict[str, list[dict[str, Any]]]:
    size = SIZES[-1]
    tree = tree_of(folder, size)
    return {
        "inclusion": [
            {
                "index": index,
                "size": size,
                "leaf": base64.b64encode(entry(index)).decode(),
                "hashes": [node.hex() for node in tree.inclusion_proof(index)],
            }
            for index in (0, 1, 255, 256, 65_535, 65_536, size - 1)
        ],
        "consistency": [
            {"old": old, "size": size, "hashes": [node.hex() for node in tree.consistency_proof(old)]}
            for old in SIZES[:-1]
        ],
    }


def judged(judge: Path, folder: Path, request: dict[str, Any], key: str = str(log_key(ORIGIN, KEY))) -> tuple[int, str]:
    command = [str(judge), str(folder), key]
    done = subprocess.run(command, input=json.dumps(request), capture_output=True, text=True, check=False, timeout=60)
    return done.returncode, done.stdout + done.stderr


def test_signature_tiles_and_proofs_hold(judge: Path, log: Path) -> None:
    code, said = judged(judge, log, asked(log))
    assert (code, said) == (0, f"{ORIGIN}: 70000 entries, 7 inclusions, 6 consistencies\n")


def test_it_refuses_what_we_refuse(judge: Path, log: Path, tmp_path: Path) -> None:
    request = asked(log)
    request["inclusion"][2]["leaf"] = base64.b64encode(b"another").decode()
    assert judged(judge, log, request)[0] == 1
    request = asked(log)
    request["consistency"][3]["hashes"][0] = "00" * 32
    assert "differs from Go's" in judged(judge, log, request)[1]
    stranger = str(log_key(ORIGIN, Ed25519PrivateKey.generate()))
    assert "signature" in judged(judge, log, asked(log), stranger)[1]
    forked = Path(shutil.copytree(log, tmp_path / "forked"))
    tile = forked / "tile/0/003"
    tile.write_bytes(bytes(32) + tile.read_bytes()[32:])
    request = asked(log)
    request["inclusion"] = [one for one in request["inclusion"] if one["index"] == 255]
    request["inclusion"][0] |= {"index": 768, "leaf": base64.b64encode(entry(768)).decode()}
    assert judged(judge, forked, request)[0] == 1
