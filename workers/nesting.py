"""A parallel case in the archive (GB/T 42727-2023 appendix C): a package that names the packages of its cases in order.

Filed by itself when the last of them is in the archive. Each case's own package is whole; the parent holds what belongs
to all of them: the lists put together, the common form, the joint opinion, and which files several of them share.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

import archive
import ingest
from archive import Child, Element, Manifest, Package, append_event
from catalogue import RetentionCode
from workers import zones
from workers.closing import closed_cases
from workers.elements import filing_of
from workers.jobs import again, enqueue
from workers.made_elements import kept_json
from workers.models import Job
from workers.national_records import with_national_records
from workers.numbering import draw_archive_number
from workers.stage import Arguments, NotExpectedError, NotYetError
from workers.supplements import IN_ARCHIVE, event_refs
from workers.versions import software

FEWEST = 2
"""A package inside another is no nest: a parallel case of one never was one."""
RETRY_FAILED = dt.timedelta(hours=6)
"""How long a failed filing rests before it is tried again: what a person has to put right takes hours, not minutes."""
LONGEST_FIRST: tuple[RetentionCode, ...] = ("Y", "D30", "D10")
Filed = tuple[ingest.Case, Package, Manifest]


def request_parent(parallel: ingest.ParallelCase) -> bool:
    """Have the parent package made once every case of the parallel case is filed; call it in a transaction.

    Returns whether it was asked for now; one that failed is, after a rest.
    """
    numbers = set(parallel.cases.values_list("number", flat=True))
    filed = Package.objects.filter(case_number__in=numbers, state__in=IN_ARCHIVE)
    if len(numbers) < FEWEST or filed.count() != len(numbers):
        return False
    if made := Job.objects.filter(kind="nest", case_number=parallel.number).first():
        rested = made.finished_at and made.finished_at < timezone.now() - RETRY_FAILED
        return made.state == Job.State.QUARANTINED and bool(rested) and again(made)
    retention = longest(filed.values_list("retention", flat=True))
    closed = [row.archived_at for row in parallel.cases.all() if row.archived_at]
    number = draw_archive_number(timezone.localtime(max(closed)).year, retention)
    enqueue("nest", case=parallel.number, parallel=parallel.pk, archive_number=number, package=archive.new_id())
    append_event(
        "parallel-filed",
        case_number=parallel.number,
        details={"parallel": parallel.number, "packages": list(filed.order_by("pk").values_list("number", flat=True))},
        now=timezone.now(),
    )
    return True


def request_parents() -> None:
    """The same for every parallel case that was missed."""
    filed = Package.objects.values("case_number")
    missed = ingest.ParallelCase.objects.exclude(number__in=filed).filter(cases__in=closed_cases()).distinct()
    for parallel in missed:
        with transaction.atomic():
            request_parent(parallel)


def longest(codes: Iterable[str]) -> RetentionCode:
    """The longest of retention codes: what is about all is kept as long as any."""
    given = set(codes)
    return next(code for code in LONGEST_FIRST if code in given)


def build(arguments: Arguments) -> tuple[archive.Digests, Manifest]:
    """Gather the packages of the cases in their order and what belongs to all of them, and build the manifest."""
    parallel = ingest.ParallelCase.objects.select_related("project", "works").get(pk=arguments["parallel"])
    if Package.objects.filter(case_number=parallel.number).exists():
        raise NotExpectedError("it is filed")
    filed = [_filed(case) for case in parallel.cases.order_by("pk")]
    manifest = with_national_records(
        _manifest(parallel, filed, arguments["package"], arguments["archive_number"]), None
    )
    return zones.keep_derivative(archive.manifest_bytes(manifest), "application/json"), manifest


def _filed(case: ingest.Case) -> Filed:
    row = Package.objects.filter(case_number=case.number, state__in=IN_ARCHIVE).first()
    if row is None:
        raise NotYetError("并联的办件尚未全部归档")
    return case, row, archive.parse_manifest(zones.read_anywhere(row.manifest_sha256))


def _manifest(parallel: ingest.ParallelCase, filed: Sequence[Filed], package: str, number: str) -> Manifest:
    manifests = [manifest for _, _, manifest in filed]
    lists = kept_json(6, "元数据", "并联材料清单", 1, _lists(filed))
    events = archive.Event.objects.filter(case_number=parallel.number, kind="parallel-filed")
    return archive.build_manifest(
        package=package,
        archive_number=number,
        created_at=max(manifest.created_at for manifest in manifests),
        case=_facts(parallel, manifests),
        list_sha256=lists.sha256,
        retention=_retention(manifests),
        elements=[
            lists,
            *_common(filed),
            kept_json(9, "元数据", "共用文件", 2, _shared(manifests)),
            kept_json(15, "过程文件", "并联办理过程", 1, _course(parallel, filed)),
            kept_json(35, "元数据", "软件与规则版本", 3, {"software": software()}),
        ],
        events=event_refs(list(events)),
        filing=filing_of(number, "、".join(dict.fromkeys(m.filing.department for m in manifests if m.filing))[:500]),
        matter=archive.Matter(
            result="parallel",
            kind="并联审批",
            stage=parallel.stage,
            answers={key: str(said) for key, said in parallel.answers.items()},
        ),
        children=[
            Child(
                package=row.number,
                archive_number=row.archive_number,
                case_number=case.number,
                item_code=manifest.case.item_code,
                item_name=manifest.case.item_name,
                manifest_sha256=row.manifest_sha256,
                manifest_sm3=row.manifest_sm3,
            )
            for case, row, manifest in filed
        ],
    )


def _facts(parallel: ingest.ParallelCase, manifests: Sequence[Manifest]) -> archive.CaseFacts:
    cases = [manifest.case for manifest in manifests]
    decided = [case.decided_at for case in cases if case.decided_at]
    return archive.CaseFacts(
        number=parallel.number,
        item_code="、".join(case.item_code for case in cases),
        item_name=f"{parallel.stage}并联审批",
        item_version="、".join(case.item_version for case in cases),
        project_code=parallel.project.code,
        project_name=parallel.project.name,
        works_name=parallel.works.name if parallel.works else "",
        applicant_name=cases[0].applicant_name,
        applicant_uscc=cases[0].applicant_uscc,
        parallel_case=parallel.number,
        applied_at=min(case.applied_at for case in cases),
        decided_at=max(decided) if decided else None,
    )


def _retention(manifests: Sequence[Manifest]) -> archive.Retention:
    """The longest of the cases': its code, and the day on which the last of those with that code ends."""
    code = longest([manifest.retention.code for manifest in manifests])
    ends = [m.retention.until for m in manifests if m.retention.code == code and m.retention.until]
    return archive.Retention.model_validate({"code": code, "until": max(ends) if ends else None})


