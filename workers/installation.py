"""First start: the tables, the test authority with its keys, the seals, the accounts of a demonstration."""

import contextlib
import datetime as dt
import functools
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from archive import ensure_log_key
from archive.sharing import join_department, seed_departments
from signing import (
    HttpTimestampAuthority,
    KeyUnusable,
    LocalTimestampAuthority,
    Seal,
    Signer,
    TestAuthority,
    TimestampAuthority,
    open_key,
    read_places,
    read_revocation_lists,
)
from workers.seal_register import COPIES, NOTICES, complete_seal, register_seal

# The issuer of the demonstration: an invented city, whose region code no place has.
CITY_AUTHORITY = "江澜市行政审批局"
CITY_AUTHORITY_USCC = "119901010000000001"
SEAL_LABEL = "行政审批专用章"
HERE = "test-authority"
"""The place of a key that the test authority of this installation made."""
NOTICE_SEAL_LABEL = "行政审批受理专用章"
COPY_SEAL_LABEL = "档案查询专用章"
SEALS: Mapping[str, tuple[str, ...]] = {
    SEAL_LABEL: ("S1-01", "S1-06", "S1-07", "S2-02", "S3-05", "S4-01"),
    NOTICE_SEAL_LABEL: (NOTICES,),
    COPY_SEAL_LABEL: (COPIES,),
}
"""Label → what it may be used for."""
ACCOUNTS = {
    "chuangkou": "clerk",
    "zhujian": "officer",
    "ziran": "officer",
    "renfang": "officer",
    "bumen": "officer",
    "dangan": "archivist",
    "jiancha": "supervisor",
    "yinzhang": "keeper",
}
DEPARTMENTS = {
    "bumen": "行政审批局",
    "zhujian": "住房和城乡建设局",
    "ziran": "自然资源局",
    "renfang": "人防办",
}
"""Officers of the demonstration and where they work; the clerk sits at the 综合窗口 and belongs to none."""


def prepare() -> Path:
    """Make whatever is missing; safe to call at every start. Returns where the accounts are written."""
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    _migrate()
    ensure_log_key(settings.KEYS_DIR / "log.key", settings.LOG_ORIGIN)
    for label, items in SEALS.items():
        _ensure_seal(label, items)
    seed_departments()
    return _ensure_accounts()


def _migrate() -> None:
    """Bring the tables up to date; asking whether they are takes a tenth of the command that does it."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=0)


@functools.cache
def authority() -> TestAuthority:
    """The test authority of this installation."""
    return TestAuthority.ensure(settings.KEYS_DIR, timezone.now())


def seal_key(seal: Seal) -> Signer:
    """The key behind a registered seal; its place is known here, never in the database.

    Raises:
        KeyUnusable: it cannot be used, or it is not the one that the seal is registered with.
    """
    place = read_places(settings.KEYS_DIR).get(seal.label)
    if place is None:
        return authority().seal_key(seal.owner, seal.label)
    key = _key_at(place, seal.certificate_sha256)
    if key.fingerprint != seal.certificate_sha256:
        _key_at.cache_clear()
        raise KeyUnusable(f"“{seal.label}”的密钥与登记的证书不符：请核对密钥位置 (not the registered certificate)")
    return key


@functools.lru_cache(maxsize=64)
def _key_at(place: str, _: str) -> Signer:
    """Opened once a process: reading a certificate out of a token, or off a service, takes longer than a signature."""
    return open_key(place, settings.KEYS_DIR, settings.PKCS11_MODULE)


def place_of(seal: Seal) -> str:
    """Where its key lies, in one line without secrets."""
    return read_places(settings.KEYS_DIR).get(seal.label, HERE)


def lists(now: dt.datetime) -> tuple[bytes, ...]:
    """Revocation lists (DER): our test authority's, and those that lie beside the roots of accredited ones."""
    return (*authority().crls(now), *read_revocation_lists(settings.SEAL_ROOTS_DIR))


def timestamps() -> TimestampAuthority:
    """Who gives the time: the authority named in the settings, or the test one of this installation."""
    if settings.TSA_URL:
        return HttpTimestampAuthority(settings.TSA_URL)
    return LocalTimestampAuthority(authority().timestamp_key, lambda: dt.datetime.now(dt.UTC))


def _ensure_seal(label: str, items: tuple[str, ...]) -> None:
    seal = Seal.objects.filter(label=label).first()
    if seal is None:
        key = authority().seal_key(CITY_AUTHORITY, label)
        register_seal(label, key, HERE, owner=CITY_AUTHORITY, owner_uscc=CITY_AUTHORITY_USCC, items=items)
    elif not (seal.code and seal.picture_sha256 and seal.certificate_pem and seal.key_place):
        with contextlib.suppress(KeyUnusable):  # a key that is away now is no reason not to start
            complete_seal(seal, seal_key(seal), place_of(seal))


def _ensure_accounts() -> Path:
    """Accounts of the demonstration with passwords of their own, written where only this user can read them."""
    path: Path = settings.DATA_DIR / "accounts.txt"
    users = get_user_model()
    lines = path.read_text().splitlines() if path.exists() else []
    for name, role in ACCOUNTS.items():
        group, _ = Group.objects.get_or_create(name=role)
        if users.objects.filter(username=name).exists():
            continue
        password = secrets.token_urlsafe(9)
        made = users.objects.create_user(username=name, password=password)
        made.groups.add(group)
        if name in DEPARTMENTS:
            join_department(made, DEPARTMENTS[name])
        lines.append(f"{name} {password} {role}")
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write("\n".join(lines) + "\n")
    return path
