"""A migrated SQLite database kept between test runs: sixty migrations cost each test process ten seconds otherwise."""

import hashlib
import os
import shutil
from pathlib import Path

import django
from django.conf import settings
from django.db import connection

KEPT = Path(settings.BASE_DIR) / ".cache" / "test-databases"
_MAKERS = ("*/migrations/*.py", "*/*/migrations/*.py", "catalogue/data/**/*.yaml")
"""What a migrated database is made from: another digest of all that is another database."""


def kept_database() -> Path:
    """Where the database lies that these very migrations made, if any run has made it."""
    made_from = hashlib.sha256(f"{django.__version__} {settings.INSTALLED_APPS}".encode())
    for path in sorted({path for pattern in _MAKERS for path in Path(settings.BASE_DIR).glob(pattern)}):
        made_from.update(f"{path.relative_to(settings.BASE_DIR)}\0".encode() + path.read_bytes())
    return KEPT / f"{made_from.hexdigest()}.sqlite3"


def take(name: str) -> bool:
    """Begin with the kept database; False where there is none, or another kind of server is used."""
    kept = kept_database()
    if connection.vendor != "sqlite" or not kept.exists():
        return False
    shutil.copyfile(kept, name)
    return True


def keep() -> None:
    """Keep the database as it was just made; of two that do so at once the last one stays, and both are the same."""
    if connection.vendor != "sqlite":
        return
    KEPT.mkdir(parents=True, exist_ok=True)
    passing = KEPT / f"passing-{os.getpid()}"
    passing.unlink(missing_ok=True)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(passing)])
    passing.replace(kept_database())
