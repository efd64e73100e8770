"""One case on the screen: the checklist, the files, the pages, and what may be done about them."""

import dataclasses
import hashlib
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils import timezone

from catalogue import load_catalogue
from ingest import Case, Page, Upload
from ingest.drawings import check_decision
from portal.checklist import Checklist, DefectShown, EvidenceShown, build_checklist
from portal.event_names import JOB_NAMES
from portal.figures import figure, found_on, pages_of, progress_of
from portal.instant import instant_shown
from portal.offers import held_context, is_of, may_look_before_taking
from portal.receipts import receipts, refusal_words
from portal.repeats_shown import banner
from portal.repeats_sight import may_be_compared
from portal.roles import STAFF, Role, StaffRequest, require, roles_of
from portal.sight import handles, uses_seen
from portal.situations import situation_of
from portal.undertakings import undertakings
from signing import Certificate, approvals, newest_digest
from workers import (
    UNDER_WAY,
    Job,
    days_left,
    has_certificate,
    has_lost_seal,
    last_step,
    on_hand,
    progress,
    resting_on,
    shown_lines,
)

# Longer ones are no row's number, and more than a database takes.
PAGE_DIGITS = 18
CERTIFICATE_READERS = frozenset({Role.CLERK, Role.OFFICER, Role.ARCHIVIST})


@dataclasses.dataclass(frozen=True, slots=True)
class Said:
    """A message on the screen, with the address that undoes what it tells of, and of the page to look at first."""

    kind: str
    text: str
    undo: str = ""
    look: str = ""


@require(*STAFF)
def case_page(request: StaffRequest, number: str) -> HttpResponseBase:
    """The whole page. `page` asks for one of its pages, `find` for the lines that hold these words."""
    case = find(number)
    context = live_context(request, case)
    order = [page.pk for page in context["pages"]]
    first = next((row.first_page for row in context["list"].rows if row.defects and row.first_page), None)
    asked = _asked(request, case)
    shown = asked or Page.objects.filter(pk=first or (order[0] if order else 0)).select_related("upload").first()
    if shown:
        context |= figure_context(case, shown, context["list"]) | {"hits": found_on(shown, request.GET.get("find", ""))}
    if context["certificate"] and context["may_decide"] and not asked:
        context["sha256"] = context["certificate"].sealed_sha256 or context["certificate"].rendered_sha256
    return render(request, "portal/case.html", context | {"live": _live(request, context)})


@require(*STAFF)
def case_live(request: StaffRequest, number: str) -> HttpResponseBase:
    """The part of the page that moves. 204 when it is as the browser has it, so that nothing is touched."""
    context = live_context(request, find(number)) | {"oob": True}
    body = _live(request, context)
    if request.GET.get("seen") == context["seen"]:
        return HttpResponse(status=204)
    return HttpResponse(body)


@require(*STAFF)
def page_view(request: StaffRequest, number: str, page: int) -> HttpResponseBase:
    """One page with its evidence."""
    case = find(number)
    shown = get_object_or_404(Page.objects.select_related("upload"), pk=page)
    if not belongs(shown, case, request.user):
        raise Http404
    context = figure_context(case, shown, build_checklist(case)) | {
        "may_edit": Role.CLERK in roles_of(request.user) and case.state == Case.State.OPEN
    }
    return render(request, "portal/_figure.html", context)


def find(number: str) -> Case:
    """The case with that number, or 404."""
    found: Case = get_object_or_404(Case.objects.select_related("project", "works"), number=number)
    return found


def certificate_of_case(case: Case) -> Certificate | None:
    """The newest version of the case's certificate that was not given up."""
    rows = Certificate.objects.filter(case_number=case.number).exclude(state=Certificate.State.DISCARDED)
    return rows.order_by("-version").first()


def face(certificate: Certificate | None, mine: set[Role] | frozenset[Role]) -> dict[str, Any]:
    """What stands on the certificate, for who may see it, and whether it may still be put right."""
    if certificate is None or not mine & CERTIFICATE_READERS:
        return {"lines": (), "open_lines": 0, "may_fill": False}
    lines = shown_lines(certificate)
    untouched = certificate.state == Certificate.State.RENDERED and not any(one.given for one in approvals(certificate))
    return {
        "lines": lines,
        "open_lines": sum(bool(line.fault) for line in lines),
        "may_fill": Role.OFFICER in mine and untouched and certificate.supersedes_id is None,
    }


def belongs(page: Page, case: Case, user: Any) -> bool:
    """The page was handed in for the case, or is of a document that it reuses or is held against, and may be shown."""
    if page.upload.state == Upload.State.CONFIDENTIAL:
        return False
    if case.pile.filter(pk=page.upload_id).exists():
        return True
    used = uses_seen(case).filter(held__sha256=page.upload.sha256).values_list("held__pages", flat=True)
    if any(is_of(page, pages) for pages in used):
        return True
    return may_look_before_taking(case, page) or may_be_compared(page, case, user)


def answer(request: StaffRequest, case: Case, said: Said | None = None, status: int = 200) -> HttpResponseBase:
    """The moving part after something was done, with a word about it."""
    context = live_context(request, find(case.number)) | {"oob": True}
    body = _live(request, context)
    if said:
        body += render_to_string("portal/_said.html", {"said": said}, request)
    return HttpResponse(body, status=status)


