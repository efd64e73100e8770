"""Gathering a case: every element that re-creates who asked what, under which rule, and what came of it (全要素).

The numbers are those of the list of 35 elements in `docs/archive-elements.md`. What is asked again gives the same
bytes: everything comes from rows that no longer change, and no time is taken from the clock.
"""

from collections.abc import Iterator
from typing import Any

from django.utils import timezone

import archive
import ingest
from archive import Element, Manifest, canonical_json, digest_bytes, element_path
from archive.records import parse_archive_number
from catalogue import Item, load_catalogue
from signing import Certificate, render
from workers import case_record, zones
from workers.applicable import BUILT_IN, applies_to
from workers.closing import closed_at, result_of_case, retention_of
from workers.drawing_sets import decision_record
from workers.form_words import printed
from workers.instant_models import RuleDecision
from workers.made_elements import JSON, PDF, kept_json, made_element
from workers.material_rows import certificate_row, handed_in_row
from workers.reviewed_sets import reviewed_elements, reviewed_rows
from workers.seal_record import seal_record
from workers.stage import NotYetError
from workers.supplements import event_refs
from workers.versions import versions

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
    """Collect the elements of a closed case and describe them in a manifest."""
    item = ingest.item_of(case)
    certificate = result_of(case)
    events = list(archive.Event.objects.filter(case_number=case.number).order_by("pk"))
    snapshot = canonical_json(item.model_dump(mode="json"))
    kept = retention_of(case)
    retention = archive.Retention(code=kept.code, until=kept.until)
    elements = [
        *_uploads(case),
        *_form(case),
        *_reused(case),
        *_notices(case),
        *_process(case, item, certificate, events),
        *(result_elements(certificate) if certificate else ()),
        *_metadata(case, item, certificate, snapshot),
    ]
    return archive.build_manifest(
        package=package,
        archive_number=archive_number,
        created_at=closed_at(case),
        case=_facts(case, item),
        list_sha256=digest_bytes(snapshot).sha256,
        retention=retention,
        elements=elements,
        events=event_refs(events),
        filing=filing_of(archive_number, item.lead_dept),
        matter=_matter(case, item),
        applies=applies_to(case, item, certificate),
    )


def filing_of(archive_number: str, department: str) -> archive.Filing:
    """Where the archive keeps it: the parts of 档号, and what holds for every package of this system.

    Confidential projects are refused at the counter; what is left holds personal data, so that it is neither public
    (公开级) nor open before the archives office says so (档案法第二十七条).
    """
    parts = parse_archive_number(archive_number)
    return archive.Filing(
        fonds=parts.fonds,
        category=parts.category,
        year=parts.year,
        organ=parts.organ,
        item=parts.item,
        secrecy="限制级",
        openness="控制",
        department=department,
    )


def result_of(case: ingest.Case) -> Certificate | None:
    """The certificate that the case came to: its own, or the joint opinion of the parallel case it is a part of.

    None where nothing is issued here: not accepted, or a favourable opinion whose paper is made elsewhere.
    """
    if result_of_case(case) == "not-accepted":
        return None
    issued = Certificate.objects.exclude(state=Certificate.State.DISCARDED)
    found = issued.filter(supersedes=None).select_related("seal")  # later ones: `follow_ups`
    own = found.filter(case_number=case.number).first()
    if own is None and case.parallel and case.parallel.lead_item:
        own = found.get(case_number=case.beside.get(item_code=case.parallel.lead_item).number)
    if own is None and result_of_case(case) == "granted":
        raise NotYetError("结果证照尚未生成，归档等待中")
    return own


