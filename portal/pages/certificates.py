"""Certificates for the department: the register, and one of them with its versions, history and what may be done."""

import dataclasses
import datetime as dt

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_POST

from portal.pages.case import CERTIFICATE_READERS, Said
from portal.roles import Role, StaffRequest, require, roles_of
from portal.sight import certificates_handled, certificates_seen
from signing import (
    HOLDER,
    HOLDER_CODE,
    KEPT_LINES,
    RULES,
    Act,
    Certificate,
    CertificateAct,
    Decision,
    SigningError,
    current_version,
    newest_digest,
    possible_acts,
    standing_of,
    version_under_way,
    versions_of,
)
from workers import NotPossibleError, decide_on, discard, new_version

CERTIFICATES_A_PAGE = 50
WARNINGS = {
    Act.SUSPEND: "暂停后查验页立即显示“已暂停”，恢复前不能使用。",
    Act.RESTORE: "恢复后立即有效。",
    Act.REVOKE: "撤销（吊销）后不能恢复，查验页立即显示“已撤销”。依据请写明是撤销还是吊销。",
    Act.CANCEL: "注销后不能恢复，查验页立即显示“已注销”。",
    Act.CHANGE: "先起草新版，核对并签发后生效；生效之前原证照不变。",
    Act.EXTEND: "先起草新版，核对并签发后生效；生效之前原证照不变。",
    Act.CORRECT: "先起草新版，核对并签发后生效；发证日期不变。",
    Act.REISSUE: "内容不变，先起草新版，核对并签发后生效。",
    Act.DISCARD: "放弃在办的新版，原证照不变。",
}


@dataclasses.dataclass(frozen=True, slots=True)
class Offer:
    """A thing that may be done now: its name, what follows, and what has to be given."""

    act: str
    name: str
    warning: str
    basis: bool
    lines: tuple[tuple[str, str], ...] = ()
    until: bool = False
    ends: bool = False


@require(*CERTIFICATE_READERS)
def certificate_list(request: StaffRequest) -> HttpResponseBase:
    """The register, newest first; a search looks at number, identifier and holder."""
    wanted, state = request.GET.get("q", "").strip(), request.GET.get("state", "")
    rows = Certificate.objects.filter(certificates_seen(request.user)).exclude(state=Certificate.State.DISCARDED)
    rows = rows.select_related("seal").order_by("-pk")
    if wanted:
        rows = rows.filter(
            Q(number__icontains=wanted) | Q(identifier__icontains=wanted) | Q(holder_name__icontains=wanted)
        )
    rows = rows.filter(state=state) if state else rows
    page = Paginator(rows, CERTIFICATES_A_PAGE).get_page(request.GET.get("page"))
    states = [choice for choice in Certificate.State.choices if choice[0] != Certificate.State.DISCARDED]
    return render(request, "portal/certificates.html", {"page": page, "q": wanted, "state": state, "states": states})


@require(*CERTIFICATE_READERS)
def certificate_page(request: StaffRequest, certificate: int) -> HttpResponseBase:
    """One certificate through all its versions."""
    return _page(request, get_object_or_404(Certificate, pk=certificate))


@require_POST
@require(Role.OFFICER)
def certificate_act(request: StaffRequest, certificate: int, act: str) -> HttpResponseBase:
    """Do one of the things that the page offers, and say what came of it."""
    row = get_object_or_404(Certificate, pk=certificate)
    if act not in set(Act) or not RULES[Act(act)].by_hand:
        raise Http404
    try:
        words = _do(request, row, Act(act))
    except (NotPossibleError, SigningError) as reason:
        return _page(request, row, Said("error", f"{reason}（{reason.code}）"))
    return _page(request, row, Said("ok", words))


def _do(request: StaffRequest, row: Certificate, act: Act) -> str:
    given = request.POST
    decided_on = _day(given.get("decided_on", ""))
    decision = Decision(given.get("reason", ""), given.get("basis", ""), decided_on)
    if act is Act.DISCARD:
        draft = version_under_way(row)
        if draft is None:
            raise NotPossibleError("no-draft", "没有在办的新版")
        discard(draft, decision, by=request.user)
        return "已放弃在办的新版，原证照不变。"
    if RULES[act].drafts:
        sent = {line: given[f"line:{line}"] for line, _ in _lines(row) if f"line:{line}" in given}
        changes = {line: value for line, value in sent.items() if value.strip() != dict(_lines(row))[line]}
        until = _day(given.get("valid_until", ""))
        made = new_version(row, act, decision, by=request.user, changes=changes, valid_until=until)
        return f"第 {made.version} 版已起草，正在生成；请到办件页核对后签发。"
    decide_on(row, act, decision, by=request.user)
    return f"已{RULES[act].name}，即时生效。"


def _day(text: str) -> dt.date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _page(request: StaffRequest, row: Certificate, said: Said | None = None) -> HttpResponseBase:
    versions = versions_of(row)
    standing = current_version(versions) or versions[-1] if versions else row
    history = CertificateAct.objects.filter(certificate__number=row.number).select_related("certificate", "by")
    draft = version_under_way(standing)
    may_act = Role.OFFICER in roles_of(request.user) and _is_handled(request, row)
    return render(
        request,
        "portal/certificate.html",
        {
            "certificate": standing,
            "versions": [(one, newest_digest(one.sealed_sha256) if one.sealed_sha256 else "") for one in versions],
            "history": history.order_by("-pk"),
            "draft": draft,
            "offers": _offers(standing, draft) if may_act else [],
            "said": said,
            "today": timezone.localdate(),
        },
    )


def _is_handled(request: StaffRequest, row: Certificate) -> bool:
    return Certificate.objects.filter(certificates_handled(request.user), pk=row.pk).exists()


def _offers(row: Certificate, draft: Certificate | None) -> list[Offer]:
    acts = possible_acts(standing_of(row), today=timezone.localdate())
    acts = [act for act in acts if act is not Act.DISCARD] + ([Act.DISCARD] if draft else [])
    return [
        Offer(
            act.value,
            RULES[act].name,
            WARNINGS[act],
            RULES[act].basis,
            lines=tuple(_lines(row)) if act in {Act.CHANGE, Act.CORRECT} else (),
            until=act is Act.EXTEND,
            ends=act in {Act.REVOKE, Act.CANCEL},
        )
        for act in acts
        if act is not Act.EXTEND or row.valid_until
    ]


def _lines(row: Certificate) -> list[tuple[str, str]]:
    """The lines of the face that a change or correction may touch, as they are."""
    facts = {HOLDER: row.holder_name, HOLDER_CODE: row.holder_uscc, **row.data}
    return [(line, value) for line, value in facts.items() if isinstance(value, str) and line not in KEPT_LINES]
