"""A package in the archive with files of every kind, one with personal identifiers on it, to be asked for."""

import io
import json

from django.contrib.auth.models import User
from django.db import transaction
from PIL import Image, ImageDraw, ImageFont
from pylopdf_fonts_zh_cn import sans_path

import archive
from archive.lookup import Retrieval, index_package
from portal.roles import Role, roles_of
from signing import render
from tests.archive.lookup.packages import NOW, Objects, box, manifest, reading, readings, row
from tests.portal import factories
from workers import request_retrieval

IDENTITY, PHONE = "110101199001011237", "13800138000"
LINES = ("授权委托书", f"受托人身份证号 {IDENTITY}", "江澜晨曦智能装备有限公司", f"联系电话 {PHONE}")


def scan(*, turned: bool = False) -> bytes:
    """A page of 1000 by 1400 with the lines in red at the boxes that `reading` gives them; or lying on its side."""
    picture = Image.new("RGB", (1000, 1400), "white")
    draw, font = ImageDraw.Draw(picture), ImageFont.truetype(str(sans_path()), 34)
    for n, line in enumerate(LINES, 1):
        draw.text((100, 100 * n), line, font=font, fill=(255, 0, 0))
    if turned:
        picture = picture.transpose(Image.Transpose.ROTATE_90)
    out = io.BytesIO()
    picture.save(out, "PNG", dpi=(150, 150))
    return out.getvalue()


def line_box(n: int) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of a line, from 1."""
    points = [(round(float(x)), round(float(y))) for x, y in box(100 * n)]
    return *points[0], *points[2]


def kept_package(*, turned: bool = False) -> tuple[archive.Package, archive.Manifest]:
    """The package, its objects in the archive store, findable."""
    objects = Objects()
    letter = objects.element(9, "申报文件", "委托书.png", scan(turned=turned), "image/png", source="uploaded")
    unread = objects.element(9, "申报文件", "未识别.png", scan() + b" ", "image/png", source="uploaded")
    permit = render("construction_permit", {"编号": "990101202611220101", "建设地址": PHONE}, created=NOW)
    sealed = objects.element(23, "结果文件", "施工许可证.pdf", permit, "application/pdf")
    facts = {"opinion": "同意", "contact": PHONE}
    decision = objects.element(21, "过程文件", "审批决定.json", json.dumps(facts, ensure_ascii=False).encode())
    drawing = objects.element(9, "申报文件", "图纸.dwg", b"AC1032", "image/vnd.dwg", source="uploaded")
    read = {**reading(1, *LINES), "rotation": 90 if turned else 0}
    elements = [letter, unread, sealed, decision, drawing, readings(objects, letter, read)]
    made = manifest(objects, elements, certificate="990101202611220101")
    for data in (*objects.values(), archive.manifest_bytes(made)):
        factories.kept(data, "archive")
    package = row(made)
    index_package(package, made, objects.__getitem__)
    return package, made


def element_of(made: archive.Manifest, name: str) -> archive.Element:
    return next(element for element in made.elements if element.name == name)


def asked(  # noqa: PLR0913 - who, what, why
    package: archive.Package, element: archive.Element, *, by: User, purpose: str = "reference", form: str = "copy",
    words: str = "核对委托范围", case_number: str = "",
) -> Retrieval:  # fmt: skip
    """Ask as somebody with their own roles."""
    with transaction.atomic():
        return request_retrieval(
            package,
            package.manifest_sha256,
            element,
            by=by,
            roles=frozenset(role.value for role in roles_of(by)),
            purpose=purpose,
            words=words,
            case_number=case_number,
            form=form,
        )


def archivist() -> User:
    return factories.user(Role.ARCHIVIST)
