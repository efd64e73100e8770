"""A delivery is hashed again, refused package by package with all reasons, taken in once, and receipted for ever."""

import contextlib
import shutil
from pathlib import Path

import pytest
from django.conf import settings as project
from django.db import transaction

import archive
from archive import Event, FollowUp, HeldMaterial, Package, check_log, verify_package
from archive.transfer import (
    Accession,
    AccessionItem,
    BadStatement,
    Partner,
    open_delivery,
    parse_list,
    parse_receipt,
    restore_bags,
)
from tests.archive.transfer import deliveries
from tests.workers import transfer_samples as samples
from tests.workers.casework import run
from workers import (
    Job,
    NotPossibleError,
    authority,
    export,
    log_public_key,
    own_card,
    prepare_handover,
    receive,
    receiving,
    register_partner,
    send_handover,
    write_receipt,
    zone,
)
from workers.partners import known_roots, transfer_key
from workers.tasks import run_job

pytestmark = pytest.mark.django_db
CENTRE = deliveries.RECEIVER
LICENCE = {
    "type": "M-YYZZ",
    "name": "营业执照",
    "subject_kind": "company",
    "subject": "91990101MA00000000",
    "number": "91990101MA00000000",
    "valid_until": None,
    "pages": [1],
    "fields": {"名称": {"value": "晨曦", "page": 1, "box": [["1", "2"], ["3", "4"]], "score": "0.9", "rule": "label"}},
}


class _Elsewhere(Exception):  # noqa: N818
    """Ends what was done in the other installation: its rows go, its folder of bags stays."""


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: object) -> Path:
    """What another installation handed over: two packages, one with names at the limits; and its card."""
    folder = tmp_path_factory.mktemp("sent")
    authority()
    shutil.copytree(project.KEYS_DIR, folder / "KEYS_DIR", ignore=shutil.ignore_patterns("log.*", "transfer.*"))
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:  # type: ignore[attr-defined]
        for name in ("KEYS_DIR", "TRANSFERS_DIR"):
            patch.setattr(project, name, folder / name)
        patch.setattr(project, "LOG_ORIGIN", "elsewhere.test/log")
        with contextlib.suppress(_Elsewhere), transaction.atomic():
            _hand_over(folder)
            raise _Elsewhere
    shutil.rmtree(Path(project.DATA_DIR) / "objects" / "archive")
    zone.cache_clear()
    return folder


def _hand_over(folder: Path) -> None:
    samples.keys()
    licence = "营业执照".encode()
    row = LICENCE | {"sha256": archive.digest_bytes(licence).sha256}
    permit = row | {"type": "OUT-SGXK", "name": "施工许可证", "sha256": archive.digest_bytes("许可证".encode()).sha256}
    listed = archive.canonical_json([row, permit])
    more = [(9, "申报文件", "material", "营业执照.txt", licence), (9, "元数据", "材料目录", "材料目录.json", listed)]
    first = samples.archived(samples.manifest(*more))
    second = samples.archived(samples.manifest(*samples.odd_files()))
    batch = prepare_handover([first, second], samples.partner(CENTRE))
    run("handover-bag")
    run("handover-list")
    batch.refresh_from_db()
    send_handover(batch, "专线")
    samples.moved(batch, folder / "delivery")
    (folder / "card.json").write_bytes(archive.canonical_json(own_card()))


@pytest.fixture
def delivery(sent: Path, tmp_path: Path, settings: object) -> Path:
    """The delivery at our door, its sender's card registered."""
    settings.ARCHIVE_NAME = CENTRE  # type: ignore[attr-defined]
    samples.keys()
    register_partner(archive.parse_canonical((sent / "card.json").read_bytes()))
    return Path(shutil.copytree(sent / "delivery", tmp_path / "delivery"))


def bags(delivery: Path) -> list[str]:
    return [bag.folder for one in archive_list(delivery).packages for bag in one.bags]


def archive_list(delivery: Path) -> deliveries.HandoverList:
    return parse_list((delivery / "移交清单.json").read_bytes())


def test_what_is_sound_is_taken_in_under_our_numbers_and_receipted(delivery: Path, tmp_path: Path):
    accession = receive(delivery)
    assert [item.state for item in accession.items.all()] == ["imported", "imported"]
    for item, theirs in zip(accession.items.select_related("package"), archive_list(delivery).packages, strict=True):
        row = item.package
        assert row.archive_number != theirs.archive_number
        assert row.archive_number.startswith("J001-XZ·")
        manifest = archive.parse_manifest(zone("archive").read(archive.object_key(row.manifest_sha256)))
        assert all(one.provenance for one in manifest.elements)
        assert theirs.archive_number in {one.provenance.origin.split()[-1] for one in manifest.elements}  # type: ignore[union-attr]
        assert zone("archive").stat(archive.object_key(row.manifest_sha256)).retain_until is not None
    folder = write_receipt(accession, tmp_path / "back")
    receipt = parse_receipt((folder / "接收回执.json").read_bytes())
    assert (receipt.accepted, receipt.refused) == (2, 0)
    assert receipt.packages[0].bags[0].bag_sha256 == archive_list(delivery).packages[0].bags[0].bag_sha256
    run("log")
    run("supplement")
    assert {link.kind for link in FollowUp.objects.all()} == {"transfer"}
    assert check_log() == []


