"""An audit reads everything, changes nothing, and names what is not as it should be with its place."""

import pytest
from django.utils import timezone

from archive import Access, Event, Package, object_key, parse_manifest
from tests.archive.rebuilding import archived_cases as cases
from workers import audit_archive, stamp_head, zone
from workers.tasks import journal

pytestmark = [pytest.mark.django_db, pytest.mark.stack]  # a whole case: too long for the quick suite


@pytest.fixture
def package() -> Package:
    """A case that went the whole way, with everything about it in the archive."""
    by = cases.office()
    made = cases.archived_case(by, "audited")
    cases.looked_at(made.case_number, by, timezone.now())
    stamp_head()
    journal()
    cases.drain()
    return Package.objects.get(case_number=made.case_number)


def test_a_sound_archive_has_no_findings_and_one_with_damage_has_each_at_its_place(package: Package) -> None:
    report = audit_archive()
    assert report.findings == ()
    assert (report.packages, report.objects > package.element_count) == (1, True)
    store = zone("archive")
    element = parse_manifest(store.read(object_key(package.manifest_sha256))).elements[0]
    next(store._root.rglob(f"{store.stat(object_key(element.sha256)).version}.bin")).write_bytes(b"rotten")
    Event.objects.filter(leaf_index=1).update(kind="case-refused")
    Package.objects.update(title="另一个项目")
    access = Access.objects.latest("pk")
    Access.objects.filter(pk=access.pk)._raw_delete("default")
    store.put("sha256/ab/cd/" + "ab" * 32, b"nobody's")
    found = audit_archive().findings
    places = {(one.check, one.where.split(" entry")[0] if one.check == "comparison" else one.where) for one in found}
    event = Event.objects.get(leaf_index=1)
    assert places == {
        ("fixity", object_key(element.sha256)),
        ("log", "row 1"),
        ("comparison", f"event {event.number}"),
        ("comparison", f"archive.package {package.pk}"),
        ("comparison", f"archive.access {access.pk}"),
        ("comparison", "sha256/ab/cd/" + "ab" * 32),
    }
    assert Event.objects.filter(kind="archive-audited").count() == 2
