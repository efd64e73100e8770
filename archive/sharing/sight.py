"""Who may see what of closed cases. A department sees what it handled itself; of others only what sharing gives it.

Everything else is not there for it: neither listed, counted, found by its words, nor told apart from what never was.
"""

import dataclasses
import datetime as dt
from typing import Any, Literal

from django.db.models import Q
from django.utils import timezone

from archive.lookup import PackageEntry
from archive.models import HeldMaterial, Package
from archive.sharing.members import department_of
from archive.sharing.models import ShareRequest
from archive.sharing.rules import of_category, rule_of
from catalogue import departments_of_item, items_of

SEES_ALL = frozenset({"archivist", "supervisor"})
"""Roles that see the metadata of everything: one keeps it, the other supervises. What they open is recorded as well."""


@dataclasses.dataclass(frozen=True, slots=True)
class Verdict:
    """Whether somebody may see something, and why."""

    answer: Literal["open", "on-request", "never"]
    why: str


@dataclasses.dataclass(frozen=True, slots=True)
class Viewer:
    """A person as this room sees one: of which department, and whether everything may be seen."""

    department: str
    sees_all: bool

    @property
    def items(self) -> frozenset[str]:
        """Codes of the items whose closed cases are the department's own."""
        return items_of(self.department) if self.department else frozenset()


def viewer_of(user: Any) -> Viewer:
    """What counts of a user."""
    if not user.is_authenticated:
        return Viewer("", sees_all=False)
    everything = user.is_superuser or user.groups.filter(name__in=SEES_ALL).exists()
    return Viewer(department_of(user), everything)


def visible_packages(user: Any) -> Q:
    """The packages that a user may open as such, for a query over `Package`: those of the own department's items."""
    viewer = viewer_of(user)
    return ~Q(pk=None) if viewer.sees_all else Q(entry__item_code__in=viewer.items)


def visible_held(user: Any, *, case_number: str = "") -> Q:
    """The held materials whose content a user may have, for a query over `HeldMaterial`.

    Own ones, open ones, and for a case those that an owner has approved for it.
    """
    viewer = viewer_of(user)
    if viewer.sees_all:
        return ~Q(pk=None)
    mine = Q(package__entry__item_code__in=viewer.items) | of_category("open")
    if viewer.department and case_number:
        mine |= of_category("on-request") & Q(pk__in=approvals(viewer.department, case_number).values("held"))
    return mine


def may_see(user: Any, thing: HeldMaterial | Package, *, case_number: str = "") -> Verdict:
    """Whether a user may see a package, or a material of one, now; `on-request`: the owner has to approve it first.

    A package as a whole is seen by its own department only: its parts are shared, one by one.
    """
    viewer = viewer_of(user)
    package = thing if isinstance(thing, Package) else thing.package
    owners = owners_of(package)
    if viewer.sees_all:
        return Verdict("open", "档案和监察岗位")
    if viewer.department and viewer.department in owners:
        return Verdict("open", "本部门的档案")
    if isinstance(thing, Package):
        return Verdict("never", "其他部门的档案，只按共享规则提供其中的材料")
    rule = rule_of(thing.type, owners)
    if rule.category == "on-request" and viewer.department and case_number:
        given = approvals(viewer.department, case_number).filter(held=thing).first()
        if given:
            return Verdict("open", f"{given.owner}已同意，至 {given.valid_until}")
    return Verdict(rule.category, rule.reason)


def owners_of(package: Package) -> tuple[str, ...]:
    """The departments that a package belongs to (归属部门); none while it is not entered in the search yet."""
    entry = PackageEntry.objects.filter(package=package).only("item_code").first()
    return departments_of_item(entry.item_code) if entry else ()


def approvals(department: str, case_number: str, today: dt.date | None = None) -> Any:
    """What owners have approved for a department and a case, and what still holds."""
    day = today or timezone.localdate()
    return ShareRequest.objects.filter(
        department__name=department,
        case_number=case_number,
        state=ShareRequest.State.APPROVED,
        valid_until__gte=day,
    ).select_related("owner")
