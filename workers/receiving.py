"""接收: a delivery from another archive is hashed again, judged, taken in package by package, and receipted.

Every package is settled in a transaction of its own, under numbers drawn once: a reception that was stopped goes on
where it stood, and nothing is taken in twice. The receipt is made when all are settled, and is the same ever after.
"""

import contextlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.db import transaction
from django.utils import timezone

import archive
from archive import BadDigest, FollowUp, Manifest, Package, append_event
from archive.holdings import index_materials
from archive.transfer import (
    RECEIPT_LETTER_NAME,
    RECEIPT_NAME,
    RECEIPT_STATEMENT_NAME,
    Accession,
    AccessionItem,
    Delivery,
    Fault,
    FoundBag,
    Origin,
    Partner,
    Receipt,
    ReceivedPackage,
    accession_manifest,
    bag_files,
    digests_of_bag,
    judge_package,
    manifest_file,
    open_delivery,
    sender_of,
)
from archive.transfer import HandedPackage as Listed
from signing import draw_number
from workers import zones
from workers.groundwork import NotPossibleError
from workers.inspecting import keep_report
from workers.jobs import enqueue
from workers.locking import locked_until
from workers.partners import known_roots
from workers.probing import require_trusted_store
from workers.receipting import MEDIA, transfer_elements
from workers.received_materials import reusable_materials
from workers.supplements import add_supplement
from workers.transfer_checks import faults_of, inspect_bag
from workers.transfer_papers import JSON, keep_papers, receipt_papers

State = AccessionItem.State
TAGS = "tagmanifest-sha256.txt"
READ_BACK = "GD-1-1"
"""The check that what lies in the store now is what came; what the sender left out is told and no reason to refuse."""
Progress = Callable[[int, int], None]


def receive(folder: Path, *, by: Any = None, on_progress: Progress = lambda *_: None) -> Accession:
    """Take in a delivery, or go on with it; `on_progress` is told (packages settled, packages listed).

    Raises:
        NotPossibleError: `unknown-partner`, or `other-list` where the batch came before with another list.
        BadStatement, BadHandover: the list is not the sender's or cannot be read; nothing was taken in.
    """
    sender = sender_of(folder)
    partner = Partner.objects.filter(name=sender).first()
    if partner is None:
        raise NotPossibleError("unknown-partner", f"“{sender}”未登记：请先核对并登记对方的登记卡")
    delivery = open_delivery(folder, partner.key)
    require_trusted_store()
    accession = _begin(delivery, partner, by)
    settled = {item.order: item for item in accession.items.all()}
    for listed in delivery.sent.packages:
        item = settled.get(listed.order) or _judge(accession, delivery, listed)
        if item.state == State.ACCEPTED:
            _take_in(item, delivery, listed)
        on_progress(listed.order, len(delivery.sent.packages))
    if not accession.receipt_sha256:
        _make_receipt(accession, delivery, by)
    return accession


def write_receipt(accession: Accession, folder: Path) -> Path:
    """The three files of the receipt, in a folder of their own that goes back to the sender."""
    target = folder / f"接收回执-{accession.batch}"
    target.mkdir(parents=True, exist_ok=True)
    names = {
        RECEIPT_NAME: accession.receipt_sha256,
        RECEIPT_LETTER_NAME: accession.letter_sha256,
        RECEIPT_STATEMENT_NAME: accession.statement_sha256,
    }
    for name, sha256 in names.items():
        (target / name).write_bytes(_read_kept(sha256))
    return target


@transaction.atomic
def _begin(delivery: Delivery, partner: Partner, by: Any) -> Accession:
    """The row of this delivery; the papers that came with it are kept."""
    sent, now = delivery.sent, timezone.now()
    if sent.receiver != settings.ARCHIVE_NAME:
        raise NotPossibleError("other-receiver", f"移交清单是给“{sent.receiver}”的，不是给“{settings.ARCHIVE_NAME}”的")
    row, made = Accession.objects.get_or_create(
        partner=partner,
        batch=sent.batch,
        defaults={"list_sha256": delivery.list_sha256, "began_at": now, "received_by": by},
    )
    if row.list_sha256 != delivery.list_sha256:
        raise NotPossibleError("other-list", f"批次 {sent.batch} 曾以另一份清单移交：请对方以新批次移交")
    if made:
        for data, name in ((delivery.raw, ".json"), (delivery.statement, ".sig"), (delivery.letter, ".pdf")):
            zones.keep_derivative(data, MEDIA[name])
        _tell("accession-begun", row, by, packages=len(sent.packages))
    return row


