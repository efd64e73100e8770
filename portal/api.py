"""The JSON interface: the same use cases as the pages, for programs that hold a session."""

from typing import Any, BinaryIO, cast

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import File, NinjaAPI, Schema, Status
from ninja.errors import HttpError
from ninja.files import UploadedFile
from ninja.security import django_auth

from ingest import Case, Upload
from portal import rates
from portal.api_parallel import router as parallel_router
from portal.pages.verify import look_up
from portal.roles import STAFF, Role, roles_of
from workers import NotPossibleError, add_files, item_of

# One answer of the list; older cases are asked for by number.
CASES_A_PAGE = 100

api = NinjaAPI(title="一档 Yidang", version="1", urls_namespace="portal-api", docs_url=None, openapi_url=None)
api.add_router("", parallel_router)


class CaseOut(Schema):
    """A case in short."""

    number: str
    item: str
    item_version: int
    state: str
    project_code: str
    project_name: str
    works_name: str
    applicant_name: str
    applicant_uscc: str
    opened_at: str
    verdict: str


class UploadOut(Schema):
    """A file that was taken in."""

    number: str
    file: str
    size: int
    sha256: str
    state: str
    state_name: str


class Problem(Schema):
    """Why something was not done: a stable code and words for the person who asked."""

    code: str
    message: str


class VerifyOut(Schema):
    """What anybody may know about a certificate."""

    status: str
    message: str
    number: str = ""
    holder: str = ""
    issuer: str = ""
    issued_on: str = ""
    valid_until: str = ""
    sha256: str = ""


@api.get("/cases", auth=django_auth, response=list[CaseOut])
def cases(request: HttpRequest, state: str = "") -> list[CaseOut]:
    """The newest cases, all or of one state."""
    _demand(request, *STAFF)
    found = Case.objects.select_related("project", "works").order_by("-pk")
    return [_case(case) for case in (found.filter(state=state) if state else found)[:CASES_A_PAGE]]


@api.get("/cases/{number}", auth=django_auth, response=CaseOut)
def case(request: HttpRequest, number: str) -> CaseOut:
    """One case."""
    _demand(request, *STAFF)
    return _case(_find(number))


@api.get("/cases/{number}/report", auth=django_auth)
def report(request: HttpRequest, number: str) -> dict[str, Any]:
    """The completeness report as `yidang check --json` prints it; `current` says whether it is of now."""
    _demand(request, *STAFF)
    found = _find(number)
    return {"current": found.report_revision == found.revision, "report": found.report}


@api.post("/cases/{number}/files", auth=django_auth, response={200: list[UploadOut], 409: Problem})
def upload(request: HttpRequest, number: str, files: File[list[UploadedFile]]) -> Status[Any]:
    """Take in files for a case; what they contain is looked at later, by a worker."""
    _demand(request, Role.CLERK)
    found = _find(number)
    try:
        taken = add_files(
            found, [(file.name or "未命名", cast("BinaryIO", file.file)) for file in files], by=request.user
        )
    except NotPossibleError as reason:
        return Status(409, Problem(code=reason.code, message=str(reason)))
    return Status(200, [_upload(row) for row in taken])


@api.get("/verify/{token}", response={200: VerifyOut, 404: VerifyOut, 429: VerifyOut})
def verify(request: HttpRequest, token: str) -> Status[VerifyOut]:
    """What the page behind the QR code says, for programs."""
    if not rates.allowed("verify", request, rates.CHECKS_A_MINUTE):
        return Status(429, VerifyOut(status="slow", message="查询过于频繁，请一分钟后再查验。"))
    verdict, found = look_up(token, timezone.localdate())
    if found is None:
        return Status(404, VerifyOut(status=verdict.status, message=verdict.headline))
    shown = VerifyOut(
        status=verdict.status,
        message=verdict.headline,
        number=found.number,
        holder=found.holder_name,
        issuer=found.seal.owner,
        issued_on=found.issued_on.isoformat(),
        valid_until=found.valid_until.isoformat() if found.valid_until else "",
        sha256=found.sealed_sha256,
    )
    return Status(200, shown)


def _demand(request: HttpRequest, *roles: Role) -> None:
    if not roles_of(request.user) & set(roles):
        raise HttpError(403, "没有权限：请使用相应岗位的账号登录。")


def _find(number: str) -> Case:
    found: Case = get_object_or_404(Case.objects.select_related("project", "works"), number=number)
    return found


def _case(row: Case) -> CaseOut:
    return CaseOut(
        number=row.number,
        item=item_of(row).name,
        item_version=row.item_version,
        state=row.state,
        project_code=row.project.code,
        project_name=row.project.name,
        works_name=row.works.name if row.works else "",
        applicant_name=row.applicant_name,
        applicant_uscc=row.applicant_uscc,
        opened_at=row.opened_at.isoformat(),
        verdict=(row.report or {"verdict": ""})["verdict"],
    )


def _upload(row: Upload) -> UploadOut:
    return UploadOut(
        number=row.number,
        file=row.file_name,
        size=row.size,
        sha256=row.sha256,
        state=row.state,
        state_name=row.get_state_display(),
    )
