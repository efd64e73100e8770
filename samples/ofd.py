"""Writing OFD documents (GB/T 33190-2016) for tests and demonstration: text, paths, pictures, templates, fonts, seals.

A page's objects are given as XML made by the functions here, so that a test can also write what no program would.
"""

import base64
import dataclasses
import hashlib
import io
import itertools
import re
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

NAMESPACE = "http://www.ofdspec.org/2016"
A4 = "0 0 210 297"
SM3_OID = "1.2.156.10197.1.401"
SM2_WITH_SM3_OID = "1.2.156.10197.1.501"
_MADE = (2026, 1, 1, 0, 0, 0)
"""The time in the zip: identical input gives identical bytes."""

SONG, HEI = "1001", "1002"
"""Fonts that every document here names and does not embed: 宋体 and 黑体."""


@dataclasses.dataclass(frozen=True, slots=True)
class Page:
    """A page: its objects as XML, its box in millimetres, the template it uses, its annotations as XML."""

    objects: Sequence[str]
    box: str = A4
    template: str = ""
    annotations: Sequence[str] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Design:
    """A document: pages, files by name with their bytes, resources as XML, templates (identifier → objects)."""

    pages: Sequence[Page]
    files: Mapping[str, bytes] = dataclasses.field(default_factory=dict)
    fonts: Sequence[str] = ()
    media: Sequence[str] = ()
    other_resources: Sequence[str] = ()
    templates: Mapping[str, Sequence[str]] = dataclasses.field(default_factory=dict)


def text(  # noqa: PLR0913 - what a line of text has
    words: str, x: float, y: float, size: float = 4.2, *, font: str = SONG, more: str = "", inside: str = ""
) -> str:
    """A line of text whose first character's baseline starts at x, y (millimetres); a size of 4.2 is 12 points."""
    steps = f'DeltaX="g {len(words) - 1} {size:g}"' if len(words) > 1 else ""
    return (
        f'<ofd:TextObject ID="0" Boundary="{x:g} {y - size:g} {size * len(words) + 1:g} {size * 1.4:g}" Font="{font}" '
        f'Size="{size:g}" {more}>{inside}<ofd:TextCode X="0" Y="{size:g}" {steps}>{escape(words)}</ofd:TextCode>'
        "</ofd:TextObject>"
    )


def path(data: str, box: str = A4, *, more: str = "", inside: str = "") -> str:
    """A path in page millimetres, drawn inside a box."""
    left, top, *_ = box.split()
    shifted = f'CTM="1 0 0 1 -{left} -{top}"'
    return (
        f'<ofd:PathObject ID="0" Boundary="{box}" {shifted} {more}>{inside}'
        f"<ofd:AbbreviatedData>{data}</ofd:AbbreviatedData></ofd:PathObject>"
    )


def image(  # noqa: PLR0913 - what a picture has
    resource: str, x: float, y: float, width: float, height: float, *, more: str = ""
) -> str:
    """A picture of the resources, at a place on the page."""
    return (
        f'<ofd:ImageObject ID="0" Boundary="{x:g} {y:g} {width:g} {height:g}" CTM="{width:g} 0 0 {height:g} 0 0" '
        f'ResourceID="{resource}" {more}/>'
    )


def make_ofd(design: Design) -> bytes:
    """The document as a package."""
    return pack(package_files(design))


