"""Whatever is handed in, reviewed and taken back in whatever order: one pointer at most, and only a review moves it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.drawings import Kind, State, StepError, current, latest, review, submit, withdraw
from ingest.drawings.states import Chain, reinstate

ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("submit"), st.sampled_from(Kind)),
        st.tuples(st.just("review"), st.integers(1, 12)),
        st.tuples(st.just("withdraw"), st.integers(1, 12)),
        st.tuples(st.just("reinstate"), st.integers(1, 12)),
    ),
    max_size=25,
)


def stepped(chain: Chain, act: str, argument: object) -> Chain:
    steps = {"submit": submit, "review": review, "withdraw": withdraw, "reinstate": reinstate}
    try:
        return steps[act](chain, argument)  # type: ignore[arg-type]
    except StepError:
        return chain


@given(ACTS)
def test_there_is_at_most_one_current_version_and_only_a_review_moves_it(acts: list[tuple[str, object]]) -> None:
    chain: Chain = ()
    for act, argument in acts:
        before, chain = current(chain), stepped(chain, act, argument)
        assert sum(link.state == State.REVIEWED for link in chain) <= 1
        after = current(chain)
        if act != "review":
            assert (after and after.number) == (before and before.number)
        elif after != before:
            assert after
            assert after.number == argument


@given(ACTS)
def test_the_chain_has_no_circle_loses_no_version_and_does_not_branch(acts: list[tuple[str, object]]) -> None:
    chain: Chain = ()
    for act, argument in acts:
        before, chain = chain, stepped(chain, act, argument)
        assert [link.number for link in chain] == list(range(1, len(chain) + 1))
        assert [(link.kind, link.supersedes) for link in chain[: len(before)]] == [
            (link.kind, link.supersedes) for link in before
        ]
        kinds = {link.number: link.kind for link in chain}
        for link in chain:
            assert link.supersedes is None or link.supersedes < link.number
            assert link.supersedes is None or kinds[link.supersedes] == link.kind
        standing = [link.supersedes for link in chain if link.state != State.WITHDRAWN and link.supersedes]
        assert len(standing) == len(set(standing))


@given(ACTS)
def test_a_version_was_submitted_before_it_is_reviewed_and_never_comes_back_once_replaced(
    acts: list[tuple[str, object]],
) -> None:
    chain: Chain = ()
    for act, argument in acts:
        before, chain = chain, stepped(chain, act, argument)
        for old, new in zip(before, chain, strict=False):
            if old.state != new.state:
                allowed = {
                    State.SUBMITTED: {State.REVIEWED, State.SUPERSEDED, State.WITHDRAWN},
                    State.REVIEWED: {State.SUPERSEDED},
                    State.AS_BUILT: {State.SUPERSEDED, State.WITHDRAWN},
                    # only an as-built one, when the one that replaced it is taken back, or it is itself
                    State.SUPERSEDED: {State.AS_BUILT, State.WITHDRAWN} if new.kind == Kind.AS_BUILT else set(),
                    State.WITHDRAWN: {State.SUBMITTED, State.AS_BUILT, State.SUPERSEDED},
                }
                assert new.state in allowed[old.state]
                assert new.state != State.AS_BUILT or new.kind == Kind.AS_BUILT


def test_a_new_version_leaves_the_pointer_where_it_is() -> None:
    chain = submit(review(submit((), Kind.DESIGN), 1), Kind.DESIGN)
    assert [link.state for link in chain] == [State.REVIEWED, State.SUBMITTED]
    pointed, newest = current(chain), latest(chain, Kind.DESIGN)
    assert pointed
    assert newest
    assert (pointed.number, newest.number, newest.supersedes) == (1, 2, 1)


@pytest.mark.parametrize(("number", "code"), [(1, "not-submitted"), (2, "not-submitted"), (9, "version-unknown")])
def test_what_waits_for_no_review_is_not_reviewed(number: int, code: str) -> None:
    chain = review(submit(submit((), Kind.DESIGN), Kind.DESIGN), 2)
    with pytest.raises(StepError) as refused:
        review(chain, number)
    assert refused.value.code == code


def test_what_was_reviewed_is_not_taken_back() -> None:
    with pytest.raises(StepError, match="不能撤回"):
        withdraw(review(submit((), Kind.DESIGN), 1), 1)


def test_as_built_drawings_taken_back_give_their_place_to_those_before() -> None:
    chain = withdraw(submit(submit((), Kind.AS_BUILT), Kind.AS_BUILT), 2)
    assert [link.state for link in chain] == [State.AS_BUILT, State.WITHDRAWN]
