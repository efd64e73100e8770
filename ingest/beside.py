"""What the cases beside one change about its list: what they will issue is awaited, what the lead has said is said."""

import dataclasses
from collections.abc import Collection

from catalogue import is_application, load_catalogue
from ingest.completeness import verdict_of
from ingest.items import item_of
from ingest.models import Case
from ingest.report import Report, State

SETTLED = (Case.State.ISSUED, Case.State.ARCHIVED, Case.State.REFUSED)
"""States in which a case issues nothing more."""


def with_neighbours(report: Report, case: Case) -> Report:
    """The report of a case as the cases beside it change it; that of a case alone stays as it is."""
    if not case.parallel_id:
        return report
    return _with_state(_with_state(report, replaced(case), "not-applicable"), awaited(case), "awaited")


def awaited(case: Case) -> frozenset[str]:
    """Materials that a case beside this one is to issue and has not issued yet (并联): nobody else can hand them in.

    They do not keep the case from being accepted; the decision waits for them (`workers.order`).
    """
    others = case.beside.exclude(pk=case.pk).exclude(state__in=SETTLED)
    return frozenset(output.material for other in others for output in item_of(other).outputs)


def replaced(case: Case) -> frozenset[str]:
    """Application forms of a single acceptance: the one form of the joint acceptance stands for them (一张表单)."""
    if case.parallel is None or case.parallel.lead_item in {"", case.item_code}:
        return frozenset()
    return application_forms(case)


def application_forms(case: Case) -> frozenset[str]:
    """The entries of the case's list that are application forms."""
    catalogue = load_catalogue()
    entries = (entry.material for entry in item_of(case).materials)
    return frozenset(code for code in entries if is_application(catalogue.material_type(code)))


def _with_state(report: Report, materials: Collection[str], state: State) -> Report:
    """The entries that nobody has filled, in another state; the verdict follows."""
    rows = tuple(
        dataclasses.replace(row, state=state) if row.material in materials and row.state in {"missing", "gap"} else row
        for row in report.requirements
    )
    return dataclasses.replace(report, requirements=rows, verdict=verdict_of(rows))
