"""The shape of a stage: one piece of work that either ends in results written together with its job, or in a reason."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

Arguments = Mapping[str, Any]


class NotExpectedError(Exception):
    """The thing is not in the state this stage starts from: it was done already, withdrawn or overtaken. No failure."""


class NotYetError(Exception):
    """Something this stage needs is still being made; it waits and is tried again, without using up an attempt."""

    code = "not-yet"


@dataclasses.dataclass(frozen=True, slots=True)
class Stage:
    """One step of the pipeline.

    `work` re-reads the state, raises NotExpectedError if it is not the one this step starts from, and does the slow
    part outside any transaction; it may run twice, so what it writes it writes under the digest of its content.
    `record` writes the results, inside the transaction that closes the job, and enqueues what follows.
    `give_up` says on the thing itself that it was refused or quarantined, in the same kind of transaction.
    """

    kind: str
    work: Callable[[Arguments], Any]
    record: Callable[[Arguments, Any], None]
    give_up: Callable[[Arguments, dict[str, Any]], None]
