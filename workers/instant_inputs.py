"""What a decision by rule looks at, collected from the tables into one record that canonical JSON can spell."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.utils import timezone

import archive
import ingest
from catalogue import (
    IdentifierCheck,
    certificate_form,
    check_project_code,
    check_uscc,
    load_catalogue,
    open_questions,
)
from ingest import item_of
from signing import IN_FORCE, NOT_YET_ISSUED, Certificate, Seal, SealRefused, may_use, seal_for, seals_beside
from workers import clocks
from workers.certificate_data import lines_of, output_of
from workers.closing import is_lead
from workers.instant_models import RuleRelease
from workers.order import awaited_names, open_prerequisites

SENSITIVE = "sensitive"
"""The question of every item whether the project is confidential."""
UNDER_WAY = ("decided", "issued", "archived")
"""States of another case in which the same project has this item's result, or soon will."""
IN_PROCESS = ("received", "inspected", "paged", "read")


def gather(case: ingest.Case, release: RuleRelease | None, now: dt.datetime) -> dict[str, Any]:
    """Everything the rules look at, as it is now. Call it under the locks of the transaction that decides."""
    item = item_of(case)
    today = timezone.localtime(now).date()
    return {
        "at": _time(now),
        "case": {
            "number": case.number,
            "item": item.code,
            "item_version": item.version,
            "applicant_name": case.applicant_name,
            "applicant_uscc": case.applicant_uscc,
            "project_code": case.project.code,
            "project_name": case.project.name,
            "works_name": case.works.name if case.works else "",
            "accepted_at": _time(case.accepted_at),
            "paused": clocks.running_pause(case) is not None,
            "lead": is_lead(case),
        },
        "item": {
            "instant_ok": item.limits.instant_ok,
            "version_in_force": load_catalogue().item(item.code, region=case.project.region, on=today).version,
            "output": output.material if (output := output_of(case)) else "",
            "snapshot_sha256": archive.digest_bytes(archive.canonical_json(item.model_dump(mode="json"))).sha256,
        },
        "release": _release(release),
        "order": {
            "open": [item_of(other).name for other in open_prerequisites(case)],
            "awaited": awaited_names(case),
        },
        "secrecy": {
            "answer": case.answers.get(SENSITIVE, ""),
            "sealed_off": case.pile.filter(state=ingest.Upload.State.CONFIDENTIAL).count(),
        },
        "questions": {
            "answers": dict(case.answers),
            "open": [question.text for question in open_questions(item, case.answers)],
        },
        "list": _list(case),
        "files": list(_files(case)),
        "values": list(_values(case)),
        "checks": {
            "applicant_uscc": _checked(check_uscc(case.applicant_uscc), case.applicant_uscc),
            "project_code": _checked(check_project_code(case.project.code), case.project.code),
        },
        "register": _register(case, [output.material for output in item.outputs]),
        "pledge": _pledge(case),
        "credit": {
            "unsettled": list(
                ingest.CreditRecord.objects.filter(party_uscc=case.applicant_uscc, settled_at=None)
                .order_by("pk")
                .values_list("what", flat=True)
            )
        },
        "seal": _seal(item.code, release, now),
    }


def _release(release: RuleRelease | None) -> dict[str, Any] | None:
    if release is None or release.confirmed_by is None:
        return None
    return {
        "number": release.number,
        "rule_set": release.rule_set,
        "rule_set_sha256": release.rule_set_sha256,
        "valid_from": release.valid_from.isoformat(),
        "basis": release.basis,
        "officer": release.proposed_by.get_username(),
        "second": release.confirmed_by.get_username(),
        "confirmed_at": _time(release.confirmed_at),
        "seals": list(release.seals),
    }


def _list(case: ingest.Case) -> dict[str, Any]:
    report = case.report or {"verdict": "", "requirements": [], "unplaced": [], "comparisons": []}
    unread = case.pile.filter(withdrawn_at=None, state__in=IN_PROCESS)
    return {
        "verdict": report["verdict"],
        "revision": case.revision,
        "current": case.report_revision == case.revision and not unread.exists(),
        "rows": [
            {
                "entry": row["material"],
                "name": row["name"],
                "state": row["state"],
                "state_name": ingest.STATE_NAMES[row["state"]],
                "doubts": sum(bool(one["serious"] or one.get("asks")) for one in row["defects"]),
                "refs": [file["ref"] for file in row["files"]],
            }
            for row in report["requirements"]
        ],
        "gaps": [gap.entry_name or gap.entry for gap in ingest.open_gaps(case)],
        "differing": [one["fact"] for one in report.get("comparisons", ()) if one["agreement"] != "agree"],
        "unplaced": [one["file"] for one in report["unplaced"]],
    }


