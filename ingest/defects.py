"""What can be wrong with a document that is there: one small function a kind of defect, one table of their words."""

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from rapidfuzz import fuzz

from catalogue import MaterialType, check_uscc, clean_identifier, load_catalogue
from ingest.report import CaseFacts, Defect, Presented
from ingest.seal_parties import find_parties
from ocr import FieldValue, Quad

if TYPE_CHECKING:
    from signing import CodeAnswer

# A number read less surely may be misread itself: then it is a question, not a finding.
SURE_READING = 0.8
# A name read off a scan may have one wrong character in ten; a different company differs by more.
SAME_NAME = 85.0

# A seal that only a person with the original can judge: neither met nor missing, but asked about.
QUESTIONS = frozenset({"seal-probable", "seal-unsure", "seal-unread"})

WORDS: Mapping[str, tuple[str, str]] = {
    "field-unreadable": ("未读到必填内容“{name}”", "请核对原件是否填写完整；已填写的，重新扫描该页"),
    "seal-missing": ("缺少{owner}印章", "请退回加盖{owner}公章后重新提交"),
    "seal-other": ("印章为“{seen}”，应为“{owner}”", "请核对用印单位，加盖正确的公章后重新提交"),
    "seal-probable": (
        "疑似{owner}印章{told}，但不是红色印迹，可能是复印件或黑白扫描",
        "请核对原件；原件盖有红色印章的，请彩色扫描该页",
    ),
    "seal-unsure": ("印章读作“{seen}”，与“{owner}”相近但不完全一致", "请核对原件上印章的单位名称"),
    "seal-unread": ("疑似{owner}印章，文字未能读出", "请核对原件；印迹不清的，请重新盖章或重新扫描该页"),
    "e-seal-invalid": (
        "电子签章核验不通过：{reasons}",
        "请勿采信；请申请人向出具单位重新取得未改动的电子文件",
    ),
    "expired": ("已于 {until} 到期", "请提交仍在有效期内的材料"),
    "applicant-differs": (
        "单位名称为“{seen}”，与申请人“{expected}”不一致",
        "请核对是否为更名；更名的提交变更证明，否则更换材料",
    ),
    "uscc-differs": ("统一社会信用代码 {seen} 与申请人 {expected} 不一致", "请核对是否提交了其他单位的材料"),
    "uscc-malformed": ("统一社会信用代码 {seen} 校验不通过", "请对照原件核对代码；原件如此的，向市场监管部门查询"),
    "project-code-differs": ("项目代码 {seen} 与本项目 {expected} 不一致", "请核对是否提交了其他项目的材料"),
    "project-differs": ("项目名称为“{seen}”，与本项目“{expected}”不一致", "请核对是否为更名；否则更换材料"),
    "works-differ": ("工程名称为“{seen}”，与本工程“{expected}”不一致", "请提交本工程的材料"),
    "date-in-future": ("{name}为 {seen}，晚于今天", "请核对日期"),
    "code-revoked": ("二维码对应的证照（{seen}）已撤销", "请勿采信；请申请人提交有效的证照，并向发证机关核实"),
    "code-superseded": ("二维码对应的证照（{seen}）已换发", "请提交换发后的证照"),
    "code-unknown": (
        "二维码（{seen}）是证照查验地址，但登记中查无此证",
        "请对照原件重新扫描；仍查不到的，请勿采信，并向发证机关核实",
    ),
    "code-other-number": (
        "二维码对应的证照编号为 {expected}，纸面编号为 {seen}，两者不一致",
        "请勿采信纸面内容；请按登记的证照核对，并向发证机关核实",
    ),
    "code-other-kind": ("二维码对应的是{expected}，不是这份{seen}", "请核对二维码是否贴错或借用；以登记的证照为准"),
    "page-blurred": ("第{page}页模糊", "请重新扫描第{page}页"),
    "page-low-resolution": ("第{page}页分辨率过低", "请以 200 dpi 以上重新扫描第{page}页"),
    "page-dark": ("第{page}页过暗", "请调亮后重新扫描第{page}页；拍照的，请在光线充足处重拍"),
    "page-low-contrast": ("第{page}页字迹过浅", "请提高对比度后重新扫描第{page}页"),
    "page-skewed": ("第{page}页歪斜", "请摆正后重新扫描第{page}页"),
    "page-cut-edge": ("第{page}页边缘文字被裁切", "请将纸张完整放入扫描区域，重新扫描第{page}页"),
    "page-double-page": ("第{page}页是两页扫在一起，已按先左后右识别", "请核对；两页不是同一份材料的，逐页重新扫描"),
    "page-show-through": ("第{page}页为空白页，只透出背面字迹", "请确认背面是否已扫描；夹带的空白页可不再扫"),
    "page-blank": ("第{page}页为空白页", "请确认是否漏扫或夹带空白页"),
}


