"""Everything that is wrong with one document, in the order in which a clerk would look for it."""

import datetime as dt
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from catalogue import MaterialType, Requirement
from ingest.defects.code import find_code_defects
from ingest.defects.number import find_amount_faults, find_number_faults
from ingest.defects.pages import find_page_faults
from ingest.defects.reading import find_page_remarks, find_unreadable
from ingest.defects.seal import find_seal_faults
from ingest.defects.subject import find_applicant_faults, find_project_faults
from ingest.defects.time import find_date_faults, find_validity_faults
from ingest.report import CaseFacts, Defect, Presented

if TYPE_CHECKING:
    from signing import CodeAnswer

_ON_MISSING_PAGES = frozenset({"field-unreadable", "seal-missing"})
"""Where pages are missing, what else is missing may stand on them: one cause, one defect."""


def find_defects(  # noqa: PLR0913, PLR0917 - one question, these are its facts
    kind: MaterialType,
    document: Presented,
    facts: CaseFacts,
    today: dt.date,
    known_codes: Mapping[str, "CodeAnswer"] = MappingProxyType({}),
    entry: Requirement | None = None,
) -> list[Defect]:
    """Everything that is wrong with the document, whatever else was handed in.

    `known_codes` says of each code that is a verification address of ours what the register answered. `entry` is the
    entry of the list that it stands for: it says whether the original is asked.
    """
    subject = [*find_applicant_faults(kind, document, facts), *find_project_faults(kind, document, facts)]
    validity = [*find_validity_faults(kind, document, facts, today)]
    codes = find_code_defects(document, known_codes, kind)
    if document.reused:  # it was checked when it was archived; only time and subject can have changed since
        return [*validity, *subject, *codes]
    pages = find_page_faults(document)
    found = [
        *find_unreadable(kind, document),
        *pages,
        *find_seal_faults(kind, entry, document),
        *validity,
        *subject,
        *find_number_faults(kind, document),
        *find_amount_faults(document),
        *find_date_faults(kind, document, today),
        *codes,
        *find_page_remarks(kind, document),
    ]
    if any(one.code == "pages-missing" for one in pages):
        return [one for one in found if one.code not in _ON_MISSING_PAGES]
    return found
