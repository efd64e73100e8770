"""The sharing rule of a type of material: what the table that ships says, unless the owner decided otherwise."""

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any, cast, get_args

from django.db.models import Q

from archive.sharing.errors import SharingError
from archive.sharing.models import Department, RuleChange
from catalogue import CATEGORY_NAMES, SharingCategory, is_personal, items_of, sharing_rules

LEAST_REASON = 4
"""Characters of a reason; fewer say nothing to who reads it a year later."""


@dataclasses.dataclass(frozen=True, slots=True)
class Rule:
    """The category of a type and why; `decided_by` is the department that decided, empty for the table that ships."""

    category: SharingCategory
    reason: str
    decided_by: str = ""

    @property
    def name(self) -> str:
        """The category in the words of 国发〔2016〕51号."""
        return CATEGORY_NAMES[self.category]


def rule_of(type_code: str, owners: Iterable[str] = ()) -> Rule:
    """The rule of a type for what these departments hold; the newest decision of any of them counts."""
    names = tuple(owners)
    if names:
        changes = RuleChange.objects.filter(type=type_code, department__name__in=names).select_related("department")
        if newest := changes.last():
            return Rule(cast("SharingCategory", newest.category), newest.reason, newest.department.name)
    return Rule(*sharing_rules().rule_for(type_code))


def decide_rule(  # noqa: PLR0913 - who decides what, and why
    department: str, type_code: str, category: str, reason: str, *, by: Any, now: dt.datetime
) -> RuleChange:
    """The owner department decides how it shares a type; call it in a transaction.

    Raises:
        SharingError: `unknown-category`, `no-reason`, or `personal-paper` for one that would be open to everybody.
    """
    reason = " ".join(reason.split())
    if category not in get_args(SharingCategory):
        raise SharingError("unknown-category", "请选择无条件共享、有条件共享或者不予共享")
    if len(reason) < LEAST_REASON:
        raise SharingError("no-reason", f"请用不少于{LEAST_REASON}个字写明依据，如“省级共享目录列为有条件共享”")
    if category == "open" and is_personal(type_code):
        raise SharingError("personal-paper", "个人证件不能无条件共享，请选择有条件共享或者不予共享")
    owner = Department.objects.get(name=department)
    return RuleChange.objects.create(
        department=owner, type=type_code, category=category, reason=reason[:200], by=by, at=now
    )


def held_of_item(item_code: str) -> Q:
    """The held materials of an item's cases."""
    return Q(package__entry__item_code=item_code)


def of_category(category: SharingCategory, *, of_item: Callable[[str], Q] = held_of_item) -> Q:
    """The held materials of this category, for a query over `HeldMaterial`.

    For another table with a `type`, `of_item` says which of its rows are of an item's cases.
    """
    rules, decided = sharing_rules(), _decided()
    named = [code for rule in rules.types if rule.category == category for code in rule.codes]
    elsewhere = [code for rule in rules.types if rule.category != category for code in rule.codes]
    fits = Q(type__in=named)
    for default in rules.defaults:
        if default.category == category:
            fits |= Q(type__startswith=default.prefix) & ~Q(type__in=elsewhere)
    chosen = Q(pk__in=())
    for (item, code), value in decided.items():
        this = Q(type=code) & of_item(item)
        fits &= ~this
        if value == category:
            chosen |= this
    return fits | chosen


def _decided() -> dict[tuple[str, str], str]:
    """Item and type to what its departments decided last; few departments decide on few types."""
    rows = RuleChange.objects.values_list("department__name", "type", "category")
    return {(item, code): value for department, code, value in rows for item in items_of(department)}