def _matter(case: ingest.Case, item: Item) -> archive.Matter:
    said = {
        question.text: next(
            (option.text for option in question.options if option.key == case.answers[question.key]), ""
        )
        for question in item.questions
        if question.key in case.answers
    }
    return archive.Matter(
        result=result_of_case(case),
        kind=item.kind,
        stage=item.stage,
        base_code=item.base_code,
        impl_code=item.impl_code,
        answers=said,
        siblings=tuple(case.beside.exclude(pk=case.pk).values_list("number", flat=True)),
    )


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
    yield made_element(8, "申报文件", "网上填报的申请表", 901, "网上填报的申请表.pdf", pdf, PDF)


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
        yield made_element(NOTICE_ELEMENTS[notice.kind], "过程文件", notice.get_kind_display(), number, name, data, PDF)


def _process(
    case: ingest.Case, item: Item, certificate: Certificate | None, events: list[archive.Event]
) -> Iterator[Element]:
    """What the system itself knows of the way the case went, as JSON; what there is nothing of is not made."""
    until = closed_at(case)
    files = (
        (4, "申请人与代理人", case_record.applicant(case)),
        (5, "参建单位", case_record.parties(case) if item.stage in BUILT_IN else None),
        (9, "收件登记", case_record.received(case)),
        (13, "材料核对结果", case.report),
        (15, "办理过程", [case_record.event(event) for event in events]),
        (16, "特别程序", case_record.special_procedures(case)),
        (17, "意见", case_record.opinions(case, certificate)),
        (18, "时限记录", case_record.clock(case)),
        (11, "承诺与容缺", [case_record.promise(p) for p in case.promises.order_by("pk")]),
        (19, "图纸目录", case_record.drawings(case)),
        (20, "信用查询", case_record.credit(case) if case.promises.exists() else None),
        (21, "审批决定", case.decision),
        (22, "不予受理理由与救济", case_record.refusal(case) if result_of_case(case) == "not-accepted" else None),
        (24, "文书用印与验证记录", case_record.notice_seals(case)),
        (27, "缴费凭证", case_record.fees(case)),
        (19, "图纸版次", decision_record(case)),
    )
    for number, (element, name, value) in enumerate(files, 101):
        if value:
            yield kept_json(element, "过程文件", name, number, value)
    yield from reviewed_elements(case)
    judged = RuleDecision.objects.filter(case=case).last()
    if judged:  # its own bytes, under the digest that the decision names
        yield kept_json(21, "过程文件", RULE_ROLE, 100 + len(files) + 1, judged.record)
    yield kept_json(30, "过程文件", "共享材料利用记录", 100 + len(files) + 2, case_record.retrievals(case, until))


def result_elements(certificate: Certificate) -> Iterator[Element]:
    """The sealed file, and the record of the use of its seal."""
    sealed = zones.read_derivative(certificate.sealed_sha256)
    kind = load_catalogue().material_type(certificate.type)
    yield made_element(23, "结果文件", kind.name, 1, f"{kind.name}.pdf", sealed, PDF, material_type=kind.code)
    yield kept_json(24, "结果文件", "用印与验证记录", 2, seal_record(certificate))


def _metadata(case: ingest.Case, item: Item, certificate: Certificate | None, snapshot: bytes) -> Iterator[Element]:
    zones.keep_derivative(snapshot, JSON)
    yield made_element(6, "元数据", "材料清单", 1, "材料清单.json", snapshot, JSON)
    yield kept_json(9, "元数据", archive.MATERIALS_ROLE, 2, list(_materials(case, certificate)))
    yield kept_json(12, "元数据", "识别结果", 3, case_record.readings(case))
    yield kept_json(34, "元数据", "转换记录", 4, case_record.conversions(case))
    yield kept_json(35, "元数据", "软件与规则版本", 5, versions(case, item))


def _materials(case: ingest.Case, certificate: Certificate | None) -> Iterator[dict[str, Any]]:
    """Everything a later case may ask for again: what, whose, until when, in which file and on which pages."""
    uses = case.uses.filter(withdrawn_at=None, material__isnull=False).select_related("material__upload")
    for use in uses:
        if use.material:
            yield handed_in_row(case, use.entry, use.material)
    yield from reviewed_rows(case)
    if certificate:
        yield certificate_row(case, certificate)


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
