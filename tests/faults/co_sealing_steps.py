"""Steps of a certificate with two seals, as `tests.faults.steps` has them for one: `python -m … STEP`."""

import datetime as dt
import json
import sys
from typing import Any

import django

django.setup()

from django.utils import timezone  # noqa: E402

from archive import Event  # noqa: E402
from portal.roles import Role  # noqa: E402
from signing import (  # noqa: E402
    Certificate,
    FurtherSeal,
    PreservedFile,
    Seal,
    SealUse,
    certificates,
)
from tests.portal import factories  # noqa: E402
from tests.signing.lasting import FIRE, OPINION  # noqa: E402
from tests.workers.casework import drafted  # noqa: E402
from workers import Job, approve, authority, look_for_renewals  # noqa: E402

ITEM = "S4-01"


def draft() -> str:
    """A joint opinion of two departments, to be rendered."""
    valid_until = timezone.now() + dt.timedelta(days=365)
    facts = {"owner": FIRE, "owner_uscc": "119901010000000009", "items": [f"会签：{ITEM}"], "valid_until": valid_until}
    Seal.objects.create(label="消防验收专用章", **facts)
    case = factories.case(factories.user(Role.CLERK, name="shouli"), item_code=ITEM, state="decided")
    made = drafted(case, OPINION)
    return made.number


def sign() -> str:
    """Both officers approve."""
    certificate = Certificate.objects.get()
    for name in ("jianshe", "xiaofang"):
        approve(certificate, certificate.rendered_sha256, by=factories.user(Role.OFFICER, name=name))
    return certificate.number


def renew() -> int:
    """The timestamp authority has a new certificate, and everything is due; returns how many files."""
    trust, now = authority(), timezone.now()
    subject = certificates.name("测试", "测试时间戳服务（二）", unit="测试")
    trust._keep("tsa-2", lambda: certificates.issue_timestamper(subject, now, trust._key("root")))
    return look_for_renewals(now + dt.timedelta(days=9999))


def facts() -> dict[str, Any]:
    """What is there, counted."""
    certificate = Certificate.objects.get()
    validation = certificate.validation or {"seals": []}
    return {
        "state": certificate.state,
        "sealed": bool(certificate.sealed_sha256),
        "seals": [seal["level"] for seal in validation["seals"]],
        "uses": [SealUse.objects.exclude(after_sha256="").count(), FurtherSeal.objects.exclude(used_at=None).count()],
        "chain": list(PreservedFile.objects.filter(kind="certificate").values_list("order", flat=True)),
        "applied": Event.objects.filter(kind="seal-applied").count(),
        "renewed": Event.objects.filter(kind="archive-stamp-renewed").count(),
        "attempts": {job.kind: job.attempt for job in Job.objects.filter(kind__in=("seal", "renew"))},
    }


if __name__ == "__main__":
    step = {"draft": draft, "sign": sign, "renew": renew, "facts": facts}[sys.argv[1]]
    sys.stdout.write(json.dumps(step(), ensure_ascii=False, default=str) + "\n")
