"""What the linter says of questions, and of the entries that hang on their answers."""

from collections.abc import Iterator

from catalogue.book import Catalogue
from catalogue.findings import Finding
from catalogue.items import Item
from catalogue.situations import condition_faults, reachable


def question_findings(catalogue: Catalogue, item: Item) -> Iterator[Finding]:
    """Findings about the item's questions and conditions."""
    faults = list(condition_faults(item))
    for code, place, message in faults:
        yield Finding(code, item.code, place, message)
    yield from _unused(item)
    if not faults:
        yield from _unreachable(catalogue, item)


def unused_questions(catalogue: Catalogue) -> Iterator[Finding]:
    """Shared questions that no item asks: one finding with all of them."""
    asked = {key for item in catalogue.items() for key in (*item.situations, *item.when)}
    idle = [key for key in catalogue.questions if key not in asked]
    if idle:
        message = f"No item asks {', '.join(idle)}: name them in situations, or drop them from questions.yaml."
        yield Finding("question-unused", "", "questions", message, level="notice")


def _unused(item: Item) -> Iterator[Finding]:
    """A question that decides nothing is a question too many."""
    used = {key for need in item.materials for key in need.when} | {key for q in item.questions for key in q.when}
    for question in item.questions:
        if question.key not in used and not any(option.refusal for option in question.options):
            message = f"The answer to {question.key} decides nothing here: drop it, or name it in a material's when."
            yield Finding("question-unused", item.code, "situations", message)


def _unreachable(catalogue: Catalogue, item: Item) -> Iterator[Finding]:
    """An entry must apply to somebody, in one of the classes that need the item."""
    classes = [catalogue.classes[key] for key in item.project_classes if key in catalogue.classes]
    keys = {question.key for question in item.questions}
    given = [{k: v for k, v in kind.answers.items() if k in keys} for kind in classes] or [{}]
    shared = catalogue.questions.values()
    if classes and not any(reachable(item.when, shared, kind.answers) for kind in classes):
        message = "No class that needs the item can give the answers in its when: correct one of them."
        yield Finding("item-unreachable", item.code, "when", message)
    for n, need in enumerate(item.materials):
        if not any(reachable(need.when, item.questions, said) for said in given):
            message = f"{need.name} applies under no answers that can be given together: correct its when."
            yield Finding("material-unreachable", item.code, f"materials[{n}].when", message)
    for n, question in enumerate(item.questions):
        if not any(reachable(question.when, item.questions, said) for said in given):
            message = f"{question.key} is never asked: correct its when."
            yield Finding("question-unreachable", item.code, f"questions[{n}].when", message)
