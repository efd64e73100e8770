"""A permit issued in an installation that runs: `python -m tests.e2e.issue_a_permit` prints its facts as JSON."""

import json
import time

import django

django.setup()

from django.contrib.auth import get_user_model  # noqa: E402
from django.db import transaction  # noqa: E402

from signing import Certificate  # noqa: E402
from tests.portal import factories  # noqa: E402
from tests.workers.casework import drafted  # noqa: E402
from tests.workers.test_certificate_life import DATA  # noqa: E402
from workers import approve  # noqa: E402

PATIENCE = 240.0


def issue() -> Certificate:
    """Drafted here, rendered, sealed, validated and drawn by the workers of the installation."""
    officer = get_user_model().objects.get(username="bumen")
    with transaction.atomic():
        case = factories.case(officer, state="decided")
        made = drafted(case, DATA)
    wait(made, lambda: made.state == "rendered")
    approve(made, made.rendered_sha256, by=officer)
    wait(made, lambda: bool(made.faces))
    return made


def wait(made: Certificate, done) -> None:  # type: ignore[no-untyped-def]
    """Until the workers are through with it."""
    end = time.monotonic() + PATIENCE
    while not done():
        if time.monotonic() > end:
            raise TimeoutError(f"the certificate is {made.state}")
        time.sleep(0.5)
        made.refresh_from_db()


if __name__ == "__main__":
    permit = issue()
    names = ("pk", "number", "identifier", "holder_name", "holder_uscc", "verify_token", "sealed_sha256")
    print(json.dumps({name: getattr(permit, name) for name in names}))  # noqa: T201 - its answer
