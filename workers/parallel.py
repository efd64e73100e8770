"""Parallel cases (并联审批): opened together, asked once, received once; each is accepted and decided by itself."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from django.db import transaction
from django.utils import timezone

import ingest
from archive import append_event
from catalogue import CatalogueError, Item, Question, check_answers, load_catalogue
from workers.cases import answer, open_case
from workers.groundwork import NotPossibleError
from workers.secrecy import admit, always_asked

JOINT_ITEM = "S4-01"
"""竣工联合验收: its result is one opinion made of the single acceptances beside it (国办函〔2024〕53号 “一件事”)."""

FEWEST_ITEMS = 2


def open_parallel(  # noqa: PLR0913 - the facts of the cases
    item_codes: Sequence[str],
    *,
    project_code: str,
    project_name: str,
    works_name: str,
    applicant_name: str,
    applicant_uscc: str,
    by: Any,
    answers: Mapping[str, str] = MappingProxyType({}),
    section: str = "",
) -> ingest.ParallelCase:
    """Open one case an item, under one parent; the answers (情形) given to the parent hold for all of them.

    Raises:
        NotPossibleError: `too-few-items`, `item-twice`, `unknown-item`, `other-stage` (a parallel case is of one),
            `unknown-question` or `unknown-option`; `confidential`, before anything is written down.
    """
    admit(answers, "、".join(sorted(item_codes)), by=by)
    items = _items(item_codes, region=project_code[5:11])
    facts = {
        "project_code": project_code,
        "project_name": project_name,
        "works_name": works_name,
        "applicant_name": applicant_name,
        "applicant_uscc": applicant_uscc,
    }
    with transaction.atomic():
        return _open(items, facts, _checked(items, answers), section, by)


def _open(
    items: Sequence[Item], facts: Mapping[str, str], given: dict[str, str], section: str, by: Any
) -> ingest.ParallelCase:
    codes = [item.code for item in items]
    parallel: ingest.ParallelCase | None = None
    for item in items:
        case = open_case(item.code, **facts, by=by, answers=_own(item, given))
        parallel = parallel or ingest.ParallelCase.objects.create(
            project=case.project,
            works=case.works,
            stage=item.stage,
            lead_item=JOINT_ITEM if JOINT_ITEM in codes else "",
            section=section,
            answers=given,
            opened_by=by,
            opened_at=timezone.now(),
        )
        case.parallel = parallel
        case.save(update_fields=["parallel"])
        append_event(
            "parallel-opened",
            case_number=case.number,
            actor=by,
            details={"parallel": parallel.number, "items": codes, "section": section},
            now=timezone.now(),
        )
    assert parallel is not None  # noqa: S101 - there are at least two items
    return parallel


def questions_of(items: Sequence[Item]) -> tuple[Question, ...]:
    """The questions of all the items, each once: what is answered to the parent is not asked again by an item."""
    own = {question.key: question for item in items for question in item.questions}
    return tuple(({question.key: question for question in always_asked()} | own).values())


def _own(item: Item, answers: Mapping[str, str]) -> dict[str, str]:
    """Those of the answers that the item asks for, and those that are asked of every item."""
    asked = {question.key for question in (*item.questions, *always_asked())}
    return {key: said for key, said in answers.items() if key in asked}


def _checked(items: Sequence[Item], answers: Mapping[str, str]) -> dict[str, str]:
    try:
        return check_answers(questions_of(items), answers)
    except CatalogueError as wrong:
        raise NotPossibleError(wrong.code, str(wrong)) from wrong


def _items(codes: Sequence[str], *, region: str) -> list[Item]:
    """The items in the order of their codes, all of one stage."""
    if len(set(codes)) != len(codes):
        raise NotPossibleError("item-twice", "同一事项只能并联一次，请去掉重复的事项")
    if len(codes) < FEWEST_ITEMS:
        raise NotPossibleError("too-few-items", "并联办理至少要有两个事项；只有一个事项时请按单个事项收件")
    try:
        items = [load_catalogue().item(code, on=timezone.localdate(), region=region) for code in sorted(codes)]
    except CatalogueError as unknown:
        raise NotPossibleError("unknown-item", f"清单中没有这个事项，请从事项清单中选择：{unknown}") from unknown
    stages = {item.stage for item in items}
    if len(stages) > 1:
        raise NotPossibleError("other-stage", f"并联事项须属于同一阶段，所选事项分属“{'、'.join(sorted(stages))}”")
    return items


def answer_parallel(parallel: ingest.ParallelCase, answers: Mapping[str, str], *, by: Any) -> dict[str, str]:
    """Keep what was answered to the parent and give each item that is still open those answers that it asks for.

    Raises:
        NotPossibleError: `unknown-question`, `unknown-option`, or `confidential`.
    """
    cases = list(parallel.cases.select_related("project").order_by("pk"))
    admit(answers, "、".join(case.item_code for case in cases), by=by)
    given = _checked([ingest.item_of(case) for case in cases], answers)
    with transaction.atomic():
        parallel.answers = given
        parallel.save(update_fields=["answers"])
        for case in cases:
            if case.state == ingest.Case.State.OPEN:
                answer(case, _own(ingest.item_of(case), given), by=by)
    return given
