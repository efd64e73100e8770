"""Inspection of an OFD inside the sandbox: its package, its lists of pages, and that what they name is there."""

import zipfile
from pathlib import Path
from typing import Any

from cryptography import x509

from ingest.ofd.document import OfdDocument
from ingest.paging_ofd import refusal_of
from signing import OfdContainer, OfdError, read_signatures, validate_ofd

_OFFICE = "[Content_Types].xml"
_ENTRY = "OFD.xml"


def is_ofd(path: str) -> bool:
    """Whether a zip is an OFD package, whatever its first and last bytes show; False where it cannot be opened."""
    try:
        with zipfile.ZipFile(path) as file:
            names = file.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False
    return any(name.lstrip("/") == _ENTRY for name in names) and _OFFICE not in names


def inspect_ofd(path: str, limits: dict[str, int], seal_roots: list[str]) -> dict[str, Any]:
    """Page count, whether it is signed, and what its seals are worth. Refuses what cannot be paged."""
    try:
        with OfdContainer(Path(path)) as container:
            document = OfdDocument(container, max_pages=limits["pages"])
            facts = {"page_count": len(document.pages), "signed": _is_signed(container)}
    except OfdError as error:
        raise refusal_of(error) from error
    if not facts["signed"]:
        return facts
    roots = [x509.load_der_x509_certificate(bytes.fromhex(root)) for root in seal_roots]
    return {**facts, "validation": validate_ofd(Path(path), roots).to_json()}


def _is_signed(container: OfdContainer) -> bool:
    """A list of signatures that cannot be read counts as one: what is there is not to be rewritten."""
    try:
        return bool(read_signatures(container))
    except OfdError as error:
        if error.fault == "bomb":
            raise
        return True