def _files(case: ingest.Case) -> Iterator[dict[str, Any]]:
    """Every file that counts and its pages, by digest: what the readings were taken from."""
    for upload in ingest.uploads_filed_for(case):
        yield {
            "name": upload.file_name,
            "sha256": upload.sha256,
            "pages": [page.picture_sha256 for page in upload.pages.order_by("number")],
        }
    for use in case.uses.filter(withdrawn_at=None, held__isnull=False).select_related("held").order_by("pk"):
        if use.held:
            yield {"name": use.held.name, "sha256": use.held.sha256, "pages": []}


def _values(case: ingest.Case) -> Iterator[dict[str, Any]]:
    """The lines of the certificate as the case fills them, each with its origin and what else is said of it."""
    output = output_of(case)
    if output is None:
        return
    stated = {line.field.name: line for line in ingest.filled_form(case)}
    facts: dict[str, ingest.FormLine] = {line.field.fact: line for line in stated.values() if line.field.fact}
    places = {spec.name: spec.places[:1] for spec in certificate_form(output.material).lines}
    for line in lines_of(case, output.material):
        where, _, name = (places[line.name] or ("",))[0].partition(".")
        form = facts.get(name) if where == "fact" else stated.get(name) if where == "form" else None
        yield {
            "name": line.name,
            "value": line.value,
            "required": line.required,
            "fact": name if where == "fact" else "",
            "stated": form.chosen.value if form and form.chosen else line.value,
            "origin": line.origin.get("origin", ""),
            "score": round(line.origin.get("score", 0.0) * 1000),
            "source": line.origin.get("source", ""),
            "file": line.origin.get("file", ""),
            "page": line.origin.get("page", 0),
            "by": line.origin.get("by", ""),
            "others": [other.value for other in form.others] if form else [],
        }


def _checked(found: IdentifierCheck, written: str) -> str:
    """What the check says; an identifier in another spelling would pass by what is registered under the right one."""
    return found.state if found.value == written else "spelling"


def _register(case: ingest.Case, outputs: list[str]) -> dict[str, Any]:
    """What the same project has of this item already: results in force, here or archived, and cases decided."""
    others = ingest.Case.objects.filter(project=case.project, item_code=case.item_code, state__in=UNDER_WAY)
    others = others.exclude(pk=case.pk)
    if any(load_catalogue().material_type(output).subject == "works" for output in outputs):
        others = others.filter(works=case.works)
    in_force, decided = [], []
    for other in others.order_by("pk"):
        states = dict(Certificate.objects.filter(case_number=other.number).values_list("state", "number"))
        if standing := states.keys() & IN_FORCE:
            in_force.append(states[standing.pop()])
        elif not states or states.keys() & NOT_YET_ISSUED:
            decided.append(other.number)
    codes = case.project.codes  # what was issued under a former code is in force as well
    subjects = [*codes, *(f"{code}/{case.works.name}" for code in codes if case.works)]
    held = archive.HeldMaterial.objects.filter(type__in=outputs, subject__in=subjects).exclude(
        package__case_number__in=ingest.Case.objects.values("number")
    )
    return {"in_force": in_force + sorted(held.values_list("number", flat=True)), "decided": decided}


def _pledge(case: ingest.Case) -> dict[str, Any] | None:
    given = case.promises.filter(entry=ingest.PLEDGE, state=ingest.Promise.State.OPEN).first()
    paper = given.notices.order_by("pk").last() if given else None
    if given is None or paper is None:
        return None
    return {
        "number": paper.number,
        "promised_by": given.promised_by,
        "text": given.text,
        "given_at": _time(given.given_at),
        "sha256": paper.sha256,
        "verdict": (paper.validation or {}).get("verdict", ""),
    }


def _seal(item_code: str, release: RuleRelease | None, now: dt.datetime) -> dict[str, Any] | None:
    try:
        seal, beside = seal_for(item_code), seals_beside(item_code)
    except SealRefused:
        return None
    return {
        "label": seal.label,
        "owner": seal.owner,
        "certificate_sha256": seal.certificate_sha256,
        "valid_until": _time(seal.valid_until),
        "two_person": seal.two_person,
        "not_granted": _not_granted(seal, item_code, release, now),
        "beside": [one.owner for one in beside],
    }


def _not_granted(seal: Seal, item_code: str, release: RuleRelease | None, now: dt.datetime) -> list[str]:
    """Of those in whose name it would be used, who may not: the officer of record, and of a two-person seal both."""
    if release is None:
        return []
    people = [release.proposed_by, *([release.confirmed_by] if seal.two_person else [])]
    return [one.get_username() for one in people if not may_use(seal, one, item=item_code, now=now)]


def _time(moment: dt.datetime | None) -> str:
    """In UTC, to the second: compared as text by the rules."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else ""
