"""The personal list (私人订制清单): everything a project needs from beginning to end, by its class and answers.

庄浪2022: “清晰展示各事项前后置关系、审批流程、办事指南、申请材料清单”. Pure: what the archive holds is told to it.
"""

import dataclasses
import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from catalogue.book import Catalogue
from catalogue.errors import CatalogueError
from catalogue.items import STAGES, Item, Requirement
from catalogue.lint_order import producers
from catalogue.questions import Answers, Question
from catalogue.situations import applicable, applies, check_answers, open_questions, refusal

Way = Literal["submit", "held", "shared", "register", "again", "not-asked"]
"""How a material comes: submitted; held by the archive; shared from an earlier item's result; shared by a register;
submitted for an earlier item of the list; never asked for."""

Held = Mapping[str, str]
"""Material type to what the archive says of the one it holds, such as its 档号."""


@dataclasses.dataclass(frozen=True, slots=True)
class ListedMaterial:
    """One material of one item: what it is and how it comes; `origin` says from where, in words."""

    need: Requirement
    way: Way
    origin: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class ListedItem:
    """One item in its place: `step` counts what must follow one another; equal steps may run side by side (并联)."""

    item: Item
    step: int
    after: tuple[str, ...]
    materials: tuple[ListedMaterial, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class PersonalList:
    """The whole list.

    Attributes:
        project_class: Key of the class, empty when it was not told.
        answers: What was answered, with what follows from the class.
        items: In the order of handling.
        open_questions: What is still to be asked; until then everything that depends on it is listed.
        refusal: The way to go instead, where an answer means that the project cannot be handled here.
    """

    project_class: str
    answers: Mapping[str, str]
    items: tuple[ListedItem, ...]
    open_questions: tuple[Question, ...]
    refusal: str = ""

    @property
    def submitted(self) -> tuple[str, ...]:
        """The materials that the applicant has to bring, each once."""
        return tuple(
            dict.fromkeys(m.need.material for entry in self.items for m in entry.materials if m.way == "submit")
        )


def personal_list(  # noqa: PLR0913 - the facts of a project
    catalogue: Catalogue,
    project_class: str = "",
    answers: Answers | None = None,
    *,
    region: str = "",
    on: dt.date | None = None,
    held: Callable[[Item], Held] = lambda _: {},
) -> PersonalList:
    """Make the list.

    Args:
        catalogue: The lists.
        project_class: Key of a project class; empty: all items are listed.
        answers: Question key to option key; what the class says itself need not be repeated.
        region: The county or zone whose overrides count.
        on: The day whose versions count; without it the newest.
        held: What the archive holds for an item of this project.

    Raises:
        CatalogueError: ``unknown-class``, ``unknown-question``, ``unknown-option`` or ``answer-against-class``.
    """
    said = _answers(catalogue, project_class, answers or {})
    chosen = [
        item
        for item in catalogue.items(on=on, region=region)
        if (not project_class or not item.project_classes or project_class in item.project_classes)
        and applies(item.when, catalogue.questions.values(), said)
    ]
    steps = _steps(chosen)
    ordered = sorted(chosen, key=lambda item: (steps[item.code], STAGES.index(item.stage), item.code))
    return PersonalList(
        project_class,
        said,
        _listed(catalogue, ordered, steps, said, held),
        _still_open(catalogue, ordered, said),
        refusal([*catalogue.questions.values(), *(q for item in ordered for q in item.questions)], said),
    )


def _answers(catalogue: Catalogue, project_class: str, answers: Answers) -> dict[str, str]:
    if project_class and project_class not in catalogue.classes:
        raise CatalogueError("unknown-class", f"没有项目类别“{project_class}”；可选：{'、'.join(catalogue.classes)}")
    fixed = catalogue.classes[project_class].answers if project_class else {}
    for key, said in answers.items():
        if fixed.get(key, said) != said:
            message = f"{catalogue.classes[project_class].name}的“{key}”只能是“{fixed[key]}”，不能是“{said}”"
            raise CatalogueError("answer-against-class", message)
    own = {q.key: q for item in catalogue.items() for q in item.questions}
    return check_answers({**own, **catalogue.questions}.values(), {**fixed, **answers})


def _steps(items: Sequence[Item]) -> dict[str, int]:
    """How many items must come one after another before each, and itself; stages follow one another.

    A prerequisite that the project does not need does not count.
    """
    by_code = {item.code: item for item in items}
    steps: dict[str, int] = {}
    for stage in STAGES:
        floor = max(steps.values(), default=0)
        codes = [item.code for item in items if item.stage == stage]
        steps |= {code: _step(code, by_code, floor, ()) for code in codes}
    return steps


def _step(code: str, items: Mapping[str, Item], floor: int, above: tuple[str, ...]) -> int:
    """One more than the latest prerequisite; `above` stops a circle, which the linter reports."""
    path = (*above, code)
    choices = items[code].prerequisite_choices()
    before = [c for choice in choices for c in choice if c in items and c not in path]
    same_stage = [c for c in before if items[c].stage == items[code].stage]
    return 1 + max((_step(c, items, floor, path) for c in same_stage), default=floor)


def _listed(
    catalogue: Catalogue,
    items: Sequence[Item],
    steps: Mapping[str, int],
    answers: Answers,
    held: Callable[[Item], Held],
) -> tuple[ListedItem, ...]:
    names = {item.code: item.name for item in items}
    issued = {material: [c for c in codes if c in names] for material, codes in producers(catalogue).items()}
    brought: dict[str, str] = {}
    listed = []
    for item in items:
        own = held(item)
        materials = []
        for need in applicable(item, answers):
            way, origin = _way(need, item, own, issued, names, brought)
            if way == "submit":
                brought.setdefault(need.material, item.code)
            materials.append(ListedMaterial(need, way, origin))
        after = tuple(c for choice in item.prerequisite_choices() for c in choice if c in names)
        listed.append(ListedItem(item, steps[item.code], after, tuple(materials)))
    return tuple(listed)


def _way(  # noqa: PLR0913, PLR0917 - everything a material can come from
    need: Requirement,
    item: Item,
    held: Held,
    issued: Mapping[str, Sequence[str]],
    names: Mapping[str, str],
    brought: Mapping[str, str],
) -> tuple[Way, str]:
    if need.material in held:
        return "held", held[need.material]
    for source in need.share_from:
        origins = [code for code in issued.get(source, ()) if code != item.code]
        if origins:
            return "shared", "、".join(f"{code} {names[code]}" for code in origins)
        if not source.startswith("OUT-"):
            return "register", source
    if not need.demanded:
        return "not-asked", ""
    first = brought.get(need.material)
    return ("again", f"{first} {names[first]}") if first else ("submit", "")


def _still_open(catalogue: Catalogue, items: Sequence[Item], answers: Answers) -> tuple[Question, ...]:
    """What any of the items still asks, shared questions first, in the order of their file."""
    wanted = {q.key: q for item in items for q in open_questions(item, answers)}
    for item in items:
        for key in item.when:
            question = catalogue.questions.get(key)
            if question and key not in answers and applies(question.when, catalogue.questions.values(), answers):
                wanted[key] = question
    order = [*catalogue.questions, *wanted]
    return tuple(sorted(wanted.values(), key=lambda q: order.index(q.key)))
