"""四性检测 at transfer (YJ): of a bag that goes out, and of one that comes in; what fails stops the package.

Switched by `YIDANG_INSPECT_TRANSFERS`, since every file is opened in the sandbox. What the reading of the bag finds
anyway (digests, list, seals, log) is judged always, without it.
"""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cryptography import x509
from django.conf import settings

from archive.inspection import HandOver, InspectionReport
from archive.transfer import BagFacts, Fault
from workers.inspecting import inspect_handed_over

FAILED = "不合格"


def inspect_bag(  # noqa: PLR0913 - a line of a hand-over list, and by whose trust it is judged
    bag: Path,
    facts: BagFacts,
    *,
    batch: str,
    sender: str,
    receiver: str,
    now: dt.datetime,
    log_key: str,
    roots: Sequence[x509.Certificate],
) -> InspectionReport | None:
    """The YJ report on a bag; None where inspections at transfer are switched off."""
    if not settings.INSPECT_TRANSFERS:
        return None
    listed = HandOver(
        list_number=batch,
        files=facts.files,
        size=facts.size,
        sender=sender,
        receiver=receiver,
        operator=settings.ARCHIVE_NAME,
        channel="按移交清单交接",
        tag_sha256=facts.bag_sha256,
    )
    return inspect_handed_over(bag, listed, now=now, log_key=log_key, roots=roots)


def faults_of(report: InspectionReport | None) -> list[Fault]:
    """What the report found wanting, as reasons."""
    lines: Sequence[Any] = report.lines if report else ()
    return [
        Fault(code=line.code, object=line.object or "信息包", what=f"{line.name}：{line.remark or FAILED}")
        for line in lines
        if line.result == FAILED
    ]
