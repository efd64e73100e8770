"""Which documents may be the same as this one: an indexed look-up, never a scan."""

import collections
import dataclasses
import math

from django.db import connection

from archive import HeldMaterial
from ingest.models import Material
from ingest.resemblance.fingerprints import Fingerprint
from ingest.resemblance.models import PrintRow

SHARED = 100
"""Prints that share a key above which the key says nothing: the words of a form, the code of a company that builds all
year. It bounds the look-up, whatever the archive's size."""

LEAST_SHARED = 2
"""Keys that two documents must have in common, so that one date alone nominates nobody."""

_ONE = """SELECT * FROM (
    SELECT found.key, found.print_id FROM resemblance_printkey AS found
    JOIN resemblance_printrow AS row_of ON row_of.id = found.print_id
    LEFT JOIN ingest_material AS material ON material.id = row_of.material_id
    LEFT JOIN ingest_upload AS upload ON upload.id = material.upload_id
    WHERE found.key = %s AND material.withdrawn_at IS NULL AND upload.withdrawn_at IS NULL
        AND (upload.state IS NULL OR upload.state <> 'confidential')
    LIMIT %s
) AS of_key"""
"""Prints of a key, without those of what was taken back, set aside or sealed off: a paper that came fifty times and was
set aside as often is still one document. They keep their prints, since all of that can be undone."""


@dataclasses.dataclass(frozen=True, slots=True)
class Candidate:
    """A document that may be the same: handed in (`material`) or archived (`held`), and how much speaks for it.

    `shared` counts common keys; `weight` adds up how rare each is, in bits, and orders the candidates.
    """

    material: Material | None
    held: HeldMaterial | None
    shared: int
    weight: float


def candidates(found: Fingerprint, limit: int = 5) -> list[Candidate]:
    """The documents that share most with this one, without itself and those withdrawn, the likeliest first."""
    weights, shared = _weighed(found)
    likely = sorted((row for row in shared if shared[row] >= LEAST_SHARED), key=lambda row: (-weights[row], -row))
    rows = PrintRow.objects.select_related("material__upload__case", "held__package").in_bulk(likely[: limit + 1])
    kept = [(row, rows[row]) for row in likely[: limit + 1] if row in rows and not _is_itself(rows[row], found)]
    return [Candidate(row.material, row.held, shared[number], weights[number]) for number, row in kept[:limit]]


def _weighed(found: Fingerprint) -> tuple[dict[int, float], dict[int, int]]:
    """By print, the bits that its common keys are worth and how many they are; keys that too many share left out."""
    by_key: dict[int, list[int]] = collections.defaultdict(list)
    if not found.keys:
        return {}, {}
    with connection.cursor() as cursor:
        # One statement, since each key alone would be a round trip; only the constant above is repeated in it.
        cursor.execute(" UNION ALL ".join([_ONE] * len(found.keys)), [x for k in found.keys for x in (k, SHARED + 1)])
        for key, row in cursor.fetchall():
            by_key[key].append(row)
    weights: dict[int, float] = collections.defaultdict(float)
    shared: dict[int, int] = collections.Counter()
    for key, rows in by_key.items():
        if len(rows) <= SHARED:
            for row in rows:
                weights[row] += math.log2(2 * SHARED / len(rows))
                shared[row] += LEAST_SHARED if key == found.keys[0] else 1  # the same file is enough
    return weights, shared


def _is_itself(row: PrintRow, found: Fingerprint) -> bool:
    return found.ref == (f"material:{row.material_id}" if row.material_id else f"held:{row.held_id}")
