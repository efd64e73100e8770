"""One set of materials (一套材料) for several items handled together: each material once, under its strictest rule.

Pure: the same lists give the same union in whatever order they come. Ground: 并联审批, 联合验收 (国办发〔2019〕11号:
一份办事指南、一张申请表单、一套申报材料).
"""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from catalogue.items import Item, MaterialType, Requirement, is_application

FORMS = ("original", "copy", "electronic")
"""Forms, strictest first: who hands in the original has shown what a copy and a file would show."""

POLICIES = ("none", "commit", "later")
"""Deficiency policies, strictest first: never without it, only against a promise that is checked, may come later."""


@dataclasses.dataclass(frozen=True, slots=True)
class Ruling:
    """The strictest rule among the items, and the items (codes) that lay it down."""

    value: str
    items: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class UnionEntry:
    """A material of the union: which items ask for it (by code, each with its own entry), and who makes it.

    `made_by` is the item of the same parallel case that issues it: the applicant is not asked for it. `replaced_by` is
    the lead of a joint acceptance whose one form stands for this form. `seals` are the roles whose seals it carries.
    """

    material: str
    name: str
    asked: tuple[tuple[str, Requirement], ...]
    made_by: str = ""
    replaced_by: str = ""
    seals: tuple[str, ...] = ()

    @property
    def items(self) -> tuple[str, ...]:
        """Codes of the items that ask for it."""
        return tuple(code for code, _ in self.asked)

    @property
    def demanded(self) -> bool:
        """Some item demands it of the applicant, and no item of the parallel case makes or replaces it."""
        return not self.made_by and not self.replaced_by and any(rule.demanded for _, rule in self.asked)

    @property
    def form(self) -> Ruling:
        """In which form: an original serves where a copy would, never the other way round."""
        return self._strictest("form", FORMS)

    @property
    def deficiency(self) -> Ruling:
        """What happens when it is missing; an item that never goes without it decides for all."""
        return self._strictest("deficiency", POLICIES)

    @property
    def deficiency_days(self) -> int:
        """Working days for a gap or a promise: the shortest that any item leaves; 0 where none may be left."""
        if self.deficiency.value == "none":
            return 0
        return min(rule.deficiency_days for _, rule in self.asked if rule.deficiency == self.deficiency.value)

    def _strictest(self, field: str, order: Sequence[str]) -> Ruling:
        # An entry that is never demanded of the applicant binds nobody, unless all are such.
        binding = [(code, rule) for code, rule in self.asked if rule.demanded] or list(self.asked)
        value = min((getattr(rule, field) for _, rule in binding), key=order.index)
        return Ruling(value, tuple(code for code, rule in binding if getattr(rule, field) == value))

    def to_json(self) -> dict[str, Any]:
        """JSON-ready data; each rule says which items lay it down."""
        return {
            "material": self.material,
            "name": self.name,
            "items": list(self.items),
            "names": {code: rule.name for code, rule in self.asked},
            "made_by": self.made_by,
            "replaced_by": self.replaced_by,
            "demanded": self.demanded,
            "form": dataclasses.asdict(self.form),
            "deficiency": dataclasses.asdict(self.deficiency),
            "deficiency_days": self.deficiency_days,
            "seals": list(self.seals),
            "basis": {code: rule.basis for code, rule in self.asked if rule.basis},
        }


def union_list(
    lists: Iterable[tuple[Item, Sequence[Requirement]]], types: Mapping[str, MaterialType], *, lead: str = ""
) -> tuple[UnionEntry, ...]:
    """The union of the items' lists; `lists` gives each item with those of its entries that apply.

    `lead` is the item of a joint acceptance, whose one application form stands for the forms of the others.

    Materials stand in the order of the items' codes and of their lists. A material that one of the items issues is
    kept where another asks for it, and says who makes it; the item that makes it does not ask itself for it.
    """
    ordered = sorted(lists, key=lambda pair: pair[0].code)
    makers = {output.material: item.code for item, _ in ordered for output in item.outputs}
    asked: dict[str, list[tuple[str, Requirement]]] = {}
    for item, entries in ordered:
        for entry in entries:
            asked.setdefault(entry.material, []).append((item.code, entry))
    return tuple(
        UnionEntry(
            material,
            rules[0][1].name,
            tuple(rules),
            made_by=_maker(makers.get(material, ""), rules),
            replaced_by=lead if is_application(types[material]) and lead not in {code for code, _ in rules} else "",
            seals=types[material].seals,
        )
        for material, rules in asked.items()
    )


def _maker(code: str, rules: Sequence[tuple[str, Requirement]]) -> str:
    """The item that makes a material for the others; one that asks for its own output has it from before."""
    return "" if code in {asking for asking, _ in rules} else code
