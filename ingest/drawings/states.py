"""The chain of versions of one set of drawings, and the only steps it can take. Pure.

Versions of the design (施工图) stand in one line, those of the as-built drawings (竣工图) in another. Only a review
moves the pointer to the current approved version; handing something in never does (部令第13号).
"""

import dataclasses
import enum


class State(enum.StrEnum):
    """What a version is."""

    SUBMITTED = "submitted"
    REVIEWED = "reviewed"
    SUPERSEDED = "superseded"
    AS_BUILT = "as-built"
    WITHDRAWN = "withdrawn"


STATE_NAMES = {
    State.SUBMITTED: "送审",
    State.REVIEWED: "审查合格",
    State.SUPERSEDED: "已被替代",
    State.AS_BUILT: "竣工图",
    State.WITHDRAWN: "已撤回",
}


class Kind(enum.StrEnum):
    """Which line a version stands in."""

    DESIGN = "design"
    AS_BUILT = "as-built"


KIND_NAMES = {Kind.DESIGN: "施工图", Kind.AS_BUILT: "竣工图"}
FIRST = {Kind.DESIGN: State.SUBMITTED, Kind.AS_BUILT: State.AS_BUILT}
"""How a version of a line begins."""


@dataclasses.dataclass(frozen=True, slots=True)
class Link:
    """A version in its chain: `supersedes` is the number of the one before it in its line, None for the first."""

    number: int
    kind: Kind
    state: State
    supersedes: int | None


Chain = tuple[Link, ...]
"""All versions of a set, oldest first."""


class StepError(Exception):
    """The chain cannot take this step. `code` is stable; the message is for the person who asked."""

    def __init__(self, code: str, message: str) -> None:
        """Keep the code beside the words."""
        super().__init__(message)
        self.code = code


def current(chain: Chain) -> Link | None:
    """The current approved version: the one that is reviewed, None before the first review."""
    return next((link for link in chain if link.state == State.REVIEWED), None)


def latest(chain: Chain, kind: Kind) -> Link | None:
    """The newest version of a line that was not withdrawn."""
    return next((link for link in reversed(chain) if link.kind == kind and link.state != State.WITHDRAWN), None)


def submit(chain: Chain, kind: Kind) -> Chain:
    """Hand in a version: it follows the newest of its line, and the pointer stays where it is."""
    before = latest(chain, kind)
    number = chain[-1].number + 1 if chain else 1
    made = Link(number, kind, FIRST[kind], before.number if before else None)
    if kind == Kind.AS_BUILT and before:
        chain = _with(chain, before, State.SUPERSEDED)
    return (*chain, made)


def review(chain: Chain, number: int) -> Chain:
    """A version was found in order (审查合格): the pointer moves to it, and what came before it is superseded.

    Raises:
        StepError: `version-unknown`; `not-submitted`, it is no version that waits for its review; or
            `older-than-reviewed`, a newer one was reviewed meanwhile.
    """
    link = _find(chain, number)
    if link.state != State.SUBMITTED:
        raise StepError("not-submitted", f"第 {number} 版图纸为“{STATE_NAMES[link.state]}”，只有送审中的版本可以审定")
    pointed = current(chain)
    if pointed and pointed.number > number:
        raise StepError("older-than-reviewed", f"第 {pointed.number} 版已审查合格，不能再审定更早的第 {number} 版")
    for other in chain:
        if other.number < number and other.state in {State.SUBMITTED, State.REVIEWED}:
            chain = _with(chain, other, State.SUPERSEDED)
    return _with(chain, link, State.REVIEWED)


def withdraw(chain: Chain, number: int) -> Chain:
    """Take back a version that was handed in by mistake; the newest as-built one gives its place to the one before.

    No review superseded an as-built version, so an older one is taken back as well.

    Raises:
        StepError: `version-unknown`, or `version-settled`: a review saw it or superseded it, and it stays what it is.
    """
    link = _find(chain, number)
    if link.state == State.WITHDRAWN or not unsettled(chain, link):
        raise StepError("version-settled", f"第 {number} 版图纸为“{STATE_NAMES[link.state]}”，不能撤回")
    return _newest_built(_with(chain, link, State.WITHDRAWN))


def reinstate(chain: Chain, number: int) -> Chain:
    """A version that was taken back stands again where it stood: as-built, the newest is the one that counts.

    Raises:
        StepError: `version-unknown`; `not-withdrawn`; `older-than-reviewed`, a newer one was reviewed meanwhile; or
            `line-went-on`, another version follows the one before it by now.
    """
    link = _find(chain, number)
    if link.state != State.WITHDRAWN:
        raise StepError("not-withdrawn", f"第 {number} 版图纸为“{STATE_NAMES[link.state]}”，没有撤回")
    if not unsettled(chain, link):
        raise StepError("older-than-reviewed", f"已有更新的版本审查合格，不能恢复更早的第 {number} 版")
    standing = (one for one in chain if one.kind == link.kind and one.state != State.WITHDRAWN)
    if any(one.supersedes == link.supersedes for one in standing):
        raise StepError("line-went-on", f"第 {number} 版撤回后已有新的版本接续，不能恢复")
    return _newest_built(_with(chain, link, FIRST[link.kind]))


def unsettled(chain: Chain, link: Link) -> bool:
    """Whether no review saw the version or superseded it, nor would have, had it not been taken back."""
    if link.kind == Kind.AS_BUILT:
        return True
    pointed = current(chain)
    return link.state in {State.SUBMITTED, State.WITHDRAWN} and not (pointed and pointed.number > link.number)


def _newest_built(chain: Chain) -> Chain:
    newest = latest(chain, Kind.AS_BUILT)
    for link in chain:
        if link.kind == Kind.AS_BUILT and link.state != State.WITHDRAWN:
            chain = _with(chain, link, State.AS_BUILT if link == newest else State.SUPERSEDED)
    return chain


def _find(chain: Chain, number: int) -> Link:
    for link in chain:
        if link.number == number:
            return link
    raise StepError("version-unknown", f"没有第 {number} 版图纸")


def _with(chain: Chain, link: Link, state: State) -> Chain:
    changed = dataclasses.replace(link, state=state)
    return tuple(changed if one.number == link.number else one for one in chain)
