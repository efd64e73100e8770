"""Making a copy of an archived file for a person: marked, masked where the rules of use say so, and always a PDF.

Whatever was handed in is opened in the sandbox only. A page on which nobody knows what is written is not given masked.
"""

import dataclasses
import datetime as dt
import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.utils import timezone

import archive
import ingest
from archive.lookup import (
    DPI,
    READINGS_ELEMENT,
    ArchivedReading,
    ArchivedText,
    CopyPage,
    Form,
    Marks,
    Retrieval,
    draw_marks,
    element_readings,
    hidden_parts,
    mask_text,
    write_copy,
)
from archive.sharing import department_of
from ocr import Quad
from signing import render
from workers import zones

PDF = "application/pdf"
PAGED = (PDF, "application/ofd", "image/jpeg", "image/png", "image/tiff", "image/webp", "image/heic")
MAX_TEXT_BYTES = 200_000
"""Some hundred pages of facts as JSON; a longer list is for machines, and is given as it is or not at all."""
PAGES_AT_ONCE = 8
COPIES = "copies/"


class CopyNotPossibleError(Exception):
    """No copy can be made of this file; the message says why and what else there is."""

    code = "copy-not-possible"


@dataclasses.dataclass(frozen=True, slots=True)
class CopyMade:
    """What was given: its pages (0 for an original), places hidden, and digests."""

    pages: int
    hidden: int
    digests: archive.Digests


def make_copy(asked: Retrieval) -> CopyMade:
    """Make the copy that a retrieval asks for and lay it where it waits; again gives the same bytes.

    Raises:
        CopyNotPossibleError: its type has no pages, or a page cannot be masked with certainty.
        Refusal: the file cannot be taken apart.
        StoreError: the archive cannot be read.
    """
    with tempfile.TemporaryDirectory(dir=zones.scratch()) as name:
        source, made = Path(name) / "source", Path(name) / "copy.pdf"
        with zones.zone("archive").open(archive.object_key(asked.sha256)) as stream, source.open("wb") as target:
            shutil.copyfileobj(stream, target)
        pages, hidden = (_paged if asked.media_type in PAGED else _written)(asked, source, made)
        with made.open("rb") as stream:
            digests = archive.digest_stream(stream)
            stream.seek(0)
            zones.zone("working").put(copy_key(asked.number), stream, sha256=digests.sha256, content_type=PDF)
    return CopyMade(pages, hidden, digests)


def copy_key(number: str) -> str:
    """Where a copy lies in the working zone until it is cleaned; not by digest, since nothing else may use it."""
    return f"{COPIES}{number}.pdf"


def sealed_copy_key(number: str, sha256: str) -> str:
    """Where it lies under its seal: by its digest, as a timestamp makes each sealing another file."""
    return f"{COPIES}{number}.{sha256}.pdf"


def number_of(key: str) -> str:
    """The retrieval that a copy, sealed or not, lies here for."""
    return PurePosixPath(key).name.partition(".")[0]


def verification_address(number: str) -> str:
    """Where a copy is verified by its number."""
    return f"{settings.PUBLIC_URL}/verify/copy/{number}"


def _paged(asked: Retrieval, source: Path, made: Path) -> tuple[int, int]:
    if asked.media_type == PDF and not asked.masked:
        marks = _marks(asked, 0)
        return ingest.stamp(source, made, (marks.tile, marks.foot), dpi=DPI, facts=_facts(asked)), 0
    inspection = ingest.inspect(source)
    # The foot says how many places are hidden, so all pages are looked through before the first is written.
    pages = list(_pages(asked, source, inspection, made.parent))
    hidden = sum(max(len(page.hidden_as_it_came), len(page.hidden_upright)) for page in pages)
    marks, at = _marks(asked, hidden), asked.access.accessed_at
    return write_copy(pages, marks, made, facts=_facts(asked), at=at), hidden


def _pages(asked: Retrieval, source: Path, inspection: ingest.Inspection, folder: Path) -> Iterator[CopyPage]:
    """Each page's picture, and what of it is hidden."""
    readings, known = _readings(asked) if asked.masked else {}, _known(asked)
    for first in range(1, inspection.page_count + 1, PAGES_AT_ONCE):
        for picture in ingest.paginate(source, inspection, folder, first=first, count=PAGES_AT_ONCE):
            reading = readings.get(picture.number)
            if asked.masked and reading is None and (picture.scanned or not picture.text_lines):
                raise CopyNotPossibleError(
                    f"第{picture.number}页没有识别结果，无法确认个人标识已全部遮盖，不能提供遮盖副本；"
                    "确需利用的，请档案岗位以档案核验或司法调取目的办理"
                )
            layer = [(line["text"], _quad(line["box"])) for line in picture.text_lines]
            yield CopyPage(
                folder / picture.file,
                picture.dpi,
                reading.rotation if reading else 0,
                _boxes(asked, layer, known) if asked.masked else (),
                _boxes(asked, reading.parts, known) if asked.masked and reading else (),
            )


