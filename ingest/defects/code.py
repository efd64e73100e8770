"""Certificates of ours on a document that the register does not stand by."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from catalogue import MaterialType, clean_identifier, load_catalogue
from ingest.defects.names import SURE_READING
from ingest.defects.words import WORDS, Weight, defect
from ingest.report import Defect, Presented
from ocr import Quad

if TYPE_CHECKING:
    from signing import CodeAnswer


def find_code_defects(
    document: Presented, known_codes: Mapping[str, "CodeAnswer"], kind: MaterialType | None = None
) -> list[Defect]:
    """Certificates of ours on the document that the register does not stand by; `known_codes` as in `find_defects`.

    A code that the register does not know may be misread, so it is a warning. A valid code proves only the certificate
    it was printed on: on a document of `kind` the number in the register must be the one on the paper.
    """
    defects: list[Defect] = []
    for page, code in document.codes:
        answer = known_codes.get(code.text)
        if answer is None:
            continue
        if f"code-{answer.state}" in WORDS:
            defects.append(defect(f"code-{answer.state}", page=page, box=code.box, seen=code.text))
        elif kind is not None:
            defects += _borrowed(document, kind, answer, page, code.box)
    return defects


def _borrowed(document: Presented, kind: MaterialType, answer: "CodeAnswer", page: int, box: Quad) -> Iterator[Defect]:
    """Whether the code was taken from another certificate than the one that this paper says it is."""
    if not kind.number_field:  # a form or a letter may quote the code of a certificate
        return
    if answer.type != kind.code:
        names = {one.code: one.name for one in load_catalogue().material_types()}
        expected = names.get(answer.type, answer.type)
        yield defect("code-other-kind", page=page, box=box, expected=expected, seen=kind.name)
        return
    number = document.fields.get(kind.number_field)
    if number is not None and clean_identifier(number.value) != clean_identifier(answer.number):
        weight: Weight = "serious" if number.score >= SURE_READING else "note"
        yield defect("code-other-number", page=page, box=box, expected=answer.number, seen=number.value, weight=weight)
