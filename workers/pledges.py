"""信用承诺: the applicant's word for the whole application, without which nothing is decided by rule.

It is a promise like those for a list entry: sealed as 告知承诺书, archived with the case, re-checked, and a broken one
goes on the credit record. 国务院令第673号第十三条: the enterprise answers for what it fills in, and declares that the
project is in line with the industrial policy.
"""

from typing import Any

from django.db import transaction
from django.utils import timezone

import ingest
from workers import notices
from workers.groundwork import NotPossibleError, item_of, require_state, tell

ENTRY_NAME = "申报内容"
TEXT = (
    "{who}承诺：所填报的项目信息和提交的材料真实、完整、准确；项目符合法律法规和国家产业政策；"
    "同一项目未重复申报；接受并配合事后核查"
)


@transaction.atomic
def give_pledge(case: ingest.Case, *, by: Any, promised_by: str = "") -> ingest.Promise:
    """Note the pledge for the whole application and have its 承诺书 sealed; asked again, the one there is.

    Raises:
        NotPossibleError: `not-open`, `no-pledge` (the item is never decided by rule), `negative-list`.
    """
    require_state(case, {"open"}, "not-open", "该办件已受理，不能再作出承诺")
    if not item_of(case).limits.instant_ok:
        raise NotPossibleError("no-pledge", "本事项不实行即时办结，无须对全部申报内容作出承诺")
    before = case.promises.filter(entry=ingest.PLEDGE, state=ingest.Promise.State.OPEN).first()
    if before:
        return before
    record = ingest.CreditRecord.objects.filter(party_uscc=case.applicant_uscc, settled_at=None).first()
    if record:
        message = (
            f"申请人有未兑现的承诺（{record.what}）尚未修复信用，不适用信用承诺；请按一般程序办理，或先办理信用修复"
        )
        raise NotPossibleError("negative-list", message)
    who = promised_by or case.applicant_name
    given = ingest.Promise.objects.create(
        case=case,
        entry=ingest.PLEDGE,
        entry_name=ENTRY_NAME,
        kind=ingest.Promise.Kind.PROMISE,
        promised_by=who,
        text=TEXT.format(who=who),
        due_why="作出决定后抽查核实",
        on_expiry=ingest.Promise.OnExpiry.CREDIT,
        given_at=timezone.now(),
        given_by=by,
    )
    tell("pledge-given", case, by, promise=given.pk)
    notices.request_notice(case, ingest.Notice.Kind.COMMITMENT, by=by, promise=given)
    return given
