"""建设工程档案 of a project as it can be pre-filled today, with where every value was found."""

import contextlib
import dataclasses
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import archive
from archive import MATERIALS_ROLE, FollowUp, Manifest, Package, project_codes
from archive.transfer import FilledGroup, Told, fill_attributes, fill_tree, hand_over_due, write_archive
from catalogue import construction_archive, parse_date
from signing import Certificate
from workers import zones
from workers.groundwork import NotPossibleError

RETENTION_WORDS = {"Y": "永久", "D30": "30年", "D10": "10年"}
Found = dict[str, list[tuple[str, str]]]


@dataclasses.dataclass(frozen=True, slots=True)
class ProjectArchive:
    """The tree of a project, the attributes of its unit works, and when the builder has to hand over."""

    code: str
    name: str
    works: tuple[str, ...]
    groups: tuple[FilledGroup, ...]
    attributes: tuple[Told, ...]
    accepted_on: dt.date | None
    due_on: dt.date | None
    due_how: str

    def count(self, state: str) -> int:
        """How many nodes are filled, missing or asked."""
        return sum(group.count(state) for group in self.groups)


def project_archive(project_code: str, works: str = "") -> ProjectArchive:
    """The construction archive of a project, or of one of its works with what belongs to the whole project.

    Raises:
        NotPossibleError: `nothing-archived`.
    """
    packages = list(Package.objects.filter(project_code__in=project_codes(project_code)).order_by("pk"))
    if not packages:
        raise NotPossibleError("nothing-archived", f"项目 {project_code} 还没有档案：办件归档后才能预填")
    manifests = [one for package in packages for one in _manifests(package)]
    every = tuple(sorted({one.case.works_name for one in manifests if one.case.works_name}))
    mine = [one for one in manifests if not works or one.case.works_name in ("", works)]
    found = _found(mine)
    tree = construction_archive()
    accepted_on = _accepted_on(found)
    due_on, due_how = hand_over_due(tree, accepted_on)
    return ProjectArchive(
        code=project_code,
        name=manifests[0].case.project_name,
        works=every,
        groups=fill_tree(tree, mine),
        attributes=fill_attributes(tree, found),
        accepted_on=accepted_on,
        due_on=due_on,
        due_how=due_how,
    )


def write_project_archive(found: ProjectArchive, folder: Path) -> list[Path]:
    """Write it as folders and indexes. Raises what `write_archive` does."""
    return write_archive(found.groups, found.attributes, zones.zone("archive"), folder)


def _manifests(package: Package) -> Iterator[Manifest]:
    """The package's own manifest, and those of acts that brought a new version of its certificate."""
    acts = package.follow_ups.filter(kind=FollowUp.Kind.ACT).order_by("order")
    for sha256 in (package.manifest_sha256, *acts.values_list("manifest_sha256", flat=True)):
        with contextlib.closing(zones.open_anywhere(sha256)) as stream:
            yield archive.parse_manifest(stream.read())


def _found(manifests: list[Manifest]) -> Found:
    """Values by place: facts of the cases, fields read from materials, lines of the certificates."""
    found: Found = {}
    for manifest in manifests:
        case, origin = manifest.case, manifest.archive_number
        for name, value in {
            "works_name": case.works_name,
            "project_name": case.project_name,
            "applicant_name": case.applicant_name,
            "retention": RETENTION_WORDS[manifest.retention.code],
        }.items():
            _add(found, f"fact.{name}", value, f"档案 {origin}")
        for row in _materials(manifest):
            said = f"{row['name']}（{origin}）"
            _add(found, f"{row['type']}.number", row["number"], said)
            for name, field in row["fields"].items():
                _add(found, f"{row['type']}.{name}", field["value"], said)
    for certificate in _certificates({manifest.case.number for manifest in manifests}):
        said = f"证照 {certificate.number}"
        _add(found, f"{certificate.type}.number", certificate.number, said)
        for name, value in certificate.data.items():
            _add(found, f"{certificate.type}.{name}", value, said)
        if certificate.type == "OUT-LHYS":
            _add(found, "OUT-LHYS.issued", certificate.issued_on.isoformat(), said)
    return found


def _add(found: Found, place: str, value: Any, origin: str) -> None:
    if isinstance(value, str) and value:
        found.setdefault(place, []).append((value, origin))


def _materials(manifest: Manifest) -> list[dict[str, Any]]:
    listed = next((one for one in manifest.elements if one.role == MATERIALS_ROLE), None)
    if listed is None:
        return []
    with contextlib.closing(zones.open_anywhere(listed.sha256)) as stream:
        rows: list[dict[str, Any]] = archive.parse_canonical(stream.read())
    return rows


def _certificates(cases: set[str]) -> Any:
    """What is valid now; what was superseded, revoked or cancelled says nothing of the works any more."""
    return Certificate.objects.filter(case_number__in=cases, state=Certificate.State.VALID).order_by("pk")


def _accepted_on(found: Found) -> dt.date | None:
    """验收日期 of the acceptance report, else the day of the joint opinion."""
    for place in ("M-JGYS.验收日期", "OUT-LHYS.issued"):
        for value, _ in reversed(found.get(place, [])):
            if day := parse_date(value):
                return day
    return None
