"""The window's list of cases, and opening a new one."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone

from catalogue import CheckState, Question, check_project_code, check_uscc, load_catalogue
from ingest import Case, Project, project_of
from portal.roles import Role, StaffRequest, require
from portal.sight import cases_seen
from workers import NotPossibleError, item_of, known_item_names, open_case

# What a window looks through in one go; older cases are found by searching.
CASES_SHOWN = 100

FIELDS = ("item", "project_code", "project_name", "works_name", "applicant_name", "applicant_uscc", "sensitive")
REQUIRED = {
    "item": "请选择事项",
    "project_code": "请填写项目代码",
    "project_name": "请填写项目名称",
    "applicant_name": "请填写申请人名称",
    "applicant_uscc": "请填写统一社会信用代码",
    "sensitive": "请先确认项目是否涉密",
}
DEFAULT_ITEM = "S3-05"


@dataclasses.dataclass(frozen=True, slots=True)
class Hint:
    """What to say beside a field: ok, a warning that does not stop, or an error that does."""

    level: str
    text: str


@require(Role.CLERK)
def case_list(request: StaffRequest) -> HttpResponseBase:
    """Open cases and what was done today; with a search, whatever matches."""
    wanted = request.GET.get("q", "").strip()
    cases = (
        Case.objects.filter(cases_seen(request.user))
        .select_related("project", "works")
        .annotate(files=Count("uploads", filter=Q(uploads__withdrawn_at=None)))
    )
    if wanted:
        cases = cases.filter(
            Q(number__icontains=wanted)
            | Q(project__code__icontains=wanted)
            | Q(project__former_codes__icontains=wanted)
            | Q(project__name__icontains=wanted)
            | Q(works__name__icontains=wanted)
            | Q(applicant_name__icontains=wanted)
            | Q(applicant_uscc__icontains=wanted)
        )
    else:
        today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        cases = cases.filter(
            ~Q(state__in=[Case.State.ARCHIVED, Case.State.REFUSED])
            | Q(opened_at__gte=today)
            | Q(accepted_at__gte=today)
            | Q(archived_at__gte=today)
        )
    shown = [(case, item_of(case).name, open_entries(case)) for case in cases.order_by("-pk")[:CASES_SHOWN]]
    return render(request, "portal/cases.html", {"cases": shown, "q": wanted})


def open_entries(case: Case) -> int:
    """How many entries of the list still need something."""
    rows = (case.report or {"requirements": []})["requirements"]
    return sum(row["state"] in {"missing", "defective", "gap"} for row in rows)


@require(Role.CLERK)
def new_case(request: StaffRequest) -> HttpResponseBase:
    """The form for a new case."""
    given = {name: request.POST.get(name, "").strip() for name in FIELDS}
    if request.method != "POST":
        return _form(request, given | {"item": request.GET.get("item", DEFAULT_ITEM)}, {})
    hints = {name: hint for name in FIELDS if (hint := hint_for(name, given[name]))}
    if any(hint.level == "error" for hint in hints.values()):
        return _form(request, given, hints, status=422)
    try:
        case = open_case(
            given["item"],
            **case_facts(given),
            by=request.user,
            answers={"sensitive": given["sensitive"]},
        )
    except NotPossibleError as reason:
        if reason.code == "confidential":
            return shown_elsewhere(request, reason)
        return _form(request, given, {"item": Hint("error", str(reason))}, status=409)
    return redirect("portal:case", case.number)


def case_facts(given: Mapping[str, str]) -> dict[str, str]:
    """What a form says of project, works and applicant, as a case takes it."""
    return {
        "project_code": check_project_code(given["project_code"]).value,
        "project_name": given["project_name"],
        "works_name": given["works_name"],
        "applicant_name": given["applicant_name"],
        "applicant_uscc": check_uscc(given["applicant_uscc"]).value,
    }


def secrecy_question() -> Question:
    """Whether the project is confidential: asked before anything else of every case."""
    return load_catalogue().questions["sensitive"]


def shown_elsewhere(request: HttpRequest, reason: NotPossibleError) -> HttpResponseBase:
    """The way to go for a confidential project; not even what was typed is sent back."""
    return render(request, "portal/confidential.html", {"instead": str(reason)}, status=409)


@require(Role.CLERK)
def field_hint(request: StaffRequest) -> HttpResponseBase:
    """What to say beside the field that was just filled in; a known project code brings its name along."""
    name = next((field for field in FIELDS if field in request.GET), "")
    value = request.GET.get(name, "").strip()
    project = None
    if name == "project_code" and value:
        project = project_of(check_project_code(value).value)
    context = {"hint": hint_for(name, value), "project": project, "name": name}
    return render(request, "portal/_hint.html", context)


def hint_for(name: str, value: str) -> Hint | None:
    """Judge one field of the form."""
    if not value:
        return Hint("error", REQUIRED[name]) if name in REQUIRED else None
    if name == "item" and value not in known_item_names():
        return Hint("error", "没有这个事项，请从列表中选择")
    if name == "project_code":
        return _project_code_hint(value)
    if name == "applicant_uscc":
        return _uscc_hint(check_uscc(value).state, check_uscc(value).reason)
    return None


def _project_code_hint(value: str) -> Hint:
    found = check_project_code(value)
    if found.state != "ok":
        return Hint("error", "项目代码格式不对，应如 2603-990101-04-01-318264，请对照备案证核对")
    known = project_of(found.value)
    if known and known.code != found.value:
        return Hint("warning", f"该代码已变更为 {known.code}（{known.name}），办件将登记在该项目的现代码下")
    return Hint("ok", f"已有项目：{known.name}" if known else "格式正确，将新建项目")


def _uscc_hint(state: CheckState, reason: str) -> Hint:
    if state == "ok":
        return Hint("ok", "校验通过")
    if state == "malformed":
        words = {"length": "应为 18 位", "alphabet": "含有不使用的字符（I、O、S、V、Z）", "shape": "结构不对"}
        return Hint("error", f"统一社会信用代码{words.get(reason, '不对')}，请对照营业执照核对")
    return Hint("warning", "校验码不符：请对照营业执照再核对一次；早期代码确有不符的，可以继续")


def _form(request: HttpRequest, given: dict[str, str], hints: dict[str, Hint], status: int = 200) -> HttpResponseBase:
    context: dict[str, Any] = {
        "given": given,
        "hints": hints,
        "items": load_catalogue().items(on=timezone.localdate()),
        "secrecy": secrecy_question(),
        "projects": Project.objects.order_by("-pk")[:CASES_SHOWN],
    }
    return render(request, "portal/new_case.html", context, status=status)
