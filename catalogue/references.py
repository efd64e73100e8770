"""Every name in a catalogue file must lead somewhere: the checks that loading makes once the shapes are right."""

from collections import Counter
from collections.abc import Iterable, Mapping

from catalogue.errors import CatalogueError
from catalogue.items import Item, MaterialType
from catalogue.questions import Condition, Question, QuestionBook
from catalogue.situations import condition_faults


def check_material_type(kind: MaterialType, file: str, place: str) -> None:
    """The fields that a type names must be its own."""
    names = [f.name for f in kind.fields]
    no_duplicates(names, file, f"{place}.fields")
    for role in ("number_field", "applicant_field", "project_field", "works_field"):
        name = getattr(kind, role)
        if name and name not in names:
            message = f"{kind.code} has no field {name!r}."
            raise CatalogueError("unknown-field", message, file=file, field=f"{place}.{role}")
    rule = kind.validity
    if rule.kind != "none" and rule.field not in names:
        message = f"{kind.code} has no field {rule.field!r} to take its validity from."
        raise CatalogueError("unknown-field", message, file=file, field=f"{place}.validity.field")
    if (rule.kind == "months") != (rule.months > 0):
        message = "months must be above 0 with kind 'months', and 0 otherwise."
        raise CatalogueError("validity-months", message, file=file, field=f"{place}.validity.months")


def check_question_book(book: QuestionBook, file: str) -> None:
    """Questions and classes exist once; what a class answers can be answered so."""
    check_questions(book.questions, file, "questions")
    no_duplicates([kind.key for kind in book.classes], file, "classes")
    options = {q.key: {option.key for option in q.options} for q in book.questions}
    for n, question in enumerate(book.questions):
        _check_condition(question.when, options, file, f"questions[{n}].when")
    for n, kind in enumerate(book.classes):
        for key, said in kind.answers.items():
            must_know("unknown-question", key, set(options), file, f"classes[{n}].answers")
            must_know("unknown-option", said, options[key], file, f"classes[{n}].answers.{key}")


def _check_condition(when: Condition, options: Mapping[str, set[str]], file: str, place: str) -> None:
    for key, wanted in when.items():
        must_know("unknown-question", key, set(options), file, place)
        for option in wanted:
            must_know("unknown-option", option, options[key], file, f"{place}.{key}")


def check_questions(questions: Iterable[Question], file: str, place: str) -> None:
    """Keys are there once, and a question leaves a choice."""
    listed = list(questions)
    no_duplicates([question.key for question in listed], file, place)
    for n, question in enumerate(listed):
        no_duplicates([option.key for option in question.options], file, f"{place}[{n}].options")
        if len(question.options) < 2:  # noqa: PLR2004 - a choice is between two
            raise CatalogueError(
                "wrong-shape", "A question needs two options.", file=file, field=f"{place}[{n}].options"
            )


def check_versions(items: Mapping[str, Item]) -> None:
    """A version exists once, and a higher version is never valid from an earlier day."""
    last: dict[str, Item] = {}
    for name, item in sorted(items.items(), key=lambda pair: (pair[1].code, pair[1].version)):
        before = last.get(item.code)
        if before and before.version == item.version:
            message = f"Item {item.code} version {item.version} is there twice."
            raise CatalogueError("duplicate", message, file=name, field="version")
        if before and before.valid_from >= item.valid_from:
            message = f"Version {item.version} must be valid from later than version {before.version}."
            raise CatalogueError("version-order", message, file=name, field="valid_from")
        last[item.code] = item


def check_item(file: str, item: Item, types: set[str], codes: set[str], book: QuestionBook) -> None:
    """Material types, items, classes, questions and options that the item names exist."""
    no_duplicates([r.material for r in item.materials], file, "materials")
    no_duplicates([o.material for o in item.outputs], file, "outputs")
    for n, choice in enumerate(item.prerequisite_choices()):
        for code in choice:
            must_know("unknown-item", code, codes, file, f"prerequisites[{n}]")
    for n, key in enumerate(item.project_classes):
        must_know("unknown-class", key, {kind.key for kind in book.classes}, file, f"project_classes[{n}]")
    _check_condition(item.when, {q.key: {o.key for o in q.options} for q in book.questions}, file, "when")
    for n, output in enumerate(item.outputs):
        must_know("unknown-material", output.material, types, file, f"outputs[{n}].material")
    for code, place, message in condition_faults(item):
        raise CatalogueError(code, message, file=file, field=place)
    _check_materials(file, item, types)


def _check_materials(file: str, item: Item, types: set[str]) -> None:
    for n, need in enumerate(item.materials):
        place = f"materials[{n}]"
        must_know("unknown-material", need.material, types, file, f"{place}.material")
        if (need.deficiency == "none") != (need.deficiency_days == 0):
            message = "deficiency 'later' and 'commit' need working days above 0, 'none' needs 0."
            raise CatalogueError("deficiency-days", message, file=file, field=f"{place}.deficiency_days")
        for source in need.share_from:
            if source.startswith("OUT-"):
                must_know("unknown-material", source, types, file, f"{place}.share_from")


def must_know(code: str, name: str, known: set[str], file: str, field: str) -> None:
    """Refuse a name that is not known."""
    if name not in known:
        message = f"{name!r} does not exist; known are {', '.join(sorted(known))}."
        raise CatalogueError(code, message, file=file, field=field)


def no_duplicates(names: Iterable[str], file: str, field: str) -> None:
    """Refuse a name that is listed twice."""
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise CatalogueError("duplicate", f"Listed twice: {', '.join(twice)}.", file=file, field=field)
