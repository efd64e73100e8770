"""What the system itself knows of the way a case went, as JSON-ready facts: one function an element of the list of 35.

Persons stand by their number. What is not known is left out, never made up; an element without facts is not made, and
the score names it.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import archive
import ingest
from catalogue import is_drawing_type, is_opinion_type, load_catalogue
from signing import Certificate, approvals
from workers.closing import is_lead

PARTIES = ("建设单位", "勘察单位", "设计单位", "施工单位", "监理单位", "审图机构")
"""Lines of the stage forms that name a party of the works (参建单位)."""
OWNER = PARTIES[0]
AUTHORS = ("编制单位", "出具单位", "出具机构", "审查机构", "检测机构", "检验机构", "评估单位", "测绘单位", "复函单位")
"""Fields in which a report or an opinion names who wrote it."""
OUTSIDE_THE_LIMIT = (ingest.Pause.Kind.SPECIAL, ingest.Pause.Kind.ONE_PLUS_X)
Facts = dict[str, Any]


def clock(case: ingest.Case) -> Facts:
    """18: times, the promised day and its count, pauses, warnings."""
    times = ("opened_at", "accepted_at", "decided_at", "issued_at")
    return {
        **{name: _time(getattr(case, name)) for name in times},
        "due_on": case.due_on.isoformat() if case.due_on else None,
        "due_why": case.due_why,
        "warned_at": _time(case.warned_at),
        "overdue_at": _time(case.overdue_at),
        "pauses": [_pause(pause) for pause in case.pauses.order_by("pk")],
    }


def special_procedures(case: ingest.Case) -> list[Facts]:
    """16: each span that does not count (公示, 听证, 专家评审, 踏勘; 1+X), with its evidence."""
    return [_pause(pause) for pause in case.pauses.filter(kind__in=OUTSIDE_THE_LIMIT).order_by("pk")]


def _pause(pause: ingest.Pause) -> Facts:
    return {
        "kind": pause.kind,
        "reason": pause.reason,
        "evidence": pause.evidence,
        "approved_by": pause.approved_by_id,
        "started": _time(pause.started_at),
        "ended": _time(pause.ended_at),
        "end_evidence": pause.end_evidence,
    }


def event(row: archive.Event) -> Facts:
    """15: an event with what the log only holds a digest of, so that the digest can be checked from the package."""
    return {
        "number": row.number,
        "kind": row.kind,
        "time": row.happened_at.isoformat(),
        "actor": row.actor_id,
        "object_sha256": row.object_sha256,
        "details": row.details,
    }


def promise(given: ingest.Promise) -> Facts:
    """11: as it stood when the case was packaged; what follows is in the log."""
    return {
        "entry": given.entry,
        "kind": given.kind,
        "state": given.state,
        "promised_by": given.promised_by,
        "reason": given.reason,
        "text": given.text,
        "due": str(given.due_on) if given.due_on else None,
        "due_why": given.due_why,
        "on_expiry": given.on_expiry,
        "recheck_on": str(given.recheck_on) if given.recheck_on else None,
        "reminded": _time(given.reminded_at),
        "expired": _time(given.expired_at),
        "closed": _time(given.closed_at),
        "closed_by": _closing(given.closed_by),
    }


def _closing(use: ingest.MaterialUse | None) -> str | None:
    """The digest of the file that closed a gap."""
    if use is None:
        return None
    return use.material.upload.sha256 if use.material else use.held.sha256 if use.held else None


def applicant(case: ingest.Case) -> Facts:
    """4: the applicant, and who acts for it by the letters of attorney that were handed in."""
    delegates = [
        {"name": _read(fields, "受托人"), "number": _read(fields, "身份证号"), "until": _read(fields, "有效期至")}
        | {"sha256": sha256}
        for kind, sha256, fields in _used(case)
        if kind == "M-SQWT"
    ]
    return {"name": case.applicant_name, "uscc": case.applicant_uscc, "delegates": delegates}


def parties(case: ingest.Case) -> list[Facts]:
    """5: who builds: the parties on record with their codes, and those that forms and papers name, with where.

    The applicant alone is no answer to who builds.
    """
    known = [
        {"role": party.get_role_display(), "name": party.name, "uscc": party.uscc, "origin": "登记"}
        for party in ingest.Party.objects.filter(project=case.project).order_by("pk")
    ]
    read = [
        {"role": line.field.name, "name": line.chosen.value, "uscc": "", "origin": line.chosen.to_json()}
        for line in ingest.filled_form(case)
        if line.field.name in PARTIES and line.chosen
    ]
    builders = [one for one in known + read if one["role"] != OWNER]
    return known + read if builders else []


def received(case: ingest.Case) -> list[Facts]:
    """9: everything that was laid down for the case, what counts and what does not, with when and to whom."""
    filed = {upload.pk for upload in ingest.uploads_filed_for(case)}
    return [
        {
            "name": upload.file_name,
            "sha256": upload.sha256,
            "sm3": upload.sm3,
            "size": upload.size,
            "media_type": upload.media_type,
            "pages": upload.page_count,
            "signed": upload.signed,
            "state": upload.state,
            "received_at": _time(upload.uploaded_at),
            "received_by": upload.uploaded_by_id,
            "withdrawn_at": _time(upload.withdrawn_at),
            "filed": upload.pk in filed,
        }
        for upload in case.pile.order_by("pk")
    ]


def readings(case: ingest.Case) -> list[Facts]:
    """12: what was read from each file, the documents found in it, and what a person corrected."""
    return [
        {
            "upload": upload.sha256,
            "validation": (upload.inspection or {}).get("validation"),
            "pages": [page.reading for page in upload.pages.all()],
            "documents": [
                {
                    "pages": document.pages,
                    "type": document.type,
                    "score": document.type_score,
                    "why": document.why,
                    "fields": document.fields,
                    "corrections": [_correction(one) for one in document.corrections.all()],
                }
                for document in upload.materials.filter(withdrawn_at=None)
            ],
        }
        for upload in ingest.uploads_filed_for(case)
    ]


def _correction(row: ingest.Correction) -> Facts:
    said = {"field": row.field, "before": row.before, "after": row.after}
    return said | {"by": row.by_id, "at": _time(row.at), "undone_at": _time(row.undone_at)}


def opinions(case: ingest.Case, certificate: Certificate | None) -> list[Facts]:
    """17: every opinion given, of the parts too in a joint acceptance; the co-seals; reports and letters of others."""
    numbers = list(case.beside.values_list("number", flat=True)) if is_lead(case) else [case.number]
    given = archive.Event.objects.filter(kind="opinion-given", case_number__in=numbers).order_by("pk")
    beside = approvals(certificate)[1:] if certificate else []
    return [
        *({"kind": "单项意见", "case": row.case_number, **row.details} for row in given),
        *({"kind": "会签", "department": one.seal.owner, "sha256": one.sha256} for one in beside),
        *(
            {
                "kind": "报告或复函",
                "name": load_catalogue().material_type(kind).name,
                "author": next((said for name in AUTHORS if (said := _read(fields, name))), ""),
                "sha256": sha256,
            }
            for kind, sha256, fields in _used(case)
            if is_opinion_type(load_catalogue().material_type(kind))
        ),
    ]


def drawings(case: ingest.Case) -> list[Facts]:
    """19: every drawing laid down for the case, what shows it, and whether another took its place."""
    catalogue = load_catalogue()
    uploads = list(case.pile.order_by("pk"))
    shown_by = ingest.companions(uploads)
    found = []
    for upload in uploads:
        kinds = {m.type for m in upload.materials.filter(withdrawn_at=None) if m.type}
        drawn = sorted(kind for kind in kinds if is_drawing_type(catalogue.material_type(kind)))
        if not drawn and not ingest.is_drawing(upload):
            continue
        shown = shown_by.get(upload.pk)
        found.append(
            {
                "name": upload.file_name,
                "sha256": upload.sha256,
                "types": drawn,
                "pages": upload.page_count,
                "received_at": _time(upload.uploaded_at),
                "withdrawn_at": _time(upload.withdrawn_at),
                "shown_by": shown.sha256 if shown else None,
                "signed": upload.signed,
            }
        )
    return found


def credit(case: ingest.Case) -> Facts:
    """20: the open credit records of the applicant when the case was accepted, which decide whether it may promise."""
    on = case.accepted_at or case.opened_at
    open_then = ingest.CreditRecord.objects.filter(party_uscc=case.applicant_uscc, written_at__lte=on)
    rows = [row for row in open_then.order_by("pk") if row.settled_at is None or row.settled_at > on]
    return {
        "register": "本系统信用记录",
        "asked_for": case.applicant_uscc,
        "on": _time(on),
        "open": [{"what": row.what, "written_at": _time(row.written_at)} for row in rows],
    }


def refusal(case: ingest.Case) -> Facts:
    """22: the ground, the reason, and the remedies as the notice words them."""
    notice = case.notices.filter(kind=ingest.Notice.Kind.REFUSAL).last()
    decision = case.decision or {}
    return {
        "ground": decision.get("ground", ""),
        "reason": decision.get("reason", ""),
        "notice": notice.number if notice else "",
        "words": notice.content if notice else {},
    }


def fees(case: ingest.Case) -> list[Facts]:
    """27: the papers among the materials that prove a payment."""
    catalogue = load_catalogue()
    return [
        {"name": catalogue.material_type(kind).name, "sha256": sha256}
        for kind, sha256, _ in _used(case)
        if "缴款" in catalogue.material_type(kind).name
    ]


def retrievals(case: ingest.Case, until: dt.datetime) -> list[Facts]:
    """30: what was looked up in the archive for this case up to its closing, by whom and for what purpose.

    Of what the case used also how it came, and what was found of its validity and when.
    """
    uses = {use.held_id: use for use in case.uses.filter(held__isnull=False).order_by("pk")}
    rows = archive.Access.objects.filter(case_number=case.number, accessed_at__lte=until).select_related("package")
    return [
        {
            "package": row.package.number,
            "archive_number": row.package.archive_number,
            "held": row.held.sha256 if row.held else None,
            "by": row.user_id,
            "purpose": row.purpose,
            "at": _time(row.accessed_at),
            "how": uses[row.held_id].how if row.held_id in uses else None,
            "checked": uses[row.held_id].checked if row.held_id in uses else {},
        }
        for row in rows.select_related("held").order_by("pk")
    ]


def conversions(case: ingest.Case) -> list[Facts]:
    """34: what was made of each original so that it could be read and shown; the originals stay as they came."""
    return [
        {
            "from": upload.sha256,
            "event": "生成页面影像",
            "pages": [
                {
                    "number": page.number,
                    "sha256": page.picture_sha256,
                    "dpi": page.dpi,
                    "text_layer": bool(page.text_layer),
                }
                for page in upload.pages.all()
            ],
        }
        for upload in ingest.uploads_filed_for(case)
    ]


def notice_seals(case: ingest.Case) -> list[Facts]:
    """24: the seal on each notice, and what its validation found."""
    return [
        {
            "kind": notice.kind,
            "number": notice.number,
            "seal": notice.seal.label if notice.seal else "",
            "before_sha256": notice.rendered_sha256,
            "after_sha256": notice.sha256,
            "sealed_at": _time(notice.sealed_at),
            "validation": notice.validation,
        }
        for notice in case.notices.select_related("seal").exclude(sha256="")
    ]


def _used(case: ingest.Case) -> Iterator[tuple[str, str, Facts]]:
    """What stands for an entry of the list: type, digest of its file, and what was read from it."""
    uses = case.uses.filter(withdrawn_at=None).select_related("material__upload", "held").order_by("pk")
    for use in uses:
        if use.material:
            yield use.entry, use.material.upload.sha256, use.material.fields
        elif use.held:
            yield use.entry, use.held.sha256, use.held.fields


def _read(fields: Facts, name: str) -> str:
    return str((fields.get(name) or {}).get("value", ""))


def _time(moment: dt.datetime | None) -> str | None:
    return moment.isoformat() if moment else None
