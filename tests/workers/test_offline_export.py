"""What the system itself archives and exports is judged whole by the offline verifier."""

from pathlib import Path

import pytest
from django.utils import timezone

from archive import published_checkpoint
from tests.archive.offline.judging import judged, verifier
from tests.archive.rebuilding.archived_cases import archived_case, drain, office, superseded
from workers import authority, export, export_follow_ups, log_public_key, zone

pytestmark = [pytest.mark.django_db, pytest.mark.stack]


def test_a_case_and_its_next_version_are_exported_and_valid_offline(tmp_path: Path) -> None:
    by = office()
    made = archived_case(by)
    drain()
    kept = published_checkpoint(zone("archive"))
    superseded(made, by)
    drain()
    bags = [export(made.case_number, tmp_path, kept), *export_follow_ups(made.case_number, tmp_path, kept)]
    module = verifier()
    options = {
        "roots": authority().roots,
        "log_key": module.parse_key(log_public_key(), module.LOG),
        "at": timezone.now(),
        "earlier": kept,
    }
    found = judged(*bags, **options)
    assert (found.verdict, [line for line in found.lines if line.state in {"failed", "unknown"}]) == ("valid", [])
    assert len(bags) > 1
    assert found.of("chain") == ["ok"]
    assert set(found.of("growth")) == {"ok"}
    assert "ok" in found.of("events")
    assert "B-LTA" in "".join(line.what for line in found.lines if line.code == "seal")