def live_context(request: StaffRequest, case: Case) -> dict[str, Any]:
    """Everything that the moving part shows."""
    mine = roles_of(request.user)
    jobs = progress(case)  # before all else: what a job did that is no longer among them is in what is read after
    case.refresh_from_db()
    pages = pages_of(case)
    files = receipts(list(case.pile.select_related("duplicate_of")), pages, request.user)
    held = on_hand(case)
    listed = build_checklist(case, held.offers)
    entries, step = listed.entries, last_step(case)
    documents = {page: file for file in _documents(listed) for page in file.page_ids}
    certificate = certificate_of_case(case)
    return (
        {
            "case": case,
            "list": listed,
            "pages": pages,
            "step": step,
            "situation": situation_of(case),
            "thumbs": [
                (figure(page, rotation=page.rotation or 0), entries.get(page.pk, ""), documents.get(page.pk))
                for page in pages
            ],
            "receipts": files,
            "repeats": banner(case, request.user),
            "reading": any(receipt.moving for receipt in files),
            "progress": progress_of(pages, jobs),
            "faults": faults(case),
            "on_other_drawings": check_decision(case) if case.state in UNDER_WAY else (),
            "resting": resting_on(case) if case.state == Case.State.ACCEPTED else (),
            "notices": list(case.notices.order_by("-pk")),
            "types": load_catalogue().material_types() if case.state == Case.State.OPEN else (),
            "days_left": days_left(case, timezone.localdate()),
            "certificate": certificate,
            "approvals": approvals(certificate) if certificate else (),
            "lost_seal": certificate is not None and has_lost_seal(certificate),
            "newest": newest_digest(certificate.sealed_sha256) if certificate and certificate.sealed_sha256 else "",
            "may_edit": Role.CLERK in mine and case.state == Case.State.OPEN,
            "has_certificate": has_certificate(case),
            "may_replace": bool(mine & {Role.CLERK, Role.OFFICER}),
            "may_withdraw_consent": bool(mine & {Role.CLERK, Role.OFFICER}),
            "may_see_package": bool(mine & {Role.ARCHIVIST, Role.SUPERVISOR}),
            "may_decide": handles(request.user, case),
            "may_see_certificate": certificate and certificate.rendered_sha256 and mine & CERTIFICATE_READERS,
            "ready": listed.current and listed.verdict == "complete",
        }
        | face(certificate, mine)
        | held_context(case, held, request.user)
        | undertakings(case, mine)
        | instant_shown(case, mine, timezone.localdate())
    )


def _documents(listed: Checklist) -> list[EvidenceShown]:
    return [*listed.unplaced, *(file for row in reversed(listed.rows) for file in row.files)]


def faults(case: Case) -> list[tuple[str, str, str, bool]]:
    """Work on the case that failed or waits to be tried again: its name, why, what to do, and whether it is the end.

    Work on a single file is told on the file.
    """
    failed = Q(state=Job.State.QUARANTINED) | Q(state__in=Job.UNDER_WAY, error__isnull=False)
    jobs = Job.objects.filter(failed, case_number=case.number).exclude(kind__in=("inspect", "paginate", "read", "file"))
    return [
        (JOB_NAMES.get(job.kind, job.kind), *refusal_words(job.error), job.state == Job.State.QUARANTINED)
        for job in jobs
    ]


def figure_context(case: Case, page: Page, listed: Checklist) -> dict[str, Any]:
    """What the viewer shows of one page, and the entry of the list it speaks for."""
    order = [known.pk for known in pages_of(case)]
    entry, document = listed.entry_of(page.pk), listed.document_of(page.pk)
    return {
        "case": case,
        "figure": figure(page, order),
        "marks": listed.marks_on(page.pk),
        "document": document,
        "said": [d for d in _defects_on(listed, document, entry) if d.page == page.pk],
        "entry": entry,
        "row": next((row for row in listed.rows if row.entry.material == entry), None),
    }


def _defects_on(listed: Checklist, document: EvidenceShown | None, entry: str) -> list[DefectShown]:
    """What is wrong with the document that is shown, and with its entry."""
    own = [] if document is None else list(document.defects)
    return own + [d for row in listed.rows if row.entry.material == entry for d in row.defects]


def _asked(request: StaffRequest, case: Case) -> Page | None:
    """The page that the address asks for, if it is one of the case and was not withdrawn."""
    wanted = request.GET.get("page", "")
    rows = Page.objects.select_related("upload").filter(upload__withdrawn_at=None)
    page = rows.filter(pk=int(wanted)).first() if wanted.isdecimal() and len(wanted) < PAGE_DIGITS else None
    return page if page and belongs(page, case, request.user) else None


def _live(request: HttpRequest, context: dict[str, Any]) -> str:
    """Render the moving part under the digest of its own content."""
    body = render_to_string("portal/_live.html", context, request)
    context["seen"] = hashlib.sha256(body.encode()).hexdigest()[:16]
    return render_to_string("portal/_live_frame.html", context | {"body": body}, request)
