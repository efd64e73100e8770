"""A decision is taken on the drawings that were reviewed, or not at all: what stops one, which sheets, and the way out.

Sources: 部令第13号 (2013) 施工图审查管理办法: reviewed drawings are not changed without a new review;
部令第51号 (2020) 消防设计审查验收: 不得擅自修改经审查合格的消防设计文件.
"""

import dataclasses
from collections.abc import Iterator, Sequence

from catalogue import applicable
from ingest.drawings.content import Comparison, SheetFacts, compare, said, unlike
from ingest.drawings.kinds import REVIEW_RESULT, is_checked, is_permit, is_review, rests_on_review
from ingest.drawings.models import DrawingSet, SetVersion, VersionUse
from ingest.drawings.registering import brought, confirmed_pairs, current_reviewed, presented, set_of
from ingest.drawings.states import Kind, State
from ingest.items import item_of
from ingest.models import Case, Material

SHEETS_NAMED = 6
"""How many sheets a message names; the page shows all of them."""
NAMES = {
    "drawings-not-reviewed": "图纸尚未审查合格",
    "drawings-differ": "提交的图纸与审查合格的版本不一致",
    "review-paper-differs": "审查合格书与审定的图纸版本不符",
    "review-paper-withdrawn": "登记审查合格所凭的合格书已撤回",
    "permit-on-other-drawings": "施工许可依据的图纸未经审查合格",
    "as-built-sheets-missing": "竣工图缺少审查合格的图纸",
    "as-built-not-reviewed": "竣工图有未经审查的变更",
}
"""Every code of a finding, in words."""


@dataclasses.dataclass(frozen=True, slots=True)
class DrawingFinding:
    """Why a decision cannot be taken on the drawings as they are: a stable code, the sheets, and what to do.

    `version` is the number of the version to look at beside `against`, the approved one; None where nothing differs.
    """

    code: str
    message: str
    remedy: str
    sheets: tuple[str, ...] = ()
    version: int | None = None
    against: int | None = None


def check_decision(case: Case) -> tuple[DrawingFinding, ...]:
    """Hold the drawings that a case rests on against the reviewed ones; empty where nothing stops a decision.

    A works whose drawings this system never had is reviewed elsewhere: nothing is said of it. Nor where the answers
    exempt the works from a review (低风险免审).
    """
    item = item_of(case)
    drawings = set_of(case)
    if drawings is None or is_review(item) or not is_checked(item) or not drawings.versions.exists():
        return ()
    if rests_on_review(item) and REVIEW_RESULT not in {entry.material for entry in applicable(item, case.answers)}:
        return ()
    current = current_reviewed(drawings.project_id, drawings.works_id)
    if current is None:
        return _unreviewed(drawings, case)
    return (
        *_design(case, current),
        *_registered(current),
        *_paper(case, current),
        *_as_built(case, drawings, current),
    )


def differences(before: SetVersion, after: SetVersion) -> Comparison:
    """How a version differs from another, with what persons found to be the same left out."""
    return compare(before.facts, after.facts, confirmed_pairs(before.set))


def _unreviewed(drawings: DrawingSet, case: Case) -> tuple[DrawingFinding, ...]:
    handed_in = drawings.versions.filter(state=State.SUBMITTED).last()
    if handed_in is None:
        return ()  # as-built drawings alone: the design was reviewed elsewhere
    return (
        DrawingFinding(
            "drawings-not-reviewed",
            f"第 {handed_in.number} 版图纸尚未审查合格，不能凭未审图纸办理{item_of(case).name}",
            "请先办结施工图设计文件审查；审查在系统外完成的，请在“一套图纸”页登记审查合格书",
        ),
    )


def _design(case: Case, current: SetVersion) -> tuple[DrawingFinding, ...]:
    """What was handed in with the case itself has to be the reviewed version, the newest of it and all beside it."""
    mine = presented(case, Kind.DESIGN)
    if mine is None or (found := differences(current, mine)).alike:
        return _beside(case, current)
    return (
        DrawingFinding(
            "drawings-differ",
            f"本办件提交的是第 {mine.number} 版图纸，审查合格的是第 {current.number} 版：{_told(found)}",
            "请将修改后的图纸重新送审，或撤回本次提交的图纸、改用审查合格的版本；只是重新扫描的，请逐张核对图面并确认相同"
            + ("；没有读出图号的，请先在“一套图纸”页补录图号" if any(_unnumbered(found)) else ""),
            _numbers(found),
            mine.number,
            current.number,
        ),
    )


def _beside(case: Case, current: SetVersion) -> tuple[DrawingFinding, ...]:
    """An altered sheet is not reviewed because the approved one was handed in after it: both lie in the case.

    Nor is one that was reviewed, archived, and replaced since.
    """
    numbers = {sheet.facts: sheet.version.number for sheet in brought(case)}
    apart = unlike(numbers, current.facts, confirmed_pairs(current.set))
    if not apart:
        return ()
    return (
        DrawingFinding(
            "drawings-differ",
            f"本办件提交或引用的文件中还有与审查合格的第 {current.number} 版不一致的图纸：{_named(apart)}",
            "请撤回含有这些图纸的文件或引用，或把该页单独归入“其他材料”；只是重新扫描的，请逐张核对图面并确认相同",
            tuple(sheet.number or sheet.key for sheet in apart),
            numbers[apart[0]],
            current.number,
        ),
    )


