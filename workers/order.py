"""The order of items (前后置): none closes before what it rests on, no 前后置事项倒叙办结 (S0).

A prerequisite that this system knows nothing of was decided elsewhere; its result is an entry of the material list,
which the completeness check asks for. What is known here and still open holds up the decision.
"""

import ingest
from ingest import item_of
from workers.groundwork import NotPossibleError

OPEN_STATES = (ingest.Case.State.OPEN, ingest.Case.State.ACCEPTED)


def check_order(case: ingest.Case) -> None:
    """Make sure that nothing the case rests on is still open.

    Raises:
        NotPossibleError: `prerequisite-open`; for the lead of a joint acceptance `opinion-negative` or
            `opinions-open`; or `awaits-output`.
    """
    if waiting := open_prerequisites(case):
        names = "、".join(item_of(other).name for other in waiting)
        raise NotPossibleError("prerequisite-open", f"前置事项“{names}”尚未办结，本事项不能先行办结；请先办结前置事项")
    waiting = open_parts(case)
    if refused := [part for part in waiting if (part.decision or {}).get("result") in {"failed", "refused"}]:
        names = "、".join(item_of(other).name for other in refused)
        raise NotPossibleError("opinion-negative", f"“{names}”验收意见为不合格，须整改并重新验收后才能出具联合意见")
    if waiting:
        names = "、".join(item_of(other).name for other in waiting)
        raise NotPossibleError("opinions-open", f"“{names}”尚未出具验收意见，不能出具联合意见；请先取得各单项意见")
    if awaited := awaited_names(case):
        raise NotPossibleError("awaits-output", f"并联事项的结果“{'、'.join(awaited)}”尚未归集，请待其办结归档后再决定")


def open_prerequisites(case: ingest.Case) -> list[ingest.Case]:
    """Undecided cases of the same project, and works, on whose item this one rests (directly or by others)."""
    same = ingest.Case.objects.filter(project=case.project, item_code__in=_rests_on(case), state__in=OPEN_STATES)
    if case.works_id:
        same = same.filter(works=case.works_id) | same.filter(works=None)
    return list(same.exclude(pk=case.pk).order_by("pk"))


def open_parts(case: ingest.Case) -> list[ingest.Case]:
    """For the lead of a joint acceptance: the single acceptances beside it that are not concluded."""
    if case.parallel is None or case.parallel.lead_item != case.item_code:
        return []
    return list(case.beside.filter(state__in=[*OPEN_STATES, ingest.Case.State.REFUSED]).exclude(pk=case.pk))


def awaited_names(case: ingest.Case) -> list[str]:
    """Entries that a case beside this one is to fill with its result, and has not yet.

    In a joint acceptance the single opinion counts: it has no document of its own before the joint one.
    """
    rows = (case.report or {"requirements": []})["requirements"]
    given = _opinions_given(case)
    return [row["name"] for row in rows if row["state"] == "awaited" and row["material"] not in given]


def _opinions_given(case: ingest.Case) -> set[str]:
    if case.parallel is None or not case.parallel.lead_item:
        return set()
    decided = case.beside.exclude(pk=case.pk).exclude(state__in=OPEN_STATES)
    # The lead's own result is made of the others, so none of them waits for it.
    lead = case.beside.filter(item_code=case.parallel.lead_item)
    return {output.material for other in [*decided, *lead] for output in item_of(other).outputs}


def _rests_on(case: ingest.Case) -> set[str]:
    """Codes of the items that must be decided first; of alternatives none, once one of them is decided."""
    decided = ingest.Case.objects.filter(project=case.project).exclude(state__in=OPEN_STATES)
    done = set(decided.values_list("item_code", flat=True))
    choices = item_of(case).prerequisite_choices()
    return {code for choice in choices if len(choice) == 1 or not done & set(choice) for code in choice}
