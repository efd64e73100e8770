"""What must be handed in: items (事项), their material lists, limits, identifiers, Chinese forms and working days."""

from catalogue.errors import CalendarUnknown, CatalogueError, LicenceIdentifierError
from catalogue.items import (
    Deficiency,
    FieldSpec,
    Item,
    Limit,
    Limits,
    MaterialType,
    Output,
    Requirement,
    SubjectKind,
    Validity,
)
from catalogue.loading import Catalogue, load_catalogue

__all__ = [
    "CalendarUnknown",
    "Catalogue",
    "CatalogueError",
    "Deficiency",
    "FieldSpec",
    "Item",
    "LicenceIdentifierError",
    "Limit",
    "Limits",
    "MaterialType",
    "Output",
    "Requirement",
    "SubjectKind",
    "Validity",
    "load_catalogue",
]
