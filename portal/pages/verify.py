"""Verification pages: open to anybody, each says one thing plainly. By QR code, by identifier and holder, by file."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from portal import rates, verification
from portal.roles import public
from portal.verification import WORDS, RefusedError, words_of
from signing import Answer, digests_of
from workers import FileAnswer, ask_for_face, read_derivative

RETRY = {"slow": rates.WINDOW_SECONDS, "busy": rates.WINDOW_SECONDS, "guessed": rates.HOUR_SECONDS}
"""Seconds after which a refused client may come again (RFC 9110, Retry-After)."""
NAME_MAX = 200


@public
@never_cache
def verify(request: HttpRequest, token: str) -> HttpResponseBase:
    """What the register says of the certificate behind a QR code."""
    if not verification.allowed(request):
        return refused(request, "slow")
    return _answer(request, verification.by_token(token))


@public
@never_cache
def ask(request: HttpRequest) -> HttpResponseBase:
    """Verify by identifier or number and the holder, or by a file; the answer to a name is the page of its code."""
    if request.method != "POST":
        return render(request, "portal/verify_ask.html", {"name": request.GET.get("name", "")[:NAME_MAX]})
    if not verification.allowed(request):
        return refused(request, "slow")
    name, fact = request.POST.get("name", "")[:NAME_MAX], request.POST.get("fact", "")[:NAME_MAX]
    try:
        answer = verification.by_name(name, fact)
    except RefusedError as reason:
        return refused(request, reason.words)
    if answer.certificate is None:
        return render(request, "portal/verify.html", {"verdict": WORDS["unnamed"]}, status=404)
    return redirect("portal:verify", answer.certificate.verify_token)


@public
@require_POST
@never_cache
def ask_file(request: HttpRequest) -> HttpResponseBase:
    """Verify a file on its own."""
    try:
        found = _file(request)
    except RefusedError as reason:
        return refused(request, reason.words)
    words = verification.file_words(found)
    return _answer(request, found.answer, verdict=words, file=found, status=200)


@public
@require_POST
@never_cache
def check_file(request: HttpRequest, token: str) -> HttpResponseBase:
    """Compare a file with the certificate of this code, for browsers that cannot do it themselves, or to know more."""
    answer = verification.by_token(token)
    if answer.certificate is None:
        return verify(request, token)
    try:
        found = _file(request)
    except RefusedError as reason:
        if reason.words in RETRY:
            return refused(request, reason.words)
        return _answer(request, answer, compared="different")
    same = found.original and found.answer and found.answer.certificate == answer.certificate
    return _answer(request, answer, compared="same" if same else "different", file=None if same else found)


@public
def face(request: HttpRequest, token: str, number: int) -> HttpResponseBase:
    """The register's image of a page, marked 查验用, to be held against the paper in the hand."""
    if not rates.allowed("face", request, rates.FACES_A_MINUTE):
        return HttpResponse(status=429, headers={"Retry-After": str(rates.WINDOW_SECONDS)})
    row = verification.by_token(token).certificate
    if row is None or not 1 <= number <= len(row.faces):
        raise Http404
    return HttpResponse(read_derivative(row.faces[number - 1]), content_type="image/jpeg")


@public
def old_address(_: HttpRequest, token: str) -> HttpResponseBase:
    """The long spelling of the address."""
    return redirect("portal:verify", token)


def refused(request: HttpRequest, words: str) -> HttpResponseBase:
    """Why there is no answer now, and when to come again."""
    response = render(request, "portal/verify.html", {"verdict": WORDS[words]}, status=429 if words in RETRY else 400)
    if words in RETRY:
        response["Retry-After"] = str(RETRY[words])
    return response


def _file(request: HttpRequest) -> FileAnswer:
    if not rates.allowed("verify-file", request, rates.FILES_A_MINUTE):
        raise RefusedError("slow")
    given = request.FILES.get("file")
    return verification.by_file(given if not isinstance(given, list) else None)


def _answer(request: HttpRequest, answer: Answer | None, *, status: int = 0, **context: Any) -> HttpResponseBase:
    row = answer.certificate if answer else None
    shown = {"verdict": words_of(answer) if answer else None, "answer": answer, "certificate": row} | context
    if row:
        if not row.faces:
            ask_for_face(row)
        shown |= {"token": row.verify_token, "digests": " ".join(digests_of(row.sealed_sha256))}
        shown |= {"faces": range(1, len(row.faces) + 1)}
    return render(
        request, "portal/verify.html", shown | {"now": timezone.now()}, status=status or (200 if row else 404)
    )
