"""What is handed over is listed and signed, hashed again by who receives it, and every fault is named at once."""

import json
import shutil
from pathlib import Path

import pytest

from archive import canonical_json
from archive.transfer import (
    BadHandover,
    BadReceipt,
    BadStatement,
    HandoverList,
    compare_receipt,
    open_delivery,
    open_statement,
    parse_list,
    parse_receipt,
    record_bytes,
)
from tests.archive import sample_package as sample
from tests.archive.transfer import deliveries as made


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sample.export_sample(tmp_path_factory.mktemp("export"))


@pytest.fixture
def delivery(exported: Path, tmp_path: Path) -> Path:
    return made.delivered(exported, tmp_path)


def test_a_sound_delivery_has_no_faults_and_is_receipted_with_the_digests_that_were_sent(delivery: Path):
    found = open_delivery(delivery, made.public("sender"))
    [package] = found.sent.packages
    judged = made.judged(delivery, package)
    assert judged.faults == ()
    assert judged.bags[0].bag_sha256 == package.bags[0].bag_sha256
    receipt = made.receipt(found.sent, judged)
    compare_receipt(parse_receipt(record_bytes(receipt)), found.sent, found.list_sha256)


def test_all_faults_of_a_package_are_told_at_once(delivery: Path):
    [package] = open_delivery(delivery, made.public("sender")).sent.packages
    bag = delivery / package.bags[0].folder
    next(bag.rglob("*合同.pdf")).write_bytes(b"%PDF-1.7 kontract")
    next(bag.rglob("*受理通知书.txt")).unlink()
    (bag / "data" / "申报文件" / "多余.txt").write_text("多余")
    (bag / "data" / "link").symlink_to("/etc/hostname")
    faults = made.judged(delivery, package).faults
    assert {"YJ-1-14", "YJ-2-11", "YJ-4-3", "YJ-1-10", "YJ-2-2"} <= {fault.code for fault in faults}
    for name in ("合同.pdf", "受理通知书.txt", "多余.txt", "link"):
        assert any(name in fault.object for fault in faults), name


def test_a_package_that_is_not_there_is_told(delivery: Path):
    [package] = open_delivery(delivery, made.public("sender")).sent.packages
    shutil.rmtree(delivery / package.bags[0].folder)
    assert [fault.code for fault in made.judged(delivery, package).faults] == ["YJ-2-1"]


def test_another_sound_package_in_the_place_of_the_listed_one_is_refused(delivery: Path):
    [package] = open_delivery(delivery, made.public("sender")).sent.packages
    changed = package.model_copy(update={"archive_number": "Z990-XK·2026-Y-0008", "retention": "D30"})
    told = {fault.what for fault in made.judged(delivery, changed).faults}
    assert any("档号" in what and "0008" in what for what in told)
    assert any("保管期限" in what for what in told)


def test_what_is_not_on_the_list_is_told(delivery: Path):
    (delivery / "另一个信息包").mkdir()
    assert open_delivery(delivery, made.public("sender")).extra == ("另一个信息包",)


@pytest.mark.parametrize("file", ["移交清单.json", "移交书.pdf", "移交清单.sig"])
def test_a_paper_that_was_changed_or_left_out_stops_the_delivery(delivery: Path, file: str):
    raw = bytearray((delivery / file).read_bytes())
    raw[len(raw) // 2] ^= 1
    (delivery / file).write_bytes(raw)
    with pytest.raises((BadStatement, BadHandover)):
        open_delivery(delivery, made.public("sender"))
    (delivery / file).unlink()
    with pytest.raises(BadHandover, match="不能读出"):
        open_delivery(delivery, made.public("sender"))


def test_a_list_signed_by_another_key_or_for_another_batch_is_refused(delivery: Path):
    with pytest.raises(BadStatement):
        open_delivery(delivery, made.public("stranger"))
    sent = parse_list((delivery / "移交清单.json").read_bytes())
    note = (delivery / "移交清单.sig").read_bytes()
    made.sign(delivery, sent.model_copy(update={"batch": made.new_id()}))
    (delivery / "移交清单.sig").write_bytes(note)
    with pytest.raises(BadStatement, match="改动"):
        open_delivery(delivery, made.public("sender"))
    with pytest.raises(BadStatement, match="不是接收回执"):
        open_statement(note, made.public("sender"), "接收回执")


def test_a_list_agrees_with_itself(delivery: Path):
    said = json.loads((delivery / "移交清单.json").read_bytes())

    def refused(**changes: object) -> str:
        with pytest.raises(BadHandover) as caught:
            parse_list(canonical_json(said | changes))
        return str(caught.value)

    assert "totals" in refused(totals=said["totals"] | {"size": said["totals"]["size"] + 1})
    twice = [said["packages"][0], said["packages"][0] | {"order": 2}]
    assert "one folder" in refused(packages=twice)
    assert "numbered" in refused(packages=[said["packages"][0] | {"order": 2}])
    outside = json.loads(json.dumps(said["packages"]))
    outside[0]["bags"][0]["folder"] = "../elsewhere"
    assert "folder" in refused(packages=outside)
    assert "packages" in refused(packages=[])


def test_a_receipt_for_other_bytes_another_list_or_another_batch_is_named(delivery: Path):
    found = open_delivery(delivery, made.public("sender"))
    judged = made.judged(delivery, found.sent.packages[0])

    def code(sent: HandoverList, **changes: object) -> str:
        with pytest.raises(BadReceipt) as caught:
            compare_receipt(made.receipt(sent, judged, **changes), found.sent, found.list_sha256)
        return caught.value.code

    assert code(found.sent.model_copy(update={"batch": made.new_id()})) == "receipt-other-batch"
    assert code(found.sent, list_sha256="0" * 64) == "receipt-other-list"
    assert code(found.sent, packages=(), accepted=0) == "receipt-incomplete"
    other = judged.bags[0].model_copy(update={"bag_sha256": "1" * 64})
    package = made.receipt(found.sent, judged).packages[0].model_copy(update={"bags": (other,)})
    assert code(found.sent, packages=(package,)) == "receipt-other-bytes"
