"""The result of a review decided here, as a paper: which version, sheet by sheet; a joint result for every later case.

The certificate of review (审查合格书) is issued in the review office's own system. What this system knows for certain
is which sheets were found in order, on which day; that is set on paper, archived with the case, and held as the
review's result (联合成果), so that permit, fire review and acceptance ask the builder for nothing.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils import timezone

import ingest
from archive import Element, digest_bytes
from catalogue import load_catalogue, spoken
from ingest import drawings
from ingest.drawings import VersionUse
from signing import render
from workers import zones
from workers.made_elements import PDF, made_element
from workers.material_rows import joint_row

ROLE = "审查合格图纸一览"
NAME = f"{ROLE}.pdf"
NUMBER = 900
"""Its place in its folder of the package, behind the numbered facts."""
HEAD = ("图号", "图名", "专业", "版本", "日期", "原件 SHA-256（前 16 位）与页码")
DIGEST_SHOWN = 16
"""As much of a digest as can be compared by eye; all of it stands in 图纸版次.json beside."""


def reviewed_elements(case: ingest.Case) -> Iterator[Element]:
    """19: the paper, where the case is a review that approved a version."""
    for use in _approved(case):
        data = _paper(case, use)
        zones.keep_derivative(data, PDF)
        yield made_element(19, "过程文件", ROLE, NUMBER, NAME, data, PDF, material_type=drawings.REVIEW_RESULT)


def reviewed_rows(case: ingest.Case) -> Iterator[dict[str, Any]]:
    """The line of the package's list of materials that later cases are offered.

    Its number is that of the set, so that the next version reviewed replaces it; its version is the set's.
    """
    kind = load_catalogue().material_type(drawings.REVIEW_RESULT)
    for use in _approved(case):
        on = timezone.localtime(use.at).date()
        works = case.works.name if case.works else ""
        yield joint_row(
            case,
            kind,
            sha256=digest_bytes(_paper(case, use)).sha256,
            number=use.version.set.code,
            version=str(use.record["version"]),
            on=on,
            said={"工程名称": works, "建设单位": case.applicant_name, "审查日期": on.isoformat()},
        )


def _approved(case: ingest.Case) -> list[VersionUse]:
    if not drawings.is_review(ingest.item_of(case)):
        return []
    uses = case.drawing_uses.filter(moment=VersionUse.Moment.DECIDED).select_related("version__set__project")
    return [use for use in uses if use.record["state"] == drawings.State.REVIEWED]


def _paper(case: ingest.Case, use: VersionUse) -> bytes:
    record, on = use.record, timezone.localtime(use.at).date()
    named = f"{case.project.name}{case.works.name if case.works else ''}（项目代码 {case.project.code}）"
    said = [
        f"{named}的施工图设计文件第 {record['version']} 版经审查合格，共 {len(record['sheets'])} 张，逐张列后。",
        f"图纸集编号 {use.version.set.code}，图纸摘要（SHA-256）{record['digest']}。",
        "本件由系统据审查决定生成，供后续事项核对图纸版本；施工图设计文件审查合格书由审查机构另行核发。",
    ]
    words = {
        "标题": ROLE,
        "编号": case.number,
        "致": "各审批事项",
        "正文": said,
        "表头": list(HEAD),
        "列宽": [2, 4, 2, 1, 2, 4],
        "表": [_line(sheet) for sheet in record["sheets"]],
        "落款": ingest.item_of(case).lead_dept,
        "日期": spoken(on),
    }
    made: bytes = render("notice", words, created=use.at)
    return made


def _line(sheet: Mapping[str, Any]) -> list[str]:
    where = f"{sheet['original'][:DIGEST_SHOWN]} 第 {sheet['page']} 页"
    return [*(sheet[name] or "—" for name in ("number", "title", "discipline", "revision", "date")), where]
