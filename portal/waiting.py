"""What a person is told when a store or a disk is away: that nothing was taken in, why, and when to try again."""

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import render

from archive import Unavailable
from portal.roles import with_policy
from workers import full_disk

RETRY_SECONDS = 60
"""The stores are tried again by the minute, as jobs are."""
TOLD = "存储暂时不可用，这一次没有保存完；先前收到的材料都在。请稍后重试，仍不行请告诉管理员"

log = logging.getLogger(__name__)


class StoreAway:
    """A page that met a store or a disk that is away answers 503, in words; the reason goes to the administrator's log.

    Programs, pieces of a page and what is sent are answered in JSON: `code` and `message`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Nothing of its own while all is well."""
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, failure: Exception) -> HttpResponseBase | None:
        """An answer where a store or a disk was away; any other failure is left as it is."""
        code = Unavailable.code if isinstance(failure, Unavailable) else (full_disk(failure) or {}).get("code", "")
        if not code:
            return None
        log.error("%s %s: %s", request.method, request.path, failure)
        if request.method != "GET" or request.path.startswith("/api/") or request.headers.get("HX-Request"):
            answer: HttpResponseBase = JsonResponse({"code": code, "message": TOLD}, status=503)
        else:
            answer = with_policy(render(request, "503.html", {"message": TOLD}, status=503))
        answer.headers["Retry-After"] = str(RETRY_SECONDS)
        return answer
