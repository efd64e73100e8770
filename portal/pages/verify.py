"""The page behind the QR code of a certificate: open to anybody, says one thing plainly."""

import dataclasses
import datetime as dt
import hashlib

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from portal import rates
from portal.roles import public
from signing import Certificate, digests_of, issued_digest

# A sealed certificate has a few hundred kilobytes; a bigger file is not one, and need not be read to the end.
CHECKED_FILE_MAX = 20 * 1024 * 1024
# Certificates in these states have been issued; before that a token says nothing.
ISSUED = {
    Certificate.State.VALID: "valid",
    Certificate.State.SUPERSEDED: "superseded",
    Certificate.State.REVOKED: "revoked",
}


@dataclasses.dataclass(frozen=True, slots=True)
class Verdict:
    """What the page says: one of valid, expired, superseded, revoked, unknown."""

    status: str
    headline: str
    explanation: str


VERDICTS = {
    "valid": Verdict("valid", "证照有效", "本证照由发证机关签发，目前有效。请核对下列内容与手中证照是否一致。"),
    "expired": Verdict("expired", "证照已过有效期", "本证照曾经有效，现已超过有效期，不能再作为凭证使用。"),
    "superseded": Verdict("superseded", "证照已换发", "发证机关已换发新的证照，手中这一份不再有效，请使用新证照。"),
    "revoked": Verdict("revoked", "证照已撤销", "发证机关已撤销本证照，请勿采信；如有疑问请联系发证机关。"),
    "unknown": Verdict(
        "unknown",
        "查无此证",
        "没有找到与此二维码对应的证照。请重新扫描证照原件上的二维码；仍查不到的，请勿采信，并向发证机关核实。",
    ),
}


def look_up(token: str, today: dt.date) -> tuple[Verdict, Certificate | None]:
    """What there is to say about a token; a certificate only when it was issued."""
    found = Certificate.objects.select_related("seal").filter(verify_token=token, state__in=ISSUED).first()
    if found is None:
        return VERDICTS["unknown"], None
    status = ISSUED[Certificate.State(found.state)]
    if status == "valid" and found.valid_until and found.valid_until < today:
        status = "expired"
    return VERDICTS[status], found


@public
@never_cache
def verify(request: HttpRequest, token: str) -> HttpResponseBase:
    """The verification page."""
    return _page(request, token, {})


@public
@require_POST
@never_cache
def check_file(request: HttpRequest, token: str) -> HttpResponseBase:
    """Compare a file with the sealed one, for browsers that cannot do it themselves. The file is hashed, never kept."""
    given = request.FILES.get("file")
    _, found = look_up(token, timezone.localdate())
    if given is None or found is None:
        return _page(request, token, {})
    if given.size is None or given.size > CHECKED_FILE_MAX:
        return _page(request, token, {"compared": "different"})
    hasher = hashlib.sha256()
    for chunk in given.chunks():
        hasher.update(chunk)
    return _page(
        request,
        token,
        {"compared": "same" if issued_digest(hasher.hexdigest()) == found.sealed_sha256 else "different"},
    )


@public
def old_address(_: HttpRequest, token: str) -> HttpResponseBase:
    """The long spelling of the address."""
    return redirect("portal:verify", token)


def _page(request: HttpRequest, token: str, context: dict[str, str]) -> HttpResponseBase:
    if not rates.allowed("verify", request, rates.CHECKS_A_MINUTE):
        slow = Verdict("slow", "查询过于频繁", "请一分钟后再查验。")
        return render(request, "portal/verify.html", {"verdict": slow}, status=429)
    verdict, certificate = look_up(token, timezone.localdate())
    shown = context | {"verdict": verdict, "certificate": certificate, "token": token, "now": timezone.now()}
    shown["digests"] = " ".join(digests_of(certificate.sealed_sha256)) if certificate else ""
    return render(request, "portal/verify.html", shown, status=200 if certificate else 404)
