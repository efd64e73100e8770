"""Cases that go from the decision to the archive, with sealed files and the queue as they are in use."""

import datetime as dt
import io
from typing import Any

from django.utils import timezone
from PIL import Image

import ingest
from archive import HeldMaterial
from archive.holdings import record_access
from portal.roles import Role
from signing import Act, Certificate, Decision
from tests.portal import factories
from tests.signing.conftest import PERMIT
from tests.workers.casework import drafted, reported
from workers import Job, accept, approve, decide_on, new_version, prepare
from workers.tasks import run_job
from workers.zones import keep_as_received

ITEM = "S3-05"
WHY = Decision("建设规模经规划调整", "江规核〔2026〕8号")
MOST_JOBS = 200


def drain() -> None:
    """Run what is queued, and what that causes, until nothing is."""
    for _ in range(MOST_JOBS):
        job = Job.objects.filter(state=Job.State.QUEUED).order_by("pk").first()
        if job is None:
            return
        run_job(job.pk)
        job.refresh_from_db()
        assert job.state in {Job.State.DONE, Job.State.SKIPPED}, f"{job}: {job.error}"
    raise AssertionError("the pipeline does not come to an end")


def archived_case(by: Any, name: str = "", *, case: ingest.Case | None = None) -> Certificate:
    """A case with a file of the window, decided, sealed and archived."""
    case = case or factories.case(by, item_code=ITEM)
    kept = keep_as_received(io.BytesIO(picture(name)))
    facts = {"sha256": kept.sha256, "sm3": kept.sm3, "size": kept.size, "media_type": "image/jpeg"}
    material = factories.material(factories.upload(case, "授权委托书.jpg", **facts))
    ingest.MaterialUse.objects.create(
        case=case, entry="M-SQWT", how="uploaded", material=material, used_at=factories.NOW, used_by=by
    )
    accept(reported(case), by=by)
    drain()  # the notice of acceptance
    case.refresh_from_db()
    case.state, case.decided_at, case.decision = "decided", timezone.now(), {"outcome": "granted", "by": by.pk}
    case.save()
    made = drafted(case, PERMIT)
    return issued(made, by)


def picture(words: str) -> bytes:
    """A small page of its own."""
    out = io.BytesIO()
    Image.new("RGB", (60, 84), "white").save(out, "JPEG", comment=words.encode())
    return out.getvalue()


def issued(made: Certificate, by: Any) -> Certificate:
    """Approved, sealed, found valid, and archived."""
    drain()
    made.refresh_from_db()
    approve(made, made.rendered_sha256, by=by)
    drain()
    made.refresh_from_db()
    assert made.state == "valid", made.validation
    return made


def office() -> Any:
    """An installation with an officer who may do everything here."""
    prepare()
    return factories.user(Role.OFFICER, Role.CLERK, Role.ARCHIVIST)


def superseded(certificate: Certificate, by: Any) -> Certificate:
    """Its next version, issued."""
    return issued(new_version(certificate, Act.CHANGE, WHY, by=by, changes={"建设规模": "12000㎡"}), by)


def revoked(certificate: Certificate, by: Any) -> None:
    """It holds no more."""
    decide_on(certificate, Act.REVOKE, Decision("以欺骗手段取得", "行政许可法第六十九条"), by=by)
    drain()


def looked_at(case_number: str, by: Any, now: dt.datetime) -> None:
    """Somebody looks at what the archive offers, and says why."""
    for held in HeldMaterial.objects.filter(package__case_number=case_number):
        record_access(held, by=by, case_number="", purpose="核对营业执照", now=now)


def reusing_case(by: Any, case_number: str) -> Certificate:
    """A case that takes a material from the archive of another."""
    held = HeldMaterial.objects.filter(package__case_number=case_number).order_by("pk").first()
    assert held
    case = factories.case(by, item_code=ITEM)
    ingest.MaterialUse.objects.create(
        case=case, entry=held.type, how="reused", held=held, used_at=timezone.now(), used_by=by
    )
    record_access(held, by=by, case_number=case.number, purpose="只提交一次材料", now=timezone.now())
    return archived_case(by, "reuse", case=case)