def _judge(accession: Accession, delivery: Delivery, listed: Listed) -> AccessionItem:
    """Hash a package and decide on it; accepted, it has our numbers from here on."""
    partner, roots = accession.partner, known_roots()
    judged = judge_package(delivery.folder, listed, log_key=partner.log_key, roots=roots)
    faults = [*judged.faults, *([] if judged.faults else _held_already(listed))]
    report = inspect_bag(
        delivery.folder / listed.bags[0].folder,
        listed.bags[0],
        batch=accession.batch,
        sender=partner.name,
        receiver=settings.ARCHIVE_NAME,
        now=timezone.now(),
        log_key=partner.log_key,
        roots=roots,
    )
    faults += faults_of(report)
    kept = keep_report(report) if report else []
    with transaction.atomic():
        now = timezone.now()
        item = AccessionItem(
            accession=accession,
            order=listed.order,
            foreign_package=listed.package,
            title=listed.title,
            state=State.REFUSED if faults else State.ACCEPTED,
            found=[bag.model_dump() for bag in judged.bags],
            faults=[fault.model_dump() for fault in faults],
            notes=[note.model_dump() for note in judged.notes],
            report=[element.model_dump(mode="json") for element in kept],
            settled_at=now,
        )
        if faults:
            _tell("package-refused", accession, None, package=listed.package, faults=len(faults))
        else:
            year = timezone.localtime(now).year
            serial = draw_number(f"archive:{settings.FONDS}:{year}:{listed.retention}:YJ")
            item.archive_number = f"{settings.FONDS}-XZ·{year}-{listed.retention}-YJ-{serial:04d}"
            item.event = append_event(
                "package-received",
                case_number=listed.case_number,
                object_sha256=listed.bags[0].manifest_sha256,
                details={
                    "batch": accession.batch,
                    "from": accession.partner.name,
                    "their_number": listed.archive_number,
                }
                | {"package": item.number, "archive_number": item.archive_number},
                now=now,
            ).number
        item.save()
    return item


def _held_already(listed: Listed) -> list[Fault]:
    """Why a sound package is not taken in: we have it, of our own or received before."""
    about = listed.bags[0].folder
    held = Package.objects.filter(case_number=listed.case_number).first()
    if held:
        return [
            Fault(code="YJ-1-8", object=about, what=f"办件 {listed.case_number} 的档案已在库：{held.archive_number}")
        ]
    under_way = AccessionItem.objects.filter(foreign_package=listed.package, state=State.ACCEPTED).first()
    if under_way:
        return [Fault(code="YJ-1-8", object=about, what=f"同一档案正在批次 {under_way.accession} 中接收")]
    return []


def _take_in(item: AccessionItem, delivery: Delivery, listed: Listed) -> None:
    """Every file under lock, our manifest over it, checked, and written down in one transaction."""
    bags = {bag.folder: delivery.folder / bag.folder for bag in listed.bags}
    sent = archive.parse_manifest(manifest_file(delivery.folder / listed.bags[0].folder).read_bytes())
    digests = {folder: digests_of_bag(path) for folder, path in bags.items()}
    if any(digests[bag.folder][TAGS].sha256 != bag.bag_sha256 for bag in listed.bags):
        raise BadDigest(
            f"{listed.archive_number} 在接收过程中被改动：请重新取得移交的文件夹 (changed while it was read)"
        )
    origin = Origin(
        sender=item.accession.partner.name,
        batch=item.accession.batch,
        list_sha256=item.accession.list_sha256,
        number=item.number,
        archive_number=item.archive_number,
        received_at=item.settled_at,
        event=_event_ref(archive.Event.objects.get(number=item.event)),
    )
    files = {
        digests[folder][path].sha256: file for folder, bag in bags.items() for path, file in bag_files(bag).items()
    }
    materials = reusable_materials(sent, lambda sha256: files[sha256].read_bytes())
    manifest, told = accession_manifest(origin, listed, sent, digests, materials)
    for made in (told, materials):
        zones.keep_derivative(made, JSON)
    kept = zones.keep_derivative(archive.manifest_bytes(manifest), JSON)
    vault, until = zones.zone("archive"), locked_until(item.settled_at)
    for sha256, media_type in _objects(manifest, kept.sha256):
        archive.keep_locked(vault, sha256, media_type, until, _source(files))
    checks = archive.check_manifest(manifest, vault)
    if faults := [line for line in checks if line.code == READ_BACK and not line.passed]:
        raise BadDigest("；".join(f"{line.object} {line.remark}" for line in faults[:5]))
    _record(item, manifest, kept, [line.to_json() for line in checks])


def _objects(manifest: Manifest, manifest_sha256: str) -> Iterable[tuple[str, str]]:
    yield from {element.sha256: element.media_type for element in manifest.elements}.items()
    yield manifest_sha256, JSON


def _source(files: dict[str, Path]) -> Callable[[str], BinaryIO]:
    """From the delivery, or made by us; the store compares the digest of what it is given."""
    return lambda sha256: files[sha256].open("rb") if sha256 in files else zones.open_anywhere(sha256)


def _read_kept(sha256: str) -> bytes:
    with contextlib.closing(zones.open_anywhere(sha256)) as stream:
        return stream.read()


