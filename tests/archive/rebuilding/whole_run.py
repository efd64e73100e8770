"""Cases go the whole way, the database is dropped and made again: tests/stack/test_rebuild.py runs it on both kinds."""

from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

import ingest
from archive import Event, HeldMaterial, Package, check_log
from archive.holdings import Subjects, offers_for
from archive.rebuilding import JournalMark
from catalogue import load_catalogue
from ingest import Case
from ingest.resemblance import PrintRow
from signing import Certificate, answer_digest, answer_named
from tests.archive.rebuilding import archived_cases as cases
from tests.archive.rebuilding.whole_database import drop, dump
from workers import check_archive, compare_database, rebuild_database, verify_file
from workers.tasks import journal
from workers.zones import kept_file

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]


def answers() -> list[Any]:
    """What the register says of every certificate and every issued file, and what a next case is offered."""
    today = timezone.localdate()
    rows = list(Certificate.objects.order_by("pk"))
    said = [answer_named(row.identifier, row.holder_name, today=today) for row in rows]
    said += [answer_digest(row.sealed_sha256, today=today) for row in rows]
    told = [(one.state, one.since, one.act, one.newest and one.newest.identifier) for one in said]
    case = ingest.Case.objects.order_by("pk").first()
    assert case
    whose = Subjects(case.applicant_uscc, case.project.code, case.works.name if case.works else "")
    offered = [one.held for one in offers_for(load_catalogue().item("S3-05"), whose, today) if not one.consent]
    return [told, [(held.type, held.sha256) for held in offered]]


def prints() -> list[Any]:
    """By what a document that comes again is known: of every held material the marks, whatever their numbers."""
    rows = PrintRow.objects.exclude(held=None).select_related("held")
    return sorted((row.held.sha256, row.type, sorted(row.keys.values_list("key", flat=True))) for row in rows)


def files() -> list[Any]:
    """What somebody hears who brings a file that was issued."""
    heard = []
    digests = list(Certificate.objects.exclude(sealed_sha256="").values_list("sealed_sha256", flat=True))
    for sha256 in [*digests, *ingest.Notice.objects.exclude(sha256="").values_list("sha256", flat=True)]:
        with kept_file(sha256) as path:
            answer = verify_file(Path(path))
        heard.append((sha256, answer.verdict, answer.notice, answer.original))
    return heard


def test_several_cases_come_back_whole() -> None:
    by = cases.office()
    first, second, third = (cases.archived_case(by, str(number)) for number in range(3))
    cases.superseded(first, by)
    cases.revoked(second, by)
    cases.looked_at(first.case_number, by, timezone.now())
    later = cases.reusing_case(by, first.case_number)
    journal()
    cases.drain()
    assert not JournalMark.objects.exists()
    assert compare_database() == []
    before, said, heard, known = dump(), answers(), files(), prints()
    assert known
    assert {row["state"] for row in before["signing.certificate"]} == {"valid", "superseded", "revoked"}
    drop()
    run = rebuild_database()
    assert run.faults == []
    Event.objects.get(kind="database-rebuilt").delete()
    after = dump()
    assert [name for name, rows in before.items() if after[name] != rows] == []
    assert (answers(), files(), prints()) == (said, heard, known)
    assert check_log() == []
    assert compare_database() == []
    assert check_archive().damaged == []
    assert ingest.MaterialUse.objects.filter(case__number=later.case_number, held__isnull=False).exists()
    # and the office works on: the next case draws the next numbers, and is archived beside the others
    next_officer = cases.office()
    again = cases.archived_case(next_officer, "after")
    assert again.number > third.number
    assert Package.objects.filter(case_number=again.case_number, state="logged").exists()
    assert HeldMaterial.objects.filter(package__case_number=again.case_number).exists()
    assert Case.objects.filter(state="archived").count() == 5
    journal()
    cases.drain()
    assert compare_database() == []
