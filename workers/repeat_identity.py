"""What a document that was handed in will be in the archive, and an archived one as it is compared: their numbers."""

import ocr
from archive import HeldMaterial, holdings
from catalogue import load_catalogue
from ingest import Material
from workers.material_rows import handed_in_row, own_value


def as_archived(material: Material) -> HeldMaterial:
    """The row that archiving will make of a document, as far as it says what replaces what; never saved."""
    row = handed_in_row(material.upload.case, material.type, material)
    return HeldMaterial(
        type=material.type,
        name=row["name"],
        subject_kind=row["subject_kind"],
        subject=holdings.subject_of_row(row),
        number=holdings.number_of(row),
        dated=holdings.dated_of(material.type, material.fields),
        valid_until=material.valid_until,
        sha256=material.upload.sha256,
        fields=material.fields,
    )


def fields_of_held(held: HeldMaterial) -> dict[str, ocr.FieldValue]:
    """The fields of an archived document. One that was issued here was never read: its number is the register's."""
    fields = {name: ocr.FieldValue(**value) for name, value in held.fields.items()}
    number = load_catalogue().material_type(held.type).number_field
    if number and held.number and number not in fields:
        fields[number] = own_value(held.number)
    return fields