def _boxes(asked: Retrieval, parts: Sequence[tuple[str, Quad]], known: frozenset[str]) -> tuple[Quad, ...]:
    hidden = hidden_parts([text for text, _ in parts], on=asked.access.accessed_at.date(), known=known)
    return tuple(parts[n][1] for n in sorted(hidden))


def _quad(points: list[list[float]]) -> Quad:
    a, b, c, d = ((float(x), float(y)) for x, y in points)
    return a, b, c, d


def _written(asked: Retrieval, source: Path, made: Path) -> tuple[int, int]:
    """A text of ours (facts as JSON, notes) set on pages, then marked as any PDF."""
    if source.stat().st_size > MAX_TEXT_BYTES or not asked.media_type.startswith(("application/json", "text/")):
        raise CopyNotPossibleError("这种格式不能制成利用副本；确需利用的，请档案岗位按规定提供原件")
    text, hidden = source.read_text(), 0
    if asked.media_type.startswith("application/json"):
        text = json.dumps(json.loads(text), ensure_ascii=False, indent=1)
    if asked.masked:
        text, hidden = mask_text(text, on=asked.access.accessed_at.date(), known=_known(asked))
    lines = [line.replace(" ", "\u2007") or "\u2007" for line in text.splitlines()]
    at = asked.access.accessed_at
    source.write_bytes(render("notice", {"标题": asked.name, "致": asked.role, "正文": lines}, created=at))
    marks = _marks(asked, hidden)
    return ingest.stamp(source, made, (marks.tile, marks.foot), dpi=DPI, facts=_facts(asked)), hidden


def _readings(asked: Retrieval) -> dict[int, ArchivedReading]:
    """What was read of the file, page by page: in its own package, or in that from which it was taken over."""
    elsewhere = ArchivedText.objects.filter(sha256=asked.sha256, page__gt=0).exclude(package=asked.access.package)
    others = archive.Package.objects.filter(pk__in=elsewhere.values("package")).order_by("pk")
    vault = zones.zone("archive")
    for package in (asked.access.package, *others):
        manifest = archive.parse_manifest(vault.read(archive.object_key(package.manifest_sha256)))
        for element in manifest.elements:
            if element.element == READINGS_ELEMENT:
                data = vault.read(archive.object_key(element.sha256))
                found = {page: one for sha256, page, one in element_readings(data) if sha256 == asked.sha256}
                if found:
                    return found
    return {}


def _known(asked: Retrieval) -> frozenset[str]:
    """Numbers of certificates, which are made like those of people."""
    entry = getattr(asked.access.package, "entry", None)
    return frozenset(entry.numbers) if entry else frozenset()


def _facts(asked: Retrieval) -> dict[str, str]:
    return {
        "title": f"{asked.name}（{asked.get_form_display()}）",
        "subject": f"{asked.get_form_display()}，非原件；利用编号 {asked.number}；原件 SHA-256 {asked.sha256}",
    }


def _marks(asked: Retrieval, hidden: int) -> Marks:
    """Who, when, for what, and how to verify it."""
    who, when, access = _name(asked), _moment(asked.access.accessed_at), asked.access
    masked = (
        f"个人标识已按识别结果遮盖 {hidden} 处，手写或未识别的请另行核对"
        if asked.masked
        else "未遮盖个人标识，请妥善保管"
    )
    sealed = asked.form == Form.SEALED
    worth = "利用副本，非原件，不具有与原件同等的效力"
    if sealed:
        worth = f"复制件与原件一致{'（遮盖处除外）' if asked.masked else ''}，非原件"
    foot = [
        f"{worth}。档号 {access.package.archive_number}；{masked}。",
        f"利用人 {who}；时间 {when}；{access.purpose}{'；办件 ' + access.case_number if access.case_number else ''}。",
        f"利用编号 {asked.number}；核验：扫描二维码，或打开 {settings.PUBLIC_URL}/verify/copy",
    ]
    what = f"{asked.get_purpose_display()}　{access.case_number}".strip()
    across = [f"{asked.get_form_display()}　非原件", f"{who}　{when}", what, asked.number]
    return draw_marks(across, foot, verification_address(asked.number), sealed=sealed)


def _name(asked: Retrieval) -> str:
    user = asked.access.user
    return f"{department_of(user)} {user.get_full_name() or user.get_username()}".strip()


def _moment(at: dt.datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"
