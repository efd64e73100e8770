"""移交: packages go to another archive in a batch: bags are written and checked by jobs, listed, signed and sent.

prepared → checked → sent → received | rejected → closed; each step an event. A bag is one job, so that a batch of any
size goes on where it was stopped; the list is made when no bag waits and none is faulty.
"""

import contextlib
import dataclasses
import shutil
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

import archive
from archive import Package, append_event, project_codes, safe_name
from archive.inspection import InspectionReport
from archive.transfer import (
    LETTER_NAME,
    LIST_NAME,
    LIST_STATEMENT_NAME,
    BagFacts,
    Handover,
    HandoverItem,
    HandoverList,
    Partner,
    record_bytes,
    totals_of,
    transfer_code,
    weigh,
)
from archive.transfer import HandedPackage as Listed
from workers import zones
from workers.exporting import export_bag, log_public_key
from workers.groundwork import NotPossibleError
from workers.inspecting import archive_report, keep_report
from workers.jobs import enqueue
from workers.models import Job
from workers.partners import known_roots
from workers.stage import Arguments, NotExpectedError, NotYetError
from workers.transfer_checks import faults_of, inspect_bag
from workers.transfer_papers import handover_papers, keep_papers

State, Item = Handover.State, HandoverItem.State
LOOK_AGAIN_SECONDS = 0.5
FREE = (Item.DROPPED, Item.REFUSED)
"""A package that was left out, or that the receiver refused, may be handed over again."""


@transaction.atomic
def prepare_handover(
    packages: Sequence[Package], partner: Partner, *, by: Any = None, corrects: Handover | None = None
) -> Handover:
    """Open a batch and have its bags written.

    Raises:
        NotPossibleError: `nothing-to-hand-over`, `package-not-logged` or `package-on-its-way`.
    """
    if not packages:
        raise NotPossibleError("nothing-to-hand-over", "没有选定档案：请先选定要移交的档案")
    for package in packages:
        if package.state != Package.State.LOGGED:
            raise NotPossibleError("package-not-logged", f"{package} 尚未存证，存证后才能移交")
        there = HandoverItem.objects.filter(package=package, handover__partner=partner).exclude(state__in=FREE).first()
        if there:
            raise NotPossibleError(
                "package-on-its-way", f"{package} 已列入批次 {there.handover} 移交给{partner}，不能重复移交"
            )
    now = timezone.now()
    batch = Handover.objects.create(partner=partner, prepared_at=now, prepared_by=by, corrects=corrects)
    for package in packages:
        item = HandoverItem.objects.create(handover=batch, package=package)
        enqueue("handover-bag", case=package.case_number, item=item.pk)
    tell(batch, "handover-prepared", by, packages=[package.number for package in packages])
    return batch


@dataclasses.dataclass(frozen=True, slots=True)
class Bagged:
    """What came of writing a package's bags: facts for the list, faults, and the YJ report where one was made."""

    bags: list[dict[str, Any]]
    faults: list[dict[str, str]]
    report: InspectionReport | None
    elements: list[archive.Element]


def make_bags(arguments: Arguments) -> Bagged:
    """Write the bags of a package into the batch's folder and check each as an auditor would."""
    item = _waiting(arguments)
    _require_published(item.package)
    package, folder = item.package, folder_of(item.handover)
    later = package.follow_ups.order_by("order").values_list("number", "manifest_sha256")
    bags: list[BagFacts] = []
    faults: list[dict[str, str]] = []
    for number, sha256 in [(package.number, package.manifest_sha256), *later]:
        shutil.rmtree(folder / safe_name(number), ignore_errors=True)  # of a worker that was killed before it told
        bag = export_bag(sha256, folder)
        found = archive.verify_package(bag, trusted_log_key=log_public_key().encode(), roots=known_roots())
        faults += [
            {"code": transfer_code(line.code), "object": f"{bag.name}/{line.object}", "what": line.what}
            for line in found.checks
            if line.state in ("failed", "unknown")
        ]
        bags.append(BagFacts(folder=bag.name, package=number, **weigh(bag).to_json()))
    report = inspect_bag(
        folder / bags[0].folder,
        bags[0],
        batch=item.handover.number,
        sender=settings.ARCHIVE_NAME,
        receiver=item.handover.partner.name,
        now=timezone.now(),
        log_key=log_public_key(),
        roots=known_roots(),
    )
    faults += [fault.model_dump() for fault in faults_of(report)]
    return Bagged([bag.model_dump() for bag in bags], faults, report, keep_report(report) if report else [])


