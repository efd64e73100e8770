"""The national records of a package: made from its manifest and the tables of the case, kept, and added as elements.

They are the last elements: 材料目录.xml lists everything before it, the encapsulation is over all of them, the
manifest over that. Asked again, the same case gives the same bytes; the signature is made once and kept.
"""

import contextlib
import dataclasses
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from django.contrib.auth import get_user_model
from django.utils import timezone

import archive
import ingest
from archive import AlreadyExists, Element, Manifest, NotFound, digest_bytes, element_path
from archive.records import (
    EEP_NAME,
    EEP_ROLE,
    FILE_LIST_NAME,
    METADATA_NAME,
    PREMIS_NAME,
    PROCESS_NAME,
    Agent,
    CaseEvent,
    CaseRecord,
    PreservationEvent,
    ResultFacts,
    SpecialProcedure,
    amend,
    case_metadata,
    encapsulate,
    file_list,
    premis_record,
    premis_xml,
    process,
)
from catalogue import Limit, load_catalogue
from signing import Certificate, Seal, Signer
from workers import installation, zones
from workers.stage import NotYetError
from workers.supplements import first_manifest

XML: Final = "application/xml"
JSON: Final = "application/json"
ARCHIVE_SEAL: Final = "电子档案签名章"
"""The seal that signs encapsulations. Registered with a key of its own it is used from there; until then a key of
this installation's test authority signs."""
FIRST_PLACE: Final = 901
"""Where the records stand in 元数据, after everything that they are about."""
POSTS: Final = {
    "clerk": "窗口人员",
    "officer": "审批人员",
    "archivist": "档案人员",
    "supervisor": "监察人员",
    "keeper": "印章管理员",
}
"""What a group of accounts is called where a person may not be named."""
OUTCOMES: Final = {
    "granted": "准予许可",
    "passed": "合格",
    "failed": "不合格",
    "refused": "不予受理",
}
SYSTEM: Final = Agent("系统", "系统", "一档")


def with_national_records(manifest: Manifest, case: ingest.Case | None) -> Manifest:
    """The manifest with the records of the case added to its elements; `case` is None for a parallel case.

    Raises:
        BadRecord: a value of the case does not fit a record.
        NotYetError: the archive's seal is out of use.
        KeyUnusable: its key does not sign.
    """
    record = case_record(manifest, case)
    described = _with(
        manifest,
        _kept(31, "基本信息", 0, METADATA_NAME, case_metadata(manifest, record), XML),
        _kept(15, "办理过程（业务实体）", 1, PROCESS_NAME, process(record), XML),
        _kept(34, "保存记录", 2, PREMIS_NAME, premis_record(manifest, record), JSON),
    )
    listed = _with(described, _kept(33, "归档材料目录", 3, FILE_LIST_NAME, file_list(described, record), XML))
    return _encapsulated(listed, lambda signer: encapsulate(listed, record, signer, at=timezone.now()))


def with_amendment(manifest: Manifest, case: ingest.Case, earlier: bytes | None) -> Manifest:
    """The manifest of a follow-up with an encapsulation that amends the earlier one; as it is where there is none."""
    if earlier is None:
        return manifest
    filing = first_manifest(archive.Package.objects.get(case_number=case.number)).filing
    secrecy, openness = (filing.secrecy, filing.openness) if filing else ("", "")
    record = dataclasses.replace(case_record(manifest, case), confidentiality=secrecy, opening=openness)
    return _encapsulated(manifest, lambda signer: amend(manifest, record, earlier, signer, at=timezone.now()))


def newest_encapsulation(package: archive.Package) -> bytes | None:
    """The encapsulation that the next amendment holds: of the newest follow-up that has one, or the package's own."""
    links = package.follow_ups.order_by("-order").values_list("manifest_sha256", flat=True)
    for sha256 in (*links, package.manifest_sha256):
        manifest = archive.parse_manifest(_read(sha256))
        if found := next((one for one in manifest.elements if one.role == EEP_ROLE), None):
            return _read(found.sha256)
    return None


