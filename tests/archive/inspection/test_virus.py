"""Virus scans: by a program that answers as ClamAV does, with the test file every scanner knows; or by none."""

from pathlib import Path

import pytest

from archive.inspection import scan_files

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
SCANNER = """#!/bin/sh
# Speaks as clamscan 1.4 does (clamscan(1)): version line, one line for an infected file, exit 1; 2 for trouble.
if [ "$1" = --version ]; then echo "ClamAV 1.4.3/27832/Sun Nov 22 09:30:00 2026"; exit 0; fi
found=0
while [ $# -gt 0 ]; do
  case "$1" in
    --*) ;;
    *) [ -r "$1" ] || exit 2
       if grep -q EICAR-STANDARD-ANTIVIRUS "$1"; then echo "$1: Eicar-Test-Signature FOUND"; found=1; fi ;;
  esac
  shift
done
exit $found
"""


@pytest.fixture
def scanner(tmp_path: Path) -> str:
    program = tmp_path / "clamscan"
    program.write_text(SCANNER)
    program.chmod(0o755)
    return str(program)


def files(folder: Path, **contents: bytes) -> dict[str, Path]:
    for name, data in contents.items():
        (folder / name).write_bytes(data)
    return {f"申报文件/{name}": folder / name for name in contents}


def test_a_clean_pile_is_told_with_the_scanners_version_and_signatures(tmp_path: Path, scanner: str) -> None:
    found = scan_files(files(tmp_path, form=b"%PDF-1.7"), program=scanner)
    assert (found.program, found.signatures) == ("ClamAV 1.4.3", "27832（Sun Nov 22 09:30:00 2026）")
    assert (found.made, found.why, dict(found.infected)) == (True, "", {})


def test_an_infected_file_is_named(tmp_path: Path, scanner: str) -> None:
    found = scan_files(files(tmp_path, form=b"%PDF-1.7", bad=EICAR), program=scanner)
    assert found.infected == {"申报文件/bad": "Eicar-Test-Signature"}


def test_a_scan_that_fails_is_not_clean(tmp_path: Path, scanner: str) -> None:
    found = scan_files({"申报文件/gone": tmp_path / "gone"}, program=scanner)
    assert found.why
    assert not found.infected


@pytest.mark.parametrize("program", ["", "no-such-scanner", "/bin/true"])
def test_where_there_is_no_scanner_the_answer_says_so(tmp_path: Path, program: str) -> None:
    found = scan_files(files(tmp_path, form=b"x"), program=program)
    assert not found.made
    assert "未检测病毒" in found.why