@transaction.atomic
def _record(item: AccessionItem, manifest: Manifest, kept: archive.Digests, checks: list[dict[str, str]]) -> None:
    """It is ours to keep: found, searched, read again, logged."""
    now = timezone.now()
    row = Package.objects.create(
        number=manifest.package,
        case_number=manifest.case.number,
        archive_number=manifest.archive_number,
        title=f"{manifest.case.project_name} {manifest.case.item_name}"[:300],
        project_code=manifest.case.project_code,
        retention=manifest.retention.code,
        state=Package.State.STORED,
        manifest_sha256=kept.sha256,
        manifest_sm3=kept.sm3,
        element_count=len(manifest.elements),
        byte_count=sum(element.size for element in manifest.elements),
        checks=checks,
        built_at=item.settled_at,
        stored_at=now,
    )
    index_materials(row, manifest, _read_kept, now=now)
    archive.enrol(manifest, kept.sha256, len(archive.manifest_bytes(manifest)), now)
    event = append_event(
        "package-stored",
        case_number=row.case_number,
        object_sha256=kept.sha256,
        details={"package": row.number, "archive_number": row.archive_number, "from": item.accession.partner.name},
        now=now,
    )
    enqueue("log", case=row.case_number, package=row.pk, event=event.pk)
    item.package, item.state = row, State.IMPORTED
    item.save(update_fields=["package", "state"])


def _make_receipt(accession: Accession, delivery: Delivery, by: Any) -> None:
    """Once, over all packages; every package that was taken in keeps it too."""
    items = list(accession.items.select_related("package"))
    refused = sum(item.state == State.REFUSED for item in items)
    receipt = Receipt(
        number=accession.receipt_number,
        batch=accession.batch,
        list_sha256=accession.list_sha256,
        sender=accession.partner.name,
        receiver=settings.ARCHIVE_NAME,
        received_at=accession.began_at,
        made_at=timezone.now(),
        packages=tuple(_receipted(item) for item in items),
        extra=delivery.extra,
        accepted=len(items) - refused,
        refused=refused,
    )
    titles = {one.package: f"{one.archive_number} {one.title}" for one in delivery.sent.packages}
    papers = dict(receipt_papers(receipt, titles, by=by))
    keep_papers(papers)
    with transaction.atomic():
        row = Accession.objects.select_for_update().get(pk=accession.pk)
        if not row.receipt_sha256:
            row.receipt_sha256 = papers[RECEIPT_NAME].sha256
            row.letter_sha256 = papers[RECEIPT_LETTER_NAME].sha256
            row.statement_sha256 = papers[RECEIPT_STATEMENT_NAME].sha256
            row.receipted_at = receipt.made_at
            row.save()
            _tell("accession-receipted", row, by, accepted=receipt.accepted, refused=receipt.refused)
            _archive_receipt(row, delivery, papers, [item.package for item in items if item.package])
    accession.refresh_from_db()


def _receipted(item: AccessionItem) -> ReceivedPackage:
    taken = item.state == State.IMPORTED
    return ReceivedPackage(
        order=item.order,
        package=item.foreign_package,
        state="accepted" if taken else "refused",
        archive_number=item.archive_number if taken else "",
        bags=tuple(FoundBag.model_validate(bag) for bag in item.found),
        faults=tuple(Fault.model_validate(fault) for fault in item.faults),
    )


def _archive_receipt(
    accession: Accession, delivery: Delivery, papers: dict[str, archive.Digests], packages: list[Package]
) -> None:
    came = {"移交清单.json": delivery.raw, "移交书.pdf": delivery.letter, "移交清单.sig": delivery.statement}
    elements = transfer_elements({name: archive.digest_bytes(data) for name, data in came.items()} | papers)
    for package in packages:
        item = accession.items.get(package=package)
        if item.report:
            add_supplement(
                package,
                kind=FollowUp.Kind.INSPECTION,
                title=f"接收检测报告 {package.archive_number}",
                elements=[archive.Element.model_validate(element) for element in item.report],
                key=f"accession-inspection:{accession.batch}",
                now=timezone.now(),
            )
        add_supplement(
            package,
            kind=FollowUp.Kind.TRANSFER,
            title=f"接收{accession.partner}移交 {package.archive_number}",
            elements=elements,
            key=f"accession:{accession.batch}",
            now=timezone.now(),
        )


def _event_ref(event: archive.Event) -> archive.EventRef:
    return archive.EventRef(
        kind=event.kind, at=event.happened_at, sha256=archive.digest_bytes(archive.leaf_bytes(event)).sha256
    )


def _tell(kind: str, accession: Accession, by: Any, **details: Any) -> None:
    append_event(
        kind,
        actor=by,
        object_sha256=accession.receipt_sha256 or accession.list_sha256,
        details={"batch": accession.batch, "from": accession.partner.name, **details},
        now=timezone.now(),
    )