def preservation_record(package: archive.Package) -> bytes:
    """PREMIS 3 XML of a package as of now: its own events, those that came since, and the newest fixity checks.

    Raises:
        BadRecord: something in it does not fit PREMIS.
    """
    manifest = archive.parse_manifest(_read(package.manifest_sha256))
    case = ingest.Case.objects.filter(number=package.case_number).first()  # none of a parallel case
    rows = list(archive.Event.objects.filter(case_number=package.case_number).order_by("pk"))
    record = dataclasses.replace(
        case_record(manifest, case),
        events=tuple(_told(row) for row in rows),
        agents=(*_people(rows), SYSTEM, _agency(_certificate(package.case_number))),
    )
    return premis_xml(premis_record(manifest, record, _fixity_checks(manifest)))


def _fixity_checks(manifest: Manifest) -> Iterator[PreservationEvent]:
    held = [element.sha256 for element in manifest.elements]
    for row in archive.KeptObject.objects.filter(sha256__in=held).order_by("sha256"):
        if row.checked_at is None:
            continue
        yield PreservationEvent(
            number=f"fixity-{row.sha256}-{row.checked_at:%Y%m%dT%H%M%S}",
            type="fixity check",
            at=row.checked_at,
            agent=SYSTEM,
            detail=row.fault,
            outcome="pass" if row.state == archive.KeptObject.State.SOUND else "fail",
            objects=(row.sha256,),
        )


def _read(sha256: str) -> bytes:
    with zones.open_anywhere(sha256) as stream:
        return stream.read()


def case_record(manifest: Manifest, case: ingest.Case | None) -> CaseRecord:
    """What is known beside a manifest: from itself, and of a single case from its tables.

    `case` is None for a parallel case. Events are those that the manifest names.
    """
    events, certificate = _events(manifest), _certificate(manifest.case.number)
    matter, filing = manifest.matter, manifest.filing
    told = CaseRecord(
        agency=_agency(certificate),
        agents=(*_people(events), SYSTEM, _agency(certificate)),
        events=tuple(_told(event) for event in events),
        stage=matter.stage if matter else "",
        item_kind=matter.kind if matter else "",
        department=filing.department if filing else "",
        situation=tuple(matter.answers.items()) if matter else (),
        confidentiality=filing.secrecy if filing else "",
        opening=filing.openness if filing else "",
        result=_result(certificate) if certificate else None,
        software=SYSTEM.name,
    )
    return dataclasses.replace(told, **_of_tables(case)) if case else told


def _of_tables(case: ingest.Case) -> dict[str, Any]:
    """Limits, procedures, opinion and pages of a case."""
    item, decision = ingest.item_of(case), case.decision or {}
    return {
        "statutory_limit": _limit(item.limits.statutory),
        "promised_limit": _limit(item.limits.promised),
        "due_on": case.due_on,
        "procedures": tuple(
            SpecialProcedure(pause.get_kind_display(), pause.reason, pause.started_at, pause.ended_at)
            for pause in case.pauses.order_by("pk")
        ),
        "opinion": str(decision.get("opinion") or decision.get("reason") or ""),
        "outcome": OUTCOMES.get(decision.get("result", ""), ""),
        "pages": {up.sha256: up.page_count for up in ingest.uploads_filed_for(case) if up.page_count},
    }


def archive_signer() -> Signer:
    """Who signs encapsulations.

    Raises:
        NotYetError: the archive's seal is registered and out of use.
        KeyUnusable: its key cannot be used.
    """
    seal = Seal.objects.filter(label=ARCHIVE_SEAL).first()
    if seal is None:
        return installation.authority().seal_key(installation.CITY_AUTHORITY, ARCHIVE_SEAL)
    if seal.state != Seal.State.ACTIVE:
        raise NotYetError(f"“{ARCHIVE_SEAL}”{seal.get_state_display()}，归档等待中")
    return installation.seal_key(seal)


