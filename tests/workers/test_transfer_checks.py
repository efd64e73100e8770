"""A package is inspected (YJ) before it goes out, where that is asked for; what fails stops it and is archived."""

import pytest

from archive import FollowUp
from tests.workers import transfer_samples as samples
from tests.workers.casework import run
from workers import prepare_handover

pytestmark = pytest.mark.django_db


def test_what_fails_the_inspection_is_not_handed_over_and_the_report_is_archived(settings: object) -> None:
    settings.INSPECT_TRANSFERS = True  # type: ignore[attr-defined]
    samples.keys()
    package = samples.archived(samples.manifest())
    batch = prepare_handover([package], samples.partner())
    run("handover-bag")
    item = batch.items.get()
    assert item.state == "faulty"
    told = {fault["code"]: fault["what"] for fault in item.faults}
    assert "应为 全宗号-门类" in told["YJ-1-7"]
    assert "没有受理的事件" in {fault["what"].partition("：")[2] for fault in item.faults}
    run("supplement")
    [report] = FollowUp.objects.filter(package=package)
    assert report.kind == "inspection"
