"""Documents are filed under the entries of the case's list, and the list is checked against what is filed."""

import dataclasses
import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from archive import HeldMaterial
from archive.holdings import names_of, still_valid
from catalogue import load_catalogue
from ingest.beside import with_neighbours
from ingest.completeness import check_documents, promised_day
from ingest.items import item_of
from ingest.models import Case, Material, MaterialUse, Upload
from ingest.parallel import counting_materials, takes
from ingest.promises import promised_entries
from ingest.report import CaseFacts, Presented, Report
from ingest.sorting import SortedDocument, number_of, seal_words, valid_until
from ocr import CodeMark, FieldValue, SealMark, from_json
from signing import CodeAnswer, code_answer


def file_documents(upload: Upload, documents: Sequence[SortedDocument], *, now: dt.datetime) -> list[Material]:
    """Write down the documents found in an upload; each is used for the list entry of its type in every case beside."""
    catalogue = load_catalogue()
    wanted = {entry.material for case in upload.case.beside for entry in item_of(case).materials}
    filed = []
    for document in documents:
        kind = catalogue.material_type(document.type) if document.type else None
        material = Material.objects.create(
            upload=upload,
            pages=list(document.pages),
            type=document.type,
            type_score=document.score,
            why=document.why,
            fields={name: dataclasses.asdict(value) for name, value in document.fields.items()},
            number=number_of(kind, document.fields),
            valid_until=valid_until(kind, document.fields) if kind else None,
            suggestion="" if kind else _suggestion(upload, document, wanted),
        )
        use_material(material, upload.case, by=None, now=now)
        filed.append(material)
    upload.state = Upload.State.FILED
    upload.save(update_fields=["state"])
    return filed


def _suggestion(upload: Upload, document: SortedDocument, wanted: Collection[str]) -> str:
    """What a document that got no name is most like, of what the lists ask for; empty where nothing is near."""
    from ocr import from_json, likeliest

    pages = upload.pages.filter(number__in=document.pages, reading__isnull=False)
    return likeliest([from_json(page.reading or {}) for page in pages], wanted).type


def use_material(material: Material, near: Case, *, by: Any, now: dt.datetime) -> list[MaterialUse]:
    """Let a document stand for the entry of its type in the case and those beside it, wherever a list asks."""
    if not material.type:
        return []
    return [
        MaterialUse.objects.create(
            case=case,
            entry=material.type,
            how=MaterialUse.How.UPLOADED,
            material=material,
            used_at=now,
            used_by=by,
        )
        for case in near.beside
        if asks_for(case, material.type) and takes(case, material.type)
    ]


def asks_for(case: Case, entry: str) -> bool:
    """Whether the case's list has the entry."""
    return item_of(case).requirement(entry) is not None


def check_case(case: Case, *, today: dt.date) -> Report:
    """Hold everything the case has, uploaded and reused, against its list."""
    documents = [*_uploaded(case), *_reused(case, today)]
    report = check_documents(
        load_catalogue(),
        item_of(case),
        documents,
        facts=CaseFacts(
            case.applicant_name,
            case.applicant_uscc,
            case.project.code,
            case.project.name,
            case.works.name if case.works else "",
            decision_due_on=case.due_on or promised_day(item_of(case), today),
            former_names=tuple(name for name in names_of(case.applicant_uscc) if name != case.applicant_name),
            former_codes=tuple(case.project.former_codes),
        ),
        promised=promised_entries(case),
        today=today,
        known_codes=_known_codes(documents),
        answers=case.answers,
    )
    return with_neighbours(report, case)


def _known_codes(documents: Iterable[Presented]) -> dict[str, CodeAnswer]:
    """Every code on the documents that is a verification address of ours, with what our register says of it."""
    said = {code.text: code_answer(code.text) for document in documents for _, code in document.codes}
    return {text: answer for text, answer in said.items() if answer}


def _uploaded(case: Case) -> list[Presented]:
    return [presented(material) for material in counting_materials(case)]


def presented(material: Material) -> Presented:
    """A filed document as the completeness check takes it, with the seals and remarks of its pages."""
    readings = [p.reading for p in material.upload.pages.filter(number__in=material.pages) if p.reading]
    verdict, reasons = seal_words((material.upload.inspection or {}).get("validation"))
    return Presented(
        file=material.upload.file_name,
        pages=tuple(material.pages),
        type=material.type,
        score=material.type_score,
        why=material.why,
        fields={name: FieldValue(**value) for name, value in material.fields.items()},
        seals=tuple((r["number"], SealMark(**seal)) for r in readings for seal in r["seals"]),
        remarks=tuple((r["number"], remark) for r in readings for remark in r["quality"]["remarks"]),
        signed=material.upload.signed,
        seal_verdict=verdict,
        seal_reasons=reasons,
        ref=f"material:{material.pk}",
        valid_until=material.valid_until,
        codes=tuple((r["number"], CodeMark(**code)) for r in readings for code in r.get("codes", ())),
        sha256=material.upload.sha256,
        readings=tuple(from_json(reading) for reading in readings),
    )


def _ended(held: HeldMaterial, today: dt.date) -> str:
    """Why it is in force no more; whether its days are over is judged with those of every document."""
    found = still_valid(held, today)
    return "" if found.holds or found.code in {"lapsed", "not-yet"} else found.message


def _reused(case: Case, today: dt.date) -> list[Presented]:
    uses = case.uses.filter(withdrawn_at=None, held__isnull=False).select_related("held__package")
    return [
        Presented(
            file=use.held.name,
            pages=tuple(use.held.pages),
            type=use.entry,
            why=f"{use.get_how_display()} {use.held.package.archive_number}",
            fields={name: FieldValue(**value) for name, value in use.held.fields.items()},
            reused=True,
            ref=f"held:{use.held.pk}",
            valid_until=use.held.valid_until,
            ended=_ended(use.held, today),
        )
        for use in uses
        if use.held
    ]
