"""What is asked about a project (情形) before its list can be told, and the classes that projects fall into.

申报智能引导 and 情景式定制: the answers decide which materials apply, and are kept with the case.
"""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict

Condition = Mapping[str, tuple[str, ...]]
"""Question key to the option keys that satisfy it; every question in it must be satisfied. Empty: always."""

Answers = Mapping[str, str]
"""Question key to the key of the option chosen."""


class Entry(BaseModel):
    """A part of the catalogue: fixed once loaded, and a field that it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Option(Entry):
    """One answer to a question."""

    key: str
    text: str
    note: str = ""
    refusal: str = ""
    """Where this answer means that the case cannot be taken in here (涉密): the way to go instead."""


class Question(Entry):
    """One question about the project, asked in words that an applicant understands."""

    key: str
    text: str
    options: tuple[Option, ...]
    help: str = ""
    when: Condition = {}
    """It is asked only when these answers were given; empty: always."""


class ProjectClass(Entry):
    """One of the classes of projects (八大类), each with its own process."""

    key: str
    name: str
    note: str = ""
    answers: Mapping[str, str] = {}
    """Answers that follow from the class itself and need not be asked."""


class QuestionBook(Entry):
    """The questions that many items share, and the project classes, as one file holds them."""

    source: str
    verified: bool
    questions: tuple[Question, ...] = ()
    classes: tuple[ProjectClass, ...] = ()
