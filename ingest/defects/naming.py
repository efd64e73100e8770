"""Wrong type: a file named after a listed material, or handed in for it, that holds something else."""

import functools
import re
from collections.abc import Mapping, Sequence
from pathlib import PurePath

from catalogue import Requirement, load_catalogue, squeeze
from ingest.defects.words import defect
from ingest.report import Defect, Presented
from ocr import headings_of, nearest

LEAST_NAME = 4
"""Characters of a file's name that must end one material's title, and no other's, to name it (施工合同, 审查合格书)."""

HINT = 0.2
"""Score from which the nearest type is worth telling; below it is chance."""

SURE_HEADING = 0.5
"""Weight from which the line in the head of the page is shown as what the paper calls itself."""

_NOT_HAN = re.compile(r"[^一-鿿]")
_AROUND = re.compile(r"原件|扫描件|扫描|复印件|复印|照片|彩色|盖章版|盖章|电子版|正本|副本|最终版|终稿")


def named_after(file: str, entries: Sequence[Requirement] = ()) -> str:
    """The material type that a file's name names, "" where it names none or not one alone.

    What a list calls its entries comes first: 项目批准、核准、备案文件 is the title of no paper.
    """
    stem = PurePath(file.replace("\\", "/")).stem
    han = _NOT_HAN.sub("", squeeze(stem))
    called = [(_NOT_HAN.sub("", squeeze(entry.name)), entry.material) for entry in entries]
    within = [(len(name), code) for name, code in called if len(name) >= LEAST_NAME and name in han]
    return max(within)[1] if within else _named(stem)


@functools.lru_cache(maxsize=4096)
def _named(stem: str) -> str:
    name = _AROUND.sub("", _NOT_HAN.sub("", squeeze(stem)))
    titles = _titles()
    within = max((title for title in titles if title in name), key=len, default="")
    if within:
        return titles[within]
    ending = {code for title, code in titles.items() if len(name) >= LEAST_NAME and title.endswith(name)}
    return ending.pop() if len(ending) == 1 else ""


@functools.cache
def _titles() -> Mapping[str, str]:
    """Every printed title and name of the catalogue, Han characters only, with its type."""
    found: dict[str, str] = {}
    for kind in load_catalogue().material_types():
        for title in (kind.name, *kind.titles):
            plain = _NOT_HAN.sub("", squeeze(title.partition("…")[0] if "…" in title else title))
            if len(plain) >= LEAST_NAME:
                found.setdefault(plain, kind.code)
    return found


def find_misnamed(documents: Sequence[Presented], entries: Sequence[Requirement] = ()) -> dict[str, list[Defect]]:
    """By material: the files that were given for it and hold no such document; it may still be met by another file."""
    by_file: dict[tuple[str, str], list[Presented]] = {}
    for document in documents:
        if not document.reused:
            by_file.setdefault((document.file, document.sha256), []).append(document)
    found: dict[str, list[Defect]] = {}
    for held in by_file.values():
        meant = next((d.meant_for for d in held if d.meant_for), "") or named_after(held[0].file, entries)
        if meant and all(document.type != meant for document in held):
            known = [document for document in held if document.type]
            shown = known[0] if known else held[0]
            told = defect(
                "wrong-type",
                page=shown.pages[0] if shown.pages else None,
                at=shown,
                weight="serious" if known else "question",
                file=PurePath(shown.file).name,
                expected=load_catalogue().material_type(meant).name,
                seen=_seen(known),
            )
            found.setdefault(meant, []).append(told)
    return found


def _seen(known: Sequence[Presented]) -> str:
    names = dict.fromkeys(load_catalogue().material_type(document.type).name for document in known)
    return "、".join(f"《{name}》" for name in names) if names else "未能识别的材料"


def find_unknown(document: Presented) -> list[Defect]:
    """That a document matches no material, with what it looks like; nothing for pages without a word."""
    if not any(reading.lines for reading in document.readings) and document.readings:
        return []
    hints = []
    page = document.readings[0] if document.readings else None
    if page:
        headings = [heading for heading in headings_of(page) if heading.weight >= SURE_HEADING]
        if headings:
            hints.append(f"标题为“{max(headings, key=lambda heading: heading.weight).text}”")
    guess = nearest(document.readings)
    if guess.score >= HINT:
        hints.append(f"最接近《{load_catalogue().material_type(guess.type).name}》")
    seen = f"（{'，'.join(hints)}）" if hints else ""
    return [defect("type-unknown", page=document.pages[0] if document.pages else None, seen=seen)]
