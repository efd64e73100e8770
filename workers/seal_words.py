"""A seal, its history, grants and uses as JSON-ready data, for the command line and for programs. No secrets."""

from typing import Any

from signing import Seal, SealUse, registered_certificate


def seal_json(seal: Seal) -> dict[str, Any]:
    """One entry of the register; the certificate as its subject, issuer and serial number."""
    certificate = registered_certificate(seal)
    return {
        "label": seal.label,
        "code": seal.code,
        "owner": seal.owner,
        "owner_uscc": seal.owner_uscc,
        "state": seal.state,
        "state_name": seal.get_state_display(),
        "items": seal.items,
        "two_person": seal.two_person,
        "picture": {"sha256": seal.picture_sha256, "kind": seal.picture_kind},
        "certificate": {
            "sha256": seal.certificate_sha256,
            "subject": certificate.subject.rfc4514_string() if certificate else "",
            "issuer": certificate.issuer.rfc4514_string() if certificate else "",
            "serial": f"{certificate.serial_number:x}" if certificate else "",
        },
        "valid_from": seal.valid_from.isoformat() if seal.valid_from else "",
        "valid_until": seal.valid_until.isoformat(),
        "key_place": seal.key_place,
    }


def history_json(seal: Seal) -> list[dict[str, Any]]:
    """What was changed of its state, oldest first."""
    return [
        {
            "before": row.before,
            "after": row.after,
            "reason": row.reason,
            "by": row.by.get_username() if row.by else "",
            "at": row.at.isoformat(),
        }
        for row in seal.changes.select_related("by")
    ]


def grants_json(seal: Seal) -> list[dict[str, Any]]:
    """Who may use it, with those whose grant was withdrawn or is over."""
    return [
        {
            "id": row.pk,
            "to": row.user.get_username() if row.user else f"岗位 {row.group}",
            "item": row.item,
            "starts_at": row.starts_at.isoformat(),
            "ends_at": row.ends_at.isoformat() if row.ends_at else "",
            "by": row.by.get_username() if row.by else "",
            "at": row.at.isoformat(),
            "withdrawn_at": row.withdrawn_at.isoformat() if row.withdrawn_at else "",
        }
        for row in seal.grants.select_related("user", "group", "by")
    ]


def use_json(use: SealUse) -> dict[str, Any]:
    """One use."""
    return {
        "kind": use.kind,
        "kind_name": use.get_kind_display(),
        "number": use.number,
        "case_number": use.case_number,
        "item": use.item,
        "by": use.by.get_username() if use.by else "",
        "released_by": use.released_by.get_username() if use.released_by else "",
        "used_at": use.used_at.isoformat(),
        "tries": use.tries,
        "before": {"sha256": use.before_sha256, "sm3": use.before_sm3},
        "after": {"sha256": use.after_sha256, "sm3": use.after_sm3},
        "result": use.result,
        "result_name": use.get_result_display(),
        "reasons": use.reasons,
        "failures": use.failures,
    }
