"""One stage whose end the test decides, run by the real queue on a real database."""

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project

from samples import Pile, make_project_pile
from workers.pipeline import STAGES
from workers.stage import Stage

KIND = "tried"


@dataclasses.dataclass
class Trial:
    """What the stage is to do, and what it was seen to do."""

    act: Callable[[dict[str, Any]], Any] = lambda arguments: arguments["thing"]
    recorded: list[Any] = dataclasses.field(default_factory=list)
    given_up: list[dict[str, Any]] = dataclasses.field(default_factory=list)


@pytest.fixture
def trial() -> Iterator[Trial]:
    """A stage of the pipeline for the length of the test."""
    tried = Trial()
    STAGES[KIND] = Stage(
        KIND,
        work=lambda arguments: tried.act(arguments),  # noqa: PLW0108 - a test changes `act` later
        record=lambda _, result: tried.recorded.append(result),
        give_up=lambda _, error: tried.given_up.append(error),
    )
    yield tried
    del STAGES[KIND]


@pytest.fixture
def messages() -> Callable[[], int]:
    """How many messages lie in the broker, which is a folder here; it starts empty."""
    folder = Path(project.BROKER_URL.removeprefix("folder://"))
    for file in folder.rglob("*.json"):
        file.unlink()
    return lambda: len(list(folder.rglob("*.json")))


@pytest.fixture(scope="session")
def pile(tmp_path_factory: pytest.TempPathFactory) -> Pile:
    """The sample pile, drawn once for all that read it."""
    return make_project_pile(tmp_path_factory.mktemp("pile"), seed=1)