def package_files(design: Design) -> dict[str, bytes]:
    """The files of the package, by name."""
    count = len(design.pages)
    pages = "".join(f'<ofd:Page ID="{n}" BaseLoc="Pages/Page_{n}/Content.xml"/>' for n in range(1, count + 1))
    templates = "".join(f'<ofd:TemplatePage ID="{name}" BaseLoc="Tpls/{name}.xml"/>' for name in design.templates)
    annotated = [n for n, page in enumerate(design.pages, 1) if page.annotations]
    files = {
        "OFD.xml": _xml(
            "OFD",
            "<ofd:DocBody><ofd:DocInfo><ofd:DocID>0123456789abcdef0123456789abcdef</ofd:DocID>"
            "<ofd:CreationDate>2026-01-01</ofd:CreationDate></ofd:DocInfo>"
            "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody>",
            ' Version="1.1" DocType="OFD"',
        ),
        "Doc_0/Document.xml": _xml(
            "Document",
            f"<ofd:CommonData><ofd:MaxUnitID>99999999</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>{A4}</ofd:PhysicalBox>"
            f"</ofd:PageArea><ofd:PublicRes>PublicRes.xml</ofd:PublicRes><ofd:DocumentRes>DocumentRes.xml"
            f"</ofd:DocumentRes>{templates}</ofd:CommonData><ofd:Pages>{pages}</ofd:Pages>"
            + ("<ofd:Annotations>Annots/Annotations.xml</ofd:Annotations>" if annotated else ""),
        ),
        "Doc_0/PublicRes.xml": _xml(
            "Res",
            f'<ofd:Fonts><ofd:Font ID="{SONG}" FontName="宋体" FamilyName="宋体"/>'
            f'<ofd:Font ID="{HEI}" FontName="黑体" FamilyName="黑体"/>{"".join(design.fonts)}</ofd:Fonts>',
            ' BaseLoc="Res"',
        ),
        "Doc_0/DocumentRes.xml": _xml(
            "Res",
            f"<ofd:MultiMedias>{''.join(design.media)}</ofd:MultiMedias>{''.join(design.other_resources)}",
            ' BaseLoc="Res"',
        ),
    }
    for n, page in enumerate(design.pages, 1):
        files[f"Doc_0/Pages/Page_{n}/Content.xml"] = _page(page, n)
        if page.annotations:
            files[f"Doc_0/Annots/Page_{n}.xml"] = _xml("PageAnnot", "".join(page.annotations))
    for name, objects in design.templates.items():
        files[f"Doc_0/Tpls/{name}.xml"] = _page(Page(objects), 0)
    if annotated:
        entries = "".join(
            f'<ofd:Page PageID="{n}"><ofd:FileLoc>Page_{n}.xml</ofd:FileLoc></ofd:Page>' for n in annotated
        )
        files["Doc_0/Annots/Annotations.xml"] = _xml("Annotations", entries)
    return {**files, **design.files}


def pack(files: Mapping[str, bytes]) -> bytes:
    """Files as one zip, the same bytes each time."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, _MADE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(entry, data)
    return written.getvalue()


def unpack(ofd: bytes) -> dict[str, bytes]:
    """The files of a package, to change one and pack them again."""
    with zipfile.ZipFile(io.BytesIO(ofd)) as package:
        return {name: package.read(name) for name in package.namelist()}


def sm3_base64(data: bytes) -> str:
    """The digest of a file as a signature lists it."""
    return base64.b64encode(hashlib.new("sm3", data).digest()).decode()


def _page(page: Page, number: int) -> bytes:
    template = f'<ofd:Template TemplateID="{page.template}" ZOrder="Background"/>' if page.template else ""
    numbers = itertools.count(number * 100_000 + 100)
    objects = re.sub(r"(?<= ID=)['\"]0['\"]", lambda _: f'"{next(numbers)}"', "".join(page.objects))
    return _xml(
        "Page",
        f"<ofd:Area><ofd:PhysicalBox>{page.box}</ofd:PhysicalBox></ofd:Area>{template}"
        f'<ofd:Content><ofd:Layer ID="{number * 100_000 + 99}" Type="Body">{objects}</ofd:Layer></ofd:Content>',
    )


def _xml(root: str, inside: str, attributes: str = "") -> bytes:
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return f'{head}<ofd:{root} xmlns:ofd="{NAMESPACE}"{attributes}>{inside}</ofd:{root}>'.encode()
