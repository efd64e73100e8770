"""Whose personal papers a case may be offered: of the persons whom its own documents name by an identity number."""

from collections.abc import Iterator, Mapping
from typing import Any

import ingest
from catalogue import check_id_card, load_catalogue


def persons_of(case: ingest.Case) -> tuple[str, ...]:
    """Identity numbers of legal representative, agent and others, from what was handed in or taken for the case.

    A name alone is nobody's. A number that fails its check was misread and stands for no person. The numbers are for
    `subjects_of`, which keeps keys only; nothing else may keep or show them.
    """
    fields = {
        kind.code: [spec.name for spec in kind.fields if spec.kind == "id-card"]
        for kind in load_catalogue().material_types()
    }
    naming = [code for code, names in fields.items() if names]
    handed_in = ingest.Material.objects.filter(
        upload__in=case.pile, upload__withdrawn_at=None, withdrawn_at=None, type__in=naming
    )
    taken = ingest.MaterialUse.objects.filter(case__in=case.beside, withdrawn_at=None, held__type__in=naming)
    papers = [*handed_in.values_list("type", "fields"), *taken.values_list("held__type", "held__fields")]
    found = (number for kind, said in papers for number in _numbers(said, fields[kind]))
    return tuple(dict.fromkeys(found))


def _numbers(said: Mapping[str, Any], names: list[str]) -> Iterator[str]:
    for name in names:
        checked = check_id_card(str(said[name]["value"])) if name in said else None
        if checked and checked.state == "ok":
            yield checked.value
