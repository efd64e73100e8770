"""The witness: a second office's memory of the log, in a file that shares nothing with ours."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from archive import Checkpoint, TileTree, grown_tiles, leaf_hash, log_key, make_checkpoint
from archive.checkpoint import split_note
from archive.witness import Refused, check, fetch, watch

ORIGIN = "yidang.example/jianglan"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
VKEY = str(log_key(ORIGIN, KEY))
NAME = "witness.example/audit"
NOW = 1_795_917_600


def show(folder: Path, entries: Sequence[bytes], *, since: int = 0) -> bytes:
    """Put a log of these entries on show; returns its checkpoint."""

    def read(path: str) -> bytes:
        return (folder / path).read_bytes()

    for path, data in grown_tiles(TileTree(read, since), [leaf_hash(entry) for entry in entries[since:]]):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    note = make_checkpoint(Checkpoint(ORIGIN, len(entries), TileTree(read, len(entries)).root()), KEY)
    (folder / "checkpoint").write_bytes(note)
    return note


def entries(count: int, *, other: int = -1) -> list[bytes]:
    return [b"rewritten" if n == other else b"entry %d" % n for n in range(count)]


def visit(log: Path, state: Path) -> str:
    return watch(str(log), VKEY, NAME, state, NOW)


def test_what_grew_is_signed_with_the_time_and_ours_stays_above_it(tmp_path: Path) -> None:
    log, state = tmp_path / "log", tmp_path / "state"
    log.mkdir()
    for since, size in ((0, 3), (3, 300), (300, 301)):
        show(log, entries(size), since=since)
        signed = visit(log, state)
    text, signatures = split_note(signed.encode())
    assert [name for name, _ in signatures] == [ORIGIN, NAME]
    raw = signatures[1][1]
    public = (state / "witness.key").read_bytes()
    verifier: Ed25519PublicKey = Ed25519PrivateKey.from_private_bytes(public).public_key()
    verifier.verify(raw[12:], f"cosignature/v1\ntime {NOW}\n{text}".encode())
    assert int.from_bytes(raw[4:12], "big") == NOW
    assert (state / "witness.key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(("size", "other", "why"), [(300, 2, "rewritten"), (4, -1, "shrank")])
def test_another_history_is_refused_and_both_heads_are_kept(tmp_path: Path, size: int, other: int, why: str) -> None:
    state, honest, forked = tmp_path / "state", tmp_path / "honest", tmp_path / "forked"
    honest.mkdir()
    forked.mkdir()
    first = show(honest, entries(5))
    visit(honest, state)
    second = show(forked, entries(size, other=other))
    with pytest.raises(Refused, match=why):
        visit(forked, state)
    assert (state / "checkpoint").read_bytes() == first
    assert (state / f"refused-{NOW}").read_bytes() == second


def test_a_head_that_is_not_the_logs_own_or_does_not_fit_its_tiles_is_refused(tmp_path: Path) -> None:
    note = show(tmp_path, entries(5))
    stranger = str(log_key(ORIGIN, Ed25519PrivateKey.generate()))
    with pytest.raises(Refused, match="did not sign"):
        check(str(tmp_path), stranger, note, None)
    with pytest.raises(Refused, match="signature"):
        check(str(tmp_path), VKEY, note.replace(b"\n5\n", b"\n4\n"), None)
    (tmp_path / "tile/0/000.p/5").write_bytes(bytes(160))
    with pytest.raises(Refused, match="signed root"):
        check(str(tmp_path), VKEY, note, None)


def test_it_runs_alone_without_the_rest_of_the_system(tmp_path: Path) -> None:
    log, program = tmp_path / "log", tmp_path / "witness.py"
    log.mkdir()
    show(log, entries(5))
    (tmp_path / "log.pub").write_text(VKEY)
    program.write_bytes((Path(__file__).parents[2] / "archive" / "witness.py").read_bytes())
    command = [sys.executable, "-I", str(program), "--log", str(log), "--log-key", str(tmp_path / "log.pub")]
    command += ["--name", NAME, "--state", str(tmp_path / "state")]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=True)
    assert f"— {NAME} " in done.stdout
    show(log, entries(4))
    refused = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert (refused.returncode, "shrank" in refused.stderr) == (1, True)
    away = subprocess.run([*command, "--log", str(tmp_path / "away")], capture_output=True, text=True, check=False)
    assert away.returncode == 3
    assert fetch(str(log), "checkpoint")