def record_bags(arguments: Arguments, result: Bagged) -> None:
    """Note what was written; with the last bag the list is asked for."""
    item = _waiting(arguments)
    item.bags, item.faults = result.bags, result.faults
    item.state = Item.FAULTY if item.faults else Item.READY
    item.save()
    if item.faults:
        tell(item.handover, "handover-faulty", None, package=item.package.number, faults=len(item.faults))
    if result.report:
        archive_report(item.package, result.report, result.elements, now=timezone.now())
    _ask_for_list(item.handover)


def go_on(batch: Handover, *, on_progress: Callable[[int, int], None] = lambda *_: None) -> Handover:
    """Do what is queued for a batch in this process, beside whatever workers there are; the queue decides who does it.

    `on_progress` is told (packages settled, packages of the batch). A job that another worker holds, or a killed one
    held, is waited for; one that waits for something stays queued, and the batch stays as it is.
    """
    from workers.tasks import run_job

    mine = Q(kind="handover-bag", arguments__item__in=list(batch.items.values_list("pk", flat=True)))
    mine |= Q(kind="handover-list", arguments__batch=batch.pk)
    while True:
        for pk in Job.objects.filter(mine, state__in=(Job.State.QUEUED, Job.State.RUNNING)).values_list(
            "pk", flat=True
        ):
            run_job(pk)
            on_progress(batch.items.exclude(state=Item.WAITING).count(), batch.items.count())
        if Job.objects.filter(mine, state=Job.State.RUNNING).exists():
            time.sleep(LOOK_AGAIN_SECONDS)
        elif not Job.objects.filter(mine, kind="handover-list", state=Job.State.QUEUED, not_before=None).exists():
            return Handover.objects.get(pk=batch.pk)


def not_handed_over(project_code: str, partner: Partner) -> list[Package]:
    """Packages of a project that may be handed over and are not on their way to this partner, nor there."""
    taken = HandoverItem.objects.filter(handover__partner=partner).exclude(state__in=FREE)
    return list(
        Package.objects.filter(project_code__in=project_codes(project_code), state=Package.State.LOGGED)
        .exclude(pk__in=taken.values("package"))
        .order_by("pk")
    )


def drop_item(item: HandoverItem, *, by: Any = None) -> None:
    """Leave a package out of a batch that is not listed yet, so that the others can go.

    Raises:
        NotPossibleError: `handover-listed`.
    """
    with transaction.atomic():
        batch = Handover.objects.select_for_update().get(pk=item.handover_id)
        if batch.state != State.PREPARED:
            raise NotPossibleError("handover-listed", "移交清单已经生成，不能再移出档案")
        item.state = Item.DROPPED
        item.save(update_fields=["state"])
        for bag in item.bags:
            shutil.rmtree(folder_of(batch) / bag["folder"], ignore_errors=True)
        tell(batch, "handover-dropped", by, package=item.package.number)
        _ask_for_list(batch)


def make_list(arguments: Arguments) -> dict[str, archive.Digests]:
    """The list over all bags, its letter and signed note, laid beside them."""
    batch = _prepared(arguments)
    items = list(batch.items.filter(state=Item.READY).select_related("package"))
    made_at = batch.prepared_at
    packages = tuple(_listed(order, item) for order, item in enumerate(items, 1))
    sent = HandoverList(
        batch=batch.number,
        sender=settings.ARCHIVE_NAME,
        receiver=batch.partner.name,
        made_at=made_at,
        corrects=batch.corrects.number if batch.corrects else "",
        packages=packages,
        totals=totals_of(packages),
    )
    papers = handover_papers(sent, by=batch.prepared_by)
    keep_papers(papers)
    folder = folder_of(batch)
    _clear_others(folder, {bag.folder for one in packages for bag in one.bags})
    for name, digests in papers.items():
        (folder / name).write_bytes(zones.read_derivative(digests.sha256))
    assert papers[LIST_NAME] == archive.digest_bytes(record_bytes(sent))  # noqa: S101 - the letter goes with this list
    return dict(papers)


def record_list(arguments: Arguments, papers: dict[str, archive.Digests]) -> None:
    """The batch may be sent."""
    batch = _prepared(arguments)
    batch.state, batch.checked_at = State.CHECKED, timezone.now()
    batch.list_sha256 = papers[LIST_NAME].sha256
    batch.letter_sha256, batch.statement_sha256 = papers[LETTER_NAME].sha256, papers[LIST_STATEMENT_NAME].sha256
    batch.save()
    tell(batch, "handover-checked", None, letter=batch.letter_sha256)


