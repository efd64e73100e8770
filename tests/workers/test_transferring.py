"""Packages are handed over in a batch that is checked, listed and signed; only the receiver's own receipt closes it."""

from pathlib import Path

import pytest

import archive
from archive import Event, FollowUp, Package
from archive.transfer import (
    BadReceipt,
    Handover,
    HandoverItem,
    HandoverList,
    open_delivery,
    parse_list,
)
from signing import validate_pdf
from tests.archive.transfer import deliveries
from tests.workers import transfer_samples as samples
from tests.workers.casework import run
from workers import (
    Job,
    NotPossibleError,
    authority,
    close_handover,
    drop_item,
    log_public_key,
    prepare_handover,
    send_handover,
    take_receipt,
    zone,
)
from workers.installation import CITY_AUTHORITY, CITY_AUTHORITY_USCC, HERE
from workers.partners import transfer_key
from workers.seal_register import register_seal
from workers.tasks import run_job
from workers.transferring import folder_of, make_bags

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _installed() -> None:
    samples.keys()


@pytest.fixture
def packages() -> list[Package]:
    return [samples.archived(samples.manifest()), samples.archived(samples.manifest(*samples.odd_files()))]


def listed(packages: list[Package]) -> Handover:
    batch = prepare_handover(packages, samples.partner())
    run("handover-bag")
    run("handover-list")
    batch.refresh_from_db()
    return batch


def sent(packages: list[Package]) -> Handover:
    return send_handover(listed(packages), "专线，第一批")


def found(batch: Handover) -> tuple[HandoverList, list[deliveries.Judged]]:
    """What the receiver finds in the folder."""
    delivery = open_delivery(folder_of(batch), transfer_key()[2])
    judged = [archive_judged(folder_of(batch), package) for package in delivery.sent.packages]
    return delivery.sent, judged


def archive_judged(folder: Path, package: object) -> deliveries.Judged:
    return deliveries.judge_package(folder, package, log_key=log_public_key(), roots=authority().roots)  # type: ignore[arg-type]


def receipt_of(batch: Handover, *, refuse: int = 0) -> deliveries.Receipt:
    said, judged = found(batch)
    rows = []
    for order, (package, one) in enumerate(zip(said.packages, judged, strict=True), 1):
        bad = order == refuse
        rows.append(
            deliveries.ReceivedPackage(
                order=order,
                package=package.package,
                state="refused" if bad else "accepted",
                archive_number="" if bad else f"C001-GC·2026-Y-YJ-{order:04d}",
                bags=one.bags,
                faults=({"code": "YJ-3-4", "object": "图纸", "what": "不能打开"},) if bad else (),
            )
        )
    return deliveries.receipt(
        said,
        judged[0],
        list_sha256=batch.list_sha256,
        packages=tuple(rows),
        accepted=len(rows) - bool(refuse),
        refused=int(bool(refuse)),
    )


def test_a_batch_is_written_checked_listed_and_sent_and_each_step_is_in_the_log(packages: list[Package]):
    batch = sent(packages)
    said, judged = found(batch)
    assert all(one.faults == () and one.notes == () for one in judged)
    assert [one.archive_number for one in said.packages] == [row.archive_number for row in packages]
    assert said.totals.packages == 2
    names = {path.rpartition("/")[2] for path in samples.tree(folder_of(batch))}
    for odd in ("空文件.txt", "_con.txt", "été.txt"):
        assert any(name.endswith(odd) for name in names), odd
    assert [row.kind for row in Event.objects.filter(details__handover=batch.number)] == [
        "handover-prepared",
        "handover-checked",
        "handover-sent",
    ]
    assert (folder_of(batch) / "移交书.pdf").read_bytes().startswith(b"%PDF")


def test_an_accepted_batch_is_closed_and_the_receipt_is_archived_with_every_package(
    packages: list[Package], tmp_path: Path
):
    batch = sent(packages)
    take_receipt(samples.answered(batch, tmp_path, receipt_of(batch)))
    batch.refresh_from_db()
    assert batch.state == Handover.State.CLOSED
    assert {item.foreign_number for item in batch.items.all()} == {"C001-GC·2026-Y-YJ-0001", "C001-GC·2026-Y-YJ-0002"}
    run("supplement")
    for package in packages:
        link = FollowUp.objects.get(package=package)
        manifest = archive.parse_manifest(archive_read(link.manifest_sha256))
        roles = {element.role for element in manifest.elements}
        assert {"移交清单", "移交书", "接收回执"} <= roles
    with pytest.raises(NotPossibleError, match="不能重复移交"):
        prepare_handover(packages, batch.partner)


def archive_read(sha256: str) -> bytes:
    return zone("archive").read(archive.object_key(sha256))


