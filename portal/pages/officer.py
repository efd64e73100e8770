"""The department: cases to decide, and certificates to look at and seal."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from ingest import Case
from portal.drawing_views import where_changed
from portal.pages.case import CERTIFICATE_READERS, Said, answer, certificate_of_case, find
from portal.roles import Role, StaffRequest, require
from portal.sight import cases_handled
from signing import Certificate, Seal, SigningError, approvals
from workers import (
    NotPossibleError,
    OtherVersionError,
    approve,
    cases_with_lapsed,
    days_left,
    decide,
    fill_line,
    give_opinion,
    item_of,
    release,
    take_other_seal,
    void_number,
)

CASES_SHOWN = 200


@require(Role.OFFICER)
def officer_list(request: StaffRequest) -> HttpResponseBase:
    """Cases that wait for the department, the most urgent first, then what it has done lately."""
    today, lapsed = timezone.localdate(), cases_with_lapsed()
    mine = Case.objects.filter(cases_handled(request.user))
    waiting = mine.filter(state__in=[Case.State.ACCEPTED, Case.State.DECIDED]).order_by("due_on", "pk")
    done = mine.filter(state__in=[Case.State.ISSUED, Case.State.ARCHIVED]).order_by("-issued_at")
    groups = [
        ("待办", [_line(case, days_left(case, today)) for case in _with_project(waiting)]),
        ("近期办结", [_line(case, None) for case in _with_project(done)]),
    ]
    releases = [_line(case, days_left(case, today)) for case in _with_project(_for_release(request.user))]
    if releases:
        groups.insert(0, ("待复核用印", releases))
    return render(request, "portal/officer.html", {"groups": groups, "lapsed": lapsed})


def _for_release(user: Any) -> QuerySet[Case]:
    """Cases whose certificate waits for a second officer, and this one did not approve it."""
    two = Q(seal__two_person=True) | Q(further_seals__seal__two_person=True)
    open_ones = Certificate.objects.filter(two, state__in=[Certificate.State.RENDERED, Certificate.State.APPROVED])
    numbers = [
        row.case_number
        for row in open_ones.distinct().select_related("seal")
        if any(one.waits_for_release and one.by != user for one in approvals(row))
    ]
    return Case.objects.filter(cases_handled(user), number__in=numbers).order_by("due_on", "pk")


def _with_project(cases: QuerySet[Case]) -> QuerySet[Case]:
    return cases.select_related("project", "works")[:CASES_SHOWN]


def _line(case: Case, left: int | None) -> tuple[Case, str, int | None, Certificate | None, str]:
    certificate = certificate_of_case(case)
    standing = approvals(certificate) if certificate and certificate.state == Certificate.State.RENDERED else []
    given = f"{sum(one.given for one in standing)}/{len(standing)}" if len(standing) > 1 else ""
    return case, item_of(case).name, left, certificate, given


@require(*CERTIFICATE_READERS)
def certificate_view(request: StaffRequest, number: str, certificate: int) -> HttpResponseBase:
    """The certificate in the viewer, in the bytes that count now: sealed if it is, else as rendered."""
    row = get_object_or_404(Certificate, pk=certificate, case_number=number)
    sha256 = row.sealed_sha256 or row.rendered_sha256
    if not sha256:
        raise Http404
    return render(request, "portal/_certificate.html", {"certificate": row, "sha256": sha256})


@require_POST
@require(Role.OFFICER)
def decide_case(request: StaffRequest, number: str) -> HttpResponseBase:
    """准予许可: the certificate gets its number and is rendered."""
    case = find(number)
    said = Said("ok", "已作出准予许可决定，正在生成证照，请核对后签发。")
    seen = request.POST.get("drawings")
    return _done(request, case, lambda: decide(case, by=request.user, drawings=seen), said)


@require_POST
@require(Role.OFFICER)
def approve_certificate(request: StaffRequest, number: str, certificate: int) -> HttpResponseBase:
    """Approve exactly the bytes that were on the screen: their digest comes with the click."""
    case = find(number)
    row = get_object_or_404(Certificate, pk=certificate, case_number=case.number)
    seal = get_object_or_404(Seal, pk=request.POST["seal"]) if request.POST.get("seal", "").isdecimal() else None
    open_ones = sum(not one.given for one in approvals(row))
    said = Said(
        "ok",
        "已签发，正在加盖电子印章并验证。" if open_ones <= 1 else "已签发；其他部门都签发后，一并加盖电子印章。",
    )
    return _done(request, case, lambda: approve(row, request.POST.get("sha256", ""), by=request.user, seal=seal), said)


@require_POST
@require(Role.OFFICER)
def release_certificate(request: StaffRequest, number: str, certificate: int) -> HttpResponseBase:
    """The second officer of a two-person seal releases exactly the bytes that were on the screen."""
    case = find(number)
    row = get_object_or_404(Certificate, pk=certificate, case_number=case.number)
    seal = get_object_or_404(Seal, pk=request.POST["seal"]) if request.POST.get("seal", "").isdecimal() else None
    said = Said("ok", "已复核放行，各枚印章齐备后加盖并验证。")
    return _done(request, case, lambda: release(row, request.POST.get("sha256", ""), by=request.user, seal=seal), said)


@require_POST
@require(Role.OFFICER)
def fill_line_of(request: StaffRequest, number: str, certificate: int) -> HttpResponseBase:
    """The officer enters a line of a certificate that nobody approved yet; it is rendered again."""
    case = find(number)
    row = get_object_or_404(Certificate, pk=certificate, case_number=case.number)
    name, value = request.POST.get("line", ""), request.POST.get("value", "")
    said = Said("ok", f"已录入“{name}”，正在重新生成证照，请核对后签发。")
    return _done(request, case, lambda: fill_line(row, name, value, by=request.user), said)


@require_POST
@require(Role.OFFICER)
def void_certificate(request: StaffRequest, number: str, certificate: int) -> HttpResponseBase:
    """A certificate that should not have been made is given up: its number stays taken, with the reason."""
    case = find(number)
    row = get_object_or_404(Certificate, pk=certificate, case_number=case.number)
    said = Said("ok", f"编号 {row.number} 已作废，办件退回待决定。")
    return _done(request, case, lambda: void_number(row, request.POST.get("reason", ""), by=request.user), said)


@require_POST
@require(Role.OFFICER)
def other_seal(request: StaffRequest, number: str, certificate: int) -> HttpResponseBase:
    """Another seal of the office in the place of one that was lost before it was put on."""
    case = find(number)
    row = get_object_or_404(Certificate, pk=certificate, case_number=case.number)
    said = Said("ok", "已换用同一单位的印章，请重新核对并签发。")
    return _done(request, case, lambda: take_other_seal(row, by=request.user), said)


@require_POST
@require(Role.OFFICER)
def opinion_on_case(request: StaffRequest, number: str) -> HttpResponseBase:
    """The opinion on an item whose result is no certificate of ours (单项验收意见)."""
    case = find(number)
    text, passed, seen = request.POST.get("text", ""), request.POST.get("passed") == "1", request.POST.get("drawings")
    said = Said("ok", "已记录意见。" if passed else "已记录不合格意见，整改后可再次出具。")
    return _done(
        request, case, lambda: give_opinion(case, passed=passed, text=text, by=request.user, drawings=seen), said
    )


def _done(request: StaffRequest, case: Case, work: Callable[[], object], said: Said) -> HttpResponseBase:
    try:
        work()
    except OtherVersionError as reason:
        said = Said(
            "error", str(reason), look=where_changed(case.project.code, case.works.name if case.works else "", reason)
        )
    except (NotPossibleError, SigningError) as reason:
        said = Said("error", str(reason))
    return answer(request, case, said)