def test_what_was_received_goes_out_again_byte_for_byte(delivery: Path, tmp_path: Path):
    receive(delivery)
    run("log")
    run_job(Job.objects.filter(kind="publish").latest("pk").pk)
    for row, folder in zip(Package.objects.order_by("pk"), bags(delivery), strict=True):
        manifest = archive.parse_manifest(zone("archive").read(archive.object_key(row.manifest_sha256)))
        [back] = restore_bags(manifest, zone("archive"), tmp_path / "back")
        assert samples.tree(back) == samples.tree(delivery / folder)
        again = export(row.case_number, tmp_path / "again")
        payload = samples.tree(delivery / folder / "data")
        ours = samples.tree(again / "data")
        elements = [path for path in payload if not path.startswith(("校验信息/", "说明文件", "元数据/manifest"))]
        assert len(elements) >= 10
        assert all(ours[path] == payload[path] for path in elements)
        assert verify_package(again, trusted_log_key=log_public_key().encode(), roots=known_roots()).verdict == "valid"


def test_a_bad_package_is_refused_with_all_reasons_and_the_others_are_taken_in(delivery: Path, tmp_path: Path):
    bag = delivery / bags(delivery)[1]
    next(bag.rglob("*空文件.txt")).write_text("no longer empty")
    next(bag.rglob("*决定书.txt")).unlink()
    (delivery / "夹带").mkdir()
    accession = receive(delivery)
    assert [item.state for item in accession.items.all()] == ["imported", "refused"]
    assert Package.objects.count() == 1
    receipt = parse_receipt((write_receipt(accession, tmp_path) / "接收回执.json").read_bytes())
    assert receipt.extra == ("夹带",)
    faults = receipt.packages[1].faults
    assert any("空文件" in fault.object for fault in faults)
    assert any("决定书" in fault.object and "没有" in fault.what for fault in faults)


def test_a_reception_that_was_killed_goes_on_and_doubles_nothing(
    delivery: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    taken = receiving._take_in

    def killed(item: AccessionItem, *rest: object) -> None:
        if item.order == 2:
            raise KeyboardInterrupt
        taken(item, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(receiving, "_take_in", killed)
    with pytest.raises(KeyboardInterrupt):
        receive(delivery)
    numbers = list(AccessionItem.objects.values_list("archive_number", flat=True))
    monkeypatch.undo()
    accession = receive(delivery)
    first = samples.tree(write_receipt(accession, tmp_path / "one"))
    assert list(AccessionItem.objects.values_list("archive_number", flat=True)) == numbers
    assert Package.objects.count() == Accession.objects.get().items.count() == 2
    assert Event.objects.filter(kind="package-received").count() == 2
    assert samples.tree(write_receipt(receive(delivery), tmp_path / "two")) == first


def test_applicants_papers_may_be_used_again_but_what_the_sender_issued_is_asked_of_the_sender(delivery: Path):
    receive(delivery)
    assert [held.type for held in HeldMaterial.objects.all()] == ["M-YYZZ"]
    assert HeldMaterial.objects.get().fields["名称"]["score"] == 0.9


def test_a_package_that_we_hold_already_is_refused(delivery: Path):
    receive(delivery)
    partner = Accession.objects.get().partner
    opened = open_delivery(delivery, partner.key)
    again = Accession.objects.create(
        partner=partner, batch="OTHER", list_sha256="0" * 64, began_at=deliveries.sample.NOW
    )
    item = receiving._judge(again, opened, opened.sent.packages[0])
    assert item.state == "refused"
    assert "已在库" in item.faults[0]["what"]


def test_who_is_not_known_or_signs_with_another_key_is_not_received(delivery: Path):
    partner = Partner.objects.get()
    partner.key = deliveries.public("stranger")
    partner.save()
    with pytest.raises(BadStatement):
        receive(delivery)
    partner.name = "另一家"
    partner.save()
    with pytest.raises(NotPossibleError, match="未登记"):
        receive(delivery)
    assert not Package.objects.exists()


def test_a_card_that_is_none_is_not_registered(delivery: Path):
    card = own_card()
    for wrong in ({**card, "key": "x"}, {**card, "roots": "-----BEGIN"}, {"name": "甲"}, {**card, "name": ""}):
        with pytest.raises(NotPossibleError) as caught:
            register_partner(wrong)
        assert caught.value.code == "bad-card"
    assert card["key"] == transfer_key()[2]
