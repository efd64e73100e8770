"""A package that is handed over as a bag: what lies in the folder, against its manifest and the hand-over list."""

import dataclasses
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from archive import LocalStore, TrustMaterial, export_package, manifest_bytes
from archive.inspection import HandOver, Inspection, InspectionReport, OperationFacts, RegisterFacts, inspect_transfer
from tests.archive import sample_package as sample
from tests.archive.inspection.whole_package import AT, build, hand_over, parts, tools

KEY = str(sample.public_log_key()).encode()


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("handed-over")
    store = LocalStore(folder / "store")
    raw = manifest_bytes(build(parts(sealed=True), store))
    proof, checkpoint = sample.prove(raw)
    trust = TrustMaterial(crls=sample.authority().crls())
    return export_package(
        raw, store, log_proof=proof, checkpoint=checkpoint, trust=trust, out_dir=folder / "out", now=AT
    )


@pytest.fixture
def bag(exported: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(exported, tmp_path / exported.name))


def received(bag: Path, said: HandOver, *, carrier: str = "", key: bytes | None = KEY) -> InspectionReport:
    told = Inspection(
        batch="YJ〔2026〕000001号",
        at=AT,
        register=RegisterFacts(awaited=True),
        operation=OperationFacts("接收员"),
    )
    used = tools(parts(), bag.parent)
    said = dataclasses.replace(said, carrier=carrier)
    return inspect_transfer(bag, said, told=told, tools=used, trusted_log_key=key)


def failed(report: InspectionReport) -> set[str]:
    return {line.code for line in report.having("不合格")}


def test_a_package_that_came_as_it_was_sent_passes(bag: Path) -> None:
    report = received(bag, hand_over(bag))
    assert report.verdict == "合格", report.having("不合格") + report.having("未检测")
    asked = {line.code for line in report.having("合格")}
    assert {"YJ-1-1", "YJ-1-12", "YJ-1-14", "YJ-2-1", "YJ-2-2", "YJ-2-11", "YJ-4-2", "YJ-4-3", "YJ-4-7"} <= asked


def test_without_the_senders_log_key_the_log_is_not_called_sound(bag: Path) -> None:
    report = received(bag, hand_over(bag), key=None)
    assert report.verdict == "未检测"
    assert {line.code for line in report.having("未检测")} == {"YJ-1-1"}


SAYS_OTHERWISE: dict[str, dict[str, object]] = {
    "YJ-2-1": {"files": 3},
    "YJ-2-2": {"size": 3},
    "YJ-1-14": {"tag_sha256": "ab" * 32},
    "YJ-4-7": {"receiver": ""},
}


@pytest.mark.parametrize("code", SAYS_OTHERWISE)
def test_a_hand_over_list_that_says_otherwise_is_named(bag: Path, code: str) -> None:
    report = received(bag, dataclasses.replace(hand_over(bag), **SAYS_OTHERWISE[code]))  # type: ignore[arg-type]
    assert failed(report) == {code}
    assert all("交接清单" in line.object for line in report.having("不合格"))


def _file(bag: Path) -> Path:
    return next((bag / "data" / "申报文件").glob("*.jpg"))


CHANGED: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "a file is added": (lambda bag: (bag / "data/申报文件/后补.pdf").write_bytes(b"x"), "YJ-4-3", "后补.pdf"),
    "a file is lost": (lambda bag: _file(bag).unlink(), "YJ-2-11", "施工合同"),
    "a byte is changed": (lambda bag: _file(bag).write_bytes(b"\xff\xd8\xffx"), "YJ-1-1", "施工合同"),
    "a tag file is lost": (lambda bag: (bag / "bagit.txt").unlink(), "YJ-1-12", "bagit.txt"),
    "the manifest is lost": (lambda bag: (bag / "data/元数据/manifest.json").unlink(), "YJ-3-1", "manifest.json"),
    "the folder is lost": (shutil.rmtree, "YJ-1-13", ""),
}


@pytest.mark.parametrize("change", CHANGED)
def test_what_happened_on_the_way_is_found_and_located(bag: Path, change: str) -> None:
    said = hand_over(bag)
    act, code, where = CHANGED[change]
    act(bag)
    report = received(bag, said)
    assert report.verdict == "不合格"
    assert any(line.code == code and where in line.object for line in report.having("不合格")), report.having("不合格")


def test_an_offline_carrier_waits_for_a_person(bag: Path) -> None:
    report = received(bag, hand_over(bag), carrier="光盘 03")
    waiting = {line.code for line in report.having("未检测")}
    assert waiting == {"YJ-4-4", "YJ-4-5", "YJ-4-6"}
    assert {line.object for line in report.having("未检测")} == {"光盘 03"}
