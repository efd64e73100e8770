"""The JSON interface: the same use cases as the pages, for programs that hold a session."""

from typing import Any, BinaryIO, cast

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import File, NinjaAPI, Schema, Status
from ninja.errors import HttpError
from ninja.files import UploadedFile
from ninja.security import django_auth
from pydantic import Field

from ingest import Case, Upload
from portal import rates, verification
from portal.api_drawings import router as drawings_router
from portal.api_instant import router as instant_router
from portal.api_offers import router as offers_router
from portal.api_parallel import router as parallel_router
from portal.api_repeats import RepeatOut, told
from portal.api_repeats import router as repeats_router
from portal.api_sharing import router as sharing_router
from portal.pages.verify import RETRY
from portal.roles import STAFF, Role, roles_of
from portal.sight import cases_seen
from portal.verification import WORDS, RefusedError
from signing import UNKNOWN, open_project_token
from workers import NotPossibleError, add_files, certificates_of, item_of, shown_project

# One answer of the list; older cases are asked for by number.
CASES_A_PAGE = 100
# Answers of verification are made and signed in one place; their shape stands in docs/guide.zh.md.
VERIFIED = {200: dict[str, Any], 400: dict[str, Any], 404: dict[str, Any], 429: dict[str, Any]}

api = NinjaAPI(title="一档 Yidang", version="1", urls_namespace="portal-api", docs_url=None, openapi_url=None)
api.add_router("", drawings_router)
api.add_router("", parallel_router)
api.add_router("", instant_router)
api.add_router("", offers_router)
api.add_router("", repeats_router)
api.add_router("", sharing_router)


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


class CaseWhole(CaseOut):
    """A case with what was handed in for it though it is here already."""

    repeats: list[RepeatOut]


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


class NameIn(Schema):
    """Which certificate, and whose it is: the holder's name, or its 统一社会信用代码 or the last six of it."""

    identifier: str = Field(max_length=200)
    holder: str = Field(max_length=200)


@api.get("/cases", auth=django_auth, response=list[CaseOut])
def cases(request: HttpRequest, state: str = "") -> list[CaseOut]:
    """The newest cases, all or of one state."""
    _demand(request, *STAFF)
    found = Case.objects.filter(cases_seen(request.user)).select_related("project", "works").order_by("-pk")
    return [_case(case) for case in (found.filter(state=state) if state else found)[:CASES_A_PAGE]]


@api.get("/cases/{number}", auth=django_auth, response=CaseWhole)
def case(request: HttpRequest, number: str) -> CaseWhole:
    """One case."""
    _demand(request, *STAFF)
    found = _find(number)
    return CaseWhole(**_case(found).dict(), repeats=told(found, request.user))


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


@api.post("/verify/file", response=VERIFIED)
def verify_file(request: HttpRequest, file: File[UploadedFile]) -> Status[dict[str, Any]]:
    """A file: by its digest, else judged in a child process; it is not kept."""
    if not rates.allowed("verify-file", request, rates.FILES_A_MINUTE):
        return _slow("slow")
    try:
        found = verification.by_file(file)
    except RefusedError as reason:
        return _slow(reason.words)
    facts = verification.said(found.answer or UNKNOWN, {"sha256": found.sha256}, found)
    return Status(200, verification.signed(facts))


@api.get("/verify/{token}", response=VERIFIED)
def verify(request: HttpRequest, token: str) -> Status[dict[str, Any]]:
    """What the page behind the QR code says, for programs."""
    if not verification.allowed(request):
        return _slow("slow")
    answer = verification.by_token(token)
    facts = verification.said(answer, {"token_sha256": verification.digest_of(token)})
    return Status(200 if answer.certificate else 404, verification.signed(facts))


@api.post("/verify", response=VERIFIED)
def verify_name(request: HttpRequest, asked: NameIn) -> Status[dict[str, Any]]:
    """The same for an identifier or number, to who knows the holder. One answer for "none" and "another holder"."""
    if not verification.allowed(request):
        return _slow("slow")
    try:
        answer = verification.by_name(asked.identifier, asked.holder)
    except RefusedError as reason:
        return _slow(reason.words)
    facts = verification.said(answer, {"identifier": asked.identifier})
    return Status(200 if answer.certificate else 404, verification.signed(facts))


@api.get("/project/{token}", response=VERIFIED)
def project(request: HttpRequest, token: str) -> Status[dict[str, Any]]:
    """What the board at a site leads to: the project's certificates and how they stand now."""
    if not verification.allowed(request):
        return _slow("slow")
    named = open_project_token(token, verification.answer_key())
    found = shown_project(*named) if named else None
    asked = {"token_sha256": verification.digest_of(token)}
    if found is None:
        unknown = {"verdict": "unknown", "status": "unknown", "message": WORDS["no-project"].headline}
        return Status(404, verification.signed(unknown | {"asked": asked, "asked_at": verification.moment()}))
    rows = list(certificates_of(found, today=timezone.localdate()))
    facts = {
        "project_code": found.code,
        "project_name": found.name,
        "owner": found.owner_name,
        "asked": asked,
        "asked_at": verification.moment(),
        "certificates": [{"name": name, **verification.facts_of(answer)} for name, answer in rows],
    }
    return Status(200, verification.signed(facts))


@api.get("/keys")
def keys(request: HttpRequest) -> dict[str, Any]:
    """The public key of the answers (JWK set, RFC 7517); keep it from a time when you trust this address."""
    del request  # anybody's
    return {"keys": [verification.answer_key().jwk]}


def _slow(words: str) -> Status[dict[str, Any]]:
    told = WORDS[words]
    retry = RETRY.get(words, 0)
    answer = {"verdict": "unknown", "status": words, "message": f"{told.headline}：{told.explanation}"}
    return Status(429 if retry else 400, answer | ({"retry_after": retry} if retry else {}))


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
