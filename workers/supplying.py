"""Handing in what a filed package lacks: the receipt of a delivery, a paper made elsewhere, a payment, an evaluation.

What only people know comes when they know it. It is archived as a supplement (`workers.supplements`) under the number
of its element, and the score counts it from then on. What the system makes itself nobody can hand in for it.
"""

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO, Final

from django.db import transaction
from django.utils import timezone

import archive
from archive import Element, FollowUp, Package
from workers import zones
from workers.groundwork import NotPossibleError
from workers.made_elements import kept_json
from workers.models import Job
from workers.supplements import IN_ARCHIVE, add_supplement

WORDS_MAX = 1000
"""Characters said under one label: some sentences; what is longer is a file."""
FILES_MAX = 20
"""Files of one hand-in: an envelope, not a case."""
HEAD_BYTES = 8
TAKEN: Final = {b"%PDF-": "application/pdf", b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg"}
"""First bytes → media type of what is taken in: papers as they are scanned. Nothing of them is parsed."""


@dataclasses.dataclass(frozen=True, slots=True)
class Supplied:
    """What is asked of who hands in an element: labels, of which the first may not be left out, and a file or not."""

    labels: tuple[str, ...]
    file_needed: bool = False


SUPPLIABLE: Final[Mapping[int, Supplied]] = {
    5: Supplied(("单位", "角色", "统一社会信用代码", "资质")),
    16: Supplied(("程序", "起止时间", "结论")),
    17: Supplied(("出具单位", "意见")),
    19: Supplied(("图纸编号", "版本")),
    23: Supplied(("证照名称", "证照编号"), file_needed=True),
    26: Supplied(("方式", "签收人", "签收时间")),
    27: Supplied(("项目", "金额", "票据号")),
    28: Supplied(("评价或投诉", "处理")),
}
"""Elements that people hand in; the others the system makes, or has from where they arise."""


@transaction.atomic
def supply_element(
    package: Package, number: int, said: Mapping[str, str], files: Iterable[tuple[str, BinaryIO]] = (), *, by: Any
) -> Job | None:
    """Archive an element of a filed package, in words and files; None where the same was handed in before.

    Raises:
        NotPossibleError: `not-filed`, `element-not-supplied`, `words-missing`, `words-unknown`, `words-too-long`,
            `file-missing`, `too-many-files` or `file-kind`.
    """
    package = Package.objects.select_for_update().get(pk=package.pk)
    asked = SUPPLIABLE.get(number)
    if package.state not in IN_ARCHIVE:
        raise NotPossibleError("not-filed", "档案尚未入库，入库后才能补充要素")
    if asked is None:
        raise NotPossibleError("element-not-supplied", "该要素由系统形成或从业务环节取得，不能人工补充")
    name, now = archive.FULL_ELEMENTS[number].name, timezone.now()
    words = _checked(asked, said)
    elements = [*_facts(number, name, words), *_papers(number, name, files)]
    if asked.file_needed and len(elements) == 1:
        raise NotPossibleError("file-missing", f"补充“{name}”须附文件")
    digest = archive.digest_bytes(archive.canonical_json([element.sha256 for element in elements])).sha256
    archive.append_event(
        "element-supplied",
        case_number=package.case_number,
        actor=by,
        object_sha256=elements[0].sha256,
        details={"package": package.number, "element": number, "files": len(elements) - 1},
        now=now,
    )
    return add_supplement(
        package, kind=FollowUp.Kind.ELEMENT, title=f"补充{name}", elements=elements, key=f"{number}:{digest}", now=now
    )


def _checked(asked: Supplied, said: Mapping[str, str]) -> dict[str, str]:
    words = {label: text.strip() for label, text in said.items() if text.strip()}
    if asked.labels[0] not in words:
        raise NotPossibleError("words-missing", f"请填写“{asked.labels[0]}”")
    if unknown := set(words) - set(asked.labels):
        raise NotPossibleError(
            "words-unknown", f"没有“{'、'.join(sorted(unknown))}”一栏；可填：{'、'.join(asked.labels)}"
        )
    if too_long := [label for label, text in words.items() if len(text) > WORDS_MAX]:
        raise NotPossibleError("words-too-long", f"“{'、'.join(too_long)}”超过 {WORDS_MAX} 字：请改为附件")
    return words


def _facts(number: int, name: str, words: dict[str, str]) -> Iterable[Element]:
    yield kept_json(number, "过程文件", f"{name}补充记录", 1, words)


def _papers(number: int, name: str, files: Iterable[tuple[str, BinaryIO]]) -> Iterable[Element]:
    """Each file as it came, under its digest; only scans and PDF, told by their first bytes."""
    for count, (file_name, stream) in enumerate(files, 2):
        if count > FILES_MAX + 1:
            raise NotPossibleError("too-many-files", f"一次最多补充 {FILES_MAX} 个文件")
        stream.seek(0)
        head = stream.read(HEAD_BYTES)
        stream.seek(0)
        kind = next((kind for mark, kind in TAKEN.items() if head.startswith(mark)), "")
        if not kind:
            raise NotPossibleError("file-kind", f"“{file_name}”不是 PDF、PNG 或 JPEG，请转换后再补充")
        kept = zones.keep_as_received(stream)
        yield Element(
            element=number,
            group="过程文件",
            role=f"{name}补充文件",
            name=file_name[-200:],
            path=archive.element_path("过程文件", count, file_name),
            sha256=kept.sha256,
            sm3=kept.sm3,
            size=kept.size,
            media_type=kind,
            source="uploaded",
        )
