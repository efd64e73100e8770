"""Materials that the archive holds for the demonstration's project, and a case that may use them."""

from typing import Any

from archive import HeldMaterial
from ingest import Case
from portal.roles import Role
from tests.portal import factories


def held(kind: str = "M-SQWT", *, by: Any = None, **changes: Any) -> HeldMaterial:
    """A material of the project, archived with another case of the same applicant."""
    old = factories.case(by or factories.user(Role.CLERK), state=Case.State.ARCHIVED)
    facts = {
        "package": factories.package(old),
        "type": kind,
        "name": kind,
        "subject_kind": "project",
        "subject": old.project.code,
        "collected_from": old.applicant_uscc,
        "owner": "江澜市行政审批局",
        "sha256": factories.digest(f"{kind} {old.number}"),
        "sm3": "0" * 64,
        "size": 9,
        "media_type": "application/pdf",
        "pages": [1, 2],
        "held_since": factories.NOW,
    }
    return HeldMaterial.objects.create(**(facts | changes))


def open_case(by: Any = None, **changes: Any) -> Case:
    """A case of the same applicant and project that asks for them."""
    return factories.case(by or factories.user(Role.CLERK, Role.OFFICER), **changes)
