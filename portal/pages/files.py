"""Bytes: page pictures, originals, notices, certificates, and the font. Nothing is parsed here, only handed out."""

import functools

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import patch_cache_control
from django.utils.http import content_disposition_header
from pylopdf_fonts_zh_cn import sans_path

from archive import NotFound
from ingest import Notice, Page, Upload
from portal.pages.case import CERTIFICATE_READERS, belongs, find
from portal.roles import STAFF, StaffRequest, public, require
from signing import Certificate, digests_of
from workers import note_look, note_page_look, read_derivative, read_original

# Content never changes under its digest, so a browser may keep it; privately, since it is behind a sign-in.
KEEP_SECONDS = 7 * 24 * 3600
FONT_KEEP_SECONDS = 365 * 24 * 3600
# A PDF is shown inside our own page; nothing in an untrusted one may run or reach out.
SHOWN_POLICY = "frame-ancestors 'self'; base-uri 'none'"


def _bytes(request: HttpRequest, sha256: str, content: bytes, media_type: str) -> HttpResponse:
    """The bytes under their digest as the entity tag."""
    tag = f'"{sha256}"'
    if request.headers.get("If-None-Match") == tag:
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(content, content_type=media_type)
    response.headers["ETag"] = tag
    patch_cache_control(response, private=True, max_age=KEEP_SECONDS)
    return response


@require(*STAFF)
def picture(request: StaffRequest, number: str, page: int) -> HttpResponseBase:
    """The picture of a page of this case."""
    found = get_object_or_404(Page.objects.select_related("upload").defer("reading", "text_layer"), pk=page)
    if not belongs(found, case := find(number), request.user):
        raise Http404
    note_page_look(found, case, request.user)
    return _bytes(request, found.picture_sha256, _derivative(found.picture_sha256), "image/jpeg")


@require(*STAFF)
def thumb(request: StaffRequest, number: str, page: int) -> HttpResponseBase:
    """The same, small, for the list of pages; of pages taken in before there were small ones, the picture itself.

    A small one of what a case is offered is a look at it as well, and is noted; one of its own pages is not.
    """
    found = get_object_or_404(Page.objects.select_related("upload").defer("reading", "text_layer"), pk=page)
    if not belongs(found, case := find(number), request.user):
        raise Http404
    if not case.pile.filter(pk=found.upload_id).exists():
        note_page_look(found, case, request.user)
    sha256 = found.thumb_sha256 or found.picture_sha256
    return _bytes(request, sha256, _derivative(sha256), "image/jpeg")


@require(*STAFF)
def original(request: StaffRequest, number: str, upload: str) -> HttpResponseBase:
    """A file exactly as it was handed in, as a download: what it contains is not ours to open in a browser."""
    case = find(number)
    row = get_object_or_404(case.pile.exclude(state=Upload.State.CONFIDENTIAL), number=upload)
    note_look(case, request.user)
    response = HttpResponse(read_original(row.sha256), content_type="application/octet-stream")
    response.headers["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=row.file_name) or ""
    )
    return response


@require(*STAFF)
def copy(request: StaffRequest, number: str, upload: str) -> HttpResponseBase:
    """The searchable copy of a file, for reading and finding; the original is another address."""
    case = find(number)
    row = get_object_or_404(case.pile.exclude(copy_sha256=""), number=upload)
    note_look(case, request.user)
    response = _bytes(request, row.copy_sha256, _derivative(row.copy_sha256), "application/pdf")
    name = f"{row.file_name.rpartition('.')[0] or row.file_name}（可检索副本）.pdf"
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=False, filename=name) or ""
    return response


@require(*STAFF)
def notice(request: StaffRequest, number: str, notice: int) -> HttpResponseBase:
    """A notice as PDF, to be printed."""
    row = get_object_or_404(Notice.objects.exclude(sha256=""), pk=notice, case=find(number))
    return shown_pdf(request, row.sha256, f"{row.get_kind_display()}.pdf")


@require(*CERTIFICATE_READERS)
def certificate(request: StaffRequest, certificate: int, sha256: str) -> HttpResponseBase:
    """The certificate in exactly the bytes that the digest names: as rendered, as sealed, or as renewed."""
    row = get_object_or_404(Certificate, pk=certificate)
    if not sha256 or sha256 not in {row.rendered_sha256, *digests_of(row.sealed_sha256)}:
        raise Http404
    note_look(find(row.case_number), request.user)
    return shown_pdf(request, sha256, f"{row.number}.pdf")


@public
def font(_: HttpRequest) -> HttpResponseBase:
    """Noto Sans SC for machines without a Chinese font; a browser that has one never asks."""
    response = HttpResponse(_font(), content_type="font/otf")
    patch_cache_control(response, public=True, max_age=FONT_KEEP_SECONDS, immutable=True)
    return response


def shown_bytes(request: HttpRequest, sha256: str, media_type: str) -> HttpResponse:
    """A derivative as it lies in the working zone; whoever calls has asked whether it may be seen."""
    return _bytes(request, sha256, _derivative(sha256), media_type)


def shown_pdf(request: HttpRequest, sha256: str, name: str) -> HttpResponse:
    """A PDF of our own making inside one of our pages."""
    response = _bytes(request, sha256, _derivative(sha256), "application/pdf")
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=False, filename=name) or ""
    response.headers["Content-Security-Policy"] = SHOWN_POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _derivative(sha256: str) -> bytes:
    try:
        content: bytes = read_derivative(sha256)
    except NotFound as reason:
        raise Http404("the object is not in the working zone") from reason
    return content


@functools.cache
def _font() -> bytes:
    return sans_path().read_bytes()
