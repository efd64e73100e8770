"""Looking into archived files again: do they open, how many pages, do the first and the last draw, in the sandbox.

What comes back are the facts of `archive.inspection`; the judgement is not made here. A child takes several files, as
starting one costs more than opening a scan; a file that kills its child is blamed and the rest is looked at again.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from archive.inspection import ContentFacts
from ingest.inspection import MAX_PAGES, MAX_PIXELS, MAX_STREAM_BYTES, MAX_TEXT_STREAM_BYTES
from ingest.refusals import Refusal
from ingest.sandbox import DEFAULT_LIMITS, Limits, run_sandboxed

FILES_A_CHILD = 8
"""Two pages each: as many pages as four children of paging draw, within the time of one."""

PATIENCE = 4
"""So many files of one package may kill their child; the rest is then called unexamined, not tried for hours."""


def look_into(files: Mapping[str, Path], *, limits: Limits = DEFAULT_LIMITS) -> dict[str, ContentFacts]:
    """What opening each file shows, by the caller's key. Whatever the files hold, there is an answer for each."""
    waiting, found, killed = list(files), dict[str, ContentFacts](), 0
    while waiting:
        if killed >= PATIENCE:
            unseen = ContentFacts("unexamined", code="given-up", fault="同一信息包内多个文件使解析程序异常，未再检测")
            return found | dict.fromkeys(waiting, unseen)
        share = waiting[:FILES_A_CHILD]
        try:
            said = run_sandboxed("look", _order([files[key] for key in share]), limits=limits)
        except Refusal as refusal:
            killed += 1
            place = (refusal.page or 1) - 1  # the child counts files where paging counts pages
            guilty = share[min(place, len(share) - 1)]
            found[guilty] = ContentFacts("refused", code=refusal.code, fault=_words(refusal))
            waiting.remove(guilty)
            continue
        for key, facts in zip(share, said, strict=True):
            found[key] = _facts(facts)
        waiting = waiting[len(share) :]
    return found


def _order(paths: list[Path]) -> dict[str, Any]:
    return {
        "paths": [str(path.resolve()) for path in paths],
        "limits": {
            "pages": MAX_PAGES,
            "pixels": MAX_PIXELS,
            "stream_bytes": MAX_STREAM_BYTES,
            "text_stream_bytes": MAX_TEXT_STREAM_BYTES,
        },
    }


def _facts(said: dict[str, Any]) -> ContentFacts:
    if refused := said.get("refusal"):
        return ContentFacts("refused", code=refused["code"], fault=_words(Refusal.from_json(refused)))
    return ContentFacts(**{**said, "rendered": tuple(said["rendered"]), "filters": tuple(said["filters"])})


def _words(refusal: Refusal) -> str:
    return str(refusal.to_json()["message"])
