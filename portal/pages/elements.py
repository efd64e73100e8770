"""How full a package is (全要素): what applies, what is missing, why and who brings it; and handing it in."""

from typing import Any, BinaryIO, cast

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_POST

from archive import FULL_ELEMENTS, Package
from portal.pages.case import Said
from portal.roles import Role, StaffRequest, require
from workers import SUPPLIABLE, NotPossibleError, supply_element

BRINGS = (Role.ARCHIVIST, Role.CLERK, Role.OFFICER)
"""Who may hand in what is missing: receipts come to the window, papers to the department, the rest to the archivist."""


@require_GET
@require(*BRINGS)
def element_page(request: StaffRequest, number: str) -> HttpResponseBase:
    """The score of one package."""
    return _page(request, get_object_or_404(Package, number=number))


@require_POST
@require(*BRINGS)
def supply(request: StaffRequest, number: str) -> HttpResponseBase:
    """Hand in one element, in words and files; said in words where it cannot be taken."""
    package = get_object_or_404(Package, number=number)
    chosen = request.POST.get("element", "")
    element = int(chosen) if chosen.isascii() and chosen.isdigit() else 0
    asked = SUPPLIABLE.get(element)
    said = {label: request.POST.get(f"said-{n}", "") for n, label in enumerate(asked.labels if asked else ())}
    files = [(file.name or "", cast("BinaryIO", file.file)) for file in request.FILES.getlist("files") if file.file]
    try:
        job = supply_element(package, element, said, files, by=request.user)
    except NotPossibleError as reason:
        return _page(request, package, Said("error", str(reason)))
    return _page(request, package, Said("ok", "已登记，入库后计入得分。" if job else "同样的内容已经补充过。"))


def _page(request: StaffRequest, package: Package, said: Said | None = None) -> HttpResponseBase:
    score: dict[str, Any] = package.score
    missing = {row["number"]: row for row in score.get("missing", [])}
    rows = [(FULL_ELEMENTS[number], missing.get(number)) for number in score.get("applicable", [])]
    forms = [(FULL_ELEMENTS[number], asked, number in missing) for number, asked in SUPPLIABLE.items()]
    context = {
        "package": package,
        "satisfied": score.get("satisfied", 0),
        "rows": rows,
        "forms": sorted(forms, key=lambda form: (not form[2], form[0].number)),
        "said": said,
    }
    return render(request, "portal/elements.html", context, status=400 if said and said.kind == "error" else 200)
