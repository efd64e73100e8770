"""Who works in which department."""

from typing import Any

from archive.sharing.errors import SharingError
from archive.sharing.models import Department, Member
from catalogue import department_names


def seed_departments() -> None:
    """Enter every department that the lists name; those that are there stay. Safe to call at every start."""
    there = set(Department.objects.values_list("name", flat=True))
    for name in department_names():
        if name not in there:  # one by one, so that the journal sees each
            Department.objects.create(name=name)


def join_department(user: Any, name: str) -> Member:
    """Put a user into a department; whoever was in another leaves it.

    Raises:
        SharingError: `unknown-department`.
    """
    if name not in department_names() and not Department.objects.filter(name=name).exists():
        raise SharingError("unknown-department", f"清单中没有“{name}”这个部门；请用事项清单中牵头部门的名称")
    department, _ = Department.objects.get_or_create(name=name)
    member, _ = Member.objects.update_or_create(user=user, defaults={"department": department})
    return member


def leave_department(user: Any) -> None:
    """The user is in no department any more."""
    for member in Member.objects.filter(user=user):
        member.delete()


def department_of(user: Any) -> str:
    """The name of the user's department; empty for one without, such as the clerks of the 综合窗口."""
    found = Member.objects.filter(user_id=user.pk).values_list("department__name", flat=True).first() if user.pk else ""
    return found or ""
