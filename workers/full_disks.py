"""A disk that is full below the work (scratch folder, database): the job waits, as for a store that is away."""

import sqlite3
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import OperationalError

from archive import NO_SPACE, full_words

SQLITE_FULL = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE}
"""No room for the database or its journal, and for the index of the journal."""
POSTGRES_FULL = "53100"
"""disk_full, PostgreSQL appendix A, class 53."""


def full_disk(failure: BaseException) -> dict[str, Any] | None:
    """What a job says that waits for room on a disk; None where something else was the matter."""
    if isinstance(failure, OperationalError) and _database_full(failure.__cause__):
        return {"code": "database-full", "message": f"数据库{_database_words()}"}
    if isinstance(failure, OSError) and failure.errno in NO_SPACE:
        name = failure.filename2 or failure.filename
        folder = Path(name).parent if isinstance(name, str) else Path(settings.SCRATCH_DIR)
        return {"code": "disk-full", "message": full_words(str(folder), _there(folder))}
    return None


def _database_full(cause: BaseException | None) -> bool:
    code = getattr(cause, "sqlite_errorcode", None)
    return code in SQLITE_FULL or getattr(cause, "sqlstate", None) == POSTGRES_FULL


def _database_words() -> str:
    """Of SQLite's own disk; how full a server's is, only the server knows."""
    name = settings.DATABASES["default"]["NAME"]
    if settings.DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
        return full_words(f" {name}", _there(Path(name).resolve().parent))
    return f" {name}：磁盘已满；请清理或扩容，之后自动继续"


def _there(folder: Path) -> Path:
    """The folder, or the nearest above it that is there: scratch folders go with their job."""
    return next(one for one in (folder, *folder.parents) if one.is_dir())
