"""The list that a case is judged by: one place, so that every room takes the same version and region."""

from catalogue import Item, load_catalogue
from ingest.models import Case


def item_of(case: Case) -> Item:
    """The item in the version that the case was opened under, with what its region does differently."""
    return load_catalogue().item(case.item_code, case.item_version, region=case.project.region)
