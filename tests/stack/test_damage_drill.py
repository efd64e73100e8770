"""Five hundred places of an archive are hurt, in every way there is: an audit finds all, and says where each one is."""

import random
from collections.abc import Iterator

import pytest
from django.conf import settings

from archive import Event, KeptObject, LocalStore, Package, object_key
from tests.stack.damage.large_archive import fill
from tests.stack.damage.planting import Planted, change_rows, hurt_objects, insert_objects, overwrite_log
from workers import AuditReport, audit_archive, zone

pytestmark = [pytest.mark.stack, pytest.mark.django_db, pytest.mark.timeout(1200)]
SEED = 20261129
PLACES = 500
MANIFESTS, INSERTED, LOG, OVERWRITTEN, ROWS = 40, 30, 30, 10, 120


@pytest.fixture
def store() -> LocalStore:
    """The archive of the drill."""
    found = zone("archive")
    assert isinstance(found, LocalStore)
    return found


def plant(store: LocalStore, dice: random.Random) -> Iterator[Planted]:
    """Everywhere: files of cases, manifests, log and journal, rows, and what was never filed."""
    manifests = [object_key(one) for one in Package.objects.values_list("manifest_sha256", flat=True)]
    objects = [object_key(one) for one in KeptObject.objects.values_list("sha256", flat=True)]
    beside = [found.key for prefix in ("log/", "journal/") for found in store.list(prefix)]
    files = sorted(set(objects) - set(manifests))
    hurt_beside = dice.sample(sorted(beside), LOG + OVERWRITTEN)
    yield from change_rows(ROWS, dice)
    yield from insert_objects(store, INSERTED, dice)
    yield from overwrite_log(store, hurt_beside[LOG:], dice)
    yield from hurt_objects(store, hurt_beside[:LOG], dice)
    yield from hurt_objects(store, dice.sample(sorted(manifests), MANIFESTS), dice)
    planted = MANIFESTS + INSERTED + LOG + OVERWRITTEN + ROWS
    yield from hurt_objects(store, dice.sample(files, PLACES - planted), dice)


def unfound(report: AuditReport, planted: list[Planted]) -> list[Planted]:
    """What no finding names by its place."""
    said = [f"{finding.where} " for finding in report.findings]
    together = "\n".join(said)
    return [one for one in planted if not any(f"{place} " in together for place in one.places)]


def test_all_damage_is_found_and_located_and_none_where_there_is_none(store: LocalStore) -> None:
    settings.ARCHIVE_REPLICA = ""
    fill(SEED)
    clean = audit_archive()
    assert clean.findings == ()
    assert clean.objects >= 10_000
    planted = list(plant(store, random.Random(SEED)))  # noqa: S311 - a drill that can be repeated
    assert len(planted) == PLACES
    report = audit_archive()
    assert unfound(report, planted) == []
    hurt = {place for one in planted for place in one.places}
    # the bytes of no sound object are called damaged
    assert {one.where for one in report.findings if one.check == "fixity"} <= hurt
    assert Event.objects.filter(kind="archive-audited").count() == 2
