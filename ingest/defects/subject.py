"""Whose it is: applicant, project and works on the paper held against those of the case."""

import re
from collections.abc import Iterator

from catalogue import MaterialType, check_project_code, check_uscc
from ingest.defects.names import SURE_NAME, SURE_READING, name_within, same_name, same_works, surely_read
from ingest.defects.words import Weight, defect
from ingest.report import CaseFacts, Defect, Presented
from ocr import FieldValue

USCC, PROJECT_CODE = "统一社会信用代码", "项目代码"

_RENAMED = re.compile("曾用名|原名|原企业名称|原单位名称|更名|名称变更|变更为")


def find_applicant_faults(kind: MaterialType, document: Presented, facts: CaseFacts) -> Iterator[Defect]:
    """Another name or code than the applicant's; a company that was renamed is asked about."""
    name, expected = document.fields.get(kind.applicant_field), facts.applicant_name
    if name and expected and not same_name(name.value, expected):
        why = _renamed(document, name, facts)
        if why:
            yield defect("applicant-renamed", name, seen=name.value, expected=expected, why=why)
        else:
            yield defect(
                "applicant-differs", name, seen=name.value, expected=expected, weight=_weight(document, name, SURE_NAME)
            )
    code = document.fields.get(USCC)
    if not code:
        return
    if facts.applicant_uscc and code.value != facts.applicant_uscc:
        yield defect(
            "uscc-differs",
            code,
            seen=code.value,
            expected=facts.applicant_uscc,
            weight=_weight(document, code),
        )
    elif (checked := check_uscc(code.value)).state != "ok":
        # Some genuine early codes fail the check: a warning, never a refusal (GB 32100-2015 practice).
        asked: Weight = "note" if checked.state == "checksum-legacy" else "question"
        yield defect("uscc-malformed", code, seen=code.value, weight=asked)


def _renamed(document: Presented, name: FieldValue, facts: CaseFacts) -> str:
    """Why it may be the same company under another name; empty where nothing says so."""
    code = document.fields.get(USCC)
    if code and facts.applicant_uscc and code.value == facts.applicant_uscc:
        return "统一社会信用代码相同"
    if any(same_name(name.value, former) for former in facts.former_names):
        return "与申请人的曾用名一致"
    lines = [line.text.replace(" ", "") for reading in document.readings for line in reading.lines]
    if any(_RENAMED.search(line) for line in lines) and any(facts.applicant_name in line for line in lines):
        return "材料上写有更名情况"
    return ""


def find_project_faults(kind: MaterialType, document: Presented, facts: CaseFacts) -> Iterator[Defect]:
    """Another project code, project or works than the case's."""
    yield from _project_code(kind, document, facts)
    project = document.fields.get(kind.project_field)
    if project and facts.project_name and not same_name(project.value, facts.project_name):
        cut = name_within(project.value, facts.project_name)
        weight = "question" if cut else _weight(document, project, SURE_NAME)
        yield defect("project-differs", project, seen=project.value, expected=facts.project_name, weight=weight)
    works = document.fields.get(kind.works_field)
    if works and facts.works_name and not same_works(works.value, facts.works_name):
        weight = _weight(document, works, SURE_NAME)
        yield defect("works-differ", works, seen=works.value, expected=facts.works_name, weight=weight)


def _project_code(kind: MaterialType, document: Presented, facts: CaseFacts) -> Iterator[Defect]:
    code = document.fields.get(PROJECT_CODE)
    if not code:
        return
    said, known = check_project_code(code.value), check_project_code(facts.project_code)
    if not said.ok:
        yield defect("project-code-malformed", code, seen=code.value)
    elif facts.project_code and said.value != known.value:
        why = _former_code(kind, document, facts, told=(said.variant, known.variant))
        if said.value in facts.former_codes:
            why = "是本项目的曾用代码"
        if why:
            yield defect("project-code-former", code, why=why, seen=code.value, expected=facts.project_code)
        else:
            weight = _weight(document, code)
            yield defect("project-code-differs", code, weight=weight, seen=code.value, expected=facts.project_code)


def _former_code(kind: MaterialType, document: Presented, facts: CaseFacts, *, told: tuple[str, str]) -> str:
    """A project coded before November 2020 may have got a new code besides (发改投资〔2020〕1439号)."""
    project = document.fields.get(kind.project_field)
    same = project is not None and facts.project_name and same_name(project.value, facts.project_name)
    return "一个是旧式代码、一个是新式代码，项目名称相同" if same and set(told) == {"old", "new"} else ""


def _weight(document: Presented, value: FieldValue, sure: float = SURE_READING) -> Weight:
    return "serious" if surely_read(document, value, sure) else "question"
