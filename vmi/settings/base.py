"""What every environment shares. Servers come from URLs in the environment; without them the embedded ones serve."""

import os
import sys
from pathlib import Path
from typing import Any

import django_stubs_ext
import environ

from vmi.embedded.paths import Layout
from vmi.settings.apps import SHARED_APPS, TENANT_APPS
from vmi.settings.celery import *
from vmi.settings.celery import transport_options
from vmi.settings.rest import *
from vmi.settings.unfold import *

BASE_DIR = Path(__file__).resolve().parent.parent.parent
env = environ.Env()
django_stubs_ext.monkeypatch()  # lets annotations such as ModelAdmin[Order] exist at run time

# --- Where the embedded services keep their data; unused with real servers ---
RUN_LAYOUT = Layout(Path(os.environ.get("VMI_HOME") or BASE_DIR / os.environ.get("VMI_DEFAULT_HOME", ".run")))

# --- Apps ---
INSTALLED_APPS = [*SHARED_APPS, *(app for app in TENANT_APPS if app not in SHARED_APPS)]
TENANT_MODEL = "namespaces.Namespace"
TENANT_DOMAIN_MODEL = "namespaces.Domain"
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Database ---
_MIGRATING = sys.argv[1:2] in (["migrate"], ["migrate_schemas"], ["migrate_all"], ["open_namespace"])
_DATABASE_URL = os.environ.get("DATABASE_URL", "")
_ACTIVE_URL = (os.environ.get("MIGRATE_DATABASE_URL") if _MIGRATING else "") or _DATABASE_URL
EMBEDDED_DATABASE = not _DATABASE_URL
WEB_PROCESS = os.environ.get("VMI_PROCESS") == "web"
WEB_THREADS = env.int("WEB_THREADS", 8)
"""Threads of a web process that answer requests; whoever starts the server tells it the same number."""
ORIGINAL_BACKEND = "vmi.embedded.backend"


def _database(url: str) -> dict[str, Any]:
    """The connection settings: bounded waits for locks, a small pool in web processes only."""
    config: dict[str, Any] = dict(env.db_url_config(url)) if url else RUN_LAYOUT.database
    config["ENGINE"] = "django_tenants.postgresql_backend"
    options = dict(config.get("OPTIONS", {}))
    limits = {"lock_timeout": "3s", "idle_in_transaction_session_timeout": "60s"}
    if WEB_PROCESS:
        limits |= {"statement_timeout": "15s", "idle_in_transaction_session_timeout": "30s"}
        # Every thread that answers requests may want a second connection (for numbers) while it keeps its first, and
        # the writers of the combiner and of refused demand one each: fewer, and they wait for each other in a circle.
        options["pool"] = {"min_size": 1, "max_size": env.int("DATABASE_POOL_SIZE", 2 * WEB_THREADS + 3), "timeout": 5}
    if _MIGRATING:
        limits = {"lock_timeout": "10s"}
    # Django leaves preparing off; hot statements ask for it one by one (vmi.core.db.fetch_prepared).
    options.setdefault("prepare_threshold", 5)
    options["options"] = " ".join(f"-c {name}={value}" for name, value in limits.items())
    config["OPTIONS"] = options
    config["CONN_MAX_AGE"] = 0
    config["CONN_HEALTH_CHECKS"] = True  # a pooled connection is looked at before use: the server may have restarted
    config["ATOMIC_REQUESTS"] = False
    config["DISABLE_SERVER_SIDE_CURSORS"] = False
    return config


DATABASES = {"default": _database(_ACTIVE_URL)}
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]
TENANT_LIMIT_SET_CALLS = True  # the path is set when it changes, not before every statement; rollbacks forget it
SHOW_PUBLIC_IF_NO_TENANT_FOUND = False
TENANT_BASE_SCHEMA = "template"

# --- Broker and cache ---
_BROKER_URL = os.environ.get("CELERY_BROKER_URL", "")
EMBEDDED_BROKER = not _BROKER_URL
CELERY_BROKER_URL = _BROKER_URL or RUN_LAYOUT.broker_url
CELERY_BROKER_TRANSPORT_OPTIONS = transport_options(CELERY_BROKER_URL)
_CACHE_URL = os.environ.get("CACHE_URL", "") or (RUN_LAYOUT.cache_url if EMBEDDED_BROKER else "")
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache"
        if _CACHE_URL
        else "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": _CACHE_URL or "vmi",
        "KEY_FUNCTION": "django_tenants.cache.make_key",
        "REVERSE_KEY_FUNCTION": "django_tenants.cache.reverse_key",
    }
}

# --- Requests ---
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=["*"]
)  # the namespace middleware knows the hosts; unknown ones get 404
PLATFORM_HOSTS = env.list("PLATFORM_HOSTS", default=["localhost", "127.0.0.1"])  # the platform answers on these only
NAMESPACE_CACHE_S = 2.0  # how long a process may answer by a host it has looked up; a suspension waits that long
NUMBER_RULES_CACHE_S = 5.0  # how long a process may number by rules it has read; an edited rule waits that long
ROOT_URLCONF = "vmi.urls"
PUBLIC_SCHEMA_URLCONF = "vmi.urls_public"
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
WSGI_APPLICATION = "vmi.wsgi.application"
MIDDLEWARE = [
    "vmi.core.health.HealthMiddleware",  # answers on any host, before anything may fail
    "vmi.core.requests.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "vmi.core.csp.ContentSecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "vmi.namespaces.middleware.NamespaceMiddleware",  # host to schema, fail closed
    "django.contrib.sessions.middleware.SessionMiddleware",
    "vmi.namespaces.middleware.LanguageMiddleware",
    "vmi.api.middleware.SlashMiddleware",  # API paths answer with and without their closing slash
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
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
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# --- Passwords ---
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# --- Language and time ---
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "vmi" / "locale"]
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
FORMAT_MODULE_PATH = ["vmi.core.formats"]
USE_THOUSAND_SEPARATOR = True

# --- Files ---
STATIC_URL = "/static/"
STATIC_ROOT = os.environ.get("STATIC_ROOT") or str(RUN_LAYOUT.home / "static")
STATICFILES_DIRS: list[Path] = []
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
MEDIA_ROOT = Path(os.environ.get("MEDIA_ROOT") or RUN_LAYOUT.home / "media")

# --- The development payment gateway: only with the embedded services, or by explicit wish ---
DEVELOPMENT_GATEWAY = env.bool("DEVELOPMENT_GATEWAY", default=EMBEDDED_DATABASE)

# --- Warehouse systems on this very machine: for development only; private addresses are never called ---
WMS_LOOPBACK_ALLOWED = env.bool("WMS_LOOPBACK_ALLOWED", default=False)

# --- Many reservations in one commit: pays where threads share a process, costs two round trips where one works ---
RESERVE_COMBINER = env.bool("RESERVE_COMBINER", default=WEB_PROCESS)

# --- Demand refused for want of stock is written by a thread of the process, a moment later ---
REFUSED_WRITER = env.bool("REFUSED_WRITER", default=True)

# --- How long the outbox remembers what was delivered, units: days; the event log itself stays for good ---
EVENT_DELIVERIES_KEPT_DAYS = env.int("EVENT_DELIVERIES_KEPT_DAYS", default=90)
