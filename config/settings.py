"""Settings: embedded by default, production by environment. Nothing else in the project reads the environment.

Every name below that starts with `YIDANG_` is documented in `docs/operations.md`.
"""

from pathlib import Path

import django_stubs_ext
import environ

from signing import made_once

django_stubs_ext.monkeypatch()

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent

# Where everything is kept that is made at run time: database, objects, keys, queue, logs.
DATA_DIR = Path(env.str("YIDANG_DATA", default=str(BASE_DIR / "var"))).absolute()
MODELS_DIR = Path(env.str("YIDANG_MODELS", default=str(BASE_DIR / "models"))).absolute()
# `False` only where PostgreSQL, a broker and an object store are configured: see docker-compose.yml.
EMBEDDED = env.bool("YIDANG_EMBEDDED", default=True)

DEBUG = env.bool("YIDANG_DEBUG", default=False)
# Reverse proxies before the portal: the client is the address that the outermost of them saw.
PROXIES = env.int("YIDANG_PROXIES", default=0)
PUBLIC_URL = env.str("YIDANG_PUBLIC_URL", default="http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = env.list("YIDANG_HOSTS", default=["127.0.0.1", "localhost", "[::1]", "testserver"])
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]


def _secret_key() -> str:
    """The key from the environment, or one made on first start and kept readable by this user only."""
    given: str = env.str("YIDANG_SECRET_KEY", default="")
    if given or not EMBEDDED:
        return given
    from django.core.management.utils import get_random_secret_key

    return made_once(DATA_DIR / "secret-key", lambda: get_random_secret_key().encode()).decode()


SECRET_KEY = _secret_key()

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "signing",
    "archive",
    "archive.holdings",
    "archive.inspection",
    "archive.lookup",
    "archive.transfer",
    "archive.rebuilding",
    "archive.retention",
    "archive.sharing",
    "ingest",
    "ingest.drawings",
    "ingest.resemblance",
    "exchange",
    "workers",
    "portal",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "portal.waiting.StoreAway",
    "portal.sight.SightGuard",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# -- database: the queue of record ---------------------------------------------------------------------------------
