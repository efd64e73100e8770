"""Departments share: asking an owner, its answer, its rules, and having a copy made of what may be had."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

import archive
import ingest
from archive import HeldMaterial, append_event
from archive.lookup import Form, Purpose, Retrieval
from archive.sharing import (
    VALID_DAYS,
    RuleChange,
    ShareRequest,
    SharingError,
    answer_request,
    ask_owner,
    decide_rule,
    department_of,
    join_department,
    leave_department,
    may_see,
    withdraw_request,
)
from catalogue import sharing_rules
from workers import zones
from workers.retrieving import request_retrieval

NOT_THERE = "没有这份材料，或者本部门不能查阅"
"""Told of both, so that nobody learns from it what others hold."""


@transaction.atomic
def retrieve_shared(  # noqa: PLR0913 - who, what, why
    held: HeldMaterial, *, by: Any, roles: frozenset[str], case_number: str, words: str, form: str = Form.COPY
) -> Retrieval:
    """Have a copy made of a shared material for a case, sealed where the rule of its type says so.

    The look is recorded before anything is read.

    Raises:
        SharingError: `not-there`: there is none, or it may not be had now.
        NotPermittedError: the rules of use do not allow it.
        StoreError: the archive cannot be read.
    """
    if may_see(by, held, case_number=case_number).answer != "open":
        raise SharingError("not-there", NOT_THERE)
    manifest, element = _element(held)
    asked = request_retrieval(
        held.package,
        manifest,
        element,
        by=by,
        roles=roles,
        purpose=Purpose.CASE,
        words=words,
        case_number=case_number,
        form=form,
        sealed=is_copy_sealed(held),
    )
    asked.access.held = held
    asked.access.save(update_fields=["held"])
    return asked


def is_copy_sealed(held: HeldMaterial) -> bool:
    """Whether a copy of this material is given under the archive's seal."""
    return sharing_rules().is_sealed(held.type)


@transaction.atomic
def request_share(held: HeldMaterial, *, case: ingest.Case, purpose: str, by: Any) -> ShareRequest:
    """Ask the owner; raises SharingError as `ask_owner` does."""
    row = ask_owner(held, case_number=case.number, purpose=purpose, by=by, now=timezone.now())
    _tell("share-asked", row, by, row.asked_at)
    return row


@transaction.atomic
def answer_share(row: ShareRequest, *, approve: bool, reason: str, by: Any, days: int = VALID_DAYS) -> ShareRequest:
    """The owner answers; raises SharingError as `answer_request` does."""
    now = timezone.now()
    done = answer_request(row, approve=approve, reason=reason, by=by, now=now, days=days)
    _tell("share-approved" if approve else "share-declined", done, by, now)
    return done


@transaction.atomic
def withdraw_share(row: ShareRequest, *, by: Any) -> ShareRequest:
    """Who asked takes it back; raises SharingError as `withdraw_request` does."""
    now = timezone.now()
    done = withdraw_request(row, by=by, now=now)
    _tell("share-withdrawn", done, by, now)
    return done


@transaction.atomic
def decide_sharing(type_code: str, category: str, reason: str, *, by: Any) -> RuleChange:
    """The department of the officer decides how it shares a type; raises SharingError as `decide_rule` does."""
    now, department = timezone.now(), department_of(by)
    if not department:
        raise SharingError("no-department", "您还没有登记所在部门，请联系管理员登记后再调整规则")
    made = decide_rule(department, type_code, category, reason, by=by, now=now)
    details = {"rule": made.pk, "type": type_code, "category": category}
    append_event("sharing-rule-decided", actor=by, details=details, now=now)
    return made


@transaction.atomic
def place_in_department(user: Any, name: str) -> str:
    """Note where an account's person works, by whoever administers the installation; returns the department's name.

    Raises:
        SharingError: `unknown-department`.
    """
    member, now = join_department(user, name), timezone.now()
    append_event("department-joined", details={"user": user.pk, "department": member.department_id}, now=now)
    return member.department.name


@transaction.atomic
def take_out_of_department(user: Any) -> None:
    """The person works in none any more, and sees no closed case of it."""
    if department_of(user):
        leave_department(user)
        append_event("department-left", details={"user": user.pk}, now=timezone.now())


def subjects_of_case(case: ingest.Case) -> tuple[str, ...]:
    """Whom and what a case is about, as held materials name it: applicant; project and works under each code."""
    codes = case.project.codes
    works = [f"{code}/{case.works.name}" for code in codes] if case.works else []
    return tuple(one for one in (case.applicant_uscc, *codes, *works) if one)


def _element(held: HeldMaterial) -> tuple[str, archive.Element]:
    """Where the material lies: in the package's own manifest, or in one that followed it."""
    package, vault = held.package, zones.zone("archive")
    later = package.follow_ups.order_by("order").values_list("manifest_sha256", flat=True)
    for sha256 in (package.manifest_sha256, *later):
        manifest = archive.parse_manifest(vault.read(archive.object_key(sha256)))
        for element in manifest.elements:
            if element.sha256 == held.sha256:
                return sha256, element
    raise SharingError("not-there", NOT_THERE)


def _tell(kind: str, row: ShareRequest, by: Any, now: dt.datetime) -> None:
    details = {"request": row.number, "held": row.held_id, "state": row.state}
    append_event(kind, case_number=row.case_number, actor=by, details=details, now=now)
