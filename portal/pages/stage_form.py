"""The stage form (一张表单) on the screen: every value beside the place it was read from."""

from typing import Any

from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_POST

from archive import HeldMaterial
from ingest import FORM_STATES, ORIGINS, Case, FormLine, FormValue, Material, Page, filled_form
from portal.checklist import Mark
from portal.figures import figure
from portal.pages.case import Said, belongs, find
from portal.pages.files import shown_pdf
from portal.roles import STAFF, Role, StaffRequest, require, roles_of
from portal.sight import cases_seen
from workers import NotPossibleError, confirm_form, item_of, origin_words, print_form, set_form_value, undo_form_value

ICONS = {
    "confirmed": "check",
    "differs": "warning",
    "lapsed": "clock",
    "filled": "file",
    "missing": "absent",
    "empty": "minus",
}
SAID_ALREADY = ("read", "fact")
"""Origins that the link to the page, or the name alone, says whole."""
EDITABLE = (Case.State.OPEN, Case.State.ACCEPTED)


@require(*STAFF)
def form_page(request: StaffRequest, number: str) -> HttpResponseBase:
    """The whole form; the first value that needs a person is shown on its page."""
    case = find(number)
    context = _context(request, case)
    return render(request, "portal/stage_form.html", context | {"body": _body(request, context)})


@require(*STAFF)
def form_evidence(request: StaffRequest, number: str, field: str, place: int) -> HttpResponseBase:
    """The page that a value was read from, with its box; `place` is the value's among all found for the field."""
    case = find(number)
    line = _line(case, field)
    if not 0 <= place < len(line.values):
        raise Http404
    value = line.values[place]
    page = _page_of(value)
    where = _shown_in(page, case, request.user) if page else None
    if page is None or where is None:
        raise Http404
    context = {"case": where, "figure": figure(page), "marks": [_mark(line, value, page)], "entry": "form"}
    return render(request, "portal/_figure.html", context)


@require_POST
@require(Role.CLERK)
def form_set(request: StaffRequest, number: str, field: str) -> HttpResponseBase:
    """Keep what was typed or chosen."""
    case = find(number)
    undo = reverse("portal:form-undo", args=[number, field])
    value = request.POST.get("value", "")
    said = Said("ok", f"已记录“{field}”，原识别结果保留。", undo)
    return _done(request, case, lambda: set_form_value(case, field, value, by=request.user), said)


@require_POST
@require(Role.CLERK)
def form_undo(request: StaffRequest, number: str, field: str) -> HttpResponseBase:
    """Take the last typing back."""
    case = find(number)
    said = Said("ok", f"已撤销对“{field}”的填写。")
    return _done(request, case, lambda: undo_form_value(case, field, by=request.user), said)


@require_POST
@require(Role.CLERK)
def form_confirm(request: StaffRequest, number: str) -> HttpResponseBase:
    """Confirm what nothing contradicts."""
    case = find(number)
    said = Said("ok", "已确认没有出入的各项；不一致的请逐项选择。")
    return _done(request, case, lambda: confirm_form(case, by=request.user), said)


@require(*STAFF)
def form_pdf(request: StaffRequest, number: str) -> HttpResponseBase:
    """The form as PDF/A, to be printed and sealed."""
    case = find(number)
    sha256, _ = print_form(case, by=request.user)
    return shown_pdf(request, sha256, f"{item_of(case).stage}阶段申请表.pdf")


def _done(request: StaffRequest, case: Case, work: Any, said: Said) -> HttpResponseBase:
    try:
        work()
    except NotPossibleError as reason:
        said = Said("error", str(reason))
    body = _body(request, _context(request, find(case.number)))
    return HttpResponse(body + render_to_string("portal/_said.html", {"said": said}, request))


def _context(request: StaffRequest, case: Case) -> dict[str, Any]:
    lines = filled_form(case)
    sections: dict[str, list[dict[str, Any]]] = {}
    for line in lines:
        sections.setdefault(line.section, []).append(_shown(line))
    counts = [(state, name, sum(line.state == state for line in lines)) for state, name in FORM_STATES.items()]
    may_edit = Role.CLERK in roles_of(request.user) and case.beside.filter(state__in=EDITABLE).exists()
    return {
        "case": case,
        "stage": item_of(case).stage,
        "items": [(each, item_of(each).name) for each in case.beside],
        "sections": list(sections.items()),
        "counts": [(state, name, count) for state, name, count in counts if count],
        "may_edit": may_edit,
    }


def _shown(line: FormLine) -> dict[str, Any]:
    """A line for the template: which value stands where, and which others there are."""
    places = {value: n for n, value in reversed(list(enumerate(line.values)))}
    evidence = line.evidence
    return {
        "line": line,
        "icon": ICONS[line.state],
        "state_name": FORM_STATES[line.state],
        "origin": ORIGINS[line.chosen.origin] if line.chosen else "",
        "words": origin_words(line.chosen) if line.chosen and line.chosen.origin not in SAID_ALREADY else "",
        "evidence": evidence,
        "place": places[evidence] if evidence else None,
        "others": [(value, places[value], ORIGINS[value.origin], origin_words(value)) for value in line.others],
    }


def _body(request: HttpRequest, context: dict[str, Any]) -> str:
    return render_to_string("portal/_form_body.html", context, request)


def _line(case: Case, field: str) -> FormLine:
    found = next((line for line in filled_form(case) if line.field.name == field), None)
    if found is None:
        raise Http404
    return found


def _page_of(value: FormValue) -> Page | None:
    """The page that a value was read from, where this installation has its picture."""
    kind, _, number = value.ref.partition(":")
    if not number or value.page is None:
        return None
    pages = Page.objects.select_related("upload__case").filter(number=value.page)
    if kind == "held":
        return pages.filter(upload__sha256=get_object_or_404(HeldMaterial, pk=int(number)).sha256).first()
    return pages.filter(upload=get_object_or_404(Material, pk=int(number)).upload_id).first()


def _shown_in(page: Page, case: Case, user: User) -> Case | None:
    """The case under which the page is looked at: this one, or the one it came with where that may be seen."""
    if belongs(page, case, user):
        return case
    other = Case.objects.filter(cases_seen(user), pk=page.upload.case_id).select_related("project", "works").first()
    return other if other and belongs(page, other, user) else None


def _mark(line: FormLine, value: FormValue, page: Page) -> Mark:
    box = value.box or ()
    return Mark(
        id="mark-form",
        page=page.pk,
        entry="form",
        kind="field",
        label=line.field.name,
        title=value.value,
        points=" ".join(f"{x:.0f},{y:.0f}" for x, y in box),
        label_x=min((x for x, _ in box), default=0.0),
        label_y=min((y for _, y in box), default=0.0),
    )
