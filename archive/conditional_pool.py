"""Conditional writes for the minio SDK, which has no argument for them (7.2.20)."""

import contextlib
import contextvars
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import urllib3

_conditions: contextvars.ContextVar[Mapping[str, str]] = contextvars.ContextVar("conditions", default={})  # noqa: B039


class ConditionalPool(urllib3.PoolManager):
    """Adds the headers of `precondition` to PutObject and CompleteMultipartUpload.

    They stay unsigned, which signature version 4 allows: only the listed headers are signed.
    """

    def urlopen(  # type: ignore[override]
        self,
        method: str,
        url: str,
        redirect: bool = True,  # noqa: FBT001, FBT002 - urllib3's own
        **kwargs: Any,
    ) -> urllib3.BaseHTTPResponse:
        """Send one request, with the condition when it is the one that makes the object appear."""
        conditions = _conditions.get()
        query = parse_qs(urlsplit(url).query, keep_blank_values=True)
        if conditions and ((method == "PUT" and not query) or (method == "POST" and "uploadId" in query)):
            headers = urllib3.HTTPHeaderDict(kwargs.get("headers") or {})
            headers.update(conditions)
            kwargs["headers"] = headers
        return super().urlopen(method, url, redirect=redirect, **kwargs)


@contextlib.contextmanager
def precondition(headers: Mapping[str, str]) -> Iterator[None]:
    """Within the block, writes of this thread carry these headers, e.g. `{"If-None-Match": "*"}`."""
    token = _conditions.set(headers)
    try:
        yield
    finally:
        _conditions.reset(token)
