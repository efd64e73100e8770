"""Every code of DA/T 70 finds the fault that is planted for it, names where it is, and blames nothing else."""

import pytest

from archive import digest_bytes
from archive.inspection import CHECKS, CODES, codes_of
from tests.archive.inspection.faults import FAULTS
from tests.archive.inspection.whole_package import Parts, inspect, look, parts

BY_A_PERSON = {"4-1", "4-4", "4-5", "4-6"}
"""These have no fault that software could find; `test_manual` has them."""
ON_A_BAG = {"4-3"}
"""Only a bag can hold what its manifest does not name; `test_transfer` has it."""


@pytest.fixture(scope="module", autouse=True)
def _files_are_looked_into_at_once(tmp_path_factory: pytest.TempPathFactory) -> None:
    """One child of the sandbox for the files of all faults, in place of one for each."""
    folder, files = tmp_path_factory.mktemp("files"), {}
    for plant, _ in FAULTS.values():
        changed = parts()
        plant(changed)
        for *_, data in changed.files.values():
            sha256 = digest_bytes(data).sha256
            files[sha256] = folder / sha256
            files[sha256].write_bytes(data)
    look(files)


@pytest.fixture(scope="module")
def whole() -> Parts:
    return parts(sealed=True)


def test_a_whole_package_passes_every_check_of_filing(whole: Parts) -> None:
    report = inspect(whole)
    assert report.verdict == "合格", report.having("不合格") + report.having("未检测")
    passed = {line.code.removeprefix("GD-") for line in report.having("合格")}
    assert {code.number for code in codes_of("GD")} - passed == {"3-4-2"}  # nothing in it is packed


def test_a_whole_package_passes_every_check_of_long_term_keeping(whole: Parts) -> None:
    report = inspect(whole, "CQ")
    assert report.verdict == "合格", report.having("不合格") + report.having("未检测")
    assert {line.code[:3] for line in report.lines} == {"CQ-"}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found_by_its_code_alone_and_located(fault: str) -> None:
    plant, where = FAULTS[fault]
    changed = parts()
    plant(changed)
    report = inspect(changed)
    found = report.having("不合格")
    assert {line.code for line in found} == {f"GD-{fault.split(maxsplit=1)[0]}"}, found
    assert any(where in line.object for line in found), found
    assert all(line.remark for line in found)
    assert report.verdict == "不合格"


def test_there_is_a_fault_for_every_code() -> None:
    planted = {name.split()[0] for name in FAULTS}
    assert set(CODES) == set(CHECKS) == planted | BY_A_PERSON | ON_A_BAG