def find_defects(
    kind: MaterialType,
    document: Presented,
    facts: CaseFacts,
    today: dt.date,
    known_codes: Mapping[str, "CodeAnswer"] = MappingProxyType({}),
) -> list[Defect]:
    """Everything that is wrong with the document, in the order a clerk would look for it.

    `known_codes` says of each code that is a verification address of ours what the register answered.
    """
    checks: Sequence[Callable[[MaterialType, Presented, CaseFacts, dt.date], Iterator[Defect]]] = (
        _unreadable_fields,
        _seals,
        _expiry,
        _applicant,
        _project,
        _future_dates,
        _pages,
    )
    if document.reused:  # it was checked when it was archived; only time and subject can have changed since
        checks = (_expiry, _applicant, _project)
    found = [defect for check in checks for defect in check(kind, document, facts, today)]
    return [*found, *find_code_defects(document, known_codes, kind)]


def find_code_defects(
    document: Presented, known_codes: Mapping[str, "CodeAnswer"], kind: MaterialType | None = None
) -> list[Defect]:
    """Certificates of ours on the document that the register does not stand by; `known_codes` as in `find_defects`.

    A code that the register does not know may be misread, so it is a warning. A valid code proves only the certificate
    it was printed on: on a document of `kind` the number in the register must be the one on the paper.
    """
    defects = []
    for page, code in document.codes:
        answer = known_codes.get(code.text)
        if answer is None:
            continue
        if f"code-{answer.state}" in WORDS:
            found = _defect(f"code-{answer.state}", serious=answer.state != "unknown", seen=code.text)
            defects.append(dataclasses.replace(found, page=page, box=code.box))
        elif kind is not None:
            defects += (
                dataclasses.replace(found, page=page, box=code.box) for found in _borrowed(document, kind, answer)
            )
    return defects


def _borrowed(document: Presented, kind: MaterialType, answer: "CodeAnswer") -> Iterator[Defect]:
    """Whether the code was taken from another certificate than the one that this paper says it is."""
    if not kind.number_field:  # a form or a letter may quote the code of a certificate
        return
    if answer.type != kind.code:
        names = {one.code: one.name for one in load_catalogue().material_types()}
        yield _defect("code-other-kind", expected=names.get(answer.type, answer.type), seen=kind.name, serious=False)
        return
    number = document.fields.get(kind.number_field)
    if number is not None and clean_identifier(number.value) != clean_identifier(answer.number):
        serious = number.score >= SURE_READING
        yield _defect("code-other-number", expected=answer.number, seen=number.value, serious=serious)


def _defect(code: str, value: FieldValue | None = None, *, serious: bool = True, **words: object) -> Defect:
    message, remedy = WORDS[code]
    page: int | None = value.page if value else None
    box: Quad | None = value.box if value else None
    return Defect(code, message.format(**words), remedy.format(**words), page, box, serious)


def _unreadable_fields(kind: MaterialType, document: Presented, _: CaseFacts, __: dt.date) -> Iterator[Defect]:
    first = document.pages[0] if document.pages else None
    for spec in kind.fields:
        if spec.required and spec.name not in document.fields:
            found = _defect("field-unreadable", name=spec.name)
            yield Defect(found.code, found.message, found.remedy, first, None)


