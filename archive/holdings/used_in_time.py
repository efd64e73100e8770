"""A permit that was used in time holds on: its term is the time in which to use it, and not the time it is good for.

建设工程规划许可证: under the local rules it lapses when no construction permit was got within its term; once one was
issued, it stays what the works is built and accepted by. Which result is the use of which is in the catalogue
(`Output.used_by`).
"""

import datetime as dt
from functools import lru_cache

from django.db.models import Q

from archive.codes_of_projects import project_codes, same_subjects
from archive.holdings.identity import AUTHORITATIVE, plain
from archive.models import HeldMaterial
from catalogue import Catalogue, load_catalogue
from signing import note_use_in_time, was_used_in_time


def hold_on(entry: HeldMaterial) -> list[HeldMaterial]:
    """Take the end off every permit that `entry` is the use of, and off `entry` itself if it was used; what changed.

    The register of certificates is told, so that whoever verifies such a permit hears the same.
    Asked again, or with either of the two entered first, it comes to the same; what was used stays used.
    """
    uses = _uses(load_catalogue())
    kinds = [kind for kind, use in uses.items() if use == entry.type]
    termed = HeldMaterial.objects.filter(_of_project(entry), type__in=kinds).exclude(valid_until=None) if kinds else ()
    changed = []
    for row in (entry, *termed):
        if row.valid_until and row.type in uses and (was_used_in_time(row.sha256) or _used(row, uses[row.type])):
            row.valid_until = None
            row.save(update_fields=["valid_until"])
            note_use_in_time(row.sha256)
            changed.append(row)
    return changed


def _used(permit: HeldMaterial, use: str) -> bool:
    """Whether the register issued its use within its term, for the same works or for one of the same project.

    The term of a later version (变更, 延续) began with the first: what was used before the change is used.
    """
    begun, until = _first_day(permit), permit.valid_until
    if begun is None or until is None:
        return False
    within = {"source__in": AUTHORITATIVE, "dated__gte": begun, "dated__lte": until}
    rows = HeldMaterial.objects.filter(_of_project(permit), type=use, **within)
    return any(_one_works(permit, row) for row in rows.exclude(standing=HeldMaterial.Standing.REVOKED))


def of_project(*codes: str) -> Q:
    """What is held of a project under these codes, and of every works of it."""
    found = Q(pk=None)
    for code in codes:
        found |= Q(subject_kind="project", subject=code) | Q(subject_kind="works", subject__startswith=f"{code}/")
    return found


def _of_project(row: HeldMaterial) -> Q:
    """What is held of its project, under any of its codes, and of every works of it."""
    return of_project(*project_codes(row.subject.partition("/")[0]))


def _one_works(permit: HeldMaterial, use: HeldMaterial) -> bool:
    """Of two of one project: the same works, or one of them is of all its works."""
    wide, narrow = sorted((one.subject.partition("/")[2] for one in (permit, use)), key=len)
    return bool(permit.subject and use.subject) and (not wide or narrow == wide or narrow.startswith(f"{wide}/"))


def _first_day(permit: HeldMaterial) -> dt.date | None:
    subjects = same_subjects(permit.subject_kind, permit.subject)
    same = HeldMaterial.objects.filter(
        type=permit.type, subject_kind=permit.subject_kind, subject__in=subjects
    ).exclude(dated=None)
    versions = [row.dated for row in same if plain(row.number) == plain(permit.number)]
    return min(filter(None, [*versions, permit.dated]), default=None)


@lru_cache(maxsize=4)
def _uses(catalogue: Catalogue) -> dict[str, str]:
    """Type of a result to the type whose issue is its use."""
    return {output.material: output.used_by for item in catalogue.items() for output in item.outputs if output.used_by}
