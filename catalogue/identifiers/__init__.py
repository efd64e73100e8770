"""Identifiers of the field and their checks: 统一社会信用代码, 身份证, 项目代码, permit numbers, 证照标识."""

from catalogue.identifiers.check import CheckState, IdentifierCheck, clean_identifier
from catalogue.identifiers.id_card import check_id_card, mask_id_card
from catalogue.identifiers.land import check_unit_number, find_land_titles
from catalogue.identifiers.licence import (
    LicenceIdentifier,
    check_licence_identifier,
    make_licence_identifier,
    mod37_36,
    parse_licence_identifier,
)
from catalogue.identifiers.permits import (
    SUPERVISION_LETTERS,
    PlanningPermit,
    check_construction_permit,
    check_planning_permit,
    check_supervised_permit,
    find_planning_permits,
    make_construction_permit,
)
from catalogue.identifiers.project_code import check_project_code, find_project_codes
from catalogue.identifiers.uscc import check_uscc, make_uscc, uscc_candidates

__all__ = [
    "SUPERVISION_LETTERS",
    "CheckState",
    "IdentifierCheck",
    "LicenceIdentifier",
    "PlanningPermit",
    "check_construction_permit",
    "check_id_card",
    "check_licence_identifier",
    "check_planning_permit",
    "check_project_code",
    "check_supervised_permit",
    "check_unit_number",
    "check_uscc",
    "clean_identifier",
    "find_land_titles",
    "find_planning_permits",
    "find_project_codes",
    "make_construction_permit",
    "make_licence_identifier",
    "make_uscc",
    "mask_id_card",
    "mod37_36",
    "parse_licence_identifier",
    "uscc_candidates",
]
