"""Bags of others: the conformance suite's answers, and every way in which ours can be spoiled."""

import hashlib
import json
import os
import shutil
import unicodedata
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from archive import read_bag
from portal.cli.keeping import read_foreign_bag

SUITE = Path(__file__).resolve().parents[2].parent / "shared" / "corpora" / "bagit"
CASES = sorted(path.parent for path in SUITE.glob("v*/*/*/*") if path.is_file()) if SUITE.is_dir() else []
WARNED = {
    "duplicate-file-with-different-case": "bag-case-differs",
    "made-with-md5sum-tools": "bag-md5sum-mark",
    "relative-path": "bag-relative-path",
    "same-filename-listed-twice-with-different-normalization": "bag-normalization-differs",
    "same-filename-listed-twice-with-the-same-hash": "bag-listed-again",
    "special-system-files": "bag-system-file",
}
LOST = {
    "same-filename-listed-twice-with-different-normalization": unicodedata.normalize("NFC", "Núñez"),
    "special-system-files": ".DS_Store",
}
"""Empty files that were lost on the way into the corpus."""


@pytest.mark.skipif(not CASES, reason="the conformance suite of the Library of Congress is not on this machine")
@pytest.mark.parametrize("bag", dict.fromkeys(CASES), ids=lambda path: "/".join(path.parts[-3:]))
def test_the_suite_gets_the_answer_its_folder_names(bag: Path, tmp_path: Path) -> None:
    expected = bag.parent.name  # valid, warning, invalid, linux-only, windows-only: the last two escape on some system
    if lost := LOST.get(unicodedata.normalize("NFC", bag.name)):
        bag = Path(shutil.copytree(bag, tmp_path / bag.name, copy_function=shutil.copyfile))
        for folder in (bag, bag / "data"):
            folder.mkdir(exist_ok=True)
            folder.chmod(0o755)
        (bag / "data" / lost).touch()
    report = read_bag(bag)
    assert report.verdict == ("valid" if expected in {"valid", "warning"} else "invalid"), report.findings
    if expected == "warning":
        assert WARNED[unicodedata.normalize("NFC", bag.name)] in {one.code for one in report.findings}
    if expected.endswith("-only"):
        assert {one.code for one in report.findings} >= {"bag-path-outside"}


