"""Whether a held material holds on a day, and what changes that: what replaced it, what its register decided."""

import dataclasses
import datetime as dt
from collections.abc import Collection
from typing import Literal

from archive.codes_of_projects import same_subjects
from archive.holdings.identity import AUTHORITATIVE, line_of, replaces, same_line
from archive.holdings.used_in_time import hold_on
from archive.models import HeldMaterial, Package

Standing = HeldMaterial.Standing
Code = Literal["holds", "suspended", "superseded", "revoked", "cancelled", "destroyed", "not-yet", "lapsed"]


@dataclasses.dataclass(frozen=True, slots=True)
class Validity:
    """Whether a material holds on a day; else why not, as a code and in the counter's words."""

    holds: bool
    code: Code
    message: str


def still_valid(held: HeldMaterial, on: dt.date) -> Validity:
    """Judge a row as it stands in the database now; its first and its last day both count.

    Read the row anew before asking: it is the register's word of this moment that is judged.
    """
    if held.package.state == Package.State.DESTROYED:
        return Validity(False, "destroyed", "原件已按规定销毁，不能再使用")
    if held.standing != Standing.HOLDS:
        since = f"（{held.standing_since:%Y-%m-%d}）" if held.standing_since else ""
        return Validity(False, _ENDED[held.standing], f"{held.name}{held.get_standing_display()}{since}，不能使用")
    if held.valid_from and on < held.valid_from:
        return Validity(False, "not-yet", f"{held.name}自{held.valid_from}起有效，{on}尚未生效")
    if held.valid_until and on > held.valid_until:
        return Validity(False, "lapsed", f"{held.name}有效期至{held.valid_until}，{on}已失效")
    until = f"，有效期至{held.valid_until}" if held.valid_until else ""
    return Validity(True, "holds", f"{held.name}有效{until}")


def supersede(old: HeldMaterial, new: HeldMaterial, now: dt.datetime) -> None:
    """Take a material off offer for what replaced it; one that was ended otherwise keeps its own end."""
    if old.standing == Standing.SUPERSEDED and old.superseded_by_id is None:  # its register spoke first
        old.superseded_by = new
    elif old.standing in {Standing.HOLDS, Standing.SUSPENDED}:
        old.standing, old.standing_since, old.superseded_by = Standing.SUPERSEDED, now, new
    else:
        return
    old.save(update_fields=["standing", "standing_since", "superseded_by"])


def change_standing(sha256: str, standing: str, now: dt.datetime, until: dt.date | None = None) -> list[HeldMaterial]:
    """Keep what a register decided about a document: every holding of these bytes follows.

    `until` is the end of validity as the register has it now, where it holds. Returns the rows that changed.
    """
    changed = [row for row in HeldMaterial.objects.filter(sha256=sha256) if _change(row, standing, now, until)]
    for row in changed:
        hold_on(row)  # the register's end is that of the time in which to use it
    return changed


def settle(entry: HeldMaterial, now: dt.datetime) -> None:
    """Hold a new entry against what is held of the same line (`line_of`): who replaces whom.

    A project's papers are one line under all its codes.
    Where the register's own document is held, copies of it that applicants left give way to it, whatever they say.
    """
    same = HeldMaterial.objects.filter(sha256=entry.sha256).exclude(pk=entry.pk).exclude(standing=Standing.HOLDS)
    if ended := next((one for one in same if not is_taken_back(one) or line_of(one) == line_of(entry)), None):
        _change(entry, ended.standing, now, entry.valid_until)
    subjects = same_subjects(entry.subject_kind, entry.subject)
    others = _alike(entry, subjects)
    registered = [one for one in others if one.source in AUTHORITATIVE]
    if registered and entry.source not in AUTHORITATIVE:
        supersede(entry, max(registered, key=lambda one: (one.version.zfill(8), one.pk)), now)
        return
    for other in others:
        if replaces(entry, other, subjects) or (entry.source in AUTHORITATIVE and other.source not in AUTHORITATIVE):
            supersede(other, entry, now)
        elif other.standing in {Standing.HOLDS, Standing.SUSPENDED} and replaces(other, entry, subjects):
            supersede(entry, other, now)


def is_taken_back(row: HeldMaterial) -> bool:
    """Whether an area's result was filed wrongly and taken back: that ends the filing, and not the document."""
    return row.subject_kind == "area" and row.standing == Standing.CANCELLED


_ENDED: dict[str, Code] = {
    Standing.SUSPENDED: "suspended",
    Standing.SUPERSEDED: "superseded",
    Standing.REVOKED: "revoked",
    Standing.CANCELLED: "cancelled",
}


def _change(row: HeldMaterial, standing: str, now: dt.datetime, until: dt.date | None) -> bool:
    if standing != Standing.HOLDS:
        until = row.valid_until
    if (row.standing, row.valid_until) == (standing, until):
        return False
    row.standing, row.standing_since, row.valid_until = standing, now, until
    if standing == Standing.HOLDS:
        row.superseded_by = None
    row.save(update_fields=["standing", "standing_since", "valid_until", "superseded_by"])
    return True


def _alike(row: HeldMaterial, subjects: Collection[str]) -> list[HeldMaterial]:
    """What is held in other bytes of the same line."""
    if line_of(row) is None:
        return []
    same = HeldMaterial.objects.filter(subject_kind=row.subject_kind, subject__in=subjects, type=row.type)
    return [one for one in same.exclude(sha256=row.sha256) if same_line(one, row, subjects)]
