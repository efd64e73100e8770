"""Steps of a hand-over, each in a process of one of two installations: `… transfer_steps STEP …`."""

import hashlib
import json
import sys
import time
from pathlib import Path
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.utils import timezone  # noqa: E402

import archive  # noqa: E402
from archive import Package, check_log, check_manifest, object_key, parse_manifest, verify_package  # noqa: E402
from archive.transfer import BadReceipt, Partner, restore_bags  # noqa: E402
from signing import draw_seal, render, seal_pdf  # noqa: E402
from tests.workers import transfer_samples as samples  # noqa: E402
from workers import (  # noqa: E402
    Job,
    authority,
    close_handover,
    export,
    folder_of,
    go_on,
    log_public_key,
    own_card,
    prepare,
    prepare_handover,
    receive,
    register_partner,
    send_handover,
    take_receipt,
    timestamps,
    write_receipt,
    zone,
)
from workers.installation import CITY_AUTHORITY  # noqa: E402
from workers.partners import known_roots  # noqa: E402
from workers.tasks import run_job  # noqa: E402

BIG = 6 << 20
"""Bytes of one file, so that a process is seen at its work."""


def sealed(number: str) -> bytes:
    """A really sealed permit of this installation."""
    permit = render("construction_permit", {"编号": number, "建设地址": "江澜市"}, created=timezone.now())
    return seal_pdf(
        permit,
        authority().seal_key(CITY_AUTHORITY, "行政审批专用章"),
        tsa=timestamps(),
        image=draw_seal(CITY_AUTHORITY, "9901010000018"),
        approved_sha256=hashlib.sha256(permit).hexdigest(),
        reason="签发",
        location="江澜市",
        now=timezone.now(),
    )


def stock(count: str) -> list[str]:
    """Packages with a sealed permit, names at the limits, an empty file and a big one."""
    for n in range(int(count)):
        permit = (23, "结果文件", "certificate", "施工许可证.pdf", sealed(f"99010120261122{n:04d}"))
        big = (9, "申报文件", "material", "图纸.txt", f"{n}".encode() * BIG)
        samples.archived(samples.manifest(*samples.odd_files(), permit, big))
    return list(Package.objects.values_list("number", flat=True))


def card() -> dict[str, str]:
    """Make the installation ready; what it gives to the other."""
    prepare()
    return own_card()


def partner(file: str) -> str:
    return register_partner(json.loads(Path(file).read_text())).name


def hand_over() -> str:
    """Open a batch and pack it; when this process is killed, `resume` goes on."""
    return go_on(prepare_handover(list(Package.objects.all()), Partner.objects.get())).number


def resume(number: str) -> str:
    from archive.transfer import Handover

    return go_on(Handover.objects.get(number=number)).state


def send(number: str) -> str:
    from archive.transfer import Handover

    return str(folder_of(send_handover(Handover.objects.get(number=number), "硬盘")))


def take_in(folder: str, out: str) -> str:
    return str(write_receipt(receive(Path(folder)), Path(out)))


def receipt(folder: str) -> str:
    try:
        return take_receipt(Path(folder)).state
    except BadReceipt as refused:
        return refused.code


def correct(number: str) -> str:
    from archive.transfer import Handover

    return go_on(close_handover(Handover.objects.get(number=number))).number


def work() -> int:
    """Run what is queued until nothing is."""
    done = 0
    while jobs := list(Job.objects.filter(state=Job.State.QUEUED).order_by("pk")[:50]):
        for job in jobs:
            Job.objects.filter(pk=job.pk).update(not_before=None)
            run_job(job.pk)
            done += 1
        time.sleep(0.05)
    return done


def facts() -> dict[str, Any]:
    """What is there, counted, and what the checks say of it."""
    vault, faults = zone("archive"), []
    for row in Package.objects.all():
        lines = check_manifest(parse_manifest(vault.read(object_key(row.manifest_sha256))), vault)
        faults += [line.remark for line in lines if line.code in {"GD-1-1", "GD-1-10", "GD-2-2"} and not line.passed]
    return {
        "packages": Package.objects.count(),
        "numbers": list(Package.objects.values_list("archive_number", flat=True)),
        "follow-ups": archive.FollowUp.objects.filter(kind=archive.FollowUp.Kind.TRANSFER).count(),
        "faults": faults + check_log(),
        "jobs": list(Job.objects.exclude(state__in=("done", "skipped")).values_list("kind", "error")),
    }


def give_back(folder: str) -> list[str]:
    """Every received package as it came, and as an export of ours; verdicts of the exports."""
    verdicts = []
    for row in Package.objects.order_by("pk"):
        manifest = parse_manifest(zone("archive").read(object_key(row.manifest_sha256)))
        restore_bags(manifest, zone("archive"), Path(folder) / "as-received")
        bag = export(row.case_number, Path(folder) / "exported")
        found = verify_package(bag, trusted_log_key=log_public_key().encode(), roots=known_roots())
        verdicts.append(f"{found.verdict} {[check.what for check in found.checks if check.state != 'ok']}")
    return verdicts


if __name__ == "__main__":
    settings.TRANSFERS_DIR.mkdir(parents=True, exist_ok=True)
    print(json.dumps(globals()[sys.argv[1]](*sys.argv[2:]), default=str))  # noqa: T201 - what the test reads