def made(
    folder: Path, payload: dict[str, bytes], *, version: str = "1.0", algorithms: tuple[str, ...] = ("sm3",)
) -> Path:
    """A bag as another office might make it."""
    (folder / "data").mkdir(parents=True)
    for path, data in payload.items():
        (folder / "data" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "data" / path).write_bytes(data)
    (folder / "bagit.txt").write_text("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
    for name in algorithms:
        lines = "".join(f"{hashlib.new(name, data).hexdigest()}  data/{path}\n" for path, data in payload.items())
        (folder / f"manifest-{name}.txt").write_text(lines)
    total = sum(map(len, payload.values()))
    (folder / "bag-info.txt").write_text(f"Payload-Oxum: {total}.{len(payload)}\nContact-Name: 江澜市城建档案馆\n")
    return folder


def codes(folder: Path) -> set[str]:
    return {one.code for one in read_bag(folder).findings}


PAYLOAD = {"申报文件/申请表.pdf": b"one", "结果文件/许可证.pdf": b"two"}


def test_a_sound_bag_gives_its_files_and_what_it_says_of_itself(tmp_path: Path) -> None:
    report = read_bag(made(tmp_path / "bag", PAYLOAD, algorithms=("sha256", "sm3")))
    assert (report.verdict, report.version, report.findings) == ("valid", "1.0", ())
    assert {path: file.read_bytes() for path, file in report.payload.items()} == {
        f"data/{path}": data for path, data in PAYLOAD.items()
    }
    assert ("Contact-Name", "江澜市城建档案馆") in report.info


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_changed_byte_of_the_payload_or_its_list_goes_unseen(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    bag = made(tmp_path_factory.mktemp("flip") / "bag", PAYLOAD)
    file = data.draw(st.sampled_from([*(bag / "data" / path for path in PAYLOAD), bag / "manifest-sm3.txt"]))
    content = bytearray(file.read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= data.draw(st.sampled_from([1, 2, 4, 8, 16, 64, 128]))
    file.write_bytes(bytes(content))
    assert read_bag(bag).verdict == "invalid"


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda bag: (bag / "data/申报文件/申请表.pdf").unlink(), "bag-file-missing"),
        (lambda bag: (bag / "data/多出.pdf").write_bytes(b"x"), "bag-file-extra"),
        (lambda bag: (bag / "data/链接").symlink_to("/etc/passwd"), "bag-not-plain"),
        (lambda bag: (bag / "manifest-sm3.txt").rename(bag / "manifest-crc32.txt"), "bag-digest-unknown"),
        (lambda bag: (bag / "manifest-sm3.txt").unlink(), "bag-no-manifest"),
        (lambda bag: (bag / "manifest-sha256.txt").write_text(""), "bag-manifest-incomplete"),
        (lambda bag: (bag / "bag-info.txt").write_text("Payload-Oxum: 6.3\n"), "bag-oxum-differs"),
        (lambda bag: (bag / "manifest-sm3.txt").write_bytes(b"\xff\xfe"), "bag-encoding-unknown"),
        (lambda bag: (bag / "bagit.txt").write_text("BagIt-Version: 1.0\n"), "bag-no-declaration"),
        (
            lambda bag: (bag / "fetch.txt").write_text("https://elsewhere.example/x - data/../../x\n"),
            "bag-path-outside",
        ),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, spoil, code: str) -> None:  # type: ignore[no-untyped-def]
    bag = made(tmp_path / "bag", PAYLOAD)
    spoil(bag)
    report = read_bag(bag)
    assert (report.verdict, code in codes(bag)) == ("invalid", True), report.findings
    assert all(one.words for one in report.findings)


def test_a_file_that_is_to_be_fetched_is_told_and_never_fetched(tmp_path: Path) -> None:
    bag = made(tmp_path / "bag", PAYLOAD)
    (bag / "data/结果文件/许可证.pdf").unlink()
    (bag / "fetch.txt").write_text("http://127.0.0.1:9/许可证.pdf 3 data/结果文件/许可证.pdf\n")
    assert codes(bag) == {"bag-not-fetched"}


def test_names_may_come_in_another_normal_form_and_hold_line_ends(tmp_path: Path) -> None:
    name = "é第一页\n续%.pdf"
    bag = made(tmp_path / "bag", {})
    (bag / "data" / unicodedata.normalize("NFD", name)).write_bytes(b"x")
    spelled = unicodedata.normalize("NFC", name).replace("%", "%25").replace("\n", "%0A")
    (bag / "manifest-sm3.txt").write_text(f"{hashlib.new('sm3', b'x').hexdigest()}  data/{spelled}\n")
    (bag / "bag-info.txt").unlink()
    assert read_bag(bag).verdict == "valid"


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    bag = made(tmp_path / "bag", PAYLOAD)
    if os.geteuid() == 0:
        pytest.skip("root reads every file")
    (bag / "data/申报文件/申请表.pdf").chmod(0)
    assert codes(bag) == {"bag-unreadable"}


def test_the_command_tells_what_is_wrong_and_may_be_read_by_a_program(tmp_path: Path) -> None:
    bag = made(tmp_path / "bag", PAYLOAD)
    told = CliRunner().invoke(read_foreign_bag, [str(bag)], catch_exceptions=False, standalone_mode=False)
    assert (told.return_value, "可以接收" in told.output) == (0, True)
    (bag / "data/多出.pdf").write_bytes(b"x")
    told = CliRunner().invoke(read_foreign_bag, [str(bag), "--json"], catch_exceptions=False, standalone_mode=False)
    said = json.loads(told.output)
    assert (told.return_value, said["verdict"], {one["code"] for one in said["findings"]}) == (
        1,
        "invalid",
        {"bag-file-extra", "bag-oxum-differs"},
    )
