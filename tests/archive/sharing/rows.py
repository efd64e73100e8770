"""Rows for the tests of sharing: people in departments, and an archived material of an item."""

import datetime as dt
import itertools
from typing import Any

from django.contrib.auth.models import Group, User

from archive import HeldMaterial, Package
from archive.lookup import PackageEntry
from archive.sharing import join_department

NOW = dt.datetime(2026, 11, 30, 2, 0, tzinfo=dt.UTC)
TODAY = NOW.date()
BUILDING, LAND = "住房和城乡建设局", "自然资源局"
PERMIT, LAND_PERMIT = "S3-05", "S1-06"
"""An item of each."""
_serial = itertools.count(1)


def person(*roles: str, department: str = "") -> User:
    """Somebody with these roles, in a department or in none."""
    made = User.objects.create(username=f"person{next(_serial)}")
    for role in roles:
        made.groups.add(Group.objects.get_or_create(name=role)[0])
    if department:
        join_department(made, department)
    return made


def package(item: str = PERMIT, **changes: Any) -> Package:
    """An archived case of an item, as the search knows it."""
    n = next(_serial)
    facts = {
        "case_number": f"CASE{n}",
        "archive_number": f"J001-GX·2026-Y-SP-{n:04d}",
        "title": "智能装备产业园",
        "project_code": "2603-990101-04-01-318264",
        "retention": "Y",
        "state": "logged",
        "manifest_sha256": f"{n:064d}",
        "element_count": 1,
        "byte_count": 1,
        "built_at": NOW,
    }
    made = Package.objects.create(**(facts | changes))
    PackageEntry.objects.create(
        package=made, item_code=item, item_name=item, project_name="智能装备产业园", applicant_name="晨曦", year=2026,
        filed_at=NOW, projects="", companies="", archive_numbers="",
    )  # fmt: skip
    return made


def held(kind: str = "M-SGHT", item: str = PERMIT, **changes: Any) -> HeldMaterial:
    """A material of this type in an archived case of an item."""
    n = next(_serial)
    facts = {
        "type": kind,
        "name": kind,
        "subject_kind": "project",
        "subject": "2603-990101-04-01-318264",
        "number": f"NO-{n}",
        "sha256": f"{n:064x}",
        "sm3": f"{n:064x}",
        "size": 1,
        "media_type": "image/jpeg",
        "held_since": NOW,
    }
    return HeldMaterial.objects.create(package=changes.pop("package", None) or package(item), **(facts | changes))
