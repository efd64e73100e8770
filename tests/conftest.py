"""Tests keep what they make in a folder of their own; an installation in this checkout is never touched."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
import pytest_django
from django.conf import settings

from tests import migrated

IN_MEMORY = Path("/dev/shm")  # noqa: S108 - only a folder of our own is made there
IN_MEMORY_BYTES = 6 << 30
"""Several times what a test process keeps at once; a machine with less, or without, uses its disk."""
_in_memory = IN_MEMORY.is_dir() and shutil.disk_usage(IN_MEMORY).free > IN_MEMORY_BYTES
# On a disk every write of store and database waits; what a power cut would take is not what is tested here.
FOLDER = Path(tempfile.mkdtemp(prefix="yidang-tests-", dir=IN_MEMORY if _in_memory else None))
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
# For the processes that tests start; each test process has its own, also under xdist.
os.environ["YIDANG_DATA"] = str(FOLDER)
# For this process, whose settings pytest-django has read before it comes here.
settings.DATA_DIR = FOLDER
settings.SCRATCH_DIR = FOLDER / "scratch"
settings.STATIC_ROOT = FOLDER / "static"
settings.KEYS_DIR = FOLDER / "keys"
settings.WITNESSES = FOLDER / "keys" / "witnesses"
settings.TRANSFERS_DIR = FOLDER / "transfers"
settings.ANSWER_KEY = FOLDER / "answers.key"
settings.BROKER_URL = f"folder://{FOLDER / 'queue'}"
settings.STORES = {zone: f"file://{FOLDER / 'objects' / zone}" for zone in settings.STORES}
settings.TSA_URL = ""
# No test spends its time on hashing passwords slowly.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# A page's style and pictures are found when a test asks for them, not gathered anew for each browser of a test.
settings.WHITENOISE_AUTOREFRESH = True
# How long an example takes says something of the machine and of what runs beside it, and nothing of the code.
hypothesis.settings.register_profile("untimed", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("untimed")
# Cases of tests are decided at once; the tests of that rule set it back.
os.environ["YIDANG_QUICK_DECISIONS"] = settings.QUICK_DECISIONS = "flag"
# Tests of inspection ask for it; each other case that is archived would pay for one.
os.environ["YIDANG_INSPECT_AT_FILING"] = "false"
settings.INSPECT_AT_FILING = False
_database = settings.DATABASES["default"]
if _database["ENGINE"] == "django.db.backends.sqlite3":
    # A file, as in an installation: threads of one test wait for each other instead of failing at once.
    _database.setdefault("TEST", {})["NAME"] = str(FOLDER / "test.sqlite3")


@pytest.fixture(autouse=True)
def _log_of_its_own() -> Iterator[None]:
    """The database is empty again for the next test; what was published of its log goes with it."""
    yield
    archive = FOLDER / "objects" / "archive"
    if archive.exists():
        from workers.zones import zone

        shutil.rmtree(archive)
        zone.cache_clear()


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_modify_db_settings: None) -> bool:
    """Whether the database of an earlier run, made by the same migrations, is gone on with."""
    return migrated.take(_database["TEST"]["NAME"]) if "TEST" in _database else False


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None,
    django_db_keepdb: bool,  # noqa: FBT001 - a fixture
    django_db_blocker: pytest_django.DjangoDbBlocker,
) -> None:
    """As pytest-django does it; what had to be made anew is kept for the next run."""
    if not django_db_keepdb:
        with django_db_blocker.unblock():
            migrated.keep()
