"""The log for everybody: checkpoints, tiles and entries as C2SP tlog-tiles serves them, for witnesses and auditors."""

import re

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.cache import never_cache

from archive import LOG_PREFIX, NotFound, StoreError, published_checkpoint
from portal.roles import public
from workers import zone

TILE = re.compile(r"tile/(?:entries|[0-5])/(?:x[0-9]{3}/)*[0-9]{3}(?:\.p/[0-9]{1,3})?")
"""Six levels hold 2^48 entries."""
NEVER_CHANGES = "public, max-age=31536000, immutable"
UNAVAILABLE = 503


@public
@never_cache
def checkpoint(_: HttpRequest) -> HttpResponseBase:
    """The newest signed head whose tiles can all be had."""
    return _object(None)


@public
def tile(_: HttpRequest, path: str) -> HttpResponseBase:
    """A tile, or a bundle of entries; what is there never changes."""
    if not TILE.fullmatch(path):
        raise Http404
    return _object(path)


def _object(path: str | None) -> HttpResponseBase:
    store = zone("archive")
    try:
        data = published_checkpoint(store) if path is None else store.read(LOG_PREFIX + path)
    except NotFound as reason:
        raise Http404 from reason
    except StoreError:
        return HttpResponse("The archive store cannot be read now.\n", status=UNAVAILABLE, content_type="text/plain")
    if path is None:
        return HttpResponse(data, content_type="text/plain; charset=utf-8")
    return HttpResponse(data, content_type="application/octet-stream", headers={"Cache-Control": NEVER_CHANGES})