DATABASES = {"default": env.db_url("YIDANG_DATABASE", default=f"sqlite:///{DATA_DIR / 'yidang.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE: a read-then-write transaction fails at once otherwise, and the busy timeout does not help (measured).
    # FULL: an archive may not lose its last commits when the power goes.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# -- objects --------------------------------------------------------------------------------------------------------
# One URL a trust zone: file:///… or s3://key:secret@host:port/bucket?secure=0. A document's trust is where it lies.
STORES = {
    zone: env.str(f"YIDANG_STORE_{zone.upper()}", default=f"file://{DATA_DIR / 'objects' / zone}")
    for zone in ("inbox", "working", "refused", "archive")
}
# How long a package is locked at first; permanent ones are extended before it ends.
ARCHIVE_LOCK_DAYS = env.int("YIDANG_ARCHIVE_LOCK_DAYS", default=3650)
# The archive's second site, as a URL like those above; empty: there is none, and damage is told but not healed.
ARCHIVE_REPLICA = env.str("YIDANG_ARCHIVE_REPLICA", default="")
# Hours after closing by which a case is to be in the archive. Filing takes minutes; a day leaves a night for a store, a
# key or a timestamp that is out. Later than that it is named on the board, with why, and once in the log.
FILING_HOURS = env.int("YIDANG_FILING_HOURS", default=24)
FONDS = env.str("YIDANG_FONDS", default="J001")  # 全宗号
# Under which name this archive hands over and receives, and where what it hands over is laid down.
ARCHIVE_NAME = env.str("YIDANG_ARCHIVE_NAME", default="江澜市行政审批局")
TRANSFERS_DIR = Path(env.str("YIDANG_TRANSFERS", default=str(DATA_DIR / "transfers"))).absolute()
# 四性检测: by itself after filing; again after so many days; so many packages each hour, the longest uninspected first.
INSPECT_AT_FILING = env.bool("YIDANG_INSPECT_AT_FILING", default=True)
# Whether a package is inspected (YJ) before it is handed over and when it is received; what fails is not handed over.
INSPECT_TRANSFERS = env.bool("YIDANG_INSPECT_TRANSFERS", default=False)
INSPECTION_DAYS = env.int("YIDANG_INSPECTION_DAYS", default=365)
INSPECTIONS_A_RUN = env.int("YIDANG_INSPECTIONS_A_RUN", default=20)
# The ClamAV client: `auto` takes clamdscan or clamscan where there is one; empty: viruses are said to be unchecked.
VIRUS_SCANNER = env.str("YIDANG_VIRUS_SCANNER", default="auto")
SCRATCH_DIR = DATA_DIR / "scratch"
# Where rows for the province go (`out`) and its answers come (`in`); empty: only by `yidang exchange`.
EXCHANGE_DIR = env.str("YIDANG_EXCHANGE", default="")
EXCHANGE_FORMAT = env.str("YIDANG_EXCHANGE_FORMAT", default="csv")  # csv, json or sql

# -- jobs -----------------------------------------------------------------------------------------------------------
BROKER_URL = env.str("YIDANG_BROKER", default=f"folder://{DATA_DIR / 'queue'}")
# How long a worker may be silent before its job is given to another; it renews three times in that span.
JOB_LEASE_SECONDS = env.float("YIDANG_JOB_LEASE", default=30.0)
SWEEP_SECONDS = env.float("YIDANG_SWEEP", default=5.0)
# How often dates are looked at: reminders, gaps that are overdue, warnings of promised days. Each is done once.
DATES_SECONDS = env.float("YIDANG_DATES", default=600.0)

# -- cases ----------------------------------------------------------------------------------------------------------
# A decision sooner after acceptance than the list believes possible (秒办): `refuse` it, or only `flag` it, where cases
# are made up and nobody waits half an hour (demonstration, tests).
QUICK_DECISIONS = env.str("YIDANG_QUICK_DECISIONS", default="refuse")

# -- reading --------------------------------------------------------------------------------------------------------
OCR_ENGINE = env.str("YIDANG_OCR_ENGINE", default="paddle")  # paddle, rapid or paddle-native
OCR_TIER = env.str("YIDANG_OCR_TIER", default="tiny")
OCR_DEVICE = env.str("YIDANG_OCR_DEVICE", default="auto")  # cpu: leave a graphics card alone

# LibreOffice, by name or path, which turns Word and Excel files into pages; empty: they are refused with the remedy.
OFFICE_PROGRAM = env.str("YIDANG_OFFICE", default="soffice")

# -- sealing --------------------------------------------------------------------------------------------------------
KEYS_DIR = Path(env.str("YIDANG_KEYS", default=str(DATA_DIR / "keys"))).absolute()
# Authorities whose seals on what applicants hand in are trusted: certificates (PEM, DER), those below a root too.
SEAL_ROOTS_DIR = Path(env.str("YIDANG_SEAL_ROOTS", default=str(KEYS_DIR / "seal-roots"))).absolute()
# The key that signs answers to who verifies a certificate; made on first use. The web process holds no other key.
ANSWER_KEY = Path(env.str("YIDANG_ANSWER_KEY", default=str(DATA_DIR / "answers.key"))).absolute()
TSA_URL = env.str("YIDANG_TSA", default="")  # empty: the test authority of this installation
# The library of the token that seal keys lie in (PKCS#11), where one does.
PKCS11_MODULE = Path(env.str("YIDANG_PKCS11", default="/usr/lib/softhsm/libsofthsm2.so"))
# A file with a line for each witness of the log: its key, a blank, and where its newest signed head lies.
WITNESSES = Path(env.str("YIDANG_WITNESSES", default=str(KEYS_DIR / "witnesses")))
LOG_ORIGIN = env.str("YIDANG_LOG_ORIGIN", default="yidang.example/jianglan")

# -- people, language, time ------------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
LOGIN_URL = "portal:login"
LOGIN_REDIRECT_URL = "portal:home"
LOGOUT_REDIRECT_URL = "portal:login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SESSION_COOKIE_HTTPONLY = True
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
if PUBLIC_URL.startswith("https://"):
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# -- files served ------------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
WHITENOISE_USE_FINDERS = True
# An upload is streamed to disk, never held in memory; each file has its own limit in `ingest`.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
DATA_UPLOAD_MAX_NUMBER_FILES = 500  # a folder of loose scans; more is a mistake

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    # pyHanko tells of every fault in a bad file; the fault is in our own answer already.
    "loggers": {"pyhanko": {"level": "CRITICAL"}, "pyhanko_certvalidator": {"level": "CRITICAL"}},
    "root": {"handlers": ["stderr"], "level": env.str("YIDANG_LOG_LEVEL", default="WARNING")},
}
