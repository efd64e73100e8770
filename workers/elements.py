"""Gathering a case: every element that re-creates who asked what, under which rule, and what came of it (全要素).

The numbers are those of the list of 35 elements in `docs/archive-elements.md`. What is asked again gives the same
bytes: everything comes from rows that no longer change, and no time is taken from the clock.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.utils import timezone

import archive
import ingest
from archive import Element, Manifest, canonical_json, digest_bytes, element_path
from catalogue import Item, MaterialType, load_catalogue
from signing import Certificate, render
from workers import zones
from workers.form_words import printed
from workers.instant_models import RuleDecision
from workers.seal_record import seal_record
from workers.stage import NotYetError

JSON = "application/json"
PDF = "application/pdf"
RULE_ROLE = "即时办结规则与输入"
"""What the record of a decision by rule is called in the package."""
NOTICE_ELEMENTS = {
    "receipt": 14,
    "one-time": 7,
    "acceptance": 14,
    "gap": 14,
    "refusal": 14,
    "commitment": 11,
    "reminder": 18,
}
"""Which element of the list each kind of notice is."""


def gather(case: ingest.Case, package: str, archive_number: str) -> Manifest:
    """Collect the elements of a case and describe them in a manifest."""
    item = ingest.item_of(case)
    certificate = result_of(case)
    events = list(archive.Event.objects.filter(case_number=case.number).order_by("pk"))
    snapshot = canonical_json(item.model_dump(mode="json"))
    elements = [
        *_uploads(case),
        *_form(case),
        *_reused(case),
        *_notices(case),
        *_process(case, events),
        *result_elements(certificate),
        *_metadata(case, snapshot),
    ]
    assert case.issued_at  # noqa: S101 - the caller checked the state
    return archive.build_manifest(
        package=package,
        archive_number=archive_number,
        created_at=case.issued_at,
        case=_facts(case, item),
        list_sha256=digest_bytes(snapshot).sha256,
        retention=_retention(item, case.issued_at),
        elements=elements,
        events=[
            archive.EventRef(
                kind=event.kind,
                at=event.happened_at,
                sha256=digest_bytes(archive.leaf_bytes(event)).sha256,
                log_index=event.leaf_index,
            )
            for event in events
        ],
    )


def result_of(case: ingest.Case) -> Certificate:
    """The certificate that the case came to: its own, or the joint opinion of the parallel case it is a part of."""
    issued = Certificate.objects.exclude(state=Certificate.State.DISCARDED)
    found = issued.filter(supersedes=None).select_related("seal")  # later ones: `follow_ups`
    own = found.filter(case_number=case.number).first()
    if own is None and case.parallel and case.parallel.lead_item:
        own = found.get(case_number=case.beside.get(item_code=case.parallel.lead_item).number)
    if own is None:
        raise NotYetError("结果证照尚未生成，归档等待中")
    return own


def _facts(case: ingest.Case, item: Item) -> archive.CaseFacts:
    return archive.CaseFacts(
        number=case.number,
        item_code=item.code,
        item_name=item.name,
        item_version=str(item.version),
        project_code=case.project.code,
        project_name=case.project.name,
        works_name=case.works.name if case.works else "",
        applicant_name=case.applicant_name,
        applicant_uscc=case.applicant_uscc,
        parallel_case=case.parallel.number if case.parallel else "",
        applied_at=case.opened_at,
        accepted_at=case.accepted_at,
        decided_at=case.decided_at,
        delivered_at=case.issued_at,
    )


def _retention(item: Item, issued: dt.datetime) -> archive.Retention:
    years = {"D30": 30, "D10": 10}.get(item.retention)
    end = issued.date().replace(month=12, day=31, year=issued.year + years) if years else None
    return archive.Retention(code=item.retention, until=end)


def _uploads(case: ingest.Case) -> Iterator[Element]:
    """Every original that counts, as it came."""
    catalogue = load_catalogue()
    for number, upload in enumerate(ingest.uploads_filed_for(case), 1):
        kinds = [m.type for m in upload.materials.filter(withdrawn_at=None) if m.type]
        is_form = any("申请表" in catalogue.material_type(kind).name for kind in kinds)
        yield Element(
            element=8 if is_form else 9,
            group="申报文件",
            role="、".join(catalogue.material_type(kind).name for kind in kinds) or "其他材料",
            name=upload.file_name,
            path=element_path("申报文件", number, upload.file_name),
            sha256=upload.sha256,
            sm3=upload.sm3,
            size=upload.size,
            media_type=upload.media_type,
            source="uploaded",
            material_type="、".join(kinds),
        )


def _form(case: ingest.Case) -> Iterator[Element]:
    """The form as it was filled in online, where no application form was handed in on paper."""
    catalogue = load_catalogue()
    kinds = {m.type for u in ingest.uploads_filed_for(case) for m in u.materials.filter(withdrawn_at=None) if m.type}
    if case.decided_at is None or any("申请表" in catalogue.material_type(kind).name for kind in kinds):
        return
    pdf = render("stage_form", printed(case, on=timezone.localtime(case.decided_at).date()), created=case.decided_at)
    zones.keep_derivative(pdf, PDF)
    yield _element(8, "申报文件", "网上填报的申请表", 901, "网上填报的申请表.pdf", pdf, PDF)


def _reused(case: ingest.Case) -> Iterator[Element]:
    """Materials taken from the archive: the same object, with where it came from and for what."""
    uses = case.uses.filter(withdrawn_at=None, held__isnull=False).select_related("held__package")
    seen: dict[str, int] = {}
    for use in uses:
        held = use.held
        if held is None or held.sha256 in seen:
            continue
        seen[held.sha256] = len(seen) + 1
        yield Element(
            element=10,
            group="共享材料",
            role=held.name,
            name=held.name,
            path=element_path("共享材料", seen[held.sha256], f"{held.name}{_ending(held.media_type)}"),
            sha256=held.sha256,
            sm3=held.sm3,
            size=held.size,
            media_type=held.media_type,
            source="reused",
            material_type=held.type,
            provenance=archive.Provenance(
                origin=f"本档案库 {held.package.archive_number}",
                package=held.package.number,
                case_number=held.package.case_number,
                retrieved_at=use.used_at,
                purpose="只提交一次材料",
                valid_until=held.valid_until,
            ),
        )


def _notices(case: ingest.Case) -> Iterator[Element]:
    for number, notice in enumerate(case.notices.all(), 1):
        name = f"{notice.get_kind_display()}.pdf"
        data = zones.read_derivative(notice.sha256)
        yield _element(NOTICE_ELEMENTS[notice.kind], "过程文件", notice.get_kind_display(), number, name, data, PDF)


def _process(case: ingest.Case, events: list[archive.Event]) -> Iterator[Element]:
    """What the system itself knows of the way the case went, as JSON."""
    files = (
        (13, "材料核对结果", case.report),
        (15, "办理过程", [_event(event) for event in events]),
        (18, "时限记录", _clock(case)),
        (11, "承诺与容缺", [_promise(p) for p in case.promises.order_by("pk")]),
        (21, "审批决定", case.decision),
    )
    for number, (element, name, value) in enumerate(files, 101):
        yield kept_json(element, "过程文件", name, number, value)
    judged = RuleDecision.objects.filter(case=case).last()
    if judged:  # its own bytes, under the digest that the decision names
        yield kept_json(21, "过程文件", RULE_ROLE, 106, judged.record)


def result_elements(certificate: Certificate) -> Iterator[Element]:
    """The sealed file, and the record of the use of its seal."""
    sealed = zones.read_derivative(certificate.sealed_sha256)
    kind = load_catalogue().material_type(certificate.type)
    yield _element(23, "结果文件", kind.name, 1, f"{kind.name}.pdf", sealed, PDF, material_type=kind.code)
    yield kept_json(24, "结果文件", "用印与验证记录", 2, seal_record(certificate))


def _metadata(case: ingest.Case, snapshot: bytes) -> Iterator[Element]:
    zones.keep_derivative(snapshot, JSON)
    yield _element(6, "元数据", "材料清单", 1, "材料清单.json", snapshot, JSON)
    yield kept_json(9, "元数据", archive.MATERIALS_ROLE, 2, list(_materials(case)))
    readings = [
        {
            "upload": upload.sha256,
            "validation": (upload.inspection or {}).get("validation"),
            "pages": [page.reading for page in upload.pages.all()],
        }
        for upload in ingest.uploads_filed_for(case)
    ]
    yield kept_json(12, "元数据", "识别结果", 3, readings)


def _materials(case: ingest.Case) -> Iterator[dict[str, Any]]:
    """Everything a later case may ask for again: what, whose, until when, in which file and on which pages."""
    catalogue = load_catalogue()
    uses = case.uses.filter(withdrawn_at=None, material__isnull=False).select_related("material__upload")
    for use in uses:
        if use.material:
            kind = catalogue.material_type(use.entry)
            upload = use.material.upload
            valid = use.material.valid_until
            yield material_row(
                case, kind, upload.sha256, use.material.pages, use.material.fields, use.material.number, valid
            )
    certificate = result_of(case)
    kind = catalogue.material_type(certificate.type)
    yield material_row(case, kind, certificate.sealed_sha256, [1], {}, certificate.number, certificate.valid_until)


def material_row(  # noqa: PLR0913, PLR0917 - one row of the index
    case: ingest.Case,
    kind: MaterialType,
    sha256: str,
    pages: list[int],
    fields: dict[str, Any],
    number: str,
    valid_until: dt.date | None,
) -> dict[str, Any]:
    """A line of the list that the reuse index is made from."""
    subject = ingest.subject_of(
        kind, uscc=case.applicant_uscc, project_code=case.project.code, works=case.works.name if case.works else ""
    )
    return {
        "type": kind.code,
        "name": kind.name,
        "subject_kind": kind.subject,
        "subject": subject,
        "number": number,
        "valid_until": valid_until.isoformat() if valid_until else None,
        "sha256": sha256,
        "pages": pages,
        "fields": fields,
    }


def _clock(case: ingest.Case) -> dict[str, Any]:
    times = ("opened_at", "accepted_at", "decided_at", "issued_at")
    return {
        **{name: value.isoformat() if (value := getattr(case, name)) else None for name in times},
        "due_on": case.due_on.isoformat() if case.due_on else None,
        "due_why": case.due_why,
        "warned_at": _time(case.warned_at),
        "overdue_at": _time(case.overdue_at),
        "pauses": [
            {
                "kind": pause.kind,
                "reason": pause.reason,
                "evidence": pause.evidence,
                "approved_by": pause.approved_by_id,
                "started": _time(pause.started_at),
                "ended": _time(pause.ended_at),
                "end_evidence": pause.end_evidence,
            }
            for pause in case.pauses.order_by("pk")
        ],
    }


def _time(moment: dt.datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _event(event: archive.Event) -> dict[str, Any]:
    """An event with what the log only holds a digest of, so that the digest can be checked from the package."""
    return {
        "number": event.number,
        "kind": event.kind,
        "time": event.happened_at.isoformat(),
        "actor": event.actor_id,
        "object_sha256": event.object_sha256,
        "details": event.details,
    }


def _promise(promise: ingest.Promise) -> dict[str, Any]:
    """As it stood when the case was packaged; what follows is in the log."""
    return {
        "entry": promise.entry,
        "kind": promise.kind,
        "state": promise.state,
        "promised_by": promise.promised_by,
        "reason": promise.reason,
        "text": promise.text,
        "due": str(promise.due_on) if promise.due_on else None,
        "due_why": promise.due_why,
        "on_expiry": promise.on_expiry,
        "recheck_on": str(promise.recheck_on) if promise.recheck_on else None,
        "reminded": _time(promise.reminded_at),
        "expired": _time(promise.expired_at),
        "closed": _time(promise.closed_at),
        "closed_by": _closing(promise.closed_by),
    }


def _closing(use: ingest.MaterialUse | None) -> str | None:
    """The digest of the file that closed a gap."""
    if use is None:
        return None
    return use.material.upload.sha256 if use.material else use.held.sha256 if use.held else None


def kept_json(element: int, group: archive.Group, name: str, number: int, value: Any) -> Element:
    """Facts as canonical JSON, kept, as an element."""
    data = canonical_json(_exact(value))
    zones.keep_derivative(data, JSON)
    return _element(element, group, name, number, f"{name}.json", data, JSON)


def _element(  # noqa: PLR0913, PLR0917 - one element is these things
    element: int,
    group: archive.Group,
    role: str,
    number: int,
    name: str,
    data: bytes,
    media_type: str,
    *,
    material_type: str = "",
) -> Element:
    digests = digest_bytes(data)
    return Element(
        element=element,
        group=group,
        role=role,
        name=name,
        path=element_path(group, number, name),
        sha256=digests.sha256,
        sm3=digests.sm3,
        size=digests.size,
        media_type=media_type,
        source="generated",
        material_type=material_type,
    )


def _exact(value: Any) -> Any:
    """Fractions (scores, box corners) as text: canonical JSON has one spelling for text and many for a fraction."""
    if isinstance(value, float):
        return f"{value:.4f}"
    if isinstance(value, dict):
        return {key: _exact(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_exact(inner) for inner in value]
    return value


def _ending(media_type: str) -> str:
    return {
        PDF: ".pdf",
        "application/ofd": ".ofd",
        "image/jpeg": ".jpg",
        "image/png": ".png",
        "image/tiff": ".tif",
        "image/webp": ".webp",
        "image/heic": ".heic",
    }.get(media_type, "")