@transaction.atomic
def send_handover(batch: Handover, how: str, *, by: Any = None) -> Handover:
    """Note that the folder was given out, and how: carrier or line, receipted by whom.

    Raises:
        NotPossibleError: `handover-not-checked`, or `handover-changed` where what lies there is not what was listed.
    """
    batch = Handover.objects.select_for_update().get(pk=batch.pk)
    if batch.state != State.CHECKED:
        raise NotPossibleError("handover-not-checked", f"批次{batch.get_state_display()}，检测合格、清单生成后才能移交")
    if changed := _changed(batch):
        raise NotPossibleError("handover-changed", f"移交内容与清单不符：{'、'.join(changed[:5])}；请作废后重新组包")
    batch.state, batch.sent_at, batch.sent_how = State.SENT, timezone.now(), how
    batch.save()
    tell(batch, "handover-sent", by, how=how)
    return batch


def folder_of(batch: Handover) -> Path:
    """Where a batch is laid down: what goes to the receiver is this folder, whole."""
    folder: Path = settings.TRANSFERS_DIR / batch.number
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def sent_list(batch: Handover) -> bytes:
    """The list as it was signed."""
    return read_paper(batch.list_sha256)


def read_paper(sha256: str) -> bytes:
    """A paper as it was signed or came."""
    with contextlib.closing(zones.open_anywhere(sha256)) as stream:
        return stream.read()


def tell(batch: Handover, kind: str, by: Any, **details: Any) -> None:
    """Note a step of a batch in the log, in the transaction of the fact."""
    append_event(
        kind,
        actor=by,
        object_sha256=batch.list_sha256,
        details={"handover": batch.number, "partner": batch.partner.name, **details},
        now=timezone.now(),
    )


def _listed(order: int, item: HandoverItem) -> Listed:
    package = item.package
    with zones.open_anywhere(package.manifest_sha256) as stream:
        manifest = archive.parse_manifest(stream.read())
    return Listed(
        order=order,
        package=manifest.package,
        archive_number=manifest.archive_number or manifest.package,
        case_number=manifest.case.number,
        project_code=manifest.case.project_code,
        title=package.title,
        retention=manifest.retention.code,
        bags=tuple(BagFacts.model_validate(bag) for bag in item.bags),
    )


def _clear_others(folder: Path, listed: set[str]) -> None:
    """What was written for a package that was left out meanwhile does not go along."""
    for entry in folder.iterdir():
        if entry.is_dir() and entry.name not in listed:
            shutil.rmtree(entry)


def _require_published(package: Package) -> None:
    """A bag whose proof is not published yet would be judged "unknown"."""
    last = package.follow_ups.order_by("order").last()
    shas = [package.manifest_sha256, *([last.manifest_sha256] if last else [])]
    head = archive.LogHead.objects.get(pk=archive.HEAD)
    entries = archive.Event.objects.filter(kind__in=("package-stored", "follow-up-stored"), object_sha256__in=shas)
    if any(entry.leaf_index is None or entry.leaf_index >= head.published for entry in entries):
        raise NotYetError("存证日志尚未发布，发布后自动组包")


def _ask_for_list(batch: Handover) -> None:
    """Ask once nothing waits and nothing is faulty; an empty batch is never listed."""
    states = set(batch.items.values_list("state", flat=True))
    if Item.READY in states and not states & {Item.WAITING, Item.FAULTY}:
        enqueue("handover-list", batch=batch.pk)


def _changed(batch: Handover) -> list[str]:
    """What lies there otherwise than listed; each payload was hashed when it was written, and is by the receiver."""
    folder, wrong = folder_of(batch), []
    papers = {
        LIST_NAME: batch.list_sha256,
        LETTER_NAME: batch.letter_sha256,
        LIST_STATEMENT_NAME: batch.statement_sha256,
    }
    for name, sha256 in papers.items():
        path = folder / name
        if not path.is_file() or archive.digest_bytes(path.read_bytes()).sha256 != sha256:
            wrong.append(name)
    for item in batch.items.filter(state=Item.READY):
        for bag in item.bags:
            facts = {key: value for key, value in bag.items() if key not in ("folder", "package")}
            if weigh(folder / bag["folder"]).to_json() != facts:
                wrong.append(bag["folder"])
    return wrong


def _waiting(arguments: Arguments) -> HandoverItem:
    item = HandoverItem.objects.select_related("handover__partner", "package").get(pk=arguments["item"])
    if item.state != Item.WAITING:
        raise NotExpectedError(f"the package is {item.state}")
    return item


def _prepared(arguments: Arguments) -> Handover:
    batch = Handover.objects.select_related("partner", "corrects").get(pk=arguments["batch"])
    if batch.state != State.PREPARED:
        raise NotExpectedError(f"the batch is {batch.state}")
    return batch
