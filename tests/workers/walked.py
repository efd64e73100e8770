"""A project on its way through the four stages: every case takes what is on offer, and brings only what is asked."""

import io
from collections.abc import Iterable, Mapping
from typing import Any

from catalogue import load_catalogue
from ingest import Case
from samples import World, make_digital
from samples.world import BUILDER_OWNER, PROJECT, PROJECT_CODE, WORKS
from signing import Certificate
from tests.workers.steps import account
from tests.workers.test_pipeline import drain
from workers import (
    NotPossibleError,
    accept,
    accept_offers,
    add_files,
    approve,
    decide,
    digests_shown,
    fill_line,
    give_opinion,
    has_certificate,
    open_case,
    open_parallel,
    shown_lines,
)

ANSWERS: Mapping[str, str] = {
    "sensitive": "否", "investment": "企业", "approval": "备案", "land": "出让", "build": "新建", "works-kind": "建筑",
    "permanence": "永久", "opinions": "否", "industrial": "工业", "civil-defence": "否", "over-height": "否",
    "low-risk": "否", "fire-special": "否", "residential": "否", "elevator": "否", "steps": "否", "delegate": "是",
}  # fmt: skip
"""A factory of a company on land that it bought."""
ASKED = ("missing", "gap", "defective")
WORKS_NAME = WORKS["1号厂房"].name


def facts(*, works: bool, name: str) -> dict[str, Any]:
    """What the window registers of every case of the project."""
    return {
        "project_code": PROJECT_CODE,
        "project_name": PROJECT,
        "works_name": WORKS_NAME if works else "",
        "applicant_name": name,
        "applicant_uscc": BUILDER_OWNER.code,
        "by": account("clerk"),
    }


def answers_for(codes: Iterable[str]) -> dict[str, str]:
    """Of the answers those that the items ask for."""
    asked = {question.key for code in codes for question in load_catalogue().item(code).questions} | {"sensitive"}
    return {key: said for key, said in ANSWERS.items() if key in asked}


def opened(code: str, *, works: bool = False, name: str = BUILDER_OWNER.name) -> Case:
    """A case by itself, checked once."""
    case = open_case(code, **facts(works=works, name=name), answers=answers_for([code]))
    drain()
    return case


def beside(codes: Iterable[str], *, works: bool = False, name: str = BUILDER_OWNER.name) -> list[Case]:
    """A parallel case, checked once; its cases in the order of their codes."""
    parallel = open_parallel(list(codes), **facts(works=works, name=name), answers=answers_for(codes))
    drain()
    return list(parallel.cases.order_by("item_code"))


def rows(case: Case) -> dict[str, dict[str, Any]]:
    case.refresh_from_db()
    return {row["material"]: row for row in (case.report or {})["requirements"]}


def take_offers(cases: Iterable[Case]) -> list[str]:
    """Everything on offer with one key, before anything is brought; the entries that it filled."""
    try:
        taken = accept_offers(cases, by=account("clerk"))
    except NotPossibleError as none:
        if none.code != "nothing-offered":
            raise
        return []
    drain()
    return [use.entry for use in taken]


def still_asked(case: Case) -> list[str]:
    return [entry for entry, row in rows(case).items() if row["state"] in ASKED]


def bring(
    cases: Iterable[Case], *, world: World | None = None, overrides: Mapping[str, Mapping[str, str]] = {}
) -> list[str]:
    """Hand in what is still asked, each type once for all the cases beside each other; what was brought."""
    cases = list(cases)
    wanted = dict.fromkeys(entry for case in cases for entry in still_asked(case))
    for entry in wanted:
        taker = next(case for case in cases if entry in still_asked(case))
        pdf, _ = make_digital(entry, overrides.get(entry), world=world)
        add_files(taker, [(f"{entry}.pdf", io.BytesIO(pdf))], by=account("clerk"))
    drain()
    return list(wanted)


def conclude(case: Case) -> Certificate | None:
    """Accepted on a complete list, decided, and in the archive."""
    case.refresh_from_db()
    if case.state == Case.State.OPEN:
        accept(case, by=account("clerk"))
        drain()
    officer = account("officer")
    if not has_certificate(case):
        give_opinion(case, passed=True, text="符合要求", drawings=digests_shown(case), by=officer)
        drain()
        return None
    certificate = decide(case, by=officer)
    drain()
    return _issued(certificate)


def _issued(certificate: Certificate) -> Certificate:
    """Its data complete, approved as it is shown, sealed and in the archive."""
    officer = account("officer")
    for line in shown_lines(certificate):
        if line.fault:
            fill_line(certificate, line.name, f"按批准文件（{line.name}）", by=officer)
            drain()
    certificate.refresh_from_db()
    approve(certificate, certificate.rendered_sha256, by=officer)
    drain()
    certificate.refresh_from_db()
    return certificate
