"""Two installations: packages go from one to the other and come out byte for byte, whoever is killed on the way."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.faults.installation import REPOSITORY, Installation
from tests.workers.transfer_samples import ODD_NAMES, tree

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]
STEPS = "tests.faults.transfer_steps"
PACKAGES = 2


def do(there: Installation, step: str, *arguments: object):
    return there.do(step, *map(str, arguments), module=STEPS)


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> tuple[Installation, Installation]:
    """A bureau with packages and the city's construction archive; each has the other's card."""
    folder = tmp_path_factory.mktemp("two")
    here = Installation(folder / "bureau", {"YIDANG_LOG_ORIGIN": "bureau.test/log"})
    there = Installation(
        folder / "centre",
        {"YIDANG_LOG_ORIGIN": "centre.test/log", "YIDANG_ARCHIVE_NAME": "江澜市城建档案馆", "YIDANG_FONDS": "C001"},
    )
    cards = {one.data.name: do(one, "card") for one in (here, there)}
    for one, other in ((here, there), (there, here)):
        file = folder / f"{one.data.name}.json"
        file.write_text(json.dumps(cards[one.data.name]))
        do(other, "partner", file)
    do(here, "stock", PACKAGES)
    return here, there


@pytest.fixture
def sides(two: tuple[Installation, Installation], tmp_path: Path) -> tuple[Installation, Installation]:
    here, there = (one.copy(tmp_path / one.data.name, **one.settings) for one in two)
    return here, there


def kill_when(there: Installation, step: str, *arguments: object, sees: str) -> None:
    """Start a step and kill its process without a word as soon as the database shows that it is half way."""
    command = [sys.executable, "-m", STEPS, step, *map(str, arguments)]
    running = subprocess.Popen(command, env=there.environment, cwd=REPOSITORY, stdout=subprocess.DEVNULL)
    end = time.monotonic() + 120
    while not there.rows(sees):
        assert running.poll() is None, "the step was over before it could be killed"
        assert time.monotonic() < end
        time.sleep(0.01)
    os.kill(running.pid, signal.SIGKILL)
    running.wait()


def handed_over(here: Installation, to: Path) -> tuple[str, Path]:
    number = do(here, "hand_over")
    return number, Path(shutil.copytree(do(here, "send", number), to))


def test_what_is_handed_over_is_received_receipted_and_given_out_again_byte_for_byte(
    sides: tuple[Installation, Installation], tmp_path: Path
):
    here, there = sides
    number, delivery = handed_over(here, tmp_path / "disk")
    names = {Path(path).name.partition("_")[2] for path in tree(delivery)}
    assert {"空文件.txt", "été.txt", "_con.txt"} <= names
    assert max(len(name.encode()) for name in names) >= len(ODD_NAMES[0].encode())
    back = do(there, "take_in", delivery, tmp_path / "back")
    assert do(here, "receipt", back) == "closed"
    assert do(here, "receipt", back) == "receipt-replayed"
    do(here, "work")
    do(there, "work")
    ours, theirs = do(here, "facts"), do(there, "facts")
    assert (ours["packages"], theirs["packages"]) == (PACKAGES, PACKAGES)
    assert ours["follow-ups"] == theirs["follow-ups"] == PACKAGES
    assert (ours["faults"], theirs["faults"], ours["jobs"], theirs["jobs"]) == ([], [], [], [])
    verdicts = do(there, "give_back", tmp_path / "out")
    assert all(verdict.startswith("valid") for verdict in verdicts), verdicts
    bags = [path for path in delivery.iterdir() if path.is_dir()]
    assert len(bags) == PACKAGES
    for bag in bags:
        assert tree(tmp_path / "out" / "as-received" / bag.name) == tree(bag)
    sent = {path.partition("/data/")[2]: data for path, data in tree(delivery).items() if "/data/申报文件/" in path}
    again = {path.partition("/data/")[2] for path in tree(tmp_path / "out" / "exported") if "/data/申报文件/" in path}
    assert set(sent) == again
    assert number


def test_whoever_is_killed_half_way_goes_on_and_nothing_is_doubled(
    sides: tuple[Installation, Installation], tmp_path: Path
):
    here, there = sides
    kill_when(here, "hand_over", sees="SELECT 1 FROM transfer_handoveritem WHERE state='ready'")
    [(number,)] = here.rows("SELECT number FROM transfer_handover")
    assert do(here, "resume", number) == "checked"
    delivery = Path(shutil.copytree(do(here, "send", number), tmp_path / "disk"))
    imported = "SELECT 1 FROM transfer_accessionitem WHERE state='imported'"
    kill_when(there, "take_in", delivery, tmp_path / "back", sees=imported)
    begun = there.rows("SELECT archive_number FROM transfer_accessionitem ORDER BY id")
    back = do(there, "take_in", delivery, tmp_path / "back")
    facts = do(there, "facts")
    assert facts["packages"] == PACKAGES
    assert facts["numbers"][: len(begun)] == [value for (value,) in begun]
    assert len(set(facts["numbers"])) == PACKAGES
    assert facts["faults"] == []
    assert do(here, "receipt", back) == "closed"


def test_a_package_damaged_on_the_way_is_refused_and_comes_again(
    sides: tuple[Installation, Installation], tmp_path: Path
):
    here, there = sides
    number, delivery = handed_over(here, tmp_path / "disk")
    file = next(path for path in delivery.rglob("*图纸.txt"))
    raw = bytearray(file.read_bytes())
    raw[len(raw) // 2] ^= 1
    file.write_bytes(raw)
    back = do(there, "take_in", delivery, tmp_path / "back")
    assert do(here, "receipt", back) == "rejected"
    [refused] = [one for one in json.loads((Path(back) / "接收回执.json").read_text())["packages"] if one["faults"]]
    assert any("图纸.txt" in fault["object"] for fault in refused["faults"])
    do(here, "work")
    again = do(here, "correct", number)
    second = Path(shutil.copytree(do(here, "send", again), tmp_path / "second"))
    assert do(here, "receipt", do(there, "take_in", second, tmp_path / "back")) == "closed"
    assert do(there, "facts")["packages"] == PACKAGES