def _registered(current: SetVersion) -> tuple[DrawingFinding, ...]:
    """A review that was entered from its certificate counts as long as the certificate does."""
    review = current.review or {}
    if review.get("how") != "certificate":
        return ()
    works = {"upload__case__project": current.set.project_id, "upload__case__works": current.set.works_id}
    filed = Material.objects.filter(**works, upload__sha256=review.get("sha256", ""))
    if not filed.exists() or filed.filter(type=REVIEW_RESULT, withdrawn_at=None, upload__withdrawn_at=None).exists():
        return ()
    return (
        DrawingFinding(
            "review-paper-withdrawn",
            f"第 {current.number} 版图纸凭审查合格书 {review['certificate']} 登记，该合格书已撤回或改作其他材料",
            "请恢复该合格书；或由部门经办人在“一套图纸”页凭有效的合格书更正登记",
        ),
    )


def _paper(case: Case, current: SetVersion) -> tuple[DrawingFinding, ...]:
    """The result of a review that lies in the case, as paper or as held, has to be that of the current version."""
    number, code = (current.review or {}).get("certificate", ""), current.set.code
    uses = case.uses.filter(entry=REVIEW_RESULT, withdrawn_at=None).select_related("material", "held")
    held = {use.held.version for use in uses if use.held and use.held.number == code}
    papers = [use.material or use.held for use in uses]
    shown = {paper.number for paper in papers if paper} - {"", code}
    if held - {str(current.number)}:
        said = f"引用的审查结果是第 {'、'.join(sorted(held))} 版图纸的"
    elif number and shown and number not in shown:
        said = f"提交的审查合格书编号为 {'、'.join(sorted(shown))}，当前版本凭 {number} 审定"
    else:
        return ()
    return (
        DrawingFinding(
            "review-paper-differs",
            f"{said}，审查合格的是第 {current.number} 版图纸",
            "请改用当前版本的审查结果；编号识别有误的，请更正识别结果，登记时就有误的由部门经办人在“一套图纸”页更正登记",
        ),
    )


def _as_built(case: Case, drawings: DrawingSet, current: SetVersion) -> tuple[DrawingFinding, ...]:
    """三方核对: 审图合格书 ↔ 施工许可 ↔ 竣工图, where as-built drawings are handed in with the case."""
    built = presented(case, Kind.AS_BUILT)
    if built is None:
        return ()
    return (*_permit(drawings), *_built(current, built, drawings))


def _permit(drawings: DrawingSet) -> tuple[DrawingFinding, ...]:
    """The permit has to have been decided on a version that passed a review, the present one or one before it."""
    uses = VersionUse.objects.filter(version__set=drawings, moment=VersionUse.Moment.DECIDED).select_related("case")
    bad = [use for use in uses.select_related("version") if is_permit(item_of(use.case)) and not _passed(use.version)]
    return tuple(
        DrawingFinding(
            "permit-on-other-drawings",
            f"施工许可（办件 {use.case.number}）依据的第 {use.version.number} 版图纸未经审查合格",
            "请将该版图纸送审，或由许可机关核查处理后再验收",
        )
        for use in bad
    )


def _passed(version: SetVersion) -> bool:
    """Whether it was ever reviewed, or is the same as what was."""
    if version.reviewed_at is not None:
        return True
    reviewed = version.set.versions.exclude(reviewed_at=None)
    return any(differences(other, version).alike for other in reviewed)


def _built(current: SetVersion, built: SetVersion, drawings: DrawingSet) -> tuple[DrawingFinding, ...]:
    """Every reviewed sheet has its as-built one, and none of a revision that no review saw. Pictures differ by nature.

    A drawing list is no sheet that is built.
    """
    wanted = [sheet.facts for sheet in current.present if not sheet.listed]
    there = [sheet.facts for sheet in built.present if not sheet.listed]
    found = compare(wanted, there, confirmed_pairs(drawings))
    findings = []
    if found.missing:
        findings.append(
            DrawingFinding(
                "as-built-sheets-missing",
                f"竣工图（第 {built.number} 版）缺少审查合格的图纸：{_named(found.missing)}",
                "请补交缺少的竣工图；图号识别有误的，请在“一套图纸”页更正",
                tuple(sheet.number or sheet.key for sheet in found.missing),
            )
        )
    reviewed = {(sheet.key, said(sheet, "revision")) for sheet in wanted}
    changed = dict.fromkeys(change.after for change in found.changed if change.after.revision)
    unseen = [*(sheet for sheet in changed if (sheet.key, said(sheet, "revision")) not in reviewed), *found.extra]
    if unseen:
        findings.append(
            DrawingFinding(
                "as-built-not-reviewed",
                f"竣工图有审查合格的第 {current.number} 版中没有的图纸或版次：{_named(unseen)}",
                "设计变更涉及审查内容的，请将变更后的图纸重新送审，再办理验收",
                tuple(sheet.number or sheet.key for sheet in unseen),
            )
        )
    return tuple(findings)


def _numbers(found: Comparison) -> tuple[str, ...]:
    sheets = [*(change.after for change in found.changed), *found.missing, *found.extra]
    return tuple(dict.fromkeys(sheet.number or sheet.key for sheet in sheets))


def _unnumbered(found: Comparison) -> Iterator[SheetFacts]:
    return (sheet for sheet in (*found.missing, *found.extra) if not sheet.number)


def _told(found: Comparison) -> str:
    parts = (
        ("有变化", [*dict.fromkeys(change.after for change in found.changed)]),
        ("缺少", found.missing),
        ("多出", found.extra),
    )
    return "；".join(f"{word} {_named(sheets)}" for word, sheets in parts if sheets)


def _named(sheets: Sequence[SheetFacts]) -> str:
    named = "、".join(sheet.number or "未编号图纸" for sheet in sheets[:SHEETS_NAMED])
    return f"{named} 等 {len(sheets)} 张" if len(sheets) > SHEETS_NAMED else named
