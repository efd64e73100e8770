"""The offline verifier for anybody: what each line of its report says, and what to judge by, from the office itself."""

import hashlib
from collections.abc import Callable

from cryptography.hazmat.primitives.serialization import Encoding
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from archive.offline import VERIFIER_NAME, offline_verifier
from portal.line_help import LINE_HELP
from portal.roles import public
from workers import authority, log_public_key


def _roots() -> bytes:
    return b"".join(root.public_bytes(Encoding.PEM) for root in authority().roots)


def _log_key() -> bytes:
    return f"{log_public_key()}\n".encode()


FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    VERIFIER_NAME: (offline_verifier, "下载验证程序"),
    "log.pub": (_log_key, "下载日志公钥"),
    "root.pem": (_roots, "下载根证书"),
}
"""What an auditor takes from here and not from the package: how it is made, and the label of its button."""


@public
@never_cache
def explain(request: HttpRequest) -> HttpResponseBase:
    """How to verify a package, and what each line means."""
    files = [(name, label, hashlib.sha256(make()).hexdigest()) for name, (make, label) in FILES.items()]
    return render(request, "portal/verify_help.html", {"files": files, "lines": LINE_HELP})


@public
@never_cache
def download(_: HttpRequest, name: str) -> HttpResponseBase:
    """One of the files."""
    if name not in FILES:
        raise Http404
    answer = HttpResponse(FILES[name][0](), content_type="application/octet-stream")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
