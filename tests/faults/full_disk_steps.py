"""What the archive says of itself before and after a full disk: `python -m tests.faults.full_disk_steps STEP`."""

import json
import sys
from typing import Any

import django

django.setup()

from portal.archive_figures import waiting_jobs  # noqa: E402
from workers import audit_archive  # noqa: E402
from workers.two_sites import store_state  # noqa: E402


def audited() -> list[str]:
    """Every finding of an audit of all that is kept."""
    return [f"{found.check} {found.where}: {found.what}" for found in audit_archive().findings]


def told() -> dict[str, Any]:
    """What the archivist's board says of the stores, and of the jobs that wait."""
    state = store_state()
    return {
        "first": state.first_why,
        "second": state.second_why,
        "waiting": [line.message for line in waiting_jobs()],
    }


if __name__ == "__main__":
    step = {"audited": audited, "told": told}[sys.argv[1]]
    sys.stdout.write(json.dumps(step(), ensure_ascii=False, default=str) + "\n")
