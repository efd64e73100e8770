"""Opinions (意见): the result of an item that renders no certificate here, and the joint opinion made of single ones.

联合验收 (国办函〔2024〕53号 “一件事”): each department gives its opinion on its own item; the lead puts them into one
document, the 联合验收意见书, which is the result of all of them. 分段联合验收 says which part it is about.
"""

from typing import Any

from django.db import transaction
from django.utils import timezone

import ingest
from archive import append_event
from ingest import item_of
from workers import clocks, drawing_reviews, drawing_sets, used_holdings
from workers.certificate_data import output_of
from workers.closing import is_closed, is_lead
from workers.groundwork import NotPossibleError
from workers.keeping import request_package
from workers.order import check_order

RESULTS = {"passed": "合格", "failed": "不合格"}
"""What an opinion may come to, as the joint opinion prints it."""


@transaction.atomic
def give_opinion(case: ingest.Case, *, passed: bool, text: str, by: Any, drawings: str | None = None) -> ingest.Case:
    """Record the department's opinion on an item that has no certificate of its own here.

    A favourable one decides the case. An unfavourable one leaves it accepted: what is put right is accepted anew, and
    the next opinion takes its place; every opinion stays in the account. `drawings` says on which it was formed
    (`drawing_reviews.require_seen`).

    Raises:
        NotPossibleError: `not-accepted`, `has-certificate`, `opinion-empty`, or the order of items is not kept.
        OtherVersionError: the drawings are not those that were seen.
    """
    case = ingest.Case.objects.select_for_update().get(pk=case.pk)
    if case.state != ingest.Case.State.ACCEPTED:
        raise NotPossibleError("not-accepted", "只有已受理的办件才能出具意见")
    item = item_of(case)
    if has_certificate(case):
        raise NotPossibleError("has-certificate", "该事项核发证照，请按“准予许可”办理，不单独录入意见")
    if not text.strip():
        raise NotPossibleError("opinion-empty", "请写明验收或审查意见；不合格的，写明须整改的内容")
    check_order(case)
    seen = drawing_reviews.require_seen(case, drawings)
    drawing_sets.require_reviewed(case)
    if passed:
        used_holdings.require_holding(case, "decision")
    now = timezone.now()
    case.decision = {
        "result": "passed" if passed else "failed",
        "opinion": text.strip(),
        "department": item.lead_dept,
        "officer": by.get_username(),
        "at": now.isoformat(),
    } | clocks.check_decision(case, item)
    if passed:
        case.state, case.decided_at = ingest.Case.State.DECIDED, now
    case.save()
    if passed:
        drawing_reviews.approve_reviewed(case, seen, by=by)
    details = case.decision | drawing_sets.note_use(case, drawing_sets.Moment.DECIDED)
    append_event("opinion-given", case_number=case.number, actor=by, details=details, now=now)
    if is_closed(case):  # a part of a joint acceptance is not, before the joint opinion
        request_package(case)
    return case


def has_certificate(case: ingest.Case) -> bool:
    """Whether the item's result is a certificate that is rendered and sealed here."""
    return output_of(case) is not None


def joint_data(case: ingest.Case) -> dict[str, Any]:
    """What the joint opinion says besides its lines: every single opinion as a row, and what they come to."""
    parts = case.beside.exclude(pk=case.pk).order_by("item_code")
    rows = [
        [
            item_of(part).name,
            part.decision["department"],
            part.decision["opinion"],
            RESULTS[part.decision["result"]],
            f"{timezone.localtime(part.decided_at):%Y-%m-%d}" if part.decided_at else "",
        ]
        for part in parts
        if part.decision
    ]
    section = case.parallel.section if case.parallel else ""
    return {
        "验收范围": section,
        "单项意见": rows,
        "结论": f"经联合验收，{len(rows)} 项单项验收均为合格，同意通过{'本段' if section else ''}竣工联合验收。",
    }


def close_parts(lead: ingest.Case) -> list[ingest.Case]:
    """The joint opinion is valid: it is the result of every single acceptance, and they go to the archive with it.

    Call it in the transaction that finds it valid.
    """
    if not is_lead(lead):
        return []
    parts = list(lead.beside.exclude(pk=lead.pk).filter(state=ingest.Case.State.DECIDED).select_for_update())
    for part in parts:
        part.state, part.issued_at = ingest.Case.State.ISSUED, timezone.now()
        part.save(update_fields=["state", "issued_at"])
        used_holdings.note_checks(part, "use")
        append_event("joint-opinion-valid", case_number=part.number, details={"lead": lead.number}, now=timezone.now())
        request_package(part)
    return parts
