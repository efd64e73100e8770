"""The look-up goes by its index, on either database, and looks at few materials of those that have thousands."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from archive import HeldMaterial
from archive.holdings import offers_for, subjects_of
from tests.archive.holdings.world import LICENCE, NOW, OURS, PERMIT, PROJECT, TODAY, WORKS, Shelf, item_asking

pytestmark = pytest.mark.django_db
MANY = 2000
ITEM = item_asking(LICENCE, PERMIT)
EXPLAIN = {"sqlite": "EXPLAIN QUERY PLAN ", "postgresql": "EXPLAIN "}


def crowd(subject: str = "") -> None:
    """Licences of many companies, or of this one."""
    shelf = Shelf()
    [held] = shelf.file(shelf.row(LICENCE))
    facts = {"package": held.package, "type": LICENCE, "subject_kind": "company", "size": 1, "held_since": NOW}
    HeldMaterial.objects.bulk_create(
        HeldMaterial(subject=subject or f"9199{n:014d}", sha256=f"{n:064d}", **facts) for n in range(MANY)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def test_the_look_up_goes_by_its_index():
    crowd()
    with CaptureQueriesContext(connection) as asked:
        assert len(offers_for(ITEM, subjects_of(company=OURS, project=PROJECT, works=WORKS), TODAY)) == 1
    [query] = [one["sql"] for one in asked if "archive_heldmaterial" in one["sql"]]
    with connection.cursor() as cursor:
        cursor.execute(EXPLAIN[connection.vendor] + query)
        plan = " ".join(str(cell) for row in cursor.fetchall() for cell in row)
    [index] = [one.name for one in HeldMaterial._meta.indexes]
    assert index in plan
    assert "SCAN archive_heldmaterial" not in plan
    assert "Seq Scan on archive_heldmaterial" not in plan


def test_a_company_with_thousands_of_papers_is_shown_the_newest_few():
    crowd(OURS)
    [offer] = offers_for(ITEM, subjects_of(company=OURS), TODAY)
    assert 1 < len(offer.others) < 10
