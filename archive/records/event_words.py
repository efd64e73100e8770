"""What an event is called in the national records, and its PREMIS term: data, in `event_words.yaml`."""

import dataclasses
import functools
from importlib import resources

import yaml


@dataclasses.dataclass(frozen=True, slots=True)
class EventWord:
    """业务行为; `premis` is empty where nothing was done to an object, `outcome` where there is none to tell."""

    act: str
    premis: str = ""
    outcome: str = ""


def event_word(kind: str) -> EventWord:
    """The words of a kind of event; one that the table does not know is called as in the log."""
    return _words().get(kind) or EventWord(kind)


@functools.cache
def _words() -> dict[str, EventWord]:
    text = (resources.files("archive.records") / "event_words.yaml").read_text()
    return {kind: EventWord(**words) for kind, words in yaml.safe_load(text).items()}
