"""The whole way of a case in this process: handed in, checked, accepted, decided, sealed, archived."""

from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from archive import Event, HeldMaterial, Package, check_log, check_manifest, object_key, parse_manifest
from ingest import Case, Upload
from samples import Pile
from signing import Certificate, SealUse
from tests.workers.steps import account, hand_in, opened_case
from workers import (
    Job,
    NotPossibleError,
    accept,
    add_files,
    approve,
    decide,
    prepare,
    promise,
    read_derivative,
    restore_upload,
    withdraw_upload,
    zone,
)
from workers.tasks import run_job

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
MOST_JOBS = 300


def drain() -> None:
    """Run what is queued, and what that causes, until nothing is."""
    for _ in range(MOST_JOBS):
        job = Job.objects.filter(state=Job.State.QUEUED).order_by("pk").first()
        if job is None:
            return
        run_job(job.pk)
        job.refresh_from_db()
        assert job.state in (Job.State.DONE, Job.State.SKIPPED, Job.State.REFUSED), f"{job}: {job.error}"
    pytest.fail("the pipeline does not come to an end")


def states(case: Case) -> dict[str, str]:
    case.refresh_from_db()
    return {row["material"]: row["state"] for row in case.report["requirements"]}


def assert_every_file_has_a_searchable_copy(case: Case) -> None:
    for upload in case.uploads.all():
        copy = pypdfium2.PdfDocument(read_derivative(upload.copy_sha256))
        assert len(copy) == upload.page_count
        read = "".join(line["text"] for line in upload.pages.first().reading["lines"])  # type: ignore[union-attr, index]
        found = copy[0].get_textpage().get_text_range()
        assert sorted("".join(found.split())) == sorted("".join(read.split()))  # a viewer has an order of its own


def test_a_case_goes_from_the_pile_to_the_archive(pile: Pile):
    prepare()
    case = opened_case(pile)
    drain()
    assert states(case)["M-SQB"] == "missing"
    hand_in(case, pile, "first")
    with pytest.raises(NotPossibleError, match="正在核对"):
        accept(case, by=account("clerk"))
    drain()
    before = states(case)
    assert before["OUT-ZB"] == "missing"
    assert before["M-SQWT"] == "defective"
    with pytest.raises(NotPossibleError, match="材料不齐"):
        accept(case, by=account("clerk"))

    assert_every_file_has_a_searchable_copy(case)
    withdraw_upload(case.uploads.get(file_name="授权委托书.jpg"), by=account("clerk"))
    promise(case, "M-CNS", by=account("clerk"))
    hand_in(case, pile, "second")
    drain()
    assert set(states(case).values()) <= {"satisfied", "promised", "not-applicable"}
    accept(case, by=account("clerk"))
    with pytest.raises(NotPossibleError):
        accept(case, by=account("clerk"))

    certificate = issue(case)
    case.refresh_from_db()
    assert (certificate.state, case.state) == ("valid", "archived")
    the_archive_is_whole(case, certificate)
    nothing_was_done_twice(case)


def issue(case: Case) -> Certificate:
    officer = account("officer")
    certificate = decide(case, by=officer)
    drain()
    certificate.refresh_from_db()
    with pytest.raises(NotPossibleError, match="不是当前版本"):
        approve(certificate, "0" * 64, by=officer)
    approve(certificate, certificate.rendered_sha256, by=officer)
    drain()
    certificate.refresh_from_db()
    return certificate


def the_archive_is_whole(case: Case, certificate: Certificate) -> None:
    package = Package.objects.get(case_number=case.number)
    vault = zone("archive")
    manifest = parse_manifest(vault.read(object_key(package.manifest_sha256)))
    assert all(result.passed for result in check_manifest(manifest, vault))
    sealed = vault.stat(object_key(certificate.sealed_sha256))
    assert sealed.mode == "COMPLIANCE"
    assert sealed.retain_until
    held = set(HeldMaterial.objects.filter(package=package).values_list("type", flat=True))
    assert {"M-YYZZ", "OUT-YDGH", "OUT-SGXK"} <= held


def nothing_was_done_twice(case: Case) -> None:
    facts: dict[str, Any] = {
        "seal uses": SealUse.objects.filter(certificate__case_number=case.number).count(),
        "stored": Event.objects.filter(case_number=case.number, kind="package-stored").count(),
        "pages read once": all(p.reading for u in case.uploads.all() for p in u.pages.all()),
    }
    assert facts == {"seal uses": 1, "stored": 1, "pages read once": True}
    filed = Upload.objects.filter(case=case, state=Upload.State.FILED)
    assert Event.objects.filter(case_number=case.number, kind="documents-filed").count() == filed.count()
    assert check_log() == []


def test_the_same_bytes_twice_are_one_document_and_bad_bytes_are_refused_with_words(pile: Pile, tmp_path: Path):
    prepare()
    case = opened_case(pile)
    file = next(f for f in pile.files if f.path.name == "申请表.jpg")
    empty = tmp_path / "空.pdf"
    empty.write_bytes(b"")
    for path in (file.path, file.path, empty):
        with path.open("rb") as stream:
            add_files(case, [(path.name, stream)], by=account("clerk"))
    drain()
    uploads = list(case.uploads.order_by("pk"))
    assert [u.state for u in uploads] == ["filed", "duplicate", "refused"]
    assert uploads[2].refusal["message"]
    assert uploads[2].refusal["remedy"]
    assert zone("refused").read(object_key(uploads[2].sha256)) == b""
    assert case.uses.filter(entry="M-SQB", withdrawn_at=None).count() == 1


def test_a_file_withdrawn_while_it_was_read_and_restored_later_goes_on_where_it_stopped(pile: Pile):
    prepare()
    case = opened_case(pile)
    file = next(f for f in pile.files if f.path.name == "审查合格书.pdf")
    with file.path.open("rb") as stream:
        [upload] = add_files(case, [(file.path.name, stream)], by=account("clerk"))
    for kind in ("inspect", "paginate", "read", "file"):
        withdraw_upload(upload, by=account("clerk"))
        for job in Job.objects.filter(state=Job.State.QUEUED, kind=kind):
            run_job(job.pk)
        assert not Job.objects.filter(state=Job.State.QUEUED, kind=kind).exists()
        upload.refresh_from_db()
        restore_upload(upload, by=account("clerk"))
        assert Job.objects.filter(state=Job.State.QUEUED, kind=kind).exists()
        for job in Job.objects.filter(state=Job.State.QUEUED, kind=kind):
            run_job(job.pk)
    upload.refresh_from_db()
    assert upload.state == "filed"
    assert upload.materials.count() == 1