def _lists(filed: Sequence[Filed]) -> dict[str, Any]:
    """The list of each case by its digest, and every entry once with the items that ask for it."""
    asked: dict[str, list[str]] = defaultdict(list)
    names: dict[str, str] = {}
    for case, _, _ in filed:
        item = ingest.item_of(case)
        for entry in item.materials:
            asked[entry.material].append(item.code)
            names.setdefault(entry.material, entry.name)
    lists = [
        {"item": m.case.item_code, "version": m.case.item_version, "list_sha256": m.list_sha256} for _, _, m in filed
    ]
    rows = [{"material": code, "name": names[code], "items": items} for code, items in sorted(asked.items())]
    return {"lists": lists, "materials": rows}


def _common(filed: Sequence[Filed]) -> Iterator[Element]:
    """The form and the result that several cases have in common, as they stand in the first that holds them."""
    times = _holders([manifest for _, _, manifest in filed])
    seen: set[str] = set()
    for _, _, manifest in filed:
        for element in manifest.elements:
            shared = element.element in {8, 23} and len(times[element.sha256]) >= FEWEST
            if shared and element.sha256 not in seen:
                seen.add(element.sha256)
                path = archive.element_path(element.group, len(seen), element.name)
                yield element.model_copy(update={"path": path})


def _shared(manifests: Sequence[Manifest]) -> list[dict[str, Any]]:
    """Every file that lies in more than one case's package, by digest, with where it is found in each."""
    rows = []
    for sha256, places in _holders(manifests).items():
        if len(places) >= FEWEST:
            rows.append(
                {"sha256": sha256, "name": next(iter(places.values()))[0], "in": {p: v[1] for p, v in places.items()}}
            )
    return sorted(rows, key=lambda row: str(row["sha256"]))


def _holders(manifests: Sequence[Manifest]) -> dict[str, dict[str, tuple[str, str]]]:
    """Digest → package → name and path of the file there."""
    found: dict[str, dict[str, tuple[str, str]]] = defaultdict(dict)
    for manifest in manifests:
        for element in manifest.elements:
            if element.group != "元数据":
                found[element.sha256][manifest.package] = (element.name, element.path)
    return found


def _course(parallel: ingest.ParallelCase, filed: Sequence[Filed]) -> dict[str, Any]:
    """Who opened it and when, and how each case went, in its times."""
    return {
        "parallel": parallel.number,
        "lead": parallel.lead_item,
        "section": parallel.section,
        "opened_at": _time(parallel.opened_at),
        "opened_by": parallel.opened_by_id,
        "cases": [
            {
                "case": manifest.case.number,
                "item": manifest.case.item_code,
                "result": manifest.matter.result if manifest.matter else "",
                "applied_at": _time(manifest.case.applied_at),
                "accepted_at": _time(manifest.case.accepted_at),
                "decided_at": _time(manifest.case.decided_at),
                "closed_at": _time(manifest.created_at),
            }
            for _, _, manifest in filed
        ],
    }


def _time(moment: dt.datetime | None) -> str | None:
    return moment.isoformat() if moment else None
