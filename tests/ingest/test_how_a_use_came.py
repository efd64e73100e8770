"""How a material that was not handed in came to a case, and that old uses are told apart."""

import importlib

import pytest
from django.apps import apps

from archive import HeldMaterial
from archive.rebuilding.models import JournalMark
from ingest import Case, MaterialUse, check_case
from tests.portal import factories

pytestmark = pytest.mark.django_db
How = MaterialUse.How


def held(kind: str = "M-SQB", sha256: str = "") -> HeldMaterial:
    """An archived material of the demonstration's project."""
    owner = factories.case(factories.user())
    return HeldMaterial.objects.create(
        package=factories.package(owner),
        type=kind,
        name=kind,
        subject_kind="project",
        subject=owner.project.code,
        sha256=sha256 or factories.digest(kind),
        sm3="0" * 64,
        size=9,
        media_type="application/pdf",
        pages=[1],
        held_since=factories.NOW,
    )


def use(of: HeldMaterial, how: str = "reused", **changes: object) -> MaterialUse:
    case = factories.case(factories.user(), **changes)
    return MaterialUse.objects.create(
        case=case, entry=of.type, how=how, held=of, used_at=factories.NOW, used_by=case.opened_by
    )


@pytest.mark.parametrize("how", [How.REUSED, How.ISSUED, How.DEPARTMENT, How.AREA, How.JOINT, How.REPEAT])
def test_whatever_way_it_came_without_the_applicant_the_entry_is_met_by_reuse(how: How):
    made = use(held(), how)
    report = check_case(made.case, today=factories.NOW.date())
    [row] = [one for one in report.requirements if one.material == "M-SQB"]
    assert row.state == "reused"
    assert row.files[0].why.startswith(how.label)


def test_old_uses_of_what_a_stage_of_ours_issued_are_told_apart_and_the_journal_hears_of_it():
    migration = importlib.import_module("ingest.migrations.0010_how_a_use_came")
    sealed = factories.certificate(factories.case(factories.user())).sealed_sha256
    ours, theirs = use(held("OUT-SGXK", sealed), state=Case.State.ARCHIVED), use(held("M-SQWT"))
    JournalMark.objects.all().delete()
    migration.say_how_they_came(apps, None)
    ours.refresh_from_db()
    theirs.refresh_from_db()
    assert (ours.how, theirs.how) == (How.ISSUED, How.REUSED)
    assert list(JournalMark.objects.values_list("model", "row")) == [("ingest.materialuse", ours.pk)]