def _encapsulated(manifest: Manifest, make: Callable[[Signer], bytes]) -> Manifest:
    """Sign once and keep: a signature is another each time, a package is not."""
    key = f"encapsulations/{digest_bytes(archive.manifest_bytes(manifest)).sha256}"
    working = zones.zone("working")
    with contextlib.suppress(NotFound):
        return _with(manifest, _kept(33, EEP_ROLE, 4, EEP_NAME, working.read(key), XML))
    with contextlib.suppress(AlreadyExists):  # another worker was first: its signature counts
        working.put(key, make(archive_signer()), content_type=XML, if_absent=True)
    return _with(manifest, _kept(33, EEP_ROLE, 4, EEP_NAME, working.read(key), XML))


def _with(manifest: Manifest, *more: Element) -> Manifest:
    """The manifest with further elements, in its order."""
    told = {name: getattr(manifest, name) for name in type(manifest).model_fields}
    before = (manifest.previous_package, manifest.previous_manifest_sha256)
    for name in ("schema_version", "elements", "previous_package", "previous_manifest_sha256"):
        del told[name]
    previous = (before[0], before[1]) if before[1] else None
    return archive.build_manifest(**told, elements=(*manifest.elements, *more), previous=previous)


def _kept(  # noqa: PLR0913, PLR0917 - one element is these things
    number: int, role: str, place: int, name: str, data: bytes, media_type: str
) -> Element:
    digests = zones.keep_derivative(data, media_type)
    return Element(
        element=number,
        group="元数据",
        role=role,
        name=name,
        path=element_path("元数据", FIRST_PLACE + place, name),
        sha256=digests.sha256,
        sm3=digests.sm3,
        size=digests.size,
        media_type=media_type,
        source="generated",
    )


def _events(manifest: Manifest) -> list[archive.Event]:
    """The events that the manifest names: later ones belong to what comes after the package."""
    named = {ref.sha256 for ref in manifest.events}
    rows = archive.Event.objects.filter(case_number=manifest.case.number).order_by("pk")
    return [row for row in rows if digest_bytes(archive.leaf_bytes(row)).sha256 in named]


def _told(event: archive.Event) -> CaseEvent:
    return CaseEvent(
        number=event.number,
        kind=event.kind,
        at=event.happened_at,
        actor=_post_number(event.actor_id) if event.actor_id else SYSTEM.number,
        leaf_sha256=digest_bytes(archive.leaf_bytes(event)).sha256,
        object_sha256=event.object_sha256,
        details=event.details,
    )


def _people(events: Iterable[archive.Event]) -> list[Agent]:
    """Who acted, as posts: which person an account is, only the office knows."""
    acting = {event.actor_id for event in events if event.actor_id}
    users = get_user_model().objects.filter(pk__in=acting).prefetch_related("groups").order_by("pk")
    return [Agent(_post_number(user.pk), "个人", _post(user)) for user in users]


def _post(user: object) -> str:
    names = sorted(POSTS.get(group.name, "") for group in user.groups.all())  # type: ignore[attr-defined]
    return "、".join(filter(None, names)) or "工作人员"


def _post_number(account: int) -> str:
    return f"岗位-{account}"


def _agency(certificate: Certificate | None) -> Agent:
    name = certificate.seal.owner if certificate else installation.CITY_AUTHORITY
    code = certificate.seal.owner_uscc if certificate else installation.CITY_AUTHORITY_USCC
    return Agent(f"单位-{code}", "单位", name, code)


def _certificate(case_number: str) -> Certificate | None:
    """What the case itself issued first; later versions are told by the follow-ups."""
    issued = Certificate.objects.exclude(state=Certificate.State.DISCARDED).select_related("seal")
    return issued.filter(case_number=case_number, supersedes=None).first()


def _result(certificate: Certificate) -> ResultFacts:
    return ResultFacts(
        kind=load_catalogue().material_type(certificate.type).name,
        number=certificate.number,
        identifier=certificate.identifier,
        issued_on=certificate.issued_on,
        valid_until=certificate.valid_until,
    )


def _limit(limit: Limit | None) -> str:
    return f"{limit.n}{limit.unit}" if limit else ""
