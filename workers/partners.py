"""Other archives that we hand over to or receive from, by the card each gives out: keys and roots, never a secret."""

from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.db import transaction
from django.utils import timezone

import archive
from archive import LogKey, append_event
from archive.transfer import Partner
from workers import zones
from workers.exporting import log_public_key
from workers.groundwork import NotPossibleError
from workers.installation import authority

CARD_FIELDS = ("name", "key", "log_key", "roots")
MAX_TEXT = 200
"""Characters of a name or key; a note key of ours has about a hundred."""


def transfer_key() -> tuple[Ed25519PrivateKey, str, str]:
    """The key that signs hand-overs and receipts, made on first use; its name; its public half as a note key."""
    path = settings.KEYS_DIR / "transfer.key"
    name = f"{settings.LOG_ORIGIN}/transfer"
    public = archive.ensure_log_key(path, name)
    return archive.load_log_key(path), name, public


def own_card() -> dict[str, str]:
    """What we give to the other side, once, over a way that both trust."""
    roots = b"".join(root.public_bytes(Encoding.PEM) for root in authority().roots).decode()
    return {"name": settings.ARCHIVE_NAME, "key": transfer_key()[2], "log_key": log_public_key(), "roots": roots}


@transaction.atomic
def register_partner(card: dict[str, Any], *, by: Any = None) -> Partner:
    """Enter the card of another archive; a new card of a known one takes the place of the old, and the log says so.

    Raises:
        NotPossibleError: `bad-card`.
    """
    if not _is_card(card):
        raise NotPossibleError("bad-card", f"登记卡应有且只有 {'、'.join(CARD_FIELDS)} 四项文字：请对方重新导出")
    try:
        LogKey.parse(card["key"])
        LogKey.parse(card["log_key"])
        x509.load_pem_x509_certificates(card["roots"].encode())
    except ValueError as error:
        raise NotPossibleError("bad-card", f"登记卡中的密钥或证书不能读懂：{error}") from None
    now = timezone.now()
    facts = {name: card[name] for name in CARD_FIELDS if name != "name"}
    row, _ = Partner.objects.update_or_create(
        name=card["name"], defaults=facts | {"registered_at": now, "registered_by": by}
    )
    kept = zones.keep_derivative(archive.canonical_json(card), "application/json")
    append_event(
        "partner-registered", actor=by, object_sha256=kept.sha256, details={"name": row.name, "card": card}, now=now
    )
    return row


def _is_card(card: dict[str, Any]) -> bool:
    """Whether it has the four texts, none longer than our tables keep."""
    if set(card) != set(CARD_FIELDS) or not all(isinstance(value, str) for value in card.values()):
        return False
    return bool(card["name"]) and all(len(card[name]) <= MAX_TEXT for name in ("name", "key", "log_key"))


def roots_of(partner: Partner) -> list[x509.Certificate]:
    """Whom a partner's packages are judged by."""
    return x509.load_pem_x509_certificates(partner.roots.encode()) if partner.roots else []


def known_roots() -> list[x509.Certificate]:
    """Ours, and those of every partner: a package may have come from one of them."""
    return [*authority().roots, *(root for partner in Partner.objects.all() for root in roots_of(partner))]
