"""From answers to a list: which entries apply, which questions are still open, which answers are wrong."""

import itertools
from collections.abc import Iterable, Iterator, Mapping

from catalogue.errors import CatalogueError
from catalogue.items import Item, Requirement
from catalogue.questions import Answers, Condition, Question


def applicable(item: Item, answers: Answers) -> tuple[Requirement, ...]:
    """The entries of the item's list that apply under the answers, in the order of the list.

    A question not yet answered hides nothing: what it decides still applies, so that nobody is told too little. A
    question that the other answers make pointless satisfies no condition. Every further answer can therefore only
    shorten the list.
    """
    return tuple(entry for entry in item.materials if applies(entry.when, item.questions, answers))


def applies(when: Condition, questions: Iterable[Question], answers: Answers) -> bool:
    """Whether nothing that was answered speaks against the condition."""
    by_key = {question.key: question for question in questions}
    return all(_may_be(key, wanted, by_key, answers, ()) for key, wanted in when.items())


def _may_be(
    key: str,
    wanted: tuple[str, ...],
    questions: Mapping[str, Question],
    answers: Answers,
    above: tuple[str, ...],
) -> bool:
    """Whether the answer to a question is, or may still become, one of those wanted; `above` stops a circle."""
    question = questions.get(key)
    if question is not None and key not in above:
        path = (*above, key)
        if not all(_may_be(k, w, questions, answers, path) for k, w in question.when.items()):
            return False
    return key not in answers or answers[key] in wanted


def open_questions(item: Item, answers: Answers) -> tuple[Question, ...]:
    """The questions to ask now: not answered, and their own condition met by answers already given."""
    return tuple(
        question
        for question in item.questions
        if question.key not in answers
        and applies(question.when, item.questions, answers)
        and all(key in answers for key in question.when)
    )


def refusal(questions: Iterable[Question], answers: Answers) -> str:
    """The way to go instead, where an answer means that the case cannot be taken in here; empty: it can."""
    chosen = (option for q in questions for option in q.options if answers.get(q.key) == option.key)
    return next((option.refusal for option in chosen if option.refusal), "")


def reachable(when: Condition, questions: Iterable[Question], given: Answers) -> bool:
    """Whether there are answers, `given` among them, under which the condition holds."""
    by_key = {question.key: question for question in questions}
    asked = [by_key[key] for key in _needed(when, by_key) if key not in given]
    choices = itertools.product(*(tuple(option.key for option in question.options) for question in asked))
    keys = [question.key for question in asked]
    return any(applies(when, by_key.values(), {**dict(zip(keys, said, strict=True)), **given}) for said in choices)


def _needed(when: Condition, questions: Mapping[str, Question]) -> list[str]:
    """The questions that a condition hangs on, directly or by their own conditions."""
    found: list[str] = []
    waiting = list(when)
    while waiting:
        key = waiting.pop()
        if key in questions and key not in found:
            found.append(key)
            waiting += questions[key].when
    return found


def check_answers(questions: Iterable[Question], answers: Answers) -> dict[str, str]:
    """The answers in the order of the questions (an item's, or all that are shared).

    An answer to a question that the other answers make pointless is left out.

    Raises:
        CatalogueError: ``unknown-question`` or ``unknown-option``, with what could have been said instead.
    """
    by_key = {question.key: question for question in questions}
    for key, said in answers.items():
        if key not in by_key:
            known = "、".join(by_key) or "无"
            raise CatalogueError("unknown-question", f"没有问题“{key}”，请去掉；可回答的有：{known}")
        options = "、".join(option.key for option in by_key[key].options)
        if said not in options.split("、"):
            raise CatalogueError("unknown-option", f"“{by_key[key].text}”不能回答“{said}”；可选：{options}")
    asked = [key for key, question in by_key.items() if applies(question.when, by_key.values(), answers)]
    return {key: answers[key] for key in asked if key in answers}


def parse_answers(text: str) -> dict[str, str]:
    """Answers as typed: ``land=出让,investment=企业``; Chinese commas and equals signs will do as well.

    Raises:
        CatalogueError: ``answers-shape``.
    """
    found: dict[str, str] = {}
    for part in text.replace("，", ",").replace("＝", "=").split(","):
        if not part.strip():
            continue
        key, equals, said = (piece.strip() for piece in part.partition("="))
        if not (key and equals and said) or found.get(key, said) != said:
            raise CatalogueError("answers-shape", f"“{part.strip()}”应写成 问题=答案，每个问题一个答案，如 land=出让")
        found[key] = said
    return found


def condition_faults(item: Item) -> Iterator[tuple[str, str, str]]:
    """Code, place and message of every condition in the item that names a question or an option it does not have."""
    questions = {question.key: question for question in item.questions}
    for key in item.situations:
        if key not in questions:
            yield "unknown-question", "situations", f"{key!r} is no question of questions.yaml or of this item."
    conditions = [(f"questions[{n}].when", q.when) for n, q in enumerate(item.questions)]
    conditions += [(f"materials[{n}].when", need.when) for n, need in enumerate(item.materials)]
    for place, when in conditions:
        for key, wanted in when.items():
            if key not in questions:
                yield "unknown-question", place, f"{key!r} is not among the item's situations: add it there."
                continue
            known = {option.key for option in questions[key].options}
            for option in sorted(set(wanted) - known):
                message = f"{option!r} is no answer to {key}; known are {', '.join(sorted(known))}."
                yield "unknown-option", place, message