def _seals(kind: MaterialType, document: Presented, _: CaseFacts, __: dt.date) -> Iterator[Defect]:
    """Each role's seal must be there: by its ring text where that can be read, else by count."""
    if document.signed:  # an electronic seal is checked by its signature, not by its picture
        if document.seal_verdict == "invalid":
            yield _defect("e-seal-invalid", reasons=document.seal_reasons)
        return
    owners = {role: document.fields[role].value for role in kind.seals if role in document.fields}
    for finding in find_parties(kind.seals, owners, document.seals):
        seen = finding.placed[1].text if finding.placed else ""
        told = f"（读作“{seen}”）" if seen else ""
        found = _defect(finding.code, owner=finding.owner, seen=seen, told=told, serious=finding.code not in QUESTIONS)
        page = finding.placed[0] if finding.placed else document.pages[-1] if document.pages else None
        yield dataclasses.replace(found, page=page, box=finding.placed[1].box if finding.placed else None)


def _expiry(_: MaterialType, document: Presented, __: CaseFacts, today: dt.date) -> Iterator[Defect]:
    if document.valid_until and document.valid_until < today:
        value = next((v for v in document.fields.values() if v.value == document.valid_until.isoformat()), None)
        yield _defect("expired", value, until=document.valid_until.isoformat())


def _applicant(kind: MaterialType, document: Presented, facts: CaseFacts, _: dt.date) -> Iterator[Defect]:
    name = document.fields.get(kind.applicant_field)
    if name and facts.applicant_name and not _same(name.value, facts.applicant_name):
        yield _defect("applicant-differs", name, seen=name.value, expected=facts.applicant_name)
    code = document.fields.get("统一社会信用代码")
    if not code:
        return
    if facts.applicant_uscc and code.value != facts.applicant_uscc:
        yield _defect("uscc-differs", code, seen=code.value, expected=facts.applicant_uscc)
    elif check_uscc(code.value).state != "ok":
        # Some genuine early codes fail the check: a warning, never a refusal (GB 32100-2015 practice).
        yield _defect("uscc-malformed", code, serious=False, seen=code.value)


def _project(kind: MaterialType, document: Presented, facts: CaseFacts, _: dt.date) -> Iterator[Defect]:
    code = document.fields.get("项目代码")
    if code and facts.project_code and code.value != facts.project_code:
        yield _defect("project-code-differs", code, seen=code.value, expected=facts.project_code)
    project = document.fields.get(kind.project_field)
    if project and facts.project_name and not _same(project.value, facts.project_name):
        yield _defect("project-differs", project, seen=project.value, expected=facts.project_name)
    works = document.fields.get(kind.works_field)
    if works and facts.works_name and not _same_works(works.value, facts.works_name):
        yield _defect("works-differ", works, seen=works.value, expected=facts.works_name)


def _future_dates(kind: MaterialType, document: Presented, _: CaseFacts, today: dt.date) -> Iterator[Defect]:
    """A date of signing or issue later than today; the end of a validity is of course in the future."""
    for spec in kind.fields:
        value = document.fields.get(spec.name)
        if spec.kind != "date" or value is None or spec.name == kind.validity.field:
            continue
        try:
            date = dt.date.fromisoformat(value.value)
        except ValueError:
            continue
        if date > today:
            yield _defect("date-in-future", value, name=spec.name, seen=value.value)


def _pages(_: MaterialType, document: Presented, __: CaseFacts, ___: dt.date) -> Iterator[Defect]:
    for page, code in document.remarks:
        if f"page-{code}" in WORDS:
            found = _defect(f"page-{code}", page=page, serious=False)
            yield Defect(found.code, found.message, found.remedy, page, None, serious=False)


def _same(one: str, other: str) -> bool:
    return fuzz.ratio(one, other) >= SAME_NAME


def _same_works(one: str, other: str) -> bool:
    """Names of works differ by a number ("1号厂房", "2号厂房"): digits must agree exactly."""
    return _same(one, other) and [c for c in one if c.isdigit()] == [c for c in other if c.isdigit()]
