"""What is asked about a project (情形), as the case page shows it: still to answer, and answered."""

import dataclasses
from collections.abc import Sequence

from catalogue import applies, open_questions
from ingest import Case, item_of


@dataclasses.dataclass(frozen=True, slots=True)
class OptionShown:
    """One answer; `chosen` is the one that was given."""

    key: str
    text: str
    note: str
    chosen: bool


@dataclasses.dataclass(frozen=True, slots=True)
class QuestionShown:
    """One question with its answers."""

    key: str
    text: str
    help: str
    options: Sequence[OptionShown]
    answered: bool


@dataclasses.dataclass(frozen=True, slots=True)
class Situation:
    """All questions of a case that make sense under what was answered so far."""

    open: Sequence[QuestionShown]
    answered: Sequence[QuestionShown]


def situation_of(case: Case) -> Situation:
    """The questions of the case's item, in the order in which they are asked."""
    item = item_of(case)
    still_open = {question.key for question in open_questions(item, case.answers)}
    shown = [
        QuestionShown(
            question.key,
            question.text,
            question.help,
            [
                OptionShown(option.key, option.text, option.note, case.answers.get(question.key) == option.key)
                for option in question.options
            ],
            question.key in case.answers,
        )
        for question in item.questions
        if question.key in still_open
        or (question.key in case.answers and applies(question.when, item.questions, case.answers))
    ]
    return Situation([q for q in shown if not q.answered], [q for q in shown if q.answered])
