"""Seals and originals: a role's seal by its ring text, an electronic one by its signature, a copy by its marks."""

import re
from collections.abc import Iterator

from catalogue import MaterialType, Requirement
from ingest.defects.words import defect
from ingest.report import Defect, Presented
from ingest.seal_parties import SealFinding, find_parties
from ocr import Quad

LONGEST_STAMP = 24
"""Characters of the longest line that is a copy's stamp; a longer one is a sentence that speaks of copies."""

_DATE = re.compile(r"(?:19|20)[0-9]{2}年.*$")
"""The day of issue, which stands below an authority's name and is sometimes read as part of it."""

_COPY = re.compile(
    r"与原件(?:核对)?(?:一致|相符|无异|无误)|复印件(?:仅供|与原件|无效)|^[(\[【]?复印件[)\]】]?$|^此件(?:系|为)复印件"
)


def find_seal_faults(kind: MaterialType, entry: Requirement | None, document: Presented) -> Iterator[Defect]:
    """What is to be said of the seals the type must bear, and whether it is the original that is asked for."""
    if document.signed:  # an electronic seal is checked by its signature, not by its picture
        if document.seal_verdict == "invalid":
            yield defect("e-seal-invalid", reasons=document.seal_reasons)
        return
    original = entry is not None and entry.form == "original"
    copied = next(_copy_marks(document), None) if original else None
    owners = {role: _DATE.sub("", document.fields[role].value) for role in kind.seals if role in document.fields}
    for finding in find_parties(kind.seals, owners, document.seals):
        if original and _grey(finding):
            if copied is None and finding.placed:
                copied = "印章没有颜色", finding.placed[0], finding.placed[1].box
            continue
        yield _of_finding(finding, document)
    if copied:
        evidence, page, box = copied
        yield defect("copy-given", evidence=evidence, page=page, box=box)


def _grey(finding: SealFinding) -> bool:
    return finding.code == "seal-probable" and finding.placed is not None and finding.placed[1].colour == "grey"


def _of_finding(finding: SealFinding, document: Presented) -> Defect:
    page, mark = finding.placed or (document.pages[-1] if document.pages else None, None)
    seen = mark.text if mark else ""
    told = f"（读作“{seen}”）" if seen else ""
    return defect(finding.code, page=page, box=mark.box if mark else None, owner=finding.owner, seen=seen, told=told)


def _copy_marks(document: Presented) -> Iterator[tuple[str, int | None, Quad | None]]:
    """What says that it is a copy: a stamp's text, a line on the page, or the name of the file."""
    for page, mark in document.seals:
        if _COPY.search(mark.text + mark.caption):
            yield f"盖有“{mark.text}”", page, mark.box
    for reading in document.readings:
        for line in reading.lines:
            text = line.text.replace(" ", "")
            if len(text) <= LONGEST_STAMP and _COPY.search(text):
                yield f"写有“{text}”", reading.number, line.box
    if "复印" in document.file.rpartition("/")[2]:
        yield "文件名写明复印件", document.pages[0] if document.pages else None, None
