"""Further steps of a filing that is decided by rule: the clock is set back, and the account is read."""

import datetime as dt
import json
import sys
from typing import Any

import django

django.setup()

import time_machine  # noqa: E402
from click.testing import CliRunner  # noqa: E402
from django.utils import timezone  # noqa: E402

from archive import Event, check_log  # noqa: E402
from ingest import Case  # noqa: E402
from portal.cli.accounts import account  # noqa: E402
from workers import accept  # noqa: E402


def take_with_the_clock_back() -> str:
    """Accept the case while the server's clock stands two days back."""
    case = Case.objects.get()
    with time_machine.travel(timezone.now() - dt.timedelta(days=2)):
        accept(case, by=case.opened_by)
    return case.number


def told() -> dict[str, Any]:
    """The account as `yidang archive account` gives it, and what the log says of itself."""
    case = Case.objects.get()
    said = CliRunner().invoke(account, [case.number, "--json"], standalone_mode=False, catch_exceptions=False)
    return {
        **json.loads(said.output),
        "late": list(Event.objects.exclude(behind=0).values_list("kind", flat=True)),
        "faults": check_log(),
    }


if __name__ == "__main__":
    step = {"take": take_with_the_clock_back, "told": told}[sys.argv[1]]
    sys.stdout.write(json.dumps(step(), ensure_ascii=False, default=str) + "\n")
