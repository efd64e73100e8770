"""What the pages show of deciding by rule: on a case, among the figures of supervision, and the list of draws."""

import base64
import datetime as dt
from collections import Counter
from collections.abc import Set as AbstractSet
from typing import Any

from django.conf import settings

from ingest import PLEDGE, Case
from portal.roles import Role
from signing import Certificate, qr_png, verification_url
from workers import AfterCheck, RuleDecision, item_of, release_in_force

QR_PIXELS = 4
"""Pixels of a module: the code is scanned off a screen at arm's length."""


def instant_shown(case: Case, mine: AbstractSet[Role], today: dt.date) -> dict[str, Any]:
    """The part of the case page's context that `_instant.html` needs; empty where the item is never instant."""
    if not item_of(case).limits.instant_ok:
        return {}
    pledge = case.promises.filter(entry=PLEDGE).exclude(state="void").first()
    decision = RuleDecision.objects.filter(case=case).select_related("release", "case").last()
    number = decision.certificate if decision and decision.stands else ""
    certificate = Certificate.objects.filter(number=number, supersedes=None).first() if number else None
    return {
        "instant_item": True,
        "pledge": pledge,
        "may_pledge": Role.CLERK in mine and case.state == Case.State.OPEN and pledge is None,
        "released": release_in_force(case.item_code, case.item_version, today) is not None,
        "by_rule": decision,
        "decided_by_rule": bool(number),
        "seconds": seconds_of(case) if number else None,
        "qr": _qr(certificate) if certificate and certificate.state == Certificate.State.VALID else "",
        "after_check": AfterCheck.objects.filter(decision__case=case, drawn=True).first(),
    }


def seconds_of(case: Case) -> float | None:
    """From acceptance to the certificate that was found valid."""
    if case.accepted_at is None or case.issued_at is None:
        return None
    return round((case.issued_at - case.accepted_at).total_seconds(), 1)


def _qr(certificate: Certificate) -> str:
    picture = qr_png(verification_url(settings.PUBLIC_URL, certificate.verify_token), QR_PIXELS)
    return f"data:image/png;base64,{base64.b64encode(picture).decode()}"


def instant_figures(since: dt.datetime, today: dt.date) -> dict[str, Any]:
    """秒批率, how long it took, which rules stopped the others, and how the checks afterwards stand, since a time."""
    rows = RuleDecision.objects.filter(at__gte=since).order_by("pk").values_list("case_id", "pk", "met")
    newest = {case: (pk, met) for case, pk, met in rows}  # one that was accepted anew was judged anew
    met = [case for case, (_, met) in newest.items() if met]
    took = sorted(
        seconds
        for case in Case.objects.filter(pk__in=met).only("accepted_at", "issued_at")
        if (seconds := seconds_of(case)) is not None
    )
    others = RuleDecision.objects.filter(pk__in=[pk for pk, met in newest.values() if not met])
    stopped = Counter(row["sentence"] for one in others for row in one.unmet)
    drawn = AfterCheck.objects.filter(drawn=True, drawn_at__gte=since)
    waiting = AfterCheck.objects.filter(drawn=True, finding="")
    return {
        "judged": len(newest),
        "met": len(met),
        "share": len(met) / len(newest) if newest else None,
        "median": took[len(took) // 2] if took else None,
        "slowest": took[-1] if took else None,
        "stopped": stopped.most_common(),
        "drawn": drawn.count(),
        "found": [(name, drawn.filter(finding=code).count()) for code, name in AfterCheck.Finding.choices if code],
        "waiting": waiting.count(),
        "late": waiting.filter(due_on__lt=today).count(),
    }
