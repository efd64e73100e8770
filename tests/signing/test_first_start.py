import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from signing import made_once

AT_ONCE = 8
ASK_FOR_THE_KEY = "from config.settings import SECRET_KEY; print(SECRET_KEY)"


def test_a_secret_is_made_at_the_first_call_for_its_owner_alone_and_then_kept(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "secret"
    assert made_once(path, lambda: b"first") == b"first"
    assert made_once(path, lambda: pytest.fail("made again")) == b"first"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in path.parent.iterdir()] == ["secret"]


def test_whoever_comes_while_it_is_made_gets_the_same_one_whole(tmp_path: Path) -> None:
    path = tmp_path / "secret"

    def make_while_another_does() -> bytes:
        made_once(path, lambda: b"of the other")
        return b"of this one"

    assert made_once(path, make_while_another_does) == b"of the other"
    assert [one.name for one in tmp_path.iterdir()] == ["secret"]


def test_a_secret_that_cannot_be_made_leaves_nothing_behind(tmp_path: Path) -> None:
    def fail() -> bytes:
        raise ArithmeticError

    with pytest.raises(ArithmeticError):
        made_once(tmp_path / "secret", fail)
    assert list(tmp_path.iterdir()) == []


def test_processes_that_start_beside_each_other_on_a_fresh_installation_share_one_secret_key(tmp_path: Path) -> None:
    environment = os.environ | {"YIDANG_DATA": str(tmp_path / "fresh")}
    environment.pop("YIDANG_SECRET_KEY", None)

    def start(_: int) -> str:
        command = [sys.executable, "-c", ASK_FOR_THE_KEY]
        return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout.strip()

    with ThreadPoolExecutor(AT_ONCE) as threads:
        keys = set(threads.map(start, range(AT_ONCE)))
    assert len(keys) == 1
    assert len(keys.pop()) == 50