def test_what_was_refused_comes_again_in_a_correction(packages: list[Package], tmp_path: Path):
    batch = sent(packages)
    take_receipt(samples.answered(batch, tmp_path, receipt_of(batch, refuse=2)))
    batch.refresh_from_db()
    assert batch.state == Handover.State.REJECTED
    assert batch.items.get(state="refused").faults[0]["what"] == "不能打开"
    run("supplement")
    run_job(Job.objects.filter(kind="publish").latest("pk").pk)
    again = close_handover(batch)
    batch.refresh_from_db()
    assert batch.state == Handover.State.CLOSED
    assert again is not None
    run("handover-bag")
    run("handover-list")
    again.refresh_from_db()
    said = parse_list((folder_of(again) / "移交清单.json").read_bytes())
    assert said.corrects == batch.number
    [package] = said.packages
    assert package.package == packages[1].number
    assert len(package.bags) == 2, "the receipt that refused it goes with it"


def test_receipts_that_are_not_the_receivers_for_these_bytes_are_refused_by_name(
    packages: list[Package], tmp_path: Path
):
    batch = listed(packages)
    receipt = receipt_of(batch)

    def code(**how: object) -> str:
        with pytest.raises(BadReceipt) as caught:
            take_receipt(samples.answered(batch, tmp_path, **({"receipt": receipt} | how)))  # type: ignore[arg-type]
        batch.refresh_from_db()
        return caught.value.code

    assert code() == "receipt-not-expected"
    send_handover(batch, "光盘")
    assert code(key="stranger") == "receipt-wrong-key"
    assert code(**{"接收回执.pdf": b"%PDF-1.7 another"}) == "receipt-changed"
    assert code(**{"接收回执.json": b"{}"}) == "receipt-unreadable"
    first = receipt.packages[0]
    other = first.bags[0].model_copy(update={"bag_sha256": "1" * 64, "bag_sm3": "2" * 64})
    changed = (first.model_copy(update={"bags": (other,)}), *receipt.packages[1:])
    assert code(receipt=receipt.model_copy(update={"packages": changed})) == "receipt-other-bytes"
    assert code(receipt=receipt.model_copy(update={"batch": deliveries.new_id()})) == "receipt-unknown-batch"
    assert batch.state == Handover.State.SENT
    assert not Event.objects.filter(kind="handover-received").exists()
    take_receipt(samples.answered(batch, tmp_path, receipt))
    assert code() == "receipt-replayed"


def test_a_bag_that_a_killed_worker_left_is_written_again(packages: list[Package]):
    batch = prepare_handover(packages, samples.partner())
    job = Job.objects.filter(kind="handover-bag").earliest("pk")
    make_bags(job.arguments)  # killed before it could tell
    left = next(folder_of(batch).iterdir())
    (left / "bagit.txt").write_text("half")
    run("handover-bag")
    run("handover-list")
    assert all(not one.faults for one in found(Handover.objects.get())[1])


def test_a_damaged_package_holds_the_list_until_it_is_left_out(packages: list[Package]):
    manifest = archive.parse_manifest(archive_read(packages[0].manifest_sha256))
    broken = samples.archived(samples.manifest((9, "结果文件", "附图", "附图.pdf", b"%PDF-1.7 never sealed")))
    batch = prepare_handover([packages[0], broken], samples.partner())
    run("handover-bag")
    item = batch.items.get(package=broken)
    assert item.state == HandoverItem.State.FAULTY
    assert {fault["code"] for fault in item.faults} == {"YJ-1-1"}
    assert not Job.objects.filter(kind="handover-list").exists()
    drop_item(item)
    run("handover-list")
    batch.refresh_from_db()
    assert [one.package for one in found(batch)[0].packages] == [manifest.package]


def test_what_was_changed_after_it_was_listed_is_not_sent(packages: list[Package]):
    batch = listed(packages[:1])
    bag = folder_of(batch) / packages[0].number
    (bag / "data" / "note.txt").write_text("added")
    with pytest.raises(NotPossibleError, match="与清单不符"):
        send_handover(batch, "专线")


def test_a_seal_for_hand_overs_stands_on_the_letter(packages: list[Package]):
    key = authority().seal_key(CITY_AUTHORITY, "档案移交专用章")
    register_seal("档案移交专用章", key, HERE, owner=CITY_AUTHORITY, owner_uscc=CITY_AUTHORITY_USCC, items=("移交",))
    batch = listed(packages[:1])
    found = validate_pdf(folder_of(batch) / "移交书.pdf", authority().roots)
    assert [seal.signer for seal in found.seals]
    assert Event.objects.filter(kind="file-sealed").exists()
