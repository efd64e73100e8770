"""Entering the materials that packages list: what they are, whose, and what they replace; and doing so anew."""

import datetime as dt
import json
from collections.abc import Callable, Iterator
from typing import Any

from archive.filing import MATERIALS_ROLE
from archive.holdings.dates import begins_on, dated_of
from archive.holdings.identity import number_of, source_of, subject_of_row
from archive.holdings.models import CompanyName
from archive.holdings.standing import change_standing, settle
from archive.holdings.used_in_time import hold_on, of_project
from archive.manifest import Element, Manifest
from archive.models import HeldMaterial, Package
from catalogue import CatalogueError, load_catalogue

DECISION_ROLE = "变动决定"
"""The element of a follow-up that says what was decided about the certificate of its package."""
Read = Callable[[str], bytes]


def index_materials(package: Package, manifest: Manifest, read: Read, *, now: dt.datetime) -> list[HeldMaterial]:
    """Enter the materials that a package lists into the index; doing it again changes nothing."""
    note_company(manifest)
    held = []
    for row, element in _listed(manifest, read):
        facts = facts_of(row, element, manifest)
        entry, made = HeldMaterial.objects.get_or_create(
            package=package,
            type=row["type"],
            sha256=row["sha256"],
            subject=subject_of_row(row),
            defaults={
                "name": row["name"],
                "subject_kind": row["subject_kind"],
                "number": number_of(row),
                "valid_until": _day(row["valid_until"]),
                "sm3": element.sm3,
                "size": element.size,
                "media_type": element.media_type,
                "pages": row["pages"],
                "fields": _fields(row),
                "held_since": now,
                **facts,
            },
        )
        if made:
            settle(entry, now)
            hold_on(entry)
        held.append(entry)
    _follow_decision(package, manifest, read, now)
    return held


def settle_under(code: str, now: dt.datetime) -> None:
    """Hold what was entered under a code against the rest of the project that has it from now on."""
    for entry in HeldMaterial.objects.filter(of_project(code)).order_by("pk"):
        settle(entry, now)
        hold_on(entry)


def refill_materials(package: Package, manifest: Manifest, read: Read) -> None:
    """Give materials that came back without them the number, the fields and whose they are, from the package's list."""
    note_company(manifest)
    for row, element in _listed(manifest, read):
        subject = subject_of_row(row)
        same = list(HeldMaterial.objects.filter(package=package, type=row["type"], sha256=row["sha256"]))
        for held in same:
            if held.subject_kind == "area" and held.name != row["name"]:
                continue  # filed by hand under its topic, whatever was read
            if len(same) == 1 and row["subject_kind"] in {"person", "area"}:
                held.subject = subject  # the secret that makes a person's key may have changed
            if not held.fields and held.number in {"", number_of(row)} and held.subject in {row["subject"], subject}:
                held.number, held.fields = number_of(row), _fields(row)
            untold = {"", None, HeldMaterial.Source.APPLICANT.value}  # what a row of before has of itself
            for name, value in facts_of(row, element, manifest).items():
                if getattr(held, name) in untold:
                    setattr(held, name, value)
            held.save()


def facts_of(row: dict[str, Any], element: Element, manifest: Manifest) -> dict[str, Any]:
    """What the list says of a material's identity; a list of before says less, and the manifest the rest."""
    return {
        "version": str(row.get("version", ""))[:40],
        "dated": _day(row.get("dated")) or dated_of(row["type"], row["fields"]),
        "valid_from": begins_on(row["type"], row["fields"]),
        "source": source_of(row, element.group).value,
        "owner": owner_of(manifest)[:100],
        "collected_from": manifest.case.applicant_uscc[:18],
    }


def owner_of(manifest: Manifest) -> str:
    """归属部门: the office that handled the case; of a package of before, the one that its item names."""
    if manifest.filing:
        return manifest.filing.department
    try:
        return load_catalogue().item(manifest.case.item_code).lead_dept
    except CatalogueError:
        return ""


def note_company(manifest: Manifest) -> None:
    """Keep under which name the applicant, known by its code, was on record; the earliest time of a name stays."""
    case = manifest.case
    if not case.applicant_uscc or not case.applicant_name:
        return
    key = {"uscc": case.applicant_uscc[:18], "name": case.applicant_name[:500]}
    known, made = CompanyName.objects.get_or_create(**key, defaults={"since": case.applied_at})
    if not made and case.applied_at < known.since:
        known.since = case.applied_at
        known.save(update_fields=["since"])


def names_of(uscc: str) -> list[str]:
    """The names of a company, the present one last; its code stays when the name changes."""
    return list(CompanyName.objects.filter(uscc=uscc).values_list("name", flat=True))


def _follow_decision(package: Package, manifest: Manifest, read: Read, now: dt.datetime) -> None:
    """A manifest of what became of the package's own certificate says how that stands."""
    element = next((e for e in manifest.elements if e.role == DECISION_ROLE), None)
    told = json.loads(read(element.sha256)) if element else {}
    sealed = HeldMaterial.objects.filter(package=package, sha256=told.get("sealed_sha256", "")).first()
    if sealed and told["acts"]:
        after = told["acts"][-1]["after"]
        standing = HeldMaterial.Standing.HOLDS if after == "valid" else HeldMaterial.Standing(after)
        change_standing(sealed.sha256, standing, now, sealed.valid_until)


def _listed(manifest: Manifest, read: Read) -> Iterator[tuple[dict[str, Any], Element]]:
    elements = {element.sha256: element for element in manifest.elements}
    listed = next((e for e in manifest.elements if e.role == MATERIALS_ROLE), None)
    rows: list[dict[str, Any]] = json.loads(read(listed.sha256)) if listed else []
    for row in rows:
        yield row, elements[row["sha256"]]


def _day(said: str | None) -> dt.date | None:
    return dt.date.fromisoformat(said) if said else None


def _fields(row: dict[str, Any]) -> dict[str, Any]:
    return {name: _numbers(value) for name, value in row["fields"].items()}


def _numbers(value: dict[str, Any]) -> dict[str, Any]:
    """A field as the case had it: scores and corners are text in the package and numbers again here."""
    return {**value, "score": float(value["score"]), "box": [[float(x), float(y)] for x, y in value["box"]]}
