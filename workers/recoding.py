"""重新赋码: a project that was given another 项目代码 stays one project, with everything held under the code before."""

from collections.abc import Iterator
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

import ingest
from archive import Event, Package, append_event
from archive.holdings import AreaProject, Consent, settle_under
from archive.retention import Hold
from archive.sharing import Subscription
from catalogue import check_project_code
from exchange import ExchangeFact, ExchangeRow, refresh
from signing import Certificate
from workers.groundwork import NotPossibleError, request_check

CHANGED = "project-recoded"
CHANGED_BACK = "project-recode-undone"
TAKEN = "{code} 已是另一项目的代码，请核对新代码"
"""All that is said of a project of which the person may see nothing."""


@transaction.atomic
def change_project_code(
    project: ingest.Project, new_code: str, *, by: Any, reason: str, seen: Q | None = None
) -> ingest.Project:
    """The project has another code from now on; the one before stays known as a former code (曾用项目代码).

    Packages and held materials keep the code of their day. Open cases are checked anew, since their papers may bear
    either code; what was told to the province is told again under the new one. `seen`: the cases that whoever asks may
    see (None: all); of a project of which it sees none nothing is told but that the code is taken.

    Raises:
        NotPossibleError: `changed-meanwhile`, `not-a-code`, `same-code`, `no-reason`, or `code-taken` by another
            project.
    """
    project = _locked(project)
    found = check_project_code(new_code)
    if not found.ok:
        raise NotPossibleError("not-a-code", "新代码格式不对，应如 2603-990101-04-01-318264，请对照赋码通知核对")
    if found.value == project.code:
        raise NotPossibleError("same-code", f"新代码与现代码相同，都是 {project.code}，无需变更")
    if not reason.strip():
        raise NotPossibleError("no-reason", "请写明变更依据，如重新赋码通知的文号")
    if (other := ingest.project_of(found.value)) and other.pk != project.pk:
        known = seen is None or other.cases.filter(seen).exists()
        raise NotPossibleError("code-taken", _taken(other, found.value) if known else TAKEN.format(code=found.value))
    before, new = project.code, found.value not in project.former_codes
    try:
        with transaction.atomic():
            _give(project, found.value, former=[*project.former_codes, before])
    except IntegrityError as taken:  # a window opened a case under it a moment ago
        raise NotPossibleError("code-taken", TAKEN.format(code=found.value)) from taken
    if new:
        settle_under(project.code, timezone.now())
    append_event(
        CHANGED,
        actor=by,
        details={"before": before, "after": project.code, "reason": reason.strip()},
        now=timezone.now(),
    )
    return project


@transaction.atomic
def take_code_back(project: ingest.Project, *, by: Any) -> ingest.Project:
    """Undo the last change, a slip: the project has its code before again, and the other one was never its own.

    Raises:
        NotPossibleError: `changed-meanwhile`, `no-change`, or `code-in-use` with what bears the code already.
    """
    project = _locked(project)
    change = last_change(project)
    if change is None:
        raise NotPossibleError("no-change", "该项目没有可以撤销的代码变更")
    goes = project.code not in project.former_codes  # one that it had earlier stays its own, with all that bears it
    if goes and (traces := "、".join(_traces(project, change))):
        told = f"变更后已按新代码形成{traces}，不能撤销；代码确需改回的，请再登记一次变更，两个代码都保留"
        raise NotPossibleError("code-in-use", told)
    slip, before = project.code, change.details["before"]
    _give(project, before, former=[code for code in project.former_codes if code != before])
    append_event(CHANGED_BACK, actor=by, details={"before": slip, "after": before}, now=timezone.now())
    return project


def last_change(project: ingest.Project) -> Event | None:
    """The change by which the project has its present code; none for the code that it was opened under."""
    told = Event.objects.filter(kind=CHANGED, details__after=project.code).order_by("-pk").first()
    return told if told and told.details["before"] in project.former_codes else None


def _locked(project: ingest.Project) -> ingest.Project:
    """The project for this transaction, which still has the code that the person saw."""
    row = ingest.Project.objects.select_for_update().get(pk=project.pk)
    if row.code != project.code:
        raise NotPossibleError("changed-meanwhile", f"项目代码刚才已变更为 {row.code}，请核对后再办理")
    return row


def _give(project: ingest.Project, code: str, *, former: list[str]) -> None:
    """Move what is kept by the project's present code; what bears the code of its day is found under every code."""
    before, now = project.code, timezone.now()
    project.code, project.former_codes = code, list(dict.fromkeys(former))
    project.save(update_fields=["code", "former_codes"])
    for stay in AreaProject.objects.filter(project_code=before):  # one by one, so that the journal sees each
        stay.project_code = code
        stay.save(update_fields=["project_code"])
    if ExchangeRow.objects.filter(project_code=before).exists():
        refresh(project, now, given_up=before)
    for case in project.cases.filter(state=ingest.Case.State.OPEN).order_by("pk"):
        request_check(case)


def _taken(other: ingest.Project, code: str) -> str:
    if code != other.code:
        return f"{code} 是项目“{other.name}”（现代码 {other.code}）的曾用代码，请核对新代码"
    return (
        f"{code} 下已登记项目“{other.name}”（{other.owner_name}），有 {other.cases.count()} 件办件，"
        "不能自动合并；请核对新代码，确为同一项目的，本项目的后续办件请直接用新代码登记"
    )


def _traces(project: ingest.Project, change: Event) -> Iterator[str]:
    """What was made under the code since the change, in words."""
    code, since, cases = project.code, change.happened_at, project.cases.values("number")
    rows = {
        "办件": project.cases.filter(opened_at__gte=since),
        "档案": Package.objects.filter(project_code=code),
        "授权": Consent.objects.filter(project_code=code),
        "订阅": Subscription.objects.filter(kind=Subscription.Kind.PROJECT, key=code, ended_at=None, since__gte=since),
        "冻结": Hold.objects.filter(scope=Hold.Scope.PROJECT, target=code),
        "补充上报数据": ExchangeFact.objects.filter(project_code=code),
        "证照": Certificate.objects.filter(case_number__in=cases, data__icontains=code),
        "通知书": ingest.Notice.objects.filter(case__project=project, content__icontains=code),
    }
    yield from (name for name, found in rows.items() if found.exists())
